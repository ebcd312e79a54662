package views

func sampleBookmarks() Bookmarks {
	const host = "https://portal.acme.example/transactions?"
	return Bookmarks{
		Query:   sampleQuery,
		SavedAs: "Failed this week",
		Live:    Bookmark{URL: host + sampleQuery, Sentence: "Captures and refunds, failed or reversed, created in the last 7 days"},
		Frozen: Bookmark{
			URL:      host + "transactionType=3&createdAt.start=1794582245000&tz=America/New_York&asOf=1795187045000",
			Sentence: "Captures, created since Nov 13, 2026 10:04:05, as of Nov 20, 2026 10:04:05, New York time",
		},
		Views: []Link{
			{Label: "Failed this week", Href: "/views/aaaa", Current: true}, {Label: rightToLeft, Href: "/views/bbbb"}, {Label: hostile, Href: "/views/cccc"}, {Label: longName, Href: "/views/dddd"},
		},
		MoreViews: 3,
	}
}

// sampleHead is a list of which only the head matters.
func sampleHead(b Bookmarks) ListPage {
	return ListPage{Frame: sampleFrame("All transactions"), Sentence: "All transactions", Bookmarks: b}
}

func sampleListBookmarks() ListPage { return sampleHead(sampleBookmarks()) }

// A list whose address shows personal data, and which stands still.
func sampleListPersonal() ListPage {
	return sampleHead(Bookmarks{Query: "payment.customer.name=" + hostile, Live: Bookmark{URL: "https://portal.acme.example/transactions?payment.customer.name=Joe"}, Personal: "Customer name, IP address"})
}

// A list by a private link that opens for the reader alone.
func sampleListPrivate() ListPage {
	b := sampleBookmarks()
	b.SavedAs, b.Views, b.MoreViews, b.Private, b.OnlyYou = "", nil, 0, true, true
	return sampleHead(b)
}

func sampleViews() ViewsPage {
	return ViewsPage{
		Frame: sampleFrame("Views"), Most: 200, IdleDays: 180,
		Mine: []SavedView{
			{ID: "aaaa", Name: "Failed this week", Href: "/views/aaaa", Sentence: "Transactions, failed, created in the last 7 days, New York time", Shared: true, Owner: "finance@acme.example",
				Default: true, Used: "Nov 20, 09:12", UsedUTC: "2026-11-20T14:12:00.000Z", May: true, Token: "/account/tokens?view=aaaa#new", Rename: Value{Text: "Failed this week"}},
			{ID: "bbbb", Name: "Joe’s refunds", Href: "/views/bbbb", Sentence: "Refunds, for customer “Joe User”", Owner: "finance@acme.example", Personal: "Customer name",
				Used: "Never", May: true, Rename: Value{Text: "Joe’s refunds"}},
			{ID: "cccc", Name: "From an older portal", Href: "/views/cccc", Error: "transactionStaus “5” is not a filter: did you mean transactionStatus?.", Owner: "finance@acme.example",
				Used: "Never", May: true, Rename: Value{Text: "Failed this week", Error: "Its owner has a view of this name already."}},
		},
		Others: []SavedView{
			{ID: "dddd", Name: "Month end", Href: "/views/dddd", Sentence: "All transactions", Shared: true, Owner: "ada@acme.example", Used: "Never"},
			{ID: "eeee", Name: "Administrators may change it", Href: "/views/eeee", Sentence: "All transactions", Shared: true, Owner: "ada@acme.example", Used: "Never", May: true, Rename: Value{Text: "x"}},
		},
		Links: []PrivateLink{
			{Token: "K5TQ2XEWJ7M3CZ4RVN6AHB2YDF", Sentence: "Transactions, for customer “Joe User”", Href: "/transactions?private=K5TQ2XEWJ7M3CZ4RVN6AHB2YDF",
				URL: "https://portal.acme.example/transactions?private=K5TQ2XEWJ7M3CZ4RVN6AHB2YDF", Made: "Nov 1, 08:00", MadeUTC: "2026-11-01T13:00:00.000Z", Uses: 3, Used: "Nov 20, 09:12", UsedUTC: "2026-11-20T14:12:00.000Z"},
			{Token: "AAAAAAAAAAAAAAAAAAAAAAAAAA", Error: "Private link can't be read any more.", Href: "/transactions?private=AAAAAAAAAAAAAAAAAAAAAAAAAA", OnlyYou: true, Made: "Nov 1, 08:00", MadeUTC: "2026-11-01T13:00:00.000Z", Used: "Never"},
		},
	}
}

func sampleViewsHostile() ViewsPage {
	p := sampleViews()
	for i, text := range []string{hostile, rightToLeft, longName} {
		p.Mine[i].Name, p.Mine[i].Sentence, p.Mine[i].Rename.Text, p.Mine[i].Error, p.Mine[i].Personal = text, text, text, "", text
	}
	p.Others[0].Name, p.Others[0].Owner, p.Links[0].Sentence = hostile, hostile, rightToLeft
	p.Links = p.Links[:1]
	return p
}

func sampleViewsImport() ViewsPage {
	p := ViewsPage{Frame: sampleFrame("Views"), IdleDays: 180}
	p.Import = ImportForm{Text: "version: 1\nviews:\n  - name: </textarea>" + hostile, Errors: []ImportError{
		{Text: "The file is larger than 256 kB."}, {Line: 3, Name: hostile, Text: "The view has “colour”, which is none of name, shared, query."}, {Line: 9, Text: rightToLeft},
	}}
	return p
}

func sampleSaveView() SaveViewPage {
	return SaveViewPage{
		Frame: sampleFrame("Save view"), Name: Value{Name: "name", Text: hostile, Error: "You have a view of this name already."}, Taken: true, Shared: true,
		Query: sampleQuery, Sentence: "Transactions, for customer “" + rightToLeft + "”", Personal: "Customer name", BackHref: "/transactions?" + sampleQuery,
	}
}
