package handlers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/story"
	"trustlyportal/views"
)

const (
	// watchAge is how old an answer to another viewer may be. Viewers of one record ask at the same moments, so that one
	// request to the API serves them all.
	watchAge = 10 * time.Second

	// maxWatched bounds the records whose last answer is kept.
	maxWatched = 1000
)

// watch takes GET /transactions/{id}/watch?payment=&v=: whether the record, or another of its payment, changed since its
// page was drawn. An open page asks now and then; nobody waits, so trouble is logged and answered with nothing.
func (w *web) watch(c echo.Context) error {
	id, err := pathParam(c, "id")
	if err != nil {
		return err
	}
	// Others may wait for the same answer, so that it does not end with who asked first.
	ctx, cancel := context.WithTimeout(trustlyclient.InBackground(context.WithoutCancel(c.Request().Context())), pageTimeout)
	defer cancel()
	q := c.QueryParams()
	now, err := w.watched.ask(w.Now(), [2]string{id, q.Get("payment")}, func() (watchedState, error) { return w.readWatched(ctx, id, q.Get("payment")) })
	if err != nil {
		requestFrom(c.Request().Context()).err = err
		return c.NoContent(http.StatusNoContent)
	}
	if now.record == nil || now.version == q.Get("v") {
		return c.NoContent(http.StatusNoContent)
	}
	view, errs := search.Parse(url.Values{search.NameZone: {cmp.Or(q.Get(search.NameZone), w.zoneOf(c))}}.Encode(), w.Now())
	if len(errs) > 0 {
		return c.NoContent(http.StatusNoContent)
	}
	f := formatter{zone: view.Zone, now: w.Now()}
	told := views.Watch{Said: "This payment changed: another transaction of it is new or has moved on.", Show: recordHref(view, id)}
	if version := recordVersion(now.record); version != q.Get("own") {
		told.Said = "This transaction changed"
		if at := now.record.UpdatedAt; !at.IsZero() {
			told.Said += " at " + f.clock(at.Time)
		}
		told.Said += ": now " + status(now.record).Word + "."
	}
	if story.Watchable(now.record) {
		told.Href = watchAddress(now.record, q.Get("payment"), now.version, view)
	}
	return w.draw(c, http.StatusOK, views.Watched(told))
}

// readWatched makes one request: for all of the payment where its page knew all, else for the record alone.
func (w *web) readWatched(ctx context.Context, id, paymentID string) (watchedState, error) {
	if paymentID == "" {
		t, err := w.Client.Get(ctx, id)
		if err != nil {
			return watchedState{}, err
		}
		return watchedState{record: t, version: versionOf([]*trustlyclient.Transaction{t})}, nil
	}
	blank, _ := search.Parse("", w.Now())
	view := familyView(blank, paymentID)
	if !view.Has("payment.paymentId") {
		return watchedState{}, nil
	}
	page, err := search.ReadPage(ctx, w.Client, view.Query(w.Now()), search.Cursor{}, maxWatchedFamily)
	if err != nil {
		return watchedState{}, err
	}
	i := slices.IndexFunc(page.Rows, func(t *trustlyclient.Transaction) bool { return string(t.TransactionID) == id })
	if i < 0 {
		return watchedState{}, nil // the address names another payment
	}
	return watchedState{record: page.Rows[i], version: versionOf(page.Rows)}, nil
}

// maxWatchedFamily is up to how many transactions of a payment are watched together: what one request brings, and with
// it that there are no more.
const maxWatchedFamily = maxFamily - 10

// watchHref is where a page asks whether its record changed; "" when nothing more is expected.
func watchHref(view search.View, s *story.Story, found family) string {
	record := s.This.Transaction
	if id := string(record.TransactionID); !s.Summary.Watch || id == "" || search.MaskText(id) != id {
		return ""
	}
	paymentID := string(record.Payment.PaymentID)
	if !found.whole || len(found.rows) > maxWatchedFamily || search.MaskText(paymentID) != paymentID || len(s.Oddities) > 0 {
		if !story.Watchable(record) {
			return ""
		}
		return watchAddress(record, "", versionOf([]*trustlyclient.Transaction{record}), view)
	}
	return watchAddress(record, paymentID, versionOf(found.rows), view)
}

func watchAddress(t *trustlyclient.Transaction, paymentID, version string, view search.View) string {
	q := url.Values{"v": {version}, "own": {recordVersion(t)}, search.NameZone: {view.Zone.String()}}
	if paymentID != "" {
		q.Set("payment", paymentID)
	}
	return "/transactions/" + url.PathEscape(string(t.TransactionID)) + "/watch?" + q.Encode()
}

// versionOf is short and changes with any record. It tells nothing of them.
func versionOf(rows []*trustlyclient.Transaction) string {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b *trustlyclient.Transaction) int { return cmp.Compare(a.TransactionID, b.TransactionID) })
	hash := sha256.New()
	for _, t := range rows {
		fmt.Fprintf(hash, "%q %q %q %q\n", t.TransactionID, t.Status, t.RecordVersion, t.UpdatedAt.Text)
	}
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:9])
}

func recordVersion(t *trustlyclient.Transaction) string {
	return versionOf([]*trustlyclient.Transaction{t})
}

// watchedState is what a record was when it was last asked for.
type watchedState struct {
	record  *trustlyclient.Transaction // nil when it was not found
	version string
}

// watched shares answers between the viewers of a record.
type watched struct {
	mu   sync.Mutex
	last map[[2]string]*watchedAnswer
}

type watchedAnswer struct {
	at    time.Time
	once  sync.Once
	state watchedState
	err   error
}

// ask returns an answer that is young enough, or asks. Who comes while it is asked waits for the same.
func (s *watched) ask(now time.Time, key [2]string, read func() (watchedState, error)) (watchedState, error) {
	s.mu.Lock()
	answer := s.last[key]
	if answer == nil || now.Sub(answer.at) >= watchAge {
		s.tidy(now)
		if s.last == nil || len(s.last) >= maxWatched {
			s.last = map[[2]string]*watchedAnswer{}
		}
		answer = &watchedAnswer{at: now}
		s.last[key] = answer
	}
	s.mu.Unlock()
	answer.once.Do(func() { answer.state, answer.err = read() })
	return answer.state, answer.err
}
