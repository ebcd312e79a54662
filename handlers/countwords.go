package handlers

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"trustlyportal/search"
	"trustlyportal/views"
)

// countText is what a list's page knows of its size: the rows it shows, and that one more was there.
func countText(page search.Page) string {
	n := len(page.Rows)
	switch {
	case page.First && page.Older.IsZero():
		return transactions(n)
	case page.First:
		return fmt.Sprintf("1–%s of at least %s", thousands(n), thousands(n+1))
	case page.Older.IsZero():
		return "Last " + transactions(n)
	}
	return transactions(n) + " on this page"
}

func transactions(n int) string {
	if n == 1 {
		return "1 transaction"
	}
	return thousands(n) + " transactions"
}

// thousands writes a number with its marks.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// What a count of a list that goes on takes: 26 rows some ten requests, a million some forty.
const leastCount, mostCount = 10, 40

func (w *web) countPriceShort() string {
	text := fmt.Sprintf("%d–%d requests", leastCount, mostCount)
	if spacing := w.Client.Spacing(); spacing > 0 {
		text += fmt.Sprintf(", %s–%s s", seconds(leastCount*spacing), seconds(mostCount*spacing))
	}
	return text
}

func (w *web) countPrice() string {
	text := fmt.Sprintf("about %d to %d requests to Trustly", leastCount, mostCount)
	if spacing := w.Client.Spacing(); spacing > 0 {
		text += fmt.Sprintf(", %s to %s seconds at %s a second", seconds(leastCount*spacing), seconds(mostCount*spacing),
			strconv.FormatFloat(math.Round(10/spacing.Seconds())/10, 'f', -1, 64))
	}
	return text
}

func seconds(d time.Duration) string { return thousands(int(math.Ceil(d.Seconds()))) }

func progressText(p search.Progress) string {
	switch {
	case p.Most >= 0 && p.Least < p.Most:
		return fmt.Sprintf("Between %s and %s", thousands(p.Least), thousands(p.Most))
	case p.Least > 0:
		return "At least " + thousands(p.Least)
	}
	return ""
}

// countWords tell what a count found.
type countWords struct {
	view     search.View
	from, to time.Time
}

func (w countWords) of(c search.Counted) views.CountResult {
	asOf := "counted as of " + w.clock(w.from)
	if !c.Exact() {
		r := views.CountResult{Tone: views.ToneWarn, Note: asOf + ". " + obstacleTexts[c.Why]}
		switch {
		case c.Least == c.Most:
			r.Total = "About " + transactions(c.Least)
		case c.Most < 0:
			r.Total = "At least " + transactions(c.Least)
		case c.Least == 0:
			r.Total = "At most " + transactions(c.Most)
		default:
			r.Total = fmt.Sprintf("Between %s and %s", thousands(c.Least), transactions(c.Most))
		}
		return r
	}
	r := views.CountResult{Total: transactions(c.Least), Note: asOf, Tone: views.ToneGood}
	if c.Least == 0 {
		r.Total = "No transactions"
	}
	if slices.ContainsFunc(changing, w.view.Has) {
		r.Note = fmt.Sprintf("counted from %s to %s; one whose filtered fields changed in between may be in it or not", w.clock(w.from), w.clock(w.to))
	}
	return r
}

func (w countWords) clock(t time.Time) string { return formatter{zone: w.view.Zone}.clock(t) }

// changing are the filters on what may change in the life of a transaction: its number of rows can't be pinned to an
// instant.
var changing = []string{
	"transactionStatus", "payment.authorization.status", "payment.verification.status", "paymentProviderTransaction.ppTrxStatusCode",
	"paid.min", "paid.max", "refunded.min", "refunded.max",
	"updatedAt.start", "updatedAt.end", "processedAt.start", "processedAt.end", "completedAt.start", "completedAt.end",
	"payment.fiAccount.verified",
}

var obstacleTexts = map[search.Obstacle]string{
	search.Moving:    "Transactions entered or left the list while it was counted: count again for a better number.",
	search.Undated:   "Trustly sent some without a time of creation, which have no place of their own.",
	search.Crowded:   "Too many stand right at an end of a date range to tell which are inside: move that end by some seconds.",
	search.TooDeep:   "Trustly does not go deeper into this list: a shorter date range can be counted.",
	search.Repeating: "Trustly gives the same transaction at distant places of the list, so its places can't be relied on.",
}

// failedCount tells a failure after the first byte was sent, when there can be no error page any more.
func failedCount(c search.Counted, p problem, requestID string) views.CountResult {
	r := views.CountResult{Total: "Not counted", Note: fmt.Sprintf("%s. %s Request %s.", p.heading, p.do, requestID), Tone: views.ToneBad}
	if c.Least > 0 {
		r.Total = "At least " + transactions(c.Least) + ", not counted to the end"
	}
	return r
}
