package handlers

import (
	"github.com/prometheus/client_golang/prometheus"

	"trustlyportal/store"
)

// workMetrics are of exports.
type workMetrics struct {
	ended     *prometheus.CounterVec
	working   prometheus.Gauge
	rows      *prometheus.CounterVec
	downloads *prometheus.CounterVec
}

func newWorkMetrics(r *prometheus.Registry) workMetrics {
	made := maker{r}
	m := workMetrics{
		ended:     made.counter("portal_export_jobs_ended_total", "Export jobs that ended in this process: complete, or failed with the reason that the log names.", "state", "why"),
		working:   made.gauge("portal_export_jobs_working", "Export jobs that this process works on."),
		rows:      made.counter("portal_export_rows_total", "Rows that were exported: saved by jobs (job), or sent as downloads (download).", "by"),
		downloads: made.counter("portal_export_downloads_total", "Files of rows that were begun to be sent: complete, or cut off by a failure or because the reader left (cut).", "outcome"),
	}
	m.ended.WithLabelValues(string(store.ExportComplete), "none")
	for _, by := range []string{"job", "download"} {
		m.rows.WithLabelValues(by)
	}
	for _, outcome := range []string{"complete", "cut"} {
		m.downloads.WithLabelValues(outcome)
	}
	return m
}

// exportBegins counts a job in work; the returned function ends that.
func (m *Metrics) exportBegins() (over func()) {
	if m == nil {
		return func() {}
	}
	m.work.working.Inc()
	return m.work.working.Dec
}

// exportEnded counts a job's end.
func (m *Metrics) exportEnded(state store.ExportState, why store.ExportWhy) {
	if m == nil {
		return
	}
	if why == "" {
		why = "none"
	}
	m.work.ended.WithLabelValues(string(state), string(why)).Inc()
}

// rowsSaved counts rows of a job that were saved.
func (m *Metrics) rowsSaved(n int) {
	if m != nil {
		m.work.rows.WithLabelValues("job").Add(float64(max(0, n)))
	}
}

// downloaded counts a file that was sent, or cut off.
func (m *Metrics) downloaded(rows int, err error) {
	if m == nil {
		return
	}
	m.work.rows.WithLabelValues("download").Add(float64(rows))
	if err != nil {
		m.work.downloads.WithLabelValues("cut").Inc()
		return
	}
	m.work.downloads.WithLabelValues("complete").Inc()
}
