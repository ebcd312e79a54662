package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/doctor"
)

// doctorCmd asks the configured API what its documentation leaves open.
type doctorCmd struct {
	JSON bool `name:"json" help:"Print JSON, for programs."`
	apiSettings
}

// Help is the longer text of portal doctor --help.
func (*doctorCmd) Help() string {
	return `It reads from the configured API, in fewer than 40 requests, and prints how it behaves where its documentation is
silent or contradicts itself, with the evidence and the settings that follow. It writes nothing, and prints nothing
personal.

Exit code 0: all is well. 1: there are problems. 2: what the portal relies on could not be told, for example for want of
transactions; or the settings are wrong.

Verdicts: ok; differs from the documentation, good to know; unknown; problem, to be put right.

` + apiSecrets
}

// errUndecided is told by the report itself.
var (
	errProblems  = errors.New("the API and the portal's settings do not fit together")
	errUndecided = errors.New("some of what the portal relies on could not be told")
)

// Run examines and prints.
func (c *doctorCmd) Run(p *program) error {
	o, err := c.check(p.getenv)
	if err != nil {
		return err
	}
	o.UserAgent = "trustlyportal/" + version()
	report, err := doctor.Run(p.ctx, o)
	if err != nil {
		return fmt.Errorf("examine the API: %w", err)
	}
	if c.JSON {
		enc := json.NewEncoder(p.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(struct {
			Verdict  doctor.Verdict `json:"verdict"`
			Settings []string       `json:"settings"`
			*doctor.Report
		}{report.Verdict(), append([]string{}, report.Settings()...), report})
	} else {
		err = report.WriteText(p.stdout)
	}
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	switch report.Verdict() {
	case doctor.Problem:
		return errProblems
	case doctor.Unknown:
		return &usageError{errUndecided}
	}
	return nil
}

// settleTime is how long after its start the portal looks at the API: whoever waited for it to come up goes first.
const settleTime = 10 * time.Second

// checkUp asks the API once, soon after the portal's start, what the portal's correctness hangs on, and logs what it
// finds. Nothing waits for it and nothing fails by it.
type checkUp struct {
	settle time.Duration
	report atomic.Pointer[doctor.Report]
}

// run waits a little and does the check-up, or ends with the context.
func (c *checkUp) run(ctx context.Context, o trustlyclient.Options, log *slog.Logger) {
	settled := time.NewTimer(c.settle)
	defer settled.Stop()
	select {
	case <-settled.C:
	case <-ctx.Done():
		return
	}
	report, err := doctor.Quick(ctx, o)
	if err != nil {
		return // the portal stops; wrong options stopped it before
	}
	c.report.Store(report)
	for _, f := range report.Findings {
		level := slog.LevelInfo
		switch f.Verdict {
		case doctor.Problem:
			level = slog.LevelError
		case doctor.Unknown:
			level = slog.LevelWarn
		}
		attrs := []any{"host", report.Host, "check", f.Check, "verdict", string(f.Verdict)}
		if f.Verdict == doctor.Problem && f.Setting != "" {
			attrs = append(attrs, "setting", f.Setting)
		}
		log.Log(ctx, level, "API: "+f.Summary, attrs...)
	}
}
