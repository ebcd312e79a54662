package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

// stream is a page that is sent in parts: up to a mark at once, what belongs there as it comes, and then the rest. After
// the first byte there is no error page any more, so that failures are told in the page.
type stream struct {
	response *echo.Response
	rest     string
}

// startStream draws a page and sends it up to the mark.
func (w *web) startStream(ctx context.Context, c echo.Context, page templ.Component, mark string) (*stream, error) {
	whole, err := rendered(ctx, page)
	if err != nil {
		return nil, err
	}
	head, rest, ok := strings.Cut(whole, mark)
	if !ok {
		return nil, fmt.Errorf("draw page: no %s in it", mark)
	}
	response := c.Response()
	response.Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	response.Header().Set("X-Accel-Buffering", "no") // a proxy must pass on what is there
	response.WriteHeader(http.StatusOK)
	s := &stream{response: response, rest: rest}
	return s, s.write(head)
}

// send sends a part. That the time for the API is up does not hinder the part that says so.
func (s *stream) send(ctx context.Context, part templ.Component) error {
	html, err := rendered(context.WithoutCancel(ctx), part)
	if err != nil {
		return err
	}
	return s.write(html)
}

// end sends the rest of the page.
func (s *stream) end() error { return s.write(s.rest) }

func (s *stream) write(html string) error {
	if _, err := s.response.Write([]byte(html)); err != nil {
		return fmt.Errorf("send page: %w", err)
	}
	return http.NewResponseController(s.response).Flush()
}

// rendered is a part of a page as text.
func rendered(ctx context.Context, part templ.Component) (string, error) {
	var b bytes.Buffer
	if err := part.Render(ctx, &b); err != nil {
		return "", fmt.Errorf("draw page: %w", err)
	}
	return string(forHTML(b.Bytes())), nil
}
