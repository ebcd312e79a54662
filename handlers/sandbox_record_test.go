package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// Every scalar of 200 records of the sandbox is on its page, and nothing that is masked is anywhere in what support gets.
func TestEveryFieldOfTheSandboxIsShown(t *testing.T) {
	t.Parallel()
	sandbox := trustlytest.New(trustlytest.Options{Seed: 11, Rows: 200, Now: func() time.Time { return testNow }})
	t.Cleanup(sandbox.Close)
	p := open(t, sandbox)
	b := p.as(auth.Support)
	seen := 0
	for _, r := range sandbox.Records() {
		checkRecordPage(t, p, b, r.ID)
		seen++
	}
	if seen < 200 {
		t.Fatalf("looked at %d records, want 200", seen)
	}
}

func checkRecordPage(t *testing.T, p *portal, b *browser, id string) {
	t.Helper()
	sent, err := p.config.Client.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	leaves, err := search.Leaves(sent.Raw)
	if err != nil {
		t.Fatal(err)
	}
	a := b.get("/transactions/" + id + "?tz=UTC").want(http.StatusOK)
	doc := a.doc()
	fields := fieldTexts(doc)
	whole := strings.ToLower(a.body) + strings.ToLower(fmt.Sprint(a.header))
	plain := openTexts(leaves)
	for _, leaf := range leaves {
		got, ok := fields[strings.ToLower(leaf.Path)]
		mask := search.MaskOf(leaf.Path)
		if field, known := search.LookupField(leaf.Path); known {
			mask = field.Mask
		}
		switch masked := mask.Apply(leaf.Text); {
		case leaf.Null || leaf.Text == "":
		case !ok:
			t.Errorf("%s: %s is not on the page", id, leaf.Path)
		case mask != search.MaskNone:
			if !strings.Contains(got, masked) {
				t.Errorf("%s: %s: got %q, want %q", id, leaf.Path, got, masked)
			}
			if masked != leaf.Text && len(leaf.Text) > 4 && !plain[strings.ToLower(leaf.Text)] && strings.Contains(whole, strings.ToLower(leaf.Text)) {
				t.Errorf("%s: %s stands unmasked in the answer", id, leaf.Path)
			}
		case !strings.Contains(got, shownAs(leaf)):
			t.Errorf("%s: %s: got %q, want %q", id, leaf.Path, got, shownAs(leaf))
		}
	}
}

// openTexts are the values that stand unmasked somewhere in the record: a city may be called like a street.
func openTexts(leaves []search.Leaf) map[string]bool {
	texts := map[string]bool{}
	for _, leaf := range leaves {
		if search.MaskOf(leaf.Path) == search.MaskNone {
			texts[strings.ToLower(leaf.Text)] = true
		}
	}
	return texts
}

// shownAs is a value as a page writes it.
func shownAs(leaf search.Leaf) string {
	field, ok := search.LookupField(leaf.Path)
	switch {
	case ok && field.Kind == search.KindAmount:
		if text, ok := search.Money(trustlyclient.Amount{Text: leaf.Text}); ok {
			return text
		}
	case ok && field.Kind == search.KindBool && json.Valid([]byte(leaf.Text)):
		return map[string]string{"true": "Yes", "false": "No"}[leaf.Text]
	}
	return strings.Join(strings.Fields(leaf.Text), " ")
}
