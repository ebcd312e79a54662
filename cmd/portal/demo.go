package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"

	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
	"trustlyportal/trustlyclient/trustlytest"
)

const (
	// demoRows is a ledger of some weeks: enough to page and filter, made in a moment.
	demoRows = 10_000

	// demoSeed makes every demo the same up to its start.
	demoSeed = 1

	// demoPassword of all demo accounts. No secret: it opens made-up data, and is printed.
	demoPassword = "demo-portal-2026"
)

// openDemo starts a sandbox on a port of its own, which the portal talks to as it would to the real API, and fills a
// temporary database with an account of each role.
func openDemo(ctx context.Context, cfg config, log *slog.Logger) (backing, error) {
	b := backing{environment: "DEMO", secret: rand.Text() + rand.Text(), api: cfg.api}

	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return b, fmt.Errorf("listen for the demo's API: %w", err)
	}
	b.api.AccessID, b.api.AccessKey = "demo", rand.Text()
	b.api.BaseURL = localURL(listener.Addr()).String() + "/api/v1"
	sandbox := trustlytest.New(trustlytest.Options{
		Seed:      demoSeed,
		Rows:      demoRows,
		Live:      true,
		AccessID:  b.api.AccessID,
		AccessKey: b.api.AccessKey,
		TimeUnit:  string(b.api.TimeUnit),
	})
	srv := newServer(sandbox, log)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(listener) // ends by Close below
	}()
	b.stop = func() {
		sandbox.Close()
		_ = srv.Close()
		<-served
	}

	b.db, err = store.OpenTemp(ctx)
	if err != nil {
		b.stop()
		return b, fmt.Errorf("open the demo's database: %w", err)
	}
	b.accounts, err = addDemoAccounts(ctx, b.db)
	if err != nil {
		return b, errors.Join(err, b.close())
	}
	return b, nil
}

func addDemoAccounts(ctx context.Context, db *store.DB) ([]handlers.DemoAccount, error) {
	hash, err := auth.NewPasswords().Hash(ctx, demoPassword)
	if err != nil {
		return nil, err
	}
	var accounts []handlers.DemoAccount
	for _, role := range auth.Roles() {
		u, err := db.CreateUser(ctx, string(role)+"@example.com", role, hash)
		if err != nil {
			return nil, fmt.Errorf("add demo account: %w", err)
		}
		accounts = append(accounts, handlers.DemoAccount{Email: u.Email, Role: string(u.Role), Password: demoPassword})
	}
	return accounts, nil
}

// printAccounts prints the demo accounts as a table; nothing if there are none.
func printAccounts(w io.Writer, accounts []handlers.DemoAccount) {
	if len(accounts) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "\nDEMO ACCOUNT\tPASSWORD\tROLE")
	for _, a := range accounts {
		fmt.Fprintf(t, "%s\t%s\t%s\n", a.Email, a.Password, a.Role)
	}
	fmt.Fprintln(t, "\nThe transactions are made up. Nothing is kept when the portal stops: press Ctrl-C.")
	_ = t.Flush() // a closed stdout is no reason to stop serving
}
