package store

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"trustlyportal/trustlyclient"
)

// budgetTerms are what a limit comes to, in milliseconds.
type budgetTerms struct {
	limit  int     // requests in a window
	window float64 // its length, with budgetMargin
	space  float64 // between two requests of the background
	step   int     // of them that may leave together: those of budgetStep
}

const (
	// budgetMargin is how much longer windows are than they need be, for requests that are late by different times on
	// their way: over 10 s they may differ by 100 ms.
	budgetMargin = 1.01

	// budgetStep is how much of the background's share leaves together under limits that have several requests to it.
	budgetStep = 50 * time.Millisecond

	// budgetBurst bounds how many requests leave together.
	budgetBurst = 100

	// budgetLook is the longest time in milliseconds after which one who waits is told to ask again.
	budgetLook = 1000

	// budgetGrace is how long in milliseconds people of a process that does not ask again keep the background waiting.
	budgetGrace = 250

	// budgetTurn is how much later in milliseconds one who has just got something asks again, so that others come first.
	budgetTurn = 3

	// budgetLate is how late in milliseconds the background may be and still keep to its times.
	budgetLate = 10

	// budgetPoll is when the background asks again that waits for people alone, in milliseconds.
	budgetPoll = 20

	// budgetMerge is how close in milliseconds requests may be to be kept as one entry, under limits of many.
	budgetMerge = 5
)

func newBudgetTerms(perSecond float64) budgetTerms {
	limit := max(1, math.Floor(perSecond))
	window := limit / perSecond
	if windows := math.Floor(10 / window); windows > 0 {
		window = 10 / windows // a whole number of them, so that 10 s have no more than their worth either
	}
	window *= 1000 * budgetMargin
	return budgetTerms{
		limit:  int(limit),
		window: window,
		space:  window / limit,
		step:   int(max(1, perSecond*budgetStep.Seconds())),
	}
}

// budgetState is what all processes know of the requests that have left. Times are Unix milliseconds by the database's
// clock.
//
// A request counts from the last moment at which it may have left until a window later. So whatever the processes do,
// and however slow the database is, no window has more requests than the limit.
type budgetState struct {
	Sent   []budgetSent     `json:"sent"`             // the oldest first
	Next   float64          `json:"next"`             // when the background may be next
	People map[string]int64 `json:"people,omitempty"` // processes where people wait, and until when that is believed
}

// budgetSent are requests that leave together.
type budgetSent struct {
	At int64 `json:"at"` // the last moment at which they may
	N  int   `json:"n"`
}

// readBudget reads a state. One that is new counts as used up, as nobody knows what came before.
func readBudget(text string, now int64, t budgetTerms) (s budgetState, err error) {
	if text == "" {
		s.Sent = []budgetSent{{At: now, N: t.limit}}
		return s, nil
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("read the budget: %w", err)
	}
	return s, nil
}

// budgetAsk is one process asking.
type budgetAsk struct {
	trustlyclient.Ask
	process string
	slack   int64 // how long after now its requests may leave, in milliseconds
	ahead   int64 // how much longer, if it gets some ahead
}

// budgetGrant is what it gets.
type budgetGrant struct {
	n     int
	good  int64   // how long, in milliseconds
	again float64 // after how many to ask for the rest
}

// take grants what may leave now. People come first: the background gets nothing while people of any process wait.
// changed says whether the state did.
func (s *budgetState) take(now int64, ask budgetAsk, t budgetTerms) (got budgetGrant, changed bool) {
	s.tidy(now, t)
	free := t.limit
	for _, sent := range s.Sent {
		free -= sent.N
	}
	people := max(0, min(ask.People, free, budgetBurst))
	free -= people
	elsewhere := s.peopleElsewhere(ask.process)
	more := 0 // of the background, or ahead
	switch {
	case people < ask.People || elsewhere:
	case ask.Background == 0:
		more = max(0, min(ask.Ahead, t.step, free))
	case float64(now) >= s.Next:
		more = max(0, min(ask.Background+ask.Ahead, t.step, free))
		s.Next = max(s.Next, float64(now)-budgetLate) + float64(more)*t.space
	}
	got = budgetGrant{n: people + more, good: ask.slack}
	if more > ask.Background {
		got.good += ask.ahead
	}
	if got.n > 0 {
		s.note(now+got.good, got.n, t)
	}

	spaced := s.Next - float64(now)
	switch {
	case free-more <= 0:
		got.again = float64(s.Sent[0].At) + t.window - float64(now)
		if people == ask.People {
			got.again = max(got.again, spaced)
		}
	case people == ask.People:
		got.again = spaced
		if elsewhere {
			got.again = max(spaced, budgetPoll)
		}
	}
	if got.n > 0 {
		got.again += budgetTurn
	}
	got.again = min(max(got.again, 1), budgetLook)

	_, waited := s.People[ask.process]
	delete(s.People, ask.process)
	if people < ask.People {
		if s.People == nil {
			s.People = map[string]int64{}
		}
		s.People[ask.process] = now + int64(got.again) + budgetGrace
	}
	return got, got.n > 0 || people < ask.People || waited
}

// tidy forgets what counts no more. What lies too far ahead was noted before the clock was set back, and counts as of now.
func (s *budgetState) tidy(now int64, t budgetTerms) {
	latest := now + int64((budgetSlack+budgetStep)/time.Millisecond)
	var kept []budgetSent
	for _, sent := range s.Sent {
		if sent.At > latest {
			sent.At = now
		}
		if float64(sent.At)+t.window > float64(now) {
			kept = append(kept, sent)
		}
	}
	s.Sent = kept
	if s.Next > float64(now)+float64(t.step)*t.space {
		s.Next = float64(now)
	}
	for process, until := range s.People {
		if until <= now || until > now+budgetLook+budgetGrace {
			delete(s.People, process)
		}
	}
}

// note keeps requests in the order of their times. Where a window has many, those close together count as of the last.
func (s *budgetState) note(at int64, n int, t budgetTerms) {
	i := len(s.Sent)
	for i > 0 && s.Sent[i-1].At > at {
		i--
	}
	if i > 0 && t.limit > budgetBurst && at-s.Sent[i-1].At <= budgetMerge {
		s.Sent[i-1] = budgetSent{At: at, N: s.Sent[i-1].N + n}
		return
	}
	s.Sent = append(s.Sent[:i:i], append([]budgetSent{{At: at, N: n}}, s.Sent[i:]...)...)
}

// peopleElsewhere reports whether people of another process wait.
func (s *budgetState) peopleElsewhere(process string) bool {
	for other := range s.People {
		if other != process {
			return true
		}
	}
	return false
}
