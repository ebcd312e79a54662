package handlers

import (
	"fmt"
	"strings"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// formatter turns a record's values into what a page shows, in one zone.
type formatter struct {
	zone *time.Location
	now  time.Time
}

// short is a time to the minute; full to the second. The year is left out while it is this one.
func (f formatter) short(t time.Time) string { return f.in(t, "15:04") }
func (f formatter) full(t time.Time) string  { return f.in(t, "15:04:05") }

func (f formatter) in(t time.Time, clock string) string {
	local := t.In(f.zone)
	date := "Jan 2, "
	if local.Year() != f.now.In(f.zone).Year() {
		date = "Jan 2 2006, "
	}
	return local.Format(date + clock)
}

func (f formatter) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(f.zone).Format("15:04:05")
}

// utc is the time for machines, to the millisecond.
func (f formatter) utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	text := t.UTC().AppendFormat(make([]byte, 0, len("2006-01-02T15:04:05.000Z")), time.RFC3339) // is written faster than other layouts
	ms := t.Nanosecond() / int(time.Millisecond)
	return string(append(text[:len(text)-1], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z'))
}

// exact is the time to the millisecond with its zone, for whoever has to know.
func (f formatter) exact(t time.Time) string {
	return t.In(f.zone).Format("2006-01-02 15:04:05.000 MST") + " · " + t.UTC().Format("2006-01-02 15:04:05.000 UTC")
}

// money writes an amount; what is no number stays as the API sent it.
func money(a trustlyclient.Amount) string {
	if text, ok := search.Money(a); ok {
		return text
	}
	return search.MaskText(a.Text)
}

func withCurrency(amount, currency string) string {
	return strings.TrimSpace(search.Isolate(amount) + " " + search.Isolate(search.MaskText(currency)))
}

// plain is a text of the API's within a sentence of the portal's.
func plain[T ~string](text T) string { return search.Isolate(search.MaskText(string(text))) }

// statusTones mark a status. They are our reading of the definitions (trustly.md 6 calls them a guess), so they only
// colour the word that Trustly gives.
var statusTones = map[trustlyclient.Code]views.Tone{
	"0": views.ToneNeutral, "1": views.ToneWarn, "2": views.ToneInfo, "3": views.ToneInfo, "4": views.ToneGood,
	"5": views.ToneBad, "6": views.ToneNeutral, "7": views.ToneNeutral, "8": views.ToneBad, "9": views.ToneBad,
	"10": views.ToneBad, "11": views.ToneWarn, "12": views.ToneNeutral, "13": views.ToneNeutral, "14": views.ToneWarn,
}

// status is a transaction's status in a word. An unknown code is shown raw, with what the API says of it.
func status(t *trustlyclient.Transaction) views.Status {
	if m, ok := trustlyclient.LookupCode("TransactionStatus", string(t.Status)); ok {
		return views.Status{Word: m.Name, Tone: statusTones[t.Status], Meaning: m.Description}
	}
	switch {
	case t.Status == "":
		return views.Status{Word: "No status"}
	case t.StatusMessage != "":
		return views.Status{Word: fmt.Sprintf("Code %s (%s)", plain(t.Status), plain(t.StatusMessage)), Meaning: unknownCode}
	}
	return views.Status{Word: "Code " + plain(t.Status), Meaning: unknownCode}
}

const unknownCode = "Not in Trustly's published tables; its meaning is unknown to the portal."

// typeName is the name of a transaction's type, or its raw code.
func typeName(code trustlyclient.Code) string {
	if m, ok := trustlyclient.LookupCode("TransactionType", string(code)); ok {
		return m.Name
	}
	if code == "" {
		return "Transaction"
	}
	return "Type " + plain(code)
}

// zoneName is the zone's short name at an instant: "EST", "EDT", or its distance from UTC where it has none.
func (f formatter) zoneName(t time.Time) string {
	name, _ := t.In(f.zone).Zone()
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}

func codeName(field search.Field, code string) string {
	if m, ok := field.Meaning(code); ok {
		return m.Name
	}
	return code
}
