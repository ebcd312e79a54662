package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// Worksheets keeps pasted lists. *store.DB does.
type Worksheets interface {
	AddWorksheet(context.Context, store.Worksheet) error
	Worksheet(ctx context.Context, id string, userID int64, now time.Time) (store.Worksheet, error)
	Worksheets(ctx context.Context, userID int64, now time.Time) ([]store.Worksheet, error)
	RestartWorksheet(context.Context, store.Worksheet) error
	CancelWorksheet(ctx context.Context, id string, userID int64, now time.Time) error
	DeleteWorksheet(ctx context.Context, id string, userID int64) error

	TakeWorksheet(ctx context.Context, id, holder string, now, until time.Time) (store.Worksheet, auth.User, error)
	SaveWorksheet(ctx context.Context, w store.Worksheet, holder string) (store.WorksheetState, error)
	WorksheetOwner(ctx context.Context, id string) (auth.User, error)
	ReleaseWorksheet(ctx context.Context, id, holder string) error
}

const (
	worksheetsAtOnce = 2 // looked up side by side in this process; others wait for their turn
	lookUpsAtOnce    = 4 // entries of one worksheet; the client's budget says how many requests

	worksheetLease     = 30 * time.Second // how long a dead process keeps others from going on
	worksheetSaveEvery = time.Second
	worksheetSaveAfter = 10              // entries
	worksheetRenew     = 5 * time.Second // with nothing to save

	// worksheetPatience is after how many failures in a row the rest is not asked: each has been tried for a while.
	worksheetPatience = 8

	// worksheetFarewell is how long the last save may take when the program stops.
	worksheetFarewell = 5 * time.Second
)

// runner looks kept worksheets up, a few at a time.
type runner struct {
	api    search.Getter
	store  Worksheets
	sealer auth.Sealer
	now    func() time.Time
	log    *slog.Logger
	spawn  func(func(context.Context))
	slots  chan struct{}

	mu     sync.Mutex
	active map[string]context.CancelFunc // worksheets of this process, those that wait included
}

func newRunner(c Config, sealer auth.Sealer) *runner {
	return &runner{
		api: c.Client, store: c.Worksheets, sealer: sealer, now: c.Now, log: c.Logger, spawn: c.Go,
		slots: make(chan struct{}, worksheetsAtOnce), active: map[string]context.CancelFunc{},
	}
}

// start sees to it that a running worksheet is worked on: here, unless this process does already or another has the
// lease.
func (r *runner) start(id string) {
	r.spawn(func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		if !r.enter(id, cancel) {
			return
		}
		defer r.leave(id)
		select {
		case r.slots <- struct{}{}:
			defer func() { <-r.slots }()
		case <-ctx.Done():
			return
		}
		if err := r.run(ctx, id); err != nil {
			r.log.ErrorContext(ctx, "worksheet failed", slog.String("err", err.Error()))
		}
	})
}

func (r *runner) enter(id string, cancel context.CancelFunc) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.active[id]; ok {
		return false
	}
	r.active[id] = cancel
	return true
}

func (r *runner) leave(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.active, id)
}

// stop ends the work in this process at once. In another one it ends at the next save.
func (r *runner) stop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel, ok := r.active[id]; ok {
		cancel()
	}
}

// run takes a worksheet and works on it until it is done or must not go on.
func (r *runner) run(ctx context.Context, id string) error {
	now := r.now()
	holder := rand.Text()
	row, owner, err := r.store.TakeWorksheet(ctx, id, holder, now, now.Add(worksheetLease))
	if errors.Is(err, store.ErrNotFound) || ctx.Err() != nil {
		return nil // done meanwhile, or another process was quicker
	}
	if err != nil {
		return err
	}
	j := &job{runner: r, holder: holder, row: row, began: time.Now()}
	defer j.release()
	if j.sheet, err = openWorksheet(r.sealer, row); err != nil {
		return err
	}
	j.sheet.Run, j.sheet.Stopped = holder[:12], ""
	j.mayGoOn(owner)
	j.work(ctx)
	return nil
}

// job is a worksheet in work. Its fields belong to the goroutine of work.
type job struct {
	*runner
	holder  string
	row     store.Worksheet
	sheet   worksheet
	began   time.Time
	saved   time.Time
	unsaved int  // entries
	ending  bool // no further entry is asked
	lost    bool // the worksheet is no longer ours to save
	unkept  oneAlarm
	inARow  int // failures
	failure error
}

// lookedUp is what a look-up of the entry with the index brought.
type lookedUp struct {
	index  int
	answer search.Answer
	err    error
}

// work asks what has not been asked, several entries at a time, and saves as it goes.
func (j *job) work(ctx context.Context) {
	asking, stop := context.WithCancel(trustlyclient.InBackground(trustlyclient.WithRequestID(ctx, j.sheet.Run)))
	defer stop()
	queue := make([]int, 0, len(j.sheet.Entries))
	for i, e := range j.sheet.Entries {
		if e.Verdict == notAsked {
			queue = append(queue, i)
		}
	}
	results := make(chan lookedUp, lookUpsAtOnce)
	tick := time.NewTicker(worksheetSaveEvery)
	defer tick.Stop()
	for inFlight := 0; ; {
		for ; inFlight < lookUpsAtOnce && len(queue) > 0 && !j.ending && ctx.Err() == nil; inFlight++ {
			i := queue[0]
			queue = queue[1:]
			text := j.sheet.Entries[i].Text
			go func() {
				answer, err := j.lookUp(asking, text)
				results <- lookedUp{i, answer, err}
			}()
		}
		if inFlight == 0 {
			break
		}
		select {
		case one := <-results:
			inFlight--
			j.note(one)
		case <-tick.C:
		}
		if j.due() {
			j.save(ctx)
		}
		if j.ending {
			stop() // what is in flight is not waited for to its end
		}
	}
	j.finish(ctx)
}

// due reports whether it is time to save, or to renew the lease and look whether to go on.
func (j *job) due() bool {
	since := time.Since(j.saved)
	return j.unsaved >= worksheetSaveAfter || j.unsaved > 0 && since >= worksheetSaveEvery || since >= worksheetRenew
}

// lookUp keeps a panic from ending the program.
func (j *job) lookUp(ctx context.Context, text string) (answer search.Answer, err error) {
	defer func() {
		if v := recover(); v != nil {
			j.log.ErrorContext(ctx, "panic in a look-up", slog.String("id", j.sheet.Run), slog.Any("panic", v))
			err = errors.New("panic in a look-up")
		}
	}()
	return search.LookUp(ctx, j.api, text, j.now())
}

// note keeps what became of an entry. What was only interrupted stays to be asked.
func (j *job) note(one lookedUp) {
	entry := &j.sheet.Entries[one.index]
	switch {
	case errors.Is(one.err, context.Canceled):
		return
	case one.err != nil:
		entry.Verdict, entry.Reason = failed, problemOf(one.err).heading
		if j.failure == nil {
			j.failure = one.err
		}
		j.inARow++
	case len(one.answer.Asked) == 0:
		entry.Verdict, entry.Reason = failed, unreadable(entry.Text)
	default:
		entry.take(one.answer)
		j.inARow = 0
	}
	j.unsaved++
	switch {
	case errors.Is(one.err, trustlyclient.ErrUnauthorized), errors.Is(one.err, trustlyclient.ErrForbidden):
		j.end(problemOf(one.err).heading + ". The rest was not asked.")
	case j.inARow >= worksheetPatience:
		j.end(fmt.Sprintf("%d entries in a row could not be asked, so the rest was not tried.", worksheetPatience))
	}
}

// unreadable says why an entry can't be asked for at all.
func unreadable(text string) string {
	if search.Unsearchable(text) == search.KeptShortened {
		return "A spreadsheet has shortened this number: its last digits are lost"
	}
	return "It can't be an ID or a reference"
}

func (j *job) end(why string) {
	j.ending = true
	if j.sheet.Stopped == "" {
		j.sheet.Stopped = why
	}
}

// mayGoOn ends the work for an owner who may not search any more.
func (j *job) mayGoOn(owner auth.User) {
	if owner.Disabled || !owner.Role.May(auth.View) {
		j.end("The account may not search any more.")
	}
}

// save keeps what is known so far and learns whether to go on. A save that fails is made up for by the next.
func (j *job) save(ctx context.Context) {
	if j.lost || ctx.Err() != nil {
		return
	}
	state, err := j.keep(ctx, store.WorksheetRunning)
	if err == nil && state == store.WorksheetRunning {
		var owner auth.User
		if owner, err = j.store.WorksheetOwner(ctx, j.row.ID); err == nil {
			j.mayGoOn(owner)
		}
	}
	switch {
	case errors.Is(err, store.ErrNotFound): // deleted, or taken over
		j.lost, j.ending = true, true
	case err != nil:
		if ctx.Err() == nil && j.unkept.begins() {
			j.log.ErrorContext(ctx, "worksheet not saved", slog.String("id", j.sheet.Run), slog.String("err", err.Error()))
		}
	case state != store.WorksheetRunning:
		j.ending = true
	default:
		j.unkept.over()
	}
}

func (j *job) keep(ctx context.Context, state store.WorksheetState) (store.WorksheetState, error) {
	if err := j.sheet.seal(j.sealer, &j.row); err != nil {
		return "", err
	}
	now := j.now()
	j.row.State, j.row.UpdatedAt, j.row.LeaseUntil = state, now, now.Add(worksheetLease)
	j.saved, j.unsaved = time.Now(), 0
	return j.store.SaveWorksheet(ctx, j.row, j.holder)
}

// finish saves for the last time. A worksheet that was interrupted by the program's end stays a running one, for
// another process to go on with.
func (j *job) finish(ctx context.Context) {
	state := store.WorksheetDone
	switch {
	case j.ending && j.sheet.Stopped != "":
		state = store.WorksheetStopped
	case j.sheet.count(notAsked) > 0:
		state = store.WorksheetRunning
	}
	for began := time.Now(); !j.lost && !j.keepLast(ctx, state) && ctx.Err() == nil && time.Since(began) < worksheetLease; {
		select {
		case <-time.After(worksheetSaveEvery):
		case <-ctx.Done():
		}
	}
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("id", j.sheet.Run), slog.String("state", string(state)), slog.Int("entries", len(j.sheet.Entries)),
		slog.Int("failed", j.sheet.count(failed)), slog.Int("left", j.sheet.count(notAsked)), slog.Duration("took", time.Since(j.began)),
	}
	if j.failure != nil {
		level, attrs = slog.LevelWarn, append(attrs, slog.String("err", j.failure.Error()))
	}
	j.log.LogAttrs(ctx, level, "worksheet", attrs...)
}

// keepLast reports whether there is no more to be done: answers of the API outlive a restart of the database.
func (j *job) keepLast(ctx context.Context, state store.WorksheetState) bool {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), worksheetFarewell)
	defer cancel()
	_, err := j.keep(last, state)
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return true
	}
	if j.unkept.begins() {
		j.log.ErrorContext(last, "worksheet not saved", slog.String("id", j.sheet.Run), slog.String("err", err.Error()))
	}
	return false
}

// release gives the lease back, so that whoever goes on need not wait for it to run out.
func (j *job) release() {
	ctx, cancel := context.WithTimeout(context.Background(), worksheetFarewell)
	defer cancel()
	if err := j.store.ReleaseWorksheet(ctx, j.row.ID, j.holder); err != nil {
		j.log.ErrorContext(ctx, "worksheet not released", slog.String("id", j.sheet.Run), slog.String("err", err.Error()))
	}
}
