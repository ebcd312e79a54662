package store

import (
	"maps"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
)

func TestHealth(t *testing.T) {
	for engine, open := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			t.Cleanup(func() { _ = db.Close() })
			testSchemaKnown(t, db)
			testTryAudit(t, db)
			testFigures(t, db)
			if p := db.Pool(); p.Open < 1 || p.Max < p.Open {
				t.Errorf("the pool: got %+v, want a connection at least and no more than Max", p)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if err := db.TryAudit(t.Context()); err == nil {
				t.Error("a closed database: got no error from the audit")
			}
			if _, err := db.Figures(t.Context(), time.Time{}, time.Time{}); err == nil {
				t.Error("a closed database: got no error from the counts")
			}
		})
	}
}

func testSchemaKnown(t *testing.T, db *DB) {
	t.Helper()
	have, err := db.SchemaVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if known, err := db.KnownSchema(); err != nil || known != have || known < 11 {
		t.Errorf("got schema %d known, %v, and %d in a database brought up to date, want the same", known, err, have)
	}
}

// A try leaves the chain as it was, and works between records.
func testTryAudit(t *testing.T, db *DB) {
	t.Helper()
	for range 2 {
		if err := db.TryAudit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := db.AppendAudit(t.Context(), audit.Event{Time: time.Now(), Action: audit.View, Result: audit.Allowed}); err != nil {
			t.Fatal(err)
		}
	}
	if n, _, err := db.VerifyAudit(t.Context()); err != nil || n != 2 {
		t.Errorf("got %d good records, %v, want the 2 that were written", n, err)
	}
}

func testFigures(t *testing.T, db *DB) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	var users []auth.User
	for _, email := range []string{"ann@example.com", "bob@example.com", "eve@example.com"} {
		u, err := db.CreateUser(ctx, email, auth.Finance, "hash")
		if err != nil {
			t.Fatal(err)
		}
		users = append(users, u)
	}
	login := func(id string, u auth.User, started, seen time.Time) {
		if err := db.StartLogin(ctx, auth.Login{ID: id, UserID: u.ID, Generation: u.Generation, StartedAt: started, LastSeenAt: seen}); err != nil {
			t.Fatal(err)
		}
	}
	login("good", users[0], now.Add(-time.Hour), now)
	login("idle", users[0], now.Add(-5*time.Hour), now.Add(-4*time.Hour))
	login("old", users[0], now.Add(-13*time.Hour), now)
	login("ended", users[0], now, now)
	login("disabled", users[1], now, now)
	if err := db.EndLogin(ctx, "ended", now); err != nil {
		t.Fatal(err)
	}
	if err := db.SetDisabled(ctx, users[1].ID, true); err != nil {
		t.Fatal(err)
	}
	for token, expiry := range map[string]time.Time{"a": now.Add(time.Hour), "b": now.Add(-time.Hour)} {
		if err := db.Sessions().CommitCtx(ctx, token, []byte("x"), expiry); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"one", "two", "gone"} {
		if err := db.AddExport(ctx, ExportJob{ID: id, UserID: users[2].ID, Format: "csv", Spec: []byte("s"), CreatedAt: now}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.CancelExport(ctx, "two", users[2].ID, now, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := db.DeleteExport(ctx, "gone", users[2].ID); err != nil {
		t.Fatal(err)
	}
	addWorksheet(t, db, worksheet("sheet", users[2], now))
	addWorksheet(t, db, worksheet("late", users[2], now.Add(-25*time.Hour)))

	got, err := db.Figures(ctx, now.Add(-12*time.Hour), now.Add(-2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got.Logins != 1 || got.Sessions != 1 {
		t.Errorf("got %d logins and %d sessions, want 1 of each", got.Logins, got.Sessions)
	}
	if want := map[ExportState]int64{ExportQueued: 1, ExportCanceled: 1}; !maps.Equal(got.Exports, want) {
		t.Errorf("exports: got %v, want %v", got.Exports, want)
	}
	if want := map[WorksheetState]int64{WorksheetRunning: 1}; !maps.Equal(got.Worksheets, want) {
		t.Errorf("worksheets: got %v, want %v", got.Worksheets, want)
	}
}
