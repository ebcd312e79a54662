package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// caller asks one server over one connection, with as little work of its own as it takes: http.Client would cost more
// than what is measured.
type caller struct {
	host    string
	headers string // of each request, each line ended
	conn    net.Conn
	answers *bufio.Reader
}

// newCaller is one that connects with its first request: servers hang up on those that say nothing. What it sends with
// each request are lines of headers.
func newCaller(t *testing.T, base string, headers ...string) *caller {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	c := &caller{host: u.Host}
	for _, line := range headers {
		c.headers += line + "\r\n"
	}
	t.Cleanup(func() {
		if c.conn != nil {
			_ = c.conn.Close()
		}
	})
	return c
}

// get reads an answer to its end and says how long its body was.
func (c *caller) get(path string) (length int64, err error) {
	if c.conn == nil {
		if c.conn, err = net.Dial("tcp", c.host); err != nil {
			return 0, err
		}
		c.answers = bufio.NewReaderSize(c.conn, 64<<10)
	}
	if _, err := fmt.Fprintf(c.conn, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", path, c.host, c.headers); err != nil {
		return 0, err
	}
	answer, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		return 0, err
	}
	length, err = io.Copy(io.Discard, answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: got %s, want 200", strings.SplitN(path, "?", 2)[0], answer.Status)
	}
	return length, err
}

// inTurn has callers ask side by side, each one thing after the other, and returns the answers a second.
func inTurn(t *testing.T, callers []*caller, path func() string, lasting time.Duration) float64 {
	t.Helper()
	var all sync.WaitGroup
	var answered atomic.Int64
	began := time.Now()
	for _, c := range callers {
		all.Go(func() {
			for time.Since(began) < lasting {
				if _, err := c.get(path()); err != nil {
					t.Errorf("at %s: %v", c.host, err)
					return
				}
				answered.Add(1)
			}
		})
	}
	all.Wait()
	return float64(answered.Load()) / time.Since(began).Seconds()
}

// median of some figures, in whatever order.
func median[T int64 | float64 | time.Duration](of []T) T {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
