package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"trustlyportal/handlers"
)

// telemetrySettings are what the portal tells of itself to the operator's systems, and where. Those of traces have the
// names that OpenTelemetry gives them.
type telemetrySettings struct {
	MetricsAddr    string `setting:"PORTAL_METRICS_ADDR" placeholder:"HOST:PORT" help:"Address of the metrics for Prometheus, which only the operator's systems should reach; else none"`
	TracesBase     string `name:"otlp-endpoint" setting:"OTEL_EXPORTER_OTLP_ENDPOINT" placeholder:"URL" help:"Collector that traces go to by OTLP over HTTP, without its path /v1/traces; else no traces"`
	TracesURL      string `name:"otlp-traces-endpoint" setting:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" placeholder:"URL" help:"The same with its path"`
	TracesProtocol string `name:"otlp-protocol" setting:"OTEL_EXPORTER_OTLP_PROTOCOL" default:"http/protobuf" placeholder:"NAME" help:"How traces are sent; there is no other way than http/protobuf"`
	ServiceName    string `name:"service-name" setting:"OTEL_SERVICE_NAME" default:"trustlyportal" placeholder:"NAME" help:"Name of the portal in traces"`
}

// telemetrySecrets is the part of the help about the collector's credentials.
//
//nolint:gosec // names of variables, no secrets
const telemetrySecrets = `OTEL_EXPORTER_OTLP_HEADERS: headers that the collector of the traces asks for, such as Authorization=Bearer%20TOKEN,
several with commas between.`

// tracesConfig is where traces go.
type tracesConfig struct {
	url     *url.URL
	headers http.Header
	service string
}

// metricsAddr reads the address of the metrics; "" is none.
func (p *problems) metricsAddr(addr string) string {
	if addr == "" {
		return ""
	}
	_, port, err := net.SplitHostPort(addr)
	if _, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil {
		p.add("PORTAL_METRICS_ADDR", "is %q: set it to HOST:PORT, for example 127.0.0.1:9090", addr)
	}
	return addr
}

// traces reads where traces go; nil is nowhere.
func (p *problems) traces(s *telemetrySettings, getenv func(string) string) *tracesConfig {
	name, text := "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", s.TracesURL
	if text == "" {
		name, text = "OTEL_EXPORTER_OTLP_ENDPOINT", s.TracesBase
	}
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		p.add(name, "is no http or https URL: set it to the collector's, for example http://127.0.0.1:4318") // it may hold a password
		return nil
	}
	if s.TracesURL == "" {
		u = u.JoinPath("v1", "traces")
	}
	if s.TracesProtocol != "http/protobuf" {
		p.add("OTEL_EXPORTER_OTLP_PROTOCOL", "is %q: set it to http/protobuf, and the endpoint to the collector's port for that, often 4318", s.TracesProtocol)
	}
	return &tracesConfig{url: u, headers: p.traceHeaders(getenv), service: s.ServiceName}
}

// traceHeaders reads NAME=VALUE,NAME=VALUE, the values percent-encoded.
func (p *problems) traceHeaders(getenv func(string) string) http.Header {
	const name = "OTEL_EXPORTER_OTLP_HEADERS"
	headers := http.Header{}
	for pair := range strings.SplitSeq(p.secret(getenv, name), ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		key, encoded, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(encoded))
		if key = strings.TrimSpace(key); !ok || key == "" || err != nil || strings.ContainsAny(key+value, "\r\n") {
			p.add(name, "can't be read: set it to NAME=VALUE with commas between, the values percent-encoded")
			break
		}
		headers.Set(key, value)
	}
	return headers
}

// telemetry is what the portal tells of itself.
type telemetry struct {
	metrics *handlers.Metrics // nil: none
	tracer  trace.Tracer      // nil: none
	audit   *handlers.WatchedAudit

	listener net.Listener // of the metrics
	traces   *traceSender
}

// openTelemetry makes what the settings ask for. Whoever opens it closes it.
func openTelemetry(ctx context.Context, cfg config, b *backing, log *slog.Logger) (t *telemetry, err error) {
	t = &telemetry{}
	if cfg.metricsAddr != "" {
		schema, err := b.db.KnownSchema()
		if err != nil {
			return nil, err
		}
		if t.listener, err = listen(ctx, cfg.metricsAddr); err != nil {
			return nil, fmt.Errorf("listen on PORTAL_METRICS_ADDR %s: %w", cfg.metricsAddr, err)
		}
		t.metrics = handlers.NewMetrics(version(), schema)
	}
	if cfg.traces != nil {
		if t.traces, err = openTraces(ctx, cfg.traces, log); err != nil {
			return nil, errors.Join(err, t.close())
		}
		t.tracer = t.traces.tracer()
	}
	t.audit = handlers.WatchAudit(b.db, t.metrics)
	b.api.Observer = handlers.Observer(t.metrics, t.tracer)
	return t, nil
}

// serve answers on the address of the metrics, with what the web says of its health too, until close is called: also
// while the portal stops.
func (t *telemetry) serve(web http.Handler, log *slog.Logger) (closed func()) {
	if t.metrics == nil {
		return func() {}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", t.metrics.Handler())
	mux.Handle("GET /healthz", web)
	mux.Handle("GET /readyz", web)
	srv := newServer(mux, log)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := srv.Serve(t.listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics can't be served any more", "error", err)
		}
	}()
	return func() {
		_ = srv.Close() // a scrape that is cut comes again
		<-done
	}
}

// traceFarewell is how long the last spans may take to be sent when the program ends.
const traceFarewell = 3 * time.Second

func (t *telemetry) close() error {
	var err error
	if t.listener != nil {
		_ = t.listener.Close() // closed already after serving
	}
	if t.traces != nil {
		ctx, cancel := context.WithTimeout(context.Background(), traceFarewell)
		defer cancel()
		err = t.traces.close(ctx)
	}
	return err
}
