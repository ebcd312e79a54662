package story

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

func atMinute(base, minutes int64) time.Time { return time.UnixMilli(base + minutes*60_000) }

// recurring is an Authorize with captures, a day apart, of the given status and code: 8:R01.
func recurring(t testing.TB, captures int, way func(i int) string) []*trustlyclient.Transaction {
	family := []*trustlyclient.Transaction{record(t, "1000", "", "1", "2", "")}
	for i := range captures {
		status, code, _ := strings.Cut(way(i), ":")
		at := 1772000000000 - int64(captures-i)*86400_000
		family = append(family, record(t, fmt.Sprint(1001+i), "1000", "3", status, fmt.Sprintf(
			`"createdAt":%d,"processedAt":%d,"completedAt":%d,"updatedAt":%d,"amount":"10.00","statusCode":"%s"`, at, at+1000, at+90_000_000, at+90_000_000, code)))
	}
	return family
}

func TestFoldsKeepLongFamiliesShort(t *testing.T) {
	ways := map[string]func(i int) string{
		"all alike":         func(int) string { return "4:AC118" },
		"one in 20 denied":  func(i int) string { return []string{"4:AC118", "8:R01"}[b2i(i%20 == 19)] },
		"every other":       func(i int) string { return []string{"4:AC118", "8:R01"}[i%2] },
		"many codes":        func(i int) string { return fmt.Sprintf("8:R%02d", i%40) },
		"many codes, mixed": func(i int) string { return []string{"4:AC118", fmt.Sprintf("8:R%02d", i%39)}[i%2] },
		"every status":      func(i int) string { return fmt.Sprintf("%d:AC100", i%15) },
	}
	for name, way := range ways {
		family := recurring(t, 500, way)
		for _, this := range []*trustlyclient.Transaction{family[0], family[1], family[250], family[500]} {
			for _, part := range [][]*trustlyclient.Transaction{family, family[1:101]} {
				s := Tell(this, part, len(part) == len(family), testNow)
				if len(s.Timeline) > maxMoments {
					t.Errorf("%s, from %s of %d: got %d moments, want at most %d", name, this.TransactionID, len(part), len(s.Timeline), maxMoments)
				}
				checkFolds(t, s)
				if s.Summary.LastFailure != nil {
					checkInSight(t, s, s.Summary.LastFailure)
				}
				checkInSight(t, s, s.This)
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func checkInSight(t *testing.T, s *Story, want *Record) {
	t.Helper()
	for _, m := range s.Timeline {
		if m.Step != nil && m.Step.Record == want {
			return
		}
	}
	t.Errorf("%s is not in the timeline", want.TransactionID)
}

func TestShortFamiliesAreNotFolded(t *testing.T) {
	family := recurring(t, 8, func(int) string { return "4:AC118" })
	s := Tell(family[3], family, true, testNow)
	for _, m := range s.Timeline {
		if m.Fold != nil {
			t.Errorf("got a fold of %d records among %d moments", len(m.Fold.Records), len(s.Timeline))
		}
	}
	if len(s.Timeline) != len(s.Steps) {
		t.Errorf("got %d moments of %d steps", len(s.Timeline), len(s.Steps))
	}
}

// Neighbours are folded first: what came between stays between.
func TestRunsAreFoldedFirst(t *testing.T) {
	family := recurring(t, 24, func(i int) string { return []string{"4:AC118", "8:R01"}[b2i(i == 9)] })
	family[4].Currency, family[5].Amount.Text = "CAD", "much"
	s := Tell(family[0], family, true, testNow)
	var got []string
	for _, b := range s.Tree[0].Branches {
		if b.Fold == nil {
			got = append(got, string(b.Record.TransactionID))
			continue
		}
		text := fmt.Sprintf("%d×%s/%s %s", len(b.Fold.Records), b.Fold.Type, b.Fold.Status, b.Fold.Code)
		for _, sum := range b.Fold.Sums {
			text += fmt.Sprintf(" %s%s/%d/%d", sum.Total, sum.Currency, sum.Count, sum.Unknown)
		}
		got = append(got, text)
	}
	if got, want := strings.Join(got, ", "), "9×3/4 AC118 70USD/8/1 10CAD/1/0, 1010, 14×3/4 AC118 140USD/14/0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A story is told at each look at a page.
func BenchmarkTell500(b *testing.B) {
	family := inserted(b, trustlytest.ManyCaptures(500, testNow))
	for b.Loop() {
		Tell(family[250], family, true, testNow)
	}
}
