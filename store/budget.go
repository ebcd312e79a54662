package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pressly/goose/v3"

	"trustlyportal/trustlyclient"
)

// Budget counts the requests to the API of all processes on this database: together they send no more than one may.
// One process alone may use all of it. It is a [trustlyclient.Meter].
//
// What has left is one row, which is read and written under its lock, by the database's clock, so the machines' clocks
// may differ. A process holds nothing but what it is just about to send. So one that dies keeps nobody waiting, but for
// its people for a second; and one that can't reach the database sends nothing.
type Budget struct {
	change  changeBudget
	process string
	terms   budgetTerms

	mu     sync.Mutex
	usual  time.Duration // what it takes to ask, lately
	varies time.Duration // by how much it differs from that
}

// changeBudget calls do with the state and the time by the database's clock while nobody else does, and keeps what it
// returns, or nothing if that is errUnchanged. began is just before the clock was read.
type changeBudget func(ctx context.Context, do func(state string, now int64) (string, error)) (began time.Time, err error)

const (
	// budgetSlack bounds how long after it was granted a request may leave.
	budgetSlack = 2 * time.Second

	// leastSlack is that on a database that is quick: for the goroutine's own way.
	leastSlack = 10 * time.Millisecond

	// budgetAhead is how much longer requests may be kept that were granted ahead.
	budgetAhead = 25 * time.Millisecond
)

// Budget returns the count of requests with one key, of which perSecond may leave, more than 0. The row is made here, so
// that it is no longer new when somebody asks: see readBudget.
func (db *DB) Budget(ctx context.Context, baseURL, accessID string, perSecond float64) (*Budget, error) {
	sum := sha256.Sum256([]byte(strings.TrimRight(baseURL, "/") + "\n" + accessID))
	id := hex.EncodeToString(sum[:16])
	b := newBudget(func(ctx context.Context, do func(string, int64) (string, error)) (time.Time, error) {
		return db.changeBudget(ctx, id, do)
	}, perSecond)
	if _, err := b.Take(ctx, trustlyclient.Ask{}); err != nil {
		return nil, err
	}
	return b, nil
}

func newBudget(change changeBudget, perSecond float64) *Budget {
	return &Budget{change: change, process: rand.Text()[:8], terms: newBudgetTerms(perSecond)}
}

// Take grants what may leave now.
func (b *Budget) Take(ctx context.Context, ask trustlyclient.Ask) (trustlyclient.Grant, error) {
	a := budgetAsk{Ask: ask, process: b.process, slack: b.slack().Milliseconds(), ahead: budgetAhead.Milliseconds()}
	var got budgetGrant
	began, err := b.change(ctx, func(text string, now int64) (string, error) {
		state, err := readBudget(text, now, b.terms)
		if err != nil {
			return "", err
		}
		var changed bool
		if got, changed = state.take(now, a, b.terms); !changed && text != "" {
			return "", errUnchanged
		}
		kept, err := json.Marshal(state)
		return string(kept), err
	})
	if err != nil && !errors.Is(err, errUnchanged) {
		return trustlyclient.Grant{}, fmt.Errorf("take from the budget of requests: %w", err)
	}
	b.took(time.Since(began))
	return trustlyclient.Grant{
		Requests: got.n,
		Until:    began.Add(time.Duration(got.good) * time.Millisecond),
		Again:    time.Duration(got.again * float64(time.Millisecond)),
	}, nil
}

// errUnchanged undoes a transaction that has nothing to write.
var errUnchanged = errors.New("nothing to write")

func (db *DB) changeBudget(ctx context.Context, id string, do func(string, int64) (string, error)) (began time.Time, err error) {
	err = db.inTurn(ctx, func(tx *sql.Tx) error {
		began = time.Now()
		var state string
		var now int64
		// A write, even where there is nothing to keep, as that locks the row.
		if err := tx.QueryRowContext(ctx, `
			INSERT INTO budgets (id, state, asked) VALUES ($1, '', 1) ON CONFLICT (id) DO UPDATE SET asked = budgets.asked + 1
			RETURNING state, `+db.clock(), id).Scan(&state, &now); err != nil {
			return err
		}
		if state == "" && db.engine.dialect != goose.DialectPostgres {
			state = "{}" // its tables outlast a crash, so a row that is not there never was
		}
		state, err := do(state, now)
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE budgets SET state = $2 WHERE id = $1`, id, state)
		}
		return err
	})
	return began, err
}

// slack is how long what is granted may be used, counted from before it was: what it takes to hear of it but for rare
// cases, as TCP reckons with answers. In those what was granted is lost; with more slack each request would count longer.
func (b *Budget) slack() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return min(max(leastSlack, b.usual+3*b.varies+5*time.Millisecond), budgetSlack)
}

// took learns from an answer.
func (b *Budget) took(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.varies += ((d - b.usual).Abs() - b.varies) / 4
	b.usual += (d - b.usual) / 8
}

// clock is the database's in Unix milliseconds, as it is when a statement comes to it.
func (db *DB) clock() string {
	if db.engine.dialect == goose.DialectPostgres {
		return `CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)`
	}
	return `CAST(unixepoch('subsec') * 1000 AS INTEGER)`
}
