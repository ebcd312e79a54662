package handlers

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// countTimeout bounds a whole count. Most take some seconds; one over an API that refuses deep offsets has to go on by
// time, which takes longer.
const countTimeout = 5 * time.Minute

// count streams GET /transactions/count?…: the number of rows of the list's view, with what is known on the way. With
// HX-Request only the steps come, each an element of its own.
//
// The first request is made before the first byte is sent, so that a failure is a page that says so. A reader who leaves
// ends the count.
func (w *web) count(c echo.Context) error {
	r := c.Request()
	c.Response().Header().Add("Vary", varyOnFragment)
	asOf := w.Now()
	view, errs := w.readView(c, asOf)
	if len(errs) > 0 {
		return w.drawRefusedList(c, view, errs)
	}
	if canonical := view.Encode(); canonical != r.URL.RawQuery {
		return c.Redirect(http.StatusSeeOther, view.URL(r.URL.Path))
	}
	ctx, cancel := context.WithTimeout(r.Context(), countTimeout)
	defer cancel()
	recorded := w.recording(c, w.searched(c, "count", view))
	counting := search.NewCount(w.Client, view.Query(asOf), asOf)
	if err := errors.Join(begin(ctx, counting), recorded()); err != nil {
		return err
	}
	stream, err := w.startCount(c, view)
	if err != nil {
		return err
	}
	counted, err := counting.Finish(trustlyclient.InBackground(ctx), stream.step) // up to 40 calls: people's pages go first
	if r.Context().Err() != nil {
		return nil // the reader left; the log has the status that was sent
	}
	result := countWords{view: view, from: asOf, to: w.Now()}.of(counted)
	if err != nil {
		requestFrom(r.Context()).err = err
		result = failedCount(counted, problemOf(err), requestFrom(r.Context()).id)
	}
	return stream.end(result)
}

// begin makes the first request as a person's page does: the rest of a count is patient with an API that fails, whoever
// asked for it should not have to be.
func begin(ctx context.Context, counting *search.Count) error {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	return counting.Begin(ctx)
}

// countStream sends the steps of a count.
type countStream struct {
	ctx    context.Context
	out    *downloadWriter
	after  string // what of the page follows the steps
	last   string
	failed error // of sending; then the reader is gone
}

// startCount sends the page up to the steps, nothing of it to count.js.
func (w *web) startCount(c echo.Context, view search.View) (*countStream, error) {
	r := c.Request()
	s := &countStream{ctx: r.Context(), out: &downloadWriter{response: c.Response(), control: http.NewResponseController(c.Response())}}
	before := ""
	if !isFragment(r) {
		page := views.CountPage{
			Frame: w.frame(c, "Counting exactly"), Sentence: view.Sentence(), BackHref: view.URL("/transactions"), Price: w.countPrice(),
		}
		whole, err := rendered(r.Context(), views.Count(page))
		if err != nil {
			return nil, err
		}
		before, s.after, _ = strings.Cut(whole, views.CountStepsHere)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	h.Set("X-Accel-Buffering", "no") // a proxy must pass on what is there
	c.Response().WriteHeader(http.StatusOK)
	s.send(before)
	s.send(" ") // without a byte nothing can be flushed
	return s, s.failed
}

func (s *countStream) send(html string) {
	if s.failed == nil {
		_, s.failed = s.out.Write([]byte(html))
	}
	if s.failed == nil {
		s.failed = s.out.control.Flush()
	}
}

func (s *countStream) draw(part templ.Component) {
	html, err := rendered(s.ctx, part)
	if s.failed == nil {
		s.failed = err
	}
	s.send(html + "\n")
}

// step sends what is known, where that is news.
func (s *countStream) step(p search.Progress) {
	if text := progressText(p); text != "" && text != s.last {
		s.last = text
		s.draw(views.CountStep(text))
	}
}

func (s *countStream) end(result views.CountResult) error {
	s.draw(views.CountEnd(result))
	s.send(s.after)
	if left := s.ctx.Err() != nil || errors.Is(s.failed, context.Canceled); !left {
		return s.failed
	}
	return nil
}
