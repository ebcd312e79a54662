package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"trustlyportal/audit"
	"trustlyportal/auth"
)

// auditMetrics are of the audit, and through it of what people do.
type auditMetrics struct {
	records  *prometheus.CounterVec
	signIns  *prometheus.CounterVec
	heldBack *prometheus.CounterVec
	took     prometheus.Observer
	failures prometheus.Counter
	writable prometheus.Gauge
}

func newAuditMetrics(r *prometheus.Registry) auditMetrics {
	made := maker{r}
	m := auditMetrics{
		records:  made.counter("portal_audit_records_total", "Records written into the audit by this process, by act and whether it was allowed: reveal counts masked values shown, refusal what was not the reader's to ask for.", "action", "result"),
		signIns:  made.counter("portal_sign_ins_total", "Sign-ins on record, by means and whether they were let in.", "means", "result"),
		heldBack: made.counter("portal_sign_ins_held_back_total", "Passwords and codes not looked at: tries (too many wrong ones before) or busy (too many people at once).", "why"),
		took:     made.histogram("portal_audit_append_seconds", "Time that acts waited for their record in the audit: it is written while they go on, and together with others'.", ofAudit).WithLabelValues(),
		failures: made.counter("portal_audit_append_failures_total", "Records that could not be written. What needed them was not done.").WithLabelValues(),
		writable: made.gauge("portal_audit_writable", "1 if the last record of this process could be written, else 0."),
	}
	m.writable.Set(1)
	for _, why := range []string{"tries", "busy"} {
		m.heldBack.WithLabelValues(why)
	}
	return m
}

// WatchedAudit is the audit's store with an eye on whether records can be written.
type WatchedAudit struct {
	audit.Store
	metrics *Metrics
	failing atomic.Bool
}

// WatchAudit watches a store of the audit. Metrics may be nil.
func WatchAudit(s audit.Store, m *Metrics) *WatchedAudit { return &WatchedAudit{Store: s, metrics: m} }

// BeginAudit is the store's. See [audit.Store].
func (w *WatchedAudit) BeginAudit(e audit.Event) func(context.Context) (audit.Record, error) {
	written := w.Store.BeginAudit(e)
	return func(ctx context.Context) (audit.Record, error) {
		began := time.Now()
		record, err := written(ctx)
		if errors.Is(err, context.Canceled) { // the caller's own end
			return record, err
		}
		w.note(err)
		if m := w.metrics; m != nil {
			m.audit.took.Observe(time.Since(began).Seconds())
			if err != nil {
				m.audit.failures.Inc()
			} else {
				m.recorded(e)
			}
		}
		return record, err
	}
}

// note remembers whether the audit could be written.
func (w *WatchedAudit) note(err error) {
	w.failing.Store(err != nil)
	if w.metrics != nil {
		w.metrics.audit.writable.Set(oneIf(err == nil))
	}
}

func (m *Metrics) recorded(e audit.Event) {
	action, result := "other", "refused"
	if slices.Contains(audit.Actions(), e.Action) {
		action = string(e.Action)
	}
	if e.Result == audit.Allowed {
		result = "allowed"
	}
	m.audit.records.WithLabelValues(action, result).Inc()
	if e.Action == audit.SignIn {
		m.audit.signIns.WithLabelValues(meansOf(e.Detail), result).Inc()
	}
}

// meansOf reads from a sign-in's record by which means it was.
func meansOf(detail string) string {
	means, _, _ := strings.Cut(detail, ",")
	switch auth.Means(means) {
	case auth.ByPassword, auth.BySSO, auth.ByPasskey, auth.ByPasswordTOTP, auth.ByPasswordCode, auth.ByPasswordPasskey:
		return means
	}
	return "other"
}

// heldBack counts a try that was not looked at.
func (m *Metrics) heldBack(wait *auth.TooManyTries) {
	switch {
	case m == nil:
	case wait.Busy:
		m.audit.heldBack.WithLabelValues("busy").Inc()
	default:
		m.audit.heldBack.WithLabelValues("tries").Inc()
	}
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
