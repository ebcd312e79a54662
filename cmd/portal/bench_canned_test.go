package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"trustlyportal/trustlyclient/trustlytest"
)

// cannedLedger is as many records as one likes, made of a few whose JSON is kept ready: what is sent out is copied, with
// another id and other times. An API that costs more than the portal would measure itself.
type cannedLedger struct {
	times   []int64 // of creation, in milliseconds, by row
	records []canned
	byID    map[string]int   // the record whose ids begin so
	family  map[string][]int // the records of a payment, by creation
}

// canned is the JSON of one record, cut where an id ends and where a time stands.
type canned struct {
	created int64
	pieces  []piece
}

// piece is some JSON and what follows it: the copy's number, which makes an id of its own, or a time.
type piece struct {
	text []byte
	id   bool
	at   int64
}

const (
	// cannedRecords is how many differ in more than ids and times.
	cannedRecords = 2000

	// cannedCopies of each can be told apart: an id ends in its copy's number.
	cannedCopies = 10_000
)

// cannedSpots are the ids and the times of a record.
var cannedSpots = regexp.MustCompile(`"(?:transactionId|originalTransactionId|paymentId)":"(\d+)"|:(1\d{12})[,}]`)

// newCannedLedger makes up rows that end at an instant, ten times as many by day as by night, some in bursts within one
// millisecond.
func newCannedLedger(rows int, end time.Time) (*cannedLedger, error) {
	l := &cannedLedger{times: make([]int64, rows), byID: map[string]int{}, family: map[string][]int{}}
	sandbox := trustlytest.New(trustlytest.Options{Seed: 1, Rows: cannedRecords, Now: func() time.Time { return end }})
	defer sandbox.Close()
	for at := 0; at < cannedRecords; at += 100 {
		r := httptest.NewRequest("GET", "/transactions?count=100&sortOrder=asc&startIndex="+strconv.Itoa(at), nil)
		r.SetBasicAuth("id", "key")
		w := httptest.NewRecorder()
		sandbox.ServeHTTP(w, r)
		var page struct{ Transactions []json.RawMessage }
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			return nil, fmt.Errorf("made-up records: %w", err)
		}
		for _, record := range page.Transactions {
			var compact bytes.Buffer // Trustly's sample is not
			if err := json.Compact(&compact, record); err != nil {
				return nil, fmt.Errorf("made-up records: %w", err)
			}
			l.can(compact.Bytes())
		}
	}
	if len(l.records) < cannedRecords/2 || rows > len(l.records)*cannedCopies {
		return nil, fmt.Errorf("made-up records: got %d to make %d of", len(l.records), rows)
	}
	drawn := rand.New(rand.NewPCG(1, 2))
	at := end.UnixMilli()
	for i := range slices.Backward(l.times) {
		l.times[i] = at
		if drawn.IntN(500) > 0 && i%1000 > 12 { // else the one before came in the same millisecond
			mean := 1000.0
			if hour := time.UnixMilli(at).UTC().Hour(); hour < 8 {
				mean = 10_000
			}
			at -= int64(drawn.ExpFloat64() * mean)
		}
	}
	return l, nil
}

// can keeps a record that is of the ordinary kind: with an id, a payment, and times in milliseconds.
func (l *cannedLedger) can(record []byte) {
	var is struct {
		TransactionID string
		CreatedAt     int64
		Payment       struct{ PaymentID string }
	}
	if err := json.Unmarshal(record, &is); err != nil || is.TransactionID == "" || is.Payment.PaymentID == "" || is.CreatedAt < 1e12 {
		return
	}
	c, from := canned{created: is.CreatedAt}, 0
	for _, spot := range cannedSpots.FindAllSubmatchIndex(record, -1) {
		if spot[2] >= 0 {
			c.pieces, from = append(c.pieces, piece{text: record[from:spot[3]], id: true}), spot[3]
			continue
		}
		at, _ := strconv.ParseInt(string(record[spot[4]:spot[5]]), 10, 64)
		c.pieces, from = append(c.pieces, piece{text: record[from:spot[4]], at: at}), spot[5]
	}
	c.pieces = append(c.pieces, piece{text: record[from:]})
	l.byID[is.TransactionID] = len(l.records)
	l.family[is.Payment.PaymentID] = append(l.family[is.Payment.PaymentID], len(l.records))
	l.records = append(l.records, c)
}

// appendCopy appends a record as one of its copies, all its times moved on.
func (l *cannedLedger) appendCopy(b []byte, record, copied int, later int64) []byte {
	for _, p := range l.records[record].pieces {
		b = append(b, p.text...)
		switch {
		case p.id:
			b = append(b, byte('0'+copied/1000%10), byte('0'+copied/100%10), byte('0'+copied/10%10), byte('0'+copied%10))
		case p.at != 0:
			b = strconv.AppendInt(b, p.at+later, 10)
		}
	}
	return b
}

// appendRow appends the i-th row of the ledger.
func (l *cannedLedger) appendRow(b []byte, i int) []byte {
	record := i % len(l.records)
	return l.appendCopy(b, record, i/len(l.records), l.times[i]-l.records[record].created)
}

// original is the record, and the number of the copy, that an id or a payment's id names.
func original(id string) (string, int) {
	if len(id) < 5 {
		return id, 0
	}
	copied, err := strconv.Atoi(id[len(id)-4:])
	if err != nil {
		return id, 0
	}
	return id[:len(id)-4], copied
}

// Each row has an id of its own and the time that says where it stands.
func TestCannedLedger(t *testing.T) {
	t.Parallel()
	const rows = 5000 // more than there are different records
	l, err := newCannedLedger(rows, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for i := range rows {
		var is struct {
			TransactionID string
			CreatedAt     int64
		}
		if err := json.Unmarshal(l.appendRow(nil, i), &is); err != nil {
			t.Fatal(err)
		}
		if ids[is.TransactionID] || is.CreatedAt != l.times[i] || i > 0 && is.CreatedAt < l.times[i-1] {
			t.Fatalf("row %d: got id %s (met before: %t), created at %d, want a new one at %d", i, is.TransactionID, ids[is.TransactionID], is.CreatedAt, l.times[i])
		}
		ids[is.TransactionID] = true
		if name, copied := original(is.TransactionID); l.byID[name] != i%len(l.records) || copied != i/len(l.records) {
			t.Fatalf("row %d: got id %s for copy %d of record %d", i, is.TransactionID, copied, l.byID[name])
		}
	}
}
