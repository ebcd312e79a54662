package handlers_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient"
)

// formula is what a spreadsheet takes for one, were it the text of a cell.
var formula = regexp.MustCompile(`^[\s\x{00a0}\x{200b}\x{feff}]*[=+\-@\t\r\n|%＝＋－＠]`)

// A text comes out of the file as it went in, but for an apostrophe where a spreadsheet would see a formula; amounts
// stay numbers, negative ones too.
func TestCSVGuardsFormulas(t *testing.T) {
	t.Parallel()
	rows := hostileRecords()
	b := open(t, newFake(t, rows)).as(auth.Finance)
	for _, columns := range []string{"transactionId,payment.customer.name,amount,statusMessage,merchantReference", "all"} {
		a := b.get("/transactions.csv?columns=" + columns).want(http.StatusOK)
		lines := readCSV(t, a)
		if len(lines) != len(hostile)+1 {
			t.Fatalf("%s: got %d lines, want the heading and %d rows", columns, len(lines), len(hostile))
		}
		name, amount := slices.Index(lines[0], "payment.customer.name"), slices.Index(lines[0], "amount")
		if lines[0][0] != "transactionId" || name < 0 || amount < 0 {
			t.Fatalf("%s: got the heading %v, want transactionId first, and the name and amount", columns, lines[0])
		}
		for i, line := range lines[1:] {
			text := hostile[i]
			// Line ends inside quotes are CR LF in the file and read as \n; a CR alone is none and is left out.
			want := strings.ReplaceAll(text, "\r", "")
			if formula.MatchString(text) {
				want = "'" + want
			}
			if got := line[name]; got != want {
				t.Errorf("%s: got the name %q, want %q", columns, got, want)
			}
			if i%3 != 0 && line[amount] != "-12.50" {
				t.Errorf("%s: got the amount %q, want -12.50 as it is", columns, line[amount])
			}
			for j, cell := range line {
				if formula.MatchString(cell) && cell != "-12.50" && !regexp.MustCompile(`^-[0-9.]+$`).MatchString(cell) {
					t.Errorf("%s, column %s: got %q, which a spreadsheet takes for a formula", columns, lines[0][j], cell)
				}
			}
		}
	}
}

// RFC 4180: lines end with CR LF, quotes are doubled, what needs quotes has them, and every line has as many cells.
func TestCSVForm(t *testing.T) {
	t.Parallel()
	rows := madeUp(31, 3, time.Millisecond)
	for i, name := range []string{`a,b;c"d"`, "two\nlines", ""} {
		rows[i]["payment"].(record)["customer"] = record{"name": name}
		rows[i]["createdAt"] = testNow.Add(time.Duration(i-10) * time.Minute).UnixMilli()
		rows[i]["amount"], rows[i]["status"], rows[i]["transactionType"] = []string{"-0.5", "1234567.891", "7"}[i], []int{4, 77, 5}[i], []int{3, 99, 4}[i]
		rows[i]["transactionId"] = fmt.Sprintf("00%d", i)
	}
	b := open(t, newFake(t, rows)).as(auth.Finance)
	a := b.get("/transactions.csv?columns=transactionId,transactionType,status,amount,payment.customer.name,createdAt&tz=America/New_York").want(http.StatusOK)
	want := "transactionId,transactionType,transactionType.name,status,status.name,amount,currency,payment.customer.name,createdAt\r\n" +
		`000,3,Capture,4,Completed,-0.50,USD,"a,b;c""d""",2026-11-20T06:50:00.000-05:00` + "\r\n" +
		`001,99,,77,,1234567.891,USD,"two` + "\r\n" + `lines",2026-11-20T06:51:00.000-05:00` + "\r\n" +
		"002,4,Refund,5,Failed,7.00,USD,,2026-11-20T06:52:00.000-05:00\r\n"
	if diff := cmp.Diff(want, a.body); diff != "" {
		t.Errorf("CSV differs (-want +got):\n%s", diff)
	}
	if got, want := a.header.Get("Content-Type"), "text/csv; charset=utf-8; header=present"; got != want {
		t.Errorf("got Content-Type %q, want %q", got, want)
	}
	kind, params, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
	if err != nil || kind != "attachment" || !regexp.MustCompile(`^[a-z0-9.-]+\.csv$`).MatchString(params["filename"]) {
		t.Errorf("got Content-Disposition %q, want an attachment with a plain file name", a.header.Get("Content-Disposition"))
	}
}

// A download is never rounded off: whichever request to the API fails, and however, either an error page comes before
// the first byte or the transfer breaks.
func TestCSVFailsVisibly(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(32, 320, time.Millisecond))
	p := open(t, api, withClient(func(o *trustlyclient.Options) { o.MaxBody = 2 << 20 }))
	b := p.as(auth.Finance)
	const path = "/transactions.csv"
	whole := b.get(path).want(http.StatusOK)
	if got := len(readCSV(t, whole)); got != 321 {
		t.Fatalf("got %d lines, want the heading and 320 rows", got)
	}
	requests := len(api.requests())
	if requests < 4 {
		t.Fatalf("the walk makes %d requests, want several", requests)
	}
	cut := 0
	for _, name := range []string{"401", "400", "half a body", "other errors under 200", "oversized", "500"} {
		fault := faults[name]
		for k := 1; k <= requests; k++ {
			if name == "500" && k != 1 && k != requests { // this one is asked again for a while
				continue
			}
			api.reset()
			api.set(func(f *fakeAPI) {
				f.instead = func(n int, w http.ResponseWriter, r *http.Request) bool {
					if n < k { // and every one after it, so that trying again does not help
						return false
					}
					fault.answer(w, r)
					return true
				}
			})
			a, err := b.try(http.MethodGet, path, nil)
			errorPage := err == nil && a.err == nil && a.status == fault.status && a.header.Get("Content-Disposition") == "" && strings.Contains(html.UnescapeString(a.body), fault.heading)
			switch {
			case k == 1 && !errorPage:
				t.Errorf("%s at request 1: got status %d and error %v, want an error page with %d", name, a.status, errors.Join(err, a.err), fault.status)
			case errorPage, len(api.requests()) < k && a.body == whole.body: // before the first byte, or never reached
			case err == nil && a.err == nil:
				lines, _ := csv.NewReader(strings.NewReader(a.body)).ReadAll()
				t.Errorf("%s at request %d of %d: got a clean end with status %d after %d lines, want a broken transfer", name, k, requests, a.status, len(lines))
			case err == nil && !errors.Is(a.err, io.ErrUnexpectedEOF):
				t.Errorf("%s at request %d: got %v, want a transfer that ends unexpectedly", name, k, a.err)
			default:
				cut++
			}
			api.set(func(f *fakeAPI) { f.instead = nil })
			if name == "500" {
				recovers(b)
			}
		}
	}
	if cut < 5 {
		t.Errorf("got %d broken transfers, want most faults to come after the first byte", cut)
	}
	api.set(func(f *fakeAPI) { f.instead = nil })
	if again := b.get(path).want(http.StatusOK); again.body != whole.body {
		t.Errorf("after the faults the file differs from the one before: %d bytes, then %d", len(whole.body), len(again.body))
	}
	if !strings.Contains(p.log.String(), "export cut off") {
		t.Error("the log says nothing about cut downloads")
	}
}

// A reader who leaves stops the walk.
func TestCSVStopsWithItsReader(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(33, 900, time.Millisecond))
	b := open(t, api).as(auth.Finance)
	waiting, left := make(chan struct{}), make(chan struct{})
	api.set(func(f *fakeAPI) {
		f.instead = func(n int, _ http.ResponseWriter, r *http.Request) bool {
			if n == 3 {
				close(waiting)
				<-r.Context().Done() // the client gave up because its reader did
				close(left)
				return true
			}
			return false
		}
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/transactions.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	<-waiting
	response.Body.Close()
	b.client.CloseIdleConnections()
	select {
	case <-left:
	case <-time.After(5 * time.Second):
		t.Fatal("the walk goes on 5 s after its reader left")
	}
	if n := len(api.requests()); n > 4 {
		t.Errorf("got %d requests to the API, want none after the reader left", n)
	}
}
