package main

import (
	"context"
	"log/slog"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store"
)

const (
	// keepHouseEvery is how often rows that nobody can use any more are deleted.
	keepHouseEvery = 10 * time.Minute

	// keepLogins is how long after its start a login is remembered, with its address and browser, for questions about
	// who was in. Much longer than a login lasts.
	keepLogins = 30 * 24 * time.Hour

	// keepSSOLogins is how long after its start the provider's token of a login is kept, for signing out there: as long
	// as the longest login may last.
	keepSSOLogins = 7 * 24 * time.Hour

	// keepExpiredExports is how long an expired export is remembered, with its receipt but without its rows: bank returns
	// come weeks late, and who closed a month looks for what changed since.
	keepExpiredExports = 90 * 24 * time.Hour
)

// keepHouse deletes what has expired: old records of the audit, sessions, worksheets, exports, private links and old logins, now and then until ctx ends.
func keepHouse(ctx context.Context, db *store.DB, log *slog.Logger, auditKeep time.Duration) {
	tick := time.NewTicker(keepHouseEvery)
	defer tick.Stop()
	for {
		pruneAudit(ctx, db, auditKeep, log)
		if err := db.Sessions().DeleteExpired(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "housekeeping failed", "error", err)
		}
		if err := db.DeleteExpiredWorksheets(ctx, time.Now()); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "housekeeping failed", "error", err)
		}
		if err := db.ExpireExports(ctx, time.Now(), time.Now().Add(keepExpiredExports)); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "housekeeping failed", "error", err)
		}
		if err := db.DeleteIdlePrivateLinks(ctx, time.Now().Add(-store.PrivateLinkIdle)); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "housekeeping failed", "error", err)
		}
		if err := db.DeleteEndedTokens(ctx, time.Now().Add(-store.KeepEndedTokens)); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "housekeeping failed", "error", err)
		}
		if err := db.DeleteSSOLogins(ctx, time.Now().Add(-keepSSOLogins)); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "housekeeping failed", "error", err)
		}
		if err := db.DeleteInvitations(ctx, time.Now().Add(-keepLogins)); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "housekeeping failed", "error", err)
		}
		if err := db.DeleteTries(ctx, time.Now().Add(-auth.ForgetAfter)); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "housekeeping failed", "error", err)
		}
		if err := db.DeleteLogins(ctx, time.Now().Add(-keepLogins)); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "housekeeping failed", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
