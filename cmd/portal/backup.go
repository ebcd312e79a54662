package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"trustlyportal/store"
)

// backupCmd copies the SQLite database while the portal serves.
type backupCmd struct {
	databaseSetting
	Out string `required:"" placeholder:"FILE" help:"New file to write; one that is there is left alone."`
}

// Help is the longer text of portal backup --help.
func (*backupCmd) Help() string {
	return `It copies the SQLite database as it is at one moment, while the portal goes on serving, and reads all of the copy before
the file gets its name: that SQLite finds it whole, and that the chain of the audit holds. A file that is there is good.

The secret is not in it: keep PORTAL_SECRET, or the file FILE.secret beside the database, in another place. To restore, stop
the portal and put both in the place of the old ones. PostgreSQL is backed up by pg_dump. See docs/operations.md.`
}

// Run copies, checks, and gives the copy its name.
func (c *backupCmd) Run(p *program) (err error) {
	if there(c.Out) {
		return &usageError{fmt.Errorf("--out: %s is there already: choose another name", c.Out)}
	}
	part, err := os.CreateTemp(filepath.Dir(c.Out), "."+filepath.Base(c.Out)+".*.part") // mode 0600
	if err != nil {
		return &usageError{fmt.Errorf("--out: %w", err)}
	}
	defer func() { err = errors.Join(err, part.Close(), gone(part.Name()), gone(part.Name()+"-journal")) }()
	b, err := store.BackUp(p.ctx, c.DatabaseURL, part.Name())
	if errors.Is(err, store.ErrNotSQLite) {
		return &usageError{errors.New(`PORTAL_DATABASE_URL names PostgreSQL: back it up by pg_dump --format=custom --file FILE "$PORTAL_DATABASE_URL", see docs/operations.md`)}
	}
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := errors.Join(part.Sync(), giveName(part.Name(), c.Out), syncFolder(filepath.Dir(c.Out))); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	chain := "The audit was not checked, as the schema is another version's."
	if b.Verified {
		chain = fmt.Sprintf("%d records of the audit hold\nanchor %d:%s", b.Records, b.Newest.Seq, b.Newest.Hash)
	}
	return p.sayf("%s holds the database: %d bytes, schema version %d\n%s\nThe secret is not in it: keep that, too, in another place.", c.Out, b.Bytes, b.Schema, chain)
}

// giveName gives a file a name that no other has.
func giveName(file, name string) error {
	err := os.Link(file, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if there(name) { // a file system without links
		return fmt.Errorf("%s: %w", name, fs.ErrExist)
	}
	return os.Rename(file, name)
}
