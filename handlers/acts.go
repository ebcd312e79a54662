package handlers

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
)

// What is recorded: acts of people, and what scripts with somebody's token do. Pages that ask by themselves whether
// something changed (newer, watch, the progress of a list or an export) are none: they bring no rows, and whoever
// opened the page is on record. docs/security.md has the vocabulary of objects and details.

// act is what a request does, for the audit.
type act struct {
	action audit.Action
	object string       // what it is done to: "transaction 1009000103"
	detail string       // which part of it, or how
	reason string       // in the reader's own words
	result audit.Result // allowed if not set
	by     auth.User    // the reader if not set: who signs in is none yet
}

// auditPatience is how long a record may take: it is written though its reader has left.
const auditPatience = 5 * time.Second

// record writes an act into the audit. Where the act matters it is done only after record returned without an error.
func (w *web) record(c echo.Context, a act) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), auditPatience)
	defer cancel()
	return w.Audit.Write(ctx, w.event(c, a))
}

// recording has an act written into the audit while the handler goes on, and returns what waits for it. No answer is
// sent before that.
func (w *web) recording(c echo.Context, a act) (recorded func() error) {
	written := w.Audit.Begin(w.event(c, a))
	return func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), auditPatience)
		defer cancel()
		return written(ctx)
	}
}

func (w *web) event(c echo.Context, a act) audit.Event {
	if a.by == (auth.User{}) {
		a.by = reader(c).User
	}
	return audit.Event{
		UserID: a.by.ID, User: a.by.Email, Role: string(a.by.Role), Action: a.action, Object: a.object, Detail: a.detail,
		Result: cmp.Or(a.result, audit.Allowed), Reason: a.reason, Address: c.RealIP(), RequestID: requestFrom(c.Request().Context()).id,
	}
}

// searched is the act of asking for a view's rows. What was typed into it is hashed.
func (w *web) searched(c echo.Context, object string, view search.View) act {
	a := act{action: audit.Search, object: object, detail: view.Recorded(w.typed.Hash)}
	if isPrefetch(c.Request()) {
		a.reason = "fetched ahead by the browser"
	}
	return a
}

// viewed is the act of opening a record; part is how, "" for its page.
func viewed(id, part string) act {
	return act{action: audit.View, object: "transaction " + id, detail: part}
}

// recordRefusal puts on record that somebody who is signed in asked for what is not theirs to ask for. A stranger is not
// recorded: whoever comes along could fill the audit.
func (w *web) recordRefusal(c echo.Context, refusal error, said string) {
	ctx := c.Request().Context()
	by := reader(c).User
	if by.ID == 0 {
		identity, err := w.Doors.Identify(ctx)
		if err != nil {
			return
		}
		by = identity.User
	}
	if c.Path() == "" { // refused before the router was asked
		c.Echo().Router().Find(c.Request().Method, echo.GetPath(c.Request()), c)
	}
	if missing, ok := errors.AsType[*refused](refusal); ok {
		said = "permission " + string(missing.permission)
	}
	w.recordOrTell(c, act{action: audit.Refusal, object: "address " + c.Request().Method + " " + routeOf(c), detail: said, result: audit.Refused, by: by})
}

// recordEnded puts on record that somebody came with a session whose sign-in is over, once: then the session is gone.
func (w *web) recordEnded(c echo.Context, why error) error {
	if !errors.Is(why, auth.ErrLoginEnded) {
		return nil
	}
	user, found, err := w.Doors.Forget(c.Request().Context())
	if err != nil || !found {
		return err
	}
	said := "sign-in is over"
	if user.Disabled {
		said = "account is disabled"
	}
	return w.record(c, act{action: audit.Refusal, object: "address " + c.Request().Method + " " + routeOf(c), detail: said, result: audit.Refused, by: user})
}

// recordOrTell is for what is refused or over whether it is on record or not: the operator hears of a record that fails.
func (w *web) recordOrTell(c echo.Context, a act) {
	if err := w.record(c, a); err != nil {
		w.Logger.ErrorContext(c.Request().Context(), "an act could not be recorded in the audit",
			slog.String("id", requestFrom(c.Request().Context()).id), slog.String("action", string(a.action)), slog.String("err", err.Error()))
	}
}
