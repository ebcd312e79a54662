package views

// sampleDates is a range that has a period before it and one after it.
func sampleDates(base string) Dates {
	return Dates{
		Field: "createdAt", Label: "Created",
		Fields: []Link{{Label: "Created", Current: true}, {Label: "Updated", Href: "/transactions?updatedAt.start=now-7d"}, {Label: "Processed"}},
		Presets: []Link{
			{Label: "Today", Href: "/transactions?createdAt.start=now%2Fd"}, {Label: "Yesterday", Href: "/transactions?createdAt.start=now-1d%2Fd"},
			{Label: "7 days", Href: base, Current: true}, {Label: "30 days", Href: "/transactions?createdAt.start=now-30d"},
			{Label: "This month", Href: "/transactions?createdAt.start=now%2FM"}, {Label: "Last month", Href: "/transactions?createdAt.start=now-1M%2FM"},
		},
		EarlierHref: "/transactions?createdAt.start=now-14d&createdAt.end=now-7d",
		Range:       "Nov 13, 00:00 – now",
	}
}

// sampleListDated is dated by another time, with a range of one's own in the past.
func sampleListDated() ListPage {
	p := sampleList()
	p.Dates.Field, p.Dates.Label, p.Dates.Custom = "completedAt", "Completed", true
	p.Dates.Presets[2].Current = false
	p.Dates.LaterHref = "/transactions?completedAt.start=2026-10-01"
	p.Dates.Range = "until Nov 16, 00:00"
	p.Chips = append(p.Chips, Chip{Label: "Completed", Text: "until the end of Nov 15, 2026", RemoveHref: "/transactions", Control: "completedAt.start"})
	p.Rows = p.Rows[:1]
	return p
}
