package handlers

import (
	"context"
	"iter"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
	"go.opentelemetry.io/otel/trace"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/doctor"
	"trustlyportal/views"
)

// Config is everything the web needs. New checks nothing of it: the settings
// were checked when the program started.
type Config struct {
	Client   *trustlyclient.Client
	Doors    *auth.Doors
	Sessions *scs.SessionManager
	Ready    func(context.Context) error // nil when the portal can serve
	Draining func() bool                 // whether it was told to stop: it is not ready then; nil for never
	Metrics  *Metrics                    // nil: nothing is counted
	Tracer   trace.Tracer                // nil: no traces
	Store    *store.DB                   // of saved views and private links

	BaseURL        *url.URL       // as people reach the portal; https makes cookies Secure
	TrustedProxies []netip.Prefix // whose X-Forwarded-For counts
	Keys           auth.Keys      // of the preferences cookie

	SSO *auth.SSO // single sign-on; nil for none

	SecondFactorRoles []auth.Role // whose accounts must have a second factor

	Logger *slog.Logger
	Now    func() time.Time

	Audit        *audit.Log
	AuditHealth  *WatchedAudit // what Audit writes through; nil: nobody knows whether it can
	AuditTrail   AuditTrail
	RevealReason views.RevealReason // whether readers are asked why they reveal a value

	Findings func() *doctor.Report // what is known of the API; nil before anything is

	Worksheets        Worksheets                  // pasted lists
	Exports           Exports                     // export jobs
	ExportKeep        time.Duration               // how long a complete export stays
	Go                func(func(context.Context)) // runs work that outlives its request; its context ends with the program
	Exporting         func() (ended func())       // is told of each that begins to read or send rows, and of its end; may be nil
	RequestsPerSecond float64                     // to the API; 0 when nothing limits them

	FindGrace time.Duration // how long the one box waits for all answers; 0: not long

	Dictionary bool // pages are compressed with what they have in common, for browsers that know how

	Environment  string        // badge on every page: "DEMO", "SANDBOX", "PRODUCTION" or the API's host
	DemoAccounts []DemoAccount // shown on the sign-in page of the demo only
	Version      string
}

// AuditTrail is where the audit is read. *store.DB is one.
type AuditTrail interface {
	// AuditPage returns the newest n records before a sequence number (0: the newest of all) that pass the filter.
	AuditPage(ctx context.Context, filter audit.Filter, before int64, n int) ([]audit.Record, error)
	// AuditRecords goes through the records that pass the filter in their order: those behind a sequence number, up to
	// another (0: to the end).
	AuditRecords(ctx context.Context, filter audit.Filter, after, last int64) iter.Seq2[audit.Record, error]
	// VerifyAudit checks the whole chain: how many records hold, and its newest end. See audit.Verify.
	VerifyAudit(ctx context.Context, anchors ...audit.End) (n int64, head audit.End, err error)
}

// DemoAccount is printed on the sign-in page of the demo.
type DemoAccount struct {
	Email, Role, Password string
}

// exporting tells of an export; see Exporting.
func (c Config) exporting() (ended func()) {
	if c.Exporting == nil {
		return func() {}
	}
	return c.Exporting()
}
