package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// drainDelay is for one portal alone: nobody else can take what it does not.
	drainDelay = 0 * time.Second

	// drainTimeout is less than the 30 s after which Kubernetes kills; docker stop needs -t 40 for downloads to end well.
	drainTimeout = 25 * time.Second

	// drainLinger is how long connections that lie open are kept for the request that may be on its way: longer than a
	// packet takes round the earth.
	drainLinger = 300 * time.Millisecond

	// drainFarewell is how long requests that were cut may take to put so on record.
	drainFarewell = 3 * time.Second
)

// drain ends serving without losing a request. In turn: readiness says no and every answer closes its connection;
// connections are still taken until the delay is over, so that the load balancer sees it; then none are taken, and
// requests under way finish, up to the timeout; what has not finished is cut so that it shows.
type drain struct {
	delay, timeout, linger time.Duration

	stopping func() // is told at the beginning; may be nil

	begun    atomic.Bool
	underWay atomic.Int64 // requests

	mu    sync.Mutex
	conns map[net.Conn]bool // true: its answer says that it ends
}

func newDrain(delay, timeout time.Duration) *drain {
	return &drain{delay: delay, timeout: timeout, linger: drainLinger, conns: map[net.Conn]bool{}}
}

// Begun reports whether the portal was told to stop.
func (d *drain) Begun() bool { return d.begun.Load() }

// watch has the server's connections and requests counted, and closed one by one when the end has begun.
func (d *drain) watch(srv *http.Server) {
	next := srv.Handler
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.underWay.Add(1)
		defer d.underWay.Add(-1)
		if d.Begun() {
			w.Header().Set("Connection", "close")
			d.mu.Lock()
			d.conns[r.Context().Value(connKey{}).(net.Conn)] = true
			d.mu.Unlock()
		}
		next.ServeHTTP(w, r)
	})
	srv.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	srv.ConnState = d.note
}

// connKey is the connection's in the context of its requests.
type connKey struct{}

func (d *drain) note(conn net.Conn, state http.ConnState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch state {
	case http.StateNew:
		d.conns[conn] = false
	case http.StateClosed, http.StateHijacked:
		delete(d.conns, conn)
	}
}

// stop drains the server, whose Serve goes on meanwhile. Having had to cut requests is no error.
func (d *drain) stop(ctx context.Context, srv *http.Server, log *slog.Logger) error {
	d.begun.Store(true)
	if d.stopping != nil {
		d.stopping()
	}
	log.InfoContext(ctx, "stopping: not ready any more, finishing requests under way", "delay", d.delay.String(), "timeout", d.timeout.String())
	time.Sleep(d.delay)
	wait(d.linger, d.told)

	limit, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	err := srv.Shutdown(limit)
	if limit.Err() == nil {
		return err
	}
	log.WarnContext(ctx, "requests were cut that did not finish in time", "requests", d.underWay.Load(), "timeout", d.timeout.String())
	d.cut()
	err = srv.Close()
	wait(drainFarewell, func() bool { return d.underWay.Load() == 0 })
	return err
}

// cut breaks the connections that requests are under way on. They end by a reset, not by the end that a finished answer
// has: not even a proxy that asked in HTTP/1.0 can take a part of a file for all of it.
func (d *drain) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for conn := range d.conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // what can't be cut so is closed all the same
		}
	}
}

// told reports whether each connection ends with the answer under way on it. One whose request came before the end began
// may bring another.
func (d *drain) told() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, told := range d.conns {
		if !told {
			return false
		}
	}
	return true
}

// wait until it is done, but no longer than the limit.
func wait(limit time.Duration, done func() bool) {
	for end := time.Now().Add(limit); !done() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
}
