package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trustlyportal/views"
)

// streamFind sends the page before all answers are there, and then each answer as it comes. It works without script:
// every answer has a place in the page that says so while it is awaited.
//
// After the first byte there is no error page any more, so that failures are told in the page.
func (w *web) streamFind(ctx context.Context, c echo.Context, h *hunt, page views.FindPage, words *findWords) error {
	page.Asking = words.asking()
	whole, err := drawn(ctx, views.Find(page))
	if err != nil {
		return err
	}
	head, tail, ok := strings.Cut(whole, views.FindAnswersHere)
	if !ok {
		return fmt.Errorf("draw page: no place for the answers")
	}
	response := c.Response()
	response.Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	response.Header().Set("X-Accel-Buffering", "no") // a proxy must pass on what is there
	response.WriteHeader(http.StatusOK)
	send := func(html string) error {
		if _, err := response.Write([]byte(html)); err != nil {
			return fmt.Errorf("send page: %w", err)
		}
		return http.NewResponseController(response).Flush()
	}
	err = send(head)
	for i := 0; err == nil && i < len(h.readings); i++ {
		if h.answers[i] != nil {
			err = w.sendPart(ctx, send, views.FindAnswered(words.answer(i)))
		}
	}
	for err == nil && !h.over() {
		var a answered
		select {
		case a = <-h.arriving:
			h.take(a)
			err = w.sendPart(ctx, send, views.FindAnswered(words.answer(a.reading)))
		case <-c.Request().Context().Done():
			return nil // the reader left; the log has the status that was sent
		}
	}
	if err != nil {
		return err
	}
	h.report(c.Request().Context())
	if t := h.single(); t != nil {
		w.readAhead(ctx, t)
	}
	if err := w.sendPart(ctx, send, views.FindSummed(words.summary())); err != nil {
		return err
	}
	return send(tail)
}

func (w *web) sendPart(ctx context.Context, send func(string) error, part templ.Component) error {
	html, err := drawn(context.WithoutCancel(ctx), part)
	if err != nil {
		return err
	}
	return send(html)
}

// drawn is a part of a page as text.
func drawn(ctx context.Context, part templ.Component) (string, error) {
	var b bytes.Buffer
	if err := part.Render(ctx, &b); err != nil {
		return "", fmt.Errorf("draw page: %w", err)
	}
	return string(bytes.Map(forHTML, b.Bytes())), nil
}
