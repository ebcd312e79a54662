package main

import (
	"context"
	"log/slog"
	"time"

	"trustlyportal/store"
)

// pruneAudit deletes the records of the audit that are older than keep, 0 for none, whole days at a time: one record a
// day says so.
func pruneAudit(ctx context.Context, db *store.DB, keep time.Duration, log *slog.Logger) {
	if keep == 0 {
		return
	}
	now := time.Now()
	n, err := db.PruneAudit(ctx, now.Add(-keep).Truncate(24*time.Hour), now)
	if err != nil && ctx.Err() == nil {
		log.ErrorContext(ctx, "the audit could not be pruned", slog.String("err", err.Error()))
	}
	if n > 0 {
		log.InfoContext(ctx, "records of the audit deleted for their age", slog.Int64("records", n))
	}
}
