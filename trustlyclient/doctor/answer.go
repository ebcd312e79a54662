package doctor

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"trustlyportal/trustlyclient"
)

// answer is what came back for one request.
type answer struct {
	asked  string // the request as evidence shows it
	status int    // 0 = no answer
	err    string // why there is none, or none that can be read: without URLs and addresses of people
	spent  bool   // not asked: the budget of requests is used up
	code   string // the API's, of its errors array
	at     string // the parameter that its error names
	html   bool
	moved  string // host of a redirect
	took   time.Duration

	shape   string // of a list: 1 to 4, "" = none of the known ones or no rows to tell
	known   bool   // a list in a known shape
	wrapped bool   // of one transaction
	rows    []row
}

// ok reports whether the answer is a list or a transaction.
func (a *answer) ok() bool { return a.status == 200 && a.err == "" && a.code == "" }

// String is the evidence.
func (a *answer) String() string {
	switch {
	case a.spent:
		return a.asked + " → not asked, the number of requests is used up"
	case a.status == 0:
		return a.asked + " → " + a.err
	}
	s := fmt.Sprintf("%s → %d", a.asked, a.status)
	if a.code != "" {
		s += ", code " + a.code
	}
	if a.at != "" {
		s += " at " + a.at
	}
	switch {
	case a.err != "":
		s += ", " + a.err
	case a.ok() && len(a.rows) == 1:
		s += ", 1 row"
	case a.ok():
		s += fmt.Sprintf(", %d rows", len(a.rows))
	}
	return s
}

func (a *answer) has(id string) bool {
	return slices.ContainsFunc(a.rows, func(r row) bool { return r.id == id })
}

func (a *answer) ids() []string {
	list := make([]string, len(a.rows))
	for i, r := range a.rows {
		list[i] = r.id
	}
	return list
}

// row is what an examination looks at of a transaction.
type row struct {
	id                           string
	created, updated             int64  // Unix ms, 0 = missing
	unit                         string // of created: ms, s or text
	enum                         string // JSON type of codes: numbers or strings
	name, description, reference string
}

// exact reports whether the row's creation is known to the millisecond and is a whole number of units: a time in
// seconds may have been cut.
func (r row) exact(unit int64) bool {
	return (r.unit == "ms" || r.created%1000 != 0) && r.created%unit == 0
}

// read takes an answer's body apart.
func (a *answer) read(body []byte, single bool) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		a.err = "no JSON object"
		if a.html {
			a.err = "an HTML page"
		}
		return
	}
	if a.complain(members["errors"]) || a.status != 200 {
		return
	}
	if single {
		a.readOne(body)
		return
	}
	var list []transaction
	_, paged := members["itemsPerPage"]
	_, indexed := members["startIndex"]
	raw, listed := members["transactions"]
	switch {
	case listed:
		if !lenient(json.Unmarshal(raw, &list)) || string(raw) != "null" && raw[0] != '[' {
			a.err = "transactions are no list"
			return
		}
		switch {
		case paged || indexed:
			a.shape = "3"
		case len(list) > 0 && list[0].Transaction != nil:
			a.shape = "4"
		case len(list) > 0:
			a.shape = "1"
		}
	default:
		numbers := make([]int, 0, len(members))
		for name := range members {
			n, err := strconv.Atoi(name)
			if err != nil {
				a.err = "no transactions in a known shape"
				return
			}
			numbers = append(numbers, n)
		}
		slices.Sort(numbers)
		for _, n := range numbers {
			var t transaction
			_ = json.Unmarshal(members[strconv.Itoa(n)], &t) // what is not one has no id
			list = append(list, t)
		}
		a.shape = "2"
	}
	for _, t := range list {
		r := t.row()
		if r.id == "" {
			a.err = "a row without a transactionId"
			return
		}
		a.rows = append(a.rows, r)
	}
	a.known = true
}

func (a *answer) readOne(body []byte) {
	var t transaction
	_ = lenient(json.Unmarshal(body, &t)) // what is not one has no id
	r := t.row()
	if r.id == "" {
		a.err = "no transaction in a known shape"
		return
	}
	a.wrapped, a.rows = t.Transaction != nil, []row{r}
}

// lenient takes a member of an unexpected type for a missing one.
func lenient(err error) bool {
	return err == nil || errors.As(err, new(*json.UnmarshalTypeError))
}

// complain takes over what the errors array says, but for its message, which may hold personal data.
func (a *answer) complain(raw json.RawMessage) bool {
	var list []struct{ Code, Location trustlyclient.Text }
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		return false
	}
	a.code = "?"
	if _, err := strconv.Atoi(list[0].Code.String()); err == nil {
		a.code = list[0].Code.String()
	}
	// A name of a parameter is shown, anything else is not.
	if at := list[0].Location.String(); len(at) < 80 && strings.Trim(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.") == "" {
		a.at = at
	}
	return true
}

// transaction is what is read of one; it may be wrapped in another.
type transaction struct {
	Transaction *transaction

	TransactionID           trustlyclient.Text
	TransactionType, Status json.RawMessage
	CreatedAt, UpdatedAt    trustlyclient.Time
	Payment                 struct {
		Description, MerchantReference trustlyclient.Text
		Customer                       struct{ Name trustlyclient.Text }
	}
}

func (t *transaction) row() row {
	if t.Transaction != nil {
		t = t.Transaction
	}
	r := row{
		id: t.TransactionID.String(), name: t.Payment.Customer.Name.String(),
		description: t.Payment.Description.String(), reference: t.Payment.MerchantReference.String(),
	}
	if !t.CreatedAt.IsZero() {
		r.created, r.unit = t.CreatedAt.UnixMilli(), "text"
		if n, err := strconv.ParseInt(t.CreatedAt.Text, 10, 64); err == nil {
			r.unit = "ms"
			if n*1000 == r.created {
				r.unit = "s"
			}
		}
	}
	if !t.UpdatedAt.IsZero() {
		r.updated = t.UpdatedAt.UnixMilli()
	}
	for _, code := range []json.RawMessage{t.TransactionType, t.Status} {
		if len(code) > 0 && string(code) != "null" {
			r.enum = "numbers"
			if code[0] == '"' {
				r.enum = "strings"
			}
			break
		}
	}
	return r
}
