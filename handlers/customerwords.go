package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/plainwords"
	"trustlyportal/trustlyclient/story"
	"trustlyportal/views"
)

// customerWords says what was read of a customer.
type customerWords struct {
	formatter
	history *history
	view    search.View // the zone alone
}

// maxNames bounds what is listed of things that are few with nearly everybody.
const maxNames = 5

// names are those that the records give the customer, the newest first.
func (w customerWords) names() []string {
	var names []string
	for _, t := range w.history.own {
		name := search.MaskText(string(t.Payment.Customer.Name))
		if name != "" && !slices.Contains(names, name) && len(names) <= maxNames {
			names = append(names, name)
		}
	}
	if len(names) > maxNames {
		names[maxNames] = "and more"
	}
	return names
}

func (w customerWords) facts() []views.Fact {
	first, last := w.seen(w.history.own)
	facts := []views.Fact{
		{Label: "Transactions", Text: w.atLeast(len(w.history.own))},
		{Label: "Payments", Text: w.atLeast(payments(w.history.own))},
		{Label: "First seen", Text: w.day(first), UTC: w.utc(first)},
		{Label: "Last seen", Text: w.day(last), UTC: w.utc(last)},
		{Label: "Returns", Text: w.atLeast(returns(w.history.own)), Note: "Records of type Reverse, and records Denied or Reversed with a return code of the bank; told both ways, one counts once."},
	}
	if !w.history.whole() && !first.IsZero() {
		facts[2].Text = "on " + facts[2].Text + " or before"
	}
	return facts
}

// atLeast is a number, said to be a part where it is.
func (w customerWords) atLeast(n int) string {
	if w.history.whole() {
		return strconv.Itoa(n)
	}
	return "at least " + strconv.Itoa(n)
}

func (w customerWords) seen(list []*trustlyclient.Transaction) (first, last time.Time) {
	for _, t := range list {
		if at := t.CreatedAt.Time; !at.IsZero() {
			if first.IsZero() || at.Before(first) {
				first = at
			}
			if at.After(last) {
				last = at
			}
		}
	}
	return first, last
}

// day is a time whose year is always told.
func (w customerWords) day(t time.Time) string {
	if t.IsZero() {
		return "no time"
	}
	return t.In(w.zone).Format("Jan 2 2006, 15:04")
}

func payments(list []*trustlyclient.Transaction) int {
	ids := map[trustlyclient.Text]bool{}
	for _, t := range list {
		ids[t.Payment.PaymentID] = true
	}
	delete(ids, "")
	return len(ids)
}

const (
	typeReverse    trustlyclient.Code = "5"
	statusDenied   trustlyclient.Code = "8"
	statusReversed trustlyclient.Code = "10"
)

// returns counts what the bank sent back. Whether a return is a record of its own, a state of the returned one or both is
// not documented (trustly.md 7), so it is counted by the record that came back.
func returns(list []*trustlyclient.Transaction) int {
	came := map[trustlyclient.Text]bool{}
	for _, t := range list {
		switch {
		case t.TransactionType == typeReverse:
			came[cmp.Or(t.OriginalTransactionID, t.TransactionID)] = true
		case (t.Status == statusDenied || t.Status == statusReversed) && isReturnCode(story.ProviderCode(t)):
			came[t.TransactionID] = true
		}
	}
	return len(came)
}

func isReturnCode(code trustlyclient.Code) bool {
	words := plainwords.ExplainCode(string(code))
	switch words.Family {
	case plainwords.ACH, plainwords.EFT:
		return true
	case plainwords.UK:
		return words.Kind == "ARUDD" || words.Kind == "ARUCS"
	}
	return false
}

// failure is the last that went bad, or why there is none to show.
func (w customerWords) failure() (*views.CustomerFailure, string) {
	t := story.LastFailure(w.history.own)
	if t == nil && w.history.whole() {
		return nil, "None of the transactions is Failed, Denied, Disputed or Reversed, and none is a Reverse."
	}
	if t == nil {
		return nil, "None of those read is Failed, Denied, Disputed or Reversed, and none is a Reverse."
	}
	said := plainwords.Explain(t)
	failure := &views.CustomerFailure{
		ID: string(t.TransactionID), Href: recordHref(w.view, string(t.TransactionID)), Type: typeName(t.TransactionType), Status: status(t),
		Means: said.Means.Text, Withhold: said.Withhold, Caution: said.Caution, Sources: sourceLabels(said.Sources),
	}
	if t.Amount.Text != "" {
		failure.Amount = withCurrency(money(t.Amount), string(t.Currency))
	}
	if at := cmp.Or(t.UpdatedAt.Time, t.CreatedAt.Time); !at.IsZero() {
		failure.When, failure.WhenUTC = w.full(at), w.utc(at)
	}
	for _, code := range []plainwords.CodeWords{said.Code, said.Reason, said.ExtendedReason} {
		if !code.Empty() {
			failure.Codes = append(failure.Codes, views.FailureCode{Code: search.MaskText(code.Code), Name: code.Name, Words: code.Words.Text})
		}
	}
	return failure, ""
}

// maxOpen bounds the list of open authorizations.
const maxOpen = 50

// openAuthorizations are the consents and guarantees that can be used, as far as the records say.
func (w customerWords) openAuthorizations() (open []views.OpenAuthorization, more int) {
	for _, t := range w.history.own {
		if !story.IsOpenAuthorization(t, w.now) || !t.ExpiredAt.IsZero() && !t.ExpiredAt.After(w.now) {
			continue
		}
		if len(open) == maxOpen {
			more++
			continue
		}
		row := views.OpenAuthorization{ID: string(t.TransactionID), Href: recordHref(w.view, string(t.TransactionID)), Type: typeName(t.TransactionType)}
		if name, ok := trustlyclient.LookupCode("PaymentType", string(t.Payment.PaymentType)); ok {
			row.PaymentType = name.Name
		} else {
			row.PaymentType = plain(t.Payment.PaymentType)
		}
		row.Amount = withCurrency(money(t.Amount), string(t.Currency))
		if d, ok := t.Amount.Decimal(); ok && d.IsZero() && t.TransactionType == typeAuthorize {
			row.AmountNote = "no upper limit"
		}
		if !t.CreatedAt.IsZero() {
			row.Created, row.CreatedUTC = w.full(t.CreatedAt.Time), w.utc(t.CreatedAt.Time)
		}
		if !t.ExpiredAt.IsZero() {
			row.Ends, row.EndsUTC = w.full(t.ExpiredAt.Time), w.utc(t.ExpiredAt.Time)
		}
		open = append(open, row)
	}
	return open, more
}

const typeAuthorize trustlyclient.Code = "1"

// totals add up the records' amounts by type, status and currency, exactly. What is no amount is counted and said.
func (w customerWords) totals() []views.CustomerTotal {
	type key struct{ kind, status, currency string }
	type sum struct {
		first      *trustlyclient.Transaction
		records    int
		unreadable int
		amount     decimal.Decimal
		scale      int32
	}
	sums := map[key]*sum{}
	var order []key
	for _, t := range w.history.own {
		k := key{string(t.TransactionType), string(t.Status), string(t.Currency)}
		s := sums[k]
		if s == nil {
			s = &sum{first: t, scale: 2}
			sums[k], order = s, append(order, k)
		}
		s.records++
		if d, ok := t.Amount.Decimal(); ok {
			s.amount, s.scale = s.amount.Add(d), max(s.scale, -d.Exponent())
		} else {
			s.unreadable++
		}
	}
	slices.SortStableFunc(order, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.currency, b.currency), compareCodes(a.kind, b.kind), compareCodes(a.status, b.status))
	})
	var totals []views.CustomerTotal
	for _, k := range order {
		s := sums[k]
		total := views.CustomerTotal{Type: typeName(s.first.TransactionType), Status: status(s.first), Records: s.records, Currency: plain(s.first.Currency)}
		if s.unreadable < s.records {
			total.Amount = s.amount.StringFixed(s.scale)
		}
		if s.unreadable > 0 {
			total.Note = fmt.Sprintf("%d without an amount that can be read", s.unreadable)
		}
		if v := w.view.With(filterExternal, w.history.id).With("transactionType", k.kind).With("transactionStatus", k.status); v.Has("transactionType") && v.Has("transactionStatus") {
			total.Href = v.URL("/transactions")
		}
		totals = append(totals, total)
	}
	return totals
}

// compareCodes orders numbers by their value.
func compareCodes(a, b string) int {
	x, errA := strconv.Atoi(a)
	y, errB := strconv.Atoi(b)
	if errA != nil || errB != nil {
		return strings.Compare(a, b)
	}
	return cmp.Compare(x, y)
}

func (w customerWords) totalsText() string {
	text := "Sums of the records' amounts, each record as it stands now. Records of one payment tell of the same money more than once: an authorization allows, a refund gives back."
	if w.history.whole() {
		return "All " + counted(len(w.history.own)) + ". " + text
	}
	return "Not complete: over the newest " + counted(len(w.history.own)) + " of more. " + text
}

func counted(n int) string {
	if n == 1 {
		return "1 transaction"
	}
	return strconv.Itoa(n) + " transactions"
}

// accounts are the bank accounts used, the last used first.
func (w customerWords) accounts() []views.CustomerAccount {
	var accounts []views.CustomerAccount
	for _, t := range w.history.own {
		account := views.CustomerAccount{Bank: search.MaskText(string(t.Payment.PaymentProvider.Name)), Number: maskedNumber(t)}
		if account.Bank == "" && account.Number == "" {
			continue
		}
		i := slices.IndexFunc(accounts, func(a views.CustomerAccount) bool { return a.Bank == account.Bank && a.Number == account.Number })
		if i < 0 {
			if !t.CreatedAt.IsZero() {
				account.Last, account.LastUTC = w.in(t.CreatedAt.Time, "15:04"), w.utc(t.CreatedAt.Time)
			}
			i, accounts = len(accounts), append(accounts, account)
		}
		accounts[i].Records++
	}
	return accounts
}

// maskedNumber is the end of an account's number. The last four of the real number come first: the number itself may be a
// virtual one.
func maskedNumber(t *trustlyclient.Transaction) string {
	for _, path := range []string{"payment.account.accountNumberLastFour", "payment.account.accountNumber", "payment.account.iban"} {
		field, _ := search.LookupField(path)
		if number := field.Mask.Apply(fmt.Sprint(field.Value(t))); number != "" {
			return number
		}
	}
	return ""
}

// rows are the newest, in columns that tell one customer's transactions apart.
func (w customerWords) rows() ([]views.Column, []views.Row) {
	view := w.view.With(search.NameColumns, "transactionId,transactionType,status,amount,paymentProviderTransaction.status,reference,bankAccount,createdAt")
	var columns []views.Column
	for _, column := range view.Columns {
		columns = append(columns, views.Column{Name: column.Name, Label: column.Label, Right: column.Name == "amount"})
	}
	return columns, w.listRows(view, w.history.own[:min(customerRows, len(w.history.own))])
}

func (w customerWords) rowsTitle() string {
	if n := len(w.history.own); n > customerRows {
		return fmt.Sprintf("The newest %d transactions", customerRows)
	}
	return "Transactions"
}

// maxOthers bounds the list of ids that were counted in besides.
const maxOthers = 20

// others are the external ids that the API counted in though they are not the one asked for, and how many ids more.
func (w customerWords) others() (others []views.OtherCustomer, more int) {
	at := map[trustlyclient.Text]int{}
	for _, t := range w.history.others {
		id := t.Payment.Customer.ExternalID
		i, ok := at[id]
		switch {
		case ok && i < len(others):
			others[i].Records++
			continue
		case ok:
			continue
		}
		at[id] = len(others)
		if len(others) == maxOthers {
			more++
			continue
		}
		other := views.OtherCustomer{ExternalID: search.MaskText(string(id)), Records: 1}
		if other.ExternalID == string(id) {
			other.Href = customerHref(w.view, string(id))
		}
		others = append(others, other)
	}
	return others, more
}

func (w customerWords) othersText() string {
	if len(w.history.others) == 0 {
		return ""
	}
	return "Trustly also counts in " + counted(len(w.history.others)) + " with another external ID or none. How it matches is not documented; they are no part of this page’s figures."
}
