package export

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// A tally that was written down and read again goes on to the same receipt.
func TestTallyGoesOn(t *testing.T) {
	plan := planOf(t, factQuery)
	var entries []*Entry
	for _, tx := range sampleRows(t, 50) {
		entries = append(entries, plan.Entry(tx))
	}
	const rows = blockRows + 20
	count := func(t *Tally, from, to int) {
		for i := from; i < to; i++ {
			t.Add(entries[i%len(entries)])
		}
	}
	whole := NewTally(plan)
	count(whole, 0, rows)
	for _, cut := range []int{0, blockRows, blockRows + 7} {
		first := NewTally(plan)
		count(first, 0, cut)
		counted, err := first.state()
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(State{Tally: counted, Rows: first.Rows()})
		if err != nil {
			t.Fatal(err)
		}
		var state State
		if err := json.Unmarshal(text, &state); err != nil {
			t.Fatal(err)
		}
		rest, err := plan.tallyOf(state)
		if err != nil {
			t.Fatal(err)
		}
		count(rest, cut, rows)
		if got, want := asJSON(plan.Receipt(rest)), asJSON(plan.Receipt(whole)); got != want {
			t.Errorf("written down after %d rows: got %s, want %s", cut, got, want)
		}
	}
}

func TestProgressIsByTimeCovered(t *testing.T) {
	at := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	first := TallyState{First: &Mark{ID: "1", CreatedAt: "2026-11-20T05:04:05.000Z"}}
	for _, c := range []struct {
		query string
		state State
		want  float64
		until string
	}{
		{"createdAt.start=2026-11-01&createdAt.end=2026-11-10", State{Until: at("2026-11-06T00:00:00Z"), Tally: first}, 0.5, "2026-11-06T00:00:00Z"},
		{"createdAt.start=2026-11-01&createdAt.end=2026-11-10", State{}, 0, "0001-01-01T00:00:00Z"},
		{"createdAt.start=2026-11-01&createdAt.end=2026-11-10", State{Ended: true, Until: at("2026-11-06T00:00:00Z")}, 1, "2026-11-11T00:00:00Z"},
		{"", State{Until: at("2026-11-20T10:04:05Z"), Tally: first}, 0.5, "2026-11-20T10:04:05Z"}, // from the first row to the as-of
		{"", State{}, 0, "0001-01-01T00:00:00Z"},
		{"", State{Until: at("2027-01-01T00:00:00Z"), Tally: first}, 1, "2027-01-01T00:00:00Z"},
		{"createdAt.start=2026-11-30", State{Until: at("2026-11-30T00:00:00Z")}, 0, "2026-11-30T00:00:00Z"}, // nothing yet
	} {
		share, until := planOf(t, c.query).Progress(c.state)
		if share != c.want || !until.Equal(at(c.until)) {
			t.Errorf("%q, %+v: got %g until %v, want %g until %s", c.query, c.state, share, until, c.want, c.until)
		}
	}
}

// What another process reads makes the same plan: the same question, columns, words and link.
func TestSpecMakesTheSamePlan(t *testing.T) {
	for _, query := range []string{
		"", "columns=all", "createdAt.start=now-7d&createdAt.end=now-1d/d&tz=America/New_York&transactionStatus=4&count=50&orderBy=updatedAt&sortOrder=asc",
		"asOf=1795000000000&columns=amount,reference", "bom=1&payment.customer.name=A%26B",
	} {
		plan := planOf(t, query)
		text, err := json.Marshal(plan.Spec())
		if err != nil {
			t.Fatal(err)
		}
		var spec Spec
		if err := json.Unmarshal(text, &spec); err != nil {
			t.Fatal(err)
		}
		again, err := spec.Plan()
		if err != nil {
			t.Fatal(err)
		}
		samePlan(t, again, plan)
	}
	for name, spec := range map[string]Spec{
		"a filter that is no more": {Query: "gone=1", Columns: []string{"transactionId"}},
		"a column that is no more": {Columns: []string{"transactionId", "gone"}},
		"no columns":               {},
	} {
		if _, err := spec.Plan(); err == nil {
			t.Errorf("%s: got a plan, want an error", name)
		}
	}
}

func samePlan(t *testing.T, got, want *Plan) {
	t.Helper()
	said := func(p *Plan) string {
		return fmt.Sprintf("%+v\n%+v\n%s\n%s", p.Query(), p.Columns(), asJSON(p.Receipt(NewTally(p))), p.View.Sentence())
	}
	if g, w := said(got), said(want); g != w {
		t.Errorf("got the plan\n%s\nwant\n%s", g, w)
	}
}
