package search

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"trustlyportal/trustlyclient"
)

// specification is the API's own, as published.
func specification(t *testing.T) *openapi3.Operation {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../trustlyclient/testdata/list-transactions.openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return doc.Paths.Find("/transactions").Get
}

// No parameter of the API is missing from the catalogue, and none is invented.
func TestCatalogueIsTheAPIs(t *testing.T) {
	declared := map[string]*openapi3.Parameter{}
	for _, p := range specification(t).Parameters {
		if p.Value.In == "query" {
			declared[p.Value.Name] = p.Value
		}
	}
	if len(declared) != 44 {
		t.Errorf("got %d parameters in the specification, want 44", len(declared))
	}
	for _, f := range Filters() {
		p, ok := declared[f.Name]
		if ok == f.Ours {
			t.Errorf("%s: got declared %t, ours %t", f.Name, ok, f.Ours)
		}
		if ok && p.Schema.Value.Type.Is("array") != f.Repeat {
			t.Errorf("%s: got repeat %t, want the specification's", f.Name, f.Repeat)
		}
		delete(declared, f.Name)
	}
	for name := range declared {
		t.Errorf("%s is missing from the catalogue", name)
	}
}

// The client takes each filter that the catalogue offers.
func TestClientTakesEachFilter(t *testing.T) {
	known := trustlyclient.Parameters()
	for _, f := range Filters() {
		if f.Kind != KindView && !slices.Contains(known, f.Name) {
			t.Errorf("%s: not a parameter of the client", f.Name)
		}
	}
}

func TestCatalogueIsComplete(t *testing.T) {
	for _, f := range Filters() {
		if f.Label == "" || f.Group == "" || f.Help == "" || f.Example == "" {
			t.Errorf("%s: label, group, help or example is missing", f.Name)
		}
		if (f.Kind == KindCode) != (f.Codes != "") || f.Codes != "" && len(trustlyclient.Codes(f.Codes)) == 0 {
			t.Errorf("%s: got code table %q", f.Name, f.Codes)
		}
		if f.Phrase != "" && strings.Count(f.Phrase, "%s") != 1 {
			t.Errorf("%s: got phrase %q, want one %%s", f.Name, f.Phrase)
		}
		said := f.Phrase != "" || f.Kind == KindAmount || f.Kind == KindTime || f.Kind == KindView || f.Name == "transactionType" || f.Name == "transactionStatus"
		if !said {
			t.Errorf("%s: the sentence does not say it", f.Name)
		}
		if f.Name == NamePrivate {
			continue // its example is nobody's
		}
		// The example on the help page is a link that works.
		if v, errs := Parse(f.Name+"="+escape(f.Example), testNow); len(errs) > 0 || f.Kind != KindView && !v.Has(f.Name) {
			t.Errorf("%s: example %q: got %v", f.Name, f.Example, errs)
		}
	}
}

// Each filter narrows the query that is sent, and each shows in the sentence and as a chip.
func TestEachFilterIsSentAndSaid(t *testing.T) {
	all := mustParse(t, "")
	for _, f := range Filters() {
		if f.Kind == KindView {
			continue
		}
		v := mustParse(t, f.Name+"="+escape(f.Example))
		if v.Sentence() == all.Sentence() || len(v.Chips()) != 1 {
			t.Errorf("%s: got sentence %q and %d chips", f.Name, v.Sentence(), len(v.Chips()))
		}
		q := v.Query(testNow)
		sent := len(q.Filters) > 0
		for _, r := range []trustlyclient.TimeRange{q.Created, q.Updated, q.Processed, q.Completed} {
			sent = sent || !r.Start.IsZero() || !r.End.IsZero()
		}
		if !sent {
			t.Errorf("%s: is not sent", f.Name)
		}
	}
}
