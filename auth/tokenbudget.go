package auth

import (
	"sync"
	"time"
)

const (
	// tokenBurst is how many requests a token may make at once: every format of every view that a nightly job fetches.
	tokenBurst = 30

	// tokenEvery is how often it may make one more: a script that runs wild costs the API no more than a person at work.
	tokenEvery = 2 * time.Second

	// maxBudgets bounds the memory. Tokens are few; beyond it those with a full budget are forgotten, which is no loss.
	maxBudgets = 1000
)

// tokenBudget allows each good token so many requests: a bucket that fills with time. It lives in memory: each process gives
// as many, and all that they ask of the API counts in one budget.
type tokenBudget struct {
	mu    sync.Mutex
	spent map[int64]*spending // by the token's id
}

// spending is when the token's bucket will be full again: a clock that each request moves on by tokenEvery.
type spending struct {
	full    time.Time
	refused bool // the last request was
}

func newTokenBudget() *tokenBudget { return &tokenBudget{spent: map[int64]*spending{}} }

// take takes one request out of the token's budget. Zero: go ahead. Otherwise it is how long to wait, in whole seconds;
// again says that the request before was refused, too.
func (b *tokenBudget) take(id int64, now time.Time) (wait time.Duration, again bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.spent[id]
	if !ok {
		if len(b.spent) >= maxBudgets {
			b.forget(now)
		}
		s = &spending{}
		b.spent[id] = s
	}
	if s.full.Before(now) {
		s.full = now
	}
	after := s.full.Add(tokenEvery)
	if wait := after.Sub(now) - tokenBurst*tokenEvery; wait > 0 {
		again, s.refused = s.refused, true
		return (wait + time.Second - 1).Truncate(time.Second), again
	}
	s.full, s.refused = after, false
	return 0, false
}

func (b *tokenBudget) forget(now time.Time) {
	for id, s := range b.spent {
		if !s.full.After(now) {
			delete(b.spent, id)
		}
	}
}
