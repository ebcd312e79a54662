package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// healthz answers GET /healthz: the process lives.
func (w *web) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyTimeout is how long the database may take to show that it is there. Load balancers wait a few seconds.
const readyTimeout = 2 * time.Second

// readyz answers GET /readyz: whether the portal can serve, and a line for each thing that this takes. The API is told of
// only: were a process not ready for its sake, all would be at once, and nobody would see the page that says why.
func (w *web) readyz(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTimeout)
	defer cancel()
	var lines strings.Builder
	ready := true
	for _, check := range []struct {
		name string
		look func(context.Context) (word string, good bool)
	}{
		{"process", w.processState},
		{"database", w.databaseState},
		{"schema", w.schemaState},
		{"audit", w.auditState},
		{"api", w.apiState},
	} {
		word, good := check.look(ctx)
		ready = ready && good
		lines.WriteString(check.name + ": " + word + "\n")
	}
	if !ready {
		return c.String(http.StatusServiceUnavailable, "not ready\n"+lines.String())
	}
	return c.String(http.StatusOK, "ready\n"+lines.String())
}

// processState: told to stop, it is to get no more requests, though it still answers them.
func (w *web) processState(context.Context) (string, bool) {
	if w.Draining != nil && w.Draining() {
		return "stopping", false
	}
	return "ok", true
}

func (w *web) databaseState(ctx context.Context) (string, bool) {
	if err := w.Ready(ctx); err != nil {
		return w.notReady(ctx, "the database does not answer", err)
	}
	return "ok", true
}

// schemaState: an older schema lacks what this program needs: somebody put a backup back. A newer one is what an upgrade
// of several processes looks like while it goes on: were the old ones not ready then, nobody would be.
func (w *web) schemaState(ctx context.Context) (string, bool) {
	have, err := w.Store.SchemaVersion(ctx)
	if err != nil {
		return w.notReady(ctx, "the schema's version can't be read", err)
	}
	known, err := w.Store.KnownSchema()
	switch {
	case err != nil:
		return w.notReady(ctx, "the program's schema is not known", err)
	case have < known:
		return "older than the program", false
	case have > known:
		return "newer than the program", true
	}
	return "ok", true
}

// auditState: what can't be put on record is not done, so almost nothing can be. Whether records can be written is known
// from the last one; only after one that failed it is tried out.
func (w *web) auditState(ctx context.Context) (string, bool) {
	if w.AuditHealth == nil || !w.AuditHealth.failing.Load() {
		return "ok", true
	}
	if err := w.Store.TryAudit(ctx); err != nil {
		return w.notReady(ctx, "the audit can't be written", err)
	}
	w.AuditHealth.note(nil)
	return "ok", true
}

func (w *web) apiState(context.Context) (string, bool) {
	switch state := w.Client.State(); {
	case !state.Heard:
		return "not asked yet", true
	case state.Dead:
		return "failing", true
	}
	return "ok", true
}

// notReady tells the operator more than whoever asks.
func (w *web) notReady(ctx context.Context, what string, err error) (string, bool) {
	w.Logger.WarnContext(ctx, "not ready", slog.String("what", what), slog.String("err", err.Error()))
	return "failed", false
}
