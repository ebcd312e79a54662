package search_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// churnRows is how long the list is: `go test ./search -run Churn -churn 50000 -v` prints the figures for a long one.
var churnRows = flag.Int("churn", 3000, "rows of the list that changes while it is walked")

// churning changes the ledger before each request: rows arrive, now and late ones, and others leave the filter.
type churning struct {
	server *trustlytest.Server
	next   http.RoundTripper

	mu      sync.Mutex
	random  *rand.Rand
	ids     []string
	touched map[string]bool
	on      bool
}

func (c *churning) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	if c.on {
		for range 4 {
			id := c.ids[c.random.IntN(len(c.ids))]
			c.touched[id] = true
			c.server.Update(id, func(r *trustlytest.Record) {
				r.Status, r.UpdatedAt = 10, time.Now().UnixMilli()
			})
			c.server.Insert(trustlytest.Record{Type: 3, Status: 4, CreatedAt: time.Now().UnixMilli(), UpdatedAt: time.Now().UnixMilli()})
		}
	}
	c.mu.Unlock()
	return c.next.RoundTrip(r)
}

// Whatever the API's bounds, unit and shape: an export of a list that changes loses nothing and repeats nothing. A loop
// over offsets, in the same conditions, loses rows; both are printed.
func TestExportOfAListThatChurns(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	for _, exclusive := range []bool{false, true} {
		for _, unit := range []string{trustlytest.Milliseconds, trustlytest.Seconds} {
			for _, shape := range []int{trustlytest.ShapeArray, trustlytest.ShapeNumbered, trustlytest.ShapePaged, trustlytest.ShapeWrapped} {
				t.Run(fmt.Sprintf("exclusive=%t/unit=%s/shape=%d", exclusive, unit, shape), func(t *testing.T) {
					t.Parallel()
					c, client := churn(t, trustlytest.Options{Rows: -1, ExclusiveBounds: exclusive, TimeUnit: unit, Shape: shape})
					lost, twice, requests := measure(t, c, sweepIDs(t, client))
					offsetLost, offsetTwice, _ := measure(t, c, offsetIDs(t, client))
					t.Logf("%d rows: the sweep lost %d and repeated %d in %d requests; a loop over offsets lost %d and repeated %d",
						*churnRows, lost, twice, requests, offsetLost, offsetTwice)
					if lost+twice > 0 {
						t.Errorf("the sweep lost %d and repeated %d rows, want none", lost, twice)
					}
					if offsetLost == 0 {
						t.Error("a loop over offsets lost nothing: the list does not churn as it should")
					}
				})
			}
		}
	}
}

// churn makes a ledger of completed captures, several in an instant here and there.
func churn(t *testing.T, options trustlytest.Options) (*churning, *trustlyclient.Client) {
	t.Helper()
	server := trustlytest.New(options)
	base, _ := serve(t, server, "127.0.0.1:0")
	c := &churning{server: server, next: http.DefaultTransport, random: rand.New(rand.NewPCG(1, 2)), touched: map[string]bool{}}
	at := time.Now().Add(-90 * 24 * time.Hour).UnixMilli()
	for range *churnRows {
		at += int64(c.random.ExpFloat64() * float64(80*24*time.Hour.Milliseconds()) / float64(*churnRows))
		if c.random.IntN(10) == 0 {
			at -= at % 1000
		}
		c.ids = append(c.ids, server.Insert(trustlytest.Record{Type: 3, Status: 4, CreatedAt: at, UpdatedAt: at}))
	}
	client, err := trustlyclient.New(trustlyclient.Options{
		BaseURL: base, AccessID: "id", AccessKey: "key", TimeUnit: trustlyclient.TimeUnit(options.TimeUnit), MaxConcurrency: 4, Transport: c,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return c, client
}

// measure reads with the list churning and compares with the rows that stayed throughout.
func measure(t *testing.T, c *churning, read func() map[string]int) (lost, twice, requests int) {
	t.Helper()
	start := map[string]bool{}
	for _, r := range c.server.Records() {
		if r.Status == 4 {
			start[r.ID] = true
		}
	}
	c.server.ResetRequests()
	c.mu.Lock()
	c.on, c.touched = true, map[string]bool{}
	c.mu.Unlock()
	met := read()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on = false
	for id := range start {
		if met[id] == 0 && !c.touched[id] {
			lost++
		}
	}
	for _, n := range met {
		twice += n - 1
	}
	return lost, twice, len(c.server.Requests())
}

// whole keeps a row as it is.
func whole(t *trustlyclient.Transaction) *trustlyclient.Transaction { return t }

func sweepIDs(t *testing.T, client *trustlyclient.Client) func() map[string]int {
	return func() map[string]int {
		view, errs := search.Parse("transactionStatus=4", time.Now())
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		s := search.NewSweep(client, view.Query(time.Now()).Export(time.Now()), 4, whole)
		defer s.Close()
		met := map[string]int{}
		for {
			row, err := s.Next(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if row == nil {
				return met
			}
			met[string(row.TransactionID)]++
		}
	}
}

// offsetIDs reads as consoles often do: offset after offset until an answer is short.
func offsetIDs(t *testing.T, client *trustlyclient.Client) func() map[string]int {
	return func() map[string]int {
		met := map[string]int{}
		for start := 0; ; start += 100 {
			page, err := client.List(context.Background(), trustlyclient.ListOptions{
				Filters: map[string][]string{"transactionStatus": {strconv.Itoa(4)}}, SortOrder: trustlyclient.Ascending, StartIndex: start, Count: 100,
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Transactions {
				met[string(row.TransactionID)]++
			}
			if len(page.Transactions) < 100 {
				return met
			}
		}
	}
}
