package search_test

import (
	"errors"
	"flag"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// sweptRows is how long the list is: `go test ./search -run Failing -rows 10000 -v` prints the figures for a long one.
var sweptRows = flag.Int("rows", 3000, "rows of the list that is swept while the API fails")

// A fifth of the answers 500 and a tenth 429: an export still ends with each row once, in order.
func TestSweepOfAFailingAPI(t *testing.T) {
	t.Parallel()
	server, base := trustlytest.NewServer(t, trustlytest.Options{Seed: 3, Rows: *sweptRows, Faults: []trustlytest.Fault{
		{Status: http.StatusInternalServerError, Share: 0.2},
		{Status: http.StatusTooManyRequests, Share: 0.1},
	}})
	outcomes := map[int]int{} // tries by the status of their failure, 0 for none
	var mu sync.Mutex
	client := clientOf(t, trustlyclient.Options{BaseURL: base, MaxConcurrency: 5, Observe: func(e trustlyclient.Event) {
		mu.Lock()
		defer mu.Unlock()
		outcomes[e.StatusCode]++
	}})

	began := time.Now()
	sweep := search.NewSweep(client, search.Query{}.Export(time.Now()), 4)
	defer sweep.Close()
	ctx := trustlyclient.InBackground(t.Context())
	var got []string
	for {
		row, err := sweep.Next(ctx)
		if err != nil {
			t.Fatalf("after %d rows: %v", len(got), err)
		}
		if row == nil {
			break
		}
		got = append(got, string(row.TransactionID))
	}
	t.Logf("%d rows in %v: %d questions, of which %d tries were answered, %d by 500 and %d by 429",
		len(got), time.Since(began).Round(10*time.Millisecond), sweep.Requests(), outcomes[0], outcomes[500], outcomes[429])

	want := server.Records()
	if len(want) != *sweptRows {
		t.Fatalf("the ledger has %d rows, want %d", len(want), *sweptRows)
	}
	for i, record := range want {
		if i >= len(got) || got[i] != record.ID {
			t.Fatalf("row %d: got %v, want %s", i, got[i:min(i+1, len(got))], record.ID)
		}
	}
	if len(got) > len(want) {
		t.Errorf("got %d rows beyond the ledger's, want none", len(got)-len(want))
	}
	if outcomes[500] == 0 || outcomes[429] == 0 {
		t.Errorf("got %d answers 500 and %d 429: the API does not fail as it should", outcomes[500], outcomes[429])
	}
}

// Nothing listens where the API was: people are told at once, and are served soon after it is back.
func TestPeopleDuringAnOutage(t *testing.T) {
	t.Parallel()
	const (
		atOnce = 100 * time.Millisecond
		soon   = 5 * time.Second
	)
	base, stop, err := trustlytest.New(trustlytest.Options{Rows: 50}).Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSuffix(strings.TrimPrefix(base, "http://"), "/api/v1")
	client := clientOf(t, trustlyclient.Options{BaseURL: base, MaxConcurrency: 4})
	if _, err := client.List(t.Context(), trustlyclient.ListOptions{}); err != nil {
		t.Fatal(err)
	}
	stop()

	// Five people, each with a question of their own: it takes so many failures to tell an outage from bad luck.
	var people sync.WaitGroup
	for i := range 5 {
		people.Go(func() {
			if _, err := client.List(t.Context(), trustlyclient.ListOptions{StartIndex: i}); !errors.Is(err, trustlyclient.ErrUnavailable) {
				t.Errorf("nothing listens: got %v, want ErrUnavailable", err)
			}
		})
	}
	people.Wait()

	// Long enough for two looks whether it is back: who makes them is told at once too.
	var slowest time.Duration
	asked := 0
	for end := time.Now().Add(4500 * time.Millisecond); time.Now().Before(end); asked++ {
		began := time.Now()
		_, err := client.List(t.Context(), trustlyclient.ListOptions{})
		slowest = max(slowest, time.Since(began))
		if e, ok := errors.AsType[*trustlyclient.Error](err); !ok || !errors.Is(err, trustlyclient.ErrUnavailable) || e.StatusCode != 0 {
			t.Fatalf("the API is gone: got %v, want ErrUnavailable", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if slowest >= atOnce {
		t.Errorf("got an error after %v, want all of %d within %v", slowest, asked, atOnce)
	}

	back, stopAgain, err := trustlytest.New(trustlytest.Options{Rows: 50}).Start(address)
	if err != nil || back != base {
		t.Fatalf("start again: got %s, %v, want %s", back, err, base)
	}
	t.Cleanup(stopAgain)
	returned := time.Now()
	for {
		_, err := client.List(t.Context(), trustlyclient.ListOptions{})
		took := time.Since(returned)
		if err == nil {
			t.Logf("%d questions during the outage, the slowest told after %v; an answer %v after its end", asked, slowest, took.Round(time.Millisecond))
			return
		}
		if took > soon {
			t.Fatalf("%v after its return: got %v, want an answer within %v", took, err, soon)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func clientOf(t *testing.T, options trustlyclient.Options) *trustlyclient.Client {
	t.Helper()
	options.AccessID, options.AccessKey = "id", "key"
	client, err := trustlyclient.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}
