package auth

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// The codes of RFC 6238, appendix B, in its last six digits.
func TestTOTPSteps(t *testing.T) {
	t.Parallel()
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // "12345678901234567890"
	for _, tc := range []struct {
		unix int64
		code string
	}{{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}} {
		made := tc.unix / 30
		for off := -3; off <= 3; off++ {
			now := time.Unix(tc.unix, 0).Add(time.Duration(off) * totpPeriod)
			got, err := totpSteps(secret, tc.code, now)
			var want []int64
			if off >= -1 && off <= 1 {
				want = []int64{made}
			}
			if now.Unix() < 0 {
				continue
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("code %s of %d, %d steps off: got %v and %v, want %v", tc.code, tc.unix, off, got, err, want)
			}
		}
	}
}

func TestParseCodes(t *testing.T) {
	t.Parallel()
	if got, _ := parseTOTP(" 123456\t"); got != "123456" {
		t.Errorf("blanks around it: got %q, want 123456", got)
	}
	for typed, want := range map[string]string{
		"123456": "123456", "123 456": "123456", "123-456": "123456", "12\u00a03456": "123456",
		"": "", "12345": "", "1234567": "", "12345a": "", "１２３４５６": "", "+12345": "", "-12345": "", "12.456": "",
	} {
		if got, ok := parseTOTP(typed); got != want || ok != (want != "") {
			t.Errorf("parseTOTP(%q): got %q and %v, want %q", typed, got, ok, want)
		}
	}
	const code = "0123456789abcdefghjkmn01"
	for typed, want := range map[string]string{
		code: code, "0123-4567-89ab-cdef-ghjk-mn01": code, " O123-4567-89AB-CDEF-GHJK-MNOL ": code, "0i23 4567 89ab cdef ghjk mnoi": code,
		"": "", code[1:]: "", code + "0": "", "0123456789abcdefghjkmnu1": "", strings.Repeat("é", 12): "",
	} {
		if got, ok := parseRecoveryCode(typed); got != want || ok != (want != "") {
			t.Errorf("parseRecoveryCode(%q): got %q and %v, want %q", typed, got, ok, want)
		}
	}
}

func TestNewRecoveryCodesAreReadBack(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		code := newRecoveryCode()
		got, ok := parseRecoveryCode(strings.ToUpper(code))
		if !ok || got != strings.ReplaceAll(code, "-", "") || seen[got] || len(code) != 29 {
			t.Fatalf("%s: got %q and %v, want it read back, and none twice", code, got, ok)
		}
		seen[got] = true
	}
	if hashRecoveryCode(1, "a") == hashRecoveryCode(2, "a") || hashRecoveryCode(1, "1a") == hashRecoveryCode(11, "a") {
		t.Error("got the same hash for two users")
	}
}

func FuzzParseCodes(f *testing.F) {
	for _, seed := range []string{"123456", "0123-4567-89ab-cdef-ghjk-mn01", "é", "\xff", "１２３４５６"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := parseTOTP(typed)
		recovery, isRecovery := parseRecoveryCode(typed)
		switch {
		case ok && isRecovery:
			t.Errorf("%q: got a code of both kinds", typed)
		case ok && (len(code) != totpDigits || strings.Trim(code, "0123456789") != ""):
			t.Errorf("%q: got %q, want six digits", typed, code)
		case isRecovery && (len(recovery) != recoveryLength || strings.Trim(recovery, recoveryAlphabet) != ""):
			t.Errorf("%q: got %q, want 24 of the alphabet", typed, recovery)
		}
		if again, okAgain := parseRecoveryCode(recovery); isRecovery && (!okAgain || again != recovery) {
			t.Errorf("%q: read again got %q and %v, want %q", typed, again, okAgain, recovery)
		}
	})
}

func TestCodeDelay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		failed int
		since  time.Duration
		want   time.Duration
	}{
		{0, 0, 0}, {2, 0, 0}, {3, 0, time.Second}, {3, time.Second, 0}, {4, 0, 2 * time.Second}, {12, 0, 512 * time.Second},
		{13, 0, maxCodeDelay}, {100000, time.Minute, maxCodeDelay - time.Minute}, {100000, maxCodeDelay, 0}, {20, -24 * time.Hour, maxCodeDelay},
	} {
		if got := codeDelay(tc.failed, now.Add(-tc.since), now); got != tc.want {
			t.Errorf("%d wrong codes, the last %s ago: got %s, want %s", tc.failed, tc.since, got, tc.want)
		}
	}
}

func TestStrongMeans(t *testing.T) {
	t.Parallel()
	for means, want := range map[Means]bool{
		"": false, ByPassword: false, ByPasskey: true, ByPasswordTOTP: true, ByPasswordCode: true, ByPasswordPasskey: true, BySSO: true, "link": false,
	} {
		if got := means.Strong(); got != want {
			t.Errorf("%q: got %v, want %v", means, got, want)
		}
	}
}
