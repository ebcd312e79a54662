package main

import (
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/trustlyclient"
)

// environment is the variables of a program in a test.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

// with returns a copy with more variables, given as NAME=value.
func (e environment) with(vars ...string) environment {
	c := environment{}
	maps.Copy(c, e)
	for _, v := range vars {
		name, value, _ := strings.Cut(v, "=")
		c[name] = value
	}
	return c
}

// working is the least that serve needs.
var working = environment{
	"TRUSTLY_BASE_URL":   "https://sandbox.trustly.one/api/v1",
	"TRUSTLY_ACCESS_ID":  "AccessID",
	"TRUSTLY_ACCESS_KEY": "s3cr3t-key",
}

// fromEnv reads the settings as kong would, from the environment alone.
func fromEnv(env environment) *settings {
	pick := func(name, otherwise string) string {
		if v := env[name]; v != "" {
			return v
		}
		return otherwise
	}
	return &settings{
		Addr:            pick("PORTAL_ADDR", "127.0.0.1:8080"),
		BaseURL:         env["PORTAL_BASE_URL"],
		TrustedProxies:  env["PORTAL_TRUSTED_PROXIES"],
		LogFormat:       pick("PORTAL_LOG_FORMAT", "auto"),
		RevealReason:    pick("PORTAL_REVEAL_REASON", "optional"),
		SecondFactor:    env["PORTAL_REQUIRE_SECOND_FACTOR"],
		ExportKeep:      pick("PORTAL_EXPORT_KEEP", "7d"),
		AuditKeep:       pick("PORTAL_AUDIT_KEEP", "all"),
		AuditLog:        env["PORTAL_AUDIT_LOG"],
		SessionIdle:     pick("PORTAL_SESSION_IDLE", "2h"),
		SessionLength:   pick("PORTAL_SESSION_LIFETIME", "12h"),
		databaseSetting: databaseSetting{DatabaseURL: pick("PORTAL_DATABASE_URL", "sqlite:data/portal.db")},
		apiSettings: apiSettings{
			TrustlyBaseURL:        env["TRUSTLY_BASE_URL"],
			TrustlyRateLimit:      env["TRUSTLY_RATE_LIMIT"],
			TrustlyMaxConcurrency: pick("TRUSTLY_MAX_CONCURRENCY", "4"),
			TrustlyTimeUnit:       pick("TRUSTLY_TIME_UNIT", "ms"),
		},
	}
}

// Each wrong setting alone: the error names it, says what to change, and repeats no secret.
func TestConfigErrors(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const secret = "hunter2hunter2"
	tests := []struct{ variable, want string }{
		{"PORTAL_ADDR=8080", `PORTAL_ADDR is "8080": set it to HOST:PORT`},
		{"PORTAL_ADDR=localhost:http", "PORTAL_ADDR is"},
		{"PORTAL_ADDR=localhost:65536", "PORTAL_ADDR is"},
		{"PORTAL_BASE_URL=portal.example.com", "PORTAL_BASE_URL is no http or https URL"},
		{"PORTAL_BASE_URL=ftp://portal.example.com", "PORTAL_BASE_URL is no http or https URL"},
		{"PORTAL_BASE_URL=https://", "PORTAL_BASE_URL is no http or https URL"},
		{"PORTAL_BASE_URL=https://ada:" + secret + "@portal.example.com", "PORTAL_BASE_URL holds a user name"},
		{"PORTAL_BASE_URL=https://example.com/portal", "needs a host of its own"},
		{"PORTAL_BASE_URL=https://example.com?x", "needs a host of its own"},
		{"PORTAL_DATABASE_URL=data/portal.db", "PORTAL_DATABASE_URL cannot be used: it must look like sqlite:PATH"},
		{"PORTAL_DATABASE_URL=mysql://ada:" + secret + "@db/portal", "PORTAL_DATABASE_URL cannot be used: it must look like sqlite:PATH"},
		{"PORTAL_SECRET=" + secret, "PORTAL_SECRET cannot be used: a secret needs at least 32 characters"},
		{"PORTAL_SECRET_FILE=" + filepath.Join(dir, "absent"), "PORTAL_SECRET_FILE cannot be read"},
		{"PORTAL_SECRET_FILE=" + empty, "which is empty"},
		{"PORTAL_TRUSTED_PROXIES=10.0.0.0/8,proxy", `PORTAL_TRUSTED_PROXIES holds "proxy"`},
		{"PORTAL_TRUSTED_PROXIES=10.0.0.0/33", `PORTAL_TRUSTED_PROXIES holds "10.0.0.0/33"`},
		{"PORTAL_LOG_FORMAT=xml", `PORTAL_LOG_FORMAT is "xml": set it to auto, text or json`},
		{"TRUSTLY_BASE_URL=", "TRUSTLY_BASE_URL is not set"},
		{"TRUSTLY_BASE_URL=sandbox.trustly.one", "TRUSTLY_BASE_URL is no URL"},
		{"TRUSTLY_BASE_URL=http://sandbox.trustly.one/api/v1", "would send the credentials in clear"},
		{"TRUSTLY_BASE_URL=ftp://sandbox.trustly.one/api/v1", "TRUSTLY_BASE_URL is"},
		{"TRUSTLY_BASE_URL=https://ada:" + secret + "@sandbox.trustly.one", "TRUSTLY_BASE_URL holds credentials"},
		{"TRUSTLY_BASE_URL=https://sandbox.trustly.one/api/v1?a=b", "TRUSTLY_BASE_URL has a query"},
		{"TRUSTLY_ACCESS_ID=", "TRUSTLY_ACCESS_ID is not set: set it, or TRUSTLY_ACCESS_ID_FILE"},
		{"TRUSTLY_ACCESS_ID=a:" + secret, "TRUSTLY_ACCESS_ID holds a colon"},
		{"TRUSTLY_ACCESS_KEY=", "TRUSTLY_ACCESS_KEY is not set"},
		{"TRUSTLY_ACCESS_KEY_FILE=" + empty, "TRUSTLY_ACCESS_KEY and TRUSTLY_ACCESS_KEY_FILE are both set"},
		{"TRUSTLY_RATE_LIMIT=many", `TRUSTLY_RATE_LIMIT is "many"`},
		{"TRUSTLY_RATE_LIMIT=-1", "TRUSTLY_RATE_LIMIT is"},
		{"TRUSTLY_RATE_LIMIT=NaN", "TRUSTLY_RATE_LIMIT is"},
		{"TRUSTLY_MAX_CONCURRENCY=0", "TRUSTLY_MAX_CONCURRENCY is"},
		{"TRUSTLY_MAX_CONCURRENCY=4.5", "TRUSTLY_MAX_CONCURRENCY is"},
		{"TRUSTLY_TIME_UNIT=seconds", "TRUSTLY_TIME_UNIT is"},
		{"PORTAL_REVEAL_REASON=always", `PORTAL_REVEAL_REASON is "always"`},
		{"PORTAL_REQUIRE_SECOND_FACTOR=admin, boss", `PORTAL_REQUIRE_SECOND_FACTOR holds "boss": set it to roles`},
		{"PORTAL_AUDIT_KEEP=7d", `PORTAL_AUDIT_KEEP is "7d": set it to all, or to days from 30d on`},
		{"PORTAL_AUDIT_KEEP=400", "PORTAL_AUDIT_KEEP is"},
		{"PORTAL_EXPORT_KEEP=7", `PORTAL_EXPORT_KEEP is "7": set it to days or hours`},
		{"PORTAL_EXPORT_KEEP=1.5d", "PORTAL_EXPORT_KEEP is"},
		{"PORTAL_EXPORT_KEEP=0h", "PORTAL_EXPORT_KEEP is"},
		{"PORTAL_EXPORT_KEEP=-3d", "PORTAL_EXPORT_KEEP is"},
		{"PORTAL_EXPORT_KEEP=367d", "PORTAL_EXPORT_KEEP is"},
		{"PORTAL_SESSION_IDLE=13h", `PORTAL_SESSION_IDLE and PORTAL_SESSION_LIFETIME are "13h" and "12h": a sign-in can't last longer without use`},
		{"PORTAL_SESSION_IDLE=4m", "a sign-in has to last 5m0s without use at least"},
		{"PORTAL_SESSION_IDLE=0m", `PORTAL_SESSION_IDLE is "0m": set it to minutes, hours or days`},
		{"PORTAL_SESSION_IDLE=1.5h", "PORTAL_SESSION_IDLE is"},
		{"PORTAL_SESSION_LIFETIME=8d", "a sign-in has to last between"},
		{"PORTAL_SESSION_LIFETIME=h", "PORTAL_SESSION_LIFETIME is"},
	}
	var all []string
	for _, tt := range tests {
		all = append(all, tt.variable)
		env := working.with(tt.variable)
		_, err := fromEnv(env).check(env.get, false)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got error %v, want one that says %q and nothing else", tt.variable, err, tt.want)
		}
		if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), working["TRUSTLY_ACCESS_KEY"])) {
			t.Errorf("%s: the error %q tells a secret", tt.variable, err)
		}
	}

	// The last of each name together: every one of them is told.
	env := working.with(all...)
	delete(env, "TRUSTLY_ACCESS_KEY_FILE")
	_, err := fromEnv(env).check(env.get, false)
	if err == nil {
		t.Fatal("all of them wrong: got no error")
	}
	for _, name := range []string{
		"PORTAL_ADDR", "PORTAL_BASE_URL", "PORTAL_DATABASE_URL", "PORTAL_SECRET", "PORTAL_TRUSTED_PROXIES", "PORTAL_LOG_FORMAT",
		"TRUSTLY_BASE_URL", "TRUSTLY_ACCESS_ID", "TRUSTLY_ACCESS_KEY", "TRUSTLY_RATE_LIMIT", "TRUSTLY_MAX_CONCURRENCY", "TRUSTLY_TIME_UNIT",
	} {
		if !strings.Contains(err.Error(), "\n  "+name+" ") {
			t.Errorf("all of them wrong: got\n%v\nwant a line about %s", err, name)
		}
	}
	if _, err := fromEnv(env).check(env.get, true); err == nil || strings.Contains(err.Error(), "TRUSTLY_ACCESS") {
		t.Errorf("in the demo: got %v, want the errors of the settings that it uses alone", err)
	}
}

func TestConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("a secret in a file with its line's end\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := working.with("PORTAL_SECRET_FILE="+file, "PORTAL_BASE_URL=https://portal.example.com/", "TRUSTLY_TIME_UNIT=s",
		"PORTAL_TRUSTED_PROXIES= 10.1.2.3/8, 192.0.2.1,fd00::1/8 ,")
	c, err := fromEnv(env).check(env.get, false)
	if err != nil {
		t.Fatal(err)
	}
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("fd00::/8")}
	got := []any{c.secret, c.baseURL.String(), c.api.TimeUnit, c.api.RateLimit, c.api.MaxConcurrency, c.api.AccessID, c.api.AccessKey}
	want := []any{"a secret in a file with its line's end", "https://portal.example.com", trustlyclient.Seconds, 5.0, 4, "AccessID", "s3cr3t-key"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
	if len(c.trustedProxies) != 3 || c.trustedProxies[0] != proxies[0] || c.trustedProxies[1] != proxies[1] || c.trustedProxies[2] != proxies[2] {
		t.Errorf("trusted proxies: got %v, want %v", c.trustedProxies, proxies)
	}

	demo := environment{}
	if c, err := fromEnv(demo).check(demo.get, true); err != nil || c.api.RateLimit != 0 || c.exportKeep != 7*24*time.Hour {
		t.Errorf("demo without settings: got rate limit %v and exports kept %v, %v, want none and a week", c.api.RateLimit, c.exportKeep, err)
	}
	env = working.with("PORTAL_EXPORT_KEEP=36h")
	if c, err := fromEnv(env).check(env.get, false); err != nil || c.exportKeep != 36*time.Hour {
		t.Errorf("36h: got exports kept %v, %v", c.exportKeep, err)
	}
	demo = environment{"TRUSTLY_RATE_LIMIT": "2.5"}
	if c, err := fromEnv(demo).check(demo.get, true); err != nil || c.api.RateLimit != 2.5 {
		t.Errorf("demo with a rate limit: got %v, %v, want 2.5", c.api.RateLimit, err)
	}
}

func TestEnvironmentName(t *testing.T) {
	for baseURL, want := range map[string]string{
		"https://sandbox.trustly.one/api/v1": "SANDBOX",
		"https://api.trustly.one/api/v1":     "PRODUCTION",
		"http://127.0.0.1:9000/api/v1":       "127.0.0.1:9000",
		"https://api.trustly.one.example/":   "api.trustly.one.example",
	} {
		if got := environmentName(baseURL); got != want {
			t.Errorf("environmentName(%q): got %q, want %q", baseURL, got, want)
		}
	}
}
