package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// The parameters that every authenticator app knows: others take more and show wrong codes.
const (
	totpPeriod = 30 * time.Second
	totpDigits = 6
	totpSecret = 20 // bytes, as long as the hash of RFC 4226

	// totpSkew is how many time steps a phone's clock may be off. A code is good for a minute and a half at most.
	totpSkew = 1
)

// totpIssuer names the portal in the app.
const totpIssuer = "Trustly Portal"

// newTOTPSecret draws a secret, in the base32 that apps take.
func newTOTPSecret() string {
	b := make([]byte, totpSecret)
	_, _ = rand.Read(b) // never fails
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// totpURL is what the picture that apps read says (the "key URI format" of Google Authenticator).
func totpURL(secret, email string) string {
	label := url.PathEscape(totpIssuer) + ":" + url.PathEscape(email)
	return "otpauth://totp/" + label + "?secret=" + secret + "&issuer=" + url.PathEscape(totpIssuer)
}

// totpSteps returns the time steps around now whose code it is, the latest first: mostly one, none if it is wrong.
func totpSteps(secret, code string, now time.Time) ([]int64, error) {
	current := now.Unix() / int64(totpPeriod/time.Second)
	var steps []int64
	for step := current + totpSkew; step >= current-totpSkew; step-- {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: totpDigits, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return nil, fmt.Errorf("make a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			steps = append(steps, step)
		}
	}
	return steps, nil
}

// parseTOTP reads a code as people type it, with blanks in the middle. False: this is none.
func parseTOTP(typed string) (code string, ok bool) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '-' || r == '\t' {
			return -1
		}
		return r
	}, strings.TrimSpace(typed))
	if len(code) != totpDigits {
		return "", false
	}
	for _, r := range code {
		if r < '0' || r > '9' {
			return "", false
		}
	}
	return code, true
}
