package search

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// walkSeeds are what the API could send and what it hardly will.
var walkSeeds = []string{
	`{"taxId":[{"a":1e400}],"x":{},"y":[],"z":null}`,
	`{"tax_id":"012345678","user[email]":"joe@example.com","email":null,"iban":{},"phone":[],"ssn":true,"dob":19800101}`,
	`{"payment":{"customer":{"taxId":{"value":"1","type":"SSN"},"address":{"city":"x","street":"y"}},"paymentProvider":{"subtype":1000,"framework":"x"}}}`,
	`{"payment":{"customer":{"tax\u0049d":"1","\u0065mail":"a\u0062@c.de","EMAIL":"é@ü.de"}},"[0]":1,"":{"":2,"[":3},"a.b":{"c":4}}`,
	`{"a":1,"a":{"b":2},"a":[[1,[2]],{"c":[{}]}]}`,
	`{"n":-0.0e-12345678901234567890123456789,"m":123456789012345678901234567890.10,"accountNumber":1e+3}`,
	`{"e":"\ud83d\ude00\ud800\"\\\/\b\f\n\r\t\u0000\u2028\u007f<b>&amp;","<k>&":"<v>&"}`,
	"{\"invalid\":\"\xff\xc3\x28\",\"\xff\":1,\"u\":\"\u2028 \ufffd \x7f\"}",
	" \t\r\n[ 1 , \"x\" , { \"y\" : [ ] } , false , null ] \n",
	`{"transactionid":1,"TRANSACTIONID":2,"quote":"a\"b","slash":"\\"}`,
	`"email"`, `7`, `null`, `{}`, `[]`, `[[[[[[[["deep"]]]]]]]]`,
	``, ` `, `{`, `[1,]`, `{"a":1,}`, `{"a" 1}`, `[1}`, `01`, `-`, `1.`, `.5`, `1e`, `+1`, `tru`, `nul`, `"`, `"\`, `"\x"`, `"\u12"`, "\"\x01\"", `1 2`, `{"a":1}x`, `{1:2}`,
}

// What is no JSON is refused; of all else each scalar is listed as encoding/json reads it, and stands in the masked text in
// its place, as its mask leaves it.
func FuzzLeavesAndMasked(f *testing.F) {
	raw, _ := example(f)
	f.Add(string(raw))
	for _, seed := range walkSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Count(s, "[")+strings.Count(s, "{") > 500 {
			return // a level costs as many bytes as it is deep
		}
		leaves, masked, err := LeavesAndMasked(json.RawMessage(s))
		if got, want := err == nil, json.Valid([]byte(s)); got != want {
			t.Fatalf("%q: got taken %v, want %v", s, got, want)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(leavesByTokens(t, s), leaves); diff != "" {
			t.Fatalf("%q: leaves differ (-encoding/json +got):\n%s", s, diff)
		}
		if !json.Valid([]byte(masked)) {
			t.Fatalf("%q: got no JSON: %q", s, masked)
		}
		for i, leaf := range leaves {
			if !leaf.Null && leaf.Text != "{}" && leaf.Text != "[]" {
				leaves[i].Text = leaf.Mask.Apply(leaf.Text)
			}
		}
		if diff := cmp.Diff(leaves, leavesByTokens(t, masked)); diff != "" {
			t.Fatalf("%q: the masked record differs (-want +got):\n%s", s, diff)
		}
	})
}

// leavesByTokens reads the leaves by encoding/json's own tokens.
func leavesByTokens(t *testing.T, s string) []Leaf {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	next := func() json.Token {
		token, err := d.Token()
		if err != nil && err != io.EOF {
			t.Fatalf("%q: %v", s, err)
		}
		return token
	}
	var leaves []Leaf
	var value func(path string, depth int)
	value = func(path string, depth int) {
		leaf := Leaf{Path: path, Mask: MaskOf(path)}
		switch token := next().(type) {
		case nil:
			leaf.Null = true
		case bool:
			leaf.Text = strconv.FormatBool(token)
		case json.Number:
			leaf.Text = token.String()
		case string:
			leaf.Text = token
		case json.Delim:
			if !d.More() {
				leaf.Text = token.String() + next().(json.Delim).String()
				break
			}
			for i := 0; d.More(); i++ {
				name := "[" + strconv.Itoa(i) + "]"
				if token == '{' {
					name = next().(string)
				}
				if depth > 0 && !strings.HasPrefix(name, "[") {
					name = "." + name
				}
				value(path+name, depth+1)
			}
			next()
			return
		}
		leaves = append(leaves, leaf)
	}
	value("", 0)
	return leaves
}

// Values may lie as deep as with encoding/json, and no deeper: each level costs as many bytes as it is deep.
func TestWalkEndsWhereJSONDoes(t *testing.T) {
	for _, depth := range []int{maxDepth, maxDepth + 1} {
		if got, want := json.Valid([]byte(strings.Repeat("[", depth)+strings.Repeat("]", depth))), depth <= maxDepth; got != want {
			t.Errorf("%d levels: got valid %v, want %v", depth, got, want)
		}
		w := &jsonWalk{text: "[[]]"}
		if got, want := w.value(depth-2) == nil, depth <= maxDepth; got != want {
			t.Errorf("%d levels: got taken %v, want %v", depth, got, want)
		}
	}
}

func BenchmarkLeavesAndMasked(b *testing.B) {
	raw, _ := example(b)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := LeavesAndMasked(raw); err != nil {
			b.Fatal(err)
		}
	}
}
