package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"trustlyportal/auth"
	"trustlyportal/store/storetest"
)

// empty are databases without a schema, by their URLs.
var empty = map[string]func(t *testing.T) string{
	"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "portal.db") },
	"postgres": func(t *testing.T) string { return storetest.Server(t).New(t, "") },
}

func TestOpenAtOnce(t *testing.T) {
	for engine, url := range empty {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					db, err := Open(t.Context(), url)
					if err != nil {
						t.Errorf("Open beside others: %v", err)
						return
					}
					if err := db.Ping(t.Context()); err != nil {
						t.Errorf("Ping: %v", err)
					}
					if err := db.Close(); err != nil {
						t.Errorf("Close: %v", err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestMigrate(t *testing.T) {
	for engine, url := range empty {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			before, after, err := Migrate(t.Context(), url)
			if before != 0 || after == 0 || err != nil {
				t.Errorf("Migrate of an empty database: got %d, %d, %v, want 0, the newest and no error", before, after, err)
			}
			if again, same, err := Migrate(t.Context(), url); again != after || same != after || err != nil {
				t.Errorf("Migrate again: got %d, %d, %v, want %d twice", again, same, err, after)
			}

			db := opened(t, url)
			defer db.Close()
			if _, err := db.sql.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)`, true); err != nil {
				t.Fatal(err)
			}
			_, err = Open(t.Context(), url)
			if !errors.As(err, new(*newerSchemaError)) || !strings.Contains(err.Error(), "run the newer portal") {
				t.Errorf("Open of a newer schema: got error %v, want one that says to run the newer portal", err)
			}
		})
	}
}

// Migrations are written once per engine, and make the same tables.
func TestSchemasAgree(t *testing.T) {
	columns := map[string][]string{}
	for engine, query := range map[string]string{
		"sqlite": `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version'`,
		"postgres": `SELECT table_name || '.' || column_name FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name <> 'goose_db_version'`,
	} {
		db := engines[engine](t)
		defer db.Close()
		list, err := texts(db.sql.QueryContext(t.Context(), query))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(list)
		columns[engine] = list
	}
	if got, want := columns["postgres"], columns["sqlite"]; len(want) < 50 || !slices.Equal(got, want) {
		t.Errorf("columns: got %v on PostgreSQL, want those of SQLite: %v", got, want)
	}
}

// Two processes append to one chain.
func TestAuditOfTwoProcesses(t *testing.T) {
	for engine, url := range map[string]string{"sqlite": sqliteTemplate.SQLite(t), "postgres": postgresTemplate.PostgreSQL(t)} {
		t.Run(engine, func(t *testing.T) {
			first, second := opened(t, url), opened(t, url)
			defer first.Close()
			defer second.Close()
			const writers, each = 8, 10
			var wg sync.WaitGroup
			for i := range writers {
				wg.Go(func() {
					for n := range each {
						if _, err := []*DB{first, second}[i%2].AppendAudit(t.Context(), event(n)); err != nil {
							t.Errorf("AppendAudit: %v", err)
						}
					}
				})
			}
			wg.Wait()
			if n, _, err := second.VerifyAudit(t.Context()); n != writers*each || err != nil {
				t.Errorf("VerifyAudit: got %d, %v, want %d and no error", n, err, writers*each)
			}
		})
	}
}

// Lists have one order on both engines, whatever the locale of the database.
func testOrderOfTexts(t *testing.T, db *DB) {
	for _, email := range []string{"zoë@example.com", "ab@example.com", "a-b@example.com", "a_b@example.com", "äb@example.com", "b@example.com", "a.b@example.com"} {
		addUser(t, db, email, auth.Support)
	}
	users, err := db.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range users {
		got = append(got, u.Email)
	}
	if !slices.IsSorted(got) {
		t.Errorf("users: got %v, want them in the order of their bytes", got)
	}
	u := users[0]
	var views []SavedView
	for i, name := range []string{"apples", "Zebras", "a-pples", "Äpfel", "a pples"} {
		views = append(views, SavedView{ID: fmt.Sprint("view", i), Name: name, Query: "count=10", Shared: true})
	}
	if _, err := db.SaveViews(t.Context(), u.ID, views, false); err != nil {
		t.Fatal(err)
	}
	others, err := db.Views(t.Context(), users[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	got = nil
	for _, v := range others {
		got = append(got, v.Name)
	}
	if len(got) != len(views) || !slices.IsSorted(got) {
		t.Errorf("views of others: got %v, want them in the order of their bytes", got)
	}
}

// Of two links by which the first administrator is made, both used at once, one works.
func testSetUpAtOnce(t *testing.T, db *DB) {
	for i := range 5 {
		at := noon
		link := func(n int) string {
			hash := fmt.Sprintf("hash %d of round %d", n, i)
			if _, err := db.AddInvitation(t.Context(), Invitation{ID: hash, Purpose: ToSetUp, CreatedAt: at, ExpiresAt: at.Add(1e12)}, hash); err != nil {
				t.Fatal(err)
			}
			return hash
		}
		first, second := link(1), link(2)
		// As if both had been made at once, too, and neither had seen the other.
		if _, err := db.sql.ExecContext(t.Context(), `UPDATE invitations SET revoked_at = 0`); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for n, hash := range []string{first, second} {
			wg.Go(func() {
				email := fmt.Sprintf("admin%d@example.com", n)
				if _, err := db.AcceptInvitation(t.Context(), hash, email, "hash of a password", at); err != nil && !errors.Is(err, ErrNotFound) {
					t.Errorf("AcceptInvitation: %v", err)
				}
			})
		}
		wg.Wait()
		users, err := db.Users(t.Context())
		if err != nil || len(users) != 1 {
			t.Errorf("users: got %v, %v, want one", users, err)
		}
		for _, table := range []string{"invitations", "users"} {
			if _, err := db.sql.ExecContext(t.Context(), `DELETE FROM `+table); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A chain goes on behind what was cut.
func TestPostgresComesBack(t *testing.T) {
	t.Parallel()
	server := storetest.OwnPostgreSQL(t)
	db := opened(t, server.New(t, ""))
	defer db.Close()
	u := addUser(t, db, "ada@example.com", auth.Admin)
	startLogin(t, db, u, "login")
	if _, err := db.AppendAudit(t.Context(), event(1)); err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(t.Context()); !Away(err) {
		t.Errorf("Ping without a server: got %v, want an error that says so", err)
	}
	if _, _, err := db.LoginWithUser(t.Context(), "login"); !Away(err) {
		t.Errorf("LoginWithUser without a server: got %v, want an error that says so", err)
	}
	if _, err := db.AppendAudit(t.Context(), event(2)); err == nil {
		t.Error("AppendAudit without a server: got no error")
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("Ping after a restart: %v", err)
	}
	if _, _, err := db.LoginWithUser(t.Context(), "login"); err != nil {
		t.Errorf("LoginWithUser after a restart: %v", err)
	}
	if _, err := db.AppendAudit(t.Context(), event(3)); err != nil {
		t.Errorf("AppendAudit after a restart: %v", err)
	}
	if n, _, err := db.VerifyAudit(t.Context()); n != 2 || err != nil {
		t.Errorf("VerifyAudit: got %d, %v, want 2 and no error", n, err)
	}
}

func TestPostgresURL(t *testing.T) {
	for url, wantErr := range map[string]string{
		"postgres://portal@db/portal": "",
		"postgresql://portal:top%40secret@db:6432/portal?sslmode=verify-full&pool_max_conns=3": "",
		"postgres:///portal?host=/run/postgresql":                                              "",
		"postgres://portal:top@secret/with space@db/portal":                                    "use postgres://USER:PASSWORD@HOST",
		"postgres://portal:topsecret@db:port/portal":                                           "it is no URL",
		"postgres://portal:topsecret@db/portal?sslmode=perhaps":                                "its parameters can't be read",
		"postgres://portal:topsecret@db":                                                       "the database is missing",
	} {
		err := CheckURL(url)
		if (err == nil) != (wantErr == "") || err != nil && !strings.Contains(err.Error(), wantErr) {
			t.Errorf("CheckURL(%q): got %v, want an error with %q", url, err, wantErr)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("CheckURL(%q): got %v, which tells the password", url, err)
		}
	}
	config, err := postgresConfig("postgres://portal@db/portal?pool_max_conns=3&connect_timeout=2")
	if err != nil || config.MaxConns != 3 || config.ConnConfig.ConnectTimeout != 2e9 {
		t.Errorf("limits of the URL: got %+v, %v, want 3 connections and 2 s", config, err)
	}
	if config, err := postgresConfig("postgres://portal@db/portal"); err != nil || config.MaxConns != postgresConns || config.ConnConfig.ConnectTimeout != postgresConnectTimeout {
		t.Errorf("limits by default: got %+v, %v, want %d connections and %v", config, err, postgresConns, postgresConnectTimeout)
	}
}
