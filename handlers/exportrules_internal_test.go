package handlers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

const fewColumns = "columns=transactionId,createdAt,amount,status"

// Two processes take the job from each other all the time, as if each held the other for dead. What comes out is whole.
func TestExportJobOfTwoProcessesThatStealIt(t *testing.T) {
	t.Parallel()
	s := newPlainJobs(t, 8000)
	ada := s.user("ada@example.com", auth.Finance)
	s.add("E1", ada, planOf(t, fewColumns, false))
	slow := func(call string, _ int) error {
		if call == "save" {
			time.Sleep(5 * time.Millisecond)
		}
		return nil
	}
	one, two := s.process(slow), s.process(slow)
	runs := map[string]bool{}
	for j := s.job("E1", ada); j.State.UnderWay(); j = s.job("E1", ada) {
		runs[j.Run] = true
		if len(runs) < 12 { // then somebody may finish
			s.ahead.Add(int64(31 * time.Second))
		}
		one.wake()
		two.wake()
		time.Sleep(10 * time.Millisecond)
	}
	s.wantTruth(one, s.wantEnd("E1", ada, store.ExportComplete, ""), s.truth())
	if len(runs) < 4 {
		t.Errorf("the job was taken up %d times, want the processes to steal it", len(runs))
	}
	if n := len(s.collected("E1")); n == 0 {
		t.Error("got no record of the end")
	}
}

// An API that is down is waited for, which the job says, and not for ever.
func TestExportJobWaitsForTheAPI(t *testing.T) {
	t.Parallel()
	s := newJobs(t, 1200)
	ada := s.user("ada@example.com", auth.Finance)
	s.sandbox.SetFault(trustlytest.Fault{Status: http.StatusServiceUnavailable, After: 5})
	s.add("E1", ada, planOf(t, fewColumns, false))
	s.add("E2", ada, planOf(t, fewColumns, false))
	p := s.process(nil)
	for _, id := range []string{"E1", "E2"} {
		s.until(id, ada, "waiting", func(j store.ExportJob) bool { return !j.WaitingSince.IsZero() && j.State == store.ExportCollecting })
	}
	// Back before patience ends: it goes on. The other's is over.
	if _, err := s.db.CancelExport(t.Context(), "E1", ada.ID, s.now(), s.now()); err != nil {
		t.Fatal(err)
	}
	s.add("E3", ada, planOf(t, fewColumns, false))
	s.ahead.Add(int64(exportPatience + time.Second))
	j := s.wantEnd("E2", ada, store.ExportFailed, store.ExportNoAPI)
	s.wantTruth(p, j, nil)
	s.until("E3", ada, "waiting", func(j store.ExportJob) bool { return !j.WaitingSince.IsZero() })
	s.sandbox.ClearFaults()
	j = s.wantEnd("E3", ada, store.ExportComplete, "")
	s.wantTruth(p, j, s.truth())
	if !j.WaitingSince.IsZero() {
		t.Errorf("complete, and waiting since %v", j.WaitingSince)
	}
	if records := s.collected("E2"); len(records) != 1 || !strings.HasPrefix(records[0].Detail, "failed: api; ") {
		t.Errorf("audit: got %+v, want that the API failed", records)
	}
}

// What makes no sense to wait for ends a job at once, each for its own reason.
func TestExportJobEndsClearly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		why     store.ExportWhy
		role    auth.Role
		clear   bool // personal data
		prepare func(*jobs, auth.User)
		fault   func(call string, part int) error
	}{
		"credentials refused": {why: store.ExportNoAccess, prepare: func(s *jobs, _ auth.User) { s.fault = failing(trustlyclient.ErrUnauthorized) }},
		"not allowed":         {why: store.ExportNoAccess, prepare: func(s *jobs, _ auth.User) { s.fault = failing(trustlyclient.ErrForbidden) }},
		"another secret":      {why: store.ExportSealed, prepare: func(s *jobs, _ auth.User) { s.keys = keysOf(s.t, "z") }},
		"disabled while queued": {why: store.ExportUserDisabled, prepare: func(s *jobs, u auth.User) {
			_ = s.db.SetDisabled(context.Background(), u.ID, true)
		}},
		"clear data not permitted": {why: store.ExportNoPermission, clear: true},
		"clear data not any more":  {why: store.ExportNoPermission, clear: true, role: auth.Admin, prepare: func(s *jobs, u auth.User) { _ = s.db.SetRole(context.Background(), u.ID, auth.Finance) }},
		"a part lost":              {why: store.ExportCheckFailed, fault: onRead(2, store.ErrNotFound)},
		"no part can be read":      {why: store.ExportNoDisk, fault: onRead(1, fmt.Errorf("%w: disk I/O error (10)", store.ErrNoDisk))},
		"brings processes down": {why: store.ExportInternal, prepare: func(s *jobs, _ auth.User) {
			for range exportAttempts {
				if _, _, err := s.db.TakeExport(context.Background(), "E1", "the dead", "", s.now(), s.now().Add(time.Second)); err != nil {
					s.t.Fatal(err)
				}
				s.ahead.Add(int64(time.Minute))
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newPlainJobs(t, 1100)
			s.user("root@example.com", auth.Admin)
			if c.role == "" {
				c.role = auth.Finance
			}
			ada := s.user("ada@example.com", c.role)
			s.add("E1", ada, planOf(t, fewColumns, c.clear))
			if c.prepare != nil {
				c.prepare(s, ada)
			}
			p := s.process(c.fault)
			j := s.wantEnd("E1", ada, store.ExportFailed, c.why)
			s.wantTruth(p, j, nil)
			if records := s.collected("E1"); len(records) != 1 || !strings.HasPrefix(records[0].Detail, "failed: "+string(c.why)) {
				t.Errorf("audit: got %+v, want the reason", records)
			}
			if !j.ExpiresAt.Equal(j.EndedAt.Add(7*24*time.Hour)) || j.EndedAt.IsZero() {
				t.Errorf("got ended %v and expiry %v", j.EndedAt, j.ExpiresAt)
			}
		})
	}
}

func failing(err error) func(context.Context, int) error {
	return func(context.Context, int) error { return err }
}

func onRead(part int, err error) func(string, int) error {
	return func(call string, n int) error {
		if call == "read" && n == part {
			return err
		}
		return nil
	}
}

// A request hangs, and still the job heeds within seconds what happens to it.
func TestExportJobHeedsWhileARequestHangs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do    func(*jobs, auth.User) error
		state store.ExportState
		why   store.ExportWhy
	}{
		"canceled elsewhere": {func(s *jobs, u auth.User) error {
			_, err := s.db.CancelExport(context.Background(), "E1", u.ID, s.now(), s.now())
			return err
		}, store.ExportCanceled, ""},
		"disabled":     {func(s *jobs, u auth.User) error { return s.db.SetDisabled(context.Background(), u.ID, true) }, store.ExportFailed, store.ExportUserDisabled},
		"another role": {func(s *jobs, u auth.User) error { return s.db.SetRole(context.Background(), u.ID, auth.Support) }, store.ExportFailed, store.ExportNoPermission},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newPlainJobs(t, 600)
			ada := s.user("ada@example.com", auth.Finance)
			s.fault = func(ctx context.Context, n int) error {
				if n > 3 {
					<-ctx.Done()
				}
				return ctx.Err()
			}
			s.add("E1", ada, planOf(t, fewColumns, false))
			p := s.process(nil)
			lease := s.until("E1", ada, "taken", func(j store.ExportJob) bool { return j.State == store.ExportCollecting }).LeaseUntil
			s.ahead.Add(int64(20 * time.Second))
			s.until("E1", ada, "renewed", func(j store.ExportJob) bool { return j.LeaseUntil.After(lease) })
			if err := c.do(s, ada); err != nil {
				t.Fatal(err)
			}
			s.wantTruth(p, s.wantEnd("E1", ada, c.state, c.why), nil)
			for end := time.Now().Add(5 * time.Minute); p.working() > 0; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatal("the job ended, and the process still works on it")
				}
			}
		})
	}
}

// working is how many jobs the process works on.
func (x *exportRunner) working() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.active)
}

// worked are the jobs that are worked on, in order.
func (x *exportRunner) worked() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var ids []string
	for id := range x.active {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

func (p *process) untilWorked(want string) {
	p.jobs.t.Helper()
	for end := time.Now().Add(5 * time.Minute); p.worked() != want; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			p.jobs.t.Fatalf("got %q worked on, want %q", p.worked(), want)
		}
	}
}

// Whoever starts many exports has two of them worked on, the others' come first, and places that are held for long are
// given to those who have none.
func TestExportJobsTakeTurns(t *testing.T) {
	t.Parallel()
	s := newPlainJobs(t, 6000)
	users := map[string]auth.User{}
	for _, name := range []string{"ada", "bob", "eve", "kim"} {
		users[name] = s.user(name+"@example.com", auth.Finance)
	}
	add := func(name string, n int) {
		for i := range n {
			s.add(fmt.Sprintf("%s%d", name, i), users[name], planOf(t, fewColumns, false))
		}
	}
	var slow atomic.Bool
	slow.Store(true)
	s.fault = func(context.Context, int) error {
		if slow.Load() {
			time.Sleep(40 * time.Millisecond)
		}
		return nil
	}
	add("ada", 5)
	add("bob", 2)
	p := s.process(nil)
	p.untilWorked("ada0 ada1 bob0 bob1")
	add("eve", 2)
	p.wake()
	p.untilWorked("ada0 ada1 bob0 bob1 eve0")
	add("kim", 1)
	p.mu.Lock()
	for _, j := range p.active { // as if they had been at it for long, bob's first the longest
		j.began = time.Now().Add(-exportTurn)
	}
	p.active["bob0"].began = time.Now().Add(-2 * exportTurn)
	p.mu.Unlock()
	p.wake()
	p.untilWorked("ada0 ada1 bob1 eve0 kim0")
	if j := s.job("bob0", users["bob"]); j.State != store.ExportQueued || j.Rows == 0 {
		t.Errorf("who gave way: got %q with %d rows, want it in the queue with what it had", j.State, j.Rows)
	}
	slow.Store(false)
	truth := s.truth()
	for id, user := range map[string]string{"bob0": "bob", "kim0": "kim"} {
		s.wantTruth(p, s.wantEnd(id, users[user], store.ExportComplete, ""), truth)
	}
}
