package views

func sampleRevealed() RevealPage {
	return RevealPage{Frame: sampleFrame("Tax ID of 1006755981"), Label: "Tax ID", ID: "1006755981", BackHref: "/transactions/1006755981", Value: hostile, Seconds: 60}
}

func sampleAudit() AuditPage {
	return AuditPage{
		Frame: sampleFrame("Audit"), User: "support@acme.example", Zone: "America/New_York",
		Actions: []Choice{{Value: "reveal", Label: "reveal", On: true}},
		Older:   "/admin/audit?before=11", Newest: "/admin/audit", Verify: "/admin/audit?verify=1",
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
