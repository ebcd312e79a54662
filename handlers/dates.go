package handlers

import (
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/views"
)

// dates is the row that tells which times the view holds, and leads to others.
func (w *web) dates(c echo.Context, view search.View, now time.Time) views.Dates {
	field, zoned := view.DateField(), w.zoned(c, view)
	pinned := view.With(search.NameZone, view.Zone.String()) // its neighbours begin where it ends, so they are read as it is
	d := views.Dates{Field: field, Label: search.DateLabel(field), Range: rangeText(view, now), Custom: true}
	for _, name := range search.DateFields() {
		link := views.Link{Label: search.DateLabel(name), Current: name == field}
		if name != field && !view.Has(name+".start") && !view.Has(name+".end") { // one with a range of its own would lose it
			link.Href = view.DatedBy(field, name).URL("/transactions")
		}
		d.Fields = append(d.Fields, link)
	}
	for _, preset := range search.Presets() {
		link := views.Link{Label: preset.Label, Href: zoned.Dated(field, preset).URL("/transactions"), Current: view.IsDated(field, preset)}
		d.Presets = append(d.Presets, link)
		d.Custom = d.Custom && !link.Current
	}
	if earlier, ok := pinned.Earlier(now); ok {
		d.EarlierHref = earlier.URL("/transactions")
	}
	if later, ok := pinned.Later(now); ok {
		d.LaterHref = later.URL("/transactions")
	}
	return d
}

// rangeText tells the instants that the range of the date field stands for.
func rangeText(view search.View, now time.Time) string {
	r := view.Range(view.DateField(), now)
	f := formatter{zone: view.Zone, now: now}
	switch {
	case r.Start.IsZero() && r.End.IsZero():
		return ""
	case r.Start.IsZero():
		return "until " + f.short(r.End)
	case r.End.IsZero():
		return f.short(r.Start) + " – now"
	}
	return f.short(r.Start) + " – " + f.short(r.End)
}

// chips are the filters in force. The date field's range has none while a preset above says the same.
func chips(view search.View, dates views.Dates) []views.Chip {
	var chips []views.Chip
	for _, chip := range view.Chips() {
		if chip.Names[0] == dates.Field+".start" && !dates.Custom {
			continue
		}
		c := views.Chip{Label: chip.Label, Text: chip.Text, RemoveHref: chip.Remove.URL("/transactions"), Control: chip.Names[0]}
		switch {
		case view.Kept(c.Control): // no control holds the value
			c.Control, c.Kept = "", true
		case c.Control == search.NameAsOf: // the form passes it on
			c.Control = ""
		}
		chips = append(chips, c)
	}
	return chips
}
