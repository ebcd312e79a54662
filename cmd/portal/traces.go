package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Bounds of what traces may cost. Spans that find the queue full are dropped: a collector that is slow or gone keeps
// nobody waiting.
const (
	traceQueue   = 2048            // spans
	traceBatch   = 512             // spans of one message
	traceDelay   = 2 * time.Second // until a batch that is not full goes out
	traceTimeout = 5 * time.Second // for one message, all tries included
	traceTries   = 3

	// traceComplaints is how often the log says that traces can't be sent.
	traceComplaints = time.Minute
)

// traceSender sends spans to a collector, beside the requests.
//
// The protocol is OTLP over HTTP with protobuf. OpenTelemetry's own sender for it brings gRPC along, which the portal has
// no use for: 2.3 MB of program and 2 MB of memory, traces or not.
type traceSender struct {
	config   *tracesConfig
	client   *http.Client
	log      *slog.Logger
	provider *sdktrace.TracerProvider

	mu         sync.Mutex
	complained time.Time
}

func openTraces(ctx context.Context, config *tracesConfig, log *slog.Logger) (*traceSender, error) {
	s := &traceSender{config: config, log: log, client: &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute},
		// What asks for the headers must not be sent elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	exporter, err := otlptrace.New(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("send traces: %w", err)
	}
	s.provider = sdktrace.NewTracerProvider(
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", config.service), attribute.String("service.version", version()))),
		sdktrace.WithBatcher(&complainingExporter{exporter, s}, sdktrace.WithMaxQueueSize(traceQueue), sdktrace.WithMaxExportBatchSize(traceBatch),
			sdktrace.WithBatchTimeout(traceDelay), sdktrace.WithExportTimeout(traceTimeout)),
	)
	return s, nil
}

func (s *traceSender) tracer() trace.Tracer { return s.provider.Tracer("trustlyportal") }

// close sends what waits, as long as ctx lets it.
func (s *traceSender) close(ctx context.Context) error {
	err := s.provider.Shutdown(ctx)
	s.client.CloseIdleConnections()
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("the last traces could not be sent in time")
		return nil
	}
	return err
}

// Start and Stop are otlptrace's: there is nothing to do.
func (s *traceSender) Start(context.Context) error { return nil }

// Stop is otlptrace's.
func (s *traceSender) Stop(context.Context) error { return nil }

// UploadTraces sends spans, again after a moment if the collector is busy.
func (s *traceSender) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	// On the wire the same as the collector's ExportTraceServiceRequest, whose package brings gRPC along.
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, traceTimeout)
	defer cancel()
	for try := 1; ; try++ {
		again, err := s.post(ctx, body)
		if err == nil || !again || try == traceTries {
			return err
		}
		select {
		case <-time.After(time.Duration(try) * 300 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

// post sends one message. It reports whether trying again may help.
func (s *traceSender) post(ctx context.Context, body []byte) (again bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.config.url.String(), bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	maps.Copy(r.Header, s.config.headers)
	r.Header.Set("Content-Type", "application/x-protobuf")
	r.Header.Set("User-Agent", "trustlyportal/"+version())
	res, err := s.client.Do(r)
	if err != nil {
		return true, err
	}
	defer func() { _ = res.Body.Close() }() // only the status counts
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)); err != nil {
		return true, err
	}
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return false, nil
	case res.StatusCode == http.StatusTooManyRequests, res.StatusCode >= http.StatusBadGateway && res.StatusCode <= http.StatusGatewayTimeout:
		again = true
	}
	return again, fmt.Errorf("the collector answers %s", res.Status)
}

// complain tells of a failure now and then.
func (s *traceSender) complain(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.complained) >= traceComplaints {
		s.complained = time.Now()
		s.log.Warn("traces can't be sent", "error", err)
	}
}

// complainingExporter tells the log of failures: the library would tell a handler of the whole process.
type complainingExporter struct {
	sdktrace.SpanExporter
	sender *traceSender
}

// ExportSpans is the library's.
func (e *complainingExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		e.sender.complain(err)
	}
	return nil
}
