package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// SavedView is a list's URL under a name. Its query holds no personal values: those are in a private link of its own.
type SavedView struct {
	ID      string // in the short URL; made when the view is saved without one
	OwnerID int64
	Owner   string // e-mail address
	Name    string
	Query   string
	Shared  bool
	Default bool        // for the reader who asked
	Link    PrivateLink // Token "" when the view holds no personal values

	CreatedAt, UsedAt time.Time
}

// MaxViews is how many views one person may save: more than a menu or a person can hold.
const MaxViews = 200

// ErrTooMany says that the person has as many of them as one may have.
var ErrTooMany = errors.New("too many")

const viewColumns = `v.id, v.user_id, u.email, v.name, v.query, v.shared, v.created_at, v.used_at,
	COALESCE(l.token, ''), COALESCE(l.sealed, ''), COALESCE(l.only_maker, 0), CASE WHEN d.view_id IS NULL THEN 0 ELSE 1 END`

// viewTables are those of viewColumns for the reader $1.
const viewTables = `saved_views v JOIN users u ON u.id = v.user_id
	LEFT JOIN private_links l ON l.view_id = v.id
	LEFT JOIN default_views d ON d.view_id = v.id AND d.user_id = $1`

const visible = `(v.user_id = $1 OR v.shared = 1)`

func scanView(scan func(...any) error) (SavedView, error) {
	var v SavedView
	var shared, created, used, onlyMaker, isDefault int64
	var sealed string
	err := scan(&v.ID, &v.OwnerID, &v.Owner, &v.Name, &v.Query, &shared, &created, &used, &v.Link.Token, &sealed, &onlyMaker, &isDefault)
	if err != nil {
		return SavedView{}, err
	}
	v.Shared, v.Default, v.CreatedAt, v.UsedAt = shared != 0, isDefault != 0, fromMillis(created), fromMillis(used)
	if v.Link.Token != "" {
		v.Link.OwnerID, v.Link.ViewID, v.Link.OnlyMaker = v.OwnerID, v.ID, onlyMaker != 0
		v.Link.Sealed, err = unpack(sealed)
	}
	return v, err
}

// Views lists what the reader may open: the reader's own views in their order, then the shared ones of others by name.
func (db *DB) Views(ctx context.Context, readerID int64) (_ []SavedView, err error) {
	rows, err := db.query(ctx, `SELECT `+viewColumns+` FROM `+viewTables+` WHERE `+visible+`
		ORDER BY CASE WHEN v.user_id = $1 THEN 0 ELSE 1 END, CASE WHEN v.user_id = $1 THEN v.position ELSE 0 END, v.name, v.id`, readerID)
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var views []SavedView
	for rows.Next() {
		v, err := scanView(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list views: %w", err)
		}
		views = append(views, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	return views, nil
}

// View finds a view that the reader may open. ErrNotFound if there is none, or it is another's and not shared.
func (db *DB) View(ctx context.Context, readerID int64, id string) (SavedView, error) {
	v, err := scanView(db.sql.QueryRowContext(ctx, `SELECT `+viewColumns+` FROM `+viewTables+` WHERE `+visible+` AND v.id = $2`, readerID, id).Scan)
	if err != nil {
		return SavedView{}, fmt.Errorf("find view: %w", notFound(err))
	}
	return v, nil
}

// SaveViews saves all of the views for their owner, or none. A view of a name that the owner has already takes its place,
// and its id, if replace says so; else ErrConflict. ErrTooMany if there would be more than MaxViews. The ids come back in
// the order of the views.
func (db *DB) SaveViews(ctx context.Context, ownerID int64, views []SavedView, replace bool) (ids []string, err error) {
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		ids = nil
		if err := lockUser(ctx, tx, ownerID); err != nil {
			return err
		}
		for _, v := range views {
			id, err := db.saveView(ctx, tx, ownerID, v, replace)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM saved_views WHERE user_id = $1`, ownerID).Scan(&n); err != nil {
			return err
		}
		if n > MaxViews {
			return ErrTooMany
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("save views: %w", err)
	}
	return ids, nil
}

func (db *DB) saveView(ctx context.Context, tx *sql.Tx, ownerID int64, v SavedView, replace bool) (id string, err error) {
	err = tx.QueryRowContext(ctx, `SELECT id FROM saved_views WHERE user_id = $1 AND name = $2`, ownerID, v.Name).Scan(&id)
	switch {
	case err == nil && !replace:
		return "", ErrConflict
	case err == nil:
		if _, err := tx.ExecContext(ctx, `UPDATE saved_views SET query = $2, shared = $3 WHERE id = $1`, id, v.Query, bit(v.Shared)); err != nil {
			return "", err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM private_links WHERE view_id = $1`, id); err != nil {
			return "", err
		}
	case errors.Is(err, sql.ErrNoRows):
		if id = v.ID; id == "" {
			id = strings.ToLower(rand.Text()[:12])
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO saved_views (id, user_id, name, query, shared, position, created_at, used_at)
			SELECT $1, $2, $3, $4, $5, COALESCE(MAX(position), 0) + 1, $6, 0 FROM saved_views WHERE user_id = $2`,
			id, ownerID, v.Name, v.Query, bit(v.Shared), toMillis(db.now())); err != nil {
			return "", err
		}
	default:
		return "", err
	}
	if v.Link.Token == "" {
		return id, nil
	}
	v.Link.OwnerID, v.Link.ViewID, v.Link.Query, v.Link.OnlyMaker = ownerID, id, v.Query, !v.Shared
	return id, db.insertLink(ctx, tx, v.Link)
}

// lockUser keeps other transactions from changing what the user owns until this one ends.
func lockUser(ctx context.Context, tx *sql.Tx, userID int64) error {
	n, err := affected(tx.ExecContext(ctx, `UPDATE users SET updated_at = updated_at WHERE id = $1`, userID))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// UseView notes that the view was opened. How often is for the caller to bound.
func (db *DB) UseView(ctx context.Context, id string, at time.Time) error {
	if _, err := db.sql.ExecContext(ctx, `UPDATE saved_views SET used_at = $2 WHERE id = $1 AND used_at < $2`, id, toMillis(at)); err != nil {
		return fmt.Errorf("note the view's use: %w", err)
	}
	return nil
}

// RenameView gives the view another name. ErrConflict if its owner has a view of that name, ErrNotFound without a view.
func (db *DB) RenameView(ctx context.Context, id, name string) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		var taken int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM saved_views o JOIN saved_views v ON v.user_id = o.user_id
			WHERE v.id = $1 AND o.id <> v.id AND o.name = $2`, id, name).Scan(&taken)
		if err != nil {
			return err
		}
		if taken > 0 {
			return ErrConflict
		}
		return one(tx.ExecContext(ctx, `UPDATE saved_views SET name = $2 WHERE id = $1`, id, name))
	})
	if err != nil {
		return fmt.Errorf("rename view: %w", err)
	}
	return nil
}

// ShareView opens the view, and the personal values it keeps, to everybody, or closes it to all but its owner.
func (db *DB) ShareView(ctx context.Context, id string, shared bool) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := one(tx.ExecContext(ctx, `UPDATE saved_views SET shared = $2 WHERE id = $1`, id, bit(shared))); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE private_links SET only_maker = $2 WHERE view_id = $1`, id, bit(!shared))
		return err
	})
	if err != nil {
		return fmt.Errorf("share view: %w", err)
	}
	return nil
}

// MoveView moves one of the owner's views so many places down, or up when by is negative. At the end of the list it
// stays. ErrNotFound if it is not the owner's.
func (db *DB) MoveView(ctx context.Context, ownerID int64, id string, by int) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := lockUser(ctx, tx, ownerID); err != nil {
			return err
		}
		ids, err := texts(tx.QueryContext(ctx, `SELECT id FROM saved_views WHERE user_id = $1 ORDER BY position, name`, ownerID))
		if err != nil {
			return err
		}
		from := slices.Index(ids, id)
		if from < 0 {
			return ErrNotFound
		}
		to := min(max(from+by, 0), len(ids)-1)
		ids = slices.Insert(slices.Delete(ids, from, from+1), to, id)
		for i, id := range ids {
			if _, err := tx.ExecContext(ctx, `UPDATE saved_views SET position = $2 WHERE id = $1 AND position <> $2`, id, i+1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("move view: %w", err)
	}
	return nil
}

// DeleteView deletes the view, with its personal values and its being anybody's default. ErrNotFound without a view.
func (db *DB) DeleteView(ctx context.Context, id string) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{`DELETE FROM default_views WHERE view_id = $1`, `DELETE FROM private_links WHERE view_id = $1`} {
			if _, err := tx.ExecContext(ctx, statement, id); err != nil {
				return err
			}
		}
		return one(tx.ExecContext(ctx, `DELETE FROM saved_views WHERE id = $1`, id))
	})
	if err != nil {
		return fmt.Errorf("delete view: %w", err)
	}
	return nil
}

// SetDefaultView makes the view the one that the user starts from; "" takes that back.
func (db *DB) SetDefaultView(ctx context.Context, userID int64, id string) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM default_views WHERE user_id = $1`, userID); err != nil || id == "" {
			return err
		}
		return one(tx.ExecContext(ctx, `INSERT INTO default_views (user_id, view_id) SELECT $1, id FROM saved_views WHERE id = $2`, userID, id))
	})
	if err != nil {
		return fmt.Errorf("set default view: %w", err)
	}
	return nil
}

// one turns a change of no row into ErrNotFound.
func one(res sql.Result, err error) error {
	n, err := affected(res, err)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// texts reads a column whole.
func texts(rows *sql.Rows, err error) (_ []string, _ error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below tells what went wrong
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
