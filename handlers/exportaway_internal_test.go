package handlers

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
	"trustlyportal/trustlyclient"
)

// How long the server is away the first time, on top of what a full disk is given: `go test ./handlers -run
// ExportJobOutlivesItsDatabase -away 40s -v` has the lease run out.
var away = flag.Duration("away", 0, "how much longer PostgreSQL is away from an export")

// ownPostgres is a database on a server that the test may stop.
func ownPostgres(t *testing.T) (*storetest.PostgreSQL, *store.DB) {
	t.Helper()
	if os.Getenv(storetest.EngineVariable) == "postgres" {
		t.Skip("it has a server of its own, and runs with the tests on SQLite")
	}
	server := storetest.OwnPostgreSQL(t)
	db, err := store.Open(t.Context(), server.New(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return server, db
}

// PostgreSQL goes away while rows are read, for as long as a full disk is given and longer, while they are checked, and
// at the job's very end, and each time it comes back. The job is complete with every row once, the end is on record once,
// and the log does not repeat itself.
func TestExportJobOutlivesItsDatabase(t *testing.T) {
	t.Parallel()
	s := newPlainJobs(t, 3000)
	server, db := ownPostgres(t)
	s.db = db
	ada := s.user("ada@example.com", auth.Finance)
	s.add("E1", ada, planOf(t, fewColumns, false))

	try := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	gone := func() error { return errors.Join(errors.New("as the database is away"), db.Ping(t.Context())) }
	var mu sync.Mutex
	calls := map[string]int{}
	givenBack := make(chan struct{})
	p := s.process(func(call string, _ int) error {
		mu.Lock()
		defer mu.Unlock()
		calls[call]++
		switch n := calls[call]; {
		case call == "save" && n == 2:
			try(server.Stop())
		case call == "save" && n == 1+len(exportSaveWaits): // the last try of a full disk
			err := gone()
			if *away == 0 {
				try(server.Start())
			} else {
				time.AfterFunc(*away, func() {
					try(server.Start())
					s.ahead.Add(int64(*away))
				})
			}
			return err
		case call == "read" && n == 2:
			try(server.Stop())
		case call == "release" && calls["read"] == 2:
			close(givenBack)
		case call == "end" && n == 1:
			try(server.Stop())
			err := gone()
			try(server.Start())
			return err
		}
		return nil
	})
	select {
	case <-givenBack:
	case <-time.After(5 * time.Minute):
		t.Fatal("a job whose rows can't be read is not given back")
	}
	untilLog := func(text string) {
		for end := time.Now().Add(5 * time.Minute); !strings.Contains(s.logged(), text); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the log does not say %q", text)
			}
		}
	}
	untilLog("export left to another try")
	try(server.Start())
	s.ahead.Add(int64(exportLease + time.Second)) // the lease could not be given back either
	untilLog("msg=export ")                       // not asked for before: the server is away once more
	j := s.wantEnd("E1", ada, store.ExportComplete, "")
	s.wantTruth(p, j, s.truth())
	if records := s.collected("E1"); len(records) != 1 {
		t.Errorf("audit: got %+v, want one record of the end", records)
	}
	p.stop()
	for line, most := range map[string]int{"exports not looked for": 3, "export left to another try": 1 + int(*away/exportLease), "not recorded": 0} {
		if n := strings.Count(s.logged(), line); n > most {
			t.Errorf("the log says %d times %q, want at most %d", n, line, most)
		}
	}
	t.Logf("%v; log:\n%s", calls, s.logged())
}

// A database that is busy or away for longer than a full disk is given, and answers right then, ends no job.
func TestExportJobWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	s := newPlainJobs(t, 600)
	ada := s.user("ada@example.com", auth.Finance)
	s.add("E1", ada, planOf(t, fewColumns, false))
	var saves atomic.Int64
	p := s.process(func(call string, _ int) error {
		if call == "save" && saves.Add(1) <= int64(len(exportSaveWaits)) {
			return errors.New("database is locked (5) (SQLITE_BUSY)")
		}
		return nil
	})
	s.wantTruth(p, s.wantEnd("E1", ada, store.ExportComplete, ""), s.truth())
	if log := s.logged(); strings.Contains(log, "level=ERROR") {
		t.Errorf("got the log %s, want no error", log)
	}
}

type keptSheets = Worksheets // it has a method of its name

// restarting is a database that is away from saves of worksheets at first.
type restarting struct {
	keptSheets
	refuse atomic.Int64
}

func (r *restarting) SaveWorksheet(ctx context.Context, w store.Worksheet, holder string) (store.WorksheetState, error) {
	if r.refuse.Add(-1) >= 0 {
		return "", errors.New("the database system is shutting down")
	}
	return r.keptSheets.SaveWorksheet(ctx, w, holder)
}

// What was looked up while the database was away is kept when it is back, and not looked up again.
func TestWorksheetOutlivesItsDatabase(t *testing.T) {
	t.Parallel()
	s := newPlainJobs(t, 10)
	ada := s.user("ada@example.com", auth.Support)
	sealer, err := s.keys.Sealer("worksheet")
	if err != nil {
		t.Fatal(err)
	}
	over := &restarting{keptSheets: s.db}
	over.refuse.Store(2)
	r := newRunner(Config{Worksheets: over, Now: s.now, Logger: slog.New(slog.NewTextHandler(s, nil))}, sealer)
	r.api = nobody{&asked{s: s, dead: &atomic.Bool{}}}
	row := store.Worksheet{ID: "W1", UserID: ada.ID, CreatedAt: asOf, UpdatedAt: asOf, ExpiresAt: asOf.Add(time.Hour)}
	sheet := newWorksheet(search.ParsePasted("1000001\n1000002"))
	if err := errors.Join(sheet.seal(sealer, &row), s.db.AddWorksheet(t.Context(), row), r.run(t.Context(), "W1")); err != nil {
		t.Fatal(err)
	}
	got, err := s.db.Worksheet(t.Context(), "W1", ada.ID, asOf)
	if err != nil || got.State != store.WorksheetDone || got.Asked != 2 {
		t.Errorf("got %s with %d asked, %v, want it done with both", got.State, got.Asked, err)
	}
	if n := strings.Count(s.logged(), "worksheet not saved"); n != 1 {
		t.Errorf("the log says %d times that it was not saved, want once", n)
	}
}

// nobody is an API that knows no id.
type nobody struct{ *asked }

func (nobody) Get(context.Context, string) (*trustlyclient.Transaction, error) {
	return nil, trustlyclient.ErrNotFound
}

// logged is the log so far.
func (s *jobs) logged() string {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	return s.log.String()
}
