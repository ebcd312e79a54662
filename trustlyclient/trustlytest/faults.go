package trustlytest

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// FaultKind is a way to go wrong. As text it is the constant's name in small letters, such as "errors-in-200".
type FaultKind int

// The kinds of faults.
const (
	FaultStatus      FaultKind = iota // answer with Fault.Status, or as usual when that is 0
	FaultHang                         // say nothing until the client leaves or the Server is closed
	FaultDrop                         // close the connection without an answer
	FaultTruncated                    // the usual answer cut in half: Content-Length promises more, the connection is closed
	FaultSlow                         // the usual answer in ten pieces, Fault.Delay apart
	FaultHTML                         // 200 with an HTML page
	FaultErrorsIn200                  // 200 with an errors array
	FaultOversized                    // 200 with a valid JSON object of Fault.Size bytes
)

// Fault is something that goes wrong on purpose. The zero value of each field means "no such restriction".
type Fault struct {
	Kind       FaultKind
	Status     int           // of FaultStatus: 400, 401, 403, 404, 429, 500, 503 …
	Code       int           // of the errors array; 0 = the one that usually goes with the status
	Message    string        // of the errors array; "" = a usual one
	Body       string        // instead of the errors array, for example {"message":"…"}
	RetryAfter string        // header's value as it is: seconds or an HTTP date; "" = no header
	Delay      time.Duration // before the answer; alone it slows down answers that are right
	Size       int64         // of FaultOversized; 0 = 64 MiB

	Path  string                   // only requests whose path contains this
	Match func(*http.Request) bool // only requests for which this is true
	After int                      // let that many matching requests pass first
	Times int                      // then fail that many; 0 = until cleared
	Share float64                  // then only this share of requests, 0 < Share < 1, drawn from Options.Seed; 0 = all
}

type faults struct {
	mu    sync.Mutex
	list  []faultState
	drawn *rand.Rand
}

type faultState struct {
	Fault
	seen int
}

// SetFault replaces the faults by those given; for each request the first one that applies is used. Of faults with a
// share, each gets its own: 0.2 of one kind and 0.1 of another fail three requests of ten. It may be called while
// requests run.
func (s *Server) SetFault(list ...Fault) {
	states := make([]faultState, len(list))
	for i, f := range list {
		states[i].Fault = f
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = states
}

// Faults returns the faults that are set.
func (s *Server) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	list := make([]Fault, len(s.faults.list))
	for i, f := range s.faults.list {
		list[i] = f.Fault
	}
	return list
}

// ClearFaults makes the sandbox answer as usual again. Requests that hang already go on hanging.
func (s *Server) ClearFaults() { s.SetFault() }

// take returns the fault that r meets, and counts r.
func (f *faults) take(r *http.Request) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	draw := 0.0 // one for all shares, of which each takes its own part
	if len(f.list) > 0 {
		draw = f.drawn.Float64()
	}
	for i := range f.list {
		state := &f.list[i]
		if !strings.Contains(r.URL.Path, state.Path) || state.Match != nil && !state.Match(r) {
			continue
		}
		state.seen++
		if state.seen <= state.After || state.Times > 0 && state.seen > state.After+state.Times {
			continue
		}
		if state.Share > 0 {
			if draw -= state.Share; draw >= 0 {
				continue
			}
		}
		return state.Fault, true
	}
	return Fault{}, false
}

// wait reports false when the client left or the server was closed before the time was over.
func (s *Server) wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-s.closed:
	}
	return false
}

// fail answers r as the fault says. It ends by http.ErrAbortHandler where the connection is to break.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Fault) {
	if f.Kind != FaultSlow && f.Delay > 0 && !s.wait(r, f.Delay) {
		panic(http.ErrAbortHandler)
	}
	switch f.Kind {
	case FaultHang:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		panic(http.ErrAbortHandler)
	case FaultDrop:
		panic(http.ErrAbortHandler)
	case FaultTruncated:
		a := s.answer(r)
		s.header(w, a)
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case FaultSlow:
		s.slow(w, r, f.Delay)
	case FaultHTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We will be back soon</h1></body></html>"))
	case FaultErrorsIn200:
		s.write(w, s.failWith(http.StatusOK, f))
	case FaultOversized:
		oversized(w, f.Size)
	default:
		if f.Status == 0 {
			s.write(w, s.answer(r))
			return
		}
		s.write(w, s.failWith(f.Status, f))
	}
}

func (s *Server) failWith(status int, f Fault) answer {
	problem := errorFor(status)
	if f.Code != 0 {
		problem.code = f.Code
	}
	if f.Message != "" {
		problem.message = f.Message
	}
	a := s.errorAnswer(status, problem)
	if f.Body != "" {
		a.body = []byte(f.Body)
	}
	a.retryAfter = f.RetryAfter
	return a
}

func (s *Server) slow(w http.ResponseWriter, r *http.Request, delay time.Duration) {
	a := s.answer(r)
	s.header(w, a)
	w.WriteHeader(a.status)
	for piece := range slices.Chunk(a.body, max(1, len(a.body)/10)) {
		if !s.wait(r, delay) {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(piece)
		_ = http.NewResponseController(w).Flush()
	}
}

// oversized writes an empty list followed by padding.
func oversized(w http.ResponseWriter, size int64) {
	const head, tail = `{"transactions":[],"padding":"`, `"}`
	if size == 0 {
		size = 64 << 20
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.FormatInt(max(size, int64(len(head+tail))), 10))
	_, _ = w.Write([]byte(head))
	padding := []byte(strings.Repeat("x", 64<<10))
	for left := size - int64(len(head+tail)); left > 0; {
		n := min(left, int64(len(padding)))
		if _, err := w.Write(padding[:n]); err != nil {
			return
		}
		left -= n
	}
	_, _ = w.Write([]byte(tail))
}
