package handlers_test

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/auth"
	"trustlyportal/export"
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
			// Line ends inside quotes are CR LF in the file and read as \n, however the API spelled them.
			want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
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
// the first byte or the transfer breaks, and what came of it is no whole file.
func TestDownloadsFailVisibly(t *testing.T) {
	t.Parallel()
	for _, format := range export.Formats() {
		t.Run(format.Extension, func(t *testing.T) {
			t.Parallel()
			failVisibly(t, format)
		})
	}
}

func failVisibly(t *testing.T, format export.Format) {
	api := newFake(t, madeUp(32, 320, time.Millisecond))
	// One request at a time, so that few are under way beyond the end, where their failure changes nothing.
	p := open(t, api, withClient(func(o *trustlyclient.Options) { o.MaxBody, o.MaxConcurrency = 2<<20, 1 }))
	b := p.as(auth.Finance)
	path := "/transactions." + format.Extension
	whole := b.get(path).want(http.StatusOK)
	if got, want := whole.trailer.Get("Export-Rows"), "320"; got != want {
		t.Fatalf("got %q rows in the trailer, want %s", got, want)
	}
	requests := len(api.requests())
	if requests < 4 {
		t.Fatalf("the walk makes %d requests, want several", requests)
	}
	cut, points := 0, 0
	for _, name := range []string{"401", "400", "half a body", "other errors under 200", "oversized", "500"} {
		fault := faults[name]
		for k := 1; k <= requests; k++ {
			if name == "500" && k != 1 && k != requests { // this one is asked again for a while
				continue
			}
			points++
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
			case errorPage, a.trailer.Get("Export-Rows-Sha256") == whole.trailer.Get("Export-Rows-Sha256"): // before the first byte, or beyond the last row: the file is whole
			case err == nil && a.err == nil:
				t.Errorf("%s at request %d of %d: got a clean end with status %d after %d bytes, want a broken transfer", name, k, requests, a.status, len(a.body))
			case err == nil && !errors.Is(a.err, io.ErrUnexpectedEOF):
				t.Errorf("%s at request %d: got %v, want a transfer that ends unexpectedly", name, k, a.err)
			default:
				cut++
				looksBroken(t, format, a.body)
			}
			api.set(func(f *fakeAPI) { f.instead = nil })
			recovers(b) // so many failures may have been taken for an outage
		}
	}
	if cut < 5 {
		t.Errorf("got %d broken transfers of %d, want most faults to come after the first byte", cut, points)
	}
	api.set(func(f *fakeAPI) { f.instead = nil })
	if again := b.get(path).want(http.StatusOK); again.trailer.Get("Export-Rows-Sha256") != whole.trailer.Get("Export-Rows-Sha256") {
		t.Errorf("after the faults the rows differ from those before: %v, then %v", whole.trailer, again.trailer)
	}
	if !strings.Contains(p.log.String(), "export cut off") {
		t.Error("the log says nothing about cut downloads")
	}
}

// looksBroken fails on a part of a workbook that opens: of lines of text only the transfer tells.
func looksBroken(t *testing.T, format export.Format, body string) {
	t.Helper()
	if format.Extension != "xlsx" {
		return
	}
	if _, err := zip.NewReader(strings.NewReader(body), int64(len(body))); err == nil {
		t.Errorf("%d bytes of a workbook that was cut off open as a whole one", len(body))
	}
}

// A connection that breaks anywhere leaves a transfer without its end.
func TestDownloadsCutByTheNetworkAreBroken(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, madeUp(34, 130, time.Millisecond))).as(auth.Finance)
	cuts := 17 // in each format, so some fifty
	if *thorough {
		cuts = 50
	}
	for _, format := range export.Formats() {
		path := "/transactions." + format.Extension
		size := len(b.get(path).want(http.StatusOK).body)
		for i := range cuts {
			response, err := b.client.Get(b.url + path)
			if err != nil {
				t.Fatal(err)
			}
			part, err := io.ReadAll(io.LimitReader(response.Body, int64(size*i/cuts)))
			response.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			if rows := response.Trailer.Get("Export-Rows"); rows != "" {
				t.Errorf("%s cut at %d of %d bytes: got the trailer %q, want none", path, len(part), size, rows)
			}
			looksBroken(t, format, string(part))
		}
	}
}

// A download says at its end how many rows it has and what their digest is; each format says the same, and it is the
// receipt's in the workbook.
func TestDownloadsProveThemselves(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(35, 230, time.Millisecond)), withBaseURL("https://portal.example"))
	b := p.as(auth.Finance)
	const query = "?columns=transactionType,status,amount,createdAt&tz=America/New_York&asOf=1895000000000"
	dir := t.TempDir()
	var receipt export.Receipt
	for _, extension := range []string{"xlsx", "csv", "jsonl"} {
		a := b.get("/transactions." + extension + query).want(http.StatusOK)
		file := filepath.Join(dir, "file."+extension)
		if err := os.WriteFile(file, []byte(a.body), 0o600); err != nil {
			t.Fatal(err)
		}
		if extension == "xlsx" {
			var err error
			if receipt, err = export.ReceiptIn(file); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := export.Verify(file, receipt, "test"); err != nil {
			t.Errorf("%s: got %v, want it to hold", extension, err)
		}
		sum := sha256.Sum256([]byte(a.body))
		for name, want := range map[string]string{
			"Export-Rows": "230", "Export-Rows-Sha256": receipt.Digest, "Content-Digest": "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":",
		} {
			if got := a.trailer.Get(name); got != want {
				t.Errorf("%s: got the trailer %s %q, want %q", extension, name, got, want)
			}
		}
		format, _ := export.FormatOf(extension)
		if got := a.header.Get("Content-Type"); got != format.ContentType {
			t.Errorf("%s: got the type %q, want %q", extension, got, format.ContentType)
		}
	}
	if receipt.By == "" || receipt.Source == "" || !strings.HasPrefix(receipt.URL, "https://portal.example/transactions?") || receipt.ReadUntil.Before(receipt.ReadFrom) || receipt.AsOf.IsZero() {
		t.Errorf("got the receipt %+v, want who, where from, when and a link", receipt)
	}
}

// The byte order mark is CSV's, and 1 is the only way to ask for it.
func TestByteOrderMarkIsForCSV(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(36, 3, time.Millisecond))
	b := open(t, api).as(auth.Finance)
	plain := b.get("/transactions.csv").want(http.StatusOK)
	if marked := b.get("/transactions.csv?bom=1").want(http.StatusOK); marked.body != "\ufeff"+plain.body {
		t.Errorf("got %.20q, want the mark before %.20q", marked.body, plain.body)
	}
	api.reset()
	for _, path := range []string{"/transactions.csv?bom=yes", "/transactions.xlsx?bom=1", "/transactions.jsonl?bom=1", "/transactions.xlsx?amount.min=abc"} {
		b.get(path).want(http.StatusUnprocessableEntity)
	}
	if n := len(api.requests()); n > 0 {
		t.Errorf("got %d requests to the API, want none", n)
	}
}

// A reader who leaves stops the walk.
func TestDownloadStopsWithItsReader(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(33, 900, time.Millisecond))
	b := open(t, api).as(auth.Finance)
	waiting, left := make(chan struct{}), make(chan struct{})
	var first, last sync.Once
	api.set(func(f *fakeAPI) {
		f.instead = func(n int, _ http.ResponseWriter, r *http.Request) bool {
			if n < 3 {
				return false
			}
			first.Do(func() { close(waiting) })
			<-r.Context().Done() // the client gave up because its reader did
			last.Do(func() { close(left) })
			return true
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
	time.Sleep(200 * time.Millisecond) // long enough for many more
	if n := len(api.requests()); n > 2+export.Workers {
		t.Errorf("got %d requests to the API, want none after the reader left", n)
	}
}
