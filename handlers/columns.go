package handlers

import (
	"slices"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

func columnHead(view search.View, column search.Column) views.Column {
	head := views.Column{Name: column.Name, Label: column.Label}
	field, _ := search.LookupField(column.Paths[0])
	head.Right = field.Kind == search.KindAmount
	if column.Name != string(trustlyclient.ByCreated) && column.Name != string(trustlyclient.ByUpdated) {
		return head
	}
	order := trustlyclient.Descending
	if column.Name == string(view.OrderBy) {
		head.Sort = "descending"
		if view.SortOrder == trustlyclient.Ascending {
			head.Sort = "ascending"
		} else {
			order = trustlyclient.Ascending
		}
	}
	head.SortHref = view.With(search.NameOrderBy, column.Name).With(search.NameSortOrder, string(order)).URL("/transactions")
	return head
}

// columnChoices offers the columns in use and those most asked for. All others can be named in the URL.
func columnChoices(view search.View) []views.Choice {
	var choices []views.Choice
	offered := map[string]bool{}
	offer := func(column search.Column, on bool) {
		if !offered[column.Name] && column.Name != "transactionId" {
			offered[column.Name] = true
			choices = append(choices, views.Choice{Value: column.Name, Label: column.Label, On: on})
		}
	}
	shown := view.Columns
	if len(shown) > maxOfferedColumns {
		shown = search.DefaultColumns()
	}
	for _, column := range shown {
		offer(column, true)
	}
	for _, column := range search.DefaultColumns() {
		offer(column, false)
	}
	for _, column := range search.Columns() {
		if slices.Contains(offeredColumns, column.Name) {
			offer(column, false)
		}
	}
	return choices
}

// maxOfferedColumns keeps the chooser's weight in bounds.
const maxOfferedColumns = 40

var offeredColumns = []string{"originalTransactionId", "merchantReference", "statusMessage", "currency", "pending", "paid", "refunded", "reversed", "balance", "fee", "ip",
	"processedAt", "completedAt", "updatedAt", "expiredAt", "payment.paymentId", "payment.paymentType", "payment.description", "payment.merchantReference",
	"payment.merchant.merchantId", "payment.merchant.name", "payment.customer.externalId", "payment.account.routingNumber", "payment.paymentProvider.name",
	"paymentProviderTransaction.paymentProviderTransactionId", "paymentProviderTransaction.instantSettle"}
