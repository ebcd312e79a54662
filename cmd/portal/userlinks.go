package main

import (
	"errors"
	"fmt"
	"net/url"
	"text/tabwriter"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
)

// linkFor is how long a one-time link of the command line holds, as long as one of the pages.
const linkFor = 72 * time.Hour

type userInviteCmd struct {
	emailFlag
	roleFlag
}

func (c *userInviteCmd) Run(p *program, parent *userCmd) error {
	role, err := auth.ParseRole(c.Role)
	if err != nil {
		return &usageError{err}
	}
	if err := auth.CheckEmail(c.Email); err != nil {
		return &usageError{err}
	}
	email := auth.NormalizeEmail(c.Email)
	return parent.open(p, func(db *store.DB) error {
		if err := parent.free(p, db, email); err != nil {
			return err
		}
		err := parent.printLink(p, db, store.Invitation{Purpose: store.ToJoin, Email: email, Role: role})
		if errors.Is(err, store.ErrConflict) { // added at the same moment
			return hasAccount(email)
		}
		return err
	})
}

// printLink makes a link and prints it, once.
func (c *userCmd) printLink(p *program, db *store.DB, i store.Invitation) error {
	base := &url.URL{Path: "/"}
	if c.BaseURL != "" {
		var all problems
		if base = all.baseURL(c.BaseURL); base == nil {
			return &configError{all}
		}
	}
	link, until, err := makeLink(p.ctx, db, base, i, linkFor)
	if err != nil {
		return err
	}
	note := ""
	if c.BaseURL == "" {
		note = " Put the portal's own address before it: PORTAL_BASE_URL is not set."
	}
	return p.sayf("%s\n\nFor %s, until %s. It works once and is not shown again.%s", link, i.Email, until.UTC().Format("2006-01-02 15:04 MST"), note)
}

type userResetFactorCmd struct{ emailFlag }

func (c *userResetFactorCmd) Run(p *program, parent *userCmd) error {
	return parent.change(p, c.Email, audit.Event{Action: audit.RemoveFactor, Detail: "all of them"}, func(db *store.DB, u auth.User) error {
		return db.ResetFactors(p.ctx, u.ID)
	}, "has no second factor any more and is signed out.")
}

type userSessionsCmd struct{ emailFlag }

func (c *userSessionsCmd) Run(p *program, parent *userCmd) error {
	return parent.open(p, func(db *store.DB) error {
		u, err := parent.find(p, db, c.Email)
		if err != nil {
			return err
		}
		logins, err := db.OpenLogins(p.ctx, u.ID)
		if err != nil {
			return err
		}
		if len(logins) == 0 {
			return p.sayf("%s is signed in nowhere.", u.Email)
		}
		t := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
		fmt.Fprintln(t, "ID\tSINCE\tLAST SEEN\tADDRESS\tBY\tBROWSER") // the times in UTC
		for _, l := range logins {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%q\n", l.ID, l.StartedAt.Format(time.DateTime), l.LastSeenAt.Format(time.DateTime), l.Address, l.Means, l.UserAgent)
		}
		return t.Flush()
	})
}

type userEndSessionsCmd struct {
	emailFlag
	ID string `placeholder:"ID" help:"End this one alone, see portal user sessions."`
}

func (c *userEndSessionsCmd) Run(p *program, parent *userCmd) error {
	if c.ID == "" {
		return parent.change(p, c.Email, audit.Event{Action: audit.EndSession, Detail: "all"}, func(db *store.DB, u auth.User) error {
			return db.EndLogins(p.ctx, u.ID)
		}, "is signed out everywhere.")
	}
	return parent.change(p, c.Email, audit.Event{Action: audit.EndSession, Detail: "one"}, func(db *store.DB, u auth.User) error {
		err := db.EndLoginOf(p.ctx, u.ID, c.ID)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s has no such sign-in that is open: see portal user sessions", u.Email)
		}
		return err
	}, "is signed out there.")
}
