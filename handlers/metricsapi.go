package handlers

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"trustlyportal/trustlyclient"
)

// apiMetrics are of what the portal asks of Trustly's API.
type apiMetrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	retries  *prometheus.CounterVec
	waits    *prometheus.HistogramVec
	lookups  *prometheus.CounterVec
	opened   prometheus.Counter
	recent   *recent
}

func newAPIMetrics(r *prometheus.Registry) apiMetrics {
	made := maker{r}
	m := apiMetrics{
		requests: made.counter("portal_api_requests_total",
			"Requests to Trustly's API, each try for itself, by what became of them. Three outcomes never left: refused (the breaker was open), gave_up (whoever asked did not wait for its turn in the budget) and uncounted (the budget that processes share could not be asked).",
			"call", "outcome"),
		duration: made.histogram("portal_api_request_duration_seconds", "Time from a request's leaving to the end of its answer, waits before excluded.", ofAPI, "call"),
		retries:  made.counter("portal_api_retries_total", "Tries that failed and were followed by another.", "call"),
		waits:    made.histogram("portal_api_budget_wait_seconds", "Time that requests waited for their turn in the budget, those that gave up included.", ofWaits, "who"),
		lookups:  made.counter("portal_api_list_lookups_total", "List pages that people asked for: kept (shown again within 2 s) or asked of the API.", "result"),
		opened:   made.counter("portal_api_breaker_opened_total", "Times that the API counted as dead from then on.").WithLabelValues(),
		recent:   &recent{now: time.Now},
	}
	for _, result := range []string{"kept", "asked"} { // so that a ratio of them is one from the start
		m.lookups.WithLabelValues(result)
	}
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "portal_api_recent_requests",
		Help: "Requests of this process that left for the API and ended in the last 10 whole seconds."}, m.recent.count))
	return m
}

// calls are what requests to the API are for, by the client's routes.
var calls = map[string]string{"/transactions": "list", "/transactions/{id}": "transaction"}

func callOf(route string) string {
	if call, ok := calls[route]; ok {
		return call
	}
	return "other"
}

func whoOf(background bool) string {
	if background {
		return "background"
	}
	return "people"
}

// event counts one step of the API's client.
func (m *Metrics) event(e trustlyclient.Event) {
	call := callOf(e.Route)
	switch e.Kind {
	case trustlyclient.Tried:
		m.api.requests.WithLabelValues(call, outcomeOfAPI(e)).Inc()
		m.api.duration.WithLabelValues(call).Observe(e.Took.Seconds())
		m.api.waits.WithLabelValues(whoOf(e.Background)).Observe(e.Waited.Seconds())
		m.api.recent.add()
	case trustlyclient.Refused:
		m.api.requests.WithLabelValues(call, "refused").Inc()
	case trustlyclient.GaveUp:
		m.api.requests.WithLabelValues(call, "gave_up").Inc()
		m.api.waits.WithLabelValues(whoOf(e.Background)).Observe(e.Waited.Seconds())
	case trustlyclient.Uncounted:
		m.api.requests.WithLabelValues(call, "uncounted").Inc()
	case trustlyclient.Retried:
		m.api.retries.WithLabelValues(call).Inc()
	case trustlyclient.Kept:
		m.api.lookups.WithLabelValues("kept").Inc()
	case trustlyclient.Asked:
		if call == "list" { // nothing else is kept
			m.api.lookups.WithLabelValues("asked").Inc()
		}
	case trustlyclient.BreakerOpened:
		m.api.opened.Inc()
	case trustlyclient.BreakerClosed: // the gauge tells
	}
}

// outcomeOfAPI is what became of a try: the class of its status, or how it failed without one.
func outcomeOfAPI(e trustlyclient.Event) string {
	switch {
	case e.Err == nil:
		return "ok"
	case errors.Is(e.Err, context.Canceled):
		return "canceled"
	case errors.Is(e.Err, trustlyclient.ErrTimeout):
		return "timeout"
	case e.StatusCode == http.StatusTooManyRequests:
		return "429"
	case e.StatusCode >= 500:
		return "5xx"
	case e.StatusCode >= 400:
		return "4xx"
	case errors.Is(e.Err, trustlyclient.ErrMalformed):
		return "unreadable"
	case e.StatusCode != 0:
		return "complaint" // the API's own error under a status of success
	}
	return "unreachable"
}

// recent counts what happened in the last whole seconds.
type recent struct {
	now func() time.Time

	mu      sync.Mutex
	seconds [11]int64 // which second each place counts
	counts  [11]int
}

func (r *recent) add() {
	second := r.now().Unix()
	r.mu.Lock()
	defer r.mu.Unlock()
	place := second % int64(len(r.seconds))
	if r.seconds[place] != second {
		r.seconds[place], r.counts[place] = second, 0
	}
	r.counts[place]++
}

// count leaves the second out that is not over.
func (r *recent) count() float64 {
	second := r.now().Unix()
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for place, at := range r.seconds {
		if at < second && at >= second-10 {
			n += r.counts[place]
		}
	}
	return float64(n)
}
