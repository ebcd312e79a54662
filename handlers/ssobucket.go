package handlers

import (
	"sync"
	"time"
)

const (
	strangersAtOnce = 20
	strangerEvery   = 3 * time.Second
)

// bucket lets some through at once and then one now and then.
type bucket struct {
	mu    sync.Mutex
	taken int
	since time.Time // when the last one was put back
}

func (b *bucket) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if back := int(now.Sub(b.since) / strangerEvery); back > 0 {
		b.taken, b.since = max(0, b.taken-back), now
	}
	if b.taken >= strangersAtOnce {
		return false
	}
	b.taken++
	return true
}
