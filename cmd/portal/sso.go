package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
)

// ssoCmd holds the commands about who is who at the provider of the single sign-on. They work on the database directly,
// also while the portal serves.
type ssoCmd struct {
	databaseSetting

	List   ssoListCmd   `cmd:"" help:"List the accounts that sign in through a provider."`
	Link   ssoLinkCmd   `cmd:"" help:"Connect an account to a person at the provider. Its password is deleted, it is signed out everywhere."`
	Unlink ssoUnlinkCmd `cmd:"" help:"Part an account from its person at the provider. It has no password then, and is signed out everywhere."`
}

type ssoListCmd struct{}

func (c *ssoListCmd) Run(p *program, parent *ssoCmd) error {
	return parent.open(p, func(db *store.DB) error {
		list, err := db.Identities(p.ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return p.sayf("No account signs in through a provider.")
		}
		t := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
		fmt.Fprintln(t, "EMAIL\tROLE\tSUBJECT\tISSUER\tLAST SIGN-IN")
		for _, i := range list {
			used := "never"
			if !i.UsedAt.IsZero() {
				used = i.UsedAt.Format(time.DateOnly)
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", i.User.Email, i.User.Role, i.Subject, i.Issuer, used)
		}
		return t.Flush()
	})
}

type ssoLinkCmd struct {
	emailFlag
	Subject string `required:"" placeholder:"SUBJECT" help:"How the provider names the person (sub). The audit's record of a refused sign-in holds it."`
	Issuer  string `name:"oidc-issuer" setting:"PORTAL_OIDC_ISSUER" required:"" placeholder:"URL" help:"The provider, as it spells itself"`
}

func (c *ssoLinkCmd) Run(p *program, parent *ssoCmd) error {
	if err := auth.CheckProviderURL(c.Issuer); err != nil {
		return &usageError{fmt.Errorf("the issuer %w", err)}
	}
	return parent.open(p, func(db *store.DB) error {
		u, err := findUser(p, db, c.Email)
		if err != nil {
			return err
		}
		if err := recordCommand(p.ctx, db, audit.Event{Action: audit.AddFactor, Object: "user " + u.Email, Detail: "single sign-on, in the place of the password"}); err != nil {
			return err
		}
		err = db.LinkIdentity(p.ctx, u.ID, c.Issuer, c.Subject, u.Role)
		if errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("%s or this person is connected already: see portal sso list", u.Email)
		}
		if err != nil {
			return err
		}
		return p.sayf("%s signs in through the provider from now on. The role %s is kept until the provider claims another.", u.Email, u.Role)
	})
}

type ssoUnlinkCmd struct{ emailFlag }

func (c *ssoUnlinkCmd) Run(p *program, parent *ssoCmd) error {
	return parent.open(p, func(db *store.DB) error {
		u, err := findUser(p, db, c.Email)
		if err != nil {
			return err
		}
		if !u.SSO {
			return fmt.Errorf("%s does not sign in through a provider", u.Email)
		}
		if err := recordCommand(p.ctx, db, audit.Event{Action: audit.RemoveFactor, Object: "user " + u.Email, Detail: "single sign-on"}); err != nil {
			return err
		}
		if err := db.UnlinkIdentity(p.ctx, u.ID); err != nil {
			return err
		}
		return p.sayf("%s no longer signs in through the provider. Give it a password by portal user password, or disable it.", u.Email)
	})
}

func findUser(p *program, db *store.DB, email string) (auth.User, error) {
	u, err := db.UserByEmail(p.ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		return auth.User{}, fmt.Errorf("there is no account %s: see portal user list", auth.NormalizeEmail(email))
	}
	return u, err
}
