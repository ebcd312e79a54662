package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

const (
	recoveryCodes = 10 // of one set

	// recoveryLength is in characters of five bits each: 120 bits, which nobody can try through even with the hashes at
	// hand, so that no slow hash is needed (ASVS 5.0, 6.5.2).
	recoveryLength = 24
	recoveryGroup  = 4 // characters between hyphens

	// FewRecoveryCodes is when the portal asks to make new ones.
	FewRecoveryCodes = 3
)

// recoveryAlphabet is Crockford's base 32: without i, l, o and u, which are misread.
const recoveryAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// newRecoveryCode draws a code such as 4h7t-0k2m-…
func newRecoveryCode() string {
	b := make([]byte, recoveryLength)
	_, _ = rand.Read(b) // never fails
	var code strings.Builder
	for i, c := range b {
		if i > 0 && i%recoveryGroup == 0 {
			code.WriteByte('-')
		}
		code.WriteByte(recoveryAlphabet[c%byte(len(recoveryAlphabet))]) // 256 is a multiple of 32
	}
	return code.String()
}

// parseRecoveryCode reads a code as people type it: in any case, with or without hyphens, misread letters put right.
// False: this is none.
func parseRecoveryCode(typed string) (code string, ok bool) {
	code = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '-', '\t', '\r', '\n', '–', '—':
			return -1
		case 'o':
			return '0'
		case 'i', 'l':
			return '1'
		}
		return r
	}, strings.ToLower(typed))
	if len(code) != recoveryLength || strings.Trim(code, recoveryAlphabet) != "" {
		return "", false
	}
	return code, true
}

// hashRecoveryCode is what is kept of a user's code.
func hashRecoveryCode(userID int64, code string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "trustlyportal recovery %d %s", userID, code))
	return hex.EncodeToString(sum[:])
}
