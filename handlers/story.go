package handlers

import (
	"context"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/story"
	"trustlyportal/views"
)

const (
	// maxFamily is how many transactions of a payment one answer of the API holds.
	maxFamily = search.MaxCount

	// maxStory is how many are told: a daily charge for more than a year, with what was refunded, in some seven requests.
	maxStory = 6 * maxFamily
)

// family is a record's payment as further calls found it.
type family struct {
	of    *trustlyclient.Transaction
	rows  []*trustlyclient.Transaction
	whole bool  // all of it
	err   error // why not
}

// askFamily asks for all transactions of a record's payment. The answer comes on the channel, also if nobody waits.
func (w *web) askFamily(ctx context.Context, t *trustlyclient.Transaction) <-chan family {
	answer := make(chan family, 1)
	if t.Payment.PaymentID == "" {
		answer <- family{of: t}
		return answer
	}
	go func() { answer <- w.readFamily(ctx, t) }()
	return answer
}

// familyView is the list of a payment's transactions, the oldest first.
func familyView(view search.View, paymentID string) search.View {
	return view.With("payment.paymentId", paymentID).With(search.NameSortOrder, string(trustlyclient.Ascending))
}

// readFamily reads on while there are more than one answer holds, within the page's time.
func (w *web) readFamily(ctx context.Context, t *trustlyclient.Transaction) family {
	found := family{of: t}
	blank, _ := search.Parse("", w.Now())
	query := familyView(blank, string(t.Payment.PaymentID)).Query(w.Now())
	page, err := search.ReadPage(ctx, w.Client, query, search.Cursor{}, maxFamily)
	if err != nil {
		found.err = err
		return found
	}
	if found.rows = page.Rows; page.Older.IsZero() {
		found.whole = true
		return found
	}
	walk := search.NewWalk(w.Client, query, page.Older, maxStory-len(found.rows)+1)
	for {
		next, err := walk.Next(ctx)
		switch {
		case err != nil:
			found.err = err
			return found
		case next == nil:
			found.whole = true
			return found
		case len(found.rows) == maxStory:
			return found
		}
		found.rows = append(found.rows, next)
	}
}

// drawnStory is the payment's story for its page. What failed of it is in the request's log line too.
func (w *web) drawnStory(c echo.Context, view search.View, told *story.Story, found family, asOf time.Time) views.Story {
	teller := storyTeller{formatter: formatter{zone: view.Zone, now: asOf}, view: view}
	s := views.Story{
		Summary: teller.summary(told), Notes: teller.oddities(told), Moments: teller.moments(told), Check: teller.check(told.Money.Checks),
	}
	if id := told.PaymentID; id != "" && search.MaskText(id) == id {
		s.AllHref = familyView(view, told.PaymentID).URL("/transactions")
	}
	switch {
	case found.err != nil:
		requestFrom(c.Request().Context()).err = found.err
		s.RetryHref = c.Request().URL.RequestURI()
		s.Error = "The payment's other transactions could not be read: " + problemOf(found.err).heading + ". Below is what this one tells by itself."
		if len(found.rows) > 0 {
			s.Error = fmt.Sprintf("Only the first %d transactions of the payment could be read: %s.", len(found.rows), problemOf(found.err).heading)
		}
	case len(found.rows) >= maxStory && !found.whole:
		s.Notes = append([]views.StoryNote{{Text: fmt.Sprintf("Only the payment's first %d transactions are told here.", maxStory), Href: s.AllHref, Label: "All of them"}}, s.Notes...)
	}
	return s
}
