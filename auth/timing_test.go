package auth

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"
)

// timings is how many times each kind of account is tried. To see the distribution: go test ./auth -run Times -v -timings 500
var timings = flag.Int("timings", 12, "tries of each kind of account in TestTimesTellNothing")

// How long a refusal takes does not tell whether there is an account: the kinds are tried in turn, so that whatever else
// the machine does meets them alike, and none is always slower than another.
func TestTimesTellNothing(t *testing.T) {
	b := build(t)
	kinds := []struct{ name, email string }{
		{"known", "ada@example.com"}, {"unknown", "nobody@example.com"}, {"disabled", "gone@example.com"}, {"without a password", "sso@example.com"},
	}
	took := make([][]time.Duration, len(kinds))
	for i := range *timings {
		for k, kind := range kinds {
			start := time.Now()
			// Each from an address of its own, or the slow-down would answer.
			_, err := b.doors.CheckPassword(context.Background(), kind.email, "not this one at all", fmt.Sprintf("10.%d.%d.%d", k, i>>8, i&255))
			took[k] = append(took[k], time.Since(start))
			if !errors.Is(err, ErrWrongPassword) {
				t.Fatalf("%s, try %d: got %v, want ErrWrongPassword", kind.name, i+1, err)
			}
			b.doors.throttle = NewThrottle(newMemoryTries(), b.clock.now)
		}
	}
	for k, kind := range kinds {
		slices.Sort(took[k])
		at := func(q float64) time.Duration {
			return took[k][int(q*float64(len(took[k])-1))].Round(10 * time.Microsecond)
		}
		slower := slowerThan(took[k], took[0])
		t.Logf("%-18s %d tries: shortest %v, tenth %v, median %v, ninetieth %v, longest %v; slower than a known one in %.0f %% of all pairs",
			kind.name, len(took[k]), at(0), at(0.1), at(0.5), at(0.9), at(1), 100*slower)
		if k > 0 && (slower < 0.05 || slower > 0.95) { // by chance once in many thousand runs of 12
			t.Errorf("%s accounts are slower than known ones in %.0f %% of all pairs, want about half", kind.name, 100*slower)
		}
	}
}

// slowerThan is in which share of all pairs a is slower than b.
func slowerThan(a, b []time.Duration) float64 {
	n := 0.0
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				n++
			case x == y:
				n += 0.5
			}
		}
	}
	return n / float64(len(a)*len(b))
}
