package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

const (
	// exportPatience is how long a job waits for an API that fails, on top of what the client itself does about it.
	exportPatience = 10 * time.Minute

	// Waits between tries grow from the first to the longest.
	exportFirstWait, exportLongestWait = time.Second, 30 * time.Second

	// exportAttempts is how often a job is taken up without getting any further. One that brings the process down must
	// not do so for ever.
	exportAttempts = 20
)

// exportSaveWaits are the waits between tries of a write that fails, besides the driver's own for a locked database. A
// disk that is full still after the last one ends the job. A database that is away is tried on, at the last wait, while
// the lease holds, and then the job is given back.
var exportSaveWaits = []time.Duration{0, 200 * time.Millisecond, time.Second, 3 * time.Second}

// How the work on a job ends other than by itself.
var (
	errExportLost = errors.New("canceled, deleted or taken over")
	errGiveWay    = errors.New("others wait for their turn")
	errNotKept    = errors.New("the database fails") // for good only if it is store.ErrNoDisk
	errLater      = errors.New("the last step is left to another try")
)

// exportEnd is a job that failed.
type exportEnd struct {
	why store.ExportWhy
	err error // for the log
}

func (e *exportEnd) Error() string { return fmt.Sprintf("export ends: %s: %v", e.why, e.err) }

// exportWork is a job in work.
type exportWork struct {
	*exportRunner
	id       string
	userID   int64
	began    time.Time
	workers  int
	givesWay atomic.Bool
	cancel   context.CancelCauseFunc // set under the runner's lock

	holder string
	plan   *export.Plan
	speed  speedometer

	mu    sync.Mutex // of row, and of what is written about it: two writes must not pass each other
	row   store.ExportJob
	owner auth.User
}

// run takes the job and works on it until it ends or must not go on. It reports whether it got anywhere.
func (j *exportWork) run(ctx context.Context) (movedOn bool) {
	now := j.now()
	j.holder = rand.Text()
	var err error
	j.row, j.owner, err = j.store.TakeExport(ctx, j.id, j.holder, j.holder[:12], now, now.Add(exportLease))
	if errors.Is(err, store.ErrNotFound) {
		return false // ended meanwhile, or another process was quicker
	}
	if err != nil {
		j.giveBack(ctx, err) // it may be ours, though we did not hear so
		return false
	}
	j.left.over()
	if j.plan, err = j.openPlan(j.row); err != nil {
		return j.finish(ctx, whyNotOpened(err))
	}
	working, stop := context.WithCancelCause(trustlyclient.WithRequestID(ctx, j.row.Run))
	defer stop(nil)
	var beat sync.WaitGroup
	beat.Go(func() { j.beat(working, stop) })
	err = j.work(working)
	if cause := context.Cause(working); err != nil && cause != nil {
		err = cause
	}
	stop(nil)
	beat.Wait()
	return j.finish(ctx, err)
}

// work collects the job's rows, checks and completes it.
func (j *exportWork) work(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			j.log.ErrorContext(ctx, "panic in an export", slog.String("id", j.row.Run), slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
			err = &exportEnd{store.ExportInternal, errors.New("panic")}
		}
	}()
	if j.row.Attempts > exportAttempts {
		return &exportEnd{store.ExportInternal, fmt.Errorf("taken up %d times without getting further", exportAttempts)}
	}
	state, err := j.openWalk(j.current())
	if err != nil {
		return whyNotOpened(err)
	}
	if err := j.mayGoOn(j.owner); err != nil {
		return err
	}
	defer j.begun()()
	j.speed.start(state.Rows)
	if state, err = j.collect(ctx, state); err != nil {
		return err
	}
	if err := j.check(ctx, state); err != nil {
		return err
	}
	return j.complete(ctx, state)
}

func whyNotOpened(err error) error {
	if errors.Is(err, auth.ErrSealed) {
		return &exportEnd{store.ExportSealed, err}
	}
	return &exportEnd{store.ExportInternal, err}
}

// current is the job as it was last written.
func (j *exportWork) current() store.ExportJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.row
}

// mayGoOn ends the work for an owner who may not export so any more.
func (j *exportWork) mayGoOn(owner auth.User) error {
	if owner.Disabled {
		return &exportEnd{store.ExportUserDisabled, errors.New("the account is disabled")}
	}
	if err := mayExport(owner.Role.May, j.plan); err != nil {
		return &exportEnd{store.ExportNoPermission, err}
	}
	return nil
}

// collect reads rows to the end of the range. An API that fails is asked again after a while.
func (j *exportWork) collect(ctx context.Context, state export.State) (export.State, error) {
	wait := exportFirstWait
	for {
		rows := state.Rows
		var err error
		state, err = j.plan.Collect(ctx, j.api, j.workers, state, j.save)
		if err == nil || ctx.Err() != nil || decided(err) {
			return state, err
		}
		why, patient := whyOfAPI(err)
		if !patient {
			return state, &exportEnd{why, err}
		}
		if state.Rows > rows {
			wait = exportFirstWait
		}
		if j.waited() >= exportPatience {
			return state, &exportEnd{why, err}
		}
		j.log.WarnContext(ctx, "export waits for the API", slog.String("id", j.row.Run), slog.String("err", err.Error()))
		if err := j.renew(ctx); err != nil && !errors.Is(err, errNotKept) {
			return state, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return state, ctx.Err()
		}
		wait = min(2*wait, exportLongestWait)
	}
}

// decided reports whether the error is no failure of the API but says how the work goes on.
func decided(err error) bool {
	return errors.As(err, new(*exportEnd)) || errors.Is(err, errExportLost) || errors.Is(err, errGiveWay) || errors.Is(err, errNotKept)
}

// waited is how long the API has failed. It begins to count at the first failure.
func (j *exportWork) waited() time.Duration {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.row.WaitingSince.IsZero() {
		j.row.WaitingSince = j.now()
	}
	return j.now().Sub(j.row.WaitingSince)
}

// save keeps the next rows together with the state behind them.
func (j *exportWork) save(ctx context.Context, part export.Part) error {
	next := j.current()
	before := next.Rows
	var sealed []byte
	if len(part.Rows) > 0 {
		next.Parts++
		sealed = j.sealer.Seal(part.Rows, placeOfPart(j.id, next.Parts))
	}
	var err error
	if next.Walk, err = j.sealJSON(part.State, placeOfWalk(j.id, next.Parts)); err != nil {
		return &exportEnd{store.ExportInternal, err}
	}
	next.Rows, next.Requests, next.CoveredUntil, next.PerMinute = part.State.Rows, part.State.Requests, part.Until, j.speed.perMinute(part.State.Rows)
	if first := part.State.Tally.First; next.CoversFrom.IsZero() && first != nil {
		next.CoversFrom, _ = time.Parse(time.RFC3339Nano, first.CreatedAt) // no time, no share of it
	}
	next.WaitingSince, next.Attempts = time.Time{}, 0
	owner, err := j.persist(ctx, &next, func(ctx context.Context) (auth.User, error) {
		return j.store.SaveExportPart(ctx, next, j.holder, sealed)
	})
	if err != nil {
		return err
	}
	j.count.rowsSaved(next.Rows - before)
	if err := j.mayGoOn(owner); err != nil {
		return err
	}
	if j.givesWay.Load() {
		return errGiveWay
	}
	return nil
}

// persist writes what next says of the job, several times if need be, and makes it the job.
func (j *exportWork) persist(ctx context.Context, next *store.ExportJob, write func(context.Context) (auth.User, error)) (owner auth.User, err error) {
	last := len(exportSaveWaits) - 1
	for try, began := 0, time.Now(); try <= last || !errors.Is(err, store.ErrNoDisk) && time.Since(began) < exportLease; try++ {
		select {
		case <-time.After(exportSaveWaits[min(try, last)]):
		case <-ctx.Done():
			return owner, ctx.Err()
		}
		j.mu.Lock()
		now := j.now()
		next.UpdatedAt, next.LeaseUntil = now, now.Add(exportLease)
		writing, cancel := context.WithTimeout(ctx, exportWrite)
		owner, err = write(writing)
		cancel()
		if err == nil {
			j.row, j.owner = *next, owner
		}
		j.mu.Unlock()
		if err == nil {
			return owner, nil
		}
		if errors.Is(err, store.ErrNotFound) {
			return owner, errExportLost
		}
	}
	return owner, fmt.Errorf("%w: %w", errNotKept, err)
}

// renew keeps the lease, tells how the job stands, and learns whether to go on.
func (j *exportWork) renew(ctx context.Context) error {
	j.mu.Lock()
	now := j.now()
	j.row.UpdatedAt, j.row.LeaseUntil = now, now.Add(exportLease)
	writing, cancel := context.WithTimeout(ctx, exportWrite)
	owner, err := j.store.RenewExport(writing, j.row, j.holder)
	cancel()
	j.mu.Unlock()
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errExportLost
	case err != nil:
		return fmt.Errorf("%w: %w", errNotKept, err)
	case j.plan == nil: // can't be opened
		return nil
	}
	return j.mayGoOn(owner)
}

// beat renews the lease while the work goes on, and stops the work when it must not. A lease that could not be renewed
// until it ran out may be another's.
func (j *exportWork) beat(ctx context.Context, stop context.CancelCauseFunc) {
	tick := time.NewTicker(exportBeat)
	defer tick.Stop()
	for renewed := time.Now(); ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		switch err := j.renew(ctx); {
		case err == nil:
			renewed = time.Now()
		case ctx.Err() != nil:
			return
		case !errors.Is(err, errNotKept), time.Since(renewed) >= exportLease:
			stop(err)
			return
		}
	}
}

// check goes through all that is kept and holds it against what was counted when it was read.
func (j *exportWork) check(ctx context.Context, state export.State) error {
	next := j.current()
	next.State, next.Checked = store.ExportChecking, 0
	owner, err := j.persist(ctx, &next, func(ctx context.Context) (auth.User, error) { return j.store.RenewExport(ctx, next, j.holder) })
	if err != nil {
		return err
	}
	if err := j.mayGoOn(owner); err != nil {
		return err
	}
	err = export.Check(j.plan, state, j.watched(j.parts(ctx, next)))
	switch {
	case err == nil, ctx.Err() != nil, errors.Is(err, errNotKept):
		return err
	}
	return &exportEnd{store.ExportCheckFailed, err}
}

// watched notes how far the check is.
func (j *exportWork) watched(parts iter.Seq2[[]byte, error]) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		n := 0
		for rows, err := range parts {
			if !yield(rows, err) {
				return
			}
			n++
			j.mu.Lock()
			j.row.Checked = j.row.Rows * n / max(1, j.row.Parts)
			j.mu.Unlock()
		}
	}
}
