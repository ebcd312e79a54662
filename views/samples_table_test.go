package views

func sampleColumnsPage() ColumnsPage {
	return ColumnsPage{
		Frame: sampleFrame("Columns"), BackHref: "/transactions?" + sampleQuery + "&columns=transactionId,status,fee", BackLabel: "Captures and refunds, failed or reversed " + rightToLeft,
		Chosen: []Choice{{Value: "status", Label: "Status", On: true}, {Value: "fee", Label: "Fee", On: true}},
		Groups: []ColumnGroup{
			{Label: "Transaction", Choices: []Choice{{Value: "status", Label: "Status", Meaning: "Status", On: true}, {Value: "ip", Label: "IP address", Meaning: "IP address"}}},
			{Label: "Customer", Choices: []Choice{{Value: "payment.customer.email", Label: "Customer: email", Meaning: "Email"}}},
		},
		Hidden:      []Parameter{{"transactionStatus", "5"}, {"payment.customer.name", hostile}},
		DefaultHref: "/transactions?" + sampleQuery, AllHref: "/transactions?" + sampleQuery + "&columns=all", Own: true,
	}
}

// sampleListGrowing is a first page that asks for newer rows, its cells saying what to filter by.
func sampleListGrowing() ListPage {
	p := sampleList()
	p.Frame.Density = DensityCompact
	p.Grows, p.Since, p.ColumnsHref = true, "1795000000000.1.1006755981", "/transactions/columns?"+sampleQuery
	filters := map[string]string{"status": "transactionStatus", "transactionType": "transactionType", "amount": "amount", "payment.customer.name": "payment.customer.name", "reference": "payment.merchantReference", "createdAt": "createdAt"}
	for i := range p.Columns {
		p.Columns[i].Filter = filters[p.Columns[i].Name]
	}
	p.Columns[len(p.Columns)-1].Zone = "EST"
	for i := range p.Rows {
		p.Rows[i].Cells[1].Value, p.Rows[i].Cells[2].Value = count(i%15), count(i%11)
		p.Rows[i].Cells[5].Unfiltered = i%3 == 0
	}
	return p
}
