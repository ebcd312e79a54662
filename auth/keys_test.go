package auth

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const (
	secretA = "an old secret of at least 32 bytes"
	secretB = "a new secret of at least 32 bytes!"
)

func derive(t *testing.T, secret, purpose string, size int) [][]byte {
	t.Helper()
	k, err := NewKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := k.Derive(purpose, size)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestKeys(t *testing.T) {
	a := derive(t, secretA, "preferences", 32)
	both := derive(t, " "+secretB+" , "+secretA, "preferences", 32)
	if len(a) != 1 || len(both) != 2 || !bytes.Equal(both[1], a[0]) || bytes.Equal(both[0], a[0]) {
		t.Errorf("keys while rotating: got %x, want the new one and then %x", both, a)
	}
	if other := derive(t, secretA, "handshake", 32); bytes.Equal(other[0], a[0]) {
		t.Error("keys of two purposes: got the same")
	}
	if k := derive(t, secretA, "preferences", 64); len(k[0]) != 64 {
		t.Errorf("size of the key: got %d, want 64", len(k[0]))
	}
	// Computed apart, by RFC 5869 with another program: a key that changed would void everything made with it.
	if got, want := hex.EncodeToString(a[0]), "7a58e0b452177625c9abdebeee5ec305aa1aefbcc98a82e2a708fed5a043745b"; got != want {
		t.Errorf("key of a known secret: got %s, want %s", got, want)
	}
}

func TestKeysRefuse(t *testing.T) {
	for _, s := range []string{"", "short", secretA + ",", secretA + ",short", strings.Repeat("x", 31)} {
		if _, err := NewKeys(s); err == nil || s != "" && strings.Contains(err.Error(), s) {
			t.Errorf("NewKeys(%q): got error %v, want one that does not repeat it", s, err)
		}
	}
	if _, err := (Keys{}).Derive("x", 32); err == nil {
		t.Error("Derive of the zero Keys: got no error, want one")
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	k, err := NewKeys(secretA)
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "keys", k)
	config := struct{ Keys Keys }{k}
	for _, got := range []string{fmt.Sprint(k), fmt.Sprintf("%+v %#v %s %q %x", k, k, k, k, k), fmt.Sprintf("%+v %#v", config, config), logged.String()} {
		if strings.Contains(got, "secret of") || strings.Contains(got, hex.EncodeToString([]byte("secret of"))) {
			t.Errorf("printed keys: got %s", got)
		}
	}
}
