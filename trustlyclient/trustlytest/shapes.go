package trustlytest

import "strconv"

// wrapped appends {"transaction":{…}}.
func (e *encoder) wrapped(r *Record) {
	e.buf = append(e.buf, `{"transaction":`...)
	e.transaction(r)
	e.close()
}

// list appends the answer to a list request in the given shape.
func (e *encoder) list(rows []*Record, shape int, q *query) {
	if shape == ShapeNumbered {
		e.buf = append(e.buf, '{')
		for i, r := range rows {
			e.key(strconv.Itoa(i))
			e.wrapped(r)
		}
		e.close()
		return
	}
	e.buf = append(e.buf, `{"transactions":[`...)
	for i, r := range rows {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		if shape == ShapeWrapped {
			e.wrapped(r)
		} else {
			e.transaction(r)
		}
	}
	e.buf = append(e.buf, ']')
	if shape == ShapePaged {
		e.number("startIndex", int64(q.startIndex))
		e.number("itemsPerPage", int64(q.count))
	}
	e.close()
}
