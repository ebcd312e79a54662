package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"trustlyportal/auth"
)

// ChangeTries is [auth.TryStore]'s. A look that changes nothing, as when somebody has to wait, is a read and no more.
func (db *DB) ChangeTries(ctx context.Context, keys []string, change func([]auth.Tried)) error {
	have, err := db.readTries(ctx, keys)
	if err == nil && slices.Equal(changed(have, keys, change), tried(have, keys)) {
		return nil
	}
	if err == nil {
		err = db.inTurn(ctx, func(tx *sql.Tx) error { return changeTries(ctx, tx, keys, change) })
	}
	if err != nil {
		return fmt.Errorf("change what is kept of tries: %w", err)
	}
	return nil
}

// changeTries writes first, which locks the rows, those too that are only made so: always in one order, so that no two
// wait for each other.
func changeTries(ctx context.Context, tx *sql.Tx, keys []string, change func([]auth.Tried)) error {
	sorted := slices.Sorted(slices.Values(keys))
	have := map[string]auth.Tried{}
	for _, key := range sorted {
		var t auth.Tried
		var last int64
		if err := tx.QueryRowContext(ctx, `
			INSERT INTO tries (id, n, last_at) VALUES ($1, 0, 0) ON CONFLICT (id) DO UPDATE SET n = tries.n RETURNING n, last_at`, key).Scan(&t.N, &last); err != nil {
			return err
		}
		t.Last = fromMillis(last)
		have[key] = t
	}
	after := changed(have, keys, change)
	for i, key := range keys {
		var err error
		if after[i].N == 0 {
			_, err = tx.ExecContext(ctx, `DELETE FROM tries WHERE id = $1`, key)
		} else if after[i] != have[key] {
			_, err = tx.ExecContext(ctx, `UPDATE tries SET n = $2, last_at = $3 WHERE id = $1`, key, after[i].N, toMillis(after[i].Last))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tried are the keys' tries in their order.
func tried(have map[string]auth.Tried, keys []string) []auth.Tried {
	list := make([]auth.Tried, len(keys))
	for i, key := range keys {
		list[i] = have[key]
	}
	return list
}

// changed are they as change makes them.
func changed(have map[string]auth.Tried, keys []string, change func([]auth.Tried)) []auth.Tried {
	list := tried(have, keys)
	change(list)
	return list
}

func (db *DB) readTries(ctx context.Context, keys []string) (_ map[string]auth.Tried, err error) {
	places, ids := make([]string, len(keys)), make([]any, len(keys))
	for i, key := range keys {
		places[i], ids[i] = "$"+strconv.Itoa(i+1), key
	}
	rows, err := db.sql.QueryContext(ctx, `SELECT id, n, last_at FROM tries WHERE id IN (`+strings.Join(places, ", ")+`)`, ids...) //nolint:gosec // placeholders
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	have := map[string]auth.Tried{}
	for rows.Next() {
		var id string
		var t auth.Tried
		var last int64
		if err := rows.Scan(&id, &t.N, &last); err != nil {
			return nil, err
		}
		t.Last = fromMillis(last)
		have[id] = t
	}
	return have, rows.Err()
}

// DeleteTries forgets what was quiet since before.
func (db *DB) DeleteTries(ctx context.Context, before time.Time) error {
	if _, err := db.sql.ExecContext(ctx, `DELETE FROM tries WHERE last_at < $1`, toMillis(before)); err != nil {
		return fmt.Errorf("delete old tries: %w", err)
	}
	return nil
}
