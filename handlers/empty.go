package handlers

import (
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
	for _, preset := range search.Presets() {
		wider := preset.Label == "30 days" || preset.Label == "Any time"
		if wider && view.Has("createdAt.start") && !view.IsDated(preset) {
			e.Suggestions = append(e.Suggestions, views.Link{Label: "The same, " + preset.Label, Href: view.Dated(preset).URL("/transactions")})
		}
	}
	chips := view.Chips()
	for _, chip := range chips {
		if len(chips) > 1 {
			e.Suggestions = append(e.Suggestions, views.Link{Label: "Without " + chip.Label + ": " + chip.Text, Href: chip.Remove.URL("/transactions")})
		}
	}
	return e
}
