package trustlytest

import (
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"
)

// limitRange applies DefaultRange and MaxRange to a list request: it narrows q or says what is wrong with it.
func (o *Options) limitRange(q *query) []apiError {
	now := o.Now().UnixMilli()
	if o.DefaultRange > 0 && q.created == everything && q.updated == everything {
		q.created = span{now - o.DefaultRange.Milliseconds(), math.MaxInt64}
	}
	if o.MaxRange <= 0 {
		return nil
	}
	bounded := false
	for i, s := range []span{q.created, q.updated} {
		name := []string{"createdAt.start", "updatedAt.start"}[i]
		if s == everything {
			continue
		}
		if s.from == math.MinInt64 || min(s.to, max(now, s.from))-s.from > o.MaxRange.Milliseconds() {
			return []apiError{badParameter(name, "The range must not be longer than "+strconv.FormatFloat(o.MaxRange.Hours(), 'g', 6, 64)+" hours")}
		}
		bounded = true
	}
	if !bounded {
		return []apiError{badParameter("createdAt.start", "A range of createdAt or updatedAt is required")}
	}
	return nil
}

// delays draws how long an answer waits.
type delays struct {
	mu    sync.Mutex
	drawn *rand.Rand
}

func (d *delays) next(latency, jitter time.Duration) time.Duration {
	if jitter <= 0 {
		return latency
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return latency + time.Duration(d.drawn.Int64N(int64(jitter)))
}
