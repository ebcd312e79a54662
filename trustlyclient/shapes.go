package trustlyclient

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
)

// listing is a list answer. Three shapes are on record (trustly.md 2.3), and each member may be wrapped as
// {"transaction":{…}}:
//
//	{"transactions":[…]}
//	{"transactions":[…],"startIndex":0,"itemsPerPage":25}
//	{"0":{…},"1":{…},…,"10":{…}}
//
// {} is the third shape without rows.
type listing struct {
	rows                     []*Transaction
	foreign                  bool // one of them is no transaction
	bytes                    int  // of their texts
	startIndex, itemsPerPage Text
}

// numberedRow is a member of the third shape.
type numberedRow struct {
	number uint64
	row    *Transaction
}

// parseListing reads an answer, of its rows the fields that are wanted; nil for everything. It fails rather than miss a row:
// a list that silently misses one is worse than none.
func parseListing(body []byte, want *fieldSet) (*listing, error) {
	l, d := &listing{}, newDecoder(body, want)
	defer d.done()
	if err := l.read(body, d); err != nil { // which may only be the first thing that is wrong
		return nil, cmp.Or(checkJSON(body), err)
	}
	if l.foreign {
		return nil, errForeign
	}
	l.bytes = d.read
	return l, nil
}

var (
	errNotJSON = malformed("it is not JSON")
	errForeign = malformed("a transaction is not a JSON object")
)

// read walks the answer's own members, each of them: decoded into a map, a repeated number would cost a row.
func (l *listing) read(body []byte, d *decoder) error {
	s := scanner{data: body}
	if !s.begins('{') {
		return malformed("it is not a JSON object")
	}
	var (
		numbered       []numberedRow
		listed, others bool
	)
	for quoted := range s.members() {
		switch name := scalarText(quoted); {
		case name == "transactions" && listed:
			return malformed("it holds two lists of transactions")
		case name == "transactions":
			listed = true
			if err := l.takeList(&s, d); err != nil {
				return err
			}
		case isDigits(name):
			number, err := strconv.ParseUint(name, 10, 64)
			if err != nil {
				return malformed("a row's number is out of range")
			}
			numbered = append(numbered, numberedRow{number, l.row(&s, d, 1)})
		case name == "startIndex":
			l.startIndex, others = Text(scalarText(s.value())), true
		case name == "itemsPerPage":
			l.itemsPerPage, others = Text(scalarText(s.value())), true
		case name == "errors":
			if said := firstComplaint(s.value()); said != nil {
				return said
			}
			others = true
		default:
			s.value()
			others = true
		}
	}
	switch {
	case !s.ended():
		return errNotJSON
	case listed && len(numbered) > 0:
		return malformed("it holds both a list and numbered rows")
	case listed:
		return nil
	case len(numbered) == 0 && others:
		return malformed("it holds no transactions, in none of the known shapes")
	}
	l.takeNumbered(numbered)
	return nil
}

// row reads one row.
func (l *listing) row(s *scanner, d *decoder, depth int) *Transaction {
	t, end := d.row(s.at, depth)
	s.goOn(end)
	l.foreign = l.foreign || t == nil
	return t
}

// takeList takes null for an empty list, as some serializers write it.
func (l *listing) takeList(s *scanner, d *decoder) error {
	if s.begins('[') {
		l.rows = make([]*Transaction, 0, DefaultCount)
		s.list(']', func() bool {
			l.rows = append(l.rows, l.row(s, d, 2))
			return true
		})
		return nil
	}
	if list := s.value(); string(list) != "null" {
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

// decodeTransaction reads valid JSON.
func decodeTransaction(data []byte) (*Transaction, error) {
	d := newDecoder(data, nil)
	defer d.done()
	t, _ := d.row(0, 0)
	if t == nil {
		return nil, errForeign
	}
	return t, nil
}

// complaintListed finds the errors in an answer to Get.
func complaintListed(data []byte) *complaint {
	s := scanner{data: data}
	if !s.begins('{') {
		return nil
	}
	for quoted := range s.members() {
		value := s.value()
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
