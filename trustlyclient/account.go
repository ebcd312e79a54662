package trustlyclient

// Account is the consumer's bank account.
type Account struct {
	Name                      Text                `json:"name"`
	Type                      Code                `json:"type"`                  // table AccountType
	Profile                   Code                `json:"profile"`               // table AccountProfile
	Country                   Code                `json:"country"`               // table Country
	AccountNumber             Text                `json:"accountNumber"`         // full, virtual, or (as in the sample) the last four digits
	AccountNumberLastFour     Text                `json:"accountNumberLastFour"` // of the real number
	RoutingNumber             Text                `json:"routingNumber"`
	IBAN                      Text                `json:"iban"`
	Token                     Text                `json:"token"`
	Source                    Code                `json:"source"` // meaning not documented
	Verified                  Bool                `json:"verified"`
	Verification              AccountVerification `json:"verification"`
	VirtualAccountRoutingPair Bool                `json:"virtualAccountRoutingPair"` // account and routing number are virtual
	ProviderID                Text                `json:"providerId"`
	PaymentProvider           PaymentProvider     `json:"paymentProvider"`
	PaymentProviderSubtype    Code                `json:"paymentProviderSubtype"` // table PaymentProviderSubtype
}

// AccountVerification says how far the account was proven to exist and to be the consumer's.
type AccountVerification struct {
	Verified             Bool `json:"verified"`
	Type                 Code `json:"type"` // table AccountVerificationType
	HasEnoughFunds       Bool `json:"hasEnoughFunds"`
	VerificationDate     Time `json:"verificationDate"` // seconds in the sample, unlike its neighbours
	Score                Code `json:"score"`            // table AccountVerificationScore, 6 and above is verified
	ThirdPartyScore      Code `json:"thirdPartyScore"`  // table AccountVerificationThirdPartyScore
	NumberOfTries        Text `json:"numberOfTries"`    // allowed
	NumberOfAttemptsLeft Text `json:"numberOfAttemptsLeft"`
}

// PaymentProvider is the bank, or whoever stands in for it.
type PaymentProvider struct {
	PaymentProviderID      Text    `json:"paymentProviderId"`
	Type                   Code    `json:"type"`    // table PaymentProviderType
	SubType                Code    `json:"subType"` // table PaymentProviderSubtype; the sample spells it subtype, both are read
	Name                   Text    `json:"name"`
	Swift                  Text    `json:"swift"`
	Country                Code    `json:"country"` // table Country
	Address                Address `json:"address"`
	InstantPayoutAvailable Bool    `json:"instantPayoutAvailable"`
	InstantPayment         Bool    `json:"instantPayment"`
}
