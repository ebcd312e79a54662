package main

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// cannedAPI is the API of the measurements: it heeds the range of creation, the order, offset and count, and the id of a
// payment. Other filters hold for every row.
type cannedAPI struct {
	ledger  *cannedLedger
	latency atomic.Int64
	asked   atomic.Int64           // lists and records
	first   atomic.Pointer[string] // the first list that was asked for since somebody wanted to know
}

func (a *cannedAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/api/v1")
	switch {
	case path == "/_latency": // set by those who measure
		latency, err := time.ParseDuration(r.URL.RawQuery)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
		a.latency.Store(int64(latency))
		return
	case path == "/_asked":
		_, _ = w.Write(strconv.AppendInt(nil, a.asked.Load(), 10))
		return
	case path == "/_first":
		if uri := a.first.Swap(nil); uri != nil {
			_, _ = w.Write([]byte(*uri))
		}
		return
	}
	a.asked.Add(1)
	if latency := time.Duration(a.latency.Load()); latency > 0 {
		time.Sleep(latency)
	}
	b := answers.Get().(*[]byte)
	defer answers.Put(b)
	*b = (*b)[:0]
	if id, one := strings.CutPrefix(path, "/transactions/"); one {
		*b = a.one(*b, id)
	} else {
		uri := r.URL.RequestURI()
		a.first.CompareAndSwap(nil, &uri)
		*b = a.list(*b, r.URL.Query())
	}
	if len(*b) == 0 {
		http.Error(w, `{"errors":[{"domain":10,"code":200,"message":"No transaction was found","location":"transactionId"}]}`, http.StatusBadRequest)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Content-Length", strconv.Itoa(len(*b)))
	_, _ = w.Write(*b)
}

// answers are used again: the API's garbage would be measured with the portal.
var answers = sync.Pool{New: func() any { return new([]byte) }}

// one appends the answer to GET /transactions/{id}, nothing if there is none.
func (a *cannedAPI) one(b []byte, id string) []byte {
	name, copied := original(id)
	record, ok := a.ledger.byID[name]
	if !ok {
		return b
	}
	b = append(b, `{"transaction":`...)
	return append(a.ledger.appendCopy(b, record, copied, 0), '}')
}

// list appends the answer to GET /transactions.
func (a *cannedAPI) list(b []byte, q url.Values) []byte {
	number := func(name string, without int64) int64 {
		if n, err := strconv.ParseInt(q.Get(name), 10, 64); err == nil {
			return n
		}
		return without
	}
	count, start := int(number("count", 25)), int(number("startIndex", 0))
	b = append(b, `{"transactions":[`...)
	empty := len(b)
	if payment := q.Get("payment.paymentId"); payment != "" {
		name, copied := original(payment)
		family := a.ledger.family[name]
		for _, record := range family[min(start, len(family)):min(start+count, len(family))] {
			b = append(a.ledger.appendCopy(b, record, copied, 0), ',')
		}
	} else {
		times := a.ledger.times
		first, _ := slices.BinarySearch(times, number("createdAt.start", 0))
		end := number("createdAt.end", 1<<62)
		behind := sort.Search(len(times), func(i int) bool { return times[i] > end })
		if q.Get("sortOrder") == "asc" {
			for i := first + start; i < min(behind, first+start+count); i++ {
				b = append(a.ledger.appendRow(b, i), ',')
			}
		} else {
			for i := behind - 1 - start; i >= max(first, behind-start-count); i-- {
				b = append(a.ledger.appendRow(b, i), ',')
			}
		}
	}
	if len(b) > empty {
		b = b[:len(b)-1] // the last comma
	}
	return append(b, "]}"...)
}
