package main

import (
	"cmp"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"trustlyportal/trustlyclient/trustlytest"
)

// sandboxCmd serves the sandbox alone. Its flags are what the API's documentation leaves open, so that another program
// can be tried against each reading, and what goes wrong in real life.
type sandboxCmd struct {
	Addr string `default:"127.0.0.1:8090" placeholder:"HOST:PORT" help:"Listen address; port 0 takes a free one"`
	Seed uint64 `default:"1" placeholder:"N" help:"Seed of the made-up ledger: the same seed and rows give the same ledger, ending now"`
	Rows int    `default:"10000" placeholder:"N" help:"Transactions in the ledger, up to a million or so (700 bytes each)"`

	sandboxMotion  `embed:"" group:"What moves:"`
	sandboxReading `embed:"" group:"What the documentation leaves open:"`
	sandboxTrouble `embed:"" group:"What goes wrong:"`

	LogFormat string `setting:"PORTAL_LOG_FORMAT" default:"auto" enum:"auto,text,json" placeholder:"FORMAT" help:"text, json, or auto: text on a terminal, else json"`
}

type sandboxMotion struct {
	Live        bool    `help:"Let new transactions arrive and pending ones complete while it runs."`
	ChurnCreate float64 `name:"churn-create" placeholder:"N" help:"Create so many transactions a second."`
	ChurnChange float64 `name:"churn-change" placeholder:"N" help:"Change the status of so many transactions a second."`
}

type sandboxReading struct {
	AccessID  string `placeholder:"ID" help:"Credentials to ask for; else any, but some"`
	AccessKey string `placeholder:"KEY" help:"Credentials to ask for"`

	Shape        int    `default:"1" enum:"1,2,3,4" placeholder:"N" help:"Shape of a list: 1 array, 2 numbered objects, 3 array with paging, 4 array of wrapped transactions"`
	Bare         bool   `help:"Answer one transaction as a bare object, not wrapped."`
	Enums        string `default:"numbers" enum:"numbers,strings" placeholder:"TYPE" help:"JSON type of codes: numbers or strings"`
	ResponseUnit string `default:"ms" enum:"ms,s" placeholder:"UNIT" help:"Unit of the times in answers, ms or s"`
	Gzip         bool   `help:"Compress answers for those who accept it."`
	UnknownID    string `name:"unknown-id" default:"400" enum:"400,404,200" placeholder:"STATUS" help:"Answer for an unknown id: 400, 404, or errors under 200"`

	TimeUnit          string `default:"ms" enum:"ms,s" placeholder:"UNIT" help:"Unit in which time filters are read, ms or s"`
	Bounds            string `default:"inclusive" enum:"inclusive,exclusive,half-open" placeholder:"KIND" help:"Whether time filters hold at their own instant: inclusive, exclusive, or half-open (.start does, .end does not)"`
	MaxRange          span   `placeholder:"DURATION" help:"Refuse longer ranges of creation or update, and lists without any, such as 60d or 36h"`
	DefaultRange      span   `placeholder:"DURATION" help:"Look back so far when a list names no range"`
	Matching          string `default:"partial" enum:"partial,prefix,exact" placeholder:"KIND" help:"How names and descriptions match: partial, prefix or exact"`
	PartialReferences bool   `help:"Let merchant references match in part."`

	MaxCount     int  `default:"100" placeholder:"N" help:"Largest page"`
	ClampCount   bool `help:"Answer a larger page by the largest, instead of refusing it."`
	MaxOffset    int  `placeholder:"N" help:"Largest startIndex; else no limit"`
	UnstableTies bool `help:"Order rows of one instant differently from request to request."`
}

type sandboxTrouble struct {
	Latency      time.Duration `placeholder:"DURATION" help:"Wait before each answer, such as 80ms"`
	Jitter       time.Duration `placeholder:"DURATION" help:"Wait up to so much longer"`
	RateLimit    int           `placeholder:"N" help:"Requests per second before answering 429; else no limit"`
	RetryAfter   string        `default:"seconds" enum:"seconds,date,none" placeholder:"KIND" help:"Retry-After of those: seconds, date or none"`
	ErrorRate    float64       `placeholder:"SHARE" help:"Answer this share of requests by 500, such as 0.2"`
	ThrottleRate float64       `placeholder:"SHARE" help:"Answer this share by 429"`
	TruncateRate float64       `placeholder:"SHARE" help:"Cut this share of answers in half"`
	HangRate     float64       `placeholder:"SHARE" help:"Never answer this share"`
	SlowRate     float64       `placeholder:"SHARE" help:"Send this share in ten pieces"`
	SlowBody     time.Duration `default:"300ms" placeholder:"DURATION" help:"Time between the pieces"`
}

// Help is the longer text of portal sandbox --help.
func (*sandboxCmd) Help() string {
	return `It serves GET /api/v1/transactions and GET /api/v1/transactions/{id} as Trustly documents them.

Faults can be switched while it runs, from the same machine only, at a path that is no part of the API:

  curl localhost:8090/_sandbox
  curl -H 'Content-Type: application/json' -d '[{"status":503,"retryAfter":"5","times":10}]' localhost:8090/_sandbox/faults
  curl -H 'Content-Type: application/json' -d '[{"kind":"hang","share":0.1},{"status":500,"share":0.2}]' localhost:8090/_sandbox/faults
  curl -X DELETE localhost:8090/_sandbox/faults

Kinds: status, hang, drop, truncated, slow, html, errors-in-200, oversized. Other members: status, code, message, body,
retryAfter, delay, size, path, after, times, share. They replace those of the flags.

These values force an error, as a transaction id, or as accountNumber, payment.fiAccount.accountNumber,
payment.paymentId or originalTransactionId of a list:

  1001000000: 500, code 100    1003000000: 401, code 300    1003750000: 401, code 375
  1002000000: 400, code 200    1003250000: 401, code 325

Point the portal at it, or let the doctor find out how it is set:

  TRUSTLY_BASE_URL=http://localhost:8090/api/v1 TRUSTLY_ACCESS_ID=any TRUSTLY_ACCESS_KEY=any portal doctor`
}

// span is a duration that may also be given in days, such as 60d.
type span time.Duration

// UnmarshalText reads 60d, or what time.ParseDuration reads.
func (s *span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if days, ok := strings.CutSuffix(string(text), "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(n) * 24 * time.Hour
		if n > 100_000 {
			err = strconv.ErrRange
		}
	}
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no range of time: want one such as 60d or 36h", text)
	}
	*s = span(d)
	return nil
}

// check says what can't be meant.
func (c *sandboxCmd) check() error {
	shares := []float64{c.ErrorRate, c.ThrottleRate, c.TruncateRate, c.HangRate, c.SlowRate}
	sum := 0.0
	for _, share := range shares {
		if !(share >= 0) {
			return fmt.Errorf("a share of requests is %v: set it from 0 to 1", share)
		}
		sum += share
	}
	switch {
	case sum > 1:
		return fmt.Errorf("--error-rate, --throttle-rate, --truncate-rate, --hang-rate and --slow-rate come to %g: set them to 1 at most together", sum)
	case !(c.ChurnCreate >= 0 && c.ChurnChange >= 0 && c.ChurnCreate <= 1e4 && c.ChurnChange <= 1e4):
		return fmt.Errorf("--churn-create and --churn-change are %g and %g: set them from 0 to 10000 a second", c.ChurnCreate, c.ChurnChange)
	case c.Rows < 0 || c.MaxCount < 1 || c.MaxOffset < 0 || c.RateLimit < 0 || c.Latency < 0 || c.Jitter < 0 || c.SlowBody < 0:
		return fmt.Errorf("--rows, --max-count, --max-offset, --rate-limit, --latency, --jitter and --slow-body can not be negative, and --max-count not 0")
	}
	return nil
}

// options are what the flags mean.
func (c *sandboxCmd) options() trustlytest.Options {
	var faults []trustlytest.Fault
	for _, f := range []trustlytest.Fault{
		{Status: http.StatusInternalServerError, Share: c.ErrorRate},
		{Status: http.StatusTooManyRequests, Share: c.ThrottleRate, RetryAfter: map[string]string{trustlytest.RetryAfterSeconds: "1"}[c.RetryAfter]},
		{Kind: trustlytest.FaultTruncated, Share: c.TruncateRate},
		{Kind: trustlytest.FaultHang, Share: c.HangRate},
		{Kind: trustlytest.FaultSlow, Share: c.SlowRate, Delay: c.SlowBody},
	} {
		if f.Share > 0 {
			faults = append(faults, f)
		}
	}
	return trustlytest.Options{
		Seed: c.Seed,
		Rows: cmp.Or(c.Rows, -1), // an empty ledger, in the words of trustlytest

		AccessID: c.AccessID, AccessKey: c.AccessKey,

		Shape:             c.Shape,
		Bare:              c.Bare,
		EnumsAsStrings:    c.Enums == "strings",
		ResponseSeconds:   c.ResponseUnit == trustlytest.Seconds,
		TimeUnit:          c.TimeUnit,
		ExclusiveBounds:   c.Bounds == "exclusive",
		ExclusiveEnd:      c.Bounds == "half-open",
		NotFound404:       c.UnknownID == "404",
		NotFound200:       c.UnknownID == "200",
		Matching:          c.Matching,
		PartialReferences: c.PartialReferences,
		MaxRange:          time.Duration(c.MaxRange),
		DefaultRange:      time.Duration(c.DefaultRange),
		MaxCount:          c.MaxCount,
		ClampCount:        c.ClampCount,
		MaxOffset:         c.MaxOffset,
		UnstableTies:      c.UnstableTies,
		Gzip:              c.Gzip,

		RateLimit:  c.RateLimit,
		RetryAfter: c.RetryAfter,
		Latency:    c.Latency,
		Jitter:     c.Jitter,
		Faults:     faults,

		Live:             c.Live,
		CreatedPerSecond: c.ChurnCreate,
		ChangedPerSecond: c.ChurnChange,
	}
}

// frugalRows is from how many rows on the sandbox's own size matters.
const frugalRows = 200_000

// Run serves until it is told to stop.
func (c *sandboxCmd) Run(p *program) error {
	if err := c.check(); err != nil {
		return &usageError{err}
	}
	log := newLogger(p.stderr, logFormat(c.LogFormat))
	listener, err := listen(p.ctx, c.Addr)
	if err != nil {
		return fmt.Errorf("listen on --addr %s: %w", c.Addr, err)
	}
	defer func() { _ = listener.Close() }() // closed already after serving
	if c.Rows >= frugalRows && c.ChurnCreate == 0 {
		// A ledger that large hardly grows: collect garbage early instead of letting it come to the ledger's own size.
		debug.SetMemoryLimit(64<<20 + int64(c.Rows)*600)
	}
	sandbox := trustlytest.New(c.options())
	defer sandbox.Close()
	mux := http.NewServeMux()
	mux.Handle("/", sandbox)
	mux.Handle(trustlytest.ControlPath, sandbox.Control())
	mux.Handle(trustlytest.ControlPath+"/", sandbox.Control())
	return serveHTTP(p.ctx, newServer(mux, log), listener, log, func() {
		fmt.Fprintf(p.stdout, "Sandbox ready at %s/api/v1\n", localURL(listener.Addr()))
	})
}
