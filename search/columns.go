package search

import (
	"strings"
)

// Column is one column of a list and of its export.
type Column struct {
	Name  string // as in columns=…; a field's path, or a name of ours for a composed column
	Label string
	Paths []string // the fields it shows; the first is the main one
}

// Names of the composed columns.
const (
	ColumnReference   = "reference"
	ColumnBankAccount = "bankAccount"
)

// allColumns is the value of columns=… that stands for every field.
const allColumns = "all"

// composed columns answer a question that no single field does. "amount" takes
// the place of the plain field.
var composed = []Column{
	{Name: "amount", Label: "Amount", Paths: []string{"amount", "currency"}},
	{Name: ColumnReference, Label: "Reference", Paths: []string{"merchantReference", "payment.merchantReference"}},
	{Name: ColumnBankAccount, Label: "Bank account", Paths: []string{"payment.paymentProvider.name", "payment.account.accountNumber"}},
}

// defaultNames are the columns that answer most questions of support and
// finance: what, how it stands, how much, whose, which order, which account,
// why not, when.
var defaultNames = []string{"transactionId", "status", "transactionType", "amount", "payment.customer.name",
	ColumnReference, ColumnBankAccount, "paymentProviderTransaction.status", "createdAt"}

var columns = func() []Column {
	out := make([]Column, 0, len(fields)+len(composed))
	taken := map[string]bool{}
	for _, c := range composed {
		taken[c.Name] = true
	}
	for _, f := range fields {
		if f.Path == "amount" {
			out = append(out, composed[0])
		}
		if !taken[f.Path] {
			out = append(out, Column{Name: f.Path, Label: columnLabel(f), Paths: []string{f.Path}})
		}
	}
	return append(out, composed[1:]...)
}()

// columnLabel tells apart fields of the same name in other groups.
func columnLabel(f Field) string {
	switch f.Path {
	case "paymentProviderTransaction.status":
		return "Reason"
	case "payment.customer.name":
		return "Customer"
	}
	switch f.Group {
	case FieldsTransaction, FieldsMoney, FieldsTimes:
		return f.Label
	}
	return f.Group + ": " + lowerFirst(f.Label)
}

// lowerFirst lowers the first letter unless the word is an abbreviation.
func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

var columnByName = func() map[string]Column {
	m := make(map[string]Column, len(columns))
	for _, c := range columns {
		m[c.Name] = c
	}
	return m
}()

// Columns returns every column a list can show. The caller must not change it.
func Columns() []Column { return columns }

// DefaultColumns returns the columns of a URL that names none. The caller must not change it.
func DefaultColumns() []Column { return defaultColumns }

var defaultColumns = named(defaultNames)

func named(names []string) []Column {
	out := make([]Column, len(names))
	for i, name := range names {
		out[i] = columnByName[name]
	}
	return out
}
