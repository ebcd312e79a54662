package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"trustlyportal/audit"
)

// AuditEnds returns both ends of the kept chain: what [audit.Verify] needs.
func (db *DB) AuditEnds(ctx context.Context) (base, head audit.End, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT base_seq, base_hash, head_seq, head_hash FROM audit_ends WHERE id = 1`).
		Scan(&base.Seq, &base.Hash, &head.Seq, &head.Hash)
	if err != nil {
		return base, head, fmt.Errorf("read the ends of the audit: %w", err)
	}
	return base, head, nil
}

// VerifyAudit checks the whole chain as it is kept, while others may go on appending. See [audit.Verify].
func (db *DB) VerifyAudit(ctx context.Context, anchors ...audit.End) (n int64, head audit.End, err error) {
	base, head, err := db.AuditEnds(ctx)
	if err != nil {
		return 0, head, err
	}
	if n, err = audit.Verify(base, head, db.AuditRecords(ctx, audit.Filter{}, base.Seq, head.Seq), anchors...); err != nil {
		return n, head, err
	}
	var beyond int64 // told in one statement with the head of its moment
	err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM audit WHERE seq > (SELECT head_seq FROM audit_ends WHERE id = 1)`).Scan(&beyond)
	switch {
	case err != nil:
		return n, head, fmt.Errorf("read the audit: %w", err)
	case beyond > 0:
		return n, head, &audit.BrokenError{Seq: head.Seq + 1, Why: "was not put there by the portal"}
	}
	return n, head, nil
}

// auditStep is how many records are read at a time: a long reading must not keep the database from tidying up.
const auditStep = 1000

// AuditRecords goes through the chain in its order: the records behind the sequence number after, up to last (0: to the
// end), that pass the filter.
func (db *DB) AuditRecords(ctx context.Context, f audit.Filter, after, last int64) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		for at := after; ; {
			where, args := auditWhere(f)
			args = append(args, at, last)
			records, err := db.auditQuery(ctx, where+fmt.Sprintf(` AND seq > $%d AND ($%[2]d = 0 OR seq <= $%[2]d) ORDER BY seq LIMIT %[3]d`,
				len(args)-1, len(args), auditStep), args)
			if err != nil {
				yield(audit.Record{}, err)
				return
			}
			for _, r := range records {
				if !yield(r, nil) {
					return
				}
				at = r.Seq
			}
			if len(records) < auditStep {
				return
			}
		}
	}
}

// AuditPage returns the newest n records before a sequence number, 0 for the newest of all, that pass the filter.
func (db *DB) AuditPage(ctx context.Context, f audit.Filter, before int64, n int) ([]audit.Record, error) {
	where, args := auditWhere(f)
	if before > 0 {
		args = append(args, before)
		where += ` AND seq < $` + strconv.Itoa(len(args))
	}
	return db.auditQuery(ctx, where+` ORDER BY seq DESC LIMIT `+strconv.Itoa(n), args)
}

// auditWhere is the filter as conditions, only those that narrow: each has its index.
func auditWhere(f audit.Filter) (string, []any) {
	var b strings.Builder
	var args []any
	b.WriteString(`1 = 1`)
	for _, condition := range []struct {
		on   bool
		text string
		arg  any
	}{
		{f.User != "", `user_email = `, f.User},
		{f.Action != "", `action = `, string(f.Action)},
		{f.Result != "", `result = `, string(f.Result)},
		{f.Object != "", `object = `, f.Object},
		{f.Address != "", `address = `, f.Address},
		{!f.From.IsZero(), `at >= `, f.From.UnixMilli()},
		{!f.To.IsZero(), `at < `, f.To.UnixMilli()},
	} {
		if condition.on {
			args = append(args, condition.arg)
			b.WriteString(` AND ` + condition.text + `$` + strconv.Itoa(len(args)))
		}
	}
	var holds []string
	for _, hash := range f.Holds {
		args = append(args, "%"+hash+"%")
		holds = append(holds, fmt.Sprintf(`object LIKE $%[1]d OR detail LIKE $%[1]d`, len(args)))
	}
	if len(holds) > 0 {
		b.WriteString(` AND (` + strings.Join(holds, ` OR `) + `)`)
	}
	return b.String(), args
}

func (db *DB) auditQuery(ctx context.Context, where string, args []any) ([]audit.Record, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT `+auditColumns+` FROM audit WHERE `+where, args...) //nolint:gosec // where is made of constants; what was typed is in args
	if err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	defer func() { _ = rows.Close() }() // only read
	var records []audit.Record
	for rows.Next() {
		r, err := auditRecord(rows)
		if err != nil {
			return nil, fmt.Errorf("read the audit: %w", err)
		}
		records = append(records, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	return records, nil
}

func auditRecord(rows *sql.Rows) (audit.Record, error) {
	var r audit.Record
	var seq, at, userID auditNumber
	err := rows.Scan(&seq, &at, &userID, &r.User, &r.Role, &r.Action, &r.Object, &r.Detail, &r.Result, &r.Reason,
		&r.Address, &r.RequestID, &r.Hash)
	r.Seq, r.Time, r.UserID = int64(seq), time.UnixMilli(int64(at)).UTC(), int64(userID)
	return r, err
}

// auditNumber is a whole number of a record. SQLite keeps anything in any column: what somebody put in the place of a
// number reads as one that no record has, so that the chain names the record, and the others can be read.
type auditNumber int64

// Scan is for [sql.Rows].
func (n *auditNumber) Scan(kept any) error {
	whole, ok := kept.(int64)
	if !ok {
		whole = -1
	}
	*n = auditNumber(whole)
	return nil
}
