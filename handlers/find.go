package handlers

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// findGrace is how long a page waits for all answers before it is sent with those that came, unless [Config.FindGrace]
// says so: a quick API gives a redirect or a whole page, a slow one something to read.
const findGrace = 300 * time.Millisecond

// findQuery is what was typed into the one box, without what e-mails and spreadsheets put around it.
func findQuery(r *http.Request) string {
	if r.URL.Path != "/find" {
		return ""
	}
	return search.Tidy(r.URL.Query().Get("q"))
}

// find takes GET /find?q=…: it asks the API for everything that the text can be by its shape. The transaction with that
// ID, or the only one found in all readings, opens; anything else is a page of the readings with what they found. With
// all=1 nothing opens by itself.
func (w *web) find(c echo.Context) error {
	r := c.Request()
	pasted := c.QueryParam("q")
	readings := search.Readings(pasted)
	if len(readings) == 0 {
		return w.draw(c, http.StatusOK, views.Find(w.findPage(c, pasted, nil)))
	}
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	recorded := w.recording(c, w.hunted(pasted, readings))
	hunt := w.startHunt(ctx, c, readings, c.QueryParam("all") == "")
	if err := errors.Join(hunt.wait(ctx, cmp.Or(w.FindGrace, findGrace)), recorded()); err != nil {
		return err
	}
	if t := hunt.single(); t != nil {
		w.readAhead(ctx, t)
		return c.Redirect(http.StatusSeeOther, openHref(t))
	}
	page := w.findPage(c, pasted, readings)
	words := newFindWords(w, c, hunt)
	if !hunt.over() {
		return w.streamFind(ctx, c, hunt, page, words)
	}
	if err := hunt.failedWhole(); err != nil {
		return err
	}
	hunt.report(r.Context())
	page.Summary = words.summary()
	page.Answers = words.answers()
	return w.draw(c, http.StatusOK, views.Find(page))
}

// hunted is the act of asking the one box for a text.
func (w *web) hunted(pasted string, readings []search.Reading) act {
	var as []string
	for _, r := range readings {
		as = append(as, r.Label())
	}
	return act{action: audit.Search, object: "box " + w.typed.Hash(search.Tidy(pasted)), detail: "as " + strings.Join(as, ", ")}
}

// hunt is one text being asked for in all its readings at once.
type hunt struct {
	readings []search.Reading
	pasted   string
	base     search.View // what the readings narrow
	opens    bool        // the transaction with this ID ends it
	arriving chan answered
	answers  []*answered // by reading; nil while it is not there
	pending  int
}

// answered is what came of one reading.
type answered struct {
	reading int
	rows    []*trustlyclient.Transaction // the newest, at most findRows
	more    bool
	err     error
}

const (
	// findRows is how many rows of a reading a page shows: enough to recognise the right one.
	findRows = 5

	// looseRows is how many rows of a broader reading are looked through for those that show the text: a schedule's
	// captures share one payment.
	looseRows = 50

	// recordFirst is by how much the record itself is asked for before all else: if it is there, nothing else need be,
	// and the queue to the API is in that order.
	recordFirst = 10 * time.Millisecond
)

func (w *web) startHunt(ctx context.Context, c echo.Context, readings []search.Reading, opens bool) *hunt {
	blank, _ := search.Parse("", w.Now())
	h := &hunt{
		readings: readings, pasted: c.QueryParam("q"), base: w.zoned(c, blank), opens: opens,
		arriving: make(chan answered, len(readings)), answers: make([]*answered, len(readings)), pending: len(readings),
	}
	var after time.Duration
	for i, reading := range readings {
		if reading.Name == search.ReadRecord && opens {
			after = recordFirst
			go func() { h.arriving <- w.askReading(ctx, h, i) }()
		}
	}
	// The client serves whoever comes first, and at five requests a second the last one is a second behind.
	inTurn := w.Client.Spacing() / 4
	for place, i := range h.turns() {
		if readings[i].Name == search.ReadRecord && opens {
			continue
		}
		turn := after + time.Duration(place)*inTurn
		go func() {
			select {
			case <-time.After(turn):
				h.arriving <- w.askReading(ctx, h, i)
			case <-ctx.Done():
				h.arriving <- answered{reading: i, err: ctx.Err()}
			}
		}()
	}
	return h
}

// seldom are the readings that are asked last: an original ID is a transaction's ID too, which is asked first, and the
// provider's own have a shape that is asked alone.
var seldom = []string{"originalTransactionId", "paymentProviderTransaction.paymentProviderTransactionId"}

// turns are the readings in the order in which they are asked.
func (h *hunt) turns() []int {
	var turns, last []int
	for i, reading := range h.readings {
		if slices.Contains(seldom, reading.Name) {
			last = append(last, i)
		} else {
			turns = append(turns, i)
		}
	}
	return append(turns, last...)
}

// askReading makes the few requests of one reading: created at any time, the newest first.
func (w *web) askReading(ctx context.Context, h *hunt, i int) answered {
	reading := h.readings[i]
	if reading.Name == search.ReadRecord {
		t, err := w.Client.Get(ctx, reading.Value)
		switch {
		case errors.Is(err, trustlyclient.ErrNotFound), errors.Is(err, trustlyclient.ErrInvalid):
			return answered{reading: i}
		case err != nil:
			return answered{reading: i, err: err}
		}
		return answered{reading: i, rows: []*trustlyclient.Transaction{t}}
	}
	most := findRows
	if reading.Loose {
		most = looseRows
	}
	page, err := search.ReadPage(ctx, w.Client, reading.In(h.base).Query(w.Now()), search.Cursor{}, most)
	a := answered{reading: i, rows: page.Rows, more: !page.Older.IsZero(), err: err}
	if reading.Loose {
		a.rows = h.shownFirst(reading, a.rows)
		a.more = a.more || len(a.rows) > findRows
		a.rows = a.rows[:min(len(a.rows), findRows)]
	}
	return a
}

// shownFirst puts the rows that show the text before those that are only near it.
func (h *hunt) shownFirst(reading search.Reading, rows []*trustlyclient.Transaction) []*trustlyclient.Transaction {
	var shown, near []*trustlyclient.Transaction
	for _, t := range rows {
		if reading.ShownIn(t, h.pasted) {
			shown = append(shown, t)
		} else {
			near = append(near, t)
		}
	}
	return append(shown, near...)
}

// wait takes answers until all are there, the record itself is, or the time is up. Its error is that the reader left.
func (h *hunt) wait(ctx context.Context, atMost time.Duration) error {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	for !h.over() {
		select {
		case a := <-h.arriving:
			h.take(a)
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (h *hunt) take(a answered) {
	h.answers[a.reading] = &a
	h.pending--
}

// over reports whether nothing more is waited for.
func (h *hunt) over() bool { return h.pending == 0 || h.theRecord() != nil }

// theRecord is the transaction with the pasted ID, if it is there and may open.
func (h *hunt) theRecord() *trustlyclient.Transaction {
	for i, reading := range h.readings {
		if a := h.answers[i]; h.opens && reading.Name == search.ReadRecord && a != nil && len(a.rows) == 1 && reading.ShownIn(a.rows[0], h.pasted) {
			return a.rows[0]
		}
	}
	return nil
}

// single is the transaction that may open by itself: the one with the pasted ID, or the only one that all readings
// found and that shows what was pasted. Of what a broader reading found only that counts.
func (h *hunt) single() *trustlyclient.Transaction {
	if t := h.theRecord(); t != nil || !h.opens || h.pending > 0 {
		return t
	}
	var only *trustlyclient.Transaction
	for i, a := range h.answers {
		if a.err != nil {
			return nil
		}
		for _, t := range a.rows {
			switch shown := h.readings[i].ShownIn(t, h.pasted); {
			case !shown && h.readings[i].Loose:
				continue
			case !shown, only != nil && t.TransactionID != only.TransactionID:
				return nil
			}
			only = t
		}
	}
	return only
}

func openHref(t *trustlyclient.Transaction) string {
	return recordHref(search.View{}, string(t.TransactionID))
}

// readAhead reads the payment of a transaction that opens while the browser is on its way to the record's page, which
// asks for the same: the client gives one answer to both. Nobody waits for it, so what fails here fails there again.
func (w *web) readAhead(ctx context.Context, t *trustlyclient.Transaction) {
	if t.Payment.PaymentID == "" {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageTimeout)
		defer cancel()
		w.readFamily(ctx, t)
	}()
}

// failedWhole is the first reading's failure if every reading failed.
func (h *hunt) failedWhole() error {
	var first error
	for _, a := range h.answers {
		if a == nil || a.err == nil {
			return nil
		}
		first = cmp.Or(first, a.err)
	}
	return first
}

// report gives the request's log line what failed of a page that is there all the same.
func (h *hunt) report(ctx context.Context) {
	var failed []error
	for _, a := range h.answers {
		if a != nil {
			failed = append(failed, a.err)
		}
	}
	requestFrom(ctx).err = errors.Join(failed...)
}
