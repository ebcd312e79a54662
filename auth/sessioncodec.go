package auth

import (
	"maps"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
)

// sessionCodec is scs's, which builds a decoder anew for each session that it reads. A signed-in session has the same bytes
// in every request, so what identical bytes were decoded to is kept. Whether there is such a session is asked each time.
type sessionCodec struct {
	scs.GobCodec

	mu   sync.Mutex
	read map[string]readSession // by what was read
}

type readSession struct {
	deadline time.Time
	values   map[string]any
}

// maxReadSessions bounds what is kept, at some 500 bytes each; then it begins anew.
const maxReadSessions = 2000

// Decode is scs's.
func (c *sessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	c.mu.Lock()
	kept, ok := c.read[string(b)]
	c.mu.Unlock()
	if ok {
		return kept.deadline, maps.Clone(kept.values), nil // scs changes what it gets
	}
	deadline, values, err := c.GobCodec.Decode(b)
	if err != nil {
		return deadline, values, err
	}
	if _, ok := values[sessionLogin].(string); ok && len(values) == 1 { // notices are shown once
		c.keep(string(b), readSession{deadline, maps.Clone(values)})
	}
	return deadline, values, nil
}

func (c *sessionCodec) keep(read string, s readSession) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read == nil || len(c.read) >= maxReadSessions {
		c.read = make(map[string]readSession)
	}
	c.read[read] = s
}
