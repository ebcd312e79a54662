package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// PrivateLink keeps the personal values of a view out of its URL: the token stands for them. They are sealed by the
// caller; this package can't read them.
type PrivateLink struct {
	Token     string
	OwnerID   int64  // who made it
	ViewID    string // the saved view that it belongs to, "" for a link of its own
	Query     string // the view it was made from, with the token
	Sealed    []byte
	OnlyMaker bool // nobody else may open it
	Uses      int64

	CreatedAt, UsedAt time.Time
}

// PrivateLinkIdle is how long a link of its own lasts without being opened: a bookmark of last quarter still works, and
// what nobody uses is not kept for ever.
const PrivateLinkIdle = 180 * 24 * time.Hour

// MaxPrivateLinks is how many links of their own one person may have at a time.
const MaxPrivateLinks = 1000

const linkColumns = `l.token, l.user_id, l.view_id, l.query, l.sealed, l.only_maker, l.uses, l.created_at, l.used_at`

func scanLink(scan func(...any) error) (PrivateLink, error) {
	var l PrivateLink
	var sealed string
	var onlyMaker, created, used int64
	if err := scan(&l.Token, &l.OwnerID, &l.ViewID, &l.Query, &sealed, &onlyMaker, &l.Uses, &created, &used); err != nil {
		return PrivateLink{}, err
	}
	l.OnlyMaker, l.CreatedAt, l.UsedAt = onlyMaker != 0, fromMillis(created), fromMillis(used)
	var err error
	l.Sealed, err = unpack(sealed)
	return l, err
}

// Sealed texts are kept as base64, which needs no type of its own on either engine.
func pack(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func unpack(s string) ([]byte, error) { return base64.StdEncoding.DecodeString(s) }

// KeepPrivateLink keeps a link of its own. ErrTooMany if its maker has MaxPrivateLinks already.
func (db *DB) KeepPrivateLink(ctx context.Context, l PrivateLink) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := lockUser(ctx, tx, l.OwnerID); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM private_links WHERE user_id = $1 AND view_id = ''`, l.OwnerID).Scan(&n); err != nil {
			return err
		}
		if n >= MaxPrivateLinks {
			return ErrTooMany
		}
		l.ViewID = ""
		return db.insertLink(ctx, tx, l)
	})
	if err != nil {
		return fmt.Errorf("keep private link: %w", err)
	}
	return nil
}

func (db *DB) insertLink(ctx context.Context, tx *sql.Tx, l PrivateLink) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO private_links (token, user_id, view_id, query, sealed, only_maker, uses, created_at, used_at)
		VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0)`,
		l.Token, l.OwnerID, l.ViewID, l.Query, pack(l.Sealed), bit(l.OnlyMaker), toMillis(db.now()))
	return err
}

// PrivateLink finds a link that the reader may open. ErrNotFound if there is none, if it is for its maker alone and that
// is another, or if it is a link of its own whose maker's account is closed or that was not used since idle. One of a saved
// view lasts as long as the view.
func (db *DB) PrivateLink(ctx context.Context, readerID int64, token string, idle time.Time) (PrivateLink, error) {
	l, err := scanLink(db.sql.QueryRowContext(ctx, `SELECT `+linkColumns+`
		FROM private_links l JOIN users u ON u.id = l.user_id
		WHERE l.token = $2 AND (l.user_id = $1 OR l.only_maker = 0)
			AND (l.view_id <> '' OR u.disabled_at = 0 AND (l.used_at >= $3 OR l.created_at >= $3))`, readerID, token, toMillis(idle)).Scan)
	if err != nil {
		return PrivateLink{}, fmt.Errorf("find private link: %w", notFound(err))
	}
	return l, nil
}

// UsePrivateLink counts a use at that time, unless the last one was later than since: paging through a list is one use.
func (db *DB) UsePrivateLink(ctx context.Context, token string, at, since time.Time) error {
	_, err := db.sql.ExecContext(ctx, `UPDATE private_links SET uses = uses + 1, used_at = $2 WHERE token = $1 AND used_at <= $3`,
		token, toMillis(at), toMillis(since))
	if err != nil {
		return fmt.Errorf("note the private link's use: %w", err)
	}
	return nil
}

// PrivateLinks lists the person's links of their own, the newest first.
func (db *DB) PrivateLinks(ctx context.Context, ownerID int64, idle time.Time) (_ []PrivateLink, err error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT `+linkColumns+` FROM private_links l
		WHERE l.user_id = $1 AND l.view_id = '' AND (l.used_at >= $2 OR l.created_at >= $2) ORDER BY l.created_at DESC, l.token`, ownerID, toMillis(idle))
	if err != nil {
		return nil, fmt.Errorf("list private links: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var links []PrivateLink
	for rows.Next() {
		l, err := scanLink(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list private links: %w", err)
		}
		links = append(links, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list private links: %w", err)
	}
	return links, nil
}

// RevokePrivateLink deletes one of the person's links of their own, values and all. ErrNotFound if it is not there.
func (db *DB) RevokePrivateLink(ctx context.Context, ownerID int64, token string) error {
	err := one(db.sql.ExecContext(ctx, `DELETE FROM private_links WHERE user_id = $1 AND token = $2 AND view_id = ''`, ownerID, token))
	if err != nil {
		return fmt.Errorf("revoke private link: %w", err)
	}
	return nil
}

// DeleteIdlePrivateLinks deletes links of their own that were neither made nor used since idle.
func (db *DB) DeleteIdlePrivateLinks(ctx context.Context, idle time.Time) error {
	_, err := db.sql.ExecContext(ctx, `DELETE FROM private_links WHERE view_id = '' AND used_at < $1 AND created_at < $1`, toMillis(idle))
	if err != nil {
		return fmt.Errorf("delete idle private links: %w", err)
	}
	return nil
}
