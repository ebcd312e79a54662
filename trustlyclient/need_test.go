package trustlyclient

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// somePaths are those of a few fields, always the same for a seed.
func somePaths(seed uint64) []string {
	r := rand.New(rand.NewPCG(seed, 1))
	paths := slices.Sorted(maps.Keys(fieldTable.byPath))
	r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	return paths[:1+r.IntN(30)]
}

// without zeroes the fields of a struct that are not wanted.
func without(s *fields, at reflect.Value, want *fieldSet) {
	for _, f := range s.all {
		switch {
		case f.kind == ofWrapper:
		case f.kind == ofStruct:
			without(f.below, at.Field(f.index), want)
		case !want.meets(&f.within):
			at.Field(f.index).SetZero()
		}
	}
}

// asWanted is a page of which everything was read, without what is not wanted.
func asWanted(page *Page, want *fieldSet) *Page {
	for _, t := range page.Transactions {
		without(fieldTable.top, reflect.ValueOf(t).Elem(), want)
		if t.TransactionID != "" {
			t.Raw = nil
		}
	}
	return page
}

// checkNeed reads an answer whole and by need: what is needed must be the same, and so must be what is wrong with it.
func checkNeed(t *testing.T, body []byte, paths []string) {
	t.Helper()
	want, err := fieldsAt(paths)
	if err != nil {
		t.Fatal(err)
	}
	whole, wholeErr := readPage(body, nil, time.Time{})
	got, gotErr := readPage(body, want, time.Time{})
	if told(wholeErr) != told(gotErr) {
		t.Fatalf("%v: got %v, want %v as without", paths, told(gotErr), told(wholeErr))
	}
	if wholeErr != nil {
		return
	}
	whole, got.texts = asWanted(whole, want), whole.texts
	if diff := cmp.Diff(whole, got, cmp.AllowUnexported(Page{})); diff != "" {
		t.Errorf("%v: other than without (-want +got):\n%s", paths, diff)
	}
}

// told is all that is known of an error.
func told(err error) string {
	if said, ok := errors.AsType[*complaint](err); ok {
		return fmt.Sprintf("%+v", *said)
	}
	f, _ := errors.AsType[*failure](err)
	return fmt.Sprintf("%v %+v", err, f)
}

func FuzzNeed(f *testing.F) {
	for i, tt := range broken[:len(broken)-1] {
		f.Add([]byte(tt.body), uint64(i))
	}
	for _, row := range []string{
		`{"transactionId":"1","transactionId":"2","payment":{"country":"US"},"payment":null,"payment":{"country":"CA"}}`,
		`{"transaction":{"transactionId":"1"},"transactionId":"2"}`,
		`{"links":[],"transaction":{"transaction":{"status":"1"},"status":"2"},"transaction":{"status":3}}`,
		`{"Transaction":{"status":1},"STATUS":"\u0034\ud83d\ude42\ud83d","payment":{"allowedPaymentProviderType":[1,"2",null]}}`,
		`{"transactionId":null,"status":[1,{"a":"}"}],"amount":-1.5e3,"createdAt":"2024-02-29"}`,
	} {
		for seed := range uint64(4) {
			f.Add(fmt.Appendf(nil, ` { "transactions" : [ %s , %s ] , "startIndex" : 0 } `, row, row), seed)
			f.Add(fmt.Appendf(nil, `{"1":%s,"0":%s`, row, row), seed)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, seed uint64) { checkNeed(t, body, somePaths(seed)) })
}

// TestNeedOfOddRecords reads records as no schema has them, and as the API has them, each field by itself.
func TestNeedOfOddRecords(t *testing.T) {
	odd := oddRecords(t)
	for i, name := range slices.Sorted(maps.Keys(odd)) {
		body := fmt.Appendf(nil, `{"transactions":[%s,{"transaction":%s}]}`, odd[name], odd[name])
		checkNeed(t, body, somePaths(uint64(i)))
		checkNeed(t, body[:len(body)-2], somePaths(uint64(i)))
	}
	sample := pageOfSamples(t, 2)
	for path := range fieldTable.byPath {
		checkNeed(t, sample, []string{path})
	}
}

func TestNeedOfNoField(t *testing.T) {
	s := newScript(wholePage)
	for _, path := range []string{"", "raw", "Status", "transaction", "payment.", "payment.customer.nome"} {
		if page, err := s.client(t, nil).List(t.Context(), ListOptions{Fields: []string{"status", path}}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: got %v, %v, want ErrInvalid", path, page, err)
		}
	}
	if got := len(s.times()); got != 0 {
		t.Errorf("got %d requests, want none", got)
	}
}

// TestNeedAndTheCache has callers who need more ask for what was read for others, and while it is.
func TestNeedAndTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{status: 200, body: `{"transactions":[{"transactionId":"1","status":4,"statusMessage":"ok"}]}`, took: time.Second})
		c := s.client(t, cachedFor5s)
		for _, tt := range []struct {
			fields   []string
			requests int
		}{
			{[]string{"status"}, 1}, {[]string{"status"}, 1}, {[]string{"transactionId", "status"}, 1},
			{[]string{"status", "statusMessage"}, 2}, {[]string{"statusMessage"}, 2}, {[]string{"status"}, 2},
			{nil, 3}, {[]string{"statusMessage"}, 3}, {[]string{"payment"}, 3}, {nil, 3},
		} {
			page, err := c.List(t.Context(), ListOptions{Fields: tt.fields})
			if err != nil {
				t.Fatal(err)
			}
			got, all := page.Transactions[0], tt.fields == nil
			for path, text := range map[string]string{"status": got.Status.String(), "statusMessage": got.StatusMessage.String()} {
				if (all || slices.Contains(tt.fields, path)) && text == "" {
					t.Errorf("%v: got no %s", tt.fields, path)
				}
			}
			if n := len(s.times()); n != tt.requests || all && got.Raw == nil {
				t.Errorf("%v: got %d requests, raw %q, want %d", tt.fields, n, got.Raw, tt.requests)
			}
		}
		c.Forget()
		go func() { _, _ = c.List(t.Context(), ListOptions{Fields: []string{"status"}}) }()
		synctest.Wait()
		if page, err := c.List(t.Context(), ListOptions{}); err != nil || page.Transactions[0].StatusMessage != "ok" {
			t.Errorf("got %v, %v beside a question for less, want everything", page, err)
		}
	})
}
