package trustlyclient

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Version is this package's version, sent in the User-Agent.
const Version = "1.0.0"

// Defaults of [Options].
const (
	DefaultTimeout  = 15 * time.Second
	DefaultPatience = 30 * time.Second
	DefaultMaxBody  = 8 << 20 // a page of 100 ordinary transactions is 0.22 MB

	DefaultCacheBytes = 32 << 20 // some 40 such pages
)

// TimeUnit is the unit in which the API takes its time filters. The documentation does not name it (trustly.md 3).
type TimeUnit string

// The units a time filter can be sent in.
const (
	Milliseconds TimeUnit = "ms"
	Seconds      TimeUnit = "s"
)

// Options are what [New] needs to know. Only BaseURL, AccessID and AccessKey must be given.
type Options struct {
	// BaseURL is the API's root, such as https://sandbox.trustly.one/api/v1. Plain http is accepted for a loopback
	// host only, since the credentials travel with every request.
	BaseURL string

	// AccessID and AccessKey are the HTTP Basic credentials of one environment.
	AccessID, AccessKey string

	TimeUnit       TimeUnit          // of the time filters; "" = Milliseconds
	RateLimit      float64           // requests per second, in no second more; 0 = no limit
	Meter          Meter             // counts them for several clients; nil = each client for itself
	MaxConcurrency int               // requests in flight; 0 = no limit
	Timeout        time.Duration     // for one try, its body included, waiting for its turn excluded; 0 = DefaultTimeout
	CallTimeout    time.Duration     // for a person's whole call, waits and further tries included; 0 = the context alone
	Patience       time.Duration     // how long a background call goes on asking when the API fails; 0 = DefaultPatience
	CacheFor       time.Duration     // how long a list page may be handed out again; 0 = no cache
	CacheBytes     int64             // memory for those pages; 0 = DefaultCacheBytes
	MaxBody        int64             // bytes of one answer, unpacked; 0 = DefaultMaxBody
	Observer       Observer          // is told what the client does; the zero value is nobody
	UserAgent      string            // product name and version; "" = trustlyclient/VERSION
	Transport      http.RoundTripper // nil = an own one with TLS 1.2 or later
}

// Client talks to one environment of the API. It is safe for concurrent use; one client per set of credentials keeps
// the request budget in one place.
type Client struct {
	base      *url.URL
	authorize func(*http.Request) // a function, so that printing a Client shows no key
	userAgent string
	unit      TimeUnit
	timeout   time.Duration // of a try
	whole     time.Duration // of a person's call; 0 = no limit
	patience  time.Duration // of a background call
	maxBody   int64
	http      *http.Client
	observer  Observer
	load      load
	cache     *cache
	flights   flights
	breaker   *breaker
	budget    *budget
}

// New checks the options and returns a client. It sends nothing.
func New(options Options) (*Client, error) {
	base, err := parseBaseURL(options.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := options.check(); err != nil {
		return nil, err
	}
	id, key := options.AccessID, options.AccessKey
	transport := options.Transport
	if transport == nil {
		transport = newTransport()
	}
	c := &Client{
		base:      base,
		authorize: func(r *http.Request) { r.SetBasicAuth(id, key) },
		userAgent: options.UserAgent,
		unit:      options.TimeUnit,
		timeout:   options.Timeout,
		whole:     options.CallTimeout,
		patience:  cmp.Or(options.Patience, DefaultPatience),
		maxBody:   options.MaxBody,
		observer:  options.Observer,
		cache:     newCache(options.CacheFor, cmp.Or(options.CacheBytes, DefaultCacheBytes)),
		breaker:   newBreaker(),
		budget:    newBudget(options.RateLimit, options.MaxConcurrency, options.Meter),
		http: &http.Client{
			Transport: transport,
			// No call of the API is documented to redirect. Following one could carry the credentials elsewhere, so
			// the redirect itself is the answer, and do refuses it.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if c.userAgent == "" {
		c.userAgent = "trustlyclient/" + Version
	}
	if c.unit == "" {
		c.unit = Milliseconds
	}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	if c.maxBody == 0 {
		c.maxBody = DefaultMaxBody
	}
	return c, nil
}

// TimeUnit returns the unit in which time filters are sent.
func (c *Client) TimeUnit() TimeUnit { return c.unit }

// Spacing returns how long after a request the next one may leave, 0 without Options.RateLimit: what many requests in
// turn take at least.
func (c *Client) Spacing() time.Duration { return c.budget.spacing }

// Host returns the host, with its port if any, that the client talks to: it tells sandbox from production.
func (c *Client) Host() string { return c.base.Host }

// Forget empties the cache, for a caller that has just changed what lists show. Requests in flight don't fill it and
// nobody joins them any more: what is asked after Forget is answered by the API as it is then.
func (c *Client) Forget() {
	c.cache.forget()
	c.flights.forget()
}

// CloseIdleConnections closes connections that no request uses.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }

// check reports the first option that can't be right, and what to change.
func (o Options) check() error {
	switch {
	case o.AccessID == "":
		return errors.New("trustlyclient: Options.AccessID is empty: set it to the environment's access id")
	case strings.Contains(o.AccessID, ":"):
		return errors.New("trustlyclient: Options.AccessID holds a colon, which HTTP Basic can't carry: check that it is the access id alone")
	case o.AccessKey == "":
		return errors.New("trustlyclient: Options.AccessKey is empty: set it to the environment's access key")
	case o.TimeUnit != "" && o.TimeUnit != Milliseconds && o.TimeUnit != Seconds:
		return fmt.Errorf("trustlyclient: Options.TimeUnit is %q: set it to %q or %q", o.TimeUnit, Milliseconds, Seconds)
	case o.RateLimit < 0 || math.IsNaN(o.RateLimit) || math.IsInf(o.RateLimit, 0):
		return fmt.Errorf("trustlyclient: Options.RateLimit is %v: set it to requests per second, or 0 for no limit", o.RateLimit)
	case o.MaxConcurrency < 0:
		return fmt.Errorf("trustlyclient: Options.MaxConcurrency is %d: set it to a number of requests, or 0 for no limit", o.MaxConcurrency)
	case o.Timeout < 0:
		return fmt.Errorf("trustlyclient: Options.Timeout is %v: set it above 0, or to 0 for %v", o.Timeout, DefaultTimeout)
	case o.CallTimeout < 0:
		return fmt.Errorf("trustlyclient: Options.CallTimeout is %v: set it above 0, or to 0 to leave it to the context", o.CallTimeout)
	case o.CacheFor < 0:
		return fmt.Errorf("trustlyclient: Options.CacheFor is %v: set it to seconds, or to 0 for no cache", o.CacheFor)
	case o.CacheBytes < 0:
		return fmt.Errorf("trustlyclient: Options.CacheBytes is %d: set it above 0, or to 0 for %d", o.CacheBytes, DefaultCacheBytes)
	case o.MaxBody < 0:
		return fmt.Errorf("trustlyclient: Options.MaxBody is %d: set it above 0, or to 0 for %d", o.MaxBody, DefaultMaxBody)
	case hasControl(o.UserAgent):
		return errors.New("trustlyclient: Options.UserAgent holds a control character: remove it")
	}
	return nil
}

// parseBaseURL refuses what would send credentials in clear or to nowhere. It never repeats a URL that holds a
// password.
func parseBaseURL(text string) (*url.URL, error) {
	const hint = "set Options.BaseURL to the API's root, such as https://sandbox.trustly.one/api/v1"
	if text == "" {
		return nil, errors.New("trustlyclient: no base URL: " + hint)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		return nil, errors.New("trustlyclient: the base URL is not one: " + hint)
	case u.User != nil:
		return nil, errors.New("trustlyclient: the base URL holds credentials: move them to Options.AccessID and Options.AccessKey")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("trustlyclient: the base URL %q has a query or fragment: %s", u.Redacted(), hint)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("trustlyclient: the base URL %q would send the credentials in clear: change http:// to https:// (http:// is for loopback hosts only)", text)
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("trustlyclient: the base URL has the scheme %q: change it to https://", u.Scheme)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// isLoopback knows hosts that never leave the machine. A name other than localhost is not looked up: what it resolves
// to can change.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// newTransport has limits on every step before the first byte of an answer; the request's own limit covers the rest.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}
