package trustlytest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// ask sends a request over a real connection.
func ask(ctx context.Context, target string) (status int, header http.Header, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return 0, nil, nil, err
	}
	r.SetBasicAuth("id", "key")
	transport := &http.Transport{DisableKeepAlives: true} // no silent second try on another connection
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, body, err
}

func TestFaultStatuses(t *testing.T) {
	s, url := NewServer(t, Options{Rows: 300, Now: at(testNow)})
	for _, f := range []Fault{
		{Status: 400, Message: "No", Code: 210}, {Status: 401}, {Status: 403}, {Status: 404},
		{Status: 429}, {Status: 429, RetryAfter: "7"}, {Status: 500}, {Status: 503, RetryAfter: "Fri, 20 Nov 2026 10:00:00 GMT"},
		{Status: 400, Body: `{"message":"only this"}`},
	} {
		s.SetFault(f)
		status, header, body, err := ask(t.Context(), url+"/transactions")
		if err != nil || status != f.Status || header.Get("Retry-After") != f.RetryAfter {
			t.Errorf("%+v: got %d, Retry-After %q, %v", f, status, header.Get("Retry-After"), err)
		}
		if f.Body != "" && string(body) != f.Body {
			t.Errorf("%+v: got body %s", f, body)
		}
		if f.Body == "" && !strings.Contains(string(body), `"errors":[`) {
			t.Errorf("%+v: got body %s, want an errors array", f, body)
		}
		if f.Message != "" && !strings.Contains(string(body), `"code":210,"message":"No"`) {
			t.Errorf("%+v: got body %s", f, body)
		}
	}
	s.ClearFaults()
	if status, _, _, err := ask(t.Context(), url+"/transactions"); status != 200 || err != nil {
		t.Errorf("after clearing: got %d, %v", status, err)
	}
}

func TestFaultBodies(t *testing.T) {
	s, url := NewServer(t, Options{Rows: 300, Now: at(testNow)})
	s.SetFault(Fault{Kind: FaultTruncated})
	status, header, body, err := ask(t.Context(), url+"/transactions")
	if status != 200 || !errors.Is(err, io.ErrUnexpectedEOF) || len(body) == 0 || header.Get("Content-Length") == "" || json.Valid(body) {
		t.Errorf("truncated: got %d, %d bytes, %v; want an unexpected end", status, len(body), err)
	}
	s.SetFault(Fault{Kind: FaultDrop})
	if status, _, _, err := ask(t.Context(), url+"/transactions"); err == nil {
		t.Errorf("dropped: got %d, want no answer", status)
	}
	s.SetFault(Fault{Kind: FaultHTML})
	if status, _, body, _ := ask(t.Context(), url+"/transactions"); status != 200 || !strings.HasPrefix(string(body), "<!DOCTYPE html>") {
		t.Errorf("HTML: got %d %s", status, body)
	}
	s.SetFault(Fault{Kind: FaultErrorsIn200, Code: 100})
	if status, _, body, _ := ask(t.Context(), url+"/transactions"); status != 200 || !strings.Contains(string(body), `"code":100`) {
		t.Errorf("errors in 200: got %d %s", status, body)
	}
	s.SetFault(Fault{Kind: FaultOversized, Size: 3 << 20})
	if status, _, body, err := ask(t.Context(), url+"/transactions"); status != 200 || len(body) != 3<<20 || !json.Valid(body) || err != nil {
		t.Errorf("oversized: got %d, %d bytes, %v", status, len(body), err)
	}
	s.SetFault(Fault{Kind: FaultSlow, Delay: 10 * time.Millisecond})
	began := time.Now()
	if status, _, body, err := ask(t.Context(), url+"/transactions"); status != 200 || !json.Valid(body) || err != nil || time.Since(began) < 100*time.Millisecond {
		t.Errorf("slow: got %d, %v after %v", status, err, time.Since(began))
	}
	s.SetFault(Fault{Delay: 60 * time.Millisecond})
	began = time.Now()
	if status, _, body, err := ask(t.Context(), url+"/transactions"); status != 200 || !json.Valid(body) || err != nil || time.Since(began) < 60*time.Millisecond {
		t.Errorf("delay: got %d, %v after %v", status, err, time.Since(began))
	}
}

func TestHangEnds(t *testing.T) {
	s, url := NewServer(t, Options{Rows: 10, Now: at(testNow)})
	s.SetFault(Fault{Kind: FaultHang})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, _, err := ask(ctx, url+"/transactions"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("impatient client: got %v, want its own deadline", err)
	}
	time.AfterFunc(50*time.Millisecond, s.Close)
	if _, _, _, err := ask(t.Context(), url+"/transactions"); err == nil {
		t.Error("closed server: got an answer, want a closed connection")
	}
}

func TestFaultsOnSomeRequests(t *testing.T) {
	s := New(Options{Rows: 300, Now: at(testNow)})
	statuses := func(target string, n int) (list []int) {
		for range n {
			list = append(list, get(s, target).Code)
		}
		return list
	}
	check := func(name string, got []int, want ...int) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: got %v, want %v", name, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%s: got %v, want %v", name, got, want)
			}
		}
	}
	s.SetFault(Fault{Status: 500, After: 2})
	check("after two", statuses("/transactions", 4), 200, 200, 500, 500)
	s.SetFault(Fault{Status: 500, Times: 2})
	check("twice", statuses("/transactions", 4), 500, 500, 200, 200)
	s.SetFault(Fault{Status: 429, After: 1, Times: 1}, Fault{Status: 503, After: 2})
	check("one after another", statuses("/transactions", 4), 200, 429, 200, 503)
	s.SetFault(Fault{Status: 500, Path: "/transactions/"})
	check("other path", statuses("/transactions", 1), 200)
	check("the path", statuses("/transactions/"+ExampleID, 1), 500)
	s.SetFault(Fault{Status: 500, Match: func(r *http.Request) bool { return r.URL.Query().Get("count") == "7" }})
	check("no match", statuses("/transactions", 1), 200)
	check("match", statuses("/transactions?count=7", 1), 500)
}

func TestRequestsAreLogged(t *testing.T) {
	s := New(Options{Rows: 1, AccessID: "id", AccessKey: "key"})
	get(s, "/api/v1/transactions?count=7&customerName=a+b")
	get(s, "/nowhere")
	log := s.Requests()
	if len(log) != 2 || log[0].URL.Query().Get("customerName") != "a b" || log[1].URL.Path != "/nowhere" || log[0].Time.IsZero() {
		t.Errorf("got %+v, want both requests", log)
	}
	if log[0].Header.Get("Authorization") != "" {
		t.Error("the log holds credentials")
	}
	s.ResetRequests()
	if got := len(s.Requests()); got != 0 {
		t.Errorf("after reset: got %d requests", got)
	}
	for range 2*maxRequests + 5 {
		get(s, "/nowhere")
	}
	if got := len(s.Requests()); got > 2*maxRequests || got < maxRequests {
		t.Errorf("got a log of %d requests, want a bounded one", got)
	}
}
