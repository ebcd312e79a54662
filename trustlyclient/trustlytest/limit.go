package trustlytest

import (
	"sync"
	"time"
)

// limiter lets perSecond requests through in each second that starts with its first request.
type limiter struct {
	perSecond int
	mu        sync.Mutex
	opened    time.Time
	used      int
}

// take counts a request; when it is one too many it says how long to wait.
func (l *limiter) take(now time.Time) (wait time.Duration, ok bool) {
	if l.perSecond <= 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.opened) >= time.Second {
		l.opened, l.used = now, 0
	}
	if l.used++; l.used > l.perSecond {
		return l.opened.Add(time.Second).Sub(now), false
	}
	return 0, true
}
