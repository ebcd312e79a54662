package handlers

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

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
	date := "Jan 2"
	if local.Year() != f.now.In(f.zone).Year() {
		date = "Jan 2 2006"
	}
	return local.Format(date + ", " + clock)
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
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
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

func (f formatter) row(view search.View, t *trustlyclient.Transaction) views.Row {
	row := views.Row{ID: string(t.TransactionID), Href: recordHref(view, string(t.TransactionID)), Cells: make([]views.Cell, 0, len(view.Columns))}
	for _, column := range view.Columns {
		row.Cells = append(row.Cells, f.cell(column, t))
	}
	return row
}

func (f formatter) cell(column search.Column, t *trustlyclient.Transaction) views.Cell {
	switch column.Name {
	case "transactionId":
		return views.Cell{Kind: views.CellID, Text: string(t.TransactionID)}
	case "status":
		s := status(t)
		cell := views.Cell{Kind: views.CellStatus, Text: s.Word, Tone: s.Tone, Title: s.Meaning, Value: search.MaskText(string(t.Status))}
		cell.Unfiltered = cell.Value == "" || cell.Value != string(t.Status) // sent is what is no code, and may be personal
		return cell
	case "amount":
		return views.Cell{Kind: views.CellAmount, Text: search.Isolate(money(t.Amount)), Sub: plain(t.Currency)}
	case search.ColumnReference:
		sent := string(cmp.Or(t.MerchantReference, t.Payment.MerchantReference))
		reference := search.MaskText(sent)
		// Whether the filter finds references of single transactions is not documented (search's catalogue).
		return views.Cell{Kind: views.CellMono, Text: reference, Title: whole(reference), Unfiltered: sent != string(t.Payment.MerchantReference) || sent != reference}
	case search.ColumnBankAccount:
		bank, number := search.MaskText(string(t.Payment.PaymentProvider.Name)), string(t.Payment.Account.AccountNumber)
		return views.Cell{Text: bank, Sub: search.MaskLastFour.Apply(number), Title: whole(bank)}
	}
	field, _ := search.LookupField(column.Name)
	return f.fieldCell(field, field.Value(t))
}

// fieldCell shows one plain field.
func (f formatter) fieldCell(field search.Field, value any) views.Cell {
	switch v := value.(type) {
	case trustlyclient.Time:
		if v.IsZero() {
			return views.Cell{Text: v.Text}
		}
		return views.Cell{Kind: views.CellTime, Text: f.full(v.Time), UTC: f.utc(v.Time)}
	case trustlyclient.Amount:
		return views.Cell{Kind: views.CellAmount, Text: money(v)}
	case []trustlyclient.Code:
		var names []string
		for _, code := range v {
			names = append(names, codeName(field, string(code)))
		}
		return views.Cell{Text: strings.Join(names, ", ")}
	}
	text := field.Mask.Apply(fmt.Sprint(value))
	cell := views.Cell{Text: text, Title: whole(text)}
	switch field.Kind {
	case search.KindID, search.KindNumber, search.KindIP:
		cell.Kind = views.CellMono
	case search.KindCode:
		if m, ok := field.Meaning(text); ok {
			cell = views.Cell{Text: m.Name, Title: m.Description, Value: text}
			if field.Path == "paymentProviderTransaction.status" || field.Path == "statusCode" {
				cell = views.Cell{Text: text, Sub: m.Name, Title: m.Description}
			}
		}
	}
	return cell
}

// maxInCell is about how many characters of a text a cell shows.
const maxInCell = 30

// whole is the title of a cell that cuts its text.
func whole(text string) string {
	if utf8.RuneCountInString(text) <= maxInCell {
		return ""
	}
	return text
}

func codeName(field search.Field, code string) string {
	if m, ok := field.Meaning(code); ok {
		return m.Name
	}
	return code
}
