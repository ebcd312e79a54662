package handlers

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/store"
)

const (
	exportsAtOnce  = 5                    // jobs in work in this process; others wait for their turn
	exportsPerUser = store.MaxBusyExports // whoever starts many does not fill all places

	// exportTurn is how long a job may keep its place from a user of whom none is worked on. Giving way costs the requests
	// that are in flight.
	exportTurn = 2 * time.Minute

	// exportLook is how often a process looks for jobs that nobody works on: new ones of another process, and those whose
	// process died.
	exportLook = 2 * time.Second

	exportLease = 30 * time.Second // how long a dead process keeps others from going on
	exportBeat  = 2 * time.Second  // how often the lease is renewed and the job's owner looked at

	// exportWrite is how long a write may take. A server that vanished would be waited for much longer.
	exportWrite = exportLease / 2

	// exportFarewell is how long the last write may take when the program stops.
	exportFarewell = 5 * time.Second
)

// exportRunner works on export jobs, a few at a time.
type exportRunner struct {
	api    search.Lister
	store  Exports
	audit  *audit.Log
	sealer auth.Sealer
	now    func() time.Time
	log    *slog.Logger
	count  *Metrics
	spawn  func(func(context.Context))
	begun  func() (ended func())
	keep   time.Duration
	sign   func(r *export.Receipt, by string) // adds who, where from and by which program

	unseen, left oneAlarm // jobs not looked for, and left to another try

	woken    chan struct{}
	clearing sync.Mutex

	mu     sync.Mutex
	active map[string]*exportWork // jobs of this process
}

// newExportRunner returns one whose tend is to be run.
func newExportRunner(w *web, sealer auth.Sealer) *exportRunner {
	return &exportRunner{
		api: w.Client, store: w.Exports, audit: w.Audit, sealer: sealer, now: w.Now, log: w.Logger, count: w.Metrics, spawn: w.Go, begun: w.exporting, keep: w.ExportKeep,
		sign: w.signReceipt, woken: make(chan struct{}, 1), active: map[string]*exportWork{},
	}
}

// tend looks for work until the program ends: also for jobs that are left from before.
func (x *exportRunner) tend(ctx context.Context) {
	tick := time.NewTicker(exportLook)
	defer tick.Stop()
	for {
		switch err := x.look(ctx); {
		case ctx.Err() != nil:
		case err == nil:
			x.unseen.over()
		case x.unseen.begins():
			x.log.ErrorContext(ctx, "exports not looked for", slog.String("err", err.Error()))
		}
		select {
		case <-tick.C:
		case <-x.woken:
		case <-ctx.Done():
			return
		}
	}
}

// wake has somebody look at once.
func (x *exportRunner) wake() {
	select {
	case x.woken <- struct{}{}:
	default:
	}
}

// look begins to work on jobs that wait, as many as there are places for.
func (x *exportRunner) look(ctx context.Context) error {
	waiting, err := x.store.WaitingExports(ctx, x.now(), 4*exportsAtOnce)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		switch {
		case x.holds(w):
		case x.full():
			if w.Busy == 0 {
				x.askToGiveWay()
			}
			return nil
		default:
			x.begin(w)
		}
	}
	return nil
}

// holds reports whether the job is in work here, or as many of its user's as may be, here or in other processes.
func (x *exportRunner) holds(w store.WaitingExport) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := 0
	for _, j := range x.active {
		if j.userID == w.UserID {
			n++
		}
	}
	return x.active[w.ID] != nil || max(n, w.Busy) >= exportsPerUser
}

func (x *exportRunner) full() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.active) >= exportsAtOnce
}

// askToGiveWay has the job that was worked on the longest go back into the queue when it next saves, once its turn is over.
func (x *exportRunner) askToGiveWay() {
	x.mu.Lock()
	defer x.mu.Unlock()
	var longest *exportWork
	for _, j := range x.active {
		if j.givesWay.Load() {
			return
		}
		if longest == nil || j.began.Before(longest.began) {
			longest = j
		}
	}
	if longest != nil && time.Since(longest.began) >= exportTurn {
		longest.givesWay.Store(true)
	}
}

func (x *exportRunner) begin(w store.WaitingExport) {
	j := &exportWork{exportRunner: x, id: w.ID, userID: w.UserID, began: time.Now()}
	x.mu.Lock()
	x.active[w.ID] = j
	j.workers = max(2, export.Workers/len(x.active)) // memory grows with them; the client's budget is shared anyway
	x.mu.Unlock()
	x.spawn(func(ctx context.Context) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		x.mu.Lock()
		j.cancel = cancel
		x.mu.Unlock()
		over := x.count.exportBegins()
		movedOn := j.run(ctx)
		over()
		x.mu.Lock()
		delete(x.active, j.id)
		x.mu.Unlock()
		if movedOn { // else it would be tried again and again without a pause
			x.wake()
		}
	})
}

// stop ends the work in this process at once. In another one it ends when the lease is next renewed.
func (x *exportRunner) stop(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if j := x.active[id]; j != nil && j.cancel != nil {
		j.cancel(errExportLost)
	}
}

// oneAlarm has the log tell once of what fails again and again until it is over.
type oneAlarm struct{ on atomic.Bool }

// begins reports whether it is the first failure, which is to be told.
func (a *oneAlarm) begins() bool { return !a.on.Swap(true) }

func (a *oneAlarm) over() { a.on.Store(false) }

// clear deletes what is left of jobs that ended without being complete, beside all else. Housekeeping deletes what the
// program's end leaves.
func (x *exportRunner) clear() {
	x.spawn(func(ctx context.Context) {
		x.clearing.Lock()
		defer x.clearing.Unlock()
		if err := x.store.ClearExports(ctx); err != nil && !errors.Is(err, context.Canceled) {
			x.log.ErrorContext(ctx, "rows of exports not deleted", slog.String("err", err.Error()))
		}
	})
}
