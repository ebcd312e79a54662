package auth

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// minSecret is the shortest secret, in bytes: 256 bits when it is made of random bytes, and no passphrase a person
// would think of.
const minSecret = 32

// Keys derives the portal's keys from PORTAL_SECRET, one per purpose, so that no two uses share a key and none is the
// secret itself. It prints as "[secret]".
type Keys struct {
	secrets []string // the current one first
}

// NewKeys reads a secret, or several with commas between: the first makes new values, all of them read old ones. To
// rotate, put a new secret in front and drop the old one when what it protected has expired.
func NewKeys(secret string) (Keys, error) {
	var k Keys
	for s := range strings.SplitSeq(secret, ",") {
		s = strings.TrimSpace(s)
		if len(s) < minSecret {
			return Keys{}, fmt.Errorf("a secret needs at least %d characters, for example from `openssl rand -hex 32`", minSecret)
		}
		k.secrets = append(k.secrets, s)
	}
	return k, nil
}

// Derive returns one key of size bytes (at most 8160) for the purpose from each secret, the current one's first. The
// same secret and purpose give the same key for ever; another purpose an unrelated one. To encrypt, use [Keys.Sealer].
func (k Keys) Derive(purpose string, size int) ([][]byte, error) {
	if len(k.secrets) == 0 {
		return nil, errors.New("auth: Keys made without NewKeys")
	}
	keys := make([][]byte, 0, len(k.secrets))
	for _, s := range k.secrets {
		key, err := hkdf.Key(sha256.New, []byte(s), nil, "trustlyportal "+purpose, size)
		if err != nil {
			return nil, fmt.Errorf("derive key for %s: %w", purpose, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Format keeps the secret out of every %v.
func (Keys) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[secret]") }

// LogValue keeps the secret out of logs.
func (Keys) LogValue() slog.Value { return slog.StringValue("[secret]") }
