package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
)

// tokenCmd holds the commands about access tokens. They work on the database directly, also while the portal serves, and
// are on record in the audit as those of the command line.
type tokenCmd struct {
	databaseSetting

	Create tokenCreateCmd `cmd:"" help:"Make an access token, with which a script fetches exports in an account's name. Standard output gets the token alone."`
	List   tokenListCmd   `cmd:"" help:"List access tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"End an access token; it opens nothing from the next request on."`
}

type tokenCreateCmd struct {
	emailFlag
	Name    string `required:"" placeholder:"NAME" help:"What it is for: the script, and where it runs."`
	Scope   string `default:"export" placeholder:"SCOPE" help:"What it opens: export, every view; or view:ID, one saved view, whose ID ends its address (default export)"`
	Expires string `default:"90d" placeholder:"DAYS" help:"When it ends, 365d at most (default 90d)"`
}

func (c *tokenCreateCmd) Run(p *program, parent *tokenCmd) error {
	token, err := c.token()
	if err != nil {
		return &usageError{err}
	}
	return parent.open(p, func(db *store.DB) error {
		owner, err := ownerOf(p, db, c.Email)
		if err != nil {
			return err
		}
		if !owner.Role.May(auth.Export) {
			return fmt.Errorf("%s has the role %s, which may not export: a token would open nothing", owner.Email, owner.Role)
		}
		if view := token.Scope.View; view != "" {
			if _, err := db.View(p.ctx, owner.ID, view); errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("there is no saved view %s that %s may open", view, owner.Email)
			} else if err != nil {
				return err
			}
		}
		token.OwnerID, token.Owner = owner.ID, owner.Email
		text := auth.NewTokenText()
		made, err := db.MakeToken(p.ctx, token, text.Hash())
		switch {
		case errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("the account %s is disabled", owner.Email)
		case errors.Is(err, store.ErrTooMany):
			return fmt.Errorf("%s has %d tokens that work, as many as one may have: see portal token list", owner.Email, auth.MaxTokens)
		case err != nil:
			return err
		}
		// The record names the token by its number, so it comes second; without it nobody gets to see the token.
		detail := fmt.Sprintf("of %s; %s, until %s", made.Owner, made.Scope, made.ExpiresAt.Format(time.DateOnly))
		if err := recordCommand(p.ctx, db, audit.Event{Action: audit.MakeToken, Object: made.Object(), Detail: detail}); err != nil {
			return errors.Join(err, db.RevokeToken(p.ctx, made.ID))
		}
		fmt.Fprintf(p.stderr, "Token %d, %q, of %s, for %s, until %s. It is not shown again.\n", made.ID, made.Name, made.Owner, made.Scope, made.ExpiresAt.Format(time.DateOnly))
		return p.sayf("%s", text.Reveal())
	})
}

// token reads the arguments, but for whose it is.
func (c *tokenCreateCmd) token() (t auth.Token, err error) {
	name, problem := handlers.TokenName(c.Name)
	if problem != "" {
		return t, fmt.Errorf("--name %s", problem)
	}
	if t.Scope, err = auth.ParseScope(c.Scope); err != nil {
		return t, fmt.Errorf("--scope: %w", err)
	}
	number, ok := strings.CutSuffix(c.Expires, "d")
	days, err := strconv.Atoi(number)
	const day = 24 * time.Hour
	if most := int(auth.MaxTokenLife / day); !ok || err != nil || days < 1 || days > most {
		return t, fmt.Errorf("--expires is %q: set it to days from 1d to %dd", c.Expires, most)
	}
	t.Name, t.CreatedAt = name, time.Now().UTC()
	t.ExpiresAt = t.CreatedAt.Add(time.Duration(days) * day)
	return t, nil
}

type tokenListCmd struct {
	Email string `placeholder:"ADDRESS" help:"E-mail address of one account; all if absent."`
}

func (c *tokenListCmd) Run(p *program, parent *tokenCmd) error {
	return parent.open(p, func(db *store.DB) error {
		tokens, err := c.read(p, db)
		if err != nil {
			return err
		}
		if len(tokens) == 0 {
			return p.sayf("There are no access tokens.")
		}
		t := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
		fmt.Fprintln(t, "ID\tOWNER\tNAME\tSCOPE\tSTATE\tEXPIRES\tLAST USED\tFROM")
		for _, token := range tokens {
			state, used := "works", "never"
			switch now := time.Now(); {
			case !token.RevokedAt.IsZero():
				state = "revoked"
			case !token.Works(now):
				state = "expired"
			}
			if !token.UsedAt.IsZero() {
				used = token.UsedAt.Format(time.RFC3339)
			}
			fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", token.ID, token.Owner, token.Name, token.Scope, state, token.ExpiresAt.Format(time.DateOnly), used, token.UsedFrom)
		}
		return t.Flush()
	})
}

func (c *tokenListCmd) read(p *program, db *store.DB) ([]auth.Token, error) {
	if c.Email == "" {
		return db.AllTokens(p.ctx)
	}
	owner, err := ownerOf(p, db, c.Email)
	if err != nil {
		return nil, err
	}
	return db.Tokens(p.ctx, owner.ID)
}

type tokenRevokeCmd struct {
	ID int64 `arg:"" help:"The token's number, as portal token list shows it."`
}

func (c *tokenRevokeCmd) Run(p *program, parent *tokenCmd) error {
	return parent.open(p, func(db *store.DB) error {
		token, err := db.Token(p.ctx, c.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("there is no access token %d: see portal token list", c.ID)
		case err != nil:
			return err
		case !token.Works(time.Now()):
			return p.sayf("Token %d, %q, of %s had ended already.", token.ID, token.Name, token.Owner)
		}
		if err := recordCommand(p.ctx, db, audit.Event{Action: audit.RevokeToken, Object: token.Object(), Detail: "of " + token.Owner}); err != nil {
			return err
		}
		if err := db.RevokeToken(p.ctx, token.ID); err != nil && !errors.Is(err, store.ErrNotFound) { // twice at once
			return err
		}
		return p.sayf("Token %d, %q, of %s opens nothing any more.", token.ID, token.Name, token.Owner)
	})
}

func ownerOf(p *program, db *store.DB, email string) (auth.User, error) {
	u, err := db.UserByEmail(p.ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		return u, fmt.Errorf("there is no account %s: see portal user list", auth.NormalizeEmail(email))
	}
	return u, err
}
