package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// An access token reads tpp_ and 56 letters and digits: 32 random bytes and 3 of a check sum over them and the prefix,
// in base32. Scanners for leaked secrets find it by tpp_[A-Z2-7]{56}.
const (
	tokenPrefix = "tpp_" // trustly portal, personal
	tokenRandom = 32
	tokenCheck  = 3
)

// ErrMisspelt says that the text is no token, and never was one: cut short, mistyped, or something else. No store was asked.
var ErrMisspelt = errors.New("not an access token")

// TokenText is an access token in clear. It exists while it is made, shown once, or looked up. However it is printed,
// logged or encoded, it comes out as "[token]"; [TokenText.Reveal] alone gives the text.
type TokenText struct {
	text *string // not the text itself, which fmt would print out of a struct that holds a TokenText unexported
}

// NewTokenText draws a new token.
func NewTokenText() TokenText {
	var b [tokenRandom + tokenCheck]byte
	_, _ = rand.Read(b[:tokenRandom]) // never fails
	copy(b[tokenRandom:], checkToken(b[:tokenRandom]))
	text := tokenPrefix + base32.StdEncoding.EncodeToString(b[:])
	return TokenText{&text}
}

// ParseTokenText reads a token, or returns ErrMisspelt, which tells a typo from a token that is gone.
func ParseTokenText(s string) (TokenText, error) {
	coded, ok := strings.CutPrefix(s, tokenPrefix)
	if !ok || len(coded) != base32.StdEncoding.EncodedLen(tokenRandom+tokenCheck) || strings.ContainsAny(coded, "\r\n") { // which decoding skips
		return TokenText{}, ErrMisspelt
	}
	b, err := base32.StdEncoding.DecodeString(coded)
	if err != nil || len(b) != tokenRandom+tokenCheck || subtle.ConstantTimeCompare(checkToken(b[:tokenRandom]), b[tokenRandom:]) == 0 {
		return TokenText{}, ErrMisspelt
	}
	return TokenText{&s}, nil
}

func checkToken(random []byte) []byte {
	sum := sha256.Sum256(append([]byte(tokenPrefix), random...))
	return sum[:tokenCheck]
}

// ParseBearer reads the values of a request's Authorization header (RFC 6750, 2.1): one, "Bearer" in any case, blanks, a
// token. Anything else is ErrMisspelt.
func ParseBearer(authorization []string) (TokenText, error) {
	if len(authorization) != 1 {
		return TokenText{}, ErrMisspelt
	}
	scheme, text, _ := strings.Cut(authorization[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return TokenText{}, ErrMisspelt
	}
	return ParseTokenText(strings.Trim(text, " "))
}

// Hash is what a store keeps of the token. A token is 256 random bits, so one round of SHA-256 hides it as well as a slow
// hash would.
func (t TokenText) Hash() string {
	sum := sha256.Sum256([]byte(t.Reveal()))
	return hex.EncodeToString(sum[:])
}

// Reveal returns the token in clear, to show it to its owner once.
func (t TokenText) Reveal() string {
	if t.text == nil {
		return ""
	}
	return *t.text
}

const hiddenToken = "[token]"

// Format keeps the token out of everything that fmt makes, with any verb.
func (TokenText) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenToken) }

// String keeps the token out of texts.
func (TokenText) String() string { return hiddenToken }

// LogValue keeps the token out of logs.
func (TokenText) LogValue() slog.Value { return slog.StringValue(hiddenToken) }

// MarshalText keeps the token out of JSON and other encodings.
func (TokenText) MarshalText() ([]byte, error) { return []byte(hiddenToken), nil }
