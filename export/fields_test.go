package export

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// fixedAnswer answers each request with the same rows.
type fixedAnswer string

func (c fixedAnswer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(c)))}, nil
}

// clientOf is a client of an API that has these rows alone.
func clientOf(t *testing.T, rows []json.RawMessage) *trustlyclient.Client {
	t.Helper()
	body, err := json.Marshal(map[string]any{"transactions": rows})
	if err != nil {
		t.Fatal(err)
	}
	client, err := trustlyclient.New(trustlyclient.Options{BaseURL: "http://localhost", AccessID: "id", AccessKey: "key", Transport: fixedAnswer(body)})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// scenarioRows are the sandbox's scenarios.
func scenarioRows(t *testing.T) []json.RawMessage {
	t.Helper()
	sandbox, base := trustlytest.NewServer(t, trustlytest.Options{Rows: -1, Now: func() time.Time { return testNow }})
	for number := range trustlytest.Scenarios {
		for _, r := range trustlytest.Scenario(number+1, testNow) {
			sandbox.Insert(r)
		}
	}
	client, err := trustlyclient.New(trustlyclient.Options{BaseURL: base, AccessID: "id", AccessKey: "key"})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	var rows []json.RawMessage
	for tx, err := range client.All(t.Context(), trustlyclient.ListOptions{Created: trustlyclient.TimeRange{Start: time.UnixMilli(1)}}) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, tx.Raw)
	}
	return rows
}

// TestAPlansFieldsAreEnough makes entries of each column and of all from rows of which only what the plan asks for was read,
// and from whole ones. Files and receipts are made of entries alone, so what is in them is the same.
func TestAPlansFieldsAreEnough(t *testing.T) {
	var odd []json.RawMessage
	for i, text := range []string{`7`, `1700000000000`, `{"taxId":"123-45-6789","note":"x"}`, `["a",{"email":"b@example.com"}]`, `null`, `true`} {
		row := string(hostileRecord(t, func() string { return "\x00" }).Raw)
		drawn := hostileRecord(t, func() string { return anyText().Example(i) }).Raw
		odd = append(odd, json.RawMessage(strings.ReplaceAll(row, `"\u0000"`, text)), drawn)
	}
	many := append(scenarioRows(t), odd...)
	var queries []string
	if len(many) < 40 {
		t.Fatalf("got %d rows, want those of the scenarios, too", len(many))
	}
	enough(t, many, "", "columns=all")
	for _, column := range search.Columns() {
		queries = append(queries, "columns="+column.Name)
	}
	enough(t, odd, queries...)
}

func enough(t *testing.T, rows []json.RawMessage, queries ...string) {
	t.Helper()
	client := clientOf(t, rows)
	read := func(fields []string) []*trustlyclient.Transaction {
		page, err := client.List(t.Context(), trustlyclient.ListOptions{Fields: fields})
		if err != nil || len(page.Transactions) != len(rows) {
			t.Fatalf("got %v, want %d rows", err, len(rows))
		}
		return page.Transactions
	}
	whole := read(nil)
	for _, query := range queries {
		sameEntries(t, query, whole, read)
	}
}

func sameEntries(t *testing.T, query string, whole []*trustlyclient.Transaction, read func(fields []string) []*trustlyclient.Transaction) {
	t.Helper()
	masked := planOf(t, query)
	unmasked := *masked
	unmasked.unmasked, unmasked.since = true, testNow.Add(-10*24*time.Hour)
	unmasked.fields = append(slices.Clone(masked.fields), changeField)
	for _, p := range []*Plan{masked, &unmasked} {
		needed := read(p.Query().Fields)
		for i := range whole {
			if raw := needed[i].Raw; raw != nil && needed[i].TransactionID != "" {
				t.Fatalf("%s: got everything read, want what is needed", query)
			}
			if want, got := p.Entry(whole[i]), p.Entry(needed[i]); !reflect.DeepEqual(want, got) {
				t.Errorf("%s: row %d is another from what the plan asks for (-want +got):\n%s", query, i, cmp.Diff(want, got, cmp.AllowUnexported(Entry{})))
			}
		}
	}
}

// everything reads all of each row, whatever is asked for.
type everything struct{ search.Lister }

func (l everything) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	o.Fields = nil
	return l.Lister.List(ctx, o)
}

// TestFilesOfNeededFields writes each format, streamed from a sweep: the file and the receipt are those of whole rows.
func TestFilesOfNeededFields(t *testing.T) {
	_, base := trustlytest.NewServer(t, trustlytest.Options{Rows: 60, Now: func() time.Time { return testNow }})
	client, err := trustlyclient.New(trustlyclient.Options{BaseURL: base, AccessID: "id", AccessKey: "key"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	for _, format := range Formats() {
		for _, columns := range []string{"", "columns=all"} {
			plan := planOf(t, columns)
			file := func(l search.Lister) (string, Receipt) {
				sweep := search.NewSweep(l, plan.Query(), 2, func(tx *trustlyclient.Transaction) *trustlyclient.Transaction { return tx })
				defer sweep.Close()
				var list []*trustlyclient.Transaction
				for tx, err := sweep.Next(t.Context()); tx != nil || err != nil; tx, err = sweep.Next(t.Context()) {
					if err != nil {
						t.Fatal(err)
					}
					list = append(list, tx)
				}
				path, receipt := written(t, format, plan, list)
				return readFile(t, path), receipt
			}
			want, wantReceipt := file(everything{client})
			got, gotReceipt := file(client)
			if want != got || len(got) < 1000 {
				t.Errorf("%s, %q: got another file of %d bytes, want one of %d", format.Extension, columns, len(got), len(want))
			}
			if !reflect.DeepEqual(wantReceipt, gotReceipt) || gotReceipt.Rows != 60 {
				t.Errorf("%s, %q: got the receipt %+v, want %+v of 60 rows", format.Extension, columns, gotReceipt, wantReceipt)
			}
		}
	}
}
