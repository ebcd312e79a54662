package store

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"trustlyportal/auth"
)

const testIssuer = "https://id.example.com"

func testIdentities(t *testing.T, db *DB) {
	ctx := t.Context()
	if _, err := db.UserByIdentity(ctx, testIssuer, "ann-1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("nobody yet: got %v, want ErrNotFound", err)
	}
	made, err := db.CreateIdentityUser(ctx, testIssuer, "ann-1", "Ann@example.com", auth.Finance)
	if err != nil {
		t.Fatal(err)
	}
	got, err := db.UserByIdentity(ctx, testIssuer, "ann-1")
	if err != nil || got != made || !got.SSO || got.Email != "ann@example.com" {
		t.Errorf("got %+v, %v, want %+v", got, err, made)
	}
	// Neither the address nor the person makes a second account, and a failure leaves nothing behind.
	if _, err := db.CreateIdentityUser(ctx, testIssuer, "eve-2", "ann@example.com", auth.Admin); !errors.Is(err, ErrConflict) {
		t.Errorf("her address: got %v, want ErrConflict", err)
	}
	if _, err := db.CreateIdentityUser(ctx, testIssuer, "ann-1", "other@example.com", auth.Admin); !errors.Is(err, ErrConflict) {
		t.Errorf("her identity: got %v, want ErrConflict", err)
	}
	if _, err := db.UserByEmail(ctx, "other@example.com"); !errors.Is(err, ErrNotFound) {
		t.Errorf("after a conflict: got %v, want no account left", err)
	}
	// Another provider's person of that name is somebody else.
	if _, err := db.UserByIdentity(ctx, "https://other.example.com", "ann-1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("of another provider: got %v, want ErrNotFound", err)
	}

	bob := addUser(t, db, "bob@example.com", auth.Support)
	if err := db.NoteIdentity(ctx, made.ID, "bob@example.com"); err != nil {
		t.Fatal(err)
	}
	if got, _ := db.UserByIdentity(ctx, testIssuer, "ann-1"); got.Email != "ann@example.com" {
		t.Errorf("the address of somebody else: got %q, want it left alone", got.Email)
	}
	if err := db.NoteIdentity(ctx, made.ID, "Ann.New@example.com"); err != nil {
		t.Fatal(err)
	}
	list, err := db.Identities(ctx)
	if err != nil || len(list) != 1 || list[0].User.Email != "ann.new@example.com" || list[0].Subject != "ann-1" || list[0].UsedAt.IsZero() {
		t.Errorf("got %+v, %v, want Ann under the new address, with her sign-in", list, err)
	}

	l := startLogin(t, db, bob, "bob's")
	if err := db.SetClaimedRole(ctx, bob.ID, auth.Admin); err != nil {
		t.Fatal(err)
	}
	if login, got, err := db.LoginWithUser(ctx, l.ID); err != nil || got.Role != auth.Support || !login.EndedAt.IsZero() {
		t.Errorf("a claim on an account that is not the provider's: got %+v, %v, want it unchanged", got, err)
	}
}

func testLinkIdentity(t *testing.T, db *DB) {
	ctx := t.Context()
	boss, ann := addUser(t, db, "boss@example.com", auth.Admin), addUser(t, db, "ann@example.com", auth.Support)
	startLogin(t, db, ann, "ann's")
	if err := db.LinkIdentity(ctx, ann.ID, testIssuer, "ann-1", auth.Finance); err != nil {
		t.Fatal(err)
	}
	got, hash, err := db.UserForSignIn(ctx, "ann@example.com")
	if err != nil || hash != "" || !got.SSO || got.Role != auth.Finance || got.Generation == ann.Generation {
		t.Errorf("linked: got %+v and a password %v, %v, want no password, the claimed role and a new generation", got, hash != "", err)
	}
	if l, _, err := db.LoginWithUser(ctx, "ann's"); err != nil || l.EndedAt.IsZero() {
		t.Errorf("linked: got the login %+v, %v, want it ended", l, err)
	}
	for name, tt := range map[string]struct {
		id      int64
		subject string
		want    error
	}{
		"again":               {ann.ID, "ann-2", ErrConflict},
		"the person is taken": {boss.ID, "ann-1", ErrConflict},
		"nobody":              {4711, "x", ErrNotFound},
		"the last admin":      {boss.ID, "boss-1", ErrLastAdmin},
	} {
		role := auth.Admin
		if errors.Is(tt.want, ErrLastAdmin) {
			role = auth.Support
		}
		if err := db.LinkIdentity(ctx, tt.id, testIssuer, tt.subject, role); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	if got, hash, err := db.UserForSignIn(ctx, "boss@example.com"); err != nil || got != boss || hash == "" {
		t.Errorf("after refusals: got %+v, %v, want nothing changed", got, err)
	}
	// The provider's claim takes the last administrator's role; what the portal does can't.
	if err := db.LinkIdentity(ctx, boss.ID, testIssuer, "boss-1", auth.Admin); err != nil {
		t.Fatal(err)
	}
	if err := db.SetClaimedRole(ctx, boss.ID, auth.Support); err != nil {
		t.Errorf("claimed: got %v, want the role taken", err)
	}
	if err := db.UnlinkIdentity(ctx, ann.ID); err != nil {
		t.Error(err)
	}
	if got, err := db.UserByEmail(ctx, "ann@example.com"); err != nil || got.SSO {
		t.Errorf("unlinked: got %+v, %v", got, err)
	}
	if err := db.UnlinkIdentity(ctx, ann.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("unlinked twice: got %v, want ErrNotFound", err)
	}
}

// Whoever comes first in two tabs gets one account, on two connections at once.
func testIdentitiesAtOnce(t *testing.T, db *DB) {
	var made sync.Map
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			u, err := db.CreateIdentityUser(t.Context(), testIssuer, "ann-1", "ann@example.com", auth.Support)
			if err == nil {
				made.Store(u.ID, true)
			} else if !errors.Is(err, ErrConflict) {
				t.Errorf("got %v, want ErrConflict for all but one", err)
			}
		})
	}
	group.Wait()
	n := 0
	made.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("got %d accounts, want 1", n)
	}
}

func testSSOLogins(t *testing.T, db *DB) {
	ctx := t.Context()
	start := time.UnixMilli(1_795_000_000_000).UTC()
	login := func(u auth.User, id, session string, at time.Time) {
		t.Helper()
		l := auth.Login{ID: id, UserID: u.ID, Generation: u.Generation, Means: auth.BySSO, ProvedAt: at, StartedAt: at, LastSeenAt: at}
		if err := db.StartLogin(ctx, l); err != nil {
			t.Fatal(err)
		}
		if err := db.KeepSSOLogin(ctx, SSOLogin{LoginID: id, Issuer: testIssuer, SessionID: session, IDToken: []byte("sealed"), ProvedAt: at.Add(-time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	user := func(subject string) auth.User {
		t.Helper()
		u, err := db.CreateIdentityUser(ctx, testIssuer, subject, subject+"@example.com", auth.Support)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	ann, bob := user("ann"), user("bob")
	login(ann, "one", "s1", start)
	login(ann, "two", "s2", start)
	login(ann, "unnamed", "", start)
	login(ann, "later", "s1", start.Add(time.Hour))
	login(bob, "bob's", "s3", start)

	kept, err := db.SSOLogin(ctx, "one")
	if err != nil || kept.SessionID != "s1" || kept.Issuer != testIssuer || string(kept.IDToken) != "sealed" {
		t.Errorf("got %+v, %v, want what was kept", kept, err)
	}
	if l, _, err := db.LoginWithUser(ctx, "one"); err != nil || !l.ProvedAt.Equal(start.Add(-time.Hour)) {
		t.Errorf("got proved at %v, %v, want when the provider says", l.ProvedAt, err)
	}
	open := func() (ids []string) {
		t.Helper()
		for _, id := range []string{"one", "two", "unnamed", "later", "bob's"} {
			if l, _, err := db.LoginWithUser(ctx, id); err != nil {
				t.Fatal(err)
			} else if l.EndedAt.IsZero() {
				ids = append(ids, id)
			}
		}
		return ids
	}
	for _, tt := range []struct {
		name, issuer, subject, session string
		until                          time.Time
		ended                          int
		open                           []string
	}{
		{"nobody", testIssuer, "", "", start, 0, []string{"one", "two", "unnamed", "later", "bob's"}},
		{"another provider", "https://other.example.com", "ann", "s1", start, 0, []string{"one", "two", "unnamed", "later", "bob's"}},
		{"another person's session", testIssuer, "bob", "s1", start, 0, []string{"one", "two", "unnamed", "later", "bob's"}},
		{"a session", testIssuer, "", "s1", start, 1, []string{"two", "unnamed", "later", "bob's"}},
		{"a session of a person", testIssuer, "ann", "s2", start, 2, []string{"later", "bob's"}},
		{"a person", testIssuer, "ann", "", start.Add(2 * time.Hour), 1, []string{"bob's"}},
		{"again", testIssuer, "ann", "", start.Add(2 * time.Hour), 0, []string{"bob's"}},
	} {
		users, err := db.EndSSOLogins(ctx, tt.issuer, tt.subject, tt.session, tt.until)
		if err != nil || len(users) != tt.ended {
			t.Errorf("%s: got %v ended, %v, want %d", tt.name, users, err, tt.ended)
		}
		if got := open(); !slices.Equal(got, tt.open) {
			t.Errorf("%s: got %v open, want %v", tt.name, got, tt.open)
		}
	}
	if err := db.DeleteSSOLogins(ctx, start); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SSOLogin(ctx, "one"); !errors.Is(err, ErrNotFound) {
		t.Errorf("of an ended login: got %v, want it deleted", err)
	}
	if _, err := db.SSOLogin(ctx, "bob's"); err != nil {
		t.Errorf("of an open login: got %v, want it kept", err)
	}
	// Deleting old logins takes the rest along.
	if err := db.DeleteLogins(ctx, start.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SSOLogin(ctx, "bob's"); !errors.Is(err, ErrNotFound) {
		t.Errorf("of a deleted login: got %v, want it gone", err)
	}
}
