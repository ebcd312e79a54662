package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/doctor"
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

// Soon after its start the portal says what it finds of the API, and goes on whatever that is.
func TestCheckUp(t *testing.T) {
	s, base := trustlytest.NewServer(t, trustlytest.Options{Rows: 300, TimeUnit: "s"})
	var log bytes.Buffer
	c := &checkUp{settle: time.Millisecond}
	c.run(t.Context(), trustlyclient.Options{BaseURL: base, AccessID: "id", AccessKey: "s3cr3t"}, slog.New(slog.NewJSONHandler(&log, nil)))
	if n := len(s.Requests()); n == 0 || n > 4 {
		t.Errorf("requests: got %d, want 1 to 4", n)
	}
	for _, want := range []string{"time filters are read in seconds, and TRUSTLY_TIME_UNIT is ms", `"setting":"TRUSTLY_TIME_UNIT=s"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log: got\n%s\nwant %q", log.String(), want)
		}
	}
	if strings.Contains(log.String(), "s3cr3t") {
		t.Error("the log tells the key")
	}
	if report := c.report.Load(); report == nil || report.Verdict() != doctor.Problem {
		t.Errorf("report: got %+v, want a problem", report)
	}
}

// A portal that stops soon after its start does not wait for the check-up.
func TestCheckUpEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	(&checkUp{settle: time.Hour}).run(ctx, trustlyclient.Options{}, slog.New(slog.DiscardHandler))
}
