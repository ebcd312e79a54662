package views

func sampleRevealed() RevealPage {
	return RevealPage{Frame: sampleFrame("Tax ID of 1006755981"), Label: "Tax ID", ID: "1006755981", BackHref: "/transactions/1006755981", Value: hostile, Seconds: 60}
}
