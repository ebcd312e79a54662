package story

import (
	"fmt"
	"strings"
	"testing"
)

// The times are minutes after 2026-02-25 06:13:20; now is 1000.
func TestSteps(t *testing.T) {
	const base = 1772000000000
	now := atMinute(base, 1000)
	tests := []struct {
		name, times, want string // fields and minutes, c created, p processed, d completed, u updated, e expired, r representment, n next
	}{
		{"usual", "c=0 p=60 d=120 u=120", "created 0, processed 60, completed 120 latest"},
		{"updated says more", "c=0 p=60 d=120 u=500", "created 0, processed 60, completed 120, updated 500 latest"},
		{"not completed", "c=0 u=0", "created 0 latest"},
		{"all at once", "c=0 p=0 d=0 u=900", "created processed completed 0, updated 900 latest"},
		{"guarantee to come to its end", "c=0 p=1 u=1 e=2000", "created 0, processed 1 latest, expires 2000 planned"},
		{"guarantee that is over", "c=0 p=1 u=1 e=360", "created 0, processed 1 latest, expires 360"},
		{"another attempt planned", "c=0 u=500 r=3000", "created 0, updated 500 latest, represents 3000 planned"},
		{"another attempt set for the past", "c=0 u=100 r=200", "created 0, updated 100 latest, represents 200"},
		{"next planned", "c=0 u=0 n=5000", "created 0 latest, next-due 5000 planned"},
		{"next is past", "c=0 u=0 n=500", "created 0 latest, next-due 500"},
		{"completed before created", "c=100 d=50 u=100", "completed 50 out-of-order, created 100 latest"},
		{"completed before processed", "c=0 p=100 d=50 u=100", "created 0, completed 50 out-of-order, processed 100 latest"},
		{"updated before completed", "c=0 d=100 u=50", "created 0, updated 50 out-of-order, completed 100 latest"},
		{"done in the future", "c=0 d=9000 u=0", "created updated 0 out-of-order, completed 9000 out-of-order latest"},
		{"a little ahead of our clock", "c=1003", "created 1003 latest"},
		{"ahead of our clock", "c=1010", "created 1010 out-of-order latest"},
		{"ends before it begins", "c=100 e=50", "expires 50 out-of-order, created 100 latest"},
		{"nothing known", "", "created (missing) latest"},
		{"creation not known", "d=100 u=100", "created (missing), completed 100 latest"},
		{"unreadable", "c=soon d=100 u=later", "created (soon), completed 100 latest, updated (later)"},
		{"all unreadable", "c=soon p=sooner", "created (soon), processed (sooner) latest"},
	}
	names := map[string]string{"c": "createdAt", "p": "processedAt", "d": "completedAt", "u": "updatedAt", "e": "expiredAt", "r": "representmentScheduledAt", "n": "next"}
	for _, tt := range tests {
		fields, next := "", "null"
		for pair := range strings.FieldsSeq(tt.times) {
			key, value, _ := strings.Cut(pair, "=")
			text := `"` + value + `"`
			var minutes int64
			if _, err := fmt.Sscan(value, &minutes); err == nil {
				text = fmt.Sprint(base + minutes*60_000)
			}
			if key == "n" {
				next = text
				continue
			}
			fields += `,"` + names[key] + `":` + text
		}
		r := parse(t, `{"transactionId":"1","payment":{"paymentId":"7","recurrence":{"nextOccurrence":`+next+`}}`+fields+`}`)
		s := Tell(r, nil, false, now)
		var list []string
		for _, step := range s.Steps {
			text := ""
			for _, k := range step.Kinds {
				text += string(k) + " "
			}
			switch {
			case !step.At.IsZero():
				text += fmt.Sprint(int(step.At.Sub(atMinute(base, 0)).Minutes()))
			case step.At.Text == "":
				text += "(missing)"
			default:
				text += "(" + step.At.Text + ")"
			}
			for flag, on := range map[string]bool{" planned": step.Planned, " out-of-order": step.OutOfOrder} {
				if on {
					text += flag
				}
			}
			if step.Latest {
				text += " latest"
			}
			list = append(list, text)
		}
		if got := strings.Join(list, ", "); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
