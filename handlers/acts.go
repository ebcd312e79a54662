package handlers

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
)

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
	if a.result == "" {
		a.result = audit.Allowed
	}
	if a.by == (auth.User{}) {
		a.by = reader(c).User
	}
	return w.Audit.Write(ctx, audit.Event{
		UserID: a.by.ID, User: a.by.Email, Role: string(a.by.Role), Action: a.action, Object: a.object, Detail: a.detail,
		Result: a.result, Reason: a.reason, Address: c.RealIP(), RequestID: requestFrom(c.Request().Context()).id,
	})
}
