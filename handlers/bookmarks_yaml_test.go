package handlers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestReadViews(t *testing.T) {
	good := "version: 1\nviews:\n"
	for _, c := range []struct {
		name, text string
		line       int
		message    string
	}{
		{"not YAML", "version: [1", 0, "is not YAML"},
		{"not UTF-8", "\xff\xfe", 0, "not UTF-8"},
		{"two documents", good + "  - {name: a, query: tz=UTC}\n---\n", 0, "more than one document"},
		{"a list", "- name: a", 1, "does not consist of"},
		{"unknown key", good + "  []\ncolour: red", 4, "“colour”"},
		{"key twice", good + "  - name: a\n    name: b\n    query: tz=UTC", 4, "twice"},
		{"no views", good + "  []", 0, "holds no views"},
		{"views no list", "version: 1\nviews: 3", 2, "not a list"},
		{"no query", good + "  - name: a", 3, "“query” is missing"},
		{"query no text", good + "  - name: a\n    query: [1]", 4, "not a text"},
		{"shared no truth", good + "  - {name: a, query: tz=UTC, shared: maybe}", 3, "neither true nor false"},
		{"an anchor's alias", good + "  - &a {name: a, query: tz=UTC}\n  - *a", 4, "does not consist of"},
		{"a merge", good + "  - {<<: {name: a}, query: tz=UTC}", 3, "“<<”"},
		{"name too long", good + "  - {name: " + strings.Repeat("x", 81) + ", query: tz=UTC}", 3, "longer than 80"},
		{"an empty name", good + "  - {name: , query: tz=UTC}", 3, "name is missing"},
	} {
		_, errs := readViews([]byte(c.text))
		if len(errs) == 0 || errs[0].Line != c.line || !strings.Contains(errs[0].Text, c.message) {
			t.Errorf("%s: got %+v, want line %d and %q", c.name, errs, c.line, c.message)
		}
	}
	_, refused := readViews([]byte(good + "  - name: 2026-11-01\n    query: count=007\n  - name: yes\n    shared: yes\n    query: ?tz=UTC\n  - {name: 'all', query: ''}\n"))
	want := []fileEntry{{Name: "2026-11-01", Query: "count=007"}, {Name: "yes", Shared: false, Query: "tz=UTC"}, {Name: "all"}}
	if len(refused) != 1 || !strings.Contains(refused[0].Text, "neither true nor false") { // "yes" is a text in YAML 1.2
		t.Errorf("shared: yes: got %+v, want it refused", refused)
	}
	entries, errs := readViews([]byte(good + "  - name: 2026-11-01\n    query: count=007\n  - name: yes\n    shared: false\n    query: ?tz=UTC\n  - {name: 'all', query: ''}\n"))
	if diff := cmp.Diff(want, entries, cmpopts.IgnoreUnexported(fileEntry{})); diff != "" || len(errs) > 0 {
		t.Errorf("got errors %+v, entries differ (-want +got):\n%s", errs, diff)
	}
}

// Whatever is read can be written and read again.
func FuzzReadViews(f *testing.F) {
	for _, seed := range []string{"version: 1\nviews:\n  - name: a\n    shared: true\n    query: tz=UTC", "version: 1\nviews: [{name: 'x: y', query: \"a=%0A&b\"}]", "a: &x [*x]", "version: 1\nviews:\n  - {name: \"\\u202e\", query: ''}", "%YAML 1.2\n---\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		entries, errs := readViews([]byte(text))
		if len(errs) > 0 {
			return
		}
		written, err := writeViews(entries)
		if err != nil {
			t.Fatal(err)
		}
		again, errs := readViews(written)
		if diff := cmp.Diff(entries, again, cmpopts.IgnoreUnexported(fileEntry{})); diff != "" || len(errs) > 0 {
			t.Fatalf("%q written as\n%s\nis read with errors %+v (-first +again):\n%s", text, written, errs, diff)
		}
	})
}
