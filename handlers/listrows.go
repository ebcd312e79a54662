package handlers

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// cellMaker makes one column's cell of a row.
type cellMaker func(formatter, *trustlyclient.Transaction) views.Cell

// cellMakers are those of the columns that are no plain field.
var cellMakers = map[string]cellMaker{
	"transactionId":          idCell,
	"status":                 statusCell,
	"amount":                 amountCell,
	search.ColumnReference:   referenceCell,
	search.ColumnBankAccount: bankAccountCell,
}

func cellMakerOf(column search.Column) cellMaker {
	if made, ok := cellMakers[column.Name]; ok {
		return made
	}
	field, _ := search.LookupField(column.Name)
	return func(f formatter, t *trustlyclient.Transaction) views.Cell { return f.fieldCell(field, t) }
}

// listRows are a view's list as its page shows it.
func (f formatter) listRows(view search.View, list []*trustlyclient.Transaction) []views.Row {
	makers := make([]cellMaker, len(view.Columns))
	for i, column := range view.Columns {
		makers[i] = cellMakerOf(column)
	}
	cells := make([]views.Cell, 0, len(list)*len(makers)) // of all rows, one after the other
	rows := make([]views.Row, len(list))
	for i, t := range list {
		first := len(cells)
		for _, made := range makers {
			cells = append(cells, made(f, t))
		}
		id := string(t.TransactionID)
		rows[i] = views.Row{ID: id, Href: recordHref(view, id), Cells: cells[first:]}
	}
	return rows
}

func idCell(_ formatter, t *trustlyclient.Transaction) views.Cell {
	return views.Cell{Kind: views.CellID, Text: string(t.TransactionID)}
}

func statusCell(_ formatter, t *trustlyclient.Transaction) views.Cell {
	s := status(t)
	cell := views.Cell{Kind: views.CellStatus, Text: s.Word, Tone: s.Tone, Title: s.Meaning, Value: search.MaskText(string(t.Status))}
	cell.Unfiltered = cell.Value == "" || cell.Value != string(t.Status) // sent is what is no code, and may be personal
	return cell
}

func amountCell(_ formatter, t *trustlyclient.Transaction) views.Cell {
	return views.Cell{Kind: views.CellAmount, Text: search.Isolate(money(t.Amount)), Sub: plain(t.Currency)}
}

func referenceCell(_ formatter, t *trustlyclient.Transaction) views.Cell {
	sent := string(cmp.Or(t.MerchantReference, t.Payment.MerchantReference))
	reference := search.MaskText(sent)
	// Whether the filter finds references of single transactions is not documented (search's catalogue).
	return views.Cell{Kind: views.CellMono, Text: reference, Title: whole(reference), Unfiltered: sent != string(t.Payment.MerchantReference) || sent != reference}
}

func bankAccountCell(_ formatter, t *trustlyclient.Transaction) views.Cell {
	bank, number := search.MaskText(string(t.Payment.PaymentProvider.Name)), string(t.Payment.Account.AccountNumber)
	return views.Cell{Text: bank, Sub: search.MaskLastFour.Apply(number), Title: whole(bank)}
}

// fieldCell shows one plain field.
func (f formatter) fieldCell(field search.Field, t *trustlyclient.Transaction) views.Cell {
	if text, ok := field.Text(t); ok {
		return textCell(field, field.Mask.Apply(text))
	}
	if at, ok := field.Time(t); ok {
		if at.IsZero() {
			return views.Cell{Text: at.Text}
		}
		return views.Cell{Kind: views.CellTime, Text: f.full(at.Time), UTC: f.utc(at.Time)}
	}
	switch v := field.Value(t).(type) {
	case trustlyclient.Amount:
		return views.Cell{Kind: views.CellAmount, Text: money(v)}
	case []trustlyclient.Code:
		var names []string
		for _, code := range v {
			names = append(names, codeName(field, string(code)))
		}
		return views.Cell{Text: strings.Join(names, ", ")}
	}
	return views.Cell{}
}

func textCell(field search.Field, text string) views.Cell {
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
	if len(text) <= maxInCell || utf8.RuneCountInString(text) <= maxInCell {
		return ""
	}
	return text
}
