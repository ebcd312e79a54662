package handlers

import (
	"context"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"

	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/doctor"
)

// Config is everything the web needs. New checks nothing of it: the settings
// were checked when the program started.
type Config struct {
	Client   *trustlyclient.Client
	Doors    *auth.Doors
	Sessions *scs.SessionManager
	Ready    func(context.Context) error // nil when the portal can serve
	Store    *store.DB                   // of saved views and private links

	BaseURL        *url.URL       // as people reach the portal; https makes cookies Secure
	TrustedProxies []netip.Prefix // whose X-Forwarded-For counts
	Keys           auth.Keys      // of the preferences cookie

	Logger *slog.Logger
	Now    func() time.Time

	Findings func() *doctor.Report // what is known of the API; nil before anything is

	Worksheets        Worksheets                  // pasted lists
	Go                func(func(context.Context)) // runs work that outlives its request; its context ends with the program
	RequestsPerSecond float64                     // to the API; 0 when nothing limits them

	Environment  string        // badge on every page: "DEMO", "SANDBOX", "PRODUCTION" or the API's host
	DemoAccounts []DemoAccount // shown on the sign-in page of the demo only
	Version      string
}

// DemoAccount is printed on the sign-in page of the demo.
type DemoAccount struct {
	Email, Role, Password string
}
