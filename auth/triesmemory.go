package auth

import (
	"container/list"
	"context"
	"sync"
)

// maxTried bounds the memory, at some 200 bytes each to 4 MB. Beyond it the longest quiet is forgotten first.
const maxTried = 20_000

// memoryTries is a [TryStore] of one process: a restart forgives, and several processes count apart.
type memoryTries struct {
	mu    sync.Mutex
	tries map[string]*list.Element // of *keptTried
	quiet *list.List               // longest quiet in front
}

type keptTried struct {
	key string
	Tried
}

func newMemoryTries() *memoryTries {
	return &memoryTries{tries: map[string]*list.Element{}, quiet: list.New()}
}

// ChangeTries is TryStore's. It never fails.
func (m *memoryTries) ChangeTries(_ context.Context, keys []string, change func([]Tried)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := make([]Tried, len(keys))
	for i, key := range keys {
		if e, ok := m.tries[key]; ok {
			before[i] = e.Value.(*keptTried).Tried
		}
	}
	after := append([]Tried(nil), before...)
	change(after)
	for i, key := range keys {
		if after[i] != before[i] {
			m.keep(key, after[i])
		}
	}
	return nil
}

func (m *memoryTries) keep(key string, t Tried) {
	e, ok := m.tries[key]
	switch {
	case t.N == 0 && ok:
		m.forget(e)
	case t.N == 0:
	case ok:
		kept := e.Value.(*keptTried)
		if t.Last.After(kept.Last) {
			m.quiet.MoveToBack(e)
		}
		kept.Tried = t
	default:
		if m.quiet.Len() >= maxTried {
			m.forget(m.quiet.Front())
		}
		m.tries[key] = m.quiet.PushBack(&keptTried{key, t})
	}
}

func (m *memoryTries) forget(e *list.Element) {
	m.quiet.Remove(e)
	delete(m.tries, e.Value.(*keptTried).key)
}
