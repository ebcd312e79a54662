package trustlyclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxIDLength is far above the 15 characters the API uses.
const maxIDLength = 128

// Get returns the transaction with an id. An id the API does not know is [ErrNotFound], under whichever status the API
// says so; an id that can't be one (empty, with a slash or a control character, over 128 bytes) is [ErrInvalid], and
// nothing is sent.
func (c *Client) Get(ctx context.Context, id string) (*Transaction, error) {
	if err := checkID(id); err != nil {
		return nil, fmt.Errorf("get transaction: %w", err)
	}
	answer, err := c.do(ctx, request{
		route: pathTransactions + "/{id}",
		id:    id,
		read:  func(body []byte, _ time.Time) (any, error) { return parseSingle(body) },
	})
	if err != nil {
		return nil, fmt.Errorf("get transaction: %w", unknownID(err))
	}
	return answer.(*Transaction), nil
}

// URL is the address that Get asks for an id, without credentials: for people who ask the API themselves. It is "" for an
// id that Get refuses.
func (c *Client) URL(id string) string {
	if checkID(id) != nil {
		return ""
	}
	return c.address(request{id: id})
}

// checkID refuses what would change the path asked for. The id stays out of the error: people paste all sorts of
// things into a search box.
func checkID(id string) error {
	switch {
	case id == "":
		return invalidf("the id is empty")
	case len(id) > maxIDLength:
		return invalidf("the id is longer than %d bytes", maxIDLength)
	case id == "." || id == "..":
		return invalidf("the id is a path step")
	case strings.ContainsAny(id, `/\`):
		return invalidf("the id holds a slash")
	case hasControl(id) || !utf8.ValidString(id):
		return invalidf("the id holds a control character or is not UTF-8")
	}
	return nil
}

// unknownID reads "invalid parameter" as "no such id": the id is the only parameter of this call, and the API's errors
// page shows that answer for an unknown one (trustly.md 4).
func unknownID(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.Code == codeInvalidParameter && (e.StatusCode == http.StatusBadRequest || e.StatusCode < 300) {
		e.Err = &failure{kind: ErrNotFound, detail: "the API calls the id invalid"}
	}
	return err
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }
