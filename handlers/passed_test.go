package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth"
)

// The words speak of a time to come; once it is over, they say so.
func TestTimeThatHasPassed(t *testing.T) {
	t.Parallel()
	const attempt, end = "The date of the new attempt has passed.", "The time at which the preauthorization ends has passed,"
	for _, c := range []struct {
		kind, status int
		field, want  string
	}{{3, 8, "representmentScheduledAt", attempt}, {10, 2, "expiredAt", end}, {10, 6, "expiredAt", ""}} {
		for _, wait := range []time.Duration{-time.Hour, time.Hour} {
			rec := exampleRecord(t)
			rec["transactionType"], rec["status"], rec[c.field] = c.kind, c.status, testNow.Add(wait).UnixMilli()
			got := words(open(t, serveRecord(rec)).as(auth.Support).get("/transactions/1006755981").want(http.StatusOK).doc().Find(".words"))
			for _, text := range []string{attempt, end} {
				if want := text == c.want && wait < 0; strings.Contains(got, text) != want {
					t.Errorf("type %d, status %d, %s in %v: got %q, want %q in it: %t", c.kind, c.status, c.field, wait, got, text, want)
				}
			}
		}
	}
}
