package store

import (
	"path/filepath"
	"testing"
	"time"

	"trustlyportal/auth"
)

// BenchmarkPageRows asks for what a list asks for: the session, its login and the reader's views, with an audit record
// written before each, as they are.
func BenchmarkPageRows(b *testing.B) {
	db, err := Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "portal.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	u, err := db.CreateUser(b.Context(), "ada@example.com", auth.Support, "")
	if err != nil {
		b.Fatal(err)
	}
	if err := db.StartLogin(b.Context(), auth.Login{ID: "L", UserID: u.ID, Generation: u.Generation, StartedAt: noon, LastSeenAt: noon}); err != nil {
		b.Fatal(err)
	}
	sessions := db.Sessions()
	if err := sessions.Commit("S", make([]byte, 250), time.Now().Add(time.Hour)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		if _, err := db.AppendAudit(b.Context(), event(i)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		ctx := ReadingAhead(b.Context())
		if _, found, err := sessions.FindCtx(ctx, "S"); !found || err != nil {
			b.Fatal(found, err)
		}
		if _, _, err := db.LoginWithUser(ctx, "L"); err != nil {
			b.Fatal(err)
		}
		if _, err := db.Views(ctx, u.ID); err != nil {
			b.Fatal(err)
		}
	}
}
