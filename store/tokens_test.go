package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/auth"
)

func testTokens(t *testing.T, db *DB) {
	ctx, now := t.Context(), noon
	db.now = func() time.Time { return now }
	ann, bob := addUser(t, db, "ann@example.com", auth.Finance), addUser(t, db, "bob@example.com", auth.Finance)
	keep := func(owner auth.User, name string, scope auth.Scope, life time.Duration) (auth.Token, string) {
		t.Helper()
		text := auth.NewTokenText()
		made, err := db.MakeToken(ctx, auth.Token{OwnerID: owner.ID, Owner: owner.Email, Name: name, Scope: scope, CreatedAt: now, ExpiresAt: now.Add(life)}, text.Hash())
		if err != nil {
			t.Fatal(err)
		}
		return made, text.Hash()
	}
	export := auth.Scope{Kind: auth.ScopeExport}
	first, hash := keep(ann, "nightly", export, time.Hour)
	second, _ := keep(ann, "nightly", auth.Scope{Kind: auth.ScopeView, View: "ab12"}, 2*time.Hour)
	others, _ := keep(bob, "bob's", export, time.Hour)

	got, owner, err := db.TokenWithOwner(ctx, hash)
	if diff := cmp.Diff(first, got); diff != "" || err != nil || owner.ID != ann.ID || owner.Role != ann.Role {
		t.Errorf("by hash: got owner %+v, error %v, token (-want +got)\n%s", owner, err, diff)
	}
	if _, _, err := db.TokenWithOwner(ctx, "nobody's"); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown hash: got %v, want ErrNotFound", err)
	}
	ids := func(tokens []auth.Token, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var all []int64
		for _, token := range tokens {
			all = append(all, token.ID)
		}
		return fmt.Sprint(all)
	}
	if got, want := ids(db.Tokens(ctx, ann.ID)), fmt.Sprint([]int64{second.ID, first.ID}); got != want {
		t.Errorf("Ann's: got %s, want %s", got, want)
	}
	if got, want := ids(db.AllTokens(ctx)), fmt.Sprint([]int64{others.ID, second.ID, first.ID}); got != want {
		t.Errorf("all: got %s, want %s", got, want)
	}

	// The last use moves forward only.
	for _, at := range []time.Time{now.Add(time.Minute), now} {
		if err := db.TouchToken(ctx, first.ID, at, "192.0.2."+fmt.Sprint(at.Minute()%2)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := db.Token(ctx, first.ID); err != nil || !got.UsedAt.Equal(now.Add(time.Minute)) {
		t.Errorf("last use: got %v at %s and %v, want a minute from now", got.UsedAt, got.UsedFrom, err)
	}

	if err := db.RevokeToken(ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	revoked, err := db.Token(ctx, first.ID)
	if err != nil || revoked.RevokedAt.IsZero() || revoked.Works(now) {
		t.Errorf("revoked: got %+v and %v", revoked, err)
	}
	for _, id := range []int64{first.ID, 999} {
		if err := db.RevokeToken(ctx, id); !errors.Is(err, ErrNotFound) {
			t.Errorf("revoke %d: got %v, want ErrNotFound", id, err)
		}
	}
	if again, _ := db.Token(ctx, first.ID); !again.RevokedAt.Equal(revoked.RevokedAt) {
		t.Error("revoking twice moved the time")
	}

	// What ended is deleted in time: Ann's first by its end, Bob's too, her second not yet.
	if err := db.DeleteEndedTokens(ctx, now.Add(90*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got, want := ids(db.AllTokens(ctx)), fmt.Sprint([]int64{second.ID}); got != want {
		t.Errorf("after the end: got %s, want %s", got, want)
	}
	if _, err := db.Token(ctx, first.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleted: got %v, want ErrNotFound", err)
	}

	// So many, and none for a closed account.
	for i := range auth.MaxTokens - 1 {
		keep(ann, fmt.Sprint(i), export, time.Hour)
	}
	_, err = db.MakeToken(ctx, auth.Token{OwnerID: ann.ID, Name: "x", Scope: export, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}, "h1")
	if !errors.Is(err, ErrTooMany) {
		t.Errorf("one too many: got %v, want ErrTooMany", err)
	}
	if _, err = db.MakeToken(ctx, auth.Token{OwnerID: ann.ID, Name: "x", Scope: export, CreatedAt: now.Add(time.Hour), ExpiresAt: now.Add(2 * time.Hour)}, "h2"); err != nil {
		t.Errorf("when they have expired: got %v, want it made", err)
	}
	if err := db.SetDisabled(ctx, bob.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := db.MakeToken(ctx, auth.Token{OwnerID: bob.ID, Name: "x", Scope: export, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}, "h3"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a disabled owner: got %v, want ErrNotFound", err)
	}
}
