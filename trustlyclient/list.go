package trustlyclient

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"time"
)

const pathTransactions = "/transactions"

// Limits of a page (trustly.md 2.2).
const (
	DefaultCount = 25
	MaxCount     = 100
)

// OrderBy is the field a list is ordered by.
type OrderBy string

// SortOrder is the direction of a list.
type SortOrder string

// The orders the API knows.
const (
	ByCreated  OrderBy   = "createdAt"
	ByUpdated  OrderBy   = "updatedAt"
	Descending SortOrder = "desc"
	Ascending  SortOrder = "asc"
)

// TimeRange bounds a time filter; a zero bound is open. It is sent in Options.TimeUnit, Start rounded down and End
// rounded up to the unit. Whether the API includes its bounds is not documented: ask a unit wider and filter again.
type TimeRange struct {
	Start, End time.Time
}

// ListOptions say which transactions, in which order, from where and how many. The zero value is the first page of
// everything, newest first.
type ListOptions struct {
	// Filters are the API's own filter names, one of [Parameters], with their values. A name the API does not have, an
	// empty value, and several values for a filter that takes one are errors before any request: the API ignores what
	// it does not know, and would answer with the unfiltered list.
	Filters url.Values

	Created, Updated, Processed, Completed TimeRange

	// Fields are the paths of those fields that are wanted of each row, such as "payment.customer.name", or "payment.customer"
	// for all of it. Few are read in a third of the time of all, and kept in half of the memory. The id is always read. Empty
	// reads everything, and keeps Raw, which is left out else, but for rows without an id: their Raw tells them apart. A path
	// that is no field's is an error before any request. What is asked of the API does not depend on it.
	Fields []string

	OrderBy    OrderBy   // "" = ByCreated
	SortOrder  SortOrder // "" = Descending
	StartIndex int       // rows to skip, from 0
	Count      int       // rows of a page, 1 to MaxCount; 0 = DefaultCount
}

// Page is one answer to List.
type Page struct {
	Transactions []*Transaction // never nil members, to be read only; ids may repeat, as the API sent them
	StartIndex   int            // as the API said, -1 when it did not
	ItemsPerPage int            // as the API said, -1 when it did not
	FetchedAt    time.Time      // when the request left, in UTC: everything up to then is in. With Options.CacheFor it tells the page's age

	texts int // bytes of its rows' texts
}

// List returns one page. An answer without rows is a page without transactions, not an error.
func (c *Client) List(ctx context.Context, options ListOptions) (*Page, error) {
	query, err := options.query(c.unit)
	if err != nil {
		return nil, fmt.Errorf("list transactions: %w", err)
	}
	want, err := fieldsAt(options.Fields)
	if err != nil {
		return nil, fmt.Errorf("list transactions: %w", err)
	}
	answer, err := c.do(ctx, request{
		route: pathTransactions,
		query: query.Encode(),
		want:  want,
		read:  func(body []byte, sentAt time.Time) (any, error) { return readPage(body, want, sentAt) },
	})
	if err != nil {
		return nil, fmt.Errorf("list transactions: %w", err)
	}
	return answer.(*Page).own(), nil
}

// own is a page that its caller may reorder and cut; the transactions stay shared.
func (p *Page) own() *Page {
	own := *p
	own.Transactions = slices.Clone(p.Transactions)
	return &own
}

func readPage(body []byte, want *fieldSet, sentAt time.Time) (*Page, error) {
	l, err := parseListing(body, want)
	if err != nil {
		return nil, err
	}
	return &Page{
		Transactions: l.rows,
		StartIndex:   countOf(l.startIndex),
		ItemsPerPage: countOf(l.itemsPerPage),
		FetchedAt:    sentAt,
		texts:        l.bytes,
	}, nil
}

// countOf reads a count that may come as a number or a string; -1 when it says none.
func countOf(t Text) int {
	n, err := strconv.Atoi(t.String())
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// maxStalePages is how many full pages in a row may bring nothing new before All calls it an answer that ignores the
// offset, instead of asking for ever.
const maxStalePages = 3

// All ranges over a result from StartIndex to its end, page by page, and drops ids it has seen. It is meant for short
// results, such as the transactions of one payment:
//
//	for t, err := range client.All(ctx, trustlyclient.ListOptions{
//		Filters:   url.Values{"payment.paymentId": {id}},
//		SortOrder: trustlyclient.Ascending,
//	}) {
//
// It pages by offset, and an offset loses rows in a list that moves: when a row leaves the result while one reads,
// all later rows step forward and one is skipped. A long list needs a walk by time. Nothing bounds the result but the
// caller's break.
//
// Nothing is asked until the sequence is ranged over, each range asks as List does, and the first error is the last value.
// Count is the size of a page, here MaxCount when 0.
func (c *Client) All(ctx context.Context, options ListOptions) iter.Seq2[*Transaction, error] {
	if options.Count == 0 {
		options.Count = MaxCount
	}
	return func(yield func(*Transaction, error) bool) { c.walk(ctx, options, yield) }
}

func (c *Client) walk(ctx context.Context, options ListOptions, yield func(*Transaction, error) bool) {
	seen := make(map[Text]bool)
	for stale := 1; stale <= maxStalePages; stale++ {
		page, err := c.List(ctx, options)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, t := range page.Transactions {
			if seen[t.TransactionID] {
				continue
			}
			if t.TransactionID != "" { // rows without an id can't be told apart: all are kept
				seen[t.TransactionID] = true
				stale = 0
			}
			if !yield(t, nil) {
				return
			}
		}
		if page.last(options.Count) {
			return
		}
		options.StartIndex += len(page.Transactions)
	}
	yield(nil, fmt.Errorf("list transactions: %w", malformed("page after page repeats the same rows")))
}

// last reports whether no page can follow one that was asked for count rows. The API may give fewer a page than asked.
func (p *Page) last(count int) bool {
	if p.ItemsPerPage > 0 {
		count = min(count, p.ItemsPerPage)
	}
	return len(p.Transactions) < max(count, 1)
}
