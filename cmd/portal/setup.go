package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
)

// setUpFor is how long the link that makes the first administrator holds. Starting the portal again makes another.
const setUpFor = 24 * time.Hour

// offerSetUp writes a one-time link into the log that makes the first administrator, while there is no account. Whoever
// reads the log may have the portal, as may whoever runs commands on its machine.
//
// Every start makes a new link, which ends the one before. So with several processes one link holds: the newest of all
// their logs. It ends as soon as there is any account.
func offerSetUp(ctx context.Context, db *store.DB, base *url.URL, log *slog.Logger) error {
	if has, err := db.HasUsers(ctx); err != nil || has {
		return err
	}
	link, until, err := makeLink(ctx, db, base, store.Invitation{Purpose: store.ToSetUp}, setUpFor)
	if errors.Is(err, store.ErrConflict) { // an account since we looked
		return nil
	}
	if err != nil {
		return err
	}
	log.WarnContext(ctx, "there are no accounts yet: open this link to make the first administrator, or run portal user add",
		"link", link, "until", until.UTC().Format(time.RFC3339))
	return nil
}

// makeLink makes a one-time link on behalf of the command line, once that is on record.
func makeLink(ctx context.Context, db *store.DB, base *url.URL, i store.Invitation, holds time.Duration) (link string, until time.Time, err error) {
	object, detail := "user "+i.Email, "to join as "+string(i.Role)
	switch i.Purpose {
	case store.ToSetPassword:
		detail = "to set a password"
	case store.ToSetUp:
		object, detail = "user", "to make the first administrator"
	}
	if err := recordCommand(ctx, db, audit.Event{Action: audit.InviteUser, Object: object, Detail: detail}); err != nil {
		return "", time.Time{}, err
	}
	token, hash := auth.NewLinkToken()
	i.ID, i.CreatedAt = rand.Text(), time.Now()
	i.ExpiresAt = i.CreatedAt.Add(holds)
	if _, err := db.AddInvitation(ctx, i, hash); err != nil {
		return "", time.Time{}, err
	}
	return base.JoinPath(handlers.InvitePath).String() + "#" + token, i.ExpiresAt, nil
}

// recordCommand puts an act of the command line on record. Who typed it is for the machine to know.
func recordCommand(ctx context.Context, db *store.DB, e audit.Event) error {
	e.User, e.Result = "command line", cmp.Or(e.Result, audit.Allowed)
	return audit.NewLog(db, time.Now).Write(ctx, e)
}
