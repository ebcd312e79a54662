package trustlyclient

import (
	"bytes"
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
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
	rows                     [][]byte // parts of the answer
	startIndex, itemsPerPage Text
}

// numberedRow is a member of the third shape.
type numberedRow struct {
	number uint64
	row    []byte
}

// parseListing walks the answer's own members, each of them: decoded into a map, a repeated number would cost a row.
func parseListing(body []byte) (*listing, error) {
	l, err := listed(body)
	if err != nil { // which may only be the first thing that is wrong
		return nil, cmp.Or(checkJSON(body), err)
	}
	return l, nil
}

var errNotJSON = malformed("it is not JSON")

func listed(body []byte) (*listing, error) {
	s := scanner{data: body}
	if s.space(); s.peek() != '{' {
		return nil, malformed("it is not a JSON object")
	}
	var (
		l              listing
		numbered       []numberedRow
		listed, others bool
	)
	for quoted := range s.members() {
		switch name := scalarText(quoted); {
		case name == "transactions" && listed:
			return nil, malformed("it holds two lists of transactions")
		case name == "transactions":
			listed = true
			if err := l.takeList(&s); err != nil {
				return nil, err
			}
		case isDigits(name):
			number, err := strconv.ParseUint(name, 10, 64)
			if err != nil {
				return nil, malformed("a row's number is out of range")
			}
			numbered = append(numbered, numberedRow{number, s.value(1)})
		case name == "startIndex":
			l.startIndex, others = Text(scalarText(s.value(1))), true
		case name == "itemsPerPage":
			l.itemsPerPage, others = Text(scalarText(s.value(1))), true
		case name == "errors":
			if said := firstComplaint(s.value(1)); said != nil {
				return nil, said
			}
			others = true
		default:
			s.value(1)
			others = true
		}
	}
	if !s.ended() {
		return nil, errNotJSON
	}
	switch {
	case listed && len(numbered) > 0:
		return nil, malformed("it holds both a list and numbered rows")
	case listed:
		return &l, nil
	case len(numbered) == 0 && others:
		return nil, malformed("it holds no transactions, in none of the known shapes")
	}
	l.takeNumbered(numbered)
	return &l, nil
}

// takeList takes null for an empty list, as some serializers write it.
func (l *listing) takeList(s *scanner) error {
	if s.peek() == '[' {
		l.rows = s.elements()
		return nil
	}
	if list := s.value(1); string(list) != "null" {
		return malformed("its transactions are not a list")
	}
	return nil
}

// takeNumbered puts 10 after 9, not after 1.
func (l *listing) takeNumbered(numbered []numberedRow) {
	slices.SortStableFunc(numbered, func(a, b numberedRow) int { return cmp.Compare(a.number, b.number) })
	for _, n := range numbered {
		l.rows = append(l.rows, n.row)
	}
}

// transactions decodes every row, or fails: a list that silently misses one is worse than none.
func (l *listing) transactions() ([]*Transaction, error) {
	list := make([]*Transaction, 0, len(l.rows))
	for _, row := range l.rows {
		t, err := decodeTransaction(row)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// parseSingle reads the answer to Get. Unlike a row of a list it must have an id: that tells a transaction from any
// other JSON object.
func parseSingle(body []byte) (*Transaction, error) {
	if err := checkJSON(body); err != nil {
		return nil, err
	}
	body = bytes.TrimSpace(body)
	if said := complaintListed(body); said != nil {
		return nil, said
	}
	t, err := decodeTransaction(body)
	if err == nil && t.TransactionID == "" {
		return nil, malformed("it holds no transaction")
	}
	return t, err
}

// ParseTransaction reads one transaction's JSON, bare or wrapped as {"transaction":{…}}, as List and Get do: a field of
// an unexpected type is left zero, and only what is no JSON object is an error, of kind ErrMalformed.
func ParseTransaction(data []byte) (*Transaction, error) {
	if err := checkJSON(data); err != nil {
		return nil, err
	}
	return decodeTransaction(bytes.TrimSpace(data))
}

// decodeTransaction reads valid JSON and keeps a copy as Raw, so that one transaction does not hold on to its page. Its
// texts share another copy, but for its id: people remember that for longer than the rest.
func decodeTransaction(data []byte) (*Transaction, error) {
	data = unwrap(data)
	if !isObject(data) {
		return nil, malformed("a transaction is not a JSON object")
	}
	t := &Transaction{Raw: bytes.Clone(data)}
	decodeObject(data, reflect.ValueOf(t).Elem())
	t.TransactionID = Text(strings.Clone(t.TransactionID.String()))
	return t, nil
}

// unwrap returns what {"transaction":…} holds, and anything else as it is. An object that has an id of its own is the
// transaction, whatever else is in it.
func unwrap(data []byte) []byte {
	if !isObject(data) {
		return data
	}
	var wrapped []byte
	d := decoder{data: data}
	for quoted := range d.members {
		switch string(quoted) {
		case `"transactionId"`:
			return data
		case `"transaction"`:
			wrapped = d.value()
		default:
			d.value()
		}
	}
	if wrapped == nil {
		return data
	}
	return wrapped
}

// complaintListed finds the errors in an answer to Get.
func complaintListed(data []byte) *complaint {
	if !isObject(data) {
		return nil
	}
	d := decoder{data: data}
	for quoted := range d.members {
		value := d.value()
		if string(quoted) != `"errors"` {
			continue
		}
		if said := firstComplaint(value); said != nil {
			return said
		}
	}
	return nil
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
