package main

import (
	"errors"
	"fmt"

	"trustlyportal/store"
)

// databaseURL is the variable that names the portal's own database.
const databaseURL = "PORTAL_DATABASE_URL"

// databaseSetting names the portal's own database, for all commands that open it. As it may hold a password, it can also be
// the contents of a file: see settingsResolver.
type databaseSetting struct {
	DatabaseURL string `setting:"PORTAL_DATABASE_URL" default:"sqlite:data/portal.db" placeholder:"URL" help:"The portal's own database: sqlite:PATH, or for several machines postgres://USER:PASSWORD@HOST:PORT/DATABASE"`
}

// database opens it.
func (s *databaseSetting) database(p *program) (*store.DB, error) {
	db, err := store.Open(p.ctx, s.DatabaseURL)
	if err != nil {
		return nil, fmt.Errorf("open PORTAL_DATABASE_URL: %w", err)
	}
	return db, nil
}

// open runs do on it.
func (s *databaseSetting) open(p *program, do func(*store.DB) error) error {
	db, err := s.database(p)
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}

// migrateCmd brings the schema up to date.
type migrateCmd struct{ databaseSetting }

// Help is the command's long help.
func (*migrateCmd) Help() string {
	return `Each start of the portal does it as well; of several at once one does it and the others wait. On its own it is for those who
want it done before they put a new version to work. It goes forward only: take a backup first.`
}

// Run does it and tells the versions.
func (c *migrateCmd) Run(p *program) error {
	before, after, err := store.Migrate(p.ctx, c.DatabaseURL)
	switch {
	case err != nil:
		return fmt.Errorf("PORTAL_DATABASE_URL: %w", err)
	case before == after:
		return p.sayf("The schema has version %d already.", after)
	case before == 0:
		return p.sayf("The schema is made, version %d.", after)
	}
	return p.sayf("The schema went from version %d to %d.", before, after)
}

// database reads a URL of the portal's database.
func (p *problems) database(url string) {
	if err := store.CheckURL(url); err != nil {
		p.add(databaseURL, "cannot be used: %v", err)
	}
}

// sharedSecret says that no machine may make its own secret where several share a database.
func (p *problems) sharedSecret(url string, getenv func(string) string) string {
	before := len(*p)
	secret := p.portalSecret(getenv)
	if secret == "" && len(*p) == before && store.IsPostgres(url) {
		p.add("PORTAL_SECRET", "is not set: with PostgreSQL set it, or PORTAL_SECRET_FILE, to the same on each machine, at least 32 characters; openssl rand -base64 48 makes one")
	}
	return secret
}
