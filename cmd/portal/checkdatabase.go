package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
)

const (
	// databasePatience is how long a database may take to answer all that is asked.
	databasePatience = 15 * time.Second

	// clockBehind is how far the newest record may be ahead of the clock: other machines write some.
	clockBehind = time.Minute
)

// database looks at the database and whether the secret belongs to it, and changes nothing.
func (c *configChecks) database(cfg config, secretRead bool) {
	const name = "PORTAL_DATABASE_URL"
	ctx, cancel := context.WithTimeout(c.ctx, databasePatience)
	defer cancel()
	if !store.IsPostgres(cfg.databaseURL) {
		path, err := store.SQLitePath(cfg.databaseURL)
		if err != nil {
			return // is told with the settings
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			c.newFile(name, path)
			return
		}
		c.fileMode(name, path)
	}
	db, err := store.OpenToRead(ctx, cfg.databaseURL)
	if err != nil {
		c.fail(name, "does not answer: %v", err)
		return
	}
	defer func() { _ = db.Close() }() // only read
	have, known, err := db.Schema(ctx)
	switch {
	case err != nil:
		c.fail(name, "can't be read: %v", err)
		return
	case have > known:
		c.fail(name, "has schema version %d, this portal knows versions up to %d: run the newer portal, or restore a backup made before it", have, known)
		return
	case have == 0:
		c.ok(name, "holds nothing yet: the first start makes its schema, version %d", known)
		return
	case have < known:
		c.warn(name, "has schema version %d: the next start brings it to %d, after which older portals refuse to start on it; back up first", have, known)
		return // what is below reads tables as they are now
	}
	c.ok(name, "answers, with schema version %d", have)
	if secretRead {
		c.secret(ctx, cfg, db)
	}
	c.clockAgainst(ctx, db)
}

// newFile looks at whether the first start can make the database.
func (c *configChecks) newFile(name, path string) {
	folder := filepath.Dir(path)
	for folder != filepath.Dir(folder) {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		folder = filepath.Dir(folder) // the first start makes what lacks
	}
	if err := writable(folder); err != nil {
		c.fail(name, "%s is not there and can't be made: %v", path, err)
		return
	}
	c.warn(name, "%s is not there: the first start makes it, without accounts", path)
}

// secret tries whether the secret opens what the database keeps.
func (c *configChecks) secret(ctx context.Context, cfg config, db *store.DB) {
	const name = "PORTAL_SECRET"
	secret, beside := cfg.secret, ""
	if secret == "" {
		path, err := secretFile(cfg.databaseURL)
		if err != nil {
			return // is told with the settings
		}
		beside = path
		secret, err = readSecret(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			c.fail(name, "is not set, and there is none in %s beside the database: the next start would make a new one, which opens nothing of what is kept; put the old one back", path)
			return
		case err != nil:
			c.fail(name, "can't be read beside the database: %v", err)
			return
		}
		c.fileMode(name, path)
	}
	keys, err := auth.NewKeys(secret)
	if err != nil {
		c.fail(name, "%s cannot be used: %v", beside, err)
		return
	}
	opened, shut, err := handlers.SecretFits(ctx, db, keys)
	switch {
	case err != nil:
		c.fail(name, "can't be tried: %v", err)
	case len(shut) > 0 && len(opened) == 0:
		c.fail(name, "is not the one that this database was used with: it opens none of the kept %s; put the old one back, or behind the new one with a comma between", sealedWords(shut))
	case len(shut) > 0:
		c.warn(name, "does not open the newest of the kept %s: if it was changed, put the old one behind it with a comma between", sealedWords(shut))
	case len(opened) == 0:
		c.ok(name, "can be used; nothing is kept that it has to open")
	default:
		c.ok(name, "opens the kept %s", sealedWords(opened))
	}
}

func sealedWords(list []store.SealedKind) string {
	words := make([]string, len(list))
	for i, kind := range list {
		words[i] = string(kind)
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// clockAgainst holds the clock against what is on record.
func (c *configChecks) clockAgainst(ctx context.Context, db *store.DB) {
	newest, err := db.AuditPage(ctx, audit.Filter{}, 0, 1)
	if err != nil {
		c.fail("audit", "can't be read: %v", err)
		return
	}
	for _, record := range newest {
		if record.Time.Sub(c.now) > clockBehind {
			c.fail("clock", "says %s, but the newest record of the audit is from %s: set the clock", c.now.UTC().Format(time.RFC3339), record.Time.Format(time.RFC3339))
		}
	}
}
