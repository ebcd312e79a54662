package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/tabwriter"

	"trustlyportal/store"
)

// copyStateCmd copies everything that a portal keeps into another database.
type copyStateCmd struct {
	databaseSetting

	From string `default:"sqlite:data/portal.db" placeholder:"URL" help:"The database to copy; the one that PORTAL_DATABASE_URL names is to hold the copy (default sqlite:data/portal.db)"`
}

// Help is the command's long help.
func (*copyStateCmd) Help() string {
	return `Accounts, sign-ins, second factors, tokens, saved views, exports and the audit with its chain go into an empty database, from
SQLite to PostgreSQL or back, all of it or nothing; the rows are read back and compared. Stop the portal first, and start it
with PORTAL_DATABASE_URL naming the copy afterwards. What is sealed stays so: it opens with the same PORTAL_SECRET alone.`
}

// Run copies, and checks the audit's chain in both.
func (c *copyStateCmd) Run(p *program) (err error) {
	if c.From == c.DatabaseURL {
		return &usageError{errors.New("PORTAL_DATABASE_URL names the database to copy: set it to the one that is to hold the copy")}
	}
	if err := store.CheckURL(c.From); err != nil {
		return &usageError{fmt.Errorf("--from cannot be used: %w", err)}
	}
	advice, err := c.secret(p)
	if err != nil {
		return err
	}
	from, err := store.OpenExisting(p.ctx, c.From)
	if err != nil {
		return fmt.Errorf("open --from: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := c.database(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()

	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	if err := store.CopyState(p.ctx, from, to, func(done store.Copied) {
		fmt.Fprintf(table, "%s\t%d\n", done.Table, done.Rows)
	}); err != nil {
		return fmt.Errorf("PORTAL_DATABASE_URL holds nothing new: %w", err)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	n, head, err := from.VerifyAudit(p.ctx)
	if err != nil {
		return fmt.Errorf("everything is copied, and the audit was not whole before: %w", err)
	}
	if copied, copiedHead, err := to.VerifyAudit(p.ctx); err != nil || copied != n || copiedHead != head {
		return fmt.Errorf("the audit of the copy is not the same: %d records for %d: %w", copied, n, err)
	}
	return p.sayf("All rows are the same in both, and the audit's %d records are one chain.%s", n, advice)
}

// secret checks that what is sealed will open, as far as the secrets at hand tell, and says what to set if none is.
func (c *copyStateCmd) secret(p *program) (advice string, err error) {
	var wrong problems
	set := wrong.portalSecret(p.getenv)
	if len(wrong) > 0 {
		return "", &configError{wrong}
	}
	if store.IsPostgres(c.From) {
		return "", nil
	}
	file, err := secretFile(c.From)
	if err != nil {
		return "", &usageError{err}
	}
	kept, err := readSecret(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("read the secret beside the database: %w", err)
	case set == "":
		return "\nSet PORTAL_SECRET_FILE to a copy of " + file + ": what is sealed opens with that secret alone.", nil
	case !strings.Contains(","+strings.ReplaceAll(set, " ", "")+",", ","+kept+","):
		return "", &usageError{fmt.Errorf("PORTAL_SECRET is not the one in %s, with which what is sealed was sealed: set PORTAL_SECRET_FILE to that file, or add its contents behind a comma", file)}
	}
	return "", nil
}
