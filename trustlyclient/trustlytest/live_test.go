package trustlytest

import (
	"encoding/json"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestLedgerMovesOn(t *testing.T) {
	s := New(Options{Seed: 11, Rows: 2000, Now: at(testNow), Arrival: time.Minute})
	before := map[string]Record{}
	for _, r := range s.Records() {
		before[r.ID] = r
	}
	s.Advance(testNow.Add(3 * 24 * time.Hour))
	later := testNow.UnixMilli()
	created, changed, completed, returned := 0, 0, 0, 0
	for _, r := range s.Records() {
		old, known := before[r.ID]
		switch {
		case !known:
			created++
			if r.CreatedAt <= later {
				t.Errorf("transaction %s arrived with the creation time %d of the past", r.ID, r.CreatedAt)
			}
		case r.UpdatedAt != old.UpdatedAt:
			changed++
			if r.UpdatedAt <= later || r.Version <= old.Version || r.CreatedAt != old.CreatedAt {
				t.Errorf("transaction %s changed from %+v to %+v", r.ID, old, r)
			}
			if r.Status == StatusCompleted && old.Status != StatusCompleted {
				completed++
			}
			if r.Status == StatusDenied || r.Status == StatusReversed {
				returned++
			}
		case r.Status != old.Status:
			t.Errorf("transaction %s changed its status without a new updatedAt", r.ID)
		}
		delete(before, r.ID)
	}
	if len(before) != 0 {
		t.Errorf("%d transactions are gone", len(before))
	}
	if created < 1000 || changed < 20 || completed < 10 || returned < 1 {
		t.Errorf("got %d created, %d changed, %d completed, %d returned: the ledger does not live", created, changed, completed, returned)
	}
	checkOrder(t, s)
}

func checkOrder(t *testing.T, s *Server) {
	t.Helper()
	l := &s.ledger
	if len(l.created) != len(l.byID) || len(l.updated) != len(l.byID) {
		t.Fatalf("got %d ids, %d by creation, %d by update", len(l.byID), len(l.created), len(l.updated))
	}
	for i := range l.created {
		if l.byID[l.created[i].ID] != l.created[i] || l.byID[l.updated[i].ID] != l.updated[i] {
			t.Fatalf("row %d of an index is not the record of its id", i)
		}
		if i > 0 && (byCreated(l.created[i-1], l.created[i]) >= 0 || byUpdated(l.updated[i-1], l.updated[i]) >= 0) {
			t.Fatalf("row %d of an index is out of order", i)
		}
	}
}

func TestSmallStepsComeToTheSame(t *testing.T) {
	options := Options{Seed: 4, Rows: 1000, Now: at(testNow), Arrival: 20 * time.Second}
	one, many := New(options), New(options)
	one.Advance(testNow.Add(48 * time.Hour))
	for i := range 48 * 4 {
		many.Advance(testNow.Add(time.Duration(i+1) * 15 * time.Minute))
	}
	many.Advance(testNow) // the past changes nothing
	a, b := one.Records(), many.Records()
	if len(a) != len(b) {
		t.Fatalf("got %d rows in one step and %d in many", len(a), len(b))
	}
	for i := range a {
		x, y := one.encoder(1), many.encoder(1)
		x.transaction(&a[i])
		y.transaction(&b[i])
		if string(x.buf) != string(y.buf) {
			t.Fatalf("row %d: got %s in one step and %s in many", i, x.buf, y.buf)
		}
	}
}

func TestLiveAnswersFollowTheClock(t *testing.T) {
	var clock atomic.Int64
	clock.Store(testNow.UnixMilli())
	s := New(Options{Rows: 500, Live: true, Now: func() time.Time { return time.UnixMilli(clock.Load()) }})
	first := ids(t, s, nil)[0]
	clock.Add(int64(5 * time.Minute / time.Millisecond))
	if got := ids(t, s, nil)[0]; got == first {
		t.Errorf("five minutes later the newest row is still %s", first)
	}
}

// TestReadersAndWriters is for the race detector, and for half-made answers.
func TestReadersAndWriters(t *testing.T) {
	s := New(Options{Rows: 600, Now: at(testNow), Arrival: time.Minute})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 30 {
				if w := get(s, "/transactions?orderBy=updatedAt&count=100"); !json.Valid(w.Body.Bytes()) {
					t.Errorf("not JSON: %s", w.Body)
				}
				s.Records()
			}
		})
	}
	group.Go(func() {
		for i := range 60 {
			s.Advance(testNow.Add(time.Duration(i) * time.Hour))
			id := s.Insert(Record{Type: Pay})
			s.Update(id, func(r *Record) { r.Status = StatusFailed })
			s.Delete(id)
			s.SetFault()
		}
	})
	group.Wait()
	checkOrder(t, s)
}

func TestEdits(t *testing.T) {
	now := testNow
	s := New(Options{Rows: 400, Arrival: time.Hour, Now: func() time.Time { return now }})
	id := s.Insert(Record{Type: Pay, Amount: 1234, Payment: &Payment{Customer: &Customer{Name: "New Person"}}})
	if got := ids(t, s, nil)[0]; got != id {
		t.Errorf("newest: got %s, want the inserted %s", got, id)
	}
	var old Record
	for _, r := range s.Records() {
		if r.Type == Capture {
			old = r
			break
		}
	}
	now = now.Add(time.Minute)
	if !s.Update(old.ID, func(r *Record) { r.Status, r.Payment.Description = 9, "changed words" }) {
		t.Fatal("the record is not there")
	}
	got := ids(t, s, url.Values{"orderBy": {"updatedAt"}})[0]
	if got != old.ID {
		t.Errorf("last updated: got %s, want %s", got, old.ID)
	}
	if n := len(ids(t, s, url.Values{"payment.description": {"changed words"}})); n < 2 {
		t.Errorf("the payment changed for %d of its records, want all", n)
	}
	if r, _ := s.Record(old.ID); r.Status != 9 || r.UpdatedAt != now.UnixMilli() || old.Status == 9 {
		t.Errorf("got %+v", r)
	}
	var waiting Record
	for _, r := range s.Records() {
		if r.Type == Capture && r.Status == StatusProcessed {
			waiting = r
		}
	}
	if !s.Delete(waiting.ID) {
		t.Fatal("no capture is on its way")
	}
	if !s.Delete(old.ID) || s.Delete(old.ID) || s.Update(old.ID, func(*Record) {}) {
		t.Error("a deleted record is still there")
	}
	if w := get(s, "/transactions/"+old.ID); w.Code != 400 {
		t.Errorf("deleted: got %d, want 400", w.Code)
	}
	s.Advance(now.Add(10 * 24 * time.Hour))
	for _, id := range []string{old.ID, waiting.ID} {
		if _, ok := s.Record(id); ok {
			t.Errorf("the deleted record %s came back", id)
		}
	}
	checkOrder(t, s)
}

func TestInsertJSON(t *testing.T) {
	s := New(Options{Rows: -1, Now: at(testNow), EnumsAsStrings: true, ResponseSeconds: true})
	raw := `{"transactionId":"1009000103", "transactionType":"3","status":4,"createdAt":1760000100123,"updatedAt":1760280900,` +
		`"amount":"10.0","paid":125.50,"payment":{"paymentId":1009000100,"customer":{"name":"Ada Example"}},"odd":[1.50,{"x":null}]}`
	if _, err := s.InsertJSON([]byte(raw)); err != nil {
		t.Fatal(err)
	}
	w := get(s, "/transactions?customerName=ada&transactionType=3&amount.min=10&amount.max=10.00&paid.min=125.50&payment.paymentId=1009000100&updatedAt.start=1760280900000&updatedAt.end=1760280900000")
	if got, want := w.Body.String(), `{"transactions":[`+raw+`]}`; got != want {
		t.Errorf("got %s, want the record as it was", got)
	}
	for _, bad := range []string{"", "[]", "{}", `{"transactionId":""}`, `{"transactionId":"1"`} {
		if _, err := s.InsertJSON([]byte(bad)); err == nil {
			t.Errorf("InsertJSON(%s): no error", bad)
		}
	}
}
