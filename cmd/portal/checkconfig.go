package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// checkConfigCmd looks at everything that serve needs, before it is needed.
type checkConfigCmd struct {
	Offline bool `help:"Ask nobody over the network: neither the API nor the single sign-on's provider."`
	JSON    bool `name:"json" help:"Print JSON, for programs."`
	settings
}

// Help is the longer text of portal check-config --help.
func (*checkConfigCmd) Help() string {
	return `It reads the settings as portal serve does, and looks at what they name: files, the database and its schema, whether
the secret opens what the database keeps, addresses, the single sign-on's provider, and the API by one request. It
changes nothing, makes no file and prints no secret.

Each line says ok, warning (it works, but is rarely meant) or error (serve would fail, or not do what was asked for).
Exit code 0: no error. 1: an error.

` + secretSettings
}

var errConfig = errors.New("the settings need a change, see above")

// outcome of one check, in words.
type outcome string

const (
	outcomeOK      outcome = "ok"
	outcomeWarning outcome = "warning"
	outcomeError   outcome = "error"
)

// checked is one line of the report.
type checked struct {
	Outcome outcome `json:"outcome"`
	About   string  `json:"about"` // a setting, or what was looked at
	Text    string  `json:"text"`
}

// configChecks collects lines.
type configChecks struct {
	*program
	now   time.Time
	lines []checked
}

func (c *configChecks) ok(about, format string, args ...any) {
	c.lines = append(c.lines, checked{outcomeOK, about, fmt.Sprintf(format, args...)})
}

func (c *configChecks) warn(about, format string, args ...any) {
	c.lines = append(c.lines, checked{outcomeWarning, about, fmt.Sprintf(format, args...)})
}

func (c *configChecks) fail(about, format string, args ...any) {
	c.lines = append(c.lines, checked{outcomeError, about, fmt.Sprintf(format, args...)})
}

// Run checks and prints.
func (c *checkConfigCmd) Run(p *program) error {
	checks := &configChecks{program: p, now: time.Now()}
	cfg, wrong := c.read(p.getenv, false)
	for _, problem := range wrong {
		name, text, _ := strings.Cut(problem, " ")
		checks.fail(name, "%s", text)
	}
	if len(wrong) == 0 {
		checks.ok("settings", "all can be read")
	}
	checks.unknownVariables(p.environ())
	checks.secretFiles(p.getenv)
	if !wrong.of("PORTAL_ADDR") {
		checks.address("PORTAL_ADDR", cfg.addr)
	}
	if cfg.metricsAddr != "" && !wrong.of("PORTAL_METRICS_ADDR") {
		checks.address("PORTAL_METRICS_ADDR", cfg.metricsAddr)
	}
	if !wrong.of("PORTAL_BASE_URL") {
		checks.baseURL(cfg)
	}
	if !wrong.of("PORTAL_TRUSTED_PROXIES") {
		checks.proxies(cfg)
	}
	checks.auditLog(cfg.auditLog)
	if !wrong.of("PORTAL_DATABASE_URL") {
		checks.database(cfg, !wrong.of("PORTAL_SECRET"))
	}
	if cfg.sso != nil && !wrong.of("PORTAL_OIDC") {
		checks.provider(cfg, c.Offline)
	}
	if !wrong.of("TRUSTLY_") {
		checks.api(cfg.api, c.Offline)
	}
	return checks.print(c.JSON)
}

// of reports whether a setting whose name begins so is wrong.
func (p problems) of(name string) bool {
	for _, problem := range p {
		if strings.HasPrefix(problem, name) {
			return true
		}
	}
	return false
}

func (c *configChecks) print(asJSON bool) error {
	count := map[outcome]int{}
	for _, line := range c.lines {
		count[line.Outcome]++
	}
	if asJSON {
		enc := json.NewEncoder(c.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(struct {
			OK     bool      `json:"ok"`
			Checks []checked `json:"checks"`
		}{count[outcomeError] == 0, c.lines}); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	} else {
		t := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
		for _, line := range c.lines {
			fmt.Fprintf(t, "%s\t%s\t%s\n", line.Outcome, line.About, line.Text)
		}
		if err := t.Flush(); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	if count[outcomeError] > 0 {
		return errConfig
	}
	return nil
}
