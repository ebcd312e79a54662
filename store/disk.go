package store

import (
	"errors"
	"fmt"
)

// ErrNoDisk is what a database says that has no room, can't read or write its files, or takes no writes. One that is away,
// starts, ends or is busy says otherwise: what it could not do may be tried again.
var ErrNoDisk = errors.New("the database can't keep anything")

// orNoDisk marks an error as ErrNoDisk if it is one.
func (db *DB) orNoDisk(err error) error {
	if err == nil || !db.engine.noDisk(err) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrNoDisk, err)
}
