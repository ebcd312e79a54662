package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"trustlyportal/handlers"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// TestAListsFieldsAreEnough draws lists of each column and of all from rows of which only what a list is said to need was
// read, and from whole ones: the pages must be the same, whatever the API sent.
func TestAListsFieldsAreEnough(t *testing.T) {
	t.Parallel()
	odd := append(hostileRecords(), filledRecords()...)
	many := open(t, cannedRows(t, append(scenarioRows(t), rowsOf(t, odd)...)))
	few := open(t, cannedRows(t, rowsOf(t, append(filledRecords(), odd[:3]...))))
	lists := map[string]*portal{"count=100": many, "columns=all": many}
	for _, column := range search.Columns() {
		lists["columns="+column.Name] = few
	}
	whole := map[*portal]search.Page{many: readRows(t, many, nil), few: readRows(t, few, nil)}
	for query, p := range lists {
		view := viewOf(t, "tz=America/New_York&"+query)
		needed := readRows(t, p, handlers.ListFields(view))
		if needed.Rows[0].Raw != nil && needed.Rows[0].TransactionID != "" {
			t.Fatalf("%s: got everything read, want what is needed", query)
		}
		if want, got := drawnList(t, p, view, whole[p]), drawnList(t, p, view, needed); want != got {
			at := 0
			for at < min(len(want), len(got)) && want[at] == got[at] {
				at++
			}
			t.Errorf("%s: got another page from what a list is said to need: …%.200q, want …%.200q", query, got[max(0, at-80):], want[max(0, at-80):])
		}
	}
}

// TestAListReadsWhatItShows has the list's handler say what it reads: no more than it needs.
func TestAListReadsWhatItShows(t *testing.T) {
	t.Parallel()
	view := viewOf(t, "columns=fee,status")
	if got, want := handlers.ListFields(view), []string{"transactionId", "fee", "status", "statusMessage"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func viewOf(t *testing.T, query string) search.View {
	t.Helper()
	view, errs := search.Parse(query, testNow)
	if len(errs) > 0 {
		t.Fatalf("%s: %v", query, errs)
	}
	return view
}

// readRows reads rows as a list's walk does, which adds what it needs itself.
func readRows(t *testing.T, p *portal, fields []string) search.Page {
	t.Helper()
	if fields != nil {
		fields = append(fields, "createdAt", "updatedAt", "processedAt", "completedAt")
	}
	page, err := p.config.Client.List(t.Context(), trustlyclient.ListOptions{Count: 100, Created: trustlyclient.TimeRange{Start: testNow}, Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	return search.Page{Rows: page.Transactions, First: true, AsOf: testNow, Older: search.Cursor{Millis: 1, Ties: 1, ID: "1"}}
}

func drawnList(t *testing.T, p *portal, view search.View, page search.Page) string {
	t.Helper()
	draw, err := handlers.MakeList(p.config, page)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, view.URL("/transactions"), http.NoBody)
	r.Header.Set("HX-Request", "true") // what is around the rows does not depend on them
	drawn, err := draw(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(drawn)
}

// cannedRows answers each request with the same rows.
func cannedRows(t *testing.T, rows []json.RawMessage) http.Handler {
	t.Helper()
	body, err := json.Marshal(map[string]any{"transactions": rows})
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
}

// scenarioRows are the sandbox's scenarios, the newest first.
func scenarioRows(t *testing.T) []json.RawMessage {
	t.Helper()
	sandbox := trustlytest.New(trustlytest.Options{Rows: -1})
	defer sandbox.Close()
	for number := range trustlytest.Scenarios {
		for _, r := range trustlytest.Scenario(number+1, testNow) {
			sandbox.Insert(r)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/transactions?count=100&createdAt.start=1", http.NoBody)
	r.SetBasicAuth("id", "key")
	w := httptest.NewRecorder()
	sandbox.ServeHTTP(w, r)
	var page struct{ Transactions []json.RawMessage }
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || len(page.Transactions) < 30 {
		t.Fatalf("got %d rows and %v, want those of the scenarios", len(page.Transactions), err)
	}
	return page.Transactions
}

// filledRecords have something in every field that there is, different ones: texts, numbers, objects with personal data,
// codes of no table.
func filledRecords() []record {
	values := []func(i int) any{
		func(i int) any { return fmt.Sprint("text ", i) },
		func(i int) any { return 1_700_000_000_000 + i },
		func(i int) any { return i },
		func(i int) any { return record{"taxId": fmt.Sprint("tax ", i), "note": fmt.Sprint("note ", i)} },
		func(i int) any { return []any{fmt.Sprint("one ", i), i} },
		func(int) any { return nil },
	}
	var rows []record
	for _, value := range values {
		row := record{}
		for i, f := range search.Fields() {
			at, names := row, strings.Split(f.Path, ".")
			for _, name := range names[:len(names)-1] {
				if at[name] == nil {
					at[name] = record{}
				}
				at = at[name].(record)
			}
			at[names[len(names)-1]] = value(i)
		}
		rows = append(rows, row)
	}
	return rows
}

func rowsOf(t *testing.T, records []record) []json.RawMessage {
	t.Helper()
	var rows []json.RawMessage
	for _, r := range records {
		row, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}
