package handlers

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"trustlyportal/trustlyclient"
)

// Attributes of spans, as OpenTelemetry's conventions name them where they do. There are no others: no path, query,
// address, browser or id of a transaction. That is why no ready-made instrumentation is used: it sends all of these, and
// its next version perhaps more.
const (
	attrMethod   = attribute.Key("http.request.method")
	attrRoute    = attribute.Key("http.route")
	attrStatus   = attribute.Key("http.response.status_code")
	attrTemplate = attribute.Key("url.template")
	attrError    = attribute.Key("error.type")

	attrRequest    = attribute.Key("portal.request_id") // of the log line
	attrWaited     = attribute.Key("portal.budget_wait_seconds")
	attrBackground = attribute.Key("portal.background")
)

// startSpan begins the span of a request. The trace goes on that a trusted proxy began; from anybody else it is a new one
// that links to theirs, since a stranger could else put spans of ours into any trace and decide which are kept.
func (w *web) startSpan(ctx context.Context, r *http.Request, about *request) context.Context {
	if w.Tracer == nil {
		return ctx
	}
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attrRequest.String(about.id))}
	if parent := parentOf(r); parent.IsValid() {
		if peerIn(r, w.TrustedProxies) {
			ctx = trace.ContextWithRemoteSpanContext(ctx, parent)
		} else {
			options = append(options, trace.WithLinks(trace.Link{SpanContext: parent}))
		}
	}
	ctx, about.span = w.Tracer.Start(ctx, methodName(r.Method), options...)
	return ctx
}

// endSpan says what became of the request.
func (about *request) endSpan(method string, status int) {
	if about.span == nil {
		return
	}
	method = methodName(method)
	if status == 0 {
		status = http.StatusOK // the server's word for it
	}
	if about.route != noRoute {
		about.span.SetName(method + " " + about.route)
		about.span.SetAttributes(attrRoute.String(about.route))
	}
	about.span.SetAttributes(attrMethod.String(method), attrStatus.Int(status))
	if outcome := outcomes[outcomeOf(status, about.err)]; outcome == "5xx" || outcome == "partial" {
		about.span.SetStatus(codes.Error, "")
		about.span.SetAttributes(attrError.String(outcome))
	}
	about.span.End()
}

// traceID is the id of the request's trace, "" for none.
func (about *request) traceID() string {
	if about.span == nil {
		return ""
	}
	return about.span.SpanContext().TraceID().String()
}

// methodName is the method as spans and metrics name it: whoever asks may make methods up.
func methodName(method string) string {
	for _, known := range methodNames {
		if method == known {
			return method
		}
	}
	return "_OTHER"
}

// parentOf reads the trace that a request says it belongs to. Neither the state of other tracers nor baggage is read:
// they may hold anything.
func parentOf(r *http.Request) trace.SpanContext {
	carrier := propagation.MapCarrier{"traceparent": r.Header.Get("traceparent")}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
}

// peerIn reports whether a request comes from one of the networks.
func peerIn(r *http.Request, networks []netip.Prefix) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	address := peer.Addr().Unmap().WithZone("")
	for _, network := range networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// Observer tells metrics and traces what the API's client does. Either may be nil. Nothing of a trace goes to the API.
func Observer(m *Metrics, tracer trace.Tracer) trustlyclient.Observer {
	if m == nil && tracer == nil {
		return trustlyclient.Observer{}
	}
	return trustlyclient.Observer{
		Around: func(ctx context.Context, route string) (context.Context, func(error)) {
			about, ok := ctx.Value(requestKey{}).(*request)
			if ok {
				about.api.start()
			}
			var span trace.Span
			if tracer != nil {
				ctx, span = tracer.Start(ctx, callOf(route))
			}
			return ctx, func(err error) {
				if ok {
					about.api.stop()
				}
				if span != nil {
					if err != nil {
						span.SetStatus(codes.Error, "")
					}
					span.End()
				}
			}
		},
		Event: func(ctx context.Context, e trustlyclient.Event) {
			if m != nil {
				m.event(e)
			}
			if tracer != nil {
				traceEvent(ctx, tracer, e)
			}
		},
	}
}

// eventNames are what a call's span notes of its steps besides the tries.
var eventNames = map[trustlyclient.EventKind]string{
	trustlyclient.Refused: "refused by the breaker", trustlyclient.GaveUp: "gave up waiting for its turn", trustlyclient.Retried: "will be tried again",
	trustlyclient.Uncounted: "not counted by the shared budget", trustlyclient.Kept: "answered by a kept page", trustlyclient.BreakerOpened: "breaker opened", trustlyclient.BreakerClosed: "breaker closed",
}

// traceEvent makes a span of each try, and a note of each other step.
func traceEvent(ctx context.Context, tracer trace.Tracer, e trustlyclient.Event) {
	if e.Kind != trustlyclient.Tried {
		if name, ok := eventNames[e.Kind]; ok {
			trace.SpanFromContext(ctx).AddEvent(name)
		}
		return
	}
	ended := time.Now()
	_, span := tracer.Start(ctx, http.MethodGet+" "+e.Route, trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(ended.Add(-e.Took)),
		trace.WithAttributes(attrMethod.String(http.MethodGet), attrTemplate.String(e.Route), attrWaited.Float64(e.Waited.Seconds()), attrBackground.Bool(e.Background)))
	if e.StatusCode != 0 {
		span.SetAttributes(attrStatus.Int(e.StatusCode))
	}
	if e.Err != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(attrError.String(outcomeOfAPI(e)))
	}
	span.End(trace.WithTimestamp(ended))
}
