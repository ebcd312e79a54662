package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// healthcheckCmd is for images without a shell: HEALTHCHECK CMD ["portal", "healthcheck"].
type healthcheckCmd struct {
	Ready bool   `help:"Ask whether it can serve, too: its database answers, and it does not stop."`
	Addr  string `setting:"PORTAL_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address that the portal listens on"`
}

// healthTimeout is how long a living process may take to say so.
const healthTimeout = 3 * time.Second

// Run asks GET /healthz, or /readyz.
func (c *healthcheckCmd) Run(p *program) error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return &usageError{fmt.Errorf("PORTAL_ADDR is %q: set it to HOST:PORT, for example 127.0.0.1:8080", c.Addr)}
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost" // it listens everywhere
	}
	path := "/healthz"
	if c.Ready {
		path = "/readyz"
	}
	ctx, cancel := context.WithTimeout(p.ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return &usageError{err}
	}
	// An own transport: a proxy of the environment must not answer for the portal.
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("the portal does not answer: %w", err)
	}
	_ = res.Body.Close() // only the status counts
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the portal answers %s", res.Status)
	}
	return nil
}
