package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"trustlyportal/trustlyclient"
)

const (
	// networkPatience is how long the API and the provider may each take.
	networkPatience = 15 * time.Second

	// clockOff is how far this machine's clock may be from the API's: codes of authenticator apps hold for half a minute.
	clockOff = 30 * time.Second
)

// provider asks the single sign-on's provider how it is to be spoken to.
func (c *configChecks) provider(cfg config, offline bool) {
	const name = "PORTAL_OIDC_ISSUER"
	if offline {
		c.ok(name, "was not asked")
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, networkPatience)
	defer cancel()
	if cfg.baseURL == nil {
		cfg.baseURL = &url.URL{Scheme: "http", Host: cfg.addr} // nobody is sent back to it
	}
	if _, _, err := openSSO(cfg, time.Now).Begin(ctx, false); err != nil {
		c.fail(name, "does not answer as a provider of OpenID Connect should: %v", err)
		return
	}
	c.ok(name, "%s describes itself as the portal needs it", cfg.sso.Issuer)
}

// api makes one request, for one row, and looks at nothing but whether it is answered.
func (c *configChecks) api(o trustlyclient.Options, offline bool) {
	const name = "TRUSTLY_BASE_URL"
	if offline {
		c.ok(name, "was not asked")
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, networkPatience)
	defer cancel()
	var date dateReader
	o.Transport, o.UserAgent, o.CallTimeout = &date, "trustlyportal/"+version(), networkPatience
	client, err := trustlyclient.New(o)
	if err == nil {
		_, err = client.List(ctx, trustlyclient.ListOptions{Count: 1})
	}
	switch {
	case errors.Is(err, trustlyclient.ErrUnauthorized), errors.Is(err, trustlyclient.ErrForbidden):
		c.fail("TRUSTLY_ACCESS_KEY", "and TRUSTLY_ACCESS_ID are refused by %s: check that both are of that environment", client.Host())
	case err != nil:
		c.fail(name, "does not answer as the API should: %v; portal doctor tells more", err)
	default:
		c.ok(name, "%s answers and takes the credentials", client.Host())
	}
	if off := date.ahead.Abs(); off > clockOff {
		c.warn("clock", "differs from the API's by %s: codes of authenticator apps and relative times will be wrong, set the clock", off.Truncate(time.Second))
	} else if !date.read.IsZero() {
		c.ok("clock", "agrees with the API's")
	}
}

// dateReader remembers how far an answer's Date is ahead of the clock.
type dateReader struct {
	read  time.Time
	ahead time.Duration
}

// RoundTrip is for [http.RoundTripper].
func (d *dateReader) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
			d.read = time.Now()
			d.ahead = date.Sub(d.read)
		}
	}
	return res, err
}
