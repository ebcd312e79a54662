package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// Purpose is what the keys of a [Hasher] are derived for, and KeySize how long they are.
const (
	Purpose = "audit hashes"
	KeySize = 32
)

// Hasher replaces what somebody typed by a short keyed hash: the same text has the same hash, so that whoever has the
// text and the key can tell whether it was looked for, and nobody else can.
type Hasher struct{ keys [][]byte }

// NewHasher hashes with the first key; the others are those of older secrets.
func NewHasher(keys [][]byte) Hasher { return Hasher{keys} }

// hashChars is how much of a hash is kept: 50 bits, with which two texts of millions rarely meet.
const hashChars = 10

// Hash is "#" and ten characters. Case and the number of blanks don't count: people type a name in many ways.
func (h Hasher) Hash(text string) string { return hashWith(h.keys[0], text) }

// All are the text's hashes under all keys, the current one's first.
func (h Hasher) All(text string) []string {
	hashes := make([]string, len(h.keys))
	for i, key := range h.keys {
		hashes[i] = hashWith(key, text)
	}
	return hashes
}

// IsHash reports whether the text looks like a hash.
func IsHash(text string) bool {
	return len(text) == hashChars+1 && text[0] == '#' && strings.Trim(text[1:], hashLetters) == ""
}

const hashLetters = "abcdefghijklmnopqrstuvwxyz234567"

var hashEncoding = base32.NewEncoding(hashLetters).WithPadding(base32.NoPadding)

func hashWith(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(strings.Join(strings.Fields(strings.ToLower(text)), " ")))
	return "#" + hashEncoding.EncodeToString(mac.Sum(nil))[:hashChars]
}
