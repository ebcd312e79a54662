package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"trustlyportal/search"
	"trustlyportal/store/storetest"
)

// grownPages is how many pages each line of the growth is made of.
const grownPages = 300

// growth prints how a list page's cost grows with what it shows, with what is asked, and with what the portal keeps.
func (b *bench) growth() {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	line := func(cells ...string) {
		if *speedMarkdown {
			fmt.Fprintln(os.Stdout, "| "+strings.Join(cells, " | ")+" |")
			return
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	line("what grows", "to", "work of the portal, ms a page", "of the first", "p50, ms", "calls")
	if *speedMarkdown {
		line("---", "--:", "--:", "--:", "--:", "--:")
	}
	first := 0.0
	add := func(b *bench, i int, what string, to int, path func() string) {
		work, took, calls := b.cost(path)
		if i == 0 {
			first = work
		}
		line(what, fmt.Sprint(to), fmt.Sprintf("%.2f", work), fmt.Sprintf("%.2f", work/first), fmt.Sprintf("%.2f", took), fmt.Sprintf("%.1f", calls))
	}

	for i, rows := range []int{10, 25, 50, 100} {
		add(b, i, "rows of the page", rows, b.lists(fmt.Sprintf("count=%d", rows)))
	}
	for i, n := range []int{0, 1, 5, 10, 20, 30} {
		add(b, i, "filters", n, b.lists(manyFilters(n)))
	}
	for i, behind := range []int{0, 25, 2500, 250_500} {
		more := "count=25"
		if behind > 0 {
			more += "&after=" + b.cursorBehind(behind).String()
		}
		add(b, i, "rows before the page", behind, b.lists(more))
	}
	for i, rows := range []int{1000, 100_000, 1_000_000} {
		api := beside(b.T, benchRole{Role: "api", Rows: rows})
		large := b.another(api, "sqlite:"+filepath.Join(b.TempDir(), "portal.db"))
		add(large, i, "rows of the API's ledger", rows, large.lists("count=25"))
		large.portal.kill()
		api.kill()
	}
	for _, engine := range []struct{ name, database string }{
		{"SQLite", "sqlite:" + filepath.Join(b.TempDir(), "grown.db")},
		{"PostgreSQL", storetest.Server(b.T).New(b.T, "")},
	} {
		full := b.another(b.api, engine.database)
		held := 0
		for i, n := range []int{100, 1000, 10_000, 100_000} {
			b.fill(engine.database, held, n)
			held = n
			add(full, i, "accounts, sign-ins, sessions, saved views and audit records each, "+engine.name, n, full.lists("count=25"))
		}
		full.portal.kill()
	}
	_ = table.Flush()
}

// another is a portal of its own on another API or database.
func (b *bench) another(api *process, database string) *bench {
	other := &bench{T: b.T, binary: b.binary, api: api}
	other.env = other.settings(database)
	other.addUser(other.env)
	other.portal = other.start(other.env)
	other.cookie = signInTo(b.T, other.portal.url, benchEmail, benchPassword)
	return other
}

// cost is what a page costs: the portal's work, how long it takes a reader, and requests to the API.
func (b *bench) cost(path func() string) (work, took, calls float64) {
	reader := newCaller(b.T, b.portal.url, browserAccepts, "Cookie: "+b.cookie)
	var all []time.Duration
	read := func(n int) {
		all = nil
		for range n {
			began := time.Now()
			if _, err := reader.get(path()); err != nil {
				b.Fatal(err)
			}
			all = append(all, time.Since(began))
		}
	}
	read(grownPages / 3) // warm
	before, asked := b.portal.cpu(), b.calls()
	read(grownPages)
	return ms(b.portal.cpu()-before) / grownPages, ms(median(all)), float64(b.calls()-asked) / grownPages
}

// manyFilters are so many filters, none of which the canned API heeds.
func manyFilters(n int) string {
	query := ""
	for _, f := range search.Filters() {
		if n == 0 {
			break
		}
		if f.Kind == search.KindView || f.Kind == search.KindTime || f.Personal || f.Name == "payment.paymentId" || strings.HasPrefix(f.Name, "amount.") {
			continue
		}
		with := query + "&" + f.Name + "=" + f.Example
		if _, errs := search.Parse("tz=UTC"+with, time.Now()); f.Example == "" || len(errs) > 0 {
			continue
		}
		query, n = with, n-1
	}
	return strings.TrimPrefix(query, "&")
}

// cursorBehind is the place behind so many of the newest rows.
func (b *bench) cursorBehind(rows int) search.Cursor {
	var page struct {
		Transactions []struct {
			TransactionID string
			CreatedAt     int64
		}
	}
	body := b.ask(b.api.url, fmt.Sprintf("/api/v1/transactions?sortOrder=desc&count=1&startIndex=%d", rows-1))
	if err := json.Unmarshal([]byte(body), &page); err != nil || len(page.Transactions) != 1 {
		b.Fatalf("the API's row: got %v, %s", err, body)
	}
	return search.Cursor{Millis: page.Transactions[0].CreatedAt, Ties: 1, ID: page.Transactions[0].TransactionID}
}

// fill adds to what the portal keeps, from so many of each to so many.
func (b *bench) fill(database string, from, to int) {
	numbers := fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) `, from+1, to)
	now := time.Now().UnixMilli()
	for _, statement := range []string{
		`INSERT INTO users (email, role, password_hash, generation, disabled_at, created_at, updated_at) ` + numbers +
			`SELECT 'grown' || i || '@example.com', 'support', '', 1, 0, 1, 1 FROM n`,
		`INSERT INTO logins (id, user_id, generation, address, user_agent, started_at, last_seen_at, ended_at) ` + numbers +
			fmt.Sprintf(`SELECT 'grown' || i, (SELECT min(id) FROM users) + i, 1, '192.0.2.1', 'made up', %d, %d, 0 FROM n`, now, now),
		`INSERT INTO sessions (token, data, expires_at) ` + numbers + fmt.Sprintf(`SELECT 'grown' || i, (SELECT data FROM sessions LIMIT 1), %d FROM n`, now+9e7),
		`INSERT INTO saved_views (id, user_id, name, query, shared, position, created_at, used_at) ` + numbers +
			`SELECT 'grown' || i, (SELECT min(id) FROM users) + i, 'View ' || i, 'tz=UTC', 0, i, 1, 0 FROM n`,
		fmt.Sprintf(`UPDATE audit_ends SET head_seq = head_seq + %d`, to-from),
		`INSERT INTO audit (seq, at, user_id, user_email, role, action, object, detail, result, reason, address, request_id, hash) ` + numbers +
			fmt.Sprintf(`SELECT (SELECT head_seq FROM audit_ends) - %d + i, %d, 1, 'grown@example.com', 'support', 'search', 'list', 'tz=UTC', 'allowed', '', '192.0.2.1', 'grown', '' FROM n`, to, now),
	} {
		storetest.Exec(b.T, database, statement)
	}
}
