package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func chain(n int) []Record {
	var records []Record
	before := Genesis
	for i := range int64(n) {
		r := Link(before, i+1, Event{Time: time.UnixMilli(1795000000000 + i), UserID: i % 3, User: "a@example.com", Role: "support",
			Action: Reveal, Object: fmt.Sprint("transaction ", i), Detail: "payment.customer.taxId", Result: Allowed, RequestID: "R"})
		records, before = append(records, r), r.Hash
	}
	return records
}

func all(records []Record) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func ends(records []Record) (base, head End) {
	last := records[len(records)-1]
	return End{0, Genesis}, End{last.Seq, last.Hash}
}

func TestVerifyNamesTheFirstBadRecord(t *testing.T) {
	whole := chain(20)
	base, head := ends(whole)
	if n, err := Verify(base, head, all(whole)); n != 20 || err != nil {
		t.Fatalf("an untouched chain: got %d, %v, want 20 and no error", n, err)
	}
	for i := range whole {
		for name, change := range map[string]func(*Record){
			"time": func(r *Record) { r.Time = r.Time.Add(time.Millisecond) }, "user": func(r *Record) { r.UserID++ },
			"email": func(r *Record) { r.User = "b@example.com" }, "role": func(r *Record) { r.Role = "admin" },
			"action": func(r *Record) { r.Action = "export" }, "object": func(r *Record) { r.Object += "1" },
			"detail": func(r *Record) { r.Detail = "" }, "result": func(r *Record) { r.Result = Refused },
			"reason": func(r *Record) { r.Reason = "x" }, "address": func(r *Record) { r.Address = "::1" },
			"request": func(r *Record) { r.RequestID = "" }, "hash": func(r *Record) { r.Hash = strings.Repeat("0", 64) },
			"moved text": func(r *Record) { r.Object, r.Detail = r.Object+r.Detail, "" },
		} {
			bad := slices.Clone(whole)
			change(&bad[i])
			wantBroken(t, "changed "+name, base, head, bad, int64(i), int64(i+1))
		}
		wantBroken(t, "removed", base, head, slices.Delete(slices.Clone(whole), i, i+1), int64(i), int64(i+1))
		wantBroken(t, "doubled", base, head, slices.Insert(slices.Clone(whole), i, whole[i]), int64(i+1), int64(i+1))
		if i > 0 {
			swapped := slices.Clone(whole)
			swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
			wantBroken(t, "swapped", base, head, swapped, int64(i-1), int64(i))
		}
	}
	forged := append(slices.Clone(whole), Link(head.Hash, 21, Event{Action: Reveal}))
	wantBroken(t, "appended by hand", base, head, forged, 20, 21)
	wantBroken(t, "cut off and the end forged", base, End{20, whole[18].Hash}, whole, 20, 20)
}

func wantBroken(t *testing.T, name string, base, head End, records []Record, good, seq int64) {
	t.Helper()
	n, err := Verify(base, head, all(records))
	var broken *BrokenError
	if !errors.As(err, &broken) || broken.Seq != seq || n != good {
		t.Errorf("%s: got %d good and %v, want %d good and record %d named", name, n, err, good, seq)
	}
}

// pruned is a chain of 30 records of which the first seven were deleted for their age, twice: 1 to 4, then 5 to 7.
func pruned() (base, head End, kept []Record) {
	records := chain(20)
	for _, last := range []int{3, 6} {
		end := records[len(records)-1]
		records = append(records, Link(end.Hash, end.Seq+1, Pruned(End{records[last].Seq, records[last].Hash}, time.UnixMilli(1795000001000))))
	}
	base, head = End{7, records[6].Hash}, End{records[21].Seq, records[21].Hash}
	return base, head, records[7:]
}

func TestVerifyStartsWhereOldRecordsWereDeleted(t *testing.T) {
	base, head, kept := pruned()
	if n, err := Verify(base, head, all(kept)); n != 15 || err != nil {
		t.Fatalf("got %d, %v, want 15 and no error", n, err)
	}
	for i := range kept {
		bad := slices.Clone(kept)
		bad[i].Reason = "x"
		wantBroken(t, "changed", base, head, bad, int64(i), kept[i].Seq)
		wantBroken(t, "removed", base, head, slices.Delete(slices.Clone(kept), i, i+1), int64(i), kept[i].Seq)
		if i > 0 {
			swapped := slices.Clone(kept)
			swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
			wantBroken(t, "swapped", base, head, swapped, int64(i-1), kept[i-1].Seq)
		}
		// Records removed from the old end, and the base moved after them.
		forged := End{kept[i].Seq, kept[i].Hash}
		want := int64(8)
		if kept[i].Seq == 22 { // the record that names the end is gone too
			want = 1
		}
		wantBroken(t, "cut off at the old end", forged, head, kept[i+1:], 0, want)
	}
	whole := chain(20)
	_, head = ends(whole)
	wantBroken(t, "cut off where nothing was ever deleted for its age", End{7, whole[6].Hash}, head, whole[7:], 0, 1)
	wantErr := errors.New("database gone")
	_, err := Verify(End{0, Genesis}, head, func(yield func(Record, error) bool) { yield(Record{}, wantErr) })
	if !errors.Is(err, wantErr) {
		t.Errorf("a chain that can't be read: got %v, want %v", err, wantErr)
	}
}

// A chain made anew from some record on holds in itself, and not against what was noted of it.
func TestVerifyHoldsAgainstAnchors(t *testing.T) {
	whole := chain(20)
	base, head := ends(whole)
	anchors := []End{{0, Genesis}, {5, whole[4].Hash}, {20, whole[19].Hash}}
	if n, err := Verify(base, head, all(whole), anchors...); n != 20 || err != nil {
		t.Fatalf("got %d, %v, want 20 and no error", n, err)
	}
	forged := slices.Clone(whole[:2])
	for _, r := range whole[2:] {
		r.User = "b@example.com"
		forged = append(forged, Link(forged[len(forged)-1].Hash, r.Seq, r.Event))
	}
	_, head = ends(forged)
	if n, err := Verify(base, head, all(forged)); n != 20 || err != nil {
		t.Fatalf("a chain made anew: got %d, %v, want it to hold in itself", n, err)
	}
	for _, tt := range []struct {
		anchor End
		seq    int64
	}{{anchors[1], 5}, {anchors[2], 20}, {End{21, "x"}, 21}, {End{0, "x"}, 0}} {
		_, err := Verify(base, head, all(forged), tt.anchor)
		var broken *BrokenError
		if !errors.As(err, &broken) || broken.Seq != tt.seq {
			t.Errorf("against %d: got %v, want record %d named", tt.anchor.Seq, err, tt.seq)
		}
	}
}

func TestHashOfWhatWasTyped(t *testing.T) {
	h, older := NewHasher([][]byte{[]byte("now"), []byte("before")}), NewHasher([][]byte{[]byte("before")})
	if got, want := h.Hash("  Joe\tUSER "), h.Hash("joe user"); got != want || !IsHash(got) {
		t.Errorf("got %q and %q, want the same hash", got, want)
	}
	if h.Hash("joe user") == h.Hash("joe users") || h.Hash("joe user") == older.Hash("joe user") {
		t.Error("another text or another key has the same hash")
	}
	if got, want := h.All("joe user"), []string{h.Hash("joe user"), older.Hash("joe user")}; !slices.Equal(got, want) {
		t.Errorf("All: got %q, want %q", got, want)
	}
	for _, text := range []string{"", "#", "joe user", "#abcdefghi", "#abcdefghi1", "#ABCDEFGHIJ", "#abcdefghij "} {
		if IsHash(text) {
			t.Errorf("%q is taken for a hash", text)
		}
	}
}

// The hash is a promise to other tools: it must not change between versions.
func TestHashOfARecordStaysTheSame(t *testing.T) {
	r := Link(Genesis, 1, Event{Time: time.UnixMilli(1795000000123), UserID: 7, User: "a@example.com", Role: "support", Action: Reveal,
		Object: "transaction 1009000103", Detail: "payment.customer.taxId", Result: Allowed, Reason: "<caller>", Address: "::1", RequestID: "ABC"})
	const want = "7820c786"
	if got := r.Hash[:8]; got != want {
		t.Errorf("got %s…, want %s…", got, want)
	}
}

type memory []Event

func (m *memory) BeginAudit(e Event) func(context.Context) (Record, error) {
	r := Link(Genesis, 1, e)
	*m = append(*m, r.Event)
	return func(context.Context) (Record, error) { return r, nil }
}

func TestRecordsHoldWhatEveryDatabaseGivesBack(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 123456789, time.FixedZone("x", 3600))
	var kept memory
	long := strings.Repeat("é", 700)
	if err := NewLog(&kept, func() time.Time { return now }).Write(t.Context(), Event{Object: "a\x00b\nc\xff", Reason: long}); err != nil {
		t.Fatal(err)
	}
	got := kept[0]
	if want := "a b c\uFFFD"; got.Object != want {
		t.Errorf("object: got %q, want %q", got.Object, want)
	}
	if len(got.Reason) > maxText || !utf8.ValidString(got.Reason) || !strings.HasPrefix(long, got.Reason) {
		t.Errorf("reason: got %d bytes %q…, want a start of it of at most %d bytes", len(got.Reason), got.Reason[:10], maxText)
	}
	if want := now.UTC().Truncate(time.Millisecond); !got.Time.Equal(want) || got.Time.Location() != time.UTC {
		t.Errorf("time: got %v, want %v", got.Time, want)
	}
}
