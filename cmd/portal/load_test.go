package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
)

// What `make load` says. Without -load the harness is tried out: a few people, a few seconds, no faults.
var (
	loadLasting = flag.Duration("load", 0, "have people page and export for so long, on two processes and PostgreSQL, with faults on the way")
	loadBinary  = flag.String("load.binary", "", "the portal's binary; else this test's")
	loadPeople  = flag.Int("load.people", 200, "people paging")
	loadExports = flag.Int("load.exports", 5, "people exporting")
	loadPace    = flag.Float64("load.pace", 200, "what the people ask for in a second, all together")
	loadRate    = flag.Int("load.rate", 450, "TRUSTLY_RATE_LIMIT, which both processes share")
)

// load is one run.
type load struct {
	*testing.T
	lasting     time.Duration
	people      int
	accountants int
	think       time.Duration // of people, between two requests, on average
	exportPause time.Duration
	rate        int // requests to the API a second

	api            *process
	oldest, newest int64 // of the rows that exports ask for
	database       string
	balancer       *loadBalancer
	tally          tally
	faults         []fault
	began          time.Time

	mu            sync.Mutex
	exports       []loadExport
	running, gone []*watched
}

const (
	faultKill     = "one process killed"
	faultDatabase = "PostgreSQL restarted"

	// dayOfWork is what 200 people ask for in a day: a page a minute for eight hours.
	dayOfWork = 200 * 8 * 60
)

func TestLoad(t *testing.T) {
	t.Parallel()
	l := &load{T: t, lasting: 2 * time.Second, people: 5, accountants: 1, think: 150 * time.Millisecond, exportPause: 300 * time.Millisecond, rate: 450}
	report, rows, latency, processes := io.Discard, 1000, time.Millisecond, 1
	if l.tally.answered = map[string]string{}; *loadLasting > 0 {
		report, rows, latency, processes = os.Stdout, 20_000, 20*time.Millisecond, 2
		l.lasting, l.people, l.accountants, l.rate = *loadLasting, *loadPeople, *loadExports, *loadRate
		l.think = time.Duration(float64(*loadPeople) / *loadPace * float64(time.Second)) - 60*time.Millisecond
		l.exportPause = 10 * time.Second
	}
	l.api = beside(t, benchRole{Role: "ledger", Rows: rows, Latency: latency})
	l.chooseRows(rows)
	var postgres *storetest.PostgreSQL
	l.database = "sqlite:" + filepath.Join(t.TempDir(), "portal.db")
	if processes > 1 {
		var err error
		if postgres, err = storetest.StartPostgreSQL(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = postgres.Remove() })
		l.database = postgres.New(t, "")
	}
	l.addPeople()
	l.balancer = newLoadBalancer(processes)
	for i := range processes {
		l.startPortal(i)
	}

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var watchers, everybody sync.WaitGroup
	watchers.Go(func() { l.balancer.watch(ctx) })
	watchers.Go(func() { l.watchPortals(ctx) })
	l.until("all portals are ready", func() bool { return l.allReady() })

	l.began = time.Now()
	working, home := context.WithTimeout(ctx, l.lasting)
	defer home()
	for i := range l.people + l.accountants {
		v := l.newVisitor(i)
		everybody.Go(func() {
			select { // signing in is the dearest of all: a morning is no instant
			case <-working.Done():
			case <-time.After(time.Duration(i) * min(l.lasting/10, 20*time.Second) / time.Duration(l.people+l.accountants)):
			}
			if i < l.people {
				v.live(working)
			} else {
				v.account(working)
			}
		})
	}
	if postgres != nil {
		l.breakThings(working, postgres)
	}
	everybody.Wait()
	took := time.Since(l.began)
	stop()
	watchers.Wait()
	l.report(report, took)
}

func loadEmail(i int) string { return "person" + strconv.Itoa(i) + "@example.com" }

// addPeople makes the accounts. They share a password, the hashing of which would take a while.
func (l *load) addPeople() {
	l.Helper()
	db, err := store.Open(l.Context(), l.database)
	if err != nil {
		l.Fatal(err)
	}
	defer db.Close()
	hash, err := auth.NewPasswords().Hash(l.Context(), benchPassword)
	if err != nil {
		l.Fatal(err)
	}
	for i := range l.people + l.accountants {
		role := auth.Support
		if i >= l.people {
			role = auth.Finance
		}
		if _, err := db.CreateUser(l.Context(), loadEmail(i), role, hash); err != nil {
			l.Fatal(err)
		}
	}
}

// chooseRows finds the range of the exports: its end lies where no row is near, so that it does not matter whether the end
// is in it.
func (l *load) chooseRows(rows int) {
	l.Helper()
	ledger := l.ledger(0, 1<<62, "")
	if len(ledger.IDs) < rows {
		l.Fatalf("the API's ledger: got %d rows, want %d", len(ledger.IDs), rows)
	}
	l.newest = time.Now().Add(-time.Second).UnixMilli()
	for len(l.ledger(l.newest-2, l.newest+3, "").IDs) > 0 {
		l.newest--
	}
	step := time.Hour.Milliseconds()
	for l.oldest = l.newest; len(l.ledger(l.oldest, l.newest, "").IDs) < rows*9/10; step *= 2 {
		l.oldest -= step
	}
}

// startPortal starts the i-th portal, or starts it again.
func (l *load) startPortal(i int) {
	l.Helper()
	metrics := freeAddress(l.T)
	cmd := exec.CommandContext(l.Context(), os.Args[0], "-test.run=^TestExportProcess$", "-test.timeout=0")
	if *loadBinary != "" {
		path, err := filepath.Abs(*loadBinary)
		if err != nil {
			l.Fatal(err)
		}
		cmd = exec.CommandContext(l.Context(), path, "serve")
	}
	cmd.Env = append(os.Environ(), `PORTAL_TEST_EXPORT=["serve"]`, "PORTAL_ADDR=127.0.0.1:0", "PORTAL_BASE_URL=http://"+loadHost,
		"PORTAL_DATABASE_URL="+l.database, "PORTAL_SECRET="+strings.Repeat("made up ", 8), "PORTAL_METRICS_ADDR="+metrics,
		"TRUSTLY_BASE_URL="+l.api.url+"/api/v1", "TRUSTLY_ACCESS_ID=id", "TRUSTLY_ACCESS_KEY=key",
		"TRUSTLY_RATE_LIMIT="+strconv.Itoa(l.rate), "TRUSTLY_MAX_CONCURRENCY=32")
	p := &watched{process: startProcess(l.T, cmd), name: "portal " + string(rune('A'+i)), metrics: metrics, began: time.Now()}
	at, err := url.Parse(p.url)
	if err != nil {
		l.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i < len(l.running) {
		l.gone = append(l.gone, l.running[i])
		l.running[i] = p
		p.name += ", started again"
	} else {
		l.running = append(l.running, p)
	}
	l.balancer.backends[i].at.Store(at)
}

func (l *load) allReady() bool {
	for _, to := range l.balancer.backends {
		if !to.ready.Load() {
			return false
		}
	}
	return true
}

func (l *load) until(what string, is func() bool) {
	l.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			l.Fatalf("waited a minute until %s", what)
		}
	}
}

// say tells who waits for minutes what goes on.
func (l *load) say(format string, args ...any) {
	if *loadLasting > 0 {
		fmt.Fprintf(os.Stderr, "%6.1f s  "+format+"\n", append([]any{time.Since(l.began).Seconds()}, args...)...)
	}
}
