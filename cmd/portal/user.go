package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/store"
)

// userCmd holds the commands about accounts. They work on the database directly, also while the portal serves, and are
// on record in the audit as those of the command line.
type userCmd struct {
	databaseSetting
	BaseURL string `setting:"PORTAL_BASE_URL" placeholder:"URL" help:"URL at which people reach the portal, for links to it"`

	Add         userAddCmd         `cmd:"" help:"Add an account."`
	Invite      userInviteCmd      `cmd:"" help:"Make a one-time link by which somebody gets an account."`
	List        userListCmd        `cmd:"" help:"List the accounts."`
	Disable     userDisableCmd     `cmd:"" help:"Close an account and sign it out everywhere."`
	Enable      userEnableCmd      `cmd:"" help:"Open a closed account again."`
	Role        userRoleCmd        `cmd:"" help:"Give an account another role and sign it out everywhere."`
	Password    userPasswordCmd    `cmd:"" help:"Set an account's password and sign it out everywhere, or make a link by which its owner does."`
	ResetFactor userResetFactorCmd `cmd:"" help:"Remove an account's second factors and sign it out everywhere."`
	Sessions    userSessionsCmd    `cmd:"" help:"List where an account is signed in."`
	EndSessions userEndSessionsCmd `cmd:"" help:"Sign an account out, everywhere or in one place."`
}

// Flags that several commands have.
type (
	emailFlag struct {
		Email string `required:"" placeholder:"ADDRESS" help:"E-mail address of the account."`
	}
	roleFlag struct {
		Role string `required:"" placeholder:"ROLE" help:"support, finance or admin."`
	}
	passwordFlag struct {
		PasswordStdin bool `required:"" help:"Read the password from the first line of standard input."`
	}
)

type userAddCmd struct {
	emailFlag
	roleFlag
	passwordFlag
}

func (c *userAddCmd) Run(p *program, parent *userCmd) error {
	role, err := auth.ParseRole(c.Role)
	if err != nil {
		return &usageError{err}
	}
	if err := auth.CheckEmail(c.Email); err != nil {
		return &usageError{err}
	}
	hash, err := c.read(p, c.Email)
	if err != nil {
		return err
	}
	return parent.open(p, func(db *store.DB) error {
		if err := parent.free(p, db, c.Email); err != nil {
			return err
		}
		if err := recordCommand(p.ctx, db, audit.Event{Action: audit.AddUser, Object: "user " + auth.NormalizeEmail(c.Email), Detail: string(role)}); err != nil {
			return err
		}
		u, err := db.CreateUser(p.ctx, c.Email, role, hash)
		if errors.Is(err, store.ErrConflict) { // added at the same moment
			return hasAccount(c.Email)
		}
		if err != nil {
			return err
		}
		return p.sayf("Added %s with the role %s.", u.Email, u.Role)
	})
}

type userListCmd struct{}

func (c *userListCmd) Run(p *program, parent *userCmd) error {
	return parent.open(p, func(db *store.DB) error {
		accounts, err := db.Accounts(p.ctx)
		if err != nil {
			return err
		}
		if len(accounts) == 0 {
			return p.sayf("There are no accounts yet.")
		}
		t := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
		fmt.Fprintln(t, "EMAIL\tROLE\tSTATE\tADDED\tLAST SEEN\tSECOND FACTORS")
		for _, a := range accounts {
			state, seen := "enabled", "not in 30 days" // as long as sign-ins are kept
			if a.Disabled {
				state = "disabled"
			}
			if !a.LastSeenAt.IsZero() {
				seen = a.LastSeenAt.Format(time.DateOnly)
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Email, a.Role, state, a.CreatedAt.Format(time.DateOnly), seen, factorWords(a))
		}
		return t.Flush()
	})
}

func factorWords(a store.Account) string {
	var factors []string
	if a.SSO {
		factors = append(factors, "single sign-on")
	}
	if a.Authenticator {
		factors = append(factors, "app")
	}
	if a.Passkeys > 0 {
		factors = append(factors, fmt.Sprintf("passkeys: %d", a.Passkeys))
	}
	return cmp.Or(strings.Join(factors, ", "), "none")
}

type userDisableCmd struct{ emailFlag }

func (c *userDisableCmd) Run(p *program, parent *userCmd) error {
	return parent.change(p, c.Email, audit.Event{Action: audit.DisableUser}, func(db *store.DB, u auth.User) error {
		return db.SetDisabled(p.ctx, u.ID, true)
	}, "is disabled and signed out.")
}

type userEnableCmd struct{ emailFlag }

func (c *userEnableCmd) Run(p *program, parent *userCmd) error {
	return parent.change(p, c.Email, audit.Event{Action: audit.EnableUser}, func(db *store.DB, u auth.User) error {
		return db.SetDisabled(p.ctx, u.ID, false)
	}, "is enabled.")
}

type userRoleCmd struct {
	emailFlag
	roleFlag
}

func (c *userRoleCmd) Run(p *program, parent *userCmd) error {
	role, err := auth.ParseRole(c.Role)
	if err != nil {
		return &usageError{err}
	}
	return parent.open(p, func(db *store.DB) error {
		u, err := parent.find(p, db, c.Email)
		if err != nil {
			return err
		}
		return parent.changeOf(p, db, u, audit.Event{Action: audit.ChangeRole, Detail: fmt.Sprintf("%s → %s", u.Role, role)}, func(db *store.DB, u auth.User) error {
			return db.SetRole(p.ctx, u.ID, role)
		}, fmt.Sprintf("has the role %s.", role))
	})
}

type userPasswordCmd struct {
	emailFlag
	PasswordStdin bool `xor:"how" required:"" help:"Read the password from the first line of standard input."`
	Link          bool `xor:"how" required:"" help:"Print a one-time link by which the owner sets it."`
}

func (c *userPasswordCmd) Run(p *program, parent *userCmd) error {
	var hash string
	if !c.Link {
		var err error
		if hash, err = (passwordFlag{}).read(p, c.Email); err != nil {
			return err
		}
	}
	return parent.open(p, func(db *store.DB) error {
		u, err := parent.find(p, db, c.Email)
		switch {
		case err != nil:
			return err
		case u.SSO:
			// It would open nothing now, and wake up on the day the account is parted from its provider.
			return fmt.Errorf("%s signs in through the provider of the single sign-on and can have no password here: part it first, by portal sso unlink", u.Email)
		case c.Link && u.Disabled:
			return fmt.Errorf("%s is disabled: enable it first", u.Email)
		case c.Link:
			return parent.printLink(p, db, store.Invitation{Purpose: store.ToSetPassword, Email: u.Email, UserID: u.ID})
		}
		return parent.changeOf(p, db, u, audit.Event{Action: audit.SetPassword}, func(db *store.DB, u auth.User) error {
			return db.SetPassword(p.ctx, u.ID, hash)
		}, "has a new password and is signed out.")
	})
}

// find finds the account of an address.
func (c *userCmd) find(p *program, db *store.DB, email string) (auth.User, error) {
	u, err := db.UserByEmail(p.ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		return u, fmt.Errorf("there is no account %s: see portal user list", auth.NormalizeEmail(email))
	}
	return u, err
}

// free says that the address has no account yet, before its making goes on record.
func (c *userCmd) free(p *program, db *store.DB, email string) error {
	_, err := db.UserByEmail(p.ctx, email)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return hasAccount(email)
}

func hasAccount(email string) error {
	return fmt.Errorf("%s has an account already: give it a password by portal user password", auth.NormalizeEmail(email))
}

// change finds the account, puts the change on record, changes it and says what it is now.
func (c *userCmd) change(p *program, email string, e audit.Event, change func(*store.DB, auth.User) error, now string) error {
	return c.open(p, func(db *store.DB) error {
		u, err := c.find(p, db, email)
		if err != nil {
			return err
		}
		return c.changeOf(p, db, u, e, change, now)
	})
}

// changeOf is change for an account that is found already.
func (c *userCmd) changeOf(p *program, db *store.DB, u auth.User, e audit.Event, change func(*store.DB, auth.User) error, now string) error {
	e.Object = "user " + u.Email
	if err := recordCommand(p.ctx, db, e); err != nil {
		return err
	}
	err := change(db, u)
	if errors.Is(err, store.ErrLastAdmin) {
		e.Result, e.Reason = audit.Refused, ""
		refused := recordCommand(p.ctx, db, e)
		return errors.Join(fmt.Errorf("%s is the last enabled administrator: give the role admin to somebody else first", u.Email), refused)
	}
	if err != nil {
		return err
	}
	return p.sayf("%s %s", u.Email, now)
}

// maxPasswordLine bounds what is read from standard input, well above the longest password in any script.
const maxPasswordLine = 4096

// read reads, checks and hashes the password. The error never holds it.
func (passwordFlag) read(p *program, email string) (hash string, err error) {
	line, err := bufio.NewReader(io.LimitReader(p.stdin, maxPasswordLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	password := strings.TrimRight(line, "\r\n")
	if err := auth.CheckPassword(password, email); err != nil {
		return "", &usageError{err}
	}
	return auth.NewPasswords().Hash(p.ctx, password)
}

func (p *program) sayf(format string, args ...any) error {
	_, err := fmt.Fprintf(p.stdout, format+"\n", args...)
	return err
}
