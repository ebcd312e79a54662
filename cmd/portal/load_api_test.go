package main

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"trustlyportal/trustlyclient/trustlytest"
)

// loadAPI is the API of the load: the sandbox, in which rows arrive and change, with a record of when it was asked.
type loadAPI struct {
	sandbox *trustlytest.Server

	mu    sync.Mutex
	asked []time.Time
}

// loadLedger is what the harness asks about its API: what exports are held against.
type loadLedger struct {
	IDs      []string // in the order of creation
	Requests int      // so far
	Busiest  int      // the most within any 10 s
}

func newLoadAPI(rows int, latency time.Duration) *loadAPI {
	return &loadAPI{sandbox: trustlytest.New(trustlytest.Options{
		Seed: 1, Rows: rows, Latency: latency, Jitter: latency / 2, CreatedPerSecond: 2, ChangedPerSecond: 5,
	})}
}

func (a *loadAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/_ledger" {
		a.tell(w, r)
		return
	}
	a.mu.Lock()
	a.asked = append(a.asked, time.Now())
	a.mu.Unlock()
	a.sandbox.ServeHTTP(w, r)
}

// tell answers with the ids of the rows created from one millisecond on and before another, of one type or all.
func (a *loadAPI) tell(w http.ResponseWriter, r *http.Request) {
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
		return n
	}
	from, before, kind := number("from"), number("before"), int(number("type"))
	records := a.sandbox.Records()
	slices.SortFunc(records, func(a, b trustlytest.Record) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	ledger := loadLedger{IDs: []string{}}
	for _, record := range records {
		if record.CreatedAt >= from && record.CreatedAt < before && (kind == 0 || kind == record.Type) {
			ledger.IDs = append(ledger.IDs, record.ID)
		}
	}
	a.mu.Lock()
	ledger.Requests, ledger.Busiest = len(a.asked), busiest(a.asked, 10*time.Second)
	a.mu.Unlock()
	_ = json.NewEncoder(w).Encode(ledger) //nolint:errchkjson // texts and numbers; who asks checks what comes
}

// busiest is the most of the moments, which are in order, that lie within any span of that length.
func busiest(at []time.Time, span time.Duration) (most int) {
	oldest := 0
	for i := range at {
		for at[i].Sub(at[oldest]) >= span {
			oldest++
		}
		most = max(most, i-oldest+1)
	}
	return most
}

// ledger asks the API of the load.
func (l *load) ledger(from, before int64, kind string) loadLedger {
	l.Helper()
	query := strings.Join([]string{"from=" + strconv.FormatInt(from, 10), "before=" + strconv.FormatInt(before, 10), "type=" + kind}, "&")
	res, err := http.Get(l.api.url + "/_ledger?" + query)
	if err != nil {
		l.Fatal(err)
	}
	defer res.Body.Close()
	var ledger loadLedger
	if err := json.NewDecoder(res.Body).Decode(&ledger); err != nil {
		l.Fatal(err)
	}
	return ledger
}
