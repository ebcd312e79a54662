package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/auth"
)

// worksheetSuite is the part of the suite on worksheets.
var worksheetSuite = map[string]func(t *testing.T, db *DB){
	"RoundTrip": testWorksheetRoundTrip, "Bounds": testWorksheetBounds, "Lease": testWorksheetLease, "LeaseAtOnce": testWorksheetLeaseAtOnce,
	"CancelAndRestart": testWorksheetCancelAndRestart, "Expiry": testWorksheetExpiry,
}

func TestWorksheets(t *testing.T) {
	for engine, open := range engines {
		for name, test := range worksheetSuite {
			t.Run(engine+"/"+name, func(t *testing.T) {
				t.Parallel()
				db := open(t)
				t.Cleanup(func() { _ = db.Close() })
				test(t, db)
			})
		}
	}
}

func worksheet(id string, u auth.User, at time.Time) Worksheet {
	return Worksheet{ID: id, UserID: u.ID, State: WorksheetRunning, Entries: 3, Body: []byte("sealed\x00" + id), CreatedAt: at, UpdatedAt: at, ExpiresAt: at.Add(24 * time.Hour)}
}

func addWorksheet(t *testing.T, db *DB, w Worksheet) {
	t.Helper()
	if err := db.AddWorksheet(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

// finish takes a worksheet and saves it as done.
func finish(t *testing.T, db *DB, id string, now time.Time) {
	t.Helper()
	w, _, err := db.TakeWorksheet(t.Context(), id, "finisher", now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	w.State, w.Asked, w.UpdatedAt = WorksheetDone, w.Entries, now
	if state, err := db.SaveWorksheet(t.Context(), w, "finisher"); err != nil || state != WorksheetDone {
		t.Fatalf("finish: got %q, %v, want done", state, err)
	}
}

func wantWorksheets(t *testing.T, db *DB, u auth.User, now time.Time, want ...string) {
	t.Helper()
	list, err := db.Worksheets(t.Context(), u.ID, now)
	var got []string
	for _, w := range list {
		got = append(got, w.ID)
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("worksheets: got %v, %v, want %v", got, err, want)
	}
}

func testWorksheetRoundTrip(t *testing.T, db *DB) {
	ada, bob := addUser(t, db, "ada@example.com", auth.Support), addUser(t, db, "bob@example.com", auth.Admin)
	want := worksheet("W1", ada, noon)
	addWorksheet(t, db, want)
	got, err := db.Worksheet(t.Context(), "W1", ada.ID, noon)
	if err != nil || !bytes.Equal(got.Body, want.Body) || got.State != want.State || got.Entries != 3 || got.Asked != 0 || !got.CreatedAt.Equal(noon) || !got.ExpiresAt.Equal(want.ExpiresAt) || !got.LeaseUntil.IsZero() {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	// Another user's is as if it were not there, whatever one tries.
	_, err = db.Worksheet(t.Context(), "W1", bob.ID, noon)
	stolen := want
	stolen.UserID, stolen.State = bob.ID, WorksheetDone
	for name, err := range map[string]error{
		"open": err, "cancel": db.CancelWorksheet(t.Context(), "W1", bob.ID, noon), "restart": db.RestartWorksheet(t.Context(), stolen), "delete": db.DeleteWorksheet(t.Context(), "W1", bob.ID),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s another's: got %v, want ErrNotFound", name, err)
		}
	}
	wantWorksheets(t, db, bob, noon)
	wantWorksheets(t, db, ada, noon, "W1")
	if err := db.DeleteWorksheet(t.Context(), "W1", ada.ID); err != nil {
		t.Fatal(err)
	}
	wantWorksheets(t, db, ada, noon)
}

// The oldest make room for new ones, but not those under way, of which there may be few.
func testWorksheetBounds(t *testing.T, db *DB) {
	ada, bob := addUser(t, db, "ada@example.com", auth.Support), addUser(t, db, "bob@example.com", auth.Support)
	addWorksheet(t, db, worksheet("other", bob, noon.Add(-time.Minute)))
	addWorksheet(t, db, worksheet("running", ada, noon))
	for i := range MaxWorksheets + 5 {
		at := noon.Add(time.Duration(i+1) * time.Second)
		addWorksheet(t, db, worksheet(fmt.Sprintf("W%02d", i), ada, at))
		finish(t, db, fmt.Sprintf("W%02d", i), at)
	}
	list, err := db.Worksheets(t.Context(), ada.ID, noon)
	if err != nil || len(list) != MaxWorksheets+1 || list[0].ID != "W24" || list[len(list)-2].ID != "W05" || list[len(list)-1].ID != "running" {
		t.Errorf("got %d worksheets, %v, want the last %d and the running one", len(list), err, MaxWorksheets)
	}
	wantWorksheets(t, db, bob, noon, "other")
	for i := range MaxRunningWorksheets - 1 {
		addWorksheet(t, db, worksheet(fmt.Sprintf("R%d", i), ada, noon.Add(time.Hour)))
	}
	if err := db.AddWorksheet(t.Context(), worksheet("R9", ada, noon.Add(time.Hour))); !errors.Is(err, ErrTooManyRunning) {
		t.Errorf("one running too many: got %v, want ErrTooManyRunning", err)
	}
	again := worksheet("W24", ada, noon.Add(time.Hour))
	if err := db.RestartWorksheet(t.Context(), again); !errors.Is(err, ErrTooManyRunning) {
		t.Errorf("restarting one too many: got %v, want ErrTooManyRunning", err)
	}
	if err := db.AddWorksheet(t.Context(), worksheet("bob's", bob, noon)); err != nil {
		t.Errorf("another user's: got %v, want none", err)
	}
}

func testWorksheetLease(t *testing.T, db *DB) {
	ctx := t.Context()
	ada := addUser(t, db, "ada@example.com", auth.Finance)
	addWorksheet(t, db, worksheet("W1", ada, noon))
	take := func(holder string, at time.Time, want error) Worksheet {
		t.Helper()
		w, owner, err := db.TakeWorksheet(ctx, "W1", holder, at, at.Add(30*time.Second))
		if !errors.Is(err, want) || err == nil && owner != ada {
			t.Fatalf("take by %s: got %+v, %v, want %v", holder, owner, err, want)
		}
		return w
	}
	first := take("one", noon, nil)
	take("two", noon.Add(29*time.Second), ErrNotFound)
	take("one", noon.Add(time.Second), nil) // one's own may be taken again
	second := take("two", noon.Add(31*time.Second), nil)
	if string(second.Body) != string(first.Body) || second.UserID != ada.ID {
		t.Errorf("taken over: got %+v, want the body as it was", second)
	}
	first.Body, first.UpdatedAt = []byte("late"), noon.Add(32*time.Second)
	if _, err := db.SaveWorksheet(ctx, first, "one"); !errors.Is(err, ErrNotFound) {
		t.Errorf("saving after the lease was lost: got %v, want ErrNotFound", err)
	}
	second.Body, second.Asked, second.UpdatedAt, second.LeaseUntil = []byte("two's"), 2, noon.Add(50*time.Second), noon.Add(80*time.Second)
	if state, err := db.SaveWorksheet(ctx, second, "two"); err != nil || state != WorksheetRunning {
		t.Errorf("save: got %q, %v, want running", state, err)
	}
	take("three", noon.Add(79*time.Second), ErrNotFound) // renewed
	if err := db.ReleaseWorksheet(ctx, "W1", "one"); err != nil {
		t.Fatal(err)
	}
	take("three", noon.Add(79*time.Second), ErrNotFound) // not one's to give
	if err := db.ReleaseWorksheet(ctx, "W1", "two"); err != nil {
		t.Fatal(err)
	}
	if w := take("three", noon.Add(79*time.Second), nil); string(w.Body) != "two's" || w.Asked != 2 {
		t.Errorf("after release: got %q with %d asked, want what was saved", w.Body, w.Asked)
	}
	if err := db.SetDisabled(ctx, ada.ID, true); err != nil {
		t.Fatal(err)
	}
	if owner, err := db.WorksheetOwner(ctx, "W1"); err != nil || !owner.Disabled {
		t.Errorf("owner: got %+v, %v, want it disabled", owner, err)
	}
}

func testWorksheetLeaseAtOnce(t *testing.T, db *DB) {
	addWorksheet(t, db, worksheet("W1", addUser(t, db, "ada@example.com", auth.Support), noon))
	var wg sync.WaitGroup
	var took atomic.Int32
	for i := range 10 {
		wg.Go(func() {
			if _, _, err := db.TakeWorksheet(t.Context(), "W1", fmt.Sprint(i), noon, noon.Add(time.Minute)); err == nil {
				took.Add(1)
			} else if !errors.Is(err, ErrNotFound) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if took.Load() != 1 {
		t.Errorf("got the lease %d times at once, want once", took.Load())
	}
}

func testWorksheetCancelAndRestart(t *testing.T, db *DB) {
	ctx := t.Context()
	ada := addUser(t, db, "ada@example.com", auth.Support)
	addWorksheet(t, db, worksheet("W1", ada, noon))
	w, _, err := db.TakeWorksheet(ctx, "W1", "one", noon, noon.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.RestartWorksheet(ctx, w); !errors.Is(err, ErrNotFound) {
		t.Errorf("restart of a running one: got %v, want ErrNotFound", err)
	}
	if err := db.CancelWorksheet(ctx, "W1", ada.ID, noon); err != nil {
		t.Fatal(err)
	}
	// The last answers of whoever works on it are kept, but what was canceled stays so.
	w.State, w.Body, w.Asked, w.UpdatedAt = WorksheetDone, []byte("last"), 1, noon.Add(time.Second)
	if state, err := db.SaveWorksheet(ctx, w, "one"); err != nil || state != WorksheetCanceled {
		t.Errorf("save after cancel: got %q, %v, want canceled", state, err)
	}
	if _, _, err := db.TakeWorksheet(ctx, "W1", "one", noon, noon.Add(time.Minute)); !errors.Is(err, ErrNotFound) {
		t.Errorf("take a canceled one: got %v, want ErrNotFound", err)
	}
	w.Body, w.Asked = []byte("anew"), 0
	if err := db.RestartWorksheet(ctx, w); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SaveWorksheet(ctx, w, "one"); !errors.Is(err, ErrNotFound) {
		t.Errorf("save by who worked on it before: got %v, want ErrNotFound", err)
	}
	if got, err := db.Worksheet(ctx, "W1", ada.ID, noon); err != nil || got.State != WorksheetRunning || string(got.Body) != "anew" {
		t.Errorf("restarted: got %q %q, %v, want it running anew", got.State, got.Body, err)
	}
	finish(t, db, "W1", noon.Add(time.Minute))
	if err := db.CancelWorksheet(ctx, "W1", ada.ID, noon); err != nil {
		t.Errorf("cancel of a done one: got %v, want none", err)
	}
	if got, err := db.Worksheet(ctx, "W1", ada.ID, noon); err != nil || got.State != WorksheetDone {
		t.Errorf("cancel of a done one: got %q, %v, want it done still", got.State, err)
	}
}

func testWorksheetExpiry(t *testing.T, db *DB) {
	ctx := t.Context()
	ada := addUser(t, db, "ada@example.com", auth.Support)
	addWorksheet(t, db, worksheet("W1", ada, noon))
	addWorksheet(t, db, worksheet("W2", ada, noon.Add(time.Hour)))
	end := noon.Add(24 * time.Hour)
	if _, err := db.Worksheet(ctx, "W1", ada.ID, end); !errors.Is(err, ErrNotFound) {
		t.Errorf("expired: got %v, want ErrNotFound", err)
	}
	if _, _, err := db.TakeWorksheet(ctx, "W1", "one", end, end.Add(time.Minute)); !errors.Is(err, ErrNotFound) {
		t.Errorf("take an expired one: got %v, want ErrNotFound", err)
	}
	wantWorksheets(t, db, ada, end, "W2")
	if err := db.DeleteExpiredWorksheets(ctx, end); err != nil {
		t.Fatal(err)
	}
	wantWorksheets(t, db, ada, noon, "W2")
}
