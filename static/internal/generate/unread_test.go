package main

import "testing"

func TestCutUnread(t *testing.T) {
	const css = `@property --a{syntax:"*";inherits:false}@property --b{syntax:"*";inherits:false}` +
		`:root{--a:1;--b:2;--c:url("data:x{},;)");--d:var(--e);--e:calc((1px + 2px)*3);--f:var(--g,0);--g:'}'}` +
		`.x{--c:1;color:var(--a);--b:2}.y{width:var(--f)}`
	const want = `@property --a{syntax:"*";inherits:false}` +
		`:root{--a:1;--f:var(--g,0);--g:'}'}` +
		`.x{color:var(--a);}.y{width:var(--f)}`
	if got := cutUnread(css); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
