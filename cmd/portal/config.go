package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"trustlyportal/auth"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// settings are what an operator may set to run the portal, as text: check reads and checks all of them
// together, so that every mistake is told at once. Each is a flag and an environment variable. Secrets are variables
// only, as a command line is read by everybody on the machine: see secretSettings.
type settings struct {
	Addr           string `setting:"PORTAL_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Listen address; port 0 takes a free one"`
	BaseURL        string `setting:"PORTAL_BASE_URL" placeholder:"URL" help:"URL at which people reach the portal; https makes cookies Secure; else it follows from the address"`
	TrustedProxies string `setting:"PORTAL_TRUSTED_PROXIES" placeholder:"CIDR,…" help:"Proxies whose X-Forwarded-For counts; else none"`
	AuditKeep      string `setting:"PORTAL_AUDIT_KEEP" default:"all" placeholder:"TIME" help:"How long records of the audit stay: all, or days such as 400d"`
	AuditLog       string `setting:"PORTAL_AUDIT_LOG" placeholder:"WHERE" help:"Where the audit is passed on to as JSON lines, for other systems: stdout or a file; else nowhere"`
	ExportKeep     string `setting:"PORTAL_EXPORT_KEEP" default:"7d" placeholder:"TIME" help:"How long a complete export stays to be downloaded: days or hours, 7d or 36h"`
	SessionIdle    string `setting:"PORTAL_SESSION_IDLE" default:"2h" placeholder:"TIME" help:"How long a sign-in lasts without use: minutes or hours, 30m or 2h"`
	SessionLength  string `setting:"PORTAL_SESSION_LIFETIME" default:"12h" placeholder:"TIME" help:"How long a sign-in lasts at most: hours or days, 12h or 1d"`
	SecondFactor   string `setting:"PORTAL_REQUIRE_SECOND_FACTOR" placeholder:"ROLE,…" help:"Roles whose accounts must have a second factor: support, finance, admin; else none"`
	RevealReason   string `setting:"PORTAL_REVEAL_REASON" default:"optional" placeholder:"WHEN" help:"Whether readers are asked why they reveal a masked value: optional, required or off"`
	LogFormat      string `setting:"PORTAL_LOG_FORMAT" default:"auto" placeholder:"FORMAT" help:"text, json, or auto: text on a terminal, else json"`

	databaseSetting
	ssoSettings
	telemetrySettings
	drainSettings
	apiSettings
}

// apiSettings are those of the API, for all commands that ask it.
type apiSettings struct {
	TrustlyBaseURL        string `setting:"TRUSTLY_BASE_URL" placeholder:"URL" help:"Root of the Trustly API: https://sandbox.trustly.one/api/v1 or https://api.trustly.one/api/v1"`
	TrustlyRateLimit      string `setting:"TRUSTLY_RATE_LIMIT" placeholder:"N" help:"Requests per second to the API, 0 for no limit; else 5, in the demo 0"`
	TrustlyMaxConcurrency string `setting:"TRUSTLY_MAX_CONCURRENCY" default:"4" placeholder:"N" help:"Requests in flight to the API"`
	TrustlyTimeUnit       string `setting:"TRUSTLY_TIME_UNIT" default:"ms" placeholder:"UNIT" help:"Unit of the API's time filters, ms or s"`
}

// secretSettings is the part of the help about settings that are no flags.
const secretSettings = apiSecrets + `

PORTAL_SECRET: cookie keys derive from it; at least 32 characters, several separated by commas for rotation, the current
one first. Default: made once and kept beside the SQLite file; with PostgreSQL it must be set.

PORTAL_DATABASE_URL_FILE: a file with the database's URL, in which there may be a password.

PORTAL_OIDC_CLIENT_SECRET: the portal's secret at the provider of the single sign-on. To be registered there: the
return address BASE/login/sso/return, after signing out BASE/login, back-channel logout BASE/login/sso/backchannel-logout.

` + telemetrySecrets

// apiSecrets is the part of the help about the API's credentials.
//
//nolint:gosec // names of variables, no secrets
const apiSecrets = `Each flag is also the environment variable in brackets. Secrets are environment variables only, or
the contents of the file named by the variable with _FILE appended:

TRUSTLY_ACCESS_ID, TRUSTLY_ACCESS_KEY: credentials of the API, of the environment that the base URL names.`

// defaultRateLimit of requests per second to the API, as told in the help.
const defaultRateLimit = 5

// config is what the settings mean.
type config struct {
	addr           string
	baseURL        *url.URL // nil: from the address
	databaseURL    string
	secret         string // "": kept beside the database
	trustedProxies []netip.Prefix
	logFormat      logFormat
	revealReason   views.RevealReason
	secondFactor   []auth.Role // who must have one
	limits         auth.Limits // of a sign-in
	exportKeep     time.Duration
	sso            *auth.SSOConfig // nil: none
	localAccounts  bool            // may sign in
	auditKeep      time.Duration   // 0: for ever
	auditLog       string          // "": nowhere
	metricsAddr    string          // "": nowhere
	traces         *tracesConfig   // nil: nowhere
	drainDelay     time.Duration   // see drain
	drainTimeout   time.Duration
	api            trustlyclient.Options
}

// configError is every problem of the settings.
type configError struct{ problems []string }

func (e *configError) Error() string {
	if len(e.problems) == 1 {
		return e.problems[0]
	}
	return fmt.Sprintf("%d settings need a change:\n  %s", len(e.problems), strings.Join(e.problems, "\n  "))
}

// check reads all settings. In the demo those of the API and the database do not count. The error is a *configError.
func (s *settings) check(getenv func(string) string, demo bool) (config, error) {
	c, p := s.read(getenv, demo)
	if len(p) > 0 {
		return config{}, &configError{p}
	}
	return c, nil
}

// read is check for those who go on with what can be read.
func (s *settings) read(getenv func(string) string, demo bool) (config, problems) {
	var p problems
	c := config{
		addr:           s.Addr,
		baseURL:        p.baseURL(s.BaseURL),
		databaseURL:    s.DatabaseURL,
		trustedProxies: p.prefixes(s.TrustedProxies),
		logFormat:      p.logFormat(s.LogFormat),
		revealReason:   p.revealReason(s.RevealReason),
		secondFactor:   p.roles(s.SecondFactor),
		limits:         p.limits(s.SessionIdle, s.SessionLength),
		exportKeep:     p.exportKeep(s.ExportKeep),
		auditKeep:      p.auditKeep(s.AuditKeep),
		auditLog:       s.AuditLog,
	}
	c.drainDelay, c.drainTimeout = p.drain(&s.drainSettings)
	p.hostPort(s.Addr)
	if !demo {
		p.database(s.DatabaseURL)
		c.secret = p.sharedSecret(s.DatabaseURL, getenv)
	}
	c.localAccounts = true // the demo has no others
	if !demo {
		c.sso = p.sso(&s.ssoSettings, getenv)
		c.localAccounts = p.localAccounts(s.LocalAccounts, c.sso != nil)
	}
	c.api = p.api(&s.apiSettings, getenv, demo)
	c.metricsAddr, c.traces = p.metricsAddr(s.MetricsAddr), p.traces(&s.telemetrySettings, getenv)
	return c, p
}

// check reads the settings of the API alone. The error is a *configError.
func (s *apiSettings) check(getenv func(string) string) (trustlyclient.Options, error) {
	var p problems
	o := p.api(s, getenv, false)
	if len(p) > 0 {
		return trustlyclient.Options{}, &configError{p}
	}
	return o, nil
}

// api reads the settings of the API. In the demo it is another one.
func (p *problems) api(s *apiSettings, getenv func(string) string, demo bool) trustlyclient.Options {
	var o trustlyclient.Options
	if !demo {
		o.BaseURL = p.apiBaseURL(s.TrustlyBaseURL)
		o.AccessID = p.required(getenv, "TRUSTLY_ACCESS_ID")
		o.AccessKey = p.required(getenv, "TRUSTLY_ACCESS_KEY")
		if strings.Contains(o.AccessID, ":") {
			p.add("TRUSTLY_ACCESS_ID", "holds a colon, which HTTP Basic cannot carry: check that it is the access id alone")
		}
		o.RateLimit = defaultRateLimit
	}
	if s.TrustlyRateLimit != "" {
		o.RateLimit = p.rate(s.TrustlyRateLimit)
	}
	o.MaxConcurrency = p.concurrency(s.TrustlyMaxConcurrency)
	o.TimeUnit = p.timeUnit(s.TrustlyTimeUnit)
	return o
}

// problems collects what is wrong. Each of its methods reads one setting and adds what to change. Values are quoted
// unless the setting may hold a secret.
type problems []string

func (p *problems) add(name, format string, args ...any) {
	*p = append(*p, name+" "+fmt.Sprintf(format, args...))
}

func (p *problems) hostPort(addr string) {
	_, port, err := net.SplitHostPort(addr)
	if n, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil || n > 65535 {
		p.add("PORTAL_ADDR", "is %q: set it to HOST:PORT, for example 127.0.0.1:8080", addr)
	}
}

func (p *problems) baseURL(text string) *url.URL {
	if text == "" {
		return nil
	}
	const name, example = "PORTAL_BASE_URL", "for example https://portal.example.com"
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		p.add(name, "is no http or https URL: set it to the URL at which people reach the portal, %s", example)
	case u.User != nil:
		p.add(name, "holds a user name: remove it, %s", example)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		p.add(name, "is %q: the portal needs a host of its own, remove what follows the host", text)
	default:
		return &url.URL{Scheme: u.Scheme, Host: u.Host}
	}
	return nil
}

// prefixes reads CIDRs and single addresses.
func (p *problems) prefixes(list string) []netip.Prefix {
	var prefixes []netip.Prefix
	for text := range strings.SplitSeq(list, ",") {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if addr, aerr := netip.ParseAddr(text); aerr == nil && addr.Zone() == "" {
			prefix, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			p.add("PORTAL_TRUSTED_PROXIES", "holds %q: set it to CIDRs with commas between, for example 10.0.0.0/8,fd00::/8", text)
			continue
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes
}

func (p *problems) logFormat(text string) logFormat {
	switch f := logFormat(text); f {
	case logAuto, logText, logJSON:
		return f
	}
	p.add("PORTAL_LOG_FORMAT", "is %q: set it to auto, text or json", text)
	return ""
}

func (p *problems) revealReason(text string) views.RevealReason {
	switch text {
	case "optional":
		return views.ReasonOptional
	case string(views.ReasonRequired), string(views.ReasonOff):
		return views.RevealReason(text)
	}
	p.add("PORTAL_REVEAL_REASON", "is %q: set it to optional, required or off", text)
	return ""
}

// auditKeep reads whole days; 0 is for ever. A month is the least: what is found out is found out later.
func (p *problems) auditKeep(text string) time.Duration {
	if text == "all" || text == "" {
		return 0
	}
	days, ok := strings.CutSuffix(text, "d")
	n, err := strconv.Atoi(days)
	if !ok || err != nil || n < 30 || n > 36500 {
		p.add("PORTAL_AUDIT_KEEP", "is %q: set it to all, or to days from 30d on, for example 400d", text)
		return 0
	}
	return time.Duration(n) * 24 * time.Hour
}

// limits reads how long a sign-in lasts.
func (p *problems) limits(idle, lifetime string) auth.Limits {
	before := len(*p)
	l := auth.Limits{Idle: p.duration("PORTAL_SESSION_IDLE", idle), Lifetime: p.duration("PORTAL_SESSION_LIFETIME", lifetime)}
	if err := l.Check(); err != nil && len(*p) == before {
		p.add("PORTAL_SESSION_IDLE and PORTAL_SESSION_LIFETIME", "are %q and %q: %v", idle, lifetime, err)
	}
	return l
}

// duration reads whole minutes, hours or days: 30m, 2h, 1d.
func (p *problems) duration(name, text string) time.Duration {
	units := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	if text != "" {
		n, err := strconv.Atoi(text[:len(text)-1])
		if unit := units[text[len(text)-1:]]; err == nil && unit > 0 && n > 0 && n < 100_000 {
			return time.Duration(n) * unit
		}
	}
	p.add(name, "is %q: set it to minutes, hours or days, for example 30m, 2h or 1d", text)
	return 0
}

// longestExportKeep bounds what a slip of the keyboard can do to the disk.
const longestExportKeep = 366 * 24 * time.Hour

// exportKeep reads whole days or hours.
func (p *problems) exportKeep(text string) time.Duration {
	unit := 24 * time.Hour
	number, ok := strings.CutSuffix(text, "d")
	if !ok {
		unit = time.Hour
		number, ok = strings.CutSuffix(text, "h")
	}
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 || n > int(longestExportKeep/unit) {
		p.add("PORTAL_EXPORT_KEEP", "is %q: set it to days or hours, from 1h to 366d, for example 7d", text)
		return 0
	}
	return time.Duration(n) * unit
}

func (p *problems) roles(list string) []auth.Role {
	var roles []auth.Role
	for text := range strings.SplitSeq(list, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		role, err := auth.ParseRole(text)
		if err != nil {
			p.add("PORTAL_REQUIRE_SECOND_FACTOR", "holds %q: set it to roles with commas between, of support, finance and admin", text)
			continue
		}
		roles = append(roles, role)
	}
	return roles
}

func (p *problems) apiBaseURL(text string) string {
	const name = "TRUSTLY_BASE_URL"
	const hint = "set it to https://sandbox.trustly.one/api/v1 or https://api.trustly.one/api/v1"
	u, err := url.Parse(text)
	switch {
	case text == "":
		p.add(name, "is not set: %s, or try the portal without an API by portal serve --demo", hint)
	case err != nil || u.Hostname() == "":
		p.add(name, "is no URL: %s", hint)
	case u.User != nil:
		p.add(name, "holds credentials: move them to TRUSTLY_ACCESS_ID and TRUSTLY_ACCESS_KEY")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		p.add(name, "has a query or fragment: %s", hint)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		p.add(name, "is %q, which would send the credentials in clear: change http:// to https://", text)
	case u.Scheme != "https" && u.Scheme != "http":
		p.add(name, "is %q: %s", text, hint)
	default:
		return text
	}
	return ""
}

func (p *problems) rate(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= 1e6) { // not n < 0 || n > 1e6, as NaN is neither
		p.add("TRUSTLY_RATE_LIMIT", "is %q: set it to requests per second, for example 5, or 0 for no limit", text)
	}
	return n
}

func (p *problems) concurrency(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1000 {
		p.add("TRUSTLY_MAX_CONCURRENCY", "is %q: set it to a number from 1 to 1000", text)
	}
	return n
}

func (p *problems) timeUnit(text string) trustlyclient.TimeUnit {
	switch u := trustlyclient.TimeUnit(text); u {
	case trustlyclient.Milliseconds, trustlyclient.Seconds:
		return u
	}
	p.add("TRUSTLY_TIME_UNIT", "is %q: set it to ms or s", text)
	return ""
}

func (p *problems) portalSecret(getenv func(string) string) string {
	secret := p.secret(getenv, "PORTAL_SECRET")
	if secret == "" {
		return ""
	}
	if _, err := auth.NewKeys(secret); err != nil {
		p.add("PORTAL_SECRET", "cannot be used: %v", err)
	}
	return secret
}

// required reads a secret that must be there.
func (p *problems) required(getenv func(string) string, name string) string {
	before := len(*p)
	value := p.secret(getenv, name)
	if value == "" && len(*p) == before {
		p.add(name, "is not set: set it, or %s_FILE to a file that holds it", name)
	}
	return value
}

// secret reads NAME, or the file named by NAME_FILE without its last line's end; "" when neither is set.
func (p *problems) secret(getenv func(string) string, name string) string {
	value, file := getenv(name), getenv(name+"_FILE")
	switch {
	case file == "":
		return value
	case value != "":
		p.add(name, "and %s_FILE are both set: keep one of them", name)
		return ""
	}
	b, err := os.ReadFile(file)
	if err != nil {
		p.add(name+"_FILE", "cannot be read: %v", err)
		return ""
	}
	value = strings.TrimRight(string(b), "\r\n")
	if value == "" {
		p.add(name+"_FILE", "names %s, which is empty: put the secret into it", file)
	}
	return value
}

// isLoopback reports whether a host never leaves the machine. Names other than localhost are not looked up, as what
// they stand for can change.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}
