package views

func sampleAdminPages(current string) []Link {
	pages := []Link{{Label: "Audit", Href: "/admin/audit"}, {Label: "Permissions", Href: "/admin/permissions"}, {Label: "API", Href: "/admin/api"}}
	for i := range pages {
		pages[i].Current = pages[i].Label == current
	}
	return pages
}

func sampleAudit() AuditPage {
	return AuditPage{
		Frame: sampleFrame("Audit"), Pages: sampleAdminPages("Audit"), User: "support@acme.example", Zone: "America/New_York", Filtered: true,
		From: "2026-11-01", Holds: []string{"#abcdefghij", "#klmnopqrst"},
		Actions: []Choice{{Value: "reveal", Label: "reveal", On: true}},
		Results: []Choice{{Value: "allowed", Label: "Allowed"}, {Value: "refused", Label: "Refused"}},
		Older:   "/admin/audit?before=11", Newest: "/admin/audit", Verify: "/admin/audit?verify=1",
		CSV: "/admin/audit.csv?action=reveal", JSONLines: "/admin/audit.jsonl?action=reveal",
		Verified: Notice{Tone: ToneBad, Text: "The chain is broken: record 7 is missing. The 6 records before it hold."},
		Records: []AuditRecord{
			{Seq: "12", Time: "Nov 20, 09:00:00", TimeUTC: "2026-11-20T14:00:00.000Z", User: "support@acme.example", Role: "support", Action: "reveal",
				Object: "transaction 1006755981", ObjectHref: "/transactions/1006755981", Detail: "payment.customer.taxId",
				Result: Status{Word: "Allowed", Tone: ToneGood}, Reason: hostile, Address: "2001:db8::1", RequestText: "ABCDEFGHIJKL"},
			{Seq: "11", Time: "Nov 20, 08:59:00", TimeUTC: "2026-11-20T13:59:00.000Z", User: longName, Role: "finance", Action: "reveal",
				Object: rightToLeft, Result: Status{Word: "Refused", Tone: ToneBad}},
		},
	}
}

func sampleAuditRefused() AuditPage {
	p := sampleAudit()
	p.Records, p.Verified, p.Older, p.Newest, p.Holds = nil, Notice{}, "", "", nil
	p.From = hostile
	p.Errors = []FormError{{Name: "from", Label: "From", Value: hostile, Message: "is no time: write 2026-11-01"}, {Name: "holds", Label: "Looked for", Value: "x", Message: "is no hash of the audit"}}
	return p
}

func samplePermissions() PermissionsPage {
	return PermissionsPage{
		Frame: sampleFrame("Permissions"), Pages: sampleAdminPages("Permissions"), Roles: []string{"Support", "Finance", "Admin"},
		Permissions: []PermissionRow{{Name: "view", Means: "Search and read", Granted: []bool{true, true, true}}, {Name: "audit", Means: "Read the record of who did what", Granted: []bool{false, false, true}}},
		Routes: []RouteRow{
			{Method: "GET", Path: "/login", Asks: "nothing", Granted: []bool{true, true, true}},
			{Method: "GET", Path: "/transactions.csv", Asks: "export", Besides: "or an access token", Granted: []bool{false, true, true}},
		},
	}
}
