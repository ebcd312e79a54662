package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

var errCrossOrigin = errors.New("form sent from another site")

// statusClientLeft is nginx's word for a reader who did not wait; only the log sees it.
const statusClientLeft = 499

// problem is an error as people are told of it.
type problem struct {
	status   int
	heading  string
	what, do string
	retry    bool          // trying again may help
	after    time.Duration // not before; sent as Retry-After
	alarm    bool          // the operator has to act
	findable bool          // the path's id may be something else

	links []views.Link // ways on

	challenge string // sent as WWW-Authenticate to a script whose token does not do
}

// problemOf is the one place that turns errors into statuses and words.
func problemOf(err error) problem {
	var notPermitted *refused
	var undoable *undone
	var misread *unreadableView
	var noSSO *refusedSSO
	var http_ *echo.HTTPError
	switch {
	case errors.Is(err, audit.ErrUnrecorded): // whatever kept the record from being written
		return problem{status: http.StatusInternalServerError, heading: "Not on record, so not done",
			what: "The portal could not write this into its audit, and it shows and does nothing that is not on record. Trustly is not to blame.",
			do:   "Try again; if it stays, give the request ID to the portal's operator.", retry: true}
	case errors.Is(err, errNoTransaction):
		return problem{status: http.StatusNotFound, heading: "No such transaction",
			what: "Trustly knows no transaction with this ID.",
			do:   "Check the ID, look for it as anything else, or search for another thing the customer gave you.", findable: true}
	case errors.Is(err, errNothingToReveal):
		return problem{status: http.StatusNotFound, heading: "Nothing to reveal",
			what: "The transaction has no masked field of this name now.", do: "Go back to the transaction and load it again."}
	case errors.Is(err, errNoReason):
		return problem{status: http.StatusUnprocessableEntity, heading: "A reason is needed",
			what: "This portal asks why a value is to be revealed.", do: "Go back and write a few words."}
	case errors.Is(err, errLongReason):
		return problem{status: http.StatusUnprocessableEntity, heading: "The reason is too long",
			what: fmt.Sprintf("A reason has %d characters at most.", maxReason), do: "Go back and shorten it."}
	case errors.Is(err, errNoView):
		return problem{status: http.StatusNotFound, heading: "No such view",
			what: "There is no saved view at this address that you may open. Its owner may have deleted it, or keeps it private.",
			do:   "Look among your views, or ask whoever sent the link."}
	case errors.Is(err, errNotYours):
		return problem{status: http.StatusForbidden, heading: "Not your view",
			what: "Only its owner can change this saved view; an administrator can, once it is shared.", do: "Ask its owner, or save a view of your own."}
	case errors.As(err, &noSSO):
		return noSSO.problem()
	case errors.As(err, &misread):
		return misread.problem()
	case errors.Is(err, errFactorOwed):
		return problem{status: http.StatusForbidden, heading: "A second factor is needed",
			what: "Your role needs a second factor, and your account has none yet.", do: "Add one on the page “Second factors” of your account, then try again."}
	case errors.Is(err, errProof):
		return problem{status: http.StatusForbidden, heading: "Prove that it is you",
			what: "This needs a fresh proof of who you are, and yours is more than 15 minutes old. Nothing was done.", do: "Open " + provePath + " in the browser, then try again."}
	case errors.Is(err, errNoAccount):
		return problem{status: http.StatusNotFound, heading: "No such account", what: "The portal has no account at this address.", do: "Look for it among all accounts."}
	case errors.As(err, &undoable):
		return problem{status: http.StatusUnprocessableEntity, heading: "Not done", what: undoable.what, do: undoable.do}
	case errors.Is(err, errNoWorksheet):
		return problem{status: http.StatusNotFound, heading: "No such list",
			what: "There is no list of yours at this address. Lists are kept for a day, and each is for the person who pasted it.",
			do:   "Paste it again, or search for a single ID."}
	case errors.Is(err, errNoExport):
		return problem{status: http.StatusNotFound, heading: "No such export",
			what: "There is no export of yours at this address, or its rows are no longer kept. Exports are kept for some days, and each is for the person who started it.",
			do:   "Look among your exports, or export again."}
	case errors.Is(err, errExportSealed):
		return problem{status: http.StatusGone, heading: "This export can’t be opened any more",
			what: "The portal’s secret has changed since its rows were read.", do: "Export again."}
	case errors.Is(err, errExportDamaged):
		return problem{status: http.StatusInternalServerError, heading: "This export can’t be downloaded",
			what: "What the portal kept of it is not what it read, so nothing of it is sent.", do: "Export again, and give the request ID to the portal’s operator."}
	case errors.Is(err, errOldHTTP):
		return problem{status: http.StatusHTTPVersionNotSupported, heading: "HTTP/1.1 is needed",
			what: "By HTTP/1.0 a download that breaks off looks like one that has ended, so none is sent that way.", do: "If a proxy stands before the portal, its operator has to set it to HTTP/1.1 (nginx: proxy_http_version 1.1)."}
	case errors.As(err, &notPermitted):
		return problem{status: http.StatusForbidden, heading: "Not permitted",
			what: fmt.Sprintf("Your role does not include the permission “%s”.", notPermitted.permission),
			do:   "Ask an administrator of the portal if you need it."}
	case errors.Is(err, errCrossOrigin):
		return problem{status: http.StatusForbidden, heading: "Sent from another site",
			what: "Your browser says that this form was sent from another site, so nothing was done.",
			do:   "Open the portal itself and try again there."}
	case errors.As(err, &http_):
		return problemOfRouter(http_.Code)
	}
	if p, ok := problemOfAPI(err); ok {
		return p
	}
	if p, ok := problemOfToken(err); ok {
		return p
	}
	if store.Away(err) {
		return problem{status: http.StatusServiceUnavailable, heading: "The portal’s database does not answer",
			what: "Without it the portal can’t tell who you are or put anything on record, so nothing is shown or done. Trustly is not to blame.",
			do:   "Try again in a few seconds; if it stays, give the request ID to the portal's operator.", retry: true, after: defaultRetryAfter}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return timedOut()
	}
	return problem{status: http.StatusInternalServerError, heading: "Something went wrong in the portal",
		what: "The portal failed to make this page. Trustly is not to blame.", do: "Try again; if it stays, give the request ID to the portal's operator.", retry: true}
}

func problemOfRouter(code int) problem {
	switch code {
	case http.StatusNotFound:
		return problem{status: code, heading: "No such page", what: "There is no page at this address.", do: "Check the address, or start from the list."}
	case http.StatusMethodNotAllowed:
		return problem{status: code, heading: "Not that way", what: "This address does not take this kind of request.", do: "Go back and use the page's own buttons."}
	case http.StatusRequestEntityTooLarge:
		return problem{status: code, heading: "Too large", what: "What was sent is larger than any form of the portal.", do: "Go back and send less."}
	}
	return problem{status: code, heading: http.StatusText(code), what: "The request could not be handled as it was sent.", do: "Go back and try again."}
}

func timedOut() problem {
	return problem{status: http.StatusGatewayTimeout, heading: "Trustly did not answer in time",
		what: "The portal asked Trustly's API and got no answer within its time limit.", do: "Try again. A shorter date range is quicker to answer.", retry: true}
}

// problemOfAPI tells a failure of Trustly's API as what it is.
func problemOfAPI(err error) (problem, bool) {
	var api *trustlyclient.Error
	errors.As(err, &api)
	switch {
	case errors.Is(err, search.ErrOutOfOrder), errors.Is(err, search.ErrNoProgress):
		return problem{status: http.StatusBadGateway, heading: "Trustly's answer can't be relied on",
			what:  "The API did not order or page its rows as it documents. Showing them could leave rows out, so none are shown.",
			do:    "Try again; if it stays, give the request ID to the portal's operator.",
			retry: true, alarm: true}, true
	case errors.Is(err, trustlyclient.ErrUncounted):
		return problem{status: http.StatusServiceUnavailable, heading: "The portal’s database does not answer",
			what: "All processes of the portal count their requests to Trustly there, and none leaves uncounted. Trustly is not to blame.",
			do:   "Try again in a few seconds.", retry: true, after: defaultRetryAfter, alarm: true}, true
	case errors.Is(err, trustlyclient.ErrUnauthorized), errors.Is(err, trustlyclient.ErrForbidden):
		return problem{status: http.StatusBadGateway, heading: "Trustly refused the portal's access",
			what: "The portal's own API credentials were not accepted. This is not about your account.",
			do:   "The portal's operator has to check the access ID and key.", alarm: true}, true
	case errors.Is(err, trustlyclient.ErrRateLimited):
		p := problem{status: http.StatusServiceUnavailable, heading: "Trustly asks to slow down",
			what: "The API takes no more requests from this portal right now.", do: "Wait a moment, then try again.", retry: true, after: defaultRetryAfter}
		if api != nil && api.RetryAfter > 0 {
			p.after = api.RetryAfter
		}
		return p, true
	case errors.Is(err, trustlyclient.ErrTimeout):
		return timedOut(), true
	case errors.Is(err, trustlyclient.ErrMalformed):
		return problem{status: http.StatusBadGateway, heading: "Trustly's answer can't be read",
			what: "The API's answer was broken, cut short or in an unknown form. Nothing of it is shown, since a part could be missing.",
			do:   "Try again; if it stays, give the request ID to the portal's operator.", retry: true}, true
	case errors.Is(err, trustlyclient.ErrUnavailable) && api != nil && api.RetryAfter > 0:
		return problem{status: http.StatusBadGateway, heading: "Trustly's API is not working",
			what: "The API failed again and again, so the portal waits a moment before it asks again.", do: "Try again in a few seconds.", retry: true, after: api.RetryAfter}, true
	case errors.Is(err, trustlyclient.ErrUnavailable):
		return problem{status: http.StatusBadGateway, heading: "Trustly's API is not working",
			what: "The API answered with an error of its own, or could not be reached" + statusOf(api) + ".", do: "Try again in a minute.", retry: true}, true
	case errors.Is(err, trustlyclient.ErrBadRequest), errors.Is(err, trustlyclient.ErrInvalid):
		return problem{status: http.StatusBadGateway, heading: "Trustly refused this request",
			what: "The API did not accept what the portal asked" + saidBy(api) + ".", do: "Change or remove the filter it names. If it names none, give the request ID to the portal's operator."}, true
	case errors.Is(err, trustlyclient.ErrNotFound):
		return problem{status: http.StatusBadGateway, heading: "Trustly's API is not where it should be",
			what: "The configured address answers, but knows no list of transactions.", do: "The portal's operator has to check the API's address.", alarm: true}, true
	}
	return problem{}, false
}

// defaultRetryAfter is what readers are told when the API names no time.
const defaultRetryAfter = 5 * time.Second

func statusOf(e *trustlyclient.Error) string {
	if e == nil || e.StatusCode == 0 {
		return ""
	}
	return fmt.Sprintf(" (its status was %d)", e.StatusCode)
}

// saidBy quotes the API to the reader who asked. Logs never see it: it may repeat what was searched for.
func saidBy(e *trustlyclient.Error) string {
	if e == nil {
		return ""
	}
	var parts []string
	if e.Location != "" {
		parts = append(parts, "parameter "+search.Isolate(e.Location))
	}
	if e.Code != 0 {
		parts = append(parts, "code "+strconv.Itoa(e.Code))
	}
	if e.Message != "" {
		parts = append(parts, "“"+search.Isolate(e.Message)+"”")
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

// handleError answers for a handler that failed.
func (w *web) handleError(err error, c echo.Context) {
	r := c.Request()
	about := requestFrom(r.Context())
	about.route, about.err = routeOf(c), err
	if c.Response().Committed {
		return
	}
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		about.err = nil
		c.Response().WriteHeader(statusClientLeft)
		return
	}
	p := problemOf(err)
	if p.alarm {
		w.Logger.ErrorContext(r.Context(), "the API can't be used as configured", slog.String("id", about.id), slog.String("err", err.Error()))
	}
	if p.status == http.StatusForbidden && p.challenge == "" { // a token's refusal is on record already
		w.recordRefusal(c, err, lowerFirst(p.heading))
	}
	if p.status < http.StatusInternalServerError {
		about.err = nil
	}
	if p.after > 0 {
		c.Response().Header().Set("Retry-After", strconv.Itoa(int((p.after+time.Second-1)/time.Second)))
	}
	if p.challenge != "" {
		c.Response().Header().Set("WWW-Authenticate", p.challenge)
	}
	if drawn := w.drawError(c, p); drawn != nil {
		about.err = errors.Join(err, drawn)
		if !c.Response().Committed { // else the server says 200
			c.Response().WriteHeader(p.status)
		}
	}
}

func (w *web) drawError(c echo.Context, p problem) error {
	if bringsToken(c.Request()) { // a script prints it
		return c.String(p.status, p.plainly(requestFrom(c.Request().Context()).id))
	}
	if reader(c).LoginID == "" { // an address without a door: whoever is signed in keeps the way back
		if identity, err := w.Doors.Identify(c.Request().Context()); err == nil {
			c.SetRequest(c.Request().WithContext(auth.WithIdentity(c.Request().Context(), identity)))
		}
	}
	page := views.ErrorPage{Frame: w.frame(c, p.heading), Status: p.status, Heading: p.heading, What: p.what, Do: p.do}
	if p.retry && c.Request().Method == http.MethodGet {
		page.RetryHref = c.Request().URL.RequestURI()
	}
	if page.Frame.User.Email != "" {
		page.Links = []views.Link{{Label: "All transactions of the last 7 days", Href: w.startHref(c)}}
	}
	page.Links = append(page.Links, p.links...)
	if id, err := pathParam(c, "id"); p.findable && err == nil {
		page.Find = id
	}
	if isFragment(c.Request()) {
		return w.draw(c, p.status, views.ErrorRegion(page))
	}
	return w.draw(c, p.status, views.Error(page))
}

// recoverPanics turns a panic into an error. A broken-off download keeps its panic: the server cuts the connection.
func (w *web) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		requestFrom(c.Request().Context()).route = routeOf(c)
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if cut, ok := v.(error); ok && errors.Is(cut, http.ErrAbortHandler) {
				panic(v)
			}
			w.Logger.ErrorContext(c.Request().Context(), "panic", slog.String("id", requestFrom(c.Request().Context()).id), slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
			if c.Response().Committed {
				panic(http.ErrAbortHandler)
			}
			err = errors.New("panic")
		}()
		return next(c)
	}
}

func routeOf(c echo.Context) string {
	if p := c.Path(); p != "" {
		return p
	}
	return "none"
}
