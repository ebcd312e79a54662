package main

import "testing"

func TestSubset(t *testing.T) {
	const css = `/*! licence */@layer theme,components;:root{--a:url("data:x{},;")}.dark{--a:1}` +
		`@layer components{.btn{a:b}.btn:not(.card) svg{a:b}.card{a:b}.btn:is(a,b),.card .btn{c:d}[data-tooltip]{e:f}.btn{&:is(html.dark *){g:h}}}` +
		`@keyframes spin{to{rotate:1turn}}@property --x{syntax:"*"}`
	const want = `/*! licence */@layer theme,components;@layer theme{:root{--a:url("data:x{},;")}}` +
		`@layer components{.btn{a:b}.btn:is(a,b){c:d}.btn{&:is(html.dark *){g:h}}}@property --x{syntax:"*"}`
	if got := subset(css, []string{"btn"}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
