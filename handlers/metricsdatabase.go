package handlers

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// Watched is what metrics are read from when they are asked for.
type Watched struct {
	Client *trustlyclient.Client
	Store  *store.DB
	Limits auth.Limits // of logins
	Now    func() time.Time

	RequestsPerSecond float64 // to the API; 0: no limit
	Concurrency       int     // the same at a time; 0: no limit
}

// Watch adds what is read when it is asked for. It is called once.
func (m *Metrics) Watch(w Watched) {
	if m != nil {
		m.registry.MustRegister(&apiCollector{w}, &databaseCollector{watched: w})
	}
}

// sharedNote ends the help of what is read from the database.
const sharedNote = " Read from the database: each process says the same, so take max() of them, not sum()."

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// What is read when it is asked for.
var (
	descAPIInFlight    = described("portal_api_in_flight", "Requests of this process to the API that are under way.")
	descAPIWaiting     = described("portal_api_waiting", "Calls of this process that wait for their turn in the budget.", "who")
	descAPIDead        = described("portal_api_breaker_open", "1 while the API counts as dead for this process and is asked now and then only, else 0.")
	descAPIRate        = described("portal_api_budget_requests_per_second", "Requests per second that TRUSTLY_RATE_LIMIT allows; 0 for no limit.")
	descAPIConcurrency = described("portal_api_budget_concurrency", "Requests at a time that TRUSTLY_MAX_CONCURRENCY allows a process; 0 for no limit.")

	descDatabaseUp     = described("portal_database_up", "1 if the database answers, else 0: then all that is read from it is missing.")
	descDatabaseSchema = described("portal_database_schema_version", "Newest migration of the database's schema."+sharedNote)
	descConnections    = described("portal_database_connections", "Connections of this process to the database.", "state")
	descConnectionsMax = described("portal_database_connections_max", "Connections that this process may open to the database; 0 for no limit.")
	descWaits          = described("portal_database_waits_total", "Times that somebody in this process waited for a connection to the database.")
	descWaited         = described("portal_database_wait_seconds_total", "Time that was waited for connections to the database, in all.")
	descLogins         = described("portal_logins", "Sign-ins that are open: not ended, not idle too long, not too old."+sharedNote)
	descSessions       = described("portal_sessions", "Sessions that have not expired, of strangers too."+sharedNote)
	descExports        = described("portal_export_jobs", "Export jobs by state."+sharedNote, "state")
	descWorksheets     = described("portal_worksheets", "Pasted lists by state."+sharedNote, "state")
)

// apiCollector reads how the API's client stands.
type apiCollector struct{ watched Watched }

// Describe is Prometheus'.
func (*apiCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descAPIInFlight, descAPIWaiting, descAPIDead, descAPIRate, descAPIConcurrency} {
		to <- d
	}
}

// Collect is Prometheus'.
func (c *apiCollector) Collect(to chan<- prometheus.Metric) {
	s := c.watched.Client.State()
	gauge(to, descAPIInFlight, float64(s.InFlight))
	gauge(to, descAPIWaiting, float64(s.PeopleWaiting), whoOf(false))
	gauge(to, descAPIWaiting, float64(s.BackgroundWaiting), whoOf(true))
	gauge(to, descAPIDead, oneIf(s.Dead))
	gauge(to, descAPIRate, c.watched.RequestsPerSecond)
	gauge(to, descAPIConcurrency, float64(c.watched.Concurrency))
}

func gauge(to chan<- prometheus.Metric, d *prometheus.Desc, value float64, labels ...string) {
	to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

// Scrapes share what was read a moment ago, and none waits long for a database that hangs.
const (
	figuresKept    = 5 * time.Second
	figuresTimeout = 3 * time.Second
)

// databaseCollector reads from the database.
type databaseCollector struct {
	watched Watched

	mu      sync.Mutex
	readAt  time.Time
	up      bool
	schema  int64
	figures store.Figures
}

// Describe is Prometheus'.
func (*databaseCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descDatabaseUp, descDatabaseSchema, descConnections, descConnectionsMax, descWaits, descWaited,
		descLogins, descSessions, descExports, descWorksheets} {
		to <- d
	}
}

// Collect is Prometheus'.
func (c *databaseCollector) Collect(to chan<- prometheus.Metric) {
	pool := c.watched.Store.Pool()
	gauge(to, descConnections, float64(pool.InUse), "in_use")
	gauge(to, descConnections, float64(pool.Idle), "idle")
	gauge(to, descConnectionsMax, float64(pool.Max))
	to <- prometheus.MustNewConstMetric(descWaits, prometheus.CounterValue, float64(pool.Waits))
	to <- prometheus.MustNewConstMetric(descWaited, prometheus.CounterValue, pool.Waited.Seconds())

	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.readAt) >= figuresKept {
		c.read()
		c.readAt = time.Now()
	}
	gauge(to, descDatabaseUp, oneIf(c.up))
	if !c.up {
		return
	}
	gauge(to, descDatabaseSchema, float64(c.schema))
	gauge(to, descLogins, float64(c.figures.Logins))
	gauge(to, descSessions, float64(c.figures.Sessions))
	for _, state := range []store.ExportState{store.ExportQueued, store.ExportCollecting, store.ExportChecking, store.ExportComplete, store.ExportCanceled, store.ExportFailed, store.ExportExpired} {
		gauge(to, descExports, float64(c.figures.Exports[state]), string(state))
	}
	for _, state := range []store.WorksheetState{store.WorksheetRunning, store.WorksheetDone, store.WorksheetCanceled, store.WorksheetStopped} {
		gauge(to, descWorksheets, float64(c.figures.Worksheets[state]), string(state))
	}
}

func (c *databaseCollector) read() {
	ctx, cancel := context.WithTimeout(context.Background(), figuresTimeout)
	defer cancel()
	now := c.watched.Now()
	var err error
	if c.schema, err = c.watched.Store.SchemaVersion(ctx); err == nil {
		c.figures, err = c.watched.Store.Figures(ctx, now.Add(-c.watched.Limits.Lifetime), now.Add(-c.watched.Limits.Idle))
	}
	c.up = err == nil
}
