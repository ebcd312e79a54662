package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"trustlyportal/auth"
)

// invite adds an invitation that expires in an hour, and returns its hash.
func invite(t *testing.T, db *DB, i Invitation) string {
	t.Helper()
	token, hash := auth.NewLinkToken()
	i.ID, i.CreatedAt, i.ExpiresAt = "id "+token, db.now(), db.now().Add(time.Hour)
	if _, err := db.AddInvitation(t.Context(), i, hash); err != nil {
		t.Fatal(err)
	}
	return hash
}

func isOpen(t *testing.T, db *DB, hash string) bool {
	t.Helper()
	i, err := db.InvitationByHash(t.Context(), hash, db.now())
	if err != nil {
		t.Fatal(err)
	}
	return i.Open
}

func testInvitations(t *testing.T, db *DB) {
	ctx := t.Context()
	at := noon
	db.now = func() time.Time { return at }
	root := addUser(t, db, "root@example.com", auth.Admin)
	maker := addUser(t, db, "maker@example.com", auth.Admin)
	hash := invite(t, db, Invitation{Purpose: ToJoin, Email: " New@Example.com", Role: auth.Finance, MadeBy: maker.ID, MadeByEmail: maker.Email})

	got, err := db.InvitationByHash(ctx, hash, at)
	want := Invitation{
		ID: got.ID, Purpose: ToJoin, Email: "new@example.com", Role: auth.Finance, MadeBy: maker.ID, MadeByEmail: maker.Email,
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour), Open: true,
	}
	if err != nil || got != want {
		t.Errorf("InvitationByHash:\ngot  %+v, %v\nwant %+v", got, err, want)
	}
	if all, err := db.OpenInvitations(ctx, db.now()); err != nil || len(all) != 1 || all[0] != want {
		t.Errorf("OpenInvitations: got %+v, %v, want the one", all, err)
	}
	if _, err := db.InvitationByHash(ctx, "another", at); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown link: got error %v, want ErrNotFound", err)
	}

	u, err := db.AcceptInvitation(ctx, hash, "somebody.else@example.com", "hash", db.now())
	if err != nil || u.Email != "new@example.com" || u.Role != auth.Finance || u.ID == 0 {
		t.Fatalf("AcceptInvitation: got %+v, %v", u, err)
	}
	if _, err := db.AcceptInvitation(ctx, hash, "", "hash", db.now()); !errors.Is(err, ErrNotFound) {
		t.Errorf("a second time: got error %v, want ErrNotFound", err)
	}
	if _, err := db.AddInvitation(ctx, Invitation{ID: "x", Purpose: ToJoin, Email: u.Email, Role: auth.Admin}, "x"); !errors.Is(err, ErrConflict) {
		t.Errorf("inviting whoever has an account: got error %v, want ErrConflict", err)
	}

	// What ends a link that nobody used.
	reset := Invitation{Purpose: ToSetPassword, Email: u.Email, UserID: u.ID, MadeBy: maker.ID}
	join := Invitation{Purpose: ToJoin, Email: "later@example.com", Role: auth.Support, MadeBy: maker.ID}
	for _, end := range []struct {
		name string
		of   Invitation
		do   func(id string) error
	}{
		{"time", join, func(string) error { at = at.Add(time.Hour); return nil }},
		{"revoked", join, func(id string) error { return db.RevokeInvitation(ctx, id, at) }},
		{"another for the same", join, func(string) error { invite(t, db, join); return nil }},
		{"an account meanwhile", Invitation{Purpose: ToJoin, Email: "quick@example.com", Role: auth.Support}, func(string) error {
			_, err := db.CreateUser(ctx, "quick@example.com", auth.Support, "")
			return err
		}},
		{"another role", reset, func(string) error { return db.SetRole(ctx, u.ID, auth.Support) }},
		{"another password", reset, func(string) error { return db.SetPassword(ctx, u.ID, "h") }},
		{"the maker demoted", join, func(string) error { return db.SetRole(ctx, maker.ID, auth.Support) }},
		{"the maker disabled", Invitation{Purpose: ToJoin, Email: "last@example.com", Role: auth.Support, MadeBy: root.ID}, func(string) error {
			if err := db.SetRole(ctx, maker.ID, auth.Admin); err != nil {
				return err
			}
			return db.SetDisabled(ctx, root.ID, true)
		}},
	} {
		hash := invite(t, db, end.of)
		i, err := db.InvitationByHash(ctx, hash, at)
		if err != nil || !i.Open {
			t.Fatalf("%s: got %+v, %v before, want it open", end.name, i, err)
		}
		if err := end.do(i.ID); err != nil {
			t.Fatalf("%s: %v", end.name, err)
		}
		if isOpen(t, db, hash) {
			t.Errorf("%s: the link is still open", end.name)
		}
		if _, err := db.AcceptInvitation(ctx, hash, "", "hash", db.now()); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: accepted with %v, want ErrNotFound", end.name, err)
		}
	}
	if err := db.RevokeInvitation(ctx, "nothing", at); !errors.Is(err, ErrNotFound) {
		t.Errorf("revoking nothing: got %v, want ErrNotFound", err)
	}
	if err := db.DeleteInvitations(ctx, at.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.InvitationByHash(ctx, hash, at); !errors.Is(err, ErrNotFound) {
		t.Errorf("a deleted link: got %v, want ErrNotFound", err)
	}
}

// A link for a password ends the logins of its user, and is none for whoever is disabled.
func testPasswordLink(t *testing.T, db *DB) {
	ctx := t.Context()
	u := addUser(t, db, "ada@example.com", auth.Support)
	l := startLogin(t, db, u, "login")
	hash := invite(t, db, Invitation{Purpose: ToSetPassword, Email: u.Email, UserID: u.ID})
	got, err := db.AcceptInvitation(ctx, hash, "", "new hash", db.now())
	if err != nil || got.ID != u.ID || got.Generation != u.Generation+1 {
		t.Fatalf("AcceptInvitation: got %+v, %v, want the next generation of %+v", got, err, u)
	}
	if _, kept, err := db.UserForSignIn(ctx, u.Email); err != nil || kept != "new hash" {
		t.Errorf("the password's hash: got %q, %v", kept, err)
	}
	if l, _, err = db.LoginWithUser(ctx, l.ID); err != nil || l.EndedAt.IsZero() {
		t.Errorf("the login: got %+v, %v, want it ended", l, err)
	}
	if err := db.SetDisabled(ctx, u.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := db.AddInvitation(ctx, Invitation{ID: "x", Purpose: ToSetPassword, UserID: u.ID}, "x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a link for a disabled user: got %v, want ErrNotFound", err)
	}
}

// One link makes one administrator, whoever accepts how often at once.
func testSetUpLink(t *testing.T, db *DB) {
	ctx := t.Context()
	first := invite(t, db, Invitation{Purpose: ToSetUp})
	second := invite(t, db, Invitation{Purpose: ToSetUp}) // of another process
	if isOpen(t, db, first) || !isOpen(t, db, second) {
		t.Error("two links to set up: want the newest alone to be open")
	}
	var made sync.Map
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			u, err := db.AcceptInvitation(ctx, second, fmt.Sprintf(" Boss%d@example.com", i), "hash", db.now())
			switch {
			case err == nil:
				made.Store(u.Email, u.Role)
			case !errors.Is(err, ErrNotFound):
				t.Errorf("accepting at once: got %v, want ErrNotFound", err)
			}
		})
	}
	all.Wait()
	n := 0
	made.Range(func(_, role any) bool {
		n++
		return role == auth.Admin
	})
	if users, err := db.Users(ctx); err != nil || n != 1 || len(users) != 1 || users[0].Role != auth.Admin {
		t.Errorf("got %d accepted and the users %+v, %v, want one administrator", n, users, err)
	}
	if _, err := db.AddInvitation(ctx, Invitation{ID: "x", Purpose: ToSetUp}, "x"); !errors.Is(err, ErrConflict) {
		t.Errorf("to set up once more: got %v, want ErrConflict", err)
	}
	if all, err := db.OpenInvitations(ctx, db.now()); err != nil || len(all) != 0 {
		t.Errorf("OpenInvitations: got %+v, %v, want none", all, err)
	}
}

func testAccounts(t *testing.T, db *DB) {
	ctx := t.Context()
	db.now = func() time.Time { return noon }
	ada, bob := addUser(t, db, "ada@example.com", auth.Admin), addUser(t, db, "bob@example.com", auth.Support)
	startLogin(t, db, bob, "one")
	if err := db.SetPassword(ctx, bob.ID, ""); err != nil {
		t.Fatal(err)
	}
	bob.Generation++
	want := []Account{{User: ada, HasPassword: true}, {User: bob, LastSeenAt: noon}}
	if got, err := db.Accounts(ctx); err != nil || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("Accounts:\ngot  %+v, %v\nwant %+v", got, err, want)
	}
	if got, err := db.Account(ctx, bob.ID); err != nil || got != want[1] {
		t.Errorf("Account: got %+v, %v, want %+v", got, err, want[1])
	}
	if _, err := db.Account(ctx, 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("Account of nobody: got %v, want ErrNotFound", err)
	}
	for id, want := range map[int64]bool{ada.ID: true, bob.ID: false, 99: false} {
		if got, err := db.IsLastAdmin(ctx, id); err != nil || got != want {
			t.Errorf("IsLastAdmin(%d): got %v, %v, want %v", id, got, err, want)
		}
	}
	addUser(t, db, "eve@example.com", auth.Admin)
	if got, err := db.IsLastAdmin(ctx, ada.ID); err != nil || got {
		t.Errorf("IsLastAdmin with another: got %v, %v", got, err)
	}
}

// Changing one's own password keeps the one login, and only while the account is what the reader saw.
func testChangePassword(t *testing.T, db *DB) {
	ctx := t.Context()
	u := addUser(t, db, "ada@example.com", auth.Support)
	startLogin(t, db, u, "here")
	startLogin(t, db, u, "elsewhere")
	by := auth.Identity{LoginID: "here", User: u}
	if err := db.ChangePassword(ctx, by, "new"); err != nil {
		t.Fatal(err)
	}
	open, err := db.OpenLogins(ctx, u.ID)
	if err != nil || len(open) != 1 || open[0].ID != "here" || open[0].Generation != u.Generation+1 || open[0].Address != "192.0.2.7" {
		t.Errorf("open logins: got %+v, %v, want the one that asked", open, err)
	}
	if err := db.ChangePassword(ctx, by, "once more"); !errors.Is(err, ErrNotFound) {
		t.Errorf("as the user was before: got %v, want ErrNotFound", err)
	}
	startLogin(t, db, auth.User{ID: u.ID, Generation: u.Generation + 1}, "third")
	startLogin(t, db, auth.User{ID: u.ID, Generation: u.Generation + 1}, "fourth")
	other := addUser(t, db, "bob@example.com", auth.Support)
	if err := db.EndLoginOf(ctx, other.ID, "third"); !errors.Is(err, ErrNotFound) {
		t.Errorf("ending somebody else's: got %v, want ErrNotFound", err)
	}
	if err := db.EndLoginOf(ctx, u.ID, "third"); err != nil {
		t.Error(err)
	}
	if err := db.EndLoginOf(ctx, u.ID, "third"); !errors.Is(err, ErrNotFound) {
		t.Errorf("ending it twice: got %v, want ErrNotFound", err)
	}
	if err := db.EndOtherLogins(ctx, u.ID, "fourth"); err != nil {
		t.Error(err)
	}
	if open, err := db.OpenLogins(ctx, u.ID); err != nil || len(open) != 1 || open[0].ID != "fourth" {
		t.Errorf("after ending the others: got %+v, %v", open, err)
	}
}

func testSignedInFrom(t *testing.T, db *DB) {
	ctx := t.Context()
	u := addUser(t, db, "ada@example.com", auth.Support)
	l := auth.Login{ID: "l", UserID: u.ID, Generation: u.Generation, Address: "2001:db8::7", StartedAt: noon, LastSeenAt: noon}
	if err := db.StartLogin(ctx, l); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		email, address string
		since          time.Time
		want           bool
	}{
		{u.Email, "2001:db8::7", noon.Add(-time.Hour), true},
		{u.Email, "2001:db8::8", noon.Add(-time.Hour), true}, // of the same line
		{u.Email, "2001:db8:0:1::7", noon.Add(-time.Hour), false},
		{u.Email, "2001:db8::7", noon, false},
		{"bob@example.com", "2001:db8::7", noon.Add(-time.Hour), false},
	} {
		if got, err := db.SignedInFrom(ctx, tt.email, auth.Network(tt.address), tt.since); err != nil || got != tt.want {
			t.Errorf("%s from %s since %v: got %v, %v, want %v", tt.email, tt.address, tt.since, got, err, tt.want)
		}
	}
}
