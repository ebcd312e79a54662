package trustlytest

import "math/rand/v2"

// Reasons that banks and the risk engine give; the texts are in Trustly's code tables.
var (
	achReturns          = []string{"R01", "R01", "R01", "R01", "R02", "R03", "R04", "R08", "R09", "R16", "R20", "R29"}
	unauthorizedReturns = []string{"R10", "R10", "R05", "R07", "R11", "R29", "R51"}
	eftReturns          = []string{"EFT_901", "EFT_901", "EFT_900", "EFT_905", "EFT_912", "EFT_914"}
	userCancels         = []string{"UC01", "UC02", "UC02", "UC03", "UC04", "UC06", "UC07", "UC08", "UC12", "UC15", "UC34", "UC35", "UC010"}
)

// declines are the reasons for each provider code; extended codes such as 13024 carry hours in their last digits.
var declines = map[string][]Rare{
	"SW021": {
		{ReasonCode: "16", ReasonMessage: "No reason available", ExtendedReason: "160000"},
		{ReasonCode: "12", ReasonMessage: "Insufficient funds", ExtendedReason: "120000"},
	},
	"SW054": {
		{ReasonCode: "1", ReasonMessage: "Thresholds exceeded", ExtendedReason: "13024"},
		{ReasonCode: "1", ReasonMessage: "Thresholds exceeded", ExtendedReason: "10000"},
		{ReasonCode: "1", ReasonMessage: "Thresholds exceeded", ExtendedReason: "11168"},
		{ReasonCode: "2", ReasonMessage: "Data mismatch", ExtendedReason: "20000"},
		{ReasonCode: "3", ReasonMessage: "Suspicious history", ExtendedReason: "30301", ThirdPartyDeclineCode: "TP-7"},
	},
	"SW055": {
		{ReasonCode: "5", ReasonMessage: "Negative database", ExtendedReason: "50006"},
		{ReasonCode: "5", ReasonMessage: "Negative database", ExtendedReason: "50001"},
	},
	"SW056": {{ReasonCode: "9", ReasonMessage: "Business account not supported", ExtendedReason: "90000"}},
	"SW057": {{ReasonCode: "11", ReasonMessage: "Split token expired or revoked", ExtendedReason: "110000"}},
}

func declineFor(r *rand.Rand, code string) *Rare {
	reason := pick(r, declines[code])
	return &reason
}

// Processors of the made-up world.
var (
	ach    = &Processor{"1", "Demo Processor", "DEMO", "ACH"}
	rtp    = &Processor{"2", "Harbor Real Time", "HRT", "RTP"}
	fedNow = &Processor{"3", "Prairie Instant", "PRI", "FedNow"}
	eft    = &Processor{"4", "Maple Clearing", "MAPLE", "EFT"}
)

func processorFor(kind int, currency string) *Processor {
	switch {
	case kind == Authorize:
		return nil
	case currency == "CAD":
		return eft
	default:
		return ach
	}
}
