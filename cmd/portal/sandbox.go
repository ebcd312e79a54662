package main

import (
	"fmt"

	"trustlyportal/trustlyclient/trustlytest"
)

// sandboxCmd serves the sandbox alone. Its flags are what the API's documentation leaves open, so that another program
// can be tried against each reading.
type sandboxCmd struct {
	Addr string `default:"127.0.0.1:8090" placeholder:"HOST:PORT" help:"Listen address; port 0 takes a free one"`
	Seed uint64 `default:"1" placeholder:"N" help:"Seed of the made-up ledger: the same seed and rows give the same ledger, ending now"`
	Rows int    `default:"10000" placeholder:"N" help:"Transactions in the ledger"`
	Live bool   `help:"Let new transactions arrive and pending ones complete while it runs."`

	AccessID  string `placeholder:"ID" help:"Credentials to ask for; else any, but some"`
	AccessKey string `placeholder:"KEY" help:"Credentials to ask for"`
	RateLimit int    `placeholder:"N" help:"Requests per second before answering 429; else no limit"`

	Shape           int    `default:"1" enum:"1,2,3,4" placeholder:"N" help:"Shape of a list: 1 array, 2 numbered objects, 3 array with paging, 4 array of wrapped transactions"`
	Bare            bool   `help:"Answer one transaction as a bare object, not wrapped."`
	EnumsAsStrings  bool   `help:"Send codes as JSON strings."`
	ResponseSeconds bool   `help:"Send times in seconds."`
	TimeUnit        string `default:"ms" enum:"ms,s" placeholder:"UNIT" help:"Unit in which time filters are read, ms or s"`
	ExclusiveBounds bool   `help:"Let time filters exclude their own instant."`
	ExclusiveEnd    bool   `help:"Let only the end of a time filter exclude its own instant."`
	NotFound404     bool   `name:"not-found-404" help:"Answer 404 for an unknown id, not 400."`

	LogFormat string `setting:"PORTAL_LOG_FORMAT" default:"auto" enum:"auto,text,json" placeholder:"FORMAT" help:"text, json, or auto: text on a terminal, else json"`
}

// Run serves until it is told to stop.
func (c *sandboxCmd) Run(p *program) error {
	rows := c.Rows
	if rows == 0 {
		rows = -1 // an empty ledger, in the words of trustlytest
	}
	log := newLogger(p.stderr, logFormat(c.LogFormat))
	listener, err := listen(p.ctx, c.Addr)
	if err != nil {
		return fmt.Errorf("listen on --addr %s: %w", c.Addr, err)
	}
	defer func() { _ = listener.Close() }() // closed already after serving
	sandbox := trustlytest.New(trustlytest.Options{
		Seed:            c.Seed,
		Rows:            rows,
		Live:            c.Live,
		AccessID:        c.AccessID,
		AccessKey:       c.AccessKey,
		RateLimit:       c.RateLimit,
		Shape:           c.Shape,
		Bare:            c.Bare,
		EnumsAsStrings:  c.EnumsAsStrings,
		ResponseSeconds: c.ResponseSeconds,
		TimeUnit:        c.TimeUnit,
		ExclusiveBounds: c.ExclusiveBounds,
		ExclusiveEnd:    c.ExclusiveEnd,
		NotFound404:     c.NotFound404,
	})
	defer sandbox.Close()
	return serveHTTP(p.ctx, newServer(sandbox, log), listener, log, func() {
		fmt.Fprintf(p.stdout, "Sandbox ready at %s/api/v1\n", localURL(listener.Addr()))
	})
}
