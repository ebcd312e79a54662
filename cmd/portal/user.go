package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store"
)

// userCmd holds the commands about accounts. They work on the database directly, also while the portal serves.
type userCmd struct {
	DatabaseURL string `setting:"PORTAL_DATABASE_URL" default:"sqlite:data/portal.db" placeholder:"URL" help:"Database of users and sessions"`

	Add      userAddCmd      `cmd:"" help:"Add an account."`
	List     userListCmd     `cmd:"" help:"List the accounts."`
	Disable  userDisableCmd  `cmd:"" help:"Close an account and sign it out everywhere."`
	Enable   userEnableCmd   `cmd:"" help:"Open a closed account again."`
	Role     userRoleCmd     `cmd:"" help:"Give an account another role and sign it out everywhere."`
	Password userPasswordCmd `cmd:"" help:"Set an account's password and sign it out everywhere."`
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
		u, err := db.CreateUser(p.ctx, c.Email, role, hash)
		if errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("%s has an account already", auth.NormalizeEmail(c.Email))
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
		users, err := db.Users(p.ctx)
		if err != nil {
			return err
		}
		if len(users) == 0 {
			return p.sayf("There are no accounts yet.")
		}
		t := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
		fmt.Fprintln(t, "EMAIL\tROLE\tSTATE\tADDED")
		for _, u := range users {
			state := "enabled"
			if u.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", u.Email, u.Role, state, u.CreatedAt.Format(time.DateOnly))
		}
		return t.Flush()
	})
}

type userDisableCmd struct{ emailFlag }

func (c *userDisableCmd) Run(p *program, parent *userCmd) error {
	return parent.change(p, c.Email, func(db *store.DB, u auth.User) error {
		return db.SetDisabled(p.ctx, u.ID, true)
	}, "is disabled and signed out.")
}

type userEnableCmd struct{ emailFlag }

func (c *userEnableCmd) Run(p *program, parent *userCmd) error {
	return parent.change(p, c.Email, func(db *store.DB, u auth.User) error {
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
	return parent.change(p, c.Email, func(db *store.DB, u auth.User) error {
		return db.SetRole(p.ctx, u.ID, role)
	}, fmt.Sprintf("has the role %s.", role))
}

type userPasswordCmd struct {
	emailFlag
	passwordFlag
}

func (c *userPasswordCmd) Run(p *program, parent *userCmd) error {
	hash, err := c.read(p, c.Email)
	if err != nil {
		return err
	}
	return parent.change(p, c.Email, func(db *store.DB, u auth.User) error {
		return db.SetPassword(p.ctx, u.ID, hash)
	}, "has a new password and is signed out.")
}

// open runs do on the database.
func (c *userCmd) open(p *program, do func(*store.DB) error) error {
	db, err := store.Open(p.ctx, c.DatabaseURL)
	if err != nil {
		return fmt.Errorf("open PORTAL_DATABASE_URL: %w", err)
	}
	return errors.Join(do(db), db.Close())
}

// change finds the account, changes it and says what it is now.
func (c *userCmd) change(p *program, email string, change func(*store.DB, auth.User) error, now string) error {
	return c.open(p, func(db *store.DB) error {
		u, err := db.UserByEmail(p.ctx, email)
		if err == nil {
			err = change(db, u)
		}
		switch {
		case errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("there is no account %s: see portal user list", auth.NormalizeEmail(email))
		case errors.Is(err, store.ErrLastAdmin):
			return fmt.Errorf("%s is the last enabled administrator: give the role admin to somebody else first", u.Email)
		case err != nil:
			return err
		}
		return p.sayf("%s %s", u.Email, now)
	})
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
