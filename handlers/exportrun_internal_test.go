package handlers

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// asOf is when the exports of these tests begin.
var asOf = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

// jobs is a database and an API with which any number of processes work on exports.
type jobs struct {
	t       *testing.T
	db      *store.DB
	sandbox *trustlytest.Server
	api     string
	keys    auth.Keys
	log     bytes.Buffer
	logMu   sync.Mutex
	ahead   atomic.Int64 // of asOf, in nanoseconds: the processes' clock

	plain []*trustlyclient.Transaction     // the ledger without an API over HTTP, which costs most of the time
	fault func(context.Context, int) error // of the n-th request to it; nil for none
	asked atomic.Int64
}

// asked is the API of a plain ledger, for one process.
type asked struct {
	s    *jobs
	dead *atomic.Bool
}

func (a *asked) TimeUnit() trustlyclient.TimeUnit { return trustlyclient.Milliseconds }

func (a *asked) List(ctx context.Context, o trustlyclient.ListOptions) (*trustlyclient.Page, error) {
	n := int(a.s.asked.Add(1))
	if a.dead.Load() {
		return nil, errDied
	}
	if a.s.fault != nil {
		if err := a.s.fault(ctx, n); err != nil {
			return nil, err
		}
	}
	at := func(bound time.Time) int {
		i, _ := slices.BinarySearchFunc(a.s.plain, bound, func(t *trustlyclient.Transaction, bound time.Time) int { return t.CreatedAt.Compare(bound) })
		return i
	}
	rows := a.s.plain[at(o.Created.Start):at(o.Created.End)]
	rows = rows[min(o.StartIndex, len(rows)):]
	return &trustlyclient.Page{Transactions: rows[:min(o.Count, len(rows))]}, ctx.Err()
}

// newPlainJobs has a ledger of so many rows, some of one instant.
func newPlainJobs(t *testing.T, rows int) *jobs {
	t.Helper()
	s := (&jobs{keys: keysOf(t, "k"), api: "http://127.0.0.1:1"}).fresh(t)
	for i := range rows {
		tx := &trustlyclient.Transaction{TransactionID: trustlyclient.Text(fmt.Sprint(1_000_000 + i)), Status: "4", TransactionType: "3", Currency: "USD"}
		tx.Amount.Text = fmt.Sprintf("%d.%02d", i%500, i%97)
		_ = tx.CreatedAt.UnmarshalText([]byte(fmt.Sprint(asOf.Add(time.Duration(i/3*3-2*rows) * time.Second).UnixMilli())))
		s.plain = append(s.plain, tx)
	}
	return s
}

func (s *jobs) Write(b []byte) (int, error) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	return s.log.Write(b)
}

func (s *jobs) now() time.Time { return asOf.Add(time.Duration(s.ahead.Load())) }

func keysOf(t *testing.T, letter string) auth.Keys {
	t.Helper()
	keys, err := auth.NewKeys(strings.Repeat(letter, 64))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// jobDatabases are those of the jobs under test.
var jobDatabases = storetest.Template{Fill: func(ctx context.Context, url string) error {
	_, _, err := store.Migrate(ctx, url)
	return err
}}

func newJobs(t *testing.T, rows int) *jobs {
	t.Helper()
	s := &jobs{t: t, keys: keysOf(t, "k")}
	s.sandbox = trustlytest.New(trustlytest.Options{Seed: 5, Rows: rows, Now: func() time.Time { return asOf }})
	upstream := httptest.NewServer(s.sandbox)
	t.Cleanup(upstream.Close)
	t.Cleanup(s.sandbox.Close)
	s.api = upstream.URL + "/api/v1"
	return s.fresh(t)
}

// fresh is a new database beside the same API.
func (s *jobs) fresh(t *testing.T) *jobs {
	t.Helper()
	next := &jobs{t: t, sandbox: s.sandbox, api: s.api, keys: s.keys, plain: s.plain}
	var err error
	if next.db, err = store.Open(t.Context(), jobDatabases.New(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = next.db.Close() })
	return next
}

func (s *jobs) user(email string, role auth.Role) auth.User {
	s.t.Helper()
	u, err := s.db.CreateUser(s.t.Context(), email, role, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// process is one process.
type process struct {
	*exportRunner
	jobs *jobs
	stop func() // in good order: what it works on is given back
	kill func() // its store and its requests fail from now on, as if it had died
}

type kept = Exports // it has a method of its name

// faulty is a store in which things go wrong on purpose.
type faulty struct {
	kept
	fault func(call string, part int) error // nil for none; asked before each write and each part read
}

func (f *faulty) TakeExport(ctx context.Context, id, holder, run string, now, until time.Time) (store.ExportJob, auth.User, error) {
	if err := f.fault("take", 0); err != nil {
		return store.ExportJob{}, auth.User{}, err
	}
	return f.kept.TakeExport(ctx, id, holder, run, now, until)
}

func (f *faulty) SaveExportPart(ctx context.Context, j store.ExportJob, holder string, part []byte) (auth.User, error) {
	if err := f.fault("save", j.Parts); err != nil {
		if errors.Is(err, errAnswerLost) {
			_, _ = f.kept.SaveExportPart(ctx, j, holder, part)
		}
		return auth.User{}, err
	}
	return f.kept.SaveExportPart(ctx, j, holder, part)
}

func (f *faulty) RenewExport(ctx context.Context, j store.ExportJob, holder string) (auth.User, error) {
	if err := f.fault("renew", j.Parts); err != nil {
		return auth.User{}, err
	}
	return f.kept.RenewExport(ctx, j, holder)
}

func (f *faulty) EndExport(ctx context.Context, j store.ExportJob, holder string) error {
	if err := f.fault("end", j.Parts); err != nil {
		return err
	}
	return f.kept.EndExport(ctx, j, holder)
}

func (f *faulty) ReleaseExport(ctx context.Context, id, holder string) error {
	if err := f.fault("release", 0); err != nil {
		return err
	}
	return f.kept.ReleaseExport(ctx, id, holder)
}

func (f *faulty) ExportPart(ctx context.Context, id string, part int) ([]byte, error) {
	if err := f.fault("read", part); err != nil {
		return nil, err
	}
	return f.kept.ExportPart(ctx, id, part)
}

// severed is a way to the API that can be cut.
type severed struct {
	http.RoundTripper
	cut atomic.Bool
}

// errAnswerLost is a write that took place, though its writer heard that it failed.
var errAnswerLost = errors.New("the answer was lost")

var errDied = errors.New("this process is dead")

func (s *severed) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.cut.Load() {
		return nil, errDied
	}
	return s.RoundTripper.RoundTrip(r)
}

// process starts one. fault may be nil.
func (s *jobs) process(fault func(call string, part int) error) *process {
	s.t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	way := &severed{RoundTripper: transport}
	client, err := trustlyclient.New(trustlyclient.Options{BaseURL: s.api, AccessID: "id", AccessKey: "key", MaxConcurrency: 4, Patience: 200 * time.Millisecond, Transport: way})
	if err != nil {
		s.t.Fatal(err)
	}
	sealer, err := s.keys.Sealer("export")
	if err != nil {
		s.t.Fatal(err)
	}
	var dead atomic.Bool
	over := &faulty{kept: s.db, fault: func(call string, part int) error {
		if dead.Load() {
			return errDied
		}
		if fault != nil {
			return fault(call, part)
		}
		return nil
	}}
	ctx, cancel := context.WithCancel(context.Background())
	var background sync.WaitGroup
	log := slog.New(slog.NewTextHandler(s, nil))
	w := &web{Config: Config{
		Client: client, Exports: over, ExportKeep: 7 * 24 * time.Hour, Audit: audit.NewLog(s.db, s.now), Now: s.now, Logger: log, Environment: "TEST", Version: "test", Keys: s.keys,
		Go: func(work func(context.Context)) {
			if ctx.Err() == nil {
				background.Go(func() { work(ctx) })
			}
		},
	}}
	p := &process{jobs: s}
	p.stop = sync.OnceFunc(func() { cancel(); background.Wait(); transport.CloseIdleConnections() })
	p.kill = func() { dead.Store(true); way.cut.Store(true) }
	p.exportRunner = newExportRunner(w, sealer)
	if s.plain != nil {
		p.api = &asked{s: s, dead: &dead}
	}
	p.spawn(p.tend)
	s.t.Cleanup(func() {
		p.stop()
		if s.t.Failed() {
			s.logMu.Lock()
			defer s.logMu.Unlock()
			s.t.Log(s.log.String())
			s.log.Reset()
		}
	})
	return p
}

func planOf(t *testing.T, query string, unmasked bool) *export.Plan {
	t.Helper()
	view, errs := search.Parse(query, asOf)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	spec := export.NewSpec(view, asOf)
	spec.Unmasked = unmasked
	plan, err := spec.Plan()
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// add keeps a job as the start of one does. Whoever looks next begins to work on it.
func (s *jobs) add(id string, u auth.User, plan *export.Plan) {
	s.t.Helper()
	sealer, err := s.keys.Sealer("export")
	if err != nil {
		s.t.Fatal(err)
	}
	spec, err := (&exportRunner{sealer: sealer}).sealPlan(id, plan)
	if err == nil {
		err = s.db.AddExport(s.t.Context(), store.ExportJob{ID: id, UserID: u.ID, Format: "csv", Spec: spec, CreatedAt: s.now(), CoversTo: asOf})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// job is how a job stands.
func (s *jobs) job(id string, u auth.User) store.ExportJob {
	s.t.Helper()
	j, err := s.db.Export(s.t.Context(), id, u.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return j
}

// until waits for a job to be as one wants it.
func (s *jobs) until(id string, u auth.User, what string, is func(store.ExportJob) bool) store.ExportJob {
	s.t.Helper()
	var j store.ExportJob
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if j = s.job(id, u); is(j) {
			return j
		}
	}
	s.t.Fatalf("%s does not become %s: it is %q (%s) with %d rows in %d parts", id, what, j.State, j.Why, j.Rows, j.Parts)
	return j
}

func (s *jobs) ended(id string, u auth.User) store.ExportJob {
	s.t.Helper()
	return s.until(id, u, "ended", func(j store.ExportJob) bool { return !j.State.UnderWay() })
}

// wantEnd waits for the job's end.
func (s *jobs) wantEnd(id string, u auth.User, state store.ExportState, why store.ExportWhy) store.ExportJob {
	s.t.Helper()
	j := s.ended(id, u)
	if j.State != state || j.Why != why {
		s.t.Errorf("%s: got %q (%q), want %q (%q)", id, j.State, j.Why, state, why)
	}
	return j
}

// rows reads what a job gives to download.
func (p *process) rowsOf(j store.ExportJob) (ids []string, digest string, err error) {
	plan, err := p.openPlan(j)
	if err != nil {
		return nil, "", err
	}
	tally := export.NewTally(plan)
	rows := export.ReadParts(p.parts(context.Background(), j))
	defer rows.Close()
	for {
		e, err := rows.Next(context.Background())
		if err != nil {
			return ids, "", err
		}
		if e == nil {
			return ids, tally.Digest(), nil
		}
		tally.Add(e)
		ids = append(ids, e.Row[0].Text)
	}
}

// truth are the ledger's ids as of asOf.
func (s *jobs) truth() []string {
	var ids []string
	for _, t := range s.plain {
		ids = append(ids, string(t.TransactionID))
	}
	if s.plain != nil {
		return ids
	}
	for _, r := range s.sandbox.Records() {
		if r.CreatedAt < asOf.UnixMilli() {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// wantTruth holds a job against the ledger: complete with every row once and a receipt that says so, or not complete
// with nothing to download.
func (s *jobs) wantTruth(p *process, j store.ExportJob, truth []string) {
	s.t.Helper()
	ids, digest, err := p.rowsOf(j)
	if j.State != store.ExportComplete {
		if err == nil && j.Parts > 0 {
			s.t.Errorf("%s is %s (%s) and still gives %d rows", j.ID, j.State, j.Why, len(ids))
		}
		return
	}
	if err != nil {
		s.t.Errorf("%s is complete and can't be read: %v", j.ID, err)
		return
	}
	receipt, err := p.receipt(exportJob{ExportJob: j})
	if err != nil {
		s.t.Errorf("%s: the receipt can't be read: %v", j.ID, err)
		return
	}
	if digest != receipt.Digest || receipt.Rows != len(ids) || j.Rows != len(ids) {
		s.t.Errorf("%s: got %d rows with the digest %.8s, but the receipt says %d and %.8s", j.ID, len(ids), digest, receipt.Rows, receipt.Digest)
	}
	slices.Sort(ids)
	if !slices.Equal(ids, truth) {
		s.t.Errorf("%s is complete with %d rows that are not the %d of the ledger", j.ID, len(ids), len(truth))
	}
}

// collected are the records of a job's ends.
func (s *jobs) collected(id string) []audit.Record {
	s.t.Helper()
	records, err := s.db.AuditPage(s.t.Context(), audit.Filter{Action: audit.Collect, Object: "export " + id}, 0, 10)
	if err != nil {
		s.t.Fatal(err)
	}
	return records
}

func TestExportJobRunsToItsEnd(t *testing.T) {
	t.Parallel()
	s := newJobs(t, 2500)
	ada := s.user("ada@example.com", auth.Finance)
	s.add("E1", ada, planOf(t, "columns=transactionId,createdAt,payment.customer.name,payment.account.accountNumber,amount,status&tz=Europe/Vienna", false))
	p := s.process(nil)
	j := s.wantEnd("E1", ada, store.ExportComplete, "")
	s.wantTruth(p, j, s.truth())
	if j.Rows != len(s.truth()) || j.Parts < 2 || j.Requests < 20 || j.Bytes == 0 || !j.CoveredUntil.Equal(asOf) || j.CoversFrom.IsZero() || !j.ExpiresAt.Equal(asOf.Add(7*24*time.Hour)) {
		t.Errorf("got %+v, want the figures of an export of all", j)
	}
	receipt, err := p.receipt(exportJob{ExportJob: j})
	if err != nil || receipt.By != "ada@example.com" || receipt.Source != "TEST" || receipt.Version != "test" || receipt.Masking != export.Masked {
		t.Errorf("receipt: got by %q, source %q, version %q, masking %q, %v", receipt.By, receipt.Source, receipt.Version, receipt.Masking, err)
	}
	if records := s.collected("E1"); len(records) != 1 || records[0].Detail != fmt.Sprintf("complete; %d rows; digest %s", j.Rows, receipt.Digest) || records[0].User != "ada@example.com" || records[0].RequestID != j.Run {
		t.Errorf("audit: got %+v, want one record of the end", records)
	}
	// What the database keeps says nothing to whoever reads it.
	record := s.sandbox.Records()[100]
	for part := 1; part <= j.Parts; part++ {
		body, err := s.db.ExportPart(t.Context(), "E1", part)
		if err != nil || bytes.Contains(body, []byte(record.ID)) {
			t.Errorf("part %d: %v, or it holds an id in clear", part, err)
		}
	}
	if bytes.Contains(j.Spec, []byte("columns")) || bytes.Contains(j.Receipt, []byte("rows")) || bytes.Contains(j.Walk, []byte("position")) {
		t.Error("the database holds the plan, the walk or the receipt in clear")
	}
}

// How much is disturbed: `go test ./handlers -run ExportJobDisturbed -flood 20000 -points 50 -v`.
var (
	flood  = flag.Int("flood", 1600, "rows of each export that is disturbed")
	points = flag.Int("points", 20, "at how many points, in ten ways")
)

// At points spread over an export something goes wrong: never is a job complete with other rows than the ledger's.
func TestExportJobDisturbed(t *testing.T) {
	t.Parallel()
	s := newPlainJobs(t, *flood)
	truth := s.truth()
	saves := *flood/1000 + 1
	calls := []int{saves, 2*saves + 3, saves, 2*saves + 3, saves + 2} // of the store, by kind of disturbance
	requests := *flood / 97                                           // about what an undisturbed one makes
	var mu sync.Mutex
	ends := map[string]int{}
	for i := range *points {
		at := i * requests / *points
		if i%10 < len(calls) {
			at = i / 10 * calls[i%10] / (*points / 10)
		}
		t.Run(fmt.Sprintf("%d", i), func(t *testing.T) {
			t.Parallel()
			ps := s.fresh(t)
			ada := ps.user("ada@example.com", auth.Finance)
			const id = "E1"
			name := disturb(ps, i, at, id, ada)
			j := ps.ended(id, ada)
			p := ps.process(nil)
			ps.wantTruth(p, j, truth)
			if n := len(ps.collected(id)); n == 0 && j.State != store.ExportCanceled {
				t.Errorf("%s: no record of the end", name)
			}
			mu.Lock()
			defer mu.Unlock()
			ends[name+": "+string(j.State)+" "+string(j.Why)]++
		})
	}
	t.Cleanup(func() {
		for _, end := range slices.Sorted(func(yield func(string) bool) {
			for name := range ends {
				if !yield(name) {
					return
				}
			}
		}) {
			t.Logf("%2d %s", ends[end], end)
		}
	})
}

var errDiskFull = fmt.Errorf("%w: database or disk is full (13)", store.ErrNoDisk)

// disturb runs a job and has one thing go wrong at a point: the at-th write or read of the store, or the at-th request.
func disturb(s *jobs, kind, at int, id string, u auth.User) string {
	calls := 0
	var mu sync.Mutex
	here := func() bool { mu.Lock(); defer mu.Unlock(); calls++; return calls == at+1 }
	beyond := func() bool { mu.Lock(); defer mu.Unlock(); calls++; return calls > at }
	plan := planOf(s.t, "columns=transactionId,createdAt,amount,status", false)

	s.fault = func(_ context.Context, n int) error {
		switch {
		case kind%10 == 5 && n > at:
			return trustlyclient.ErrBadRequest
		case kind%10 == 6 && n == at+1:
			return trustlyclient.ErrUnavailable
		case n != at+1:
		case kind%10 == 7:
			return s.db.SetDisabled(context.Background(), u.ID, true)
		case kind%10 == 8:
			return s.db.SetRole(context.Background(), u.ID, auth.Support)
		case kind%10 == 9:
			_, err := s.db.CancelExport(context.Background(), id, u.ID, s.now(), s.now().Add(time.Hour))
			return err
		}
		return nil
	}
	s.add(id, u, plan)
	switch kind % 10 {
	case 0: // the disk is full for rows, from now on
		s.process(func(call string, _ int) error {
			if call == "save" && beyond() {
				return errDiskFull
			}
			return nil
		})
		return "full disk"
	case 1: // the process dies, and another takes over when the lease has run out
		died := make(chan struct{})
		p := s.process(func(string, int) error {
			if here() {
				close(died)
			}
			return nil
		})
		select {
		case <-died:
			p.kill()
		case <-time.After(time.Minute):
			s.t.Error("the point was not reached")
		}
		p.stop()
		s.ahead.Add(int64(31 * time.Second))
		s.process(nil)
		return "killed"
	case 2:
		s.process(func(call string, _ int) error {
			if call == "save" && here() {
				return errAnswerLost
			}
			return nil
		})
		return "answer of a write lost"
	case 3: // the program stops in good order, and another goes on
		reached := make(chan struct{})
		p := s.process(func(string, int) error {
			if here() {
				close(reached)
			}
			return nil
		})
		select {
		case <-reached:
		case <-time.After(time.Minute):
			s.t.Error("the point was not reached")
		}
		p.stop()
		s.process(nil)
		return "stopped"
	case 4: // the database fails for a moment
		s.process(func(call string, _ int) error {
			if (call == "save" || call == "end" || call == "renew") && here() {
				return errDiskFull
			}
			return nil
		})
		return "a failed write"
	}
	s.process(nil)
	return []string{"API refuses", "connections cut", "disabled", "another role", "canceled"}[kind%10-5]
}
