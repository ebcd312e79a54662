package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of every connection. A slow or silent client costs a goroutine and some memory for as long as these let it.
const (
	readHeaderTimeout = 5 * time.Second  // headers come in one or two packets
	readTimeout       = 15 * time.Second // the largest body is a form of a few kilobytes
	idleTimeout       = 2 * time.Minute  // longer than a reader looks at a page, so that the next one needs no handshake

	// writeTimeout counts from the end of the request's headers: longer than the slowest page, which waits for a few
	// requests to the API of 15 s each. Downloads move their own deadline on as they write.
	writeTimeout = 75 * time.Second

	// maxHeaderBytes fits a view's URL of 8 kB, the same in Referer, and cookies of 4 kB each.
	maxHeaderBytes = 32 << 10
)

func listen(ctx context.Context, addr string) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
}

func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// serveHTTP serves until ctx ends, calls ready once connections are accepted, and then drains as if nobody else served.
func serveHTTP(ctx context.Context, srv *http.Server, listener net.Listener, log *slog.Logger, ready func()) error {
	return newDrain(drainDelay, drainTimeout).serve(ctx, srv, listener, log, ready)
}

// serve serves until ctx ends, calls ready once connections are accepted, and then drains.
func (d *drain) serve(ctx context.Context, srv *http.Server, listener net.Listener, log *slog.Logger, ready func()) error {
	d.watch(srv)
	served := make(chan error, 1)
	go func() { served <- srv.Serve(listener) }()
	ready() // the kernel has accepted connections since the listener was made; Serve takes them from there

	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	err := d.stop(context.WithoutCancel(ctx), srv, log)
	if ended := <-served; err == nil && !errors.Is(ended, http.ErrServerClosed) {
		err = ended
	}
	if err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	log.Info("stopped")
	return nil
}
