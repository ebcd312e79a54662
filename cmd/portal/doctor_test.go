package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"trustlyportal/trustlyclient/trustlytest"
)

// apiAt is the environment of a portal over an API.
func apiAt(base string) environment {
	return environment{"TRUSTLY_BASE_URL": base, "TRUSTLY_ACCESS_ID": "AccessID", "TRUSTLY_ACCESS_KEY": "s3cr3t-key", "TRUSTLY_RATE_LIMIT": "0"}
}

func TestDoctor(t *testing.T) {
	_, seconds := trustlytest.NewServer(t, trustlytest.Options{Rows: 300, TimeUnit: "s"})
	_, empty := trustlytest.NewServer(t, trustlytest.Options{Rows: -1})
	_, locked := trustlytest.NewServer(t, trustlytest.Options{Rows: 5, AccessID: "AccessID", AccessKey: "another"})
	for _, tt := range []struct {
		name   string
		env    environment
		code   int
		stdout string
		stderr string
	}{
		{"fitting", apiAt(seconds).with("TRUSTLY_TIME_UNIT=s"), exitOK, "understand each other", ""},
		{"wrong unit", apiAt(seconds), exitFailed, "TRUSTLY_TIME_UNIT=s\n", "do not fit together"},
		{"empty", apiAt(empty), exitUsage, "there are no transactions", "could not be told"},
		{"wrong key", apiAt(locked), exitFailed, "TRUSTLY_ACCESS_KEY", "do not fit together"},
		{"no settings", environment{}, exitUsage, "", "TRUSTLY_BASE_URL is not set"},
		{"clear text", apiAt("http://api.trustly.one"), exitUsage, "", "in clear"},
	} {
		stdout, stderr, code := command(t, tt.env, "", "doctor")
		if code != tt.code || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) || (stderr == "") != (tt.stderr == "") {
			t.Errorf("%s: got code %d, stderr %q, stdout\n%s\nwant %d, %q, %q", tt.name, code, stderr, stdout, tt.code, tt.stderr, tt.stdout)
		}
		if strings.Contains(stdout+stderr, "s3cr3t") {
			t.Errorf("%s: the output tells a secret", tt.name)
		}
	}

	stdout, _, code := command(t, apiAt(seconds), "", "doctor", "--json")
	var report struct {
		Verdict  string
		Host     string
		Requests int
		Settings []string
		Findings []struct {
			Check, Verdict, Value, Setting string
			Evidence                       []string
		}
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != exitFailed {
		t.Fatalf("--json: got code %d, %v, %s", code, err, stdout)
	}
	if report.Verdict != "problem" || report.Requests < 10 || len(report.Findings) < 20 || strings.Join(report.Settings, " ") != "TRUSTLY_TIME_UNIT=s" {
		t.Errorf("--json: got %+v", report)
	}
}

// At its start the portal says what it finds of the API, and serves whatever that is.
func TestServeChecksTheAPI(t *testing.T) {
	s, base := trustlytest.NewServer(t, trustlytest.Options{Rows: 300, TimeUnit: "s"})
	p := start(t, apiAt(base).with("PORTAL_ADDR=127.0.0.1:0", "PORTAL_DATABASE_URL=sqlite:"+t.TempDir()+"/portal.db"), "serve")
	want := "time filters are read in seconds, and TRUSTLY_TIME_UNIT is ms"
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(p.stderr.String(), want); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("log: got\n%s\nwant %q", p.stderr, want)
		}
	}
	if n := len(s.Requests()); n > 4 {
		t.Errorf("requests at the start: got %d, want 4 at most", n)
	}
	p.stop()
	if code := p.wait(t); code != exitOK {
		t.Errorf("exit code: got %d, want 0; stderr:\n%s", code, p.stderr)
	}
	if got := p.stderr.String(); !strings.Contains(got, `"setting":"TRUSTLY_TIME_UNIT=s"`) || strings.Contains(got, "s3cr3t") {
		t.Errorf("log: got\n%s\nwant the setting and no secret", got)
	}
}
