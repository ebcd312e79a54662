package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"trustlyportal/search"
)

// A view that a private link keeps values for is planned again though the link is revoked, and its values stay out of
// titles and links.
func TestSpecKeepsWhatAPrivateLinkKeeps(t *testing.T) {
	const token = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	open := func(string) (url.Values, error) {
		return url.Values{"payment.customer.name": {"Ada Lovelace"}, "ipAddr": {"203.0.113.7"}}, nil
	}
	for _, private := range []string{token, token + "~ipAddr"} {
		view, errs := search.ParseWith(open, "transactionStatus=4&private="+private, testNow)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		plan := NewPlan(view, testNow)
		text, err := json.Marshal(plan.Spec())
		if err != nil {
			t.Fatal(err)
		}
		if left := strings.Contains(private, "~"); strings.Contains(string(text), "203.0.113.7") == left {
			t.Errorf("%s: got %s, want the values of the view and no others", private, text)
		}
		var spec Spec
		if err := json.Unmarshal(text, &spec); err != nil {
			t.Fatal(err)
		}
		again, err := spec.Plan()
		if err != nil {
			t.Fatal(err)
		}
		samePlan(t, again, plan)
		if got := again.Query().Filters.Get("payment.customer.name"); got != "Ada Lovelace" {
			t.Errorf("got the name %q, want the kept one", got)
		}
		r := asJSON(again.Receipt(NewTally(again)))
		if strings.Contains(r, "Ada") || strings.Contains(r, "203.0") || !strings.Contains(r, "private="+private) {
			t.Errorf("got the receipt %s, want the link's token and none of its values", r)
		}
	}
}

// Only a spec that says so writes personal data in clear, and its receipt says it.
func TestUnmasked(t *testing.T) {
	tx := record(t, `{"transactionId":"1","payment":{"customer":{"email":"ada@example.com","phone":{"taxId":"123-45-6789"}},"account":{"accountNumber":"000123457833"}}}`)
	spec := planOf(t, "columns=payment.customer.email,payment.customer.phone,payment.account.accountNumber").Spec()
	for _, unmasked := range []bool{false, true} {
		spec.Unmasked = unmasked
		plan, err := spec.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if plan.Spec().Unmasked != unmasked {
			t.Errorf("the plan's own spec has forgotten whether it is unmasked: %t", unmasked)
		}
		got := fmt.Sprint(plan.Entry(tx).Row)
		for _, secret := range []string{"ada@", "123-45-6789", "00012345"} {
			if strings.Contains(got, secret) != unmasked {
				t.Errorf("unmasked %t: got %s, want %s in it: %t", unmasked, got, secret, unmasked)
			}
		}
		if got, want := plan.Receipt(NewTally(plan)).Masking, map[bool]string{false: Masked, true: Unmasked}[unmasked]; got != want {
			t.Errorf("unmasked %t: got the masking %q, want %q", unmasked, got, want)
		}
	}
}

// An export of changes has the rows of the same ranges that were updated since, told as new or changed, in every format.
func TestChangedSince(t *testing.T) {
	l := &ledger{}
	day := 24 * time.Hour.Milliseconds()
	now := testNow.UnixMilli()
	old := l.add(1000, now-9*day)      // before the range
	returned := l.add(1002, now-6*day) // comes back
	left := l.add(1004, now-5*day)     // leaves the filter
	l.add(1006, now-4*day)             // stays as it is
	entered := l.add(1008, now-3*day)  // enters the filter
	l.add(1010, now)                   // created in the millisecond of the as-of, so not in the first export
	l.add(1012, now+time.Hour.Milliseconds())
	entered.Status = "2"
	first := planOf(t, "createdAt.start=now-7d&transactionStatus=4&columns=status,amount,payment.customer.email").Spec()
	k, _, _ := collected(t, l, first)
	if got, want := k.ids(t), []string{"1002", "1004", "1006"}; !slices.Equal(got, want) {
		t.Fatalf("the first export has %v, want %v", got, want)
	}

	later := func(hours int64) time.Time { return testNow.Add(time.Duration(hours) * time.Hour) }
	old.UpdatedAt.Time, returned.UpdatedAt.Time, left.UpdatedAt.Time, entered.UpdatedAt.Time = later(2), later(3), later(4), later(5)
	returned.Amount.Text, left.Status, entered.Status = "7.77", "5", "4"

	second, err := first.Changed(later(24 * 7))
	if err != nil {
		t.Fatal(err)
	}
	k, plan, state := collected(t, l, second)
	if got, want := k.ids(t), []string{"1002", "1008", "1010", "1012"}; !slices.Equal(got, want) {
		t.Errorf("got the changes %v, want %v", got, want)
	}
	r := receiptOf(t, plan, state)
	if r.ChangedSince == nil || !r.ChangedSince.Equal(testNow) || !slices.Equal(r.Columns[:2], []string{"transactionId", "change"}) {
		t.Errorf("got a receipt with the columns %v, changed since %v, want change and %v", r.Columns, r.ChangedSince, testNow)
	}
	if !strings.Contains(r.URL, fmt.Sprintf("createdAt.start=%d&", now-7*day)) || !strings.Contains(r.URL, fmt.Sprintf("updatedAt.start=%d&", now)) ||
		!strings.Contains(r.URL, fmt.Sprintf("asOf=%d", later(24*7).UnixMilli())) {
		t.Errorf("got the link %s, want the range as it stood, what was updated since, and the new as-of", r.URL)
	}
	for _, format := range Formats() {
		path := writtenFrom(t, format, plan, k)
		verified(t, path, r)
		if format.Extension != "xlsx" {
			text := readFile(t, path)
			if strings.Count(text, "new") != 2 || strings.Count(text, "changed") != 2 {
				t.Errorf("%s: got %s, want two rows new and two changed", format.Name, text)
			}
			if err := os.WriteFile(path, bytes.Replace([]byte(text), []byte("new"), []byte("changed"), 1), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Verify(path, r, "test"); !errors.As(err, new(*Difference)) {
				t.Errorf("%s: another word in the column change holds: got %v", format.Name, err)
			}
		}
	}

	third, err := second.Changed(later(24 * 30))
	if err != nil {
		t.Fatal(err)
	}
	if third.Since == nil || !third.Since.Equal(second.AsOf) || !slices.Equal(third.Columns, second.Columns) {
		t.Errorf("got %+v, want changes since %v with the same columns", third, second.AsOf)
	}
}

// The ranges of an export of changes are those that stood then, whatever the words; its pin is gone.
func TestChangedKeepsTheRanges(t *testing.T) {
	asOf, later := testNow, testNow.Add(40*24*time.Hour)
	for _, c := range []struct{ query, start, end, updatedStart, updatedEnd string }{
		{"createdAt.start=now-1M/M&createdAt.end=now-1M/M", "2026-10-01 00:00", "2026-11-01 00:00", "2026-11-20 15:04", ""},
		{"createdAt.start=now-7d", "2026-11-13 15:04", "2026-12-30 15:04", "2026-11-20 15:04", ""},
		{"", "", "2026-12-30 15:04", "2026-11-20 15:04", ""},
		{"asOf=1793500000000", "", "2026-12-30 15:04", "2026-11-01 02:26", ""},                                                  // the earlier pin counts
		{"updatedAt.start=2026-11-25&updatedAt.end=2026-11-26", "", "2026-12-30 15:04", "2026-11-25 00:00", "2026-11-27 00:00"}, // narrower already
		{"updatedAt.start=2026-11-01&updatedAt.end=2026-11-26", "", "2026-12-30 15:04", "2026-11-20 15:04", "2026-11-27 00:00"},
	} {
		view, errs := search.Parse(c.query, asOf)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		spec, err := NewSpec(view, asOf).Changed(later)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := spec.Plan()
		if err != nil {
			t.Fatal(err)
		}
		short := func(at time.Time) string {
			if at.IsZero() {
				return ""
			}
			return at.Format("2006-01-02 15:04")
		}
		q := plan.Query()
		got := []string{short(q.Created.Start), short(q.Created.End), short(q.Updated.Start), short(q.Updated.End)}
		if want := []string{c.start, c.end, c.updatedStart, c.updatedEnd}; !slices.Equal(got, want) {
			t.Errorf("%s: got the ranges %q, want %q", c.query, got, want)
		}
	}
	if _, err := planOf(t, "updatedAt.end=2026-11-01").Spec().Changed(later); !errors.Is(err, ErrNothingCanChange) {
		t.Errorf("updated until before the export: got %v, want %v", err, ErrNothingCanChange)
	}
}
