package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"trustlyportal/audit"
	"trustlyportal/export"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
	"trustlyportal/trustlyclient/trustlytest"
)

// exportRows is how long the exports of these tests are: `go test ./cmd/portal -run TestExport -export.rows 100000 -v`.
var exportRows = flag.Int("export.rows", 2300, "rows of the exports that are killed and added up")

// exporter runs portal export against a sandbox.
type exporter struct {
	*testing.T
	api *trustlytest.Server
	env environment
	dir string

	filter string
}

func newExporter(t *testing.T, o trustlytest.Options) *exporter {
	t.Helper()
	e := &exporter{T: t, dir: t.TempDir(), filter: exportFilter}
	var base string
	e.api, base = trustlytest.NewServer(t, o)
	e.env = onDatabase(t, environment{
		"TRUSTLY_BASE_URL": base, "TRUSTLY_ACCESS_ID": "id", "TRUSTLY_ACCESS_KEY": "key", "TRUSTLY_RATE_LIMIT": "0",
	})
	return e
}

func (e *exporter) path(name string) string { return filepath.Join(e.dir, name) }

// run exports, by default all columns that totals are made of.
func (e *exporter) run(ctx context.Context, out string, more ...string) (stdout, stderr string, code int) {
	var said, complained strings.Builder
	code = run(ctx, e.args(out, more...), strings.NewReader(""), &said, &complained, e.env.get)
	return said.String(), complained.String(), code
}

const exportFilter = "tz=America/New_York&columns=transactionType,status,amount,createdAt,merchantReference"

func (e *exporter) args(out string, more ...string) []string {
	return append([]string{"export", "--filter", e.filter, "--format", strings.TrimPrefix(filepath.Ext(out), "."), "--out", e.path(out)}, more...)
}

// complete fails unless the file is there, holds against its receipt, and nothing else is left.
func (e *exporter) complete(out string) export.Receipt {
	e.Helper()
	receipt, err := (&verifyCmd{File: e.path(out), Receipt: e.path(out + ".receipt.json")}).receipt()
	if err != nil {
		e.Fatal(err)
	}
	if _, err := export.Verify(e.path(out), receipt, version()); err != nil {
		e.Errorf("%s: got %v, want it to hold", out, err)
	}
	e.left(out, out, out+".receipt.json")
	return receipt
}

// left fails unless just these files are there of an export.
func (e *exporter) left(out string, want ...string) {
	e.Helper()
	found, err := filepath.Glob(e.path("*" + out + "*"))
	if err != nil {
		e.Fatal(err)
	}
	for i, path := range found {
		found[i] = filepath.Base(path)
	}
	if !slices.Equal(found, want) {
		e.Errorf("got the files %v, want %v", found, want)
	}
}

// acts are what the audit says of exports, the oldest first.
func (e *exporter) acts() []audit.Record {
	e.Helper()
	db, err := store.Open(e.Context(), e.env["PORTAL_DATABASE_URL"])
	if err != nil {
		e.Fatal(err)
	}
	defer db.Close()
	records, err := db.AuditPage(e.Context(), audit.Filter{}, 0, 1000)
	if err != nil {
		e.Fatal(err)
	}
	slices.Reverse(records)
	return records
}

// What can't be done is refused before the API is asked, and all of it is told at once.
func TestExportRefusesBeforeItAsks(t *testing.T) {
	e := newExporter(t, trustlytest.Options{Rows: 10})
	save(t, e.path("there.csv"), []byte("x"))
	save(t, e.path("begun.csv.part"), []byte("x"))
	if err := os.Mkdir(e.path("folder.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		env  environment
		code int
		want []string
	}{
		{"unknown names and bad values", []string{"--filter", "foo=1&amount.min=abc", "--format", "csv", "--out", e.path("a.csv")}, e.env, 2, []string{"foo is not a filter", "amount.min is not an amount"}},
		{"a private link", []string{"--filter", "private=ABCDEFGHIJKLMNOPQRSTUVWXYZ", "--format", "csv", "--out", e.path("a.csv")}, e.env, 2, []string{"can't be opened here"}},
		{"the mark in a workbook", []string{"--filter", "bom=1", "--format", "xlsx", "--out", e.path("a.xlsx")}, e.env, 2, []string{"is for CSV only"}},
		{"no filter", []string{"--format", "csv", "--out", e.path("a.csv")}, e.env, 2, []string{"--filter"}},
		{"another format", []string{"--filter", "", "--format", "pdf", "--out", e.path("a.pdf")}, e.env, 2, []string{"--format"}},
		{"another name", []string{"--filter", "", "--format", "csv", "--out", e.path("a.txt")}, e.env, 2, []string{"does not end in .csv"}},
		{"no folder", []string{"--filter", "", "--format", "csv", "--out", e.path("none/a.csv")}, e.env, 2, []string{"no such folder"}},
		{"a file", []string{"--filter", "", "--format", "csv", "--out", e.path("there.csv")}, e.env, 2, []string{"there already", "--force"}},
		{"a folder", []string{"--filter", "", "--format", "csv", "--out", e.path("folder.csv"), "--force"}, e.env, 2, []string{"is a folder"}},
		{"a part", []string{"--filter", "", "--format", "csv", "--out", e.path("begun.csv")}, e.env, 2, []string{"interrupted", "--resume"}},
		{"something else as a part", []string{"--filter", "", "--format", "csv", "--out", e.path("begun.csv"), "--resume"}, e.env, 2, []string{"is no part of an export", "remove it"}},
		{"no settings", []string{"--filter", "", "--format", "csv", "--out", e.path("a.csv")}, environment{}, 2, []string{"TRUSTLY_BASE_URL is not set", "TRUSTLY_ACCESS_ID is not set"}},
		{"unmasked", []string{"--filter", "", "--format", "csv", "--out", e.path("a.csv"), "--unmasked"}, e.env, 2, []string{"unknown flag --unmasked"}},
	} {
		_, stderr, code := command(t, c.env, "", append([]string{"export"}, c.args...)...)
		if code != c.code {
			t.Errorf("%s: got the code %d, want %d: %s", c.name, code, c.code, stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s: got %q, want %q in it", c.name, stderr, want)
			}
		}
		if strings.Contains(stderr, "abc") {
			t.Errorf("%s: got %q, which repeats a value", c.name, stderr)
		}
	}
	if n := len(e.api.Requests()); n > 0 {
		t.Errorf("got %d requests to the API, want none", n)
	}
	e.left("a.")
}

// Each format's file holds, with the same digest; its totals are those of the API's records, added up apart in cents.
func TestExportWritesEachFormat(t *testing.T) {
	t.Parallel()
	e := newExporter(t, trustlytest.Options{Rows: *exportRows})
	type key struct{ kind, status, currency string }
	want := map[key]int64{}
	for _, r := range e.api.Records() {
		k := key{fmt.Sprint(r.Type), fmt.Sprint(r.Status), "USD"}
		if r.Payment != nil && r.Payment.Currency != "" {
			k.currency = r.Payment.Currency
		}
		want[k] += int64(r.Amount)
	}
	var digests []string
	for _, format := range export.Formats() {
		out := "whole." + format.Extension
		stdout, stderr, code := e.run(t.Context(), out)
		if code != 0 || !strings.Contains(stdout, fmt.Sprintf("holds %d rows", *exportRows)) {
			t.Fatalf("%s: got the code %d, %s%s", out, code, stdout, stderr)
		}
		r := e.complete(out)
		digests = append(digests, r.Digest)
		if r.By != "command line" || r.Source == "" || r.Rows != *exportRows || r.Masking != export.Masked || r.Version != version() {
			t.Errorf("%s: got the receipt %+v, want who, where from, how many and masked", out, r)
		}
		got := map[key]int64{}
		for _, total := range r.Totals {
			if total.Missing+total.Unreadable > 0 {
				t.Errorf("%s: got the total %s, want every amount in it", out, total)
			}
			got[key{total.Type, total.Status, total.Currency}] = decimal.RequireFromString(total.Amount).Shift(2).IntPart()
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got the totals %v, want %v", out, got, want)
		}
	}
	if len(slices.Compact(digests)) != 1 {
		t.Errorf("got the digests %v, want one", digests)
	}
	if *exportRows > 5000 {
		return
	}

	if _, stderr, code := e.run(t.Context(), "whole.csv"); code != exitUsage {
		t.Errorf("over a file: got the code %d, want %d: %s", code, exitUsage, stderr)
	}
	if stdout, stderr, code := e.run(t.Context(), "whole.csv", "--force", "--quiet"); code != 0 || stdout+stderr != "" {
		t.Errorf("by force and quietly: got the code %d, %q and %q, want nothing said", code, stdout, stderr)
	}
	e.complete("whole.csv")
	acts := e.acts()
	if len(acts) != 8 {
		t.Fatalf("got %d records, want a start and an end of four exports: %+v", len(acts), acts)
	}
	for i, r := range acts {
		wantAction, wantDetail := audit.Export, exportFilter[:19]
		if i%2 == 1 {
			wantAction, wantDetail = audit.Collect, fmt.Sprintf("complete; %d rows", *exportRows)
		}
		if r.User != commandLine || r.Action != wantAction || !strings.Contains(r.Detail, wantDetail) || r.Object != acts[i/2*2].Object {
			t.Errorf("record %d: got %+v, want %s by the command line, with %q", i, r, wantAction, wantDetail)
		}
	}
}

// However an export fails, at whichever request and at its end: no file, an exit code that says so, and a word on what to do.
func TestExportFailsWithoutAFile(t *testing.T) {
	t.Parallel()
	const rows = 1220
	e := newExporter(t, trustlytest.Options{Rows: rows})
	if _, stderr, code := e.run(t.Context(), "whole.jsonl"); code != 0 {
		t.Fatal(stderr)
	}
	want := e.complete("whole.jsonl").Digest
	const needed = (rows + 99) / 100 // requests: the others look ahead, and how many they are differs
	points, whole := 0, 0
	fail := func(name string, k int, fault trustlytest.Fault, ctx context.Context, said string) {
		t.Helper()
		points++
		out := fmt.Sprintf("point%d.jsonl", points)
		e.api.SetFault(fault)
		_, stderr, code := e.run(ctx, out)
		e.api.ClearFaults()
		if code == 0 { // it had what it needs
			if whole++; k <= needed || e.complete(out).Digest != want {
				t.Errorf("%s at request %d: got a file, want none, or all of it", name, k)
			}
			return
		}
		todo := "begin anew"
		if there(e.path(out + ".part")) { // it took longer than a second, and something was kept
			todo = "--resume goes on"
		}
		if code != exitFailed || !strings.Contains(stderr, said) || !strings.Contains(stderr, todo) {
			t.Errorf("%s at request %d: got the code %d and %q, want %d, %q and %q", name, k, code, stderr, exitFailed, said, todo)
		}
		if there(e.path(out)) || there(e.path(out+".receipt.json")) {
			t.Errorf("%s at request %d: there is a file", name, k)
		}
	}
	for k := 1; k <= needed+3; k++ {
		fail("refused", k, trustlytest.Fault{Status: http.StatusUnauthorized, After: k - 1}, t.Context(), "credentials refused")
		fail("errors", k, trustlytest.Fault{Kind: trustlytest.FaultErrorsIn200, After: k - 1}, t.Context(), "service unavailable")
		ctx, cancel := context.WithCancel(t.Context())
		var asked atomic.Int64
		fail("stopped", k, trustlytest.Fault{Kind: trustlytest.FaultDrop, Match: func(*http.Request) bool {
			// One of the run before may come late: this run's come once it is on record.
			if len(e.acts())%2 == 1 && asked.Add(1) == int64(k) {
				cancel()
			}
			return false
		}}, ctx, "stopped")
		cancel()
	}
	ends := map[string]int{}
	for _, r := range e.acts() {
		word, _, _ := strings.Cut(r.Detail, ";")
		ends[word]++
	}
	if ends["jsonl"] != points+1 || ends["complete"] != whole+1 || ends["stopped"] < needed || ends["failed"]+ends["stopped"] != points-whole {
		t.Errorf("got the records %v, want a start and an end for each of %d exports, of which %d are complete", ends, points+1, whole+1)
	}

	// At the end the rows are kept, so that it goes on when what was in the way is gone.
	for name, way := range map[string]string{"the file can't be written": "end.jsonl.part.file", "nor its receipt": "end.jsonl.part.receipt", "the receipt can't have its name": "end.jsonl.receipt.json"} {
		if err := os.MkdirAll(filepath.Join(e.path(way), "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		_, stderr, code := e.run(t.Context(), "end.jsonl", "--resume")
		if code != exitFailed || there(e.path("end.jsonl")) || !strings.Contains(stderr, fmt.Sprintf("keeps the %d rows so far: the same command with --resume goes on", rows)) {
			t.Errorf("%s: got the code %d and %q, want %d, no file, and that it can go on", name, code, stderr, exitFailed)
		}
		if err := os.RemoveAll(e.path(way)); err != nil {
			t.Fatal(err)
		}
	}
	if _, stderr, code := e.run(t.Context(), "end.jsonl", "--resume"); code != 0 {
		t.Fatal(stderr)
	}
	if r := e.complete("end.jsonl"); r.Digest != want {
		t.Errorf("after all that: got the digest %s, want %s", r.Digest, want)
	}
}

// No record, no export: neither its start nor its end.
func TestExportNeedsTheAudit(t *testing.T) {
	t.Parallel()
	e := newExporter(t, trustlytest.Options{Rows: 10})
	for _, c := range []struct {
		refused string
		asked   bool
	}{{"export", false}, {"collect", true}} {
		e.api.ResetRequests()
		again := storetest.Refuse(t, e.env["PORTAL_DATABASE_URL"], "audit", "action", c.refused)
		_, stderr, code := e.run(t.Context(), "a.csv", "--resume")
		if code != exitFailed || there(e.path("a.csv")) || there(e.path("a.csv.receipt.json")) || !strings.Contains(stderr, "record in the audit") || len(e.api.Requests()) > 0 != c.asked {
			t.Errorf("without a record of %s: got the code %d, %d requests and %q, want %d and no file", c.refused, code, len(e.api.Requests()), stderr, exitFailed)
		}
		again()
	}
	if _, stderr, code := e.run(t.Context(), "a.csv", "--resume"); code != 0 {
		t.Error(stderr)
	}
	e.complete("a.csv")
}

// TestExportProcess is the program itself, for tests that end it.
func TestExportProcess(t *testing.T) {
	text := os.Getenv("PORTAL_TEST_EXPORT")
	if text == "" {
		t.Skip("is run by others")
	}
	var args []string
	if err := json.Unmarshal([]byte(text), &args); err != nil {
		t.Fatal(err)
	}
	if limit := os.Getenv("PORTAL_TEST_FILE_SIZE"); limit != "" { // stands in for a full disk
		signal.Ignore(syscall.SIGXFSZ)
		var size uint64
		if _, err := fmt.Sscan(limit, &size); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size}); err != nil {
			t.Fatal(err)
		}
	}
	os.Exit(run(context.Background(), args, os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// process is the program in a process of its own.
func (e *exporter) process(env []string, out string, more ...string) *exec.Cmd {
	e.Helper()
	args, err := json.Marshal(e.args(out, more...))
	if err != nil {
		e.Fatal(err)
	}
	cmd := exec.CommandContext(e.Context(), os.Args[0], "-test.run=^TestExportProcess$")
	cmd.Env = append(os.Environ(), append(env, "PORTAL_TEST_EXPORT="+string(args))...)
	for name, value := range e.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// Killed twice on the way, while rows are created and change: the ids in the file are exactly those that the API had at
// the as-of, in order.
func TestExportOutlivesItsProcess(t *testing.T) {
	t.Parallel()
	formats := export.Formats()
	if *exportRows < 5000 {
		formats = formats[2:]
	}
	for _, format := range formats {
		e := newExporter(t, trustlytest.Options{Rows: *exportRows, CreatedPerSecond: 300, ChangedPerSecond: 300, Latency: 20 * time.Millisecond})
		e.env["TRUSTLY_MAX_CONCURRENCY"] = "3"
		out, size := "killed."+format.Extension, int64(0)
		for range 2 {
			e.api.SetFault(trustlytest.Fault{Kind: trustlytest.FaultHang, After: *exportRows / 300}) // it can't be done before it is killed
			cmd, complaint := e.process(nil, out, "--resume", "--quiet"), &lockedBuffer{}
			cmd.Stderr = complaint
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			await(t, "rows are kept", complaint, func() bool {
				info, err := os.Stat(e.path(out + ".part"))
				return err == nil && info.Size() >= size+2000 // the head has some hundred bytes, a hundred rows thousands
			})
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // killed
			if info, err := os.Stat(e.path(out + ".part")); err == nil {
				size = info.Size()
			}
			if there(e.path(out)) || there(e.path(out+".receipt.json")) {
				t.Fatalf("%s: there is a file of an export that was killed", out)
			}
		}
		e.api.ClearFaults()
		if said, err := e.process(nil, out, "--resume").CombinedOutput(); err != nil || !strings.Contains(string(said), "Going on after") {
			t.Fatalf("%s: got %v and %s, want it to go on", out, err, said)
		}
		r := e.complete(out)
		if r.Runs != 3 {
			t.Errorf("%s: got %d runs, want 3", out, r.Runs)
		}
		var want []string
		for _, record := range slices.SortedFunc(slices.Values(e.api.Records()), func(a, b trustlytest.Record) int {
			return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
		}) {
			if record.CreatedAt < r.AsOf.UnixMilli() {
				want = append(want, record.ID)
			}
		}
		t.Logf("%s: killed twice, %d rows of %d at its end", format.Name, r.Rows, len(e.api.Records()))
		if got := idsIn(t, e.path(out)); !slices.Equal(got, want) {
			t.Errorf("%s: got %d ids, want %d as they were at the as-of, in order", out, len(got), len(want))
		}
	}
}

// await waits for a state, as long as a busy machine may take for it.
func await(t *testing.T, what string, complaint fmt.Stringer, is func() bool) {
	t.Helper()
	for limit := time.Now().Add(2 * time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("two minutes have gone, and not yet: %s; it said %q", what, complaint)
		}
	}
}

// idsIn are the ids of an exported file, in order. Workbooks were held against their receipt, whose digest is over them.
func idsIn(t *testing.T, path string) []string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var ids []string
	switch filepath.Ext(path) {
	case ".csv":
		lines, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines[1:] {
			ids = append(ids, line[0])
		}
	case ".jsonl":
		for d := json.NewDecoder(file); d.More(); {
			var row struct{ TransactionID string }
			if err := d.Decode(&row); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, row.TransactionID)
		}
	case ".xlsx":
		ids = idsInWorkbook(t, path)
	}
	return ids
}

// On a disk that is full there is no file, and the export goes on when there is room.
func TestExportOnAFullDisk(t *testing.T) {
	t.Parallel()
	e := newExporter(t, trustlytest.Options{Rows: 1200})
	e.filter = "columns=all"
	e.acts() // makes the tables
	said, err := e.process([]string{"PORTAL_TEST_FILE_SIZE=1000000"}, "big.csv").CombinedOutput()
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(string(said), "keeps the 1200 rows so far") {
		t.Fatalf("got %v and %s, want the code %d and the rows kept", err, said, exitFailed)
	}
	e.left("big.csv", "big.csv.part")
	e.api.ResetRequests()
	if _, stderr, code := e.run(t.Context(), "big.csv", "--resume"); code != 0 {
		t.Fatal(stderr)
	}
	if n := len(e.api.Requests()); n > 0 {
		t.Errorf("got %d requests to the API for rows that were kept, want none", n)
	}
	if r := e.complete("big.csv"); r.Rows != 1200 {
		t.Errorf("got %d rows, want 1200", r.Rows)
	}
}

// An export is gone on with as itself only.
func TestExportResumesTheSameOnly(t *testing.T) {
	t.Parallel()
	e := newExporter(t, trustlytest.Options{Rows: 50})
	if err := os.MkdirAll(e.path("a.csv.part.file/x"), 0o700); err != nil { // in its way
		t.Fatal(err)
	}
	if _, stderr, code := e.run(t.Context(), "a.csv"); code != exitFailed {
		t.Fatalf("got the code %d, want %d: %s", code, exitFailed, stderr)
	}
	if err := os.Link(e.path("a.csv.part"), e.path("a.jsonl.part")); err != nil {
		t.Fatal(err)
	}
	other := *e
	other.filter = "transactionStatus=4"
	elsewhere := newExporter(t, trustlytest.Options{Rows: 50})
	elsewhere.dir, elsewhere.env["PORTAL_DATABASE_URL"] = e.dir, e.env["PORTAL_DATABASE_URL"]
	stranger := *e
	stranger.env = e.env.with("PORTAL_SECRET=" + strings.Repeat("another secret ", 3))
	for name, c := range map[string]struct {
		e    *exporter
		out  string
		code int
		want string
	}{
		"another filter": {&other, "a.csv", exitUsage, "with another filter"},
		"another format": {e, "a.jsonl", exitUsage, "with another format, csv"},
		"another API":    {elsewhere, "a.csv", exitUsage, "with another API"},
		"another secret": {&stranger, "a.csv", exitUsage, "another PORTAL_SECRET"},
	} {
		_, stderr, code := c.e.run(t.Context(), c.out, "--resume")
		if code != c.code || !strings.Contains(stderr, c.want) || there(e.path(c.out)) {
			t.Errorf("%s: got the code %d and %q, want %d and %q", name, code, stderr, c.code, c.want)
		}
	}

	part, err := os.OpenFile(e.path("a.csv.part"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := lock(part); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := e.run(t.Context(), "a.csv", "--resume"); code != exitFailed || !strings.Contains(stderr, "another process works on it") {
		t.Errorf("while another process works on it: got the code %d and %q", code, stderr)
	}
	part.Close()
	if err := os.RemoveAll(e.path("a.csv.part.file")); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := e.run(t.Context(), "a.csv", "--resume"); code != 0 {
		t.Error(stderr)
	}
}

// One that was killed as it made its part file is gone on with from nothing.
func TestExportResumesWhatHadNotBegun(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{"nothing": "", "half a line": partKind[:9], "a line": partKind, "half a frame": partKind + "\x00\x00\x01\x00begun"} {
		e := newExporter(t, trustlytest.Options{Rows: 5})
		save(t, e.path("a.csv.part"), []byte(part))
		if _, stderr, code := e.run(t.Context(), "a.csv", "--resume"); code != 0 {
			t.Errorf("%s: got the code %d, want 0: %s", name, code, stderr)
			continue
		}
		if r := e.complete("a.csv"); r.Rows != 5 {
			t.Errorf("%s: got %d rows, want 5", name, r.Rows)
		}
	}
}

func idsInWorkbook(t *testing.T, path string) []string {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.Rows("Transactions")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for first := true; rows.Next(); first = false {
		cells, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		if !first {
			ids = append(ids, cells[0])
		}
	}
	return ids
}
