package search_test

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/apispec"
	"trustlyportal/trustlyclient/trustlytest"
)

// sweptRows is how long the list is: `go test ./search -run Failing -rows 10000 -v` prints the figures for a long one.
var sweptRows = flag.Int("rows", 3000, "rows of the list that is swept while the API fails")

// A fifth of the answers 500 and a tenth 429: an export still ends with each row once, in order.
func TestSweepOfAFailingAPI(t *testing.T) {
	t.Parallel()
	server := trustlytest.New(trustlytest.Options{Seed: 3, Rows: *sweptRows, Faults: []trustlytest.Fault{
		{Status: http.StatusInternalServerError, Share: 0.2},
		{Status: http.StatusTooManyRequests, Share: 0.1},
	}})
	base, _ := serve(t, server, "127.0.0.1:0")
	outcomes := map[int]int{} // tries by the status of their failure, 0 for none
	var mu sync.Mutex
	client := clientOf(t, trustlyclient.Options{BaseURL: base, MaxConcurrency: 5, Observer: trustlyclient.Observer{Event: func(_ context.Context, e trustlyclient.Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Kind == trustlyclient.Tried {
			outcomes[e.StatusCode]++
		}
	}}})

	began := time.Now()
	sweep := search.NewSweep(client, search.Query{}.Export(time.Now()), 4, whole)
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
	server := trustlytest.New(trustlytest.Options{Rows: 50})
	base, stop := serve(t, server, "127.0.0.1:0")
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
	asked, slow := 0, 0
	for end := time.Now().Add(4500 * time.Millisecond); time.Now().Before(end); asked++ {
		began := time.Now()
		_, err := client.List(t.Context(), trustlyclient.ListOptions{})
		took := time.Since(began)
		slowest = max(slowest, took)
		if took >= atOnce {
			slow++
		}
		if e, ok := errors.AsType[*trustlyclient.Error](err); !ok || !errors.Is(err, trustlyclient.ErrUnavailable) || e.StatusCode != 0 {
			t.Fatalf("the API is gone: got %v, want ErrUnavailable", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if slow > asked/20 { // a few are left to a busy machine
		t.Errorf("%d of %d were told after %v and more, the slowest after %v", slow, asked, atOnce, slowest)
	}

	serve(t, server, strings.TrimPrefix(base, "http://"))
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

// serve puts a sandbox on a TCP address, asked only what the API's specification allows, until the test ends or stop is
// called.
func serve(t *testing.T, sandbox *trustlytest.Server, address string) (base string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(apispec.Handler(t, sandbox))
	_ = server.Listener.Close() // the one it came with
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return server.URL, server.Close
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
