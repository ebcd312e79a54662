package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"trustlyportal/views"
)

// streamFind sends the page before all answers are there, and then each answer as it comes. It works without script:
// every answer has a place in the page that says so while it is awaited.
func (w *web) streamFind(ctx context.Context, c echo.Context, h *hunt, page views.FindPage, words *findWords) error {
	page.Asking = words.asking()
	s, err := w.startStream(ctx, c, views.Find(page), views.FindAnswersHere)
	if err != nil {
		return err
	}
	for i, a := range h.answers {
		if a == nil {
			continue
		}
		if err := s.send(ctx, views.FindAnswered(words.answer(i))); err != nil {
			return err
		}
	}
	for !h.over() {
		select {
		case a := <-h.arriving:
			h.take(a)
			if err := s.send(ctx, views.FindAnswered(words.answer(a.reading))); err != nil {
				return err
			}
		case <-c.Request().Context().Done():
			return nil // the reader left; the log has the status that was sent
		}
	}
	h.report(c.Request().Context())
	if t := h.single(); t != nil {
		w.readAhead(ctx, t)
	}
	if err := s.send(ctx, views.FindSummed(words.summary())); err != nil {
		return err
	}
	return s.end()
}
