package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/auth"
)

// with is the identity of a new login of the user.
func with(t *testing.T, db *DB, u auth.User, id string) auth.Identity {
	t.Helper()
	startLogin(t, db, u, id)
	return auth.Identity{LoginID: id, User: u, Means: auth.ByPassword}
}

func factorsOf(t *testing.T, db *DB, id int64) (auth.User, auth.Factors) {
	t.Helper()
	u, f, err := db.UserWithFactors(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return u, f
}

// atOnce runs do many times side by side and counts the successes; other errors than ErrNotFound fail the test.
func atOnce(t *testing.T, do func() error) int64 {
	t.Helper()
	var wg sync.WaitGroup
	var n atomic.Int64
	for range 8 {
		wg.Go(func() {
			switch err := do(); {
			case err == nil:
				n.Add(1)
			case !errors.Is(err, ErrNotFound):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return n.Load()
}

func testStepIsUsedOnce(t *testing.T, db *DB) {
	u := addUser(t, db, "ada@example.com", auth.Admin)
	by := with(t, db, u, "own")
	if err := db.UseStep(t.Context(), u.ID, 7, []byte("sealed anew"), noon); !errors.Is(err, ErrNotFound) {
		t.Errorf("UseStep without an app: got %v, want ErrNotFound", err)
	}
	if err := db.SetAuthenticator(t.Context(), by, []byte("sealed"), 100, noon); err != nil {
		t.Fatal(err)
	}
	if err := db.UseStep(t.Context(), u.ID, 100, []byte("sealed anew"), noon); !errors.Is(err, ErrNotFound) {
		t.Errorf("UseStep with the code that added the app: got %v, want ErrNotFound", err)
	}
	if got := atOnce(t, func() error { return db.UseStep(t.Context(), u.ID, 101, []byte("sealed anew"), noon) }); got != 1 {
		t.Errorf("one code at once: got it accepted %d times, want once", got)
	}
	if err := db.UseStep(t.Context(), u.ID, 99, []byte("sealed anew"), noon); !errors.Is(err, ErrNotFound) {
		t.Errorf("UseStep with an older code: got %v, want ErrNotFound", err)
	}
	sealed, err := db.Authenticator(t.Context(), u.ID)
	if _, f := factorsOf(t, db, u.ID); err != nil || string(sealed) != "sealed anew" || !f.Authenticator || !f.AuthenticatorAdded.Equal(noon) || !f.AuthenticatorUsed.Equal(noon) {
		t.Errorf("got %q, %v and %+v", sealed, err, f)
	}
}

func testRecoveryCodesWorkOnce(t *testing.T, db *DB) {
	u, other := addUser(t, db, "ada@example.com", auth.Admin), addUser(t, db, "bob@example.com", auth.Admin)
	if err := db.SetRecoveryCodes(t.Context(), u.ID, []string{"a", "b", "c"}); err != nil {
		t.Fatal(err)
	}
	if err := db.UseRecoveryCode(t.Context(), other.ID, "a", noon); !errors.Is(err, ErrNotFound) {
		t.Errorf("another's code: got %v, want ErrNotFound", err)
	}
	if got := atOnce(t, func() error { return db.UseRecoveryCode(t.Context(), u.ID, "a", noon) }); got != 1 {
		t.Errorf("one code at once: got it accepted %d times, want once", got)
	}
	if _, f := factorsOf(t, db, u.ID); f.RecoveryCodes != 2 {
		t.Errorf("got %d codes left, want 2", f.RecoveryCodes)
	}
	if err := db.SetRecoveryCodes(t.Context(), u.ID, []string{"d"}); err != nil {
		t.Fatal(err)
	}
	if err := db.UseRecoveryCode(t.Context(), u.ID, "b", noon); !errors.Is(err, ErrNotFound) {
		t.Errorf("a code from before: got %v, want ErrNotFound", err)
	}
}

func testPasskeys(t *testing.T, db *DB) {
	u := addUser(t, db, "ada@example.com", auth.Admin)
	by := with(t, db, u, "own")
	want := auth.Passkey{
		ID: "id", UserID: u.ID, Handle: "handle", Name: "Laptop", PublicKey: []byte{1, 2}, Transports: []string{"internal", "usb"},
		BackupEligible: true, SignCount: 7, AddedAt: noon,
	}
	if err := db.AddPasskey(t.Context(), by, want); err != nil {
		t.Fatal(err)
	}
	got, err := db.PasskeyByID(t.Context(), "id")
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("PasskeyByID:\ngot  %+v, %v\nwant %+v", got, err, want)
	}
	by.User, _ = factorsOf(t, db, u.ID)
	if err := db.AddPasskey(t.Context(), by, want); !errors.Is(err, auth.ErrPasskeyKnown) {
		t.Errorf("AddPasskey again: got %v, want ErrPasskeyKnown", err)
	}
	use := auth.PasskeyUse{SignCount: 8, BackedUp: true, ChallengeAt: noon, At: noon.Add(time.Second)}
	if got := atOnce(t, func() error { return db.UsePasskey(t.Context(), u.ID, "id", use) }); got != 1 {
		t.Errorf("one answer at once: got it accepted %d times, want once", got)
	}
	for name, use := range map[string]auth.PasskeyUse{
		"an old challenge":      {SignCount: 9, ChallengeAt: noon},
		"a counter that stays":  {SignCount: 8, ChallengeAt: noon.Add(time.Minute)},
		"a counter gone back":   {SignCount: 7, ChallengeAt: noon.Add(time.Minute)},
		"a counter given up on": {SignCount: 0, ChallengeAt: noon.Add(time.Minute)},
	} {
		if err := db.UsePasskey(t.Context(), u.ID, "id", use); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", name, err)
		}
	}
	if got, err := db.PasskeyByID(t.Context(), "id"); err != nil || got.SignCount != 8 || !got.BackedUp || !got.UsedAt.Equal(use.At) {
		t.Errorf("after its use: got %+v, %v", got, err)
	}
	for i := range MaxPasskeys - 1 {
		by.User, _ = factorsOf(t, db, u.ID)
		if err := db.AddPasskey(t.Context(), by, auth.Passkey{ID: fmt.Sprint(i), PublicKey: []byte{1}, AddedAt: noon}); err != nil {
			t.Fatal(err)
		}
	}
	by.User, _ = factorsOf(t, db, u.ID)
	if err := db.AddPasskey(t.Context(), by, auth.Passkey{ID: "one more", PublicKey: []byte{1}, AddedAt: noon}); !errors.Is(err, auth.ErrTooManyPasskeys) {
		t.Errorf("one too many: got %v, want ErrTooManyPasskeys", err)
	}
	// Authenticators without a counter send 0 for ever.
	for i := range 2 {
		if err := db.UsePasskey(t.Context(), u.ID, "0", auth.PasskeyUse{ChallengeAt: noon.Add(time.Duration(i) * time.Millisecond), At: noon}); err != nil {
			t.Errorf("use %d without a counter: %v", i, err)
		}
	}
}

// Adding and removing a factor ends the other logins, and those being started, but not the one that did it.
func testFactorsEndOtherLogins(t *testing.T, db *DB) {
	u := addUser(t, db, "ada@example.com", auth.Admin)
	by := with(t, db, u, "own")
	startLogin(t, db, u, "other")
	check := func(doing string, means auth.Means) {
		t.Helper()
		now, _ := factorsOf(t, db, u.ID)
		own, _, err := db.LoginWithUser(t.Context(), "own")
		if err != nil || own.Generation != now.Generation || !own.EndedAt.IsZero() || own.Means != means {
			t.Errorf("%s: got the own login %+v, %v, want it good for generation %d by %s", doing, own, err, now.Generation, means)
		}
		other, _, err := db.LoginWithUser(t.Context(), "other")
		if err != nil || other.EndedAt.IsZero() || other.Generation == now.Generation {
			t.Errorf("%s: got the other login %+v, %v, want it ended", doing, other, err)
		}
		if err := db.StartLogin(t.Context(), auth.Login{ID: doing, UserID: u.ID, Generation: by.User.Generation}); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: a login started before: got %v, want ErrNotFound", doing, err)
		}
		by.User = now
	}
	by.Means = auth.ByPasswordTOTP
	if err := db.SetAuthenticator(t.Context(), by, []byte("x"), 1, noon); err != nil {
		t.Fatal(err)
	}
	check("SetAuthenticator", auth.ByPasswordTOTP)
	if err := db.AddPasskey(t.Context(), by, auth.Passkey{ID: "key", PublicKey: []byte{1}, AddedAt: noon}); err != nil {
		t.Fatal(err)
	}
	check("AddPasskey", auth.ByPasswordTOTP)
	stale := by
	stale.User.Generation--
	if err := db.RemovePasskey(t.Context(), stale, "key", false, noon); !errors.Is(err, ErrNotFound) {
		t.Errorf("by a login of before: got %v, want ErrNotFound", err)
	}
	if err := db.RemovePasskey(t.Context(), by, "nothing", false, noon); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such passkey: got %v, want ErrNotFound", err)
	}
	if err := db.RemovePasskey(t.Context(), by, "key", true, noon); err != nil {
		t.Fatal(err)
	}
	check("RemovePasskey", auth.ByPasswordTOTP)
	if err := db.SetRecoveryCodes(t.Context(), u.ID, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	if err := db.RemoveAuthenticator(t.Context(), by, true, noon); !errors.Is(err, auth.ErrLastFactor) {
		t.Errorf("the last one that has to stay: got %v, want ErrLastFactor", err)
	}
	if err := db.RemoveAuthenticator(t.Context(), by, false, noon); err != nil {
		t.Fatal(err)
	}
	check("RemoveAuthenticator", auth.ByPasswordTOTP)
	if _, f := factorsOf(t, db, u.ID); f.Any() || f.RecoveryCodes != 0 {
		t.Errorf("after the last one: got %+v, want nothing left", f)
	}
}

func testResetFactors(t *testing.T, db *DB) {
	u, other := addUser(t, db, "ada@example.com", auth.Admin), addUser(t, db, "bob@example.com", auth.Admin)
	for _, u := range []auth.User{u, other} {
		by := with(t, db, u, "login of "+u.Email)
		if err := errors.Join(
			db.SetAuthenticator(t.Context(), by, []byte("x"), 1, noon),
			db.SetRecoveryCodes(t.Context(), u.ID, []string{"a"}),
		); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.ResetFactors(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	if _, f := factorsOf(t, db, u.ID); f.Any() || f.RecoveryCodes != 0 {
		t.Errorf("got %+v, want nothing left", f)
	}
	if l, _, err := db.LoginWithUser(t.Context(), "login of "+u.Email); err != nil || l.EndedAt.IsZero() {
		t.Errorf("got the login %+v, %v, want it ended", l, err)
	}
	if _, f := factorsOf(t, db, other.ID); !f.Authenticator || f.RecoveryCodes != 1 {
		t.Errorf("another user's: got %+v, want them as they were", f)
	}
	if l, _, err := db.LoginWithUser(t.Context(), "login of "+other.Email); err != nil || !l.EndedAt.IsZero() {
		t.Errorf("another user's login: got %+v, %v, want it as it was", l, err)
	}
	if err := db.ResetFactors(t.Context(), 999); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown user: got %v, want ErrNotFound", err)
	}
}

func testFactorTries(t *testing.T, db *DB) {
	u := addUser(t, db, "ada@example.com", auth.Admin)
	three := func(failed int, _ time.Time) time.Duration {
		if failed >= 3 {
			return time.Second
		}
		return 0
	}
	taken := atOnce(t, func() error {
		wait, err := db.TakeFactorTry(t.Context(), u.ID, noon, three)
		if err == nil && wait > 0 {
			err = ErrNotFound
		}
		return err
	})
	if taken != 3 {
		t.Errorf("at once: got %d tries, want 3", taken)
	}
	if _, err := db.TakeFactorTry(t.Context(), u.ID, noon, func(failed int, last time.Time) time.Duration {
		if failed != 3 || !last.Equal(noon) {
			t.Errorf("got %d failures, the last at %s, want 3 at %s", failed, last, noon)
		}
		return time.Second
	}); err != nil {
		t.Error(err)
	}
	for _, want := range []int{3, 0} {
		if got, err := db.ClearFactorTries(t.Context(), u.ID); got != want || err != nil {
			t.Errorf("ClearFactorTries: got %d, %v, want %d", got, err, want)
		}
	}
}

func testProveLogin(t *testing.T, db *DB) {
	u := addUser(t, db, "ada@example.com", auth.Admin)
	startLogin(t, db, u, "one")
	for _, at := range []time.Time{noon.Add(time.Hour), noon} { // never back
		if err := db.ProveLogin(context.WithoutCancel(t.Context()), "one", at); err != nil {
			t.Fatal(err)
		}
	}
	if l, _, err := db.LoginWithUser(t.Context(), "one"); err != nil || !l.ProvedAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("got %+v, %v, want it proved an hour after noon", l, err)
	}
}
