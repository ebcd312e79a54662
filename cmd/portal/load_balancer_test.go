package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// loadBalancer sends each request to the next portal that says by /readyz that it can serve, as a load balancer in front of
// them would. It repeats none.
type loadBalancer struct {
	transport *http.Transport
	backends  []*loadBackend
	next      atomic.Uint64
}

type loadBackend struct {
	at    atomic.Pointer[url.URL] // another port after each start
	ready atomic.Bool
}

// balanceEvery is how often readiness is asked for.
const balanceEvery = 100 * time.Millisecond

var errNobodyReady = errors.New("no portal is ready")

func newLoadBalancer(n int) *loadBalancer {
	b := &loadBalancer{transport: &http.Transport{MaxIdleConns: 1000, MaxIdleConnsPerHost: 500, DisableCompression: true}}
	for range n {
		b.backends = append(b.backends, &loadBackend{})
	}
	return b
}

// watch asks for readiness until the context ends.
func (b *loadBalancer) watch(ctx context.Context) {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for ctx.Err() == nil {
		for _, to := range b.backends {
			to.ready.Store(to.answers(client))
		}
		time.Sleep(balanceEvery)
	}
}

func (to *loadBackend) answers(client *http.Client) bool {
	at := to.at.Load()
	if at == nil {
		return false
	}
	res, err := client.Get(at.String() + "/readyz")
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// RoundTrip sends a request, whose address names no host, to the next portal that is ready.
func (b *loadBalancer) RoundTrip(r *http.Request) (*http.Response, error) {
	for range b.backends {
		to := b.backends[b.next.Add(1)%uint64(len(b.backends))]
		if !to.ready.Load() {
			continue
		}
		sent := r.Clone(r.Context())
		sent.URL.Scheme, sent.URL.Host = "http", to.at.Load().Host
		sent.Host = loadHost
		return b.transport.RoundTrip(sent)
	}
	return nil, errNobodyReady
}

// loadHost is the portal's name to the people.
const loadHost = "127.0.0.1"
