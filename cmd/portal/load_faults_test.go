package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"trustlyportal/audit"
	"trustlyportal/store"
	"trustlyportal/store/storetest"
)

// faultShows is how long after everything is ready again a fault may still show: requests that waited, connections that
// lie in a pool.
const faultShows = 2 * time.Second

// breakThings kills a portal after a third of the time, starts it again, and restarts PostgreSQL after two thirds.
func (l *load) breakThings(ctx context.Context, postgres *storetest.PostgreSQL) {
	wait := func(span time.Duration) {
		select {
		case <-ctx.Done():
		case <-time.After(span):
		}
	}
	wait(l.lasting / 3)
	l.say("%s", faultKill)
	f := fault{name: faultKill, began: time.Now()}
	l.running[0].kill()
	wait(min(10*time.Second, l.lasting/20))
	l.startPortal(0)
	l.until("the portal that was killed is ready", l.allReady)
	f.end = time.Now().Add(faultShows)
	l.faults = append(l.faults, f)
	l.say("it is ready again")

	wait(l.lasting/3 - time.Since(f.began))
	l.say("%s", faultDatabase)
	f = fault{name: faultDatabase, began: time.Now()}
	if err := postgres.Restart(); err != nil {
		l.Fatal(err)
	}
	wait(5 * balanceEvery) // so that readiness is of after the restart
	l.until("the portals are ready after the restart", l.allReady)
	f.end = time.Now().Add(faultShows)
	l.faults = append(l.faults, f)
	l.say("all are ready again")
}

// report writes what was answered, how fast, what was lost and what went on growing, and fails the test for what should
// not be.
func (l *load) report(w io.Writer, took time.Duration) {
	fmt.Fprintf(w, "\n%d people paging and %d exporting for %s, %d portals\n\nWhat was answered\n\n", l.people, l.accountants, took.Round(time.Second), len(l.running))
	l.tally.printCounts(w, l.faults)
	fmt.Fprint(w, "\nHow fast\n\n")
	l.tally.printTimes(w, l.faults)

	fmt.Fprint(w, "\nWhat was lost\n\n")
	answered, injected, wrong := 0, 0, 0
	for _, s := range l.tally.samples {
		switch {
		case s.wrong == "":
			answered++
		case s.injected(l.faults):
			injected++
		default:
			if wrong++; wrong <= 20 {
				l.Errorf("%s, %.1f s after the start (%s): got %d, %s", s.kind, s.began.Sub(l.began).Seconds(), s.phase(l.faults), s.status, s.wrong)
			}
		}
	}
	fmt.Fprintf(w, "requests: %d answered, %d met an injected fault, %d failed without one\n", answered, injected, wrong)
	if answered < l.people {
		l.Errorf("got %d answers, want more than one for each of %d people", answered, l.people)
	}
	if l.lasting >= 10*time.Minute {
		verdict := "reached"
		if answered < dayOfWork {
			verdict = "NOT reached"
		}
		fmt.Fprintf(w, "a day of 200 people, a page a minute for eight hours, is %d requests: %s\n", dayOfWork, verdict)
	}
	rows := l.checkExports()
	fmt.Fprintf(w, "exports: %d complete with %d rows, each held against the API's ledger, id by id\n", len(l.exports), rows)
	if len(l.exports) == 0 {
		l.Error("got no export, want some")
	}
	l.checkAudit(w)
	ledger := l.ledger(0, 0, "")
	fmt.Fprintf(w, "the API was asked %d times, %d times in the busiest 10 s; allowed are %d\n", ledger.Requests, ledger.Busiest, 10*l.rate)
	if ledger.Busiest > 10*l.rate {
		l.Errorf("requests to the API within 10 s: got %d, want at most %d", ledger.Busiest, 10*l.rate)
	}
	if *loadLasting > 0 {
		fmt.Fprint(w, "\nWhat the portals held\n\n")
		l.printGrowth(w)
	}
}

// checkAudit verifies the chain, and that each page that somebody got is on record once.
func (l *load) checkAudit(w io.Writer) {
	l.Helper()
	db, err := store.Open(l.Context(), l.database)
	if err != nil {
		l.Fatal(err)
	}
	defer db.Close()
	n, _, err := db.VerifyAudit(l.Context())
	if err != nil {
		l.Errorf("the audit's chain: got %v after %d records, want it to hold", err, n)
	}
	recorded := map[string]int{}
	for record, err := range db.AuditRecords(l.Context(), audit.Filter{}, 0, 0) {
		if err != nil {
			l.Fatal(err)
		}
		recorded[record.RequestID]++
	}
	missing, double := 0, 0
	for id := range l.tally.answered {
		switch recorded[id] {
		case 0:
			missing++
		case 1:
		default:
			double++
		}
	}
	fmt.Fprintf(w, "audit: the chain of %d records holds; of %d pages with payments that were sent, %d are on record never and %d more than once\n", n, len(l.tally.answered), missing, double)
	if missing+double > 0 {
		l.Errorf("audit: got %d pages never on record and %d more than once, want each once", missing, double)
	}
}
