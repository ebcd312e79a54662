package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
)

// openTraced is a portal whose spans are recorded.
func openTraced(t *testing.T, api http.Handler, settings ...setting) (*portal, *tracetest.SpanRecorder) {
	t.Helper()
	recorder := tracetest.NewSpanRecorder()
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)).Tracer("test")
	return open(t, api, append(settings, func(c *handlers.Config, o *trustlyclient.Options) {
		c.Tracer, o.Observer = tracer, handlers.Observer(nil, tracer)
	})...), recorder
}

// spansNamed are the ended spans of a name.
func spansNamed(r *tracetest.SpanRecorder, name string) []sdktrace.ReadOnlySpan {
	return slices.DeleteFunc(slices.Clone(r.Ended()), func(s sdktrace.ReadOnlySpan) bool { return s.Name() != name })
}

// oneSpan waits for a request's span: it ends after the answer.
func oneSpan(t *testing.T, r *tracetest.SpanRecorder, name string, kind trace.SpanKind) sdktrace.ReadOnlySpan {
	t.Helper()
	for range 500 {
		for _, s := range spansNamed(r, name) {
			if s.SpanKind() == kind {
				return s
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("got no span %q of kind %v among %d", name, kind, len(r.Ended()))
	return nil
}

// A request's span holds the call to the API, and that one each try.
func TestSpansOfARequest(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(5, 3, time.Second))
	p, r := openTraced(t, api)
	b := p.as(auth.Support)
	api.reset()
	api.set(func(api *fakeAPI) {
		api.instead = func(n int, w http.ResponseWriter, rq *http.Request) bool {
			if n == 1 {
				faults["503"].answer(w, rq)
			}
			return n == 1
		}
	})
	a := b.get("/transactions?createdAt.start=now-1y&tz=UTC").want(http.StatusOK)
	request := oneSpan(t, r, "GET /transactions", trace.SpanKindServer)
	call := oneSpan(t, r, "list", trace.SpanKindInternal)
	if request.Parent().IsValid() || call.Parent().SpanID() != request.SpanContext().SpanID() {
		t.Errorf("got the request under %v and the call under %v, want nothing and the request", request.Parent().SpanID(), call.Parent().SpanID())
	}
	var tries []string
	for _, s := range spansNamed(r, "GET /transactions") {
		if s.SpanKind() == trace.SpanKindClient && s.Parent().SpanID() == call.SpanContext().SpanID() {
			tries = append(tries, s.Status().Code.String())
		}
	}
	if len(tries) < 2 || tries[0] != "Error" || tries[len(tries)-1] != "Unset" {
		t.Errorf("got the tries %v under the call, want a failed one and then a good one", tries)
	}
	id := request.SpanContext().TraceID().String()
	if line := logLine(p, a.header.Get("X-Request-Id")); !strings.Contains(line, `"trace":"`+id+`"`) {
		t.Errorf("got the log line %s, want the trace %s in it", line, id)
	}

	b.get("/no/such/page").want(http.StatusNotFound)
	oneSpan(t, r, "GET", trace.SpanKindServer)
}

// logLine is the line of a request in the log, once it is there.
func logLine(p *portal, id string) string {
	for range 500 {
		for line := range strings.Lines(p.log.String()) {
			if strings.Contains(line, `"msg":"request"`) && strings.Contains(line, id) {
				return line
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	return ""
}

// spanAttributes are all that spans may hold.
var spanAttributes = []string{"http.request.method", "http.route", "http.response.status_code", "url.template", "error.type",
	"portal.request_id", "portal.budget_wait_seconds", "portal.background"}

// Spans hold nothing of what was asked for and of who asked.
func TestSpansHoldNothingPersonal(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	rec["payment"].(record)["customer"].(record)["dateOfBirth"] = "1971-02-03"
	p, r := openTraced(t, newFake(t, append(madeUp(72, 30, time.Millisecond), rec)))
	b := p.as(auth.Admin)
	id := textAt(rec, "transactionId")
	const browser = "Secret-Browser/1.0"
	b.get("/transactions?createdAt.start=now-9y&payment.customer.name="+url.QueryEscape("Joe User")+"&tz=UTC", "User-Agent", browser).want(http.StatusOK)
	b.visit("/find?q="+id, "User-Agent", browser)
	b.get("/transactions/"+id, "User-Agent", browser).want(http.StatusOK)
	b.get("/transactions/77"+id, "User-Agent", browser)
	b.post("/transactions/"+id+"/reveal", url.Values{"field": {"payment.customer.taxId"}, "reason": {"asked by Joe User"}})
	b.get("/transactions.csv?payment.customer.name=" + url.QueryEscape("Joe User"))
	b.get("/customers/" + url.PathEscape("joe.user@mail.com"))
	b.do("PATCH"+id, "/"+id, nil)
	oneSpan(t, r, "_OTHER", trace.SpanKindServer)

	var text strings.Builder
	for _, s := range r.Ended() {
		for _, a := range s.Attributes() {
			if !slices.Contains(spanAttributes, string(a.Key)) {
				t.Errorf("%s holds %s, which is not among what spans may hold", s.Name(), a.Key)
			}
		}
		fmt.Fprintln(&text, s.Name(), s.Attributes(), s.Events(), s.Status(), s.Links(), s.SpanContext().TraceState())
	}
	values := append(personalValues(t, rec), id, "Joe", "createdAt", "admin@example.com", "127.0.0.1", "taxId", "Secret-Browser")
	if found := foundIn(text.String(), values); len(found) > 0 {
		t.Errorf("spans hold %q:\n%s", found, &text)
	}
}

// A trusted proxy's trace goes on, a stranger's is linked to only, and the API hears of none.
func TestTracesOfOthers(t *testing.T) {
	t.Parallel()
	const theirs, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	headers := []string{"traceparent", "00-" + theirs + "-" + parent + "-01", "tracestate", "vendor=secret", "baggage", "user=joe"}
	for _, trusted := range []bool{true, false} {
		t.Run(fmt.Sprintf("trusted %t", trusted), func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var leaked []string
			api := newFake(t, madeUp(5, 3, time.Second))
			api.instead = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
				mu.Lock()
				defer mu.Unlock()
				for name := range r.Header {
					if lower := strings.ToLower(name); strings.HasPrefix(lower, "trace") || lower == "baggage" || strings.HasPrefix(lower, "b3") || strings.HasPrefix(lower, "x-b3") {
						leaked = append(leaked, name)
					}
				}
				return false
			}
			proxies := withProxies("192.0.2.0/24")
			if trusted {
				proxies = withProxies("127.0.0.0/8")
			}
			p, r := openTraced(t, api, proxies)
			b := p.as(auth.Support)
			b.get("/transactions?createdAt.start=now-1y&tz=UTC", headers...).want(http.StatusOK)
			s := oneSpan(t, r, "GET /transactions", trace.SpanKindServer)
			links := s.Links()
			switch {
			case trusted && (s.SpanContext().TraceID().String() != theirs || s.Parent().SpanID().String() != parent || len(links) != 0):
				t.Errorf("got the trace %v under %v, want the proxy's to go on", s.SpanContext().TraceID(), s.Parent().SpanID())
			case !trusted && (s.Parent().IsValid() || s.SpanContext().TraceID().String() == theirs || len(links) != 1 || links[0].SpanContext.TraceID().String() != theirs):
				t.Errorf("got the trace %v under %v with %d links, want a new one that links to the stranger's", s.SpanContext().TraceID(), s.Parent().SpanID(), len(links))
			}
			for _, s := range r.Ended() {
				if s.SpanContext().TraceState().Len() > 0 {
					t.Errorf("%s has the state %v, want none of others'", s.Name(), s.SpanContext().TraceState())
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if len(leaked) > 0 || len(api.requests()) == 0 {
				t.Errorf("the API got %v in %d requests, want none of these headers", leaked, len(api.requests()))
			}
		})
	}
}
