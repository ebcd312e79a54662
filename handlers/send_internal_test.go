package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// auditStub keeps what is recorded, or fails.
type auditStub struct {
	events []audit.Event
	err    error
}

func (a *auditStub) BeginAudit(e audit.Event) func(context.Context) (audit.Record, error) {
	a.events = append(a.events, e)
	return func(context.Context) (audit.Record, error) { return audit.Record{}, a.err }
}

// madeRows are rows without an API.
type madeRows struct {
	plan *export.Plan
	left int
}

func (m *madeRows) Next(context.Context) (*export.Entry, error) {
	if m.left--; m.left < 0 {
		return nil, nil
	}
	return m.plan.Entry(&trustlyclient.Transaction{TransactionID: trustlyclient.Text(strconv.Itoa(m.left))}), nil
}

// A file whose last row is sent and which is then found not to be what its receipt says breaks off without trailers, in
// each format; and nothing at all is sent of one that can't be put on record.
func TestSendHoldsRowsAgainstTheReceipt(t *testing.T) {
	t.Parallel()
	view, _ := search.Parse("tz=UTC", time.Now())
	plan := export.NewPlan(view, time.Now())
	count := func(rows int) export.Receipt {
		tally, from := export.NewTally(plan), &madeRows{plan, rows}
		for e, _ := from.Next(t.Context()); e != nil; e, _ = from.Next(t.Context()) {
			tally.Add(e)
		}
		return plan.Receipt(tally)
	}
	unrecorded := errors.New("no record")
	for _, format := range export.Formats() {
		for _, tt := range []struct {
			name  string
			rows  int // that the receipt says
			audit error
			whole bool
		}{{"as the receipt says", 250, nil, true}, {"one more", 249, nil, false}, {"one less", 251, nil, false}, {"not recorded", 250, unrecorded, false}} {
			stub := &auditStub{err: tt.audit}
			w := &web{Config: Config{Audit: audit.NewLog(stub, time.Now)}}
			e := echo.New()
			var failed error
			e.GET("/", func(c echo.Context) error {
				rows := &madeRows{plan, 250}
				first, _ := rows.Next(t.Context())
				receipt := count(tt.rows)
				failed = w.send(c, sending{plan: plan, format: format, name: "file", first: first, rows: rows, act: act{action: audit.Download},
					receipt: func(tally *export.Tally) (export.Receipt, error) { return receipt, sameRows(tally, receipt) }})
				return failed
			})
			server := httptest.NewServer(e)
			response, err := server.Client().Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.ReadAll(response.Body)
			response.Body.Close()
			server.Close()
			whole := err == nil && response.StatusCode == http.StatusOK && response.Trailer.Get(trailerRows) == "250"
			if whole != tt.whole || !whole && response.Trailer.Get(trailerDigest) != "" {
				t.Errorf("%s, %s: got whole %t (status %d, error %v, trailers %v), want %t", format.Name, tt.name, whole, response.StatusCode, err, response.Trailer, tt.whole)
			}
			if len(stub.events) != 1 || tt.audit != nil && !errors.Is(failed, unrecorded) {
				t.Errorf("%s, %s: got %d records and error %v, want one before the first byte", format.Name, tt.name, len(stub.events), failed)
			}
		}
	}
}
