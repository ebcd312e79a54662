package handlers

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// estimateExport shows GET /exports/estimate?…: the form with about how many rows the export will have, and what it will
// cost. The dialog asks for the estimate alone. A failure is said there too: one can export without an estimate.
func (w *web) estimateExport(c echo.Context) error {
	order, done, err := w.readOrder(c, false)
	if done || err != nil {
		return err
	}
	if err := w.record(c, w.searched(c, "count", order.view)); err != nil {
		return err
	}
	r := c.Request()
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	now, status := w.Now(), http.StatusOK
	found, err := search.EstimateRows(trustlyclient.InBackground(ctx), w.Client, order.view.Query(now), now)
	if r.Context().Err() != nil {
		return r.Context().Err()
	}
	shown := w.estimateWords(found, formatter{zone: order.view.Zone, now: now}.clock(now))
	if err != nil {
		p := problemOf(err)
		requestFrom(r.Context()).err = err
		status = p.status
		shown = views.ExportEstimate{Text: "Not estimated", Cost: p.heading, Note: p.do + " Request " + requestFrom(r.Context()).id + ".", Tone: views.ToneBad}
	}
	if isFragment(r) {
		return w.draw(c, status, views.ExportEstimated(shown))
	}
	p := w.exportForm(c, order)
	p.Estimate = shown
	return w.draw(c, status, views.ExportForm(p))
}

// exportAnswer is how many rows of an answer an export has not met before: requests overlap on purpose.
const exportAnswer = 98

func exportRequests(rows int) int { return rows/exportAnswer + 1 }

func (w *web) estimateWords(e search.Estimate, clock string) views.ExportEstimate {
	least, most := exportRequests(e.Least), exportRequests(e.Most)
	v := views.ExportEstimate{Tone: views.ToneInfo, Note: fmt.Sprintf("Estimated at %s. Pages go first and exports share what Trustly allows, so it may take longer.", clock)}
	switch {
	case e.Exact:
		v.Text, v.Cost = transactions(e.Least), w.requestsWords(least, least)
		v.Note = fmt.Sprintf("Counted at %s.", clock)
		if e.Least == 0 {
			v.Text, v.Cost = "No transactions", "the files will hold a heading and no rows"
		}
	case e.Most < 0:
		v.Text, v.Cost = "At least "+transactions(e.Least), "at least "+w.requestsWords(least, least)
		v.Note = fmt.Sprintf("Estimated at %s. Trustly does not show how far the list goes: the export finds out.", clock)
	default:
		v.Text, v.Cost = fmt.Sprintf("About %s to %s", thousands(rounded(e.Least)), transactions(rounded(e.Most))), w.requestsWords(least, most)
	}
	return v
}

// rounded is a number that pretends no more than an estimate knows.
func rounded(n int) int {
	unit := 1
	for n/unit >= 100 {
		unit *= 10
	}
	return (n + unit/2) / unit * unit
}

// requestsWords is "31 to 61 requests to Trustly, 7 to 13 seconds at 5 a second".
func (w *web) requestsWords(least, most int) string {
	text := thousands(least) + " requests to Trustly"
	switch {
	case most != least:
		text = thousands(least) + " to " + thousands(most) + " requests to Trustly"
	case least == 1:
		text = "1 request to Trustly"
	}
	spacing := w.Client.Spacing()
	if spacing <= 0 {
		return text
	}
	rate := strconv.FormatFloat(math.Round(10/spacing.Seconds())/10, 'f', -1, 64)
	return fmt.Sprintf("%s, about %s at %s a second", text, between(time.Duration(least)*spacing, time.Duration(most)*spacing), rate)
}

// between is "7 to 13 seconds", in the unit that fits the longer.
func between(least, most time.Duration) string {
	unit, name := time.Second, "second"
	switch {
	case most >= 2*time.Hour:
		unit, name = time.Hour, "hour"
	case most >= 2*time.Minute:
		unit, name = time.Minute, "minute"
	}
	low, high := max(1, int((least+unit-1)/unit)), max(1, int((most+unit-1)/unit))
	switch {
	case low != high:
		return fmt.Sprintf("%s to %s %ss", thousands(low), thousands(high), name)
	case high == 1:
		return "a " + name
	}
	return fmt.Sprintf("%s %ss", thousands(high), name)
}
