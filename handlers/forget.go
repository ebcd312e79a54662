package handlers

import "time"

// forget drops what this process keeps of payments for a moment: lists, and records that open pages ask for. Both are
// shared by all readers, so everybody's goes when one signs out; it costs a request to the API at most.
func (w *web) forget() {
	w.Client.Forget()
	w.watched.forget()
}

func (s *watched) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = nil
}

// tidy drops answers that nobody may be given any more. The caller holds the lock.
func (s *watched) tidy(now time.Time) {
	for key, answer := range s.last {
		if now.Sub(answer.at) >= watchAge {
			delete(s.last, key)
		}
	}
}
