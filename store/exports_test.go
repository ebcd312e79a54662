package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/auth"
)

// exportSuite is the part of the suite on export jobs.
var exportSuite = map[string]func(t *testing.T, db *DB){
	"RoundTrip": testExportRoundTrip, "IsItsOwners": testExportIsItsOwners, "Bounds": testExportBounds, "Lease": testExportLease,
	"LeaseAtOnce": testExportLeaseAtOnce, "TwoHolders": testExportTwoHolders, "CancelAndDelete": testExportCancelAndDelete,
	"FairOrder": testExportFairOrder, "Expiry": testExportExpiry, "ClearingLetsOthersWrite": testExportClearing,
}

func TestExports(t *testing.T) {
	for engine, open := range engines {
		for name, test := range exportSuite {
			t.Run(engine+"/"+name, func(t *testing.T) {
				t.Parallel()
				db := open(t)
				t.Cleanup(func() { _ = db.Close() })
				test(t, db)
			})
		}
	}
}

func exportOf(id string, u auth.User, at time.Time) ExportJob {
	return ExportJob{ID: id, UserID: u.ID, Format: "csv", Spec: []byte("sealed\x00" + id), CreatedAt: at, CoversTo: at}
}

func addExport(t *testing.T, db *DB, j ExportJob) {
	t.Helper()
	if err := db.AddExport(t.Context(), j); err != nil {
		t.Fatal(err)
	}
}

func takeExport(t *testing.T, db *DB, id, holder string, now time.Time) ExportJob {
	t.Helper()
	j, _, err := db.TakeExport(t.Context(), id, holder, "run of "+holder, now, now.Add(30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// next is the job with one part more.
func (j ExportJob) next(now time.Time) ExportJob {
	j.Parts++
	j.Rows += 970
	j.Requests += 11
	j.Walk = fmt.Appendf(nil, "walk behind %d", j.Parts)
	j.CoveredUntil, j.UpdatedAt, j.LeaseUntil = now.Add(-time.Hour), now, now.Add(30*time.Second)
	return j
}

func saveExport(t *testing.T, db *DB, j ExportJob, holder string, now time.Time) ExportJob {
	t.Helper()
	j = j.next(now)
	if _, err := db.SaveExportPart(t.Context(), j, holder, fmt.Appendf(nil, "part %d", j.Parts)); err != nil {
		t.Fatal(err)
	}
	return j
}

// completeExport takes a job through all of its states.
func completeExport(t *testing.T, db *DB, id string, parts int, now time.Time) {
	t.Helper()
	j := takeExport(t, db, id, "finisher", now)
	for range parts {
		j = saveExport(t, db, j, "finisher", now)
	}
	j.State, j.UpdatedAt, j.LeaseUntil = ExportChecking, now, now.Add(time.Minute)
	if _, err := db.RenewExport(t.Context(), j, "finisher"); err != nil {
		t.Fatal(err)
	}
	j.State, j.Receipt, j.EndedAt, j.ExpiresAt = ExportComplete, []byte("receipt"), now, now.Add(time.Hour)
	if err := db.EndExport(t.Context(), j, "finisher"); err != nil {
		t.Fatal(err)
	}
}

func wantExport(t *testing.T, db *DB, u auth.User, id string, state ExportState, parts int) ExportJob {
	t.Helper()
	j, err := db.Export(t.Context(), id, u.ID)
	if err != nil || j.State != state || j.Parts != parts {
		t.Errorf("export %s: got %q with %d parts, %v, want %q with %d", id, j.State, j.Parts, err, state, parts)
	}
	return j
}

// partsKept counts what lies in the database, whoever may read it.
func partsKept(t *testing.T, db *DB, id string) (n int) {
	t.Helper()
	if err := db.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM export_parts WHERE job_id = $1`, id).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func testExportRoundTrip(t *testing.T, db *DB) {
	ada := addUser(t, db, "ada@example.com", auth.Finance)
	begun := exportOf("E1", ada, noon)
	begun.CoversFrom = noon.Add(-24 * time.Hour)
	addExport(t, db, begun)
	got := wantExport(t, db, ada, "E1", ExportQueued, 0)
	if !bytes.Equal(got.Spec, begun.Spec) || len(got.Walk) != 0 || got.Format != "csv" || !got.CoversFrom.Equal(begun.CoversFrom) || !got.CoversTo.Equal(noon) || !got.CreatedAt.Equal(noon) || !got.StartedAt.IsZero() || !got.LeaseUntil.IsZero() {
		t.Errorf("got %+v, want what was added", got)
	}
	j, owner, err := db.TakeExport(t.Context(), "E1", "one", "RUN", noon.Add(time.Minute), noon.Add(2*time.Minute))
	if err != nil || owner != ada || j.State != ExportCollecting || j.Run != "RUN" || j.Attempts != 1 || !j.StartedAt.Equal(noon.Add(time.Minute)) || !j.LeaseUntil.Equal(noon.Add(2*time.Minute)) {
		t.Errorf("taken: got %+v of %+v, %v", j, owner, err)
	}
	for range 3 {
		j = saveExport(t, db, j, "one", noon.Add(time.Minute))
	}
	got = wantExport(t, db, ada, "E1", ExportCollecting, 3)
	if got.Rows != 2910 || got.Requests != 33 || string(got.Walk) != "walk behind 3" || got.Bytes != 18 || got.Attempts != 0 || !got.CoveredUntil.Equal(j.CoveredUntil) {
		t.Errorf("saved: got %+v", got)
	}
	for i := 1; i <= 3; i++ {
		if body, err := db.ExportPart(t.Context(), "E1", i); err != nil || string(body) != fmt.Sprintf("part %d", i) {
			t.Errorf("part %d: got %q, %v", i, body, err)
		}
	}
	j.Walk, j.CoveredUntil = []byte("walk further"), noon
	if _, err := db.SaveExportPart(t.Context(), j, "one", nil); err != nil {
		t.Fatal(err)
	}
	if got := wantExport(t, db, ada, "E1", ExportCollecting, 3); string(got.Walk) != "walk further" || !got.CoveredUntil.Equal(noon) {
		t.Errorf("the walk moved on alone: got %q until %v", got.Walk, got.CoveredUntil)
	}
	if _, err := db.ExportPart(t.Context(), "E1", 4); !errors.Is(err, ErrNotFound) {
		t.Errorf("part 4: got %v, want ErrNotFound", err)
	}
	// Complete only after a check, and only with the parts that are there.
	j.State, j.Receipt, j.EndedAt, j.ExpiresAt = ExportComplete, []byte("receipt"), noon, noon.Add(time.Hour)
	if err := db.EndExport(t.Context(), j, "one"); !errors.Is(err, ErrNotFound) {
		t.Errorf("complete without a check: got %v, want ErrNotFound", err)
	}
	j.State, j.Checked, j.WaitingSince = ExportChecking, 970, noon
	if _, err := db.RenewExport(t.Context(), j, "one"); err != nil {
		t.Fatal(err)
	}
	if got := wantExport(t, db, ada, "E1", ExportChecking, 3); got.Checked != 970 || !got.WaitingSince.Equal(noon) {
		t.Errorf("checking: got %d rows checked, waiting since %v", got.Checked, got.WaitingSince)
	}
	if _, err := db.SaveExportPart(t.Context(), j.next(noon), "one", []byte("late")); !errors.Is(err, ErrNotFound) {
		t.Errorf("a part while checking: got %v, want ErrNotFound", err)
	}
	j.State, j.Parts = ExportComplete, 2
	if err := db.EndExport(t.Context(), j, "one"); !errors.Is(err, ErrNotFound) {
		t.Errorf("complete with other parts: got %v, want ErrNotFound", err)
	}
	j.Parts = 3
	if err := db.EndExport(t.Context(), j, "one"); err != nil {
		t.Fatal(err)
	}
	got = wantExport(t, db, ada, "E1", ExportComplete, 3)
	if string(got.Receipt) != "receipt" || !got.ExpiresAt.Equal(noon.Add(time.Hour)) || !got.WaitingSince.IsZero() || !got.LeaseUntil.IsZero() {
		t.Errorf("complete: got %+v", got)
	}
	if list, err := db.Exports(t.Context(), ada.ID); err != nil || len(list) != 1 || len(list[0].Receipt) != 0 || len(list[0].Walk) != 0 || !bytes.Equal(list[0].Spec, begun.Spec) {
		t.Errorf("list: got %+v, %v, want the job without its walk and receipt", list, err)
	}
}

// Another's is as if it were not there, whatever one tries.
func testExportIsItsOwners(t *testing.T, db *DB) {
	ada, bob := addUser(t, db, "ada@example.com", auth.Finance), addUser(t, db, "bob@example.com", auth.Admin)
	addExport(t, db, exportOf("E1", ada, noon))
	_, err := db.Export(t.Context(), "E1", bob.ID)
	_, cancel := db.CancelExport(t.Context(), "E1", bob.ID, noon, noon)
	for name, err := range map[string]error{"open": err, "cancel": cancel, "delete": db.DeleteExport(t.Context(), "E1", bob.ID)} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s another's: got %v, want ErrNotFound", name, err)
		}
	}
	if list, err := db.Exports(t.Context(), bob.ID); err != nil || len(list) != 0 {
		t.Errorf("list: got %v, %v, want none", list, err)
	}
	wantExport(t, db, ada, "E1", ExportQueued, 0)
}

func testExportBounds(t *testing.T, db *DB) {
	ada, bob := addUser(t, db, "ada@example.com", auth.Finance), addUser(t, db, "bob@example.com", auth.Finance)
	for i := range MaxExportsUnderWay {
		addExport(t, db, exportOf(fmt.Sprintf("E%d", i), ada, noon))
	}
	takeExport(t, db, "E0", "one", noon) // counts while it is worked on
	if err := db.AddExport(t.Context(), exportOf("E9", ada, noon)); !errors.Is(err, ErrTooManyExportsUnderWay) {
		t.Errorf("one too many under way: got %v, want ErrTooManyExportsUnderWay", err)
	}
	addExport(t, db, exportOf("other", bob, noon))
	if _, err := db.CancelExport(t.Context(), "E1", ada.ID, noon, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	addExport(t, db, exportOf("E9", ada, noon))

	for i := range MaxExports {
		id := fmt.Sprintf("C%03d", i)
		addExport(t, db, exportOf(id, bob, noon))
		completeExport(t, db, id, 0, noon)
	}
	if err := db.AddExport(t.Context(), exportOf("more", bob, noon)); !errors.Is(err, ErrTooManyExports) {
		t.Errorf("one too many kept: got %v, want ErrTooManyExports", err)
	}
	if err := db.DeleteExport(t.Context(), "C007", bob.ID); err != nil {
		t.Fatal(err)
	}
	addExport(t, db, exportOf("more", bob, noon))
}

func testExportLease(t *testing.T, db *DB) {
	ctx := t.Context()
	ada := addUser(t, db, "ada@example.com", auth.Finance)
	addExport(t, db, exportOf("E1", ada, noon))
	j := saveExport(t, db, takeExport(t, db, "E1", "one", noon), "one", noon)
	if _, _, err := db.TakeExport(ctx, "E1", "two", "", noon.Add(29*time.Second), noon.Add(time.Minute)); !errors.Is(err, ErrNotFound) {
		t.Errorf("take while the lease lasts: got %v, want ErrNotFound", err)
	}
	if list, err := db.WaitingExports(ctx, noon, 9); err != nil || len(list) != 0 {
		t.Errorf("waiting: got %v, %v, want none", list, err)
	}
	// It died: the next goes on from the last part.
	later := noon.Add(31 * time.Second)
	if list, err := db.WaitingExports(ctx, later, 9); err != nil || len(list) != 1 || list[0].ID != "E1" {
		t.Errorf("waiting after the lease: got %v, %v, want the job", list, err)
	}
	two := takeExport(t, db, "E1", "two", later)
	if two.Parts != 1 || string(two.Walk) != "walk behind 1" || two.Attempts != 1 {
		t.Errorf("taken over: got %d parts, %q and attempt %d, want the first's work", two.Parts, two.Walk, two.Attempts)
	}
	// It was not dead: nothing that it writes counts.
	failed := j
	failed.State = ExportFailed
	_, save := db.SaveExportPart(ctx, j.next(later), "one", []byte("stolen"))
	_, renew := db.RenewExport(ctx, j, "one")
	for name, err := range map[string]error{"save": save, "renew": renew, "end": db.EndExport(ctx, failed, "one")} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s by who had it before: got %v, want ErrNotFound", name, err)
		}
	}
	if err := db.ReleaseExport(ctx, "E1", "one"); err != nil {
		t.Fatal(err)
	}
	two = saveExport(t, db, two, "two", later)
	// The same part twice, or one too far: an answer that was lost must not double rows.
	again := two
	again.Parts--
	for name, j := range map[string]ExportJob{"again": again.next(later), "too far": two.next(later).next(later)} {
		if _, err := db.SaveExportPart(ctx, j, "two", []byte("x")); !errors.Is(err, ErrNotFound) {
			t.Errorf("a part %s: got %v, want ErrNotFound", name, err)
		}
	}
	if err := db.ReleaseExport(ctx, "E1", "two"); err != nil {
		t.Fatal(err)
	}
	wantExport(t, db, ada, "E1", ExportQueued, 2)
	takeExport(t, db, "E1", "three", later)
	if n := partsKept(t, db, "E1"); n != 2 {
		t.Errorf("got %d parts, want 2", n)
	}
}

// Of many that want a job at once, one gets it.
func testExportLeaseAtOnce(t *testing.T, db *DB) {
	ada := addUser(t, db, "ada@example.com", auth.Finance)
	addExport(t, db, exportOf("E1", ada, noon))
	var got atomic.Int32
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			_, _, err := db.TakeExport(t.Context(), "E1", fmt.Sprintf("holder %d", i), "", noon, noon.Add(time.Minute))
			switch {
			case err == nil:
				got.Add(1)
			case !errors.Is(err, ErrNotFound):
				t.Errorf("holder %d: got %v, want the lease or ErrNotFound", i, err)
			}
		})
	}
	all.Wait()
	if got.Load() != 1 {
		t.Errorf("got %d holders, want 1", got.Load())
	}
}

// Two that both take themselves for the holder write side by side. What is kept is one unbroken row of parts, and the
// walk is the last part's.
func testExportTwoHolders(t *testing.T, db *DB) {
	ada := addUser(t, db, "ada@example.com", auth.Finance)
	addExport(t, db, exportOf("E1", ada, noon))
	var all sync.WaitGroup
	for h := range 4 {
		all.Go(func() {
			holder := fmt.Sprintf("holder %d", h)
			for i := range 25 {
				now := noon.Add(time.Duration(i) * time.Minute) // each lease has run out by the next turn
				j, _, err := db.TakeExport(t.Context(), "E1", holder, "", now, now.Add(time.Second))
				if err != nil {
					continue
				}
				for err == nil {
					j = j.next(now)
					j.LeaseUntil = now.Add(time.Second)
					j.Walk = fmt.Appendf(nil, "%s %d", holder, j.Parts)
					if _, err = db.SaveExportPart(t.Context(), j, holder, j.Walk); j.Parts%7 == 6 {
						break
					}
				}
			}
		})
	}
	all.Wait()
	j, err := db.Export(t.Context(), "E1", ada.ID)
	if err != nil || j.Parts == 0 || j.Rows != j.Parts*970 {
		t.Fatalf("got %d parts and %d rows, %v, want some, 970 rows each", j.Parts, j.Rows, err)
	}
	if n := partsKept(t, db, "E1"); n != j.Parts {
		t.Errorf("got %d parts kept, want %d", n, j.Parts)
	}
	if last, err := db.ExportPart(t.Context(), "E1", j.Parts); err != nil || !bytes.Equal(last, j.Walk) {
		t.Errorf("the last part is %q, %v, and the walk %q, want both by the same", last, err, j.Walk)
	}
}

func testExportCancelAndDelete(t *testing.T, db *DB) {
	ctx := t.Context()
	ada := addUser(t, db, "ada@example.com", auth.Finance)
	for _, id := range []string{"canceled", "deleted", "complete"} {
		addExport(t, db, exportOf(id, ada, noon))
	}
	completeExport(t, db, "complete", 2, noon)
	canceled := saveExport(t, db, takeExport(t, db, "canceled", "one", noon), "one", noon)
	deleted := saveExport(t, db, takeExport(t, db, "deleted", "one", noon), "one", noon)
	if state, err := db.CancelExport(ctx, "canceled", ada.ID, noon, noon.Add(time.Hour)); err != nil || state != ExportCanceled {
		t.Errorf("cancel: got %q, %v", state, err)
	}
	if err := db.DeleteExport(ctx, "deleted", ada.ID); err != nil {
		t.Fatal(err)
	}
	for _, j := range []ExportJob{canceled, deleted} {
		if _, err := db.SaveExportPart(ctx, j.next(noon), "one", []byte("late")); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: save: got %v, want ErrNotFound", j.ID, err)
		}
		j.State = ExportComplete
		if err := db.EndExport(ctx, j, "one"); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: end: got %v, want ErrNotFound", j.ID, err)
		}
		if err := db.ReleaseExport(ctx, j.ID, "one"); err != nil {
			t.Errorf("%s: release: %v", j.ID, err)
		}
		if _, _, err := db.TakeExport(ctx, j.ID, "two", "", noon.Add(time.Hour), noon.Add(2*time.Hour)); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: take: got %v, want ErrNotFound", j.ID, err)
		}
		if _, err := db.ExportPart(ctx, j.ID, 1); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: read: got %v, want ErrNotFound", j.ID, err)
		}
	}
	if state, err := db.CancelExport(ctx, "complete", ada.ID, noon, noon.Add(time.Hour)); err != nil || state != ExportComplete {
		t.Errorf("cancel of a complete one: got %q, %v, want it as it was", state, err)
	}
	if err := db.DeleteExport(ctx, "deleted", ada.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("delete again: got %v, want ErrNotFound", err)
	}
	if err := db.ClearExports(ctx); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]int{"canceled": 0, "deleted": 0, "complete": 2} {
		if n := partsKept(t, db, id); n != want {
			t.Errorf("%s: got %d parts after clearing, want %d", id, n, want)
		}
	}
	wantExport(t, db, ada, "canceled", ExportCanceled, 1)
	var n int
	if err := db.sql.QueryRowContext(ctx, `SELECT count(*) FROM export_jobs`).Scan(&n); err != nil || n != 2 {
		t.Errorf("got %d jobs, %v, want the deleted one gone", n, err)
	}
}

// The order is round robin over users, whoever asked for the most.
func testExportFairOrder(t *testing.T, db *DB) {
	ada, bob, eve := addUser(t, db, "ada@example.com", auth.Finance), addUser(t, db, "bob@example.com", auth.Finance), addUser(t, db, "eve@example.com", auth.Finance)
	for i := range 4 {
		addExport(t, db, exportOf(fmt.Sprintf("ada%d", i), ada, noon.Add(time.Duration(i)*time.Second)))
	}
	addExport(t, db, exportOf("bob0", bob, noon.Add(time.Minute)))
	addExport(t, db, exportOf("eve0", eve, noon.Add(2*time.Minute)))
	addExport(t, db, exportOf("eve1", eve, noon.Add(2*time.Minute)))

	now := noon.Add(time.Hour)
	var order []string
	for range 5 {
		list, err := db.WaitingExports(t.Context(), now, 9)
		if err != nil || len(list) == 0 {
			t.Fatalf("got %v, %v, want somebody waiting", list, err)
		}
		order = append(order, list[0].ID)
		takeExport(t, db, list[0].ID, list[0].ID, now)
		now = now.Add(time.Second)
	}
	if want := []string{"ada0", "bob0", "eve0", "ada1", "eve1"}; !slices.Equal(order, want) {
		t.Errorf("taken one after the other: got %v, want %v", order, want)
	}
	// Two of one user are worked on, whoever asks for more.
	if _, _, err := db.TakeExport(t.Context(), "ada2", "one", "", now, now.Add(time.Second)); !errors.Is(err, ErrNotFound) {
		t.Errorf("a third of one user: got error %v, want ErrNotFound", err)
	}
	// Whose turn was the longest ago comes first, whatever else waits.
	for _, id := range []string{"bob0", "ada0", "eve0"} {
		if err := db.ReleaseExport(t.Context(), id, id); err != nil {
			t.Fatal(err)
		}
	}
	list, err := db.WaitingExports(t.Context(), now, 9)
	order = nil
	for _, w := range list {
		order = append(order, fmt.Sprint(w.ID, " ", w.Busy))
	}
	if want := []string{"bob0 0", "ada2 1", "ada3 1", "ada0 1", "eve0 1"}; err != nil || !slices.Equal(order, want) {
		t.Errorf("released: got %v, %v, want %v", order, err, want)
	}
}

func testExportExpiry(t *testing.T, db *DB) {
	ctx := t.Context()
	ada := addUser(t, db, "ada@example.com", auth.Finance)
	for _, id := range []string{"complete", "canceled", "running"} {
		addExport(t, db, exportOf(id, ada, noon))
	}
	completeExport(t, db, "complete", 3, noon) // expires in an hour
	if _, err := db.CancelExport(ctx, "canceled", ada.ID, noon, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	saveExport(t, db, takeExport(t, db, "running", "one", noon), "one", noon)
	remember := noon.Add(90 * 24 * time.Hour)
	if err := db.ExpireExports(ctx, noon.Add(59*time.Minute), remember); err != nil {
		t.Fatal(err)
	}
	wantExport(t, db, ada, "complete", ExportComplete, 3)
	if err := db.ExpireExports(ctx, noon.Add(time.Hour), remember); err != nil {
		t.Fatal(err)
	}
	if j := wantExport(t, db, ada, "complete", ExportExpired, 3); string(j.Receipt) != "receipt" || !j.ExpiresAt.Equal(remember) || partsKept(t, db, "complete") != 0 {
		t.Errorf("expired: got receipt %q until %v and %d parts, want the receipt alone", j.Receipt, j.ExpiresAt, partsKept(t, db, "complete"))
	}
	if _, err := db.Export(ctx, "canceled", ada.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("canceled: got %v, want it gone", err)
	}
	wantExport(t, db, ada, "running", ExportCollecting, 1)
	if err := db.ExpireExports(ctx, remember, remember.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Export(ctx, "complete", ada.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("remembered long enough: got %v, want it gone", err)
	}
	wantExport(t, db, ada, "running", ExportCollecting, 1)
}

// Deleting a large export is interrupted and gone on with, and others write meanwhile.
func testExportClearing(t *testing.T, db *DB) {
	ada := addUser(t, db, "ada@example.com", auth.Finance)
	addExport(t, db, exportOf("E1", ada, noon))
	completeExport(t, db, "E1", 5*clearedAtOnce+3, noon)
	if err := db.DeleteExport(t.Context(), "E1", ada.ID); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cleared := make(chan error)
	go func() { cleared <- db.ClearExports(ctx) }()
	for partsKept(t, db, "E1") > 4*clearedAtOnce+3 {
		addExport(t, db, exportOf("other", ada, noon))
		if err := db.DeleteExport(t.Context(), "other", ada.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := db.sql.ExecContext(t.Context(), `DELETE FROM export_jobs WHERE id = 'other'`); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-cleared; err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := db.ClearExports(t.Context()); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.sql.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM export_jobs) + (SELECT count(*) FROM export_parts)`).Scan(&n); err != nil || n != 0 {
		t.Errorf("got %d rows, %v, want none", n, err)
	}
}
