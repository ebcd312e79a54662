package doctor

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"trustlyportal/trustlyclient"
)

const (
	// maxRequests of an examination, those of Quick, and tries after a passing failure of one question.
	maxRequests  = 39
	quickMaximum = 4
	maxTries     = 3

	// longestWait is how long an API may ask us to wait before we give up.
	longestWait = 10 * time.Second

	// maxBody of one answer, unpacked: a hundred rows are a quarter of a megabyte.
	maxBody = 8 << 20
)

// param is one query parameter; shown stands for a value that evidence must not hold.
type param struct{ name, value, shown string }

type params []param

func (p params) with(name, value string) params {
	return append(slices.Clip(p), param{name: name, value: value})
}

func (p params) hidden(name, value, shown string) params {
	return append(slices.Clip(p), param{name, value, shown})
}

func (p params) encode() (query, shown string) {
	var q, s []string
	for _, v := range p {
		q = append(q, v.name+"="+url.QueryEscape(v.value))
		text := url.QueryEscape(v.value)
		if v.shown != "" {
			text = "⟨" + v.shown + "⟩"
		}
		s = append(s, v.name+"="+text)
	}
	return strings.Join(q, "&"), strings.Join(s, "&")
}

// asker sends requests within their budget and keeps what all of them tell.
type asker struct {
	options trustlyclient.Options
	client  *http.Client
	budget  int

	asked     int
	last      time.Time
	took      []time.Duration
	ahead     []time.Duration // of the API's clock, one per answer
	packed    bool            // a body came compressed
	throttled int             // 429s
	failed    int             // 5xx and connections that broke
}

func newAsker(o trustlyclient.Options, budget int) *asker {
	transport := o.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    10 * time.Second,
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: 64 << 10,
		}
	}
	if o.Timeout == 0 {
		o.Timeout = trustlyclient.DefaultTimeout
	}
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	return &asker{options: o, budget: budget, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (k *asker) left() int { return k.budget - k.asked }

// list asks for GET /transactions.
func (k *asker) list(ctx context.Context, p params) *answer {
	query, shown := p.encode()
	return k.ask(ctx, "/transactions?"+query, "GET /transactions?"+shown, false)
}

// one asks for GET /transactions/{id}.
func (k *asker) one(ctx context.Context, id, shown string) *answer {
	return k.ask(ctx, "/transactions/"+url.PathEscape(id), "GET /transactions/"+shown, true)
}

// ask asks once more after what passes: 429, 500, 502, 503, 504 and a broken connection.
func (k *asker) ask(ctx context.Context, target, shown string, single bool) *answer {
	a := &answer{asked: shown, spent: true}
	for try := range maxTries {
		if k.left() <= 0 || ctx.Err() != nil {
			return a
		}
		var wait time.Duration
		a, wait = k.try(ctx, target, shown, single)
		switch {
		case a.status == http.StatusTooManyRequests:
			k.throttled++
			wait = max(wait, time.Second)
		case a.status == 0 || a.status == 500 || a.status >= 502 && a.status <= 504:
			k.failed++
			wait = max(wait, 200*time.Millisecond<<try)
		default:
			return a
		}
		if wait > longestWait || a.status == 0 && k.asked == try+1 && try > 0 {
			return a // a host that never answered is not asked a third time
		}
		pause(ctx, wait)
	}
	return a
}

// turn waits until one more request may be sent, or for the end of the context: after the one before, and with leave of
// the meter that counts for others, too. What is asked is a few questions that exports must not keep from being asked, so
// they count as a person's.
func (k *asker) turn(ctx context.Context) {
	if k.options.RateLimit > 0 && !k.last.IsZero() {
		pause(ctx, time.Until(k.last.Add(time.Duration(float64(time.Second)/k.options.RateLimit))))
	}
	for k.options.Meter != nil && ctx.Err() == nil {
		grant, err := k.options.Meter.Take(ctx, trustlyclient.Ask{People: 1})
		switch {
		case err != nil:
			pause(ctx, time.Second)
		case grant.Requests > 0 && time.Now().Before(grant.Until):
			return
		default:
			pause(ctx, max(grant.Again, time.Millisecond))
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// try sends one request, when its turn has come, and reads the answer.
func (k *asker) try(ctx context.Context, target, shown string, single bool) (a *answer, retryAfter time.Duration) {
	a = &answer{asked: shown}
	k.turn(ctx)
	k.asked++
	k.last = time.Now()
	ctx, cancel := context.WithTimeout(ctx, k.options.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.options.BaseURL+target, nil)
	if err != nil {
		a.err = "the request can't be made"
		return a, 0
	}
	req.SetBasicAuth(k.options.AccessID, k.options.AccessKey)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Accept-Encoding", "gzip") // set by hand, so that compression shows
	if k.options.UserAgent != "" {
		req.Header.Set("User-Agent", k.options.UserAgent)
	}
	res, err := k.client.Do(req)
	if err != nil {
		a.err = reason(err)
		return a, 0
	}
	defer func() { _ = res.Body.Close() }() // read to its end, or given up
	firstByte := time.Since(k.last)
	body, packed, err := readBody(res)
	a.took = time.Since(k.last)
	if err != nil {
		a.err = "the answer ended early"
		return a, 0
	}
	a.status = res.StatusCode
	k.took = append(k.took, a.took)
	k.packed = k.packed || packed
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		// The header is cut to the second: half of one is the better guess.
		k.ahead = append(k.ahead, date.Add(500*time.Millisecond).Sub(k.last.Add(firstByte/2)))
	}
	a.html = strings.HasPrefix(res.Header.Get("Content-Type"), "text/html")
	if to, err := res.Location(); err == nil {
		a.moved = to.Host
	}
	a.read(body, single)
	if a.status != http.StatusOK {
		a.err = ""
	}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
		retryAfter = time.Duration(min(max(seconds, 0), 3600)) * time.Second
	} else if at, err := http.ParseTime(res.Header.Get("Retry-After")); err == nil {
		retryAfter = max(0, time.Until(at))
	}
	return a, retryAfter
}

func readBody(res *http.Response) (body []byte, packed bool, err error) {
	r := io.Reader(res.Body)
	if res.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(res.Body)
		if err != nil {
			return nil, true, err
		}
		r, packed = z, true
	}
	body, err = io.ReadAll(io.LimitReader(r, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = errors.New("too long")
	}
	return body, packed, err
}

// reason says why there is no answer, without the URL.
func reason(err error) string {
	var name *net.DNSError
	var op *net.OpError
	var certificate *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &name):
		return "no answer: the host's name is not known"
	case errors.As(err, &certificate):
		return "no answer: the host's certificate is not valid"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.As(err, &op) && op.Op == "dial":
		return "no answer: " + op.Err.Error()
	}
	return "no answer: the connection broke"
}
