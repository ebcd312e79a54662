package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestHashAndVerify(t *testing.T) {
	p := NewPasswords()
	ctx := t.Context()
	hash, err := p.Hash(ctx, "café au lait, s'il te plaît")
	if err != nil {
		t.Fatal(err)
	}
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(hash, want) {
		t.Errorf("hash: got %q, want it to start with %q", hash, want)
	}
	tests := []struct {
		name, password, hash string
		want                 bool
	}{
		{"right", "café au lait, s'il te plaît", hash, true},
		{"right, accents typed apart", "cafe\u0301 au lait, s'il te plai\u0302t", hash, true},
		{"wrong", "cafe au lait, s'il te plaît", hash, false},
		{"empty", "", hash, false},
		{"no account", "café au lait, s'il te plaît", "", false},
		{"no account, no password", "", "", false},
		{"endless", strings.Repeat("a", 1<<20), hash, false},
	}
	for _, tt := range tests {
		if got, err := p.Verify(ctx, tt.password, tt.hash); got != tt.want || err != nil {
			t.Errorf("Verify, %s: got %t, %v, want %t", tt.name, got, err, tt.want)
		}
	}
	none, err := p.Hash(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Verify(ctx, strings.Repeat("a", 1000), none); got || err != nil {
		t.Errorf("Verify, endless against the hash of none: got %t, %v, want false", got, err)
	}
	if _, err := p.Verify(ctx, "x", "$2a$10$bcrypt"); err == nil {
		t.Error("Verify against a hash of another kind: got no error")
	}
	if other, err := p.Hash(ctx, "café au lait, s'il te plaît"); err != nil || other == hash {
		t.Errorf("Hash again: got %q, %v, want another salt", other, err)
	}
}

// Checking an account that does not exist must do the work of one that does.
func TestVerifyCostsTheSame(t *testing.T) {
	p := NewPasswords()
	hash, err := p.Hash(t.Context(), "a password of some length")
	if err != nil {
		t.Fatal(err)
	}
	kinds := []struct{ name, password, hash string }{
		{"known account", "wrong", hash}, {"unknown account", "wrong", ""}, {"endless password", strings.Repeat("a", 1<<20), hash},
	}
	fastest := make([]time.Duration, len(kinds)) // the run that nothing disturbed; more of them on a busy machine
	alike := func() bool {
		return 3*slices.Min(fastest) >= slices.Max(fastest)
	}
	for round := 0; round < 5 || !alike() && round < 50; round++ {
		for i, kind := range kinds { // in turn, so that what else the machine does meets them alike
			start := time.Now()
			if _, err := p.Verify(t.Context(), kind.password, kind.hash); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); round == 0 || took < fastest[i] {
				fastest[i] = took
			}
		}
	}
	if !alike() {
		t.Errorf("a known account, an unknown one, an endless password: got %v, want about the same", fastest)
	}
}

func TestHashesWaitWithTheContext(t *testing.T) {
	p := NewPasswords()
	for range maxHashes {
		if err := p.known.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := p.Verify(ctx, "x", ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Verify beyond the bound: got error %v, want the context's", err)
	}
	p.known.leave()
	if _, err := p.Verify(t.Context(), "x", ""); err != nil {
		t.Errorf("Verify when one is done: %v", err)
	}
	if _, err := p.Hash(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Hash with an ended context: got error %v, want the context's", err)
	}
}

func TestCheckPassword(t *testing.T) {
	for _, tt := range []struct{ password, want string }{
		{"elf kisses moon", ""},
		{"123456 abcde", ""},
		{strings.Repeat("ä", 10) + "bc", ""},
		{strings.Repeat("ab", 64), ""},
		{"", "has 0 characters"},
		{"elevenchars", "has 11 characters"},
		{strings.Repeat("ä", 11), "has 11 characters"}, // 22 bytes
		{strings.Repeat("ab", 64) + "c", "has 129 characters"},
		{"Ada.Lovelace@Example.com", "is the e-mail address"},
		{"ADA.LOVELACE", "is the e-mail address"},
		{"Ada-Lovelace-2026", "is little more than the e-mail address"},
		{"TrustlyPortal!1", "is little more than the e-mail address or the portal's name"},
		{"portal password", "is little more than"},
		{"portal of seven owls", ""},
		{"trustly123456", "is little more than"},
		{"portal-aaaaaaaa", "is little more than"},
		{strings.Repeat(" ", 12), "everybody tries first"},
		{"1212121212121", "everybody tries first"},
		{"ÖöÖöÖöÖöÖöÖö", "everybody tries first"},
		{"love love love", ""},
		{"Password1234", "everybody tries first"},
		{"correcthorsebatterystaple", "everybody tries first"},
		{"twelve chars\xff", "not valid UTF-8"},
	} {
		err := CheckPassword(tt.password, " ada.lovelace@example.com")
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("CheckPassword(%q): got %v, want none", tt.password, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("CheckPassword(%q): got %v, want %q", tt.password, err, tt.want)
		case err != nil && tt.password != "" && strings.Contains(err.Error(), tt.password):
			t.Errorf("CheckPassword(%q): the error %q tells the password", tt.password, err)
		}
	}
}

// A line that the length refuses anyway, or that is not in the form compared, would be dead weight.
func TestCommonPasswordsAreOfUse(t *testing.T) {
	for line := range strings.Lines(commonPasswords) {
		p := strings.TrimSuffix(line, "\n")
		if len(p) < minPassword || p != strings.ToLower(strings.TrimSpace(p)) {
			t.Errorf("common-passwords.txt: %q is too short or not in lower case", p)
		}
	}
}
