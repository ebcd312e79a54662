package trustlyclient

import (
	"encoding/json"
	"testing"
	"time"
)

func TestScalarsTakeAnyJSON(t *testing.T) {
	tests := []struct{ json, want string }{
		{`"7"`, "7"},
		{`7`, "7"},
		{`-1.50`, "-1.50"},
		{`1e999999999`, "1e999999999"},
		{`true`, "true"},
		{`null`, ""},
		{`""`, ""},
		{`"a\"b\u00e9\n"`, "a\"bé\n"},
		{`"José 🙂"`, "José 🙂"},
		{`{"a": [1, 2]}`, `{"a": [1, 2]}`},
		{`[1, 2]`, `[1, 2]`},
	}
	for _, tt := range tests {
		var got struct {
			Text   Text
			Code   Code
			Bool   Bool
			Amount Amount
			Time   Time
		}
		all := `{"Text":` + tt.json + `,"Code":` + tt.json + `,"Bool":` + tt.json + `,"Amount":` + tt.json + `,"Time":` + tt.json + `}`
		if err := json.Unmarshal([]byte(all), &got); err != nil {
			t.Errorf("%s: %v", tt.json, err)
		}
		for kind, text := range map[string]string{
			"Text": got.Text.String(), "Code": got.Code.String(), "Bool": got.Bool.String(),
			"Amount": got.Amount.String(), "Time": got.Time.String(),
		} {
			if text != tt.want {
				t.Errorf("%s of %s: got %q, want %q", kind, tt.json, text, tt.want)
			}
		}
	}
}

func TestBoolTrue(t *testing.T) {
	for b, want := range map[Bool]bool{"true": true, "false": false, "": false, "yes": false, "1": false} {
		if got := b.True(); got != want {
			t.Errorf("%q: got %v, want %v", b, got, want)
		}
	}
}

func TestAmountDecimal(t *testing.T) {
	tests := []struct {
		text, want string // "" = not a number
	}{
		{"125.50", "125.5"},
		{"10.0", "10"},
		{"0.00", "0"},
		{"-3", "-3"},
		{" 7.25 ", "7.25"},
		{"0.1", "0.1"},
		{"99999999.99", "99999999.99"},
		{"1e3", "1000"},
		{"", ""},
		{"ten", ""},
		{"1,234.50", ""},
		{"NaN", ""},
		{"1e33", ""},
		{"1e-33", ""},
		{"1e999999999", ""},
		{"1e-999999999", ""},
		{"1111111111111111111111111111111111111111111111111111111111111111111", ""},
	}
	for _, tt := range tests {
		value, ok := Amount{Text: tt.text}.Decimal()
		got := ""
		if ok {
			got = value.String()
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestTime(t *testing.T) {
	tests := []struct {
		json, want string // RFC 3339 in UTC, "" = unreadable or missing
	}{
		{`1555629937054`, "2019-04-18T23:25:37.054Z"},
		{`"1555629937054"`, "2019-04-18T23:25:37.054Z"},
		{`1619045543`, "2021-04-21T22:52:23Z"},
		{`"1619045543"`, "2021-04-21T22:52:23Z"},
		{`99999999999`, "5138-11-16T09:46:39Z"},
		{`100000000000`, "1973-03-03T09:46:40Z"},
		{`0`, "1970-01-01T00:00:00Z"},
		{`-1`, "1969-12-31T23:59:59Z"},
		{`1.555629937054E12`, "2019-04-18T23:25:37.054Z"},
		{`1619045543.25`, "2021-04-21T22:52:23.25Z"},
		{`"2024-02-29"`, "2024-02-29T00:00:00Z"},
		{`"2024-02-29T12:00:00Z"`, "2024-02-29T12:00:00Z"},
		{`"2024-02-29T12:00:00.5-05:00"`, "2024-02-29T17:00:00.5Z"},
		{`"2024-02-29T12:00:00.000+0000"`, "2024-02-29T12:00:00Z"},
		{`"2024-02-29T12:00:00"`, "2024-02-29T12:00:00Z"},
		{`253402300799999`, "9999-12-31T23:59:59.999Z"},
		{`253402300800000`, ""},
		{`-62135596800000`, ""}, // the zero time is a missing one
		{`-62135596799999`, "0001-01-01T00:00:00.001Z"},
		{`-62135596800001`, ""},
		{`null`, ""},
		{`""`, ""},
		{`"soon"`, ""},
		{`"2024-02-30"`, ""},
		{`"NaN"`, ""},
		{`"Infinity"`, ""},
		{`1e300`, ""},
		{`9223372036854775807`, ""},
		{`99999999999999999999999999`, ""},
		{`{}`, ""},
	}
	for _, tt := range tests {
		var at Time
		if err := json.Unmarshal([]byte(tt.json), &at); err != nil {
			t.Errorf("%s: %v", tt.json, err)
		}
		got := ""
		if !at.IsZero() {
			got = at.Format(time.RFC3339Nano)
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.json, got, tt.want)
		}
	}
}

func TestTimeGoesBackAsItCame(t *testing.T) {
	for _, want := range []string{`1555629937054`, `1619045543`, `"2024-02-29"`, `"soon"`, `null`} {
		var at Time
		if err := json.Unmarshal([]byte(want), &at); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(at); err != nil || string(got) != want {
			t.Errorf("got %s (%v), want %s", got, err, want)
		}
	}
}

func FuzzTime(f *testing.F) {
	for _, seed := range []string{"0", "1555629937054", `"1619045543"`, `"2024-02-29T12:00:00Z"`, "1e300", "-0.0", `"0x1p60"`, "null", "{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			t.Skip()
		}
		var at Time
		if err := json.Unmarshal(data, &at); err != nil {
			t.Fatalf("got error %v, want none", err)
		}
		if !at.IsZero() && (at.Location() != time.UTC || at.Year() < 1 || at.Year() > 9999) {
			t.Errorf("got %v, want UTC in the years 1 to 9999", at.Time)
		}
		back, err := json.Marshal(at)
		if err != nil {
			t.Fatalf("got error %v, want none", err)
		}
		var again Time
		if err := json.Unmarshal(back, &again); err != nil || !again.Time.Equal(at.Time) {
			t.Errorf("got %v (%v) after a round trip, want %v", again, err, at)
		}
	})
}

func FuzzAmount(f *testing.F) {
	for _, seed := range []string{"125.50", "-0", "1e32", "1e-33", ".5", "+1", "1_0", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, ok := Amount{Text: text}.Decimal()
		if !ok {
			return
		}
		// Within bounds, plain arithmetic and printing stay small.
		if got := len(value.Add(value).StringFixed(2)); got > 2*maxAmountLength+maxAmountExponent {
			t.Errorf("%q: got %d digits, want a bounded number", text, got)
		}
	})
}
