package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector is a collector of OpenTelemetry that keeps what it is sent.
type collector struct {
	*httptest.Server
	mu     sync.Mutex
	bodies [][]byte
	header http.Header // of the last message
	path   string
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.bodies, c.header, c.path = append(c.bodies, body), r.Header, r.URL.Path
	}))
	t.Cleanup(c.Close)
	return c
}

// freeAddr is an address that nobody listens on now.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// The program as the operator starts it, with metrics and traces: both tell of a request, neither of what was asked, and
// the last spans are sent before it ends.
func TestServeTelemetry(t *testing.T) {
	t.Parallel()
	to, metrics := newCollector(t), freeAddr(t)
	p := start(t, environment{"PORTAL_ADDR": "127.0.0.1:0", "PORTAL_METRICS_ADDR": metrics, "OTEL_EXPORTER_OTLP_ENDPOINT": to.URL,
		"OTEL_SERVICE_NAME": "support-portal", "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer%20one%2Ctwo, X-Scope=portal"}, "serve", "--demo")
	signIn(t, p.url, "finance@example.com", demoPassword)
	if res, _ := get(t, p.url+"/metrics"); res.StatusCode != http.StatusNotFound {
		t.Errorf("GET /metrics of the public address: got %s, want 404", res.Status)
	}
	if res, body := get(t, "http://"+metrics+"/readyz"); res.StatusCode != http.StatusOK || !strings.Contains(body, "database: ok\n") {
		t.Errorf("GET /readyz of the metrics' address: got %s, %q", res.Status, body)
	}
	res, text := get(t, "http://"+metrics+"/metrics")
	for _, want := range []string{`portal_http_requests_total{method="GET",route="/transactions",status="2xx"} `, `portal_sign_ins_total{means="password",result="allowed"} 1`,
		"portal_database_up 1", "portal_logins 1", "portal_build_info{", "go_goroutines ", "process_resident_memory_bytes "} {
		if res.StatusCode != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("GET /metrics: got %s without %s", res.Status, want)
		}
	}
	if res, _ := get(t, p.url+"/static/?last=4929123412341234"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the last request: got %s, want 404", res.Status)
	}
	p.stop()
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code: got %d, want 0; stderr:\n%s", code, p.stderr)
	}

	to.mu.Lock()
	defer to.mu.Unlock()
	if to.path != "/v1/traces" || to.header.Get("Content-Type") != "application/x-protobuf" || to.header.Get("Authorization") != "Bearer one,two" || to.header.Get("X-Scope") != "portal" {
		t.Errorf("the collector got %s with %v, want protobuf at /v1/traces with the headers that were set", to.path, to.header)
	}
	var names []string
	for _, body := range to.bodies {
		var data tracepb.TracesData
		if err := proto.Unmarshal(body, &data); err != nil {
			t.Fatal(err)
		}
		for _, resource := range data.ResourceSpans {
			if got := resource.Resource.String(); !strings.Contains(got, `"support-portal"`) {
				t.Errorf("got the resource %s, want the service's name in it", got)
			}
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					names = append(names, span.Name)
				}
			}
		}
		for _, planted := range []string{"4929123412341234", "finance", "example.com", "127.0.0.1", "Go-http-client", "createdAt", demoPassword} {
			if strings.Contains(string(body), planted) {
				t.Errorf("the collector got %q", planted)
			}
		}
	}
	for _, want := range []string{"POST /login", "GET /transactions", "list", "GET /static/*"} {
		if !slices.Contains(names, want) {
			t.Errorf("the collector got the spans %q, want %q among them", names, want)
		}
	}
}

// A collector that hangs keeps neither readers nor the program's end waiting.
func TestCollectorHangs(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	to := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(to.Close)
	t.Cleanup(func() { close(hang) })
	p := start(t, environment{"PORTAL_ADDR": "127.0.0.1:0", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": to.URL + "/own/path"}, "serve", "--demo")
	for range 3 * traceBatch { // more than a message
		if res, _ := get(t, p.url+"/healthz"); res.StatusCode != http.StatusOK {
			t.Fatalf("got %s, want 200", res.Status)
		}
	}
	if got := signIn(t, p.url, "finance@example.com", demoPassword); !strings.Contains(got, "data-transaction-id=") {
		t.Error("the list has no rows")
	}
	p.stop()
	stopped := time.Now()
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code: got %d, want 0; stderr:\n%s", code, p.stderr)
	}
	if took := time.Since(stopped); took > drainTimeout {
		t.Errorf("the program took %v to end, want less than %v", took, drainTimeout)
	}
}

// Each wrong setting alone is told with what to change, and no secret repeated.
func TestTelemetrySettings(t *testing.T) {
	t.Parallel()
	good := telemetrySettings{TracesProtocol: "http/protobuf", ServiceName: "x"}
	const secret = "hunter2hunter2"
	for _, tt := range []struct {
		change  func(*telemetrySettings)
		headers string
		want    string // beginning of the problem, "" for none
		url     string
	}{
		{func(*telemetrySettings) {}, "", "", ""},
		{func(s *telemetrySettings) { s.MetricsAddr = "127.0.0.1:9090" }, "", "", ""},
		{func(s *telemetrySettings) { s.MetricsAddr = "9090" }, "", `PORTAL_METRICS_ADDR is "9090": set it to HOST:PORT`, ""},
		{func(s *telemetrySettings) { s.MetricsAddr = "a:http" }, "", `PORTAL_METRICS_ADDR is "a:http"`, ""},
		{func(s *telemetrySettings) { s.TracesBase = "http://collector:4318" }, "", "", "http://collector:4318/v1/traces"},
		{func(s *telemetrySettings) { s.TracesBase = "https://collector/otel/" }, "", "", "https://collector/otel/v1/traces"},
		{func(s *telemetrySettings) { s.TracesBase, s.TracesURL = "http://other", "http://collector:4318/x" }, "", "", "http://collector:4318/x"},
		{func(s *telemetrySettings) { s.TracesBase = "collector:4318" }, "", "OTEL_EXPORTER_OTLP_ENDPOINT is no http or https URL", ""},
		{func(s *telemetrySettings) { s.TracesURL = "http://ann:" + secret + "@collector" }, "", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is no http or https URL", ""},
		{func(s *telemetrySettings) { s.TracesURL = "http://collector?key=" + secret }, "", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is no", ""},
		{func(s *telemetrySettings) { s.TracesURL, s.TracesProtocol = "http://collector", "grpc" }, "", `OTEL_EXPORTER_OTLP_PROTOCOL is "grpc": set it to http/protobuf`, ""},
		{func(s *telemetrySettings) { s.TracesURL = "http://collector" }, "Authorization=%zz" + secret, "OTEL_EXPORTER_OTLP_HEADERS can't be read", ""},
		{func(s *telemetrySettings) { s.TracesURL = "http://collector" }, secret, "OTEL_EXPORTER_OTLP_HEADERS can't be read", ""},
		{func(s *telemetrySettings) { s.TracesURL = "http://collector" }, "a=b%0d%0aX:" + secret, "OTEL_EXPORTER_OTLP_HEADERS can't be read", ""},
	} {
		s := good
		tt.change(&s)
		var p problems
		p.metricsAddr(s.MetricsAddr)
		traces := p.traces(&s, environment{"OTEL_EXPORTER_OTLP_HEADERS": tt.headers}.get)
		got := strings.Join(p, "; ")
		if tt.want == "" && got != "" || !strings.HasPrefix(got, tt.want) || strings.Contains(got, secret) {
			t.Errorf("%+v, %q: got %q, want %q", s, tt.headers, got, tt.want)
		}
		if tt.url != "" && (traces == nil || traces.url.String() != tt.url) {
			t.Errorf("%+v: got %+v, want traces to go to %s", s, traces, tt.url)
		}
	}
}
