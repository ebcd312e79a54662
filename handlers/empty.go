package handlers

import (
	"strings"

	"trustlyportal/search"
	"trustlyportal/views"
)

// emptyState says what may help when nothing was found.
func emptyState(view search.View, page search.Page) views.Empty {
	e := views.Empty{Heading: "No transactions", Text: "Trustly has none that match all filters of this view."}
	if !page.First {
		e = views.Empty{Heading: "No more transactions", Text: "Nothing follows this place in the list."}
		e.Suggestions = append(e.Suggestions, views.Link{Label: "Back to the first page", Href: view.At(search.Cursor{}).URL("/transactions")})
		return e
	}
	if !view.Filtered() {
		e.Text = "Trustly has no transaction for this account yet."
		return e
	}
	field := view.DateField()
	for _, preset := range search.Presets() {
		wider := preset.Label == "30 days" || preset.Label == "Any time"
		if wider && view.Has(field+".start") && !view.IsDated(field, preset) {
			e.Suggestions = append(e.Suggestions, views.Link{Label: "The same, " + strings.ToLower(search.DateLabel(field)) + ": " + preset.Label, Href: view.Dated(field, preset).URL("/transactions")})
		}
	}
	if created := search.DateFields()[0]; field != created && !view.Has(created+".start") && !view.Has(created+".end") {
		// What is still under way has no later date yet.
		e.Suggestions = append(e.Suggestions, views.Link{Label: "The same dates, by creation", Href: view.DatedBy(field, created).URL("/transactions")})
	}
	chips := view.Chips()
	for _, chip := range chips {
		if len(chips) > 1 {
			e.Suggestions = append(e.Suggestions, views.Link{Label: "Without " + chip.Label + ": " + chip.Text, Href: chip.Remove.URL("/transactions")})
		}
	}
	return e
}
