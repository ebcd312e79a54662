package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// engines are what the suite runs on: each opens a fresh database with the schema.
var engines = map[string]func(t *testing.T) *DB{
	"sqlite":   func(t *testing.T) *DB { return opened(t, sqliteTemplate.SQLite(t)) },
	"postgres": func(t *testing.T) *DB { return opened(t, postgresTemplate.PostgreSQL(t)) },
}

var sqliteTemplate, postgresTemplate = storetest.Template{Fill: fill}, storetest.Template{Fill: fill}

func fill(ctx context.Context, url string) error {
	_, _, err := Migrate(ctx, url)
	return err
}

func opened(t *testing.T, url string) *DB {
	t.Helper()
	db, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// suite is every test that has to hold on every engine.
var suite = map[string]func(t *testing.T, db *DB){
	"CreateUser":              testCreateUser,
	"FindUser":                testFindUser,
	"ChangesEndLogins":        testChangesEndLogins,
	"LastAdmin":               testLastAdmin,
	"LastAdminAtOnce":         testLastAdminAtOnce,
	"UnknownUser":             testUnknownUser,
	"LoginRoundTrip":          testLoginRoundTrip,
	"LoginOfChangedUser":      testLoginOfChangedUser,
	"TouchAndEnd":             testTouchAndEnd,
	"EndLoginsOfOneUser":      testEndLoginsOfOneUser,
	"DeleteLogins":            testDeleteLogins,
	"Sessions":                testSessions,
	"SessionsOfLeftClients":   testSessionsOfLeftClients,
	"ConcurrentUse":           testConcurrentUse,
	"RefusesAnEndedContext":   testEndedContext,
	"PingAnswersUntilItsShut": testPing,
	"SavedViews":              testSavedViews,
	"OrderOfViews":            testOrderOfViews,
	"DefaultView":             testDefaultView,
	"TooManyViews":            testTooManyViews,
	"PrivateLinks":            testPrivateLinks,
	"PrivateLinkOfView":       testPrivateLinkOfView,
	"Identities":              testIdentities,
	"LinkIdentity":            testLinkIdentity,
	"IdentitiesAtOnce":        testIdentitiesAtOnce,
	"SSOLogins":               testSSOLogins,
	"Tokens":                  testTokens,
	"Invitations":             testInvitations,
	"PasswordLink":            testPasswordLink,
	"SetUpLink":               testSetUpLink,
	"Accounts":                testAccounts,
	"ChangePassword":          testChangePassword,
	"SignedInFrom":            testSignedInFrom,
	"AuditIsOneChain":         testAuditIsOneChain,
	"AuditShowsChanges":       testAuditShowsChanges,
	"AuditPage":               testAuditPage,
	"StepIsUsedOnce":          testStepIsUsedOnce,
	"RecoveryCodesWorkOnce":   testRecoveryCodesWorkOnce,
	"Passkeys":                testPasskeys,
	"FactorsEndOtherLogins":   testFactorsEndOtherLogins,
	"ResetFactors":            testResetFactors,
	"FactorTries":             testFactorTries,
	"ProveLogin":              testProveLogin,
	"AuditPrune":              testAuditPrune,
	"AuditGroups":             testAuditGroups,
	"AuditInLine":             testAuditInLine,
	"Budget":                  testBudget,
	"BudgetIsNewOnce":         testBudgetIsNewOnce,
	"Tries":                   testTries,
	"TriesAtOnce":             testTriesAtOnce,
	"OrderOfTexts":            testOrderOfTexts,
	"SetUpAtOnce":             testSetUpAtOnce,
	"PreparedOnce":            testPreparedOnce,
	"ReadAhead":               testReadAhead,
}

func TestSuite(t *testing.T) {
	for engine, open := range engines {
		t.Run(engine, func(t *testing.T) {
			for name, test := range suite {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					db := open(t)
					t.Cleanup(func() {
						if err := db.Close(); err != nil {
							t.Errorf("Close: %v", err)
						}
					})
					test(t, db)
				})
			}
		})
	}
}

// noon is the time at which the tests' rows are made, to the millisecond that the database keeps.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 7e6, time.UTC)

func addUser(t *testing.T, db *DB, email string, role auth.Role) auth.User {
	t.Helper()
	u, err := db.CreateUser(t.Context(), email, role, "hash of "+email)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func startLogin(t *testing.T, db *DB, u auth.User, id string) auth.Login {
	t.Helper()
	l := auth.Login{
		ID: id, UserID: u.ID, Generation: u.Generation,
		Address: "192.0.2.7", UserAgent: "Browser/1 “quoted”", StartedAt: noon, LastSeenAt: noon,
	}
	if err := db.StartLogin(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	return l
}

func testCreateUser(t *testing.T, db *DB) {
	db.now = func() time.Time { return noon }
	got := addUser(t, db, "  Ada@Example.COM ", auth.Finance)
	want := auth.User{ID: got.ID, Email: "ada@example.com", Role: auth.Finance, CreatedAt: noon, Generation: 1}
	if got != want || got.ID == 0 {
		t.Errorf("CreateUser:\ngot  %+v\nwant %+v with an id", got, want)
	}
	if _, err := db.CreateUser(t.Context(), "ADA@example.com", auth.Admin, ""); !errors.Is(err, ErrConflict) {
		t.Errorf("CreateUser with the address in other case: got error %v, want ErrConflict", err)
	}
	other := addUser(t, db, "bob@example.com", auth.Support)
	users, err := db.Users(t.Context())
	if err != nil || len(users) != 2 || users[0] != want || users[1] != other {
		t.Errorf("Users:\ngot  %+v, %v\nwant %+v", users, err, []auth.User{want, other})
	}
}

func testFindUser(t *testing.T, db *DB) {
	want := addUser(t, db, "ada@example.com", auth.Admin)
	got, hash, err := db.UserForSignIn(t.Context(), "ada@example.com")
	if err != nil || got != want || hash != "hash of ada@example.com" {
		t.Errorf("UserForSignIn: got %+v, %q, %v, want %+v and its hash", got, hash, err, want)
	}
	if got, err := db.UserByEmail(t.Context(), " ADA@example.com"); err != nil || got != want {
		t.Errorf("UserByEmail in other case: got %+v, %v, want %+v", got, err, want)
	}
	if _, err := db.UserByEmail(t.Context(), "ada@example.co_"); !errors.Is(err, ErrNotFound) {
		t.Errorf("UserByEmail of nobody: got error %v, want ErrNotFound", err)
	}
}

func testChangesEndLogins(t *testing.T, db *DB) {
	ctx := t.Context()
	addUser(t, db, "root@example.com", auth.Admin)
	changes := []struct {
		name   string
		change func(id int64) error
		want   func(*auth.User)
		ends   bool
	}{
		{"another role", func(id int64) error { return db.SetRole(ctx, id, auth.Finance) }, func(u *auth.User) { u.Role = auth.Finance }, true},
		{"the same role", func(id int64) error { return db.SetRole(ctx, id, auth.Support) }, func(*auth.User) {}, false},
		{"another password", func(id int64) error { return db.SetPassword(ctx, id, "new") }, func(*auth.User) {}, true},
		{"disabled", func(id int64) error { return db.SetDisabled(ctx, id, true) }, func(u *auth.User) { u.Disabled = true }, true},
		{"enabled already", func(id int64) error { return db.SetDisabled(ctx, id, false) }, func(*auth.User) {}, false},
	}
	for i, c := range changes {
		u := addUser(t, db, fmt.Sprintf("u%d@example.com", i), auth.Support)
		startLogin(t, db, u, c.name)
		if err := c.change(u.ID); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		l, got, err := db.LoginWithUser(ctx, c.name)
		if err != nil {
			t.Fatal(err)
		}
		want := u
		c.want(&want)
		if c.ends {
			want.Generation++
		}
		if got != want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", c.name, got, want)
		}
		if ended := !l.EndedAt.IsZero(); ended != c.ends {
			t.Errorf("%s: login ended is %t, want %t", c.name, ended, c.ends)
		}
	}
	if _, hash, err := db.UserForSignIn(ctx, "u2@example.com"); err != nil || hash != "new" {
		t.Errorf("hash after SetPassword: got %q, %v, want %q", hash, err, "new")
	}
}

func testLastAdmin(t *testing.T, db *DB) {
	ctx := t.Context()
	u := addUser(t, db, "s@example.com", auth.Support)
	if err := db.SetDisabled(ctx, u.ID, true); err != nil {
		t.Errorf("disable somebody while there is no administrator: %v", err)
	}
	a, b := addUser(t, db, "a@example.com", auth.Admin), addUser(t, db, "b@example.com", auth.Admin)
	if err := db.SetDisabled(ctx, a.ID, true); err != nil {
		t.Errorf("disable one of two administrators: %v", err)
	}
	if err := db.SetDisabled(ctx, b.ID, true); !errors.Is(err, ErrLastAdmin) {
		t.Errorf("disable the last administrator: got error %v, want ErrLastAdmin", err)
	}
	if err := db.SetRole(ctx, b.ID, auth.Finance); !errors.Is(err, ErrLastAdmin) {
		t.Errorf("demote the last administrator: got error %v, want ErrLastAdmin", err)
	}
	if got, err := db.UserByEmail(ctx, b.Email); err != nil || got != b {
		t.Errorf("the last administrator afterwards: got %+v, %v, want unchanged %+v", got, err, b)
	}
	if err := db.SetPassword(ctx, b.ID, "new"); err != nil {
		t.Errorf("new password for the last administrator: %v", err)
	}
	if err := db.SetDisabled(ctx, a.ID, false); err != nil {
		t.Errorf("enable the other: %v", err)
	}
	if err := db.SetRole(ctx, b.ID, auth.Finance); err != nil {
		t.Errorf("demote one of two: %v", err)
	}
}

// Two administrators demote each other at the same moment: one of them must stay.
func testLastAdminAtOnce(t *testing.T, db *DB) {
	for i := range 10 {
		a := addUser(t, db, fmt.Sprintf("a%d@example.com", i), auth.Admin)
		b := addUser(t, db, fmt.Sprintf("b%d@example.com", i), auth.Admin)
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for j, id := range []int64{a.ID, b.ID} {
			wg.Go(func() { errs[j] = db.SetRole(t.Context(), id, auth.Support) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), ErrLastAdmin) {
			t.Fatalf("both demoted at once: got errors %v, want one nil and one ErrLastAdmin", errs)
		}
		// Leave no administrator for the next round.
		if _, err := db.sql.ExecContext(t.Context(), `UPDATE users SET role = 'support'`); err != nil {
			t.Fatal(err)
		}
	}
}

func testUnknownUser(t *testing.T, db *DB) {
	ctx := t.Context()
	for name, err := range map[string]error{
		"SetRole":     db.SetRole(ctx, 99, auth.Admin),
		"SetDisabled": db.SetDisabled(ctx, 99, true),
		"SetPassword": db.SetPassword(ctx, 99, "x"),
		"StartLogin":  db.StartLogin(ctx, auth.Login{ID: "x", UserID: 99, Generation: 1}),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s of an unknown user: got error %v, want ErrNotFound", name, err)
		}
	}
}

func testLoginRoundTrip(t *testing.T, db *DB) {
	u := addUser(t, db, "ada@example.com", auth.Support)
	want := startLogin(t, db, u, "L1")
	got, gotUser, err := db.LoginWithUser(t.Context(), "L1")
	if err != nil || got != want || gotUser != u {
		t.Errorf("LoginWithUser:\ngot  %+v, %+v, %v\nwant %+v, %+v", got, gotUser, err, want, u)
	}
	if _, _, err := db.LoginWithUser(t.Context(), "L2"); !errors.Is(err, ErrNotFound) {
		t.Errorf("LoginWithUser of an unknown login: got error %v, want ErrNotFound", err)
	}
}

// A password was checked, then somebody changed the account, then the login starts: it must not.
func testLoginOfChangedUser(t *testing.T, db *DB) {
	addUser(t, db, "root@example.com", auth.Admin)
	u := addUser(t, db, "ada@example.com", auth.Support)
	if err := db.SetPassword(t.Context(), u.ID, "new"); err != nil {
		t.Fatal(err)
	}
	err := db.StartLogin(t.Context(), auth.Login{ID: "L1", UserID: u.ID, Generation: u.Generation, StartedAt: noon})
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("StartLogin after the password changed: got error %v, want ErrNotFound", err)
	}
}

func testTouchAndEnd(t *testing.T, db *DB) {
	ctx := t.Context()
	startLogin(t, db, addUser(t, db, "ada@example.com", auth.Support), "L1")
	later := noon.Add(5 * time.Minute)
	steps := []struct {
		name            string
		do              func() error
		lastSeen, ended time.Time
	}{
		{"touch", func() error { return db.TouchLogin(ctx, "L1", later) }, later, time.Time{}},
		{"touch earlier", func() error { return db.TouchLogin(ctx, "L1", noon) }, later, time.Time{}},
		{"end", func() error { return db.EndLogin(ctx, "L1", later) }, later, later},
		{"end again", func() error { return db.EndLogin(ctx, "L1", later.Add(time.Hour)) }, later, later},
		{"touch the ended", func() error { return db.TouchLogin(ctx, "L1", later.Add(time.Hour)) }, later, later},
		{"end an unknown one", func() error { return db.EndLogin(ctx, "nobody's", later) }, later, later},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		l, _, err := db.LoginWithUser(ctx, "L1")
		if err != nil || l.LastSeenAt != s.lastSeen || l.EndedAt != s.ended {
			t.Errorf("after %s: last seen %v, ended %v, %v, want %v and %v", s.name, l.LastSeenAt, l.EndedAt, err, s.lastSeen, s.ended)
		}
	}
}

func testEndLoginsOfOneUser(t *testing.T, db *DB) {
	ctx := t.Context()
	a, b := addUser(t, db, "a@example.com", auth.Support), addUser(t, db, "b@example.com", auth.Support)
	startLogin(t, db, a, "A1")
	startLogin(t, db, a, "A2")
	startLogin(t, db, b, "B1")
	if err := db.EndLogins(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{"A1": true, "A2": true, "B1": false} {
		l, _, err := db.LoginWithUser(ctx, id)
		if got := !l.EndedAt.IsZero(); err != nil || got != want {
			t.Errorf("login %s ended: got %t, %v, want %t", id, got, err, want)
		}
	}
}

func testDeleteLogins(t *testing.T, db *DB) {
	ctx := t.Context()
	startLogin(t, db, addUser(t, db, "ada@example.com", auth.Support), "L1")
	if err := db.DeleteLogins(ctx, noon); err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.LoginWithUser(ctx, "L1"); err != nil {
		t.Errorf("login that started at the limit: got error %v, want it kept", err)
	}
	if err := db.DeleteLogins(ctx, noon.Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.LoginWithUser(ctx, "L1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("older login: got error %v, want ErrNotFound", err)
	}
}

func testSessions(t *testing.T, db *DB) {
	now := noon
	db.now = func() time.Time { return now }
	s := db.Sessions()
	find := func(want string, wantFound bool) {
		t.Helper()
		if got, found, err := s.Find("T"); string(got) != want || found != wantFound || err != nil {
			t.Errorf("Find: got %q, %t, %v, want %q, %t", got, found, err, want, wantFound)
		}
	}
	find("", false)
	for _, data := range []string{"one\x00", "two"} {
		if err := s.Commit("T", []byte(data), noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		find(data, true)
	}
	now = noon.Add(time.Hour)
	find("", false) // expired, though the row is there
	if err := s.DeleteExpired(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = noon
	find("", false) // now the row is gone
	if err := s.Commit("T", []byte("three"), noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Delete("T"); err != nil {
			t.Fatal(err)
		}
		find("", false)
	}
}

// Signing out must reach the table though the browser has gone.
func testSessionsOfLeftClients(t *testing.T, db *DB) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := db.Sessions()
	if err := s.CommitCtx(ctx, "T", []byte("data"), time.Now().Add(time.Hour)); err != nil {
		t.Errorf("CommitCtx after the client left: %v", err)
	}
	if _, found, err := s.Find("T"); !found || err != nil {
		t.Errorf("session of a client that left: got found %t, %v, want true", found, err)
	}
	if err := s.DeleteCtx(ctx, "T"); err != nil {
		t.Errorf("DeleteCtx after the client left: %v", err)
	}
}

// A page load is many requests at once, some of which write.
func testConcurrentUse(t *testing.T, db *DB) {
	ctx := t.Context()
	startLogin(t, db, addUser(t, db, "ada@example.com", auth.Support), "L1")
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for j := range 10 {
				if _, _, err := db.LoginWithUser(ctx, "L1"); err != nil {
					t.Errorf("read: %v", err)
				}
				if err := db.TouchLogin(ctx, "L1", noon.Add(time.Duration(i*10+j)*time.Second)); err != nil {
					t.Errorf("write: %v", err)
				}
				if err := db.Sessions().CommitCtx(ctx, fmt.Sprint(i), []byte("x"), noon); err != nil {
					t.Errorf("write a session: %v", err)
				}
			}
		})
	}
	wg.Wait()
	l, _, err := db.LoginWithUser(ctx, "L1")
	if want := noon.Add(199 * time.Second); err != nil || l.LastSeenAt != want {
		t.Errorf("last use: got %v, %v, want %v", l.LastSeenAt, err, want)
	}
}

func testEndedContext(t *testing.T, db *DB) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := db.Users(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Users with an ended context: got error %v, want context.Canceled", err)
	}
}

func testPing(t *testing.T, db *DB) {
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
	shut := *db
	if err := shut.sql.Close(); err != nil {
		t.Fatal(err)
	}
	if err := shut.Ping(t.Context()); err == nil {
		t.Error("Ping of a closed database: got no error")
	}
}
