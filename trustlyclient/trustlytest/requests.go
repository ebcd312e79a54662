package trustlytest

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Request is one request that the sandbox received, whatever it answered.
type Request struct {
	Time   time.Time // wall clock
	Method string
	URL    *url.URL
	Header http.Header // without Authorization
}

// maxRequests bounds the log of a sandbox that runs for days.
const maxRequests = 10_000

type requestLog struct {
	mu   sync.Mutex
	list []Request
}

func (l *requestLog) add(r *http.Request) {
	u := *r.URL
	header := r.Header.Clone()
	header.Del("Authorization")
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) >= 2*maxRequests {
		l.list = slices.Delete(l.list, 0, maxRequests)
	}
	l.list = append(l.list, Request{time.Now(), r.Method, &u, header})
}

// Requests returns what was received since the start or the last ResetRequests, oldest first. After 20,000 the oldest
// are forgotten.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return slices.Clone(s.log.list)
}

// ResetRequests empties the log.
func (s *Server) ResetRequests() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.list = nil
}
