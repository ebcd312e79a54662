package export

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// canned is an API that costs next to nothing: it answers by copies of a few records, each row with an id and a time of
// creation of its own.
type canned struct {
	rows    int
	records [][]byte // but for the id and the time
}

const (
	cannedRecords = 1000
	cannedSince   = 1_600_000_000_000 // milliseconds, when the first row was created
	cannedGap     = 500               // milliseconds from one to the next
)

func newCanned(b *testing.B, rows int) *canned {
	b.Helper()
	sandbox := trustlytest.New(trustlytest.Options{Seed: 1, Rows: cannedRecords})
	defer sandbox.Close()
	c := &canned{rows: rows}
	for at := 0; at < cannedRecords; at += 100 {
		r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/transactions?count=100&startIndex=%d", at), nil)
		r.SetBasicAuth("id", "key")
		w := httptest.NewRecorder()
		sandbox.ServeHTTP(w, r)
		var page struct{ Transactions []map[string]json.RawMessage }
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			b.Fatal(err)
		}
		for _, record := range page.Transactions {
			delete(record, "transactionId")
			delete(record, "createdAt")
			rest, err := json.Marshal(record)
			if err != nil {
				b.Fatal(err)
			}
			c.records = append(c.records, rest[1:]) // without the brace
		}
	}
	return c
}

func (c *canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	number := func(name string, otherwise int64) int64 {
		if n, err := strconv.ParseInt(query.Get(name), 10, 64); err == nil {
			return n
		}
		return otherwise
	}
	from := max(0, (number("createdAt.start", 0)-cannedSince+cannedGap-1)/cannedGap) + number("startIndex", 0)
	end := min(int64(c.rows), (number("createdAt.end", cannedSince)-cannedSince)/cannedGap+1, from+number("count", 25))
	body := make([]byte, 0, 300<<10)
	body = append(body, `{"transactions":[`...)
	for i := from; i < end; i++ {
		if i > from {
			body = append(body, ',')
		}
		body = strconv.AppendInt(append(body, `{"transactionId":"`...), 1_000_000_000+i, 10)
		body = strconv.AppendInt(append(body, `","createdAt":`...), cannedSince+i*cannedGap, 10)
		body = append(append(body, ','), c.records[i%int64(len(c.records))]...)
	}
	body = append(body, `]}`...)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// BenchmarkExportOfANearAPI exports from an API that answers at once. It is in this process: so is its memory.
func BenchmarkExportOfANearAPI(b *testing.B) {
	const rows = 200_000
	api := httptest.NewServer(newCanned(b, rows))
	b.Cleanup(api.Close)
	client, err := trustlyclient.New(trustlyclient.Options{BaseURL: api.URL, AccessID: "id", AccessKey: "key", MaxConcurrency: Workers})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.CloseIdleConnections)
	plan := benchPlan(b)
	for _, way := range []struct {
		name string
		read func(*testing.B, *Plan, search.Lister) int
	}{{"stream", stream}, {"collect", collect}} {
		b.Run(fmt.Sprintf("%s/%d", way.name, rows), func(b *testing.B) {
			bare := fetchBare(b, api.URL, plan, rows, Workers)
			peak := watchMemory(b)
			for b.Loop() {
				if n := way.read(b, plan, client); n != rows {
					b.Fatalf("got %d rows, want %d", n, rows)
				}
			}
			reportSpeed(b, rows, bare)
			b.ReportMetric(float64(peak())/1e6, "MB-over-idle")
		})
	}
}

// watchMemory looks how much memory the process has in use, until it is asked how much more that was at most than now.
func watchMemory(b *testing.B) (peak func() int64) {
	b.Helper()
	debug.FreeOSMemory()
	idle, most := resident(b), int64(0)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			most = max(most, resident(b))
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() int64 {
		close(stop)
		<-done
		return most - idle
	}
}

// resident is the memory of this process, in bytes; where the system does not tell, that of the heap.
func resident(b *testing.B) int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 1 {
		pages, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			b.Error(err)
		}
		return pages * int64(os.Getpagesize())
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}
