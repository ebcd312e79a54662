package handlers

import (
	"encoding/json"
	"fmt"
	"slices"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// verdict is what became of an entry of a pasted list.
type verdict string

// The verdicts. Not found is said only when every reading was asked and found nothing.
const (
	notAsked  verdict = ""
	found     verdict = "found"
	missing   verdict = "missing"
	ambiguous verdict = "ambiguous"
	duplicate verdict = "duplicate"
	failed    verdict = "failed" // a reading could not be asked, so nothing is known
)

// worksheet is the body of a kept one.
type worksheet struct {
	Header  string           `json:"header,omitempty"`
	Entries []worksheetEntry `json:"entries"`
	Stopped string           `json:"stopped,omitempty"` // why the rest was not asked, a sentence
	Run     string           `json:"run,omitempty"`     // request ID of the last run, as the log has it
}

// worksheetEntry is one pasted text and what is known of it.
type worksheetEntry struct {
	search.PastedEntry

	Verdict verdict          `json:"verdict,omitempty"`
	Asked   []search.Reading `json:"asked,omitempty"`
	Matches []worksheetMatch `json:"matches,omitempty"`
	IDs     []string         `json:"ids,omitempty"` // of the distinct transactions
	Row     *worksheetRow    `json:"row,omitempty"` // of the one found
	Reason  string           `json:"reason,omitempty"`
}

// worksheetMatch is what one reading found.
type worksheetMatch struct {
	Reading    search.Reading `json:"reading"`
	Rows       int            `json:"rows"`
	More       bool           `json:"more,omitempty"`
	Unsure     int            `json:"unsure,omitempty"`
	OnePayment bool           `json:"onePayment,omitempty"` // all of them
}

// worksheetRow is what a worksheet shows of a transaction: nothing of whom it belongs to.
type worksheetRow struct {
	Status   trustlyclient.Code   `json:"status,omitempty"`
	Message  trustlyclient.Text   `json:"message,omitempty"`
	Type     trustlyclient.Code   `json:"type,omitempty"`
	Amount   trustlyclient.Amount `json:"amount"`
	Currency trustlyclient.Code   `json:"currency,omitempty"`
	Created  string               `json:"created,omitempty"` // as sent
}

// transaction is the row as the list's formatting takes it.
func (r *worksheetRow) transaction() *trustlyclient.Transaction {
	t := &trustlyclient.Transaction{Status: r.Status, StatusMessage: r.Message, TransactionType: r.Type, Amount: r.Amount, Currency: r.Currency}
	if t.CreatedAt.UnmarshalText([]byte(r.Created)) != nil {
		t.CreatedAt = trustlyclient.Time{Text: r.Created}
	}
	return t
}

func newWorksheet(p search.Pasted) worksheet {
	sheet := worksheet{Header: p.Header, Entries: make([]worksheetEntry, len(p.Entries))}
	for i, e := range p.Entries {
		sheet.Entries[i].PastedEntry = e
		if e.DuplicateOf >= 0 {
			sheet.Entries[i].Verdict = duplicate
		}
	}
	return sheet
}

// take notes what the API answered for an entry.
func (e *worksheetEntry) take(a search.Answer) {
	rows, sure := a.Rows()
	switch {
	case a.None():
		e.Verdict = missing
	case len(rows) == 1 && sure && rows[0].TransactionID != "":
		e.Verdict = found
		t := rows[0]
		e.Row = &worksheetRow{Status: t.Status, Message: t.StatusMessage, Type: t.TransactionType, Amount: t.Amount, Currency: t.Currency, Created: t.CreatedAt.Text}
	default:
		e.Verdict = ambiguous
	}
	e.Asked, e.Reason = a.Asked, ""
	for _, t := range rows {
		e.IDs = append(e.IDs, string(t.TransactionID))
	}
	for _, m := range a.Matches {
		match := worksheetMatch{Reading: m.Reading, Rows: len(m.Rows), More: m.More, Unsure: m.Unsure}
		match.OnePayment = len(m.Rows) > 1 && m.Rows[0].Payment.PaymentID != "" && !slices.ContainsFunc(m.Rows, func(t *trustlyclient.Transaction) bool {
			return t.Payment.PaymentID != m.Rows[0].Payment.PaymentID
		})
		e.Matches = append(e.Matches, match)
	}
}

// mayHelp reports whether asking (again) can bring an answer: it can't for what is no ID and no reference.
func (e *worksheetEntry) mayHelp() bool {
	return e.Verdict == notAsked || e.Verdict == failed && len(search.PastedReadings(e.Text)) > 0
}

// again forgets what could not be asked, so that a run asks it.
func (s *worksheet) again() {
	s.Stopped = ""
	for i, e := range s.Entries {
		if e.mayHelp() {
			s.Entries[i] = worksheetEntry{PastedEntry: e.PastedEntry}
		}
	}
}

func (s *worksheet) count(v verdict) int {
	n := 0
	for _, e := range s.Entries {
		if e.Verdict == v {
			n++
		}
	}
	return n
}

// resolved is an entry with what is known of it: a duplicate's is known of its first one.
func (s *worksheet) resolved(e worksheetEntry) worksheetEntry {
	if e.Verdict != duplicate || e.DuplicateOf < 0 || e.DuplicateOf >= len(s.Entries) {
		return e
	}
	first := s.Entries[e.DuplicateOf]
	first.PastedEntry, first.Verdict = e.PastedEntry, duplicate
	return first
}

// seal puts the body into a row.
func (s *worksheet) seal(sealer auth.Sealer, row *store.Worksheet) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write worksheet: %w", err)
	}
	row.Entries, row.Asked, row.Body = len(s.Entries), len(s.Entries)-s.count(notAsked)-s.count(failed), sealer.Seal(body, row.ID)
	return nil
}

// openWorksheet reads the body of a row.
func openWorksheet(sealer auth.Sealer, row store.Worksheet) (worksheet, error) {
	var s worksheet
	body, err := sealer.Open(row.Body, row.ID)
	if err == nil {
		err = json.Unmarshal(body, &s)
	}
	if err != nil {
		return worksheet{}, fmt.Errorf("read worksheet: %w", err)
	}
	return s, nil
}
