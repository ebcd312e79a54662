package trustlytest

import (
	"slices"
	"strconv"
)

// Records returns the whole truth in the order of creation. The records are copies; what their pointers lead to must
// not be changed.
func (s *Server) Records() []Record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]Record, len(s.ledger.created))
	for i, r := range s.ledger.created {
		list[i] = *r
	}
	return list
}

// Record returns one record.
func (s *Server) Record(id string) (Record, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.ledger.byID[id]
	if !ok {
		return Record{}, false
	}
	return *r, true
}

// Insert puts r into the ledger, in the place of a record with the same id, and returns its id. Without an id it gets
// the next one, without times it is created and updated now.
func (s *Server) Insert(r Record) (id string) {
	now := s.options.Now().UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.ID == "" {
		s.life.lastID++
		r.ID = strconv.FormatInt(s.life.lastID, 10)
	}
	if r.CreatedAt == 0 {
		r.CreatedAt = now
	}
	if r.UpdatedAt == 0 {
		r.UpdatedAt = max(r.CreatedAt, now)
	}
	s.ledger.put(&r)
	return r.ID
}

// InsertJSON puts a transaction, a bare JSON object, into the ledger. It is answered byte for byte as it is, whatever
// shape of codes and times the sandbox has else, and filtered by what can be read of it. It needs a transactionId.
func (s *Server) InsertJSON(raw []byte) (id string, err error) {
	r, err := recordFromJSON(raw)
	if err != nil {
		return "", err
	}
	return s.Insert(*r), nil
}

// Update changes a copy of the record and of its payment and puts them in the place of the old, for all records of the
// payment. Unless change sets UpdatedAt, it becomes now. A record from JSON goes on being answered as it was, but for
// order and filters. It reports false when there is no such record.
func (s *Server) Update(id string, change func(*Record)) bool {
	now := s.options.Now().UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.ledger.byID[id]
	if !ok {
		return false
	}
	next := *old
	if old.Payment != nil {
		payment := *old.Payment
		next.Payment = &payment
	}
	change(&next)
	next.ID = id
	if next.UpdatedAt == old.UpdatedAt {
		next.UpdatedAt = now
	}
	next.Version++
	s.ledger.put(&next)
	if old.Payment != nil {
		for _, r := range slices.Clone(s.ledger.created) {
			if r.Payment == old.Payment {
				sibling := *r
				sibling.Payment = next.Payment
				s.ledger.put(&sibling)
			}
		}
	}
	return true
}

// Delete removes a record; it reports false when there is none.
func (s *Server) Delete(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.remove(id)
}
