package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"trustlyportal/auth"
)

// A login that comes along with its session is as it is then, and nobody else's.
func testReadAhead(t *testing.T, db *DB) {
	ada, bob := addUser(t, db, "ada@example.com", auth.Support), addUser(t, db, "bob@example.com", auth.Finance)
	startLogin(t, db, ada, "A")
	startLogin(t, db, bob, "B")
	sessions := db.Sessions()
	for _, token := range []string{"SA", "SB"} {
		if err := sessions.Commit(token, []byte("data of "+token), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	// request is one with that session, which turns out to have that login.
	request := func(token, id string) (ahead, said string) {
		t.Helper()
		ctx := ReadingAhead(t.Context())
		data, found, err := sessions.FindCtx(ctx, token)
		if !found || string(data) != "data of "+token || err != nil {
			t.Errorf("session %s: got %q, %v, %v", token, data, found, err)
		}
		ahead = readAheadFrom(ctx).login.ID
		for i := range 2 { // by what was read ahead, and by what is read now
			l, u, err := db.LoginWithUser(ctx, id)
			got := fmt.Sprint(l.ID, " ", u.Email, " ", u.Role, " ", l.UserID == u.ID, " ", l.EndedAt.IsZero())
			if err != nil {
				got = fmt.Sprint(errors.Is(err, ErrNotFound))
			}
			if i > 0 && got != said {
				t.Errorf("got %q, then %q", said, got)
			}
			said = got
		}
		return ahead, said
	}
	for i, one := range []struct {
		token, id   string
		change      func() error
		ahead, want string
	}{
		{"SA", "A", nil, "", "A ada@example.com support true true"},
		{"SA", "A", nil, "A", "A ada@example.com support true true"},
		{"SB", "B", nil, "", "B bob@example.com finance true true"},
		{"SB", "A", nil, "B", "A ada@example.com support true true"}, // another login, in spite of what was thought
		{"SB", "B", nil, "A", "B bob@example.com finance true true"},
		{"SA", "A", func() error { return db.SetRole(t.Context(), ada.ID, auth.Admin) }, "A", "A ada@example.com admin true false"},
		{"SA", "A", func() error { return db.EndLogin(t.Context(), "A", noon) }, "A", "A ada@example.com admin true false"},
		{"SA", "A", func() error { return db.DeleteLogins(t.Context(), noon.Add(time.Hour)) }, "", "true"},
		{"SB", "none", nil, "", "true"},
	} {
		if one.change != nil {
			if err := one.change(); err != nil {
				t.Fatal(err)
			}
		}
		if ahead, got := request(one.token, one.id); ahead != one.ahead || got != one.want {
			t.Errorf("%d: got %q ahead and then %q, want %q and %q", i, ahead, got, one.ahead, one.want)
		}
	}
	ctx := ReadingAhead(t.Context())
	if _, _, err := db.LoginWithUser(ctx, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("no login: got %v, want %v", err, ErrNotFound)
	}
	startLogin(t, db, bob, "C")
	request("SB", "C")
	if _, _, err := sessions.FindCtx(ctx, "SB"); err != nil || readAheadFrom(ctx).login.ID != "C" {
		t.Fatalf("got %q ahead, %v, want C", readAheadFrom(ctx).login.ID, err)
	}
	for _, ended := range []bool{false, true} { // who asks twice in one request is told what is
		if l, _, err := db.LoginWithUser(ctx, "C"); err != nil || l.EndedAt.IsZero() == ended {
			t.Errorf("got the end %v, %v, want one: %v", l.EndedAt, err, ended)
		}
		if err := db.EndLogin(t.Context(), "C", noon); err != nil {
			t.Fatal(err)
		}
	}
	if err := sessions.Delete("SA"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := sessions.FindCtx(ReadingAhead(t.Context()), "SA"); found || err != nil {
		t.Errorf("a session that is gone: got %v, %v, want none", found, err)
	}
	for i := range maxLoginNames + 5 {
		a := &readAhead{token: fmt.Sprint(i)}
		db.logins.learn(a, "X")
	}
	if n := len(db.logins.of); n > maxLoginNames {
		t.Errorf("got %d logins' names kept, want at most %d", n, maxLoginNames)
	}
}
