package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/search"
)

// exporting is one run of portal export.
type exporting struct {
	cmd    *exportCmd
	p      *program
	plan   *export.Plan
	format export.Format
	part   *partFile
	source string // which API
	base   string // URL of the portal, may be ""
	audit  *audit.Log
	typed  audit.Hasher
}

// exportFarewell is how long the last record may take when the program is told to stop.
const exportFarewell = 5 * time.Second

// keys derives what seals the part file, and what hides in the audit what was typed.
func (e *exporting) keys(secret string) (auth.Sealer, error) {
	keys, err := auth.NewKeys(secret)
	if err != nil {
		return auth.Sealer{}, fmt.Errorf("keys: %w", err)
	}
	hashing, err := keys.Derive(audit.Purpose, audit.KeySize)
	if err != nil {
		return auth.Sealer{}, fmt.Errorf("keys: %w", err)
	}
	e.typed = audit.NewHasher(hashing)
	return keys.Sealer("export files in parts")
}

// run records the export, collects its rows, and writes the file. What it can't complete it says.
func (e *exporting) run(lister search.Lister) error {
	began := "begun"
	if e.part.state.Runs > 0 {
		began = fmt.Sprintf("gone on with after %d rows", e.part.state.Rows)
	}
	detail := fmt.Sprintf("%s; %s; %s; %s", e.cmd.Format, export.Masked, e.plan.View.Frozen(e.plan.AsOf).Recorded(e.typed.Hash), began)
	if err := e.record(e.p.ctx, audit.Export, detail); err != nil {
		return e.interrupted(err)
	}
	shown := newProgress(e.p.stderr, e.cmd.Quiet, e.plan, e.part.state)
	state, err := e.plan.Collect(e.p.ctx, lister, export.Workers, e.part.state, func(_ context.Context, part export.Part) error {
		if err := e.part.add(part); err != nil {
			return err
		}
		shown.show(part.State)
		return nil
	})
	shown.end()
	if err != nil {
		return e.failed(err)
	}
	receipt, err := e.finish(state)
	if err != nil {
		return e.failed(err)
	}
	if e.cmd.Quiet {
		return nil
	}
	return e.p.sayf("%s holds %d rows as of %s; SHA-256 of the rows %s\nIts receipt is %s",
		e.cmd.Out, receipt.Rows, receipt.AsOf.Format(time.RFC3339), receipt.Digest, e.cmd.receiptPath())
}

func (e *exporting) record(ctx context.Context, action audit.Action, detail string) error {
	return e.audit.Write(ctx, audit.Event{User: commandLine, Action: action, Object: "export " + e.part.head.ID, Detail: detail, Result: audit.Allowed})
}

// failed puts on record that there is no file.
func (e *exporting) failed(err error) error {
	why := "failed"
	if e.p.ctx.Err() != nil {
		why = "stopped"
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(e.p.ctx), exportFarewell)
	defer cancel()
	recordErr := e.record(ctx, audit.Collect, fmt.Sprintf("%s; %d rows read", why, e.part.state.Rows))
	return errors.Join(e.interrupted(explain(err)), recordErr)
}

// interrupted says what an interrupted export leaves.
func (e *exporting) interrupted(err error) error {
	if e.part.state.Runs == 0 {
		if removeErr := e.part.remove(); removeErr != nil {
			return errors.Join(err, removeErr)
		}
		return nothingWritten(err)
	}
	return fmt.Errorf("%w\n%s was not written. %s keeps the %d rows so far: the same command with --resume goes on with them", err, e.cmd.Out, e.cmd.partPath(), e.part.state.Rows)
}

func nothingWritten(err error) error {
	return fmt.Errorf("%w\nNothing was written, and there is nothing to go on from: begin anew", err)
}
