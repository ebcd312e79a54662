package trustlyclient

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
)

// listing is a list answer taken apart, rows not yet decoded. Three shapes are on record (trustly.md 2.3), and each
// member may be wrapped as {"transaction":{…}}:
//
//	{"transactions":[…]}
//	{"transactions":[…],"startIndex":0,"itemsPerPage":25}
//	{"0":{…},"1":{…},…,"10":{…}}
//
// {} is the third shape without rows.
type listing struct {
	rows                     []json.RawMessage
	startIndex, itemsPerPage Text
}

// numberedRow is a member of the third shape.
type numberedRow struct {
	index uint64
	row   json.RawMessage
}

// parseListing walks the answer's own members once. A JSON object decoded into a map would lose a repeated key, and
// with it a row.
func parseListing(body []byte) (*listing, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	if open, err := dec.Token(); err != nil {
		return nil, notJSON(err)
	} else if open != json.Delim('{') {
		return nil, malformed("it is not a JSON object")
	}
	var (
		l        listing
		listed   bool
		numbered []numberedRow
		others   int
	)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, notJSON(err)
		}
		name, _ := key.(string)
		switch {
		case name == "transactions":
			if listed {
				return nil, malformed("it holds two lists of transactions")
			}
			listed = true
			err = dec.Decode(&l.rows)
		case name == "startIndex":
			others++
			err = dec.Decode(&l.startIndex)
		case name == "itemsPerPage":
			others++
			err = dec.Decode(&l.itemsPerPage)
		case isDigits(name):
			var n numberedRow
			if n.index, err = strconv.ParseUint(name, 10, 64); err != nil {
				return nil, malformed("a row has a number out of range")
			}
			err = dec.Decode(&n.row)
			numbered = append(numbered, n)
		default:
			others++
			var value json.RawMessage
			err = dec.Decode(&value)
			if name == "errors" && err == nil {
				if said := firstComplaint(value); said != nil {
					return nil, said
				}
			}
		}
		if err != nil {
			return nil, notJSON(err)
		}
	}
	if err := endOfObject(dec); err != nil {
		return nil, err
	}
	switch {
	case listed && len(numbered) > 0:
		return nil, malformed("it holds both a list and numbered rows")
	case listed:
		return &l, nil
	case len(numbered) == 0 && others > 0:
		return nil, malformed("it holds no transactions, in none of the known shapes")
	}
	slices.SortStableFunc(numbered, func(a, b numberedRow) int { return cmp.Compare(a.index, b.index) })
	for _, n := range numbered {
		l.rows = append(l.rows, n.row)
	}
	return &l, nil
}

// endOfObject takes the closing brace and makes sure that nothing follows it.
func endOfObject(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return notJSON(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return malformed("something follows the JSON")
	}
	return nil
}

// transactions decodes every row, or fails: a list that silently misses one is worse than none.
func (l *listing) transactions() ([]*Transaction, error) {
	list := make([]*Transaction, 0, len(l.rows))
	for _, row := range l.rows {
		t, err := parseTransaction(row)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// ParseTransaction reads one transaction's JSON, bare or wrapped as {"transaction":{…}}, as List and Get do: fields of
// an unexpected type are left zero, only what is no JSON object at all is an error, of kind ErrMalformed.
func ParseTransaction(data []byte) (*Transaction, error) {
	return parseTransaction(bytes.Clone(bytes.TrimSpace(data)))
}

// envelope decodes a bare and a wrapped transaction in the same pass.
type envelope struct {
	Transaction
	Wrapped json.RawMessage `json:"transaction"`
}

// parseTransaction keeps data as the transaction's Raw.
func parseTransaction(data json.RawMessage) (*Transaction, error) {
	var e envelope
	if err := unmarshalObject(data, &e); err != nil {
		return nil, err
	}
	return e.open(data)
}

// open returns the transaction, its own or the one wrapped in it.
func (e *envelope) open(data json.RawMessage) (*Transaction, error) {
	if e.Wrapped == nil || e.TransactionID != "" {
		e.Raw = data
		return &e.Transaction, nil
	}
	t := &Transaction{Raw: e.Wrapped}
	if err := unmarshalObject(e.Wrapped, t); err != nil {
		return nil, err
	}
	return t, nil
}

// parseSingle reads the answer to Get. Unlike a row of a list it must have an id: that tells a transaction from any
// other JSON object.
func parseSingle(body []byte) (*Transaction, error) {
	body = bytes.TrimSpace(body)
	var e struct {
		envelope
		Errors json.RawMessage `json:"errors"`
	}
	if err := unmarshalObject(body, &e); err != nil {
		return nil, err
	}
	if said := firstComplaint(e.Errors); said != nil {
		return nil, said
	}
	t, err := e.open(body)
	if err == nil && t.TransactionID == "" {
		return nil, malformed("it holds no transaction")
	}
	return t, err
}

// unmarshalObject decodes one JSON object. A member of another type than its field is left zero: encoding/json
// decodes the rest and reports the first such member, which must not cost the record.
func unmarshalObject(data []byte, into any) error {
	if len(data) == 0 {
		return malformed("it is empty")
	}
	var mistyped *json.UnmarshalTypeError
	switch err := json.Unmarshal(data, into); {
	case err != nil && !errors.As(err, &mistyped):
		return notJSON(err)
	case data[0] != '{':
		return malformed("a transaction is not a JSON object")
	}
	return nil
}

// notJSON names what encoding/json found, without the piece of the answer that its own text may quote.
func notJSON(err error) error {
	f := &failure{kind: ErrMalformed, detail: "it is not JSON", cause: err}
	var mistyped *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input":
		f.detail = "it is empty or ends early"
	case errors.As(err, &mistyped):
		f.detail = "its transactions are not a list"
	}
	return f
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
