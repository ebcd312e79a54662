package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// NewLinkToken returns the secret part of a one-time link, 130 random bits, and the hash of it to keep.
func NewLinkToken() (token, hash string) {
	token = rand.Text()
	return token, LinkHash(token)
}

// LinkHash is the hash under which a one-time link is kept. The text may be the secret part alone or a whole link, as
// people paste it: the secret is what follows the last #.
//
// One round of SHA-256 is enough, as what it hides can't be guessed.
func LinkHash(text string) string {
	text = text[strings.LastIndexByte(text, '#')+1:]
	sum := sha256.Sum256([]byte("trustlyportal link " + strings.ToUpper(strings.TrimSpace(text))))
	return hex.EncodeToString(sum[:])
}
