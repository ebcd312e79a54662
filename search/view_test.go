package search

import (
	"maps"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// A step from a view is the same view as its whole query read anew, whatever is set to whatever.
func TestWithIsAQueryReadAnew(t *testing.T) {
	values := map[string][]string{}
	for _, f := range catalogue {
		values[f.Name] = []string{f.Example, "", " ", "x y", "7", "12.50", "now-1h", "now/d", "\x00", "\xff"}
	}
	values["transactionType"] = []string{"10", "9", "3", "3", "nine"}
	values[NameColumns] = []string{"all", "amount,status", "transactionId,nothing", "transactionId"}
	values[NameCount] = []string{"25", "100", "101"}
	values[NameSortOrder] = []string{"asc", "desc", "up"}
	values["no such filter"] = []string{"1"}
	delete(values, NamePrivate) // another test's: private links are read anew
	names := rapid.SampledFrom(slices.Sorted(maps.Keys(values)))
	rapid.Check(t, func(rt *rapid.T) {
		q := url.Values{}
		for range rapid.IntRange(0, 6).Draw(rt, "parameters") {
			name := names.Draw(rt, "name")
			q.Add(name, rapid.SampledFrom(values[name]).Draw(rt, "value"))
		}
		v, _ := read(q, kept{})
		name := names.Draw(rt, "changed")
		set := rapid.SliceOfN(rapid.SampledFrom(values[name]), 0, 3).Draw(rt, "to")

		next := v.named()
		next[name] = set
		if name != NameAfter && name != NameColumns {
			delete(next, NameAfter)
		}
		before := v.Encode()
		got := v.With(name, set...)
		want, _ := read(next, kept{})
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(View{}, param{}, kept{}, Moment{}, relativeOp{}), cmpopts.EquateEmpty(), cmp.Comparer(sameZone)); diff != "" {
			rt.Errorf("%s with %s = %q differs from it read anew (-want +got):\n%s", before, name, set, diff)
		}
		if v.Encode() != before {
			rt.Errorf("got the view itself changed to %s, want %s as it was", v.Encode(), before)
		}
		if q, err := url.ParseQuery(got.Encode()); err != nil || cmp.Diff(q, got.Shown()) != "" {
			rt.Errorf("got %v shown, want what the query says: %v, %v", got.Shown(), q, err)
		}
		if got, want := got.Encode(), spelled(want); got != want {
			rt.Errorf("got %s, want the catalogue's order: %s", got, want)
		}
	})
}

// The cursor is the last part of a list's query.
func TestCutAfter(t *testing.T) {
	place := Cursor{Millis: 1795000000000, Ties: 1, ID: "1006755981"}
	for _, query := range []string{"", "tz=UTC", "transactionType=3&payment.description=after%3D1&tz=UTC&count=50"} {
		v, errs := Parse(query, time.Time{})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		for _, further := range []bool{false, true} {
			if further {
				v = v.At(place)
			}
			if before, found := CutAfter(v.Encode()); before != query || found != further {
				t.Errorf("%s: got %s, %t, want %s, %t", v.Encode(), before, found, query, further)
			}
		}
	}
	for _, query := range []string{"thereafter=1", "tz=UTC&thereafter=1"} {
		if before, found := CutAfter(query); before != query || found {
			t.Errorf("%s: got %s, %t, want it whole", query, before, found)
		}
	}
}

// A preset is what its words say, in each place where they stand.
func TestDatedIsAQueryReadAnew(t *testing.T) {
	for _, field := range DateFields() {
		for _, p := range Presets() {
			got := emptyView().With(NameZone, "UTC").Dated(field, p)
			want, _ := read(url.Values{NameZone: {"UTC"}, field + ".start": {p.Start}, field + ".end": {p.End}}, kept{})
			if got.Encode() != want.Encode() || got.Range(field, time.UnixMilli(1795000000000)) != want.Range(field, time.UnixMilli(1795000000000)) || !got.IsDated(field, p) {
				t.Errorf("%s, %s: got %s, want %s", field, p.Label, got.Encode(), want.Encode())
			}
		}
	}
}

func sameZone(a, b *time.Location) bool { return a == b }

// What is set in any order is spelled in the one order of codes.
func TestWithSortsCodes(t *testing.T) {
	v, _ := read(nil, kept{})
	if got, want := v.With("transactionType", "10", "9", "3", "9").Encode(), "transactionType=3&transactionType=9&transactionType=10"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// spelled is Encode by the letter of its comment.
func spelled(v View) string {
	text := ""
	for _, f := range catalogue {
		for _, value := range v.Values(f.Name) {
			text += "&" + f.Name + "=" + readable.Replace(url.QueryEscape(value))
		}
	}
	if text != "" {
		text = text[1:]
	}
	return text
}
