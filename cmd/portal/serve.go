package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"sync"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// serveCmd serves the portal until it is told to stop.
type serveCmd struct {
	Demo bool `help:"Serve made-up transactions to demo accounts: no credentials, no network, nothing kept."`
	settings
}

// Help is the longer text of portal serve --help.
func (*serveCmd) Help() string { return secretSettings }

// Run puts the parts together: the database, the client for the API, the doors, the web.
func (c *serveCmd) Run(p *program) (err error) {
	cfg, err := c.check(p.getenv, c.Demo)
	if err != nil {
		return err
	}
	log := newLogger(p.stderr, cfg.logFormat)

	// First of all the address, because the portal's URL may follow from it, and because another portal that runs there
	// already is the likeliest mistake.
	listener, err := listen(p.ctx, cfg.addr)
	if err != nil {
		return fmt.Errorf("listen on PORTAL_ADDR %s: %w", cfg.addr, err)
	}
	defer func() { _ = listener.Close() }() // closed already after serving
	if cfg.baseURL == nil {
		cfg.baseURL = localURL(listener.Addr())
	}

	open := openConfigured
	if c.Demo {
		open = openDemo
	}
	b, err := open(p.ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()

	keys, err := auth.NewKeys(b.secret)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	b.api.UserAgent = "trustlyportal/" + version()
	b.api.CacheFor = listCache
	if err := shareBudget(p.ctx, b.db, &b.api); err != nil {
		return err
	}
	telemetry, err := openTelemetry(p.ctx, cfg, &b, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, telemetry.close()) }()
	check := &checkUp{settle: settleTime}
	client, err := trustlyclient.New(b.api)
	if err != nil {
		return &usageError{err}
	}
	sessions := auth.NewSessions(b.db.Sessions(), cfg.baseURL.Scheme == "https")
	doors := auth.NewDoors(b.db, sessions, time.Now)
	doors.LimitTo(cfg.limits)
	if !cfg.localAccounts {
		doors.CloseLocal()
	}

	// What passes the audit on ends last but for the database: what finishes while the portal stops is passed on, too.
	var following sync.WaitGroup
	recording, stopFollowing := context.WithCancel(context.WithoutCancel(p.ctx))
	defer following.Wait()
	defer stopFollowing()

	// What works beside the requests ends when the portal is told to stop: others go on with it at once.
	var background sync.WaitGroup
	ctx, stop := context.WithCancel(p.ctx)
	defer background.Wait()
	defer stop()

	end := newDrain(cfg.drainDelay, cfg.drainTimeout)
	tellSystemd := func(state string) {
		if err := notify(context.WithoutCancel(p.ctx), p.getenv, state); err != nil {
			log.WarnContext(p.ctx, "NOTIFY_SOCKET can't be used", "error", err)
		}
	}
	end.stopping = func() { tellSystemd(notifyStopping) }

	var gathered garbage
	gathered.gather()
	web, err := handlers.New(handlers.Config{
		Client:         client,
		Doors:          doors,
		Sessions:       sessions,
		Ready:          b.db.Ping,
		Draining:       end.Begun,
		Metrics:        telemetry.metrics,
		Tracer:         telemetry.tracer,
		Store:          b.db,
		BaseURL:        cfg.baseURL,
		TrustedProxies: cfg.trustedProxies,
		Keys:           keys,
		Audit:          audit.NewLog(telemetry.audit, time.Now),
		AuditHealth:    telemetry.audit,
		AuditTrail:     b.db,
		RevealReason:   cfg.revealReason,
		Logger:         log,
		Now:            time.Now,
		Dictionary:     true,
		Environment:    b.environment,
		DemoAccounts:   b.accounts,
		Version:        version(),
		Findings:       check.report.Load,

		Worksheets: b.db,
		Exports:    b.db,
		ExportKeep: cfg.exportKeep,
		Exporting:  gathered.export,
		Go: func(work func(context.Context)) {
			if ctx.Err() == nil {
				background.Go(func() { work(ctx) })
			}
		},
		RequestsPerSecond: b.api.RateLimit,
		SecondFactorRoles: cfg.secondFactor,
		SSO:               openSSO(cfg, time.Now),
	})
	if err != nil {
		return fmt.Errorf("set up the web: %w", err)
	}
	telemetry.metrics.Watch(handlers.Watched{Client: client, Store: b.db, Limits: cfg.limits, Now: time.Now,
		RequestsPerSecond: b.api.RateLimit, Concurrency: b.api.MaxConcurrency})
	defer telemetry.serve(web, log)()

	background.Go(func() { returnIdleMemory(ctx) })
	background.Go(func() { keepHouse(ctx, b.db, log, cfg.auditKeep) })
	say := p.stdout
	switch cfg.auditLog {
	case "":
	case "stdout":
		say = p.stderr // standard output is the audit's alone
		following.Go(func() { (&auditLog{out: p.stdout, log: log}).follow(recording, b.db) })
	default:
		following.Go(func() { (&auditLog{path: cfg.auditLog, log: log}).follow(recording, b.db) })
	}
	return end.serve(ctx, newServer(web, log), listener, log, func() {
		background.Go(func() { check.run(ctx, b.api, log) })
		fmt.Fprintf(say, "Portal ready at %s\n", localURL(listener.Addr()))
		printAccounts(say, b.accounts)
		tellSystemd(notifyReady)
	})
}

// listCache is how long a list page may be shown again without asking the API: long enough for two people who open the
// same link, too short for anyone to miss what happened. The page tells its age, a reload asks anew.
const listCache = 2 * time.Second

// backing is what stands behind the web: the real things, or the demo's.
type backing struct {
	db          *store.DB
	secret      string
	api         trustlyclient.Options
	environment string // badge on the pages
	accounts    []handlers.DemoAccount
	stop        func() // what else the demo has to stop, or nil
}

func (b *backing) close() error {
	if b.stop != nil {
		b.stop()
	}
	return b.db.Close()
}

// openConfigured opens what the settings name, and tells the operator what is allowed, but rarely meant.
func openConfigured(ctx context.Context, cfg config, log *slog.Logger) (backing, error) {
	b := backing{api: cfg.api, secret: cfg.secret, environment: environmentName(cfg.api.BaseURL)}
	var err error
	if b.db, err = store.Open(ctx, cfg.databaseURL); err != nil {
		return b, fmt.Errorf("open PORTAL_DATABASE_URL: %w", err)
	}
	if b.secret == "" {
		if b.secret, err = keptSecret(cfg.databaseURL); err != nil {
			return b, errors.Join(err, b.close())
		}
	}
	if cfg.localAccounts { // the account it makes could not sign in
		if err := offerSetUp(ctx, b.db, cfg.baseURL, log); err != nil {
			return b, errors.Join(fmt.Errorf("offer to set up the portal: %w", err), b.close())
		}
	}
	if cfg.baseURL.Scheme == "http" && !isLoopback(cfg.baseURL.Hostname()) {
		log.WarnContext(ctx, "PORTAL_BASE_URL "+baseURLInClear)
	}
	return b, nil
}

// environmentName is the badge on the pages: which API the figures come from.
func environmentName(apiBaseURL string) string {
	u, err := url.Parse(apiBaseURL)
	if err != nil {
		return ""
	}
	switch u.Hostname() {
	case "sandbox.trustly.one":
		return "SANDBOX"
	case "api.trustly.one":
		return "PRODUCTION"
	}
	return u.Host
}

// localURL is where a listener is reached from this machine.
func localURL(addr net.Addr) *url.URL {
	host := addr.String()
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		host = fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return &url.URL{Scheme: "http", Host: host}
}
