package handlers

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are what one process counts for Prometheus. They answer first of all "is the API slow, or are we?".
//
// Labels hold patterns of routes, methods, states and kinds, each from a table of ours: never what somebody typed or
// sent, so that nothing personal gets out, and nobody can make the number of series grow. docs/metrics.md lists them all.
//
// A nil *Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry

	http  httpMetrics
	api   apiMetrics
	audit auditMetrics
	work  workMetrics
}

// NewMetrics returns metrics with a registry of their own. schema is the database's schema that the program knows.
func NewMetrics(version string, schema int64) *Metrics {
	r := prometheus.NewRegistry()
	m := &Metrics{registry: r, http: newHTTPMetrics(r), api: newAPIMetrics(r), audit: newAuditMetrics(r), work: newWorkMetrics(r)}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "portal_build_info", Help: "Always 1. Which program this is, and the schema of the database that it knows.",
		ConstLabels: prometheus.Labels{"version": version, "schema": strconv.FormatInt(schema, 10), "go": runtime.Version()},
	})
	build.Set(1)
	r.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// scrapeTimeout is how long a scrape may take, the database included. Prometheus waits for 10 s.
const scrapeTimeout = 8 * time.Second

// Handler answers with the metrics. It is for an address of its own that only the operator's systems reach.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling:       promhttp.ContinueOnError, // half of the figures are better than none
		MaxRequestsInFlight: 4,
		Timeout:             scrapeTimeout,
		EnableOpenMetrics:   true,
	})
}

// Registry is where the metrics are registered, for tests of what is written about them.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// maker makes metrics in a registry, so that each is one row where it is declared.
type maker struct{ registry *prometheus.Registry }

func (m maker) counter(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(v)
	return v
}

func (m maker) gauge(name, help string) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	m.registry.MustRegister(g)
	return g
}

func (m maker) histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	m.registry.MustRegister(v)
	return v
}

// Bounds of durations in seconds, each two to three times the one before.
var (
	ofPages = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25} // 25: all that a page may ask
	ofAPI   = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15}                // 15: a try's limit
	ofWaits = []float64{0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}
	ofAudit = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5} // 5: given up
)
