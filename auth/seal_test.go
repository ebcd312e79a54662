package auth

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func sealer(t *testing.T, secret, purpose string) Sealer {
	t.Helper()
	k, err := NewKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.Sealer(purpose)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedTextOpensOnlyWhereItBelongs(t *testing.T) {
	old, young := strings.Repeat("o", 32), strings.Repeat("y", 32)
	text := []byte("Ada Example")
	sealed := sealer(t, old, "a purpose").Seal(text, "row 1")
	if bytes.Contains(sealed, text[:4]) {
		t.Fatalf("sealed text %q shows the text", sealed)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1

	for _, test := range []struct {
		name, secret, purpose, place string
		sealed                       []byte
		opens                        bool
	}{
		{"the same", old, "a purpose", "row 1", sealed, true},
		{"after rotation", young + "," + old, "a purpose", "row 1", sealed, true},
		{"after the old secret was dropped", young, "a purpose", "row 1", sealed, false},
		{"another purpose", old, "other", "row 1", sealed, false},
		{"another row", old, "a purpose", "row 2", sealed, false},
		{"changed", old, "a purpose", "row 1", changed, false},
		{"cut off", old, "a purpose", "row 1", sealed[:20], false},
		{"empty", old, "a purpose", "row 1", nil, false},
	} {
		got, err := sealer(t, test.secret, test.purpose).Open(test.sealed, test.place)
		if test.opens && (err != nil || !bytes.Equal(got, text)) {
			t.Errorf("%s: got %q, %v, want %q", test.name, got, err, text)
		}
		if !test.opens && !errors.Is(err, ErrSealed) {
			t.Errorf("%s: got %q, %v, want ErrSealed", test.name, got, err)
		}
	}
	if again := sealer(t, old, "a purpose").Seal(text, "row 1"); bytes.Equal(again, sealed) {
		t.Error("sealing twice gave the same bytes")
	}
}
