package handlers

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// httpMetrics are of requests to the portal. Which metrics a request counts in is looked up in tables that are made
// once, without an allocation.
type httpMetrics struct {
	requests           *prometheus.CounterVec
	duration, api, own *prometheus.HistogramVec
	inFlight           prometheus.Gauge

	byRoute map[string]*[len(methodNames)]routeMetrics
}

// routeMetrics are those of one route and method, made when the first request comes.
type routeMetrics struct {
	once          sync.Once
	answered      [len(outcomes)]prometheus.Counter
	duration, own prometheus.Observer

	asked sync.Once // most routes never ask the API
	api   prometheus.Observer
}

// methodNames are all that labels tell apart. HEAD is GET to the portal.
var methodNames = [...]string{http.MethodGet, http.MethodPost, "other"}

// outcomes of requests.
var outcomes = [...]string{"2xx", "3xx", "4xx", "5xx", "left", "partial"}

const (
	outcomeLeft    = 4 // the client did not wait
	outcomePartial = 5 // begun as a success, but a part of the page failed, or a download was cut off
)

// noRoute is where a request went that no route is for.
const noRoute = "none"

func newHTTPMetrics(r *prometheus.Registry) httpMetrics {
	made := maker{r}
	m := httpMetrics{
		requests: made.counter("portal_http_requests_total",
			"Requests answered, by the pattern of their route and how they ended: a class of status, left (the client did not wait) or partial (begun as a success, and a part failed).",
			"route", "method", "status"),
		duration: made.histogram("portal_http_request_duration_seconds", "Time from a request's headers to the end of its answer; a page that is made whole is counted right before it is sent.", ofPages, "route", "method"),
		api: made.histogram("portal_http_request_api_seconds",
			"Part of the duration in which a request waited for Trustly's API, its turn in the budget and further tries included. Requests that asked nothing of the API are not in it.", ofPages, "route", "method"),
		own:      made.histogram("portal_http_request_own_seconds", "Rest of the duration: what the portal itself took, its database included.", ofPages, "route", "method"),
		inFlight: made.gauge("portal_http_requests_in_flight", "Requests under way."),
		byRoute:  map[string]*[len(methodNames)]routeMetrics{noRoute: {}},
	}
	for _, r := range routes {
		m.byRoute[r.path] = &[len(methodNames)]routeMetrics{}
	}
	return m
}

// of returns the metrics of a route and method, for a request that asked the API or did not.
func (m *httpMetrics) of(route, method string, asked bool) *routeMetrics {
	byMethod, ok := m.byRoute[route]
	if !ok {
		route, byMethod = noRoute, m.byRoute[noRoute]
	}
	i := 0
	for i < len(methodNames)-1 && methodNames[i] != method {
		i++
	}
	one := &byMethod[i]
	one.once.Do(func() {
		for o, outcome := range outcomes {
			one.answered[o] = m.requests.WithLabelValues(route, methodNames[i], outcome)
		}
		one.duration, one.own = m.duration.WithLabelValues(route, methodNames[i]), m.own.WithLabelValues(route, methodNames[i])
	})
	if asked {
		one.asked.Do(func() { one.api = m.api.WithLabelValues(route, methodNames[i]) })
	}
	return one
}

// begin counts a request that has come.
func (m *Metrics) begin() {
	if m != nil {
		m.http.inFlight.Inc()
	}
}

// end counts one that has been answered.
func (m *Metrics) end(method string, about *request, status int, took time.Duration) {
	if m == nil {
		return
	}
	m.http.inFlight.Dec()
	api, asked := about.api.total()
	one := m.http.of(about.route, method, asked)
	one.answered[outcomeOf(status, about.err)].Inc()
	one.duration.Observe(took.Seconds())
	if asked {
		api = min(api, took)
		one.api.Observe(api.Seconds())
	}
	one.own.Observe((took - api).Seconds())
	if about.wait != nil {
		m.heldBack(about.wait)
	}
}

func outcomeOf(status int, err error) int {
	switch {
	case status == statusClientLeft:
		return outcomeLeft
	case status < http.StatusMultipleChoices && err != nil:
		return outcomePartial
	case status < http.StatusMultipleChoices: // 0: the server says 200
		return 0
	}
	return min(status/100, 5) - 2
}

// apiClock adds up how long a request waited for the API: the time in which at least one of its calls was under way.
type apiClock struct {
	asked atomic.Bool

	mu    sync.Mutex
	calls int // under way
	since time.Time
	sum   time.Duration
}

func (c *apiClock) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked.Store(true)
	if c.calls++; c.calls == 1 {
		c.since = time.Now()
	}
}

func (c *apiClock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls--; c.calls == 0 {
		c.sum += time.Since(c.since)
	}
}

// total is what was added up so far.
func (c *apiClock) total() (sum time.Duration, asked bool) {
	if !c.asked.Load() {
		return 0, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	sum = c.sum
	if c.calls > 0 {
		sum += time.Since(c.since)
	}
	return sum, true
}
