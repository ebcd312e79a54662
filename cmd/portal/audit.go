package main

import (
	"fmt"

	"trustlyportal/store"
)

// auditCmd holds the commands about the audit. They work on the database directly, also while the portal serves.
type auditCmd struct {
	DatabaseURL string `setting:"PORTAL_DATABASE_URL" default:"sqlite:data/portal.db" placeholder:"URL" help:"Database of the audit"`

	Verify auditVerifyCmd `cmd:"" help:"Check that no record was changed, removed or moved; exit code 1 and the first bad one if so."`
}

type auditVerifyCmd struct{}

func (c *auditVerifyCmd) Run(p *program, parent *auditCmd) error {
	db, err := store.Open(p.ctx, parent.DatabaseURL)
	if err != nil {
		return fmt.Errorf("open PORTAL_DATABASE_URL: %w", err)
	}
	defer func() { _ = db.Close() }() // only read
	n, head, err := db.VerifyAudit(p.ctx)
	if err != nil {
		return fmt.Errorf("the audit does not hold after %d good records: %w", n, err)
	}
	return p.sayf("%d records hold; the newest is number %d with hash %s", n, head.Seq, head.Hash)
}
