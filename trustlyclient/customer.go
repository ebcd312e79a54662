package trustlyclient

// Customer is the consumer, as the merchant named them. Nearly all of it is personal data, sent in clear.
type Customer struct {
	CustomerID         Text          `json:"customerId"` // Trustly's
	ExternalID         Text          `json:"externalId"` // the merchant's
	MerchantID         Text          `json:"merchantId"`
	Name               Text          `json:"name"`
	Email              Text          `json:"email"`
	Phone              Text          `json:"phone"`
	Address            Address       `json:"address"`
	DateOfBirth        Text          `json:"dateOfBirth"` // a day, in no documented form
	TaxID              Text          `json:"taxId"`       // SSN, SIN …
	NationalID         Text          `json:"nationalId"`
	DriverLicense      DriverLicense `json:"driverLicense"`
	PersonID           Text          `json:"personId"` // the same person at different banks
	OrganizationNumber Text          `json:"organizationNumber"`
	VIP                Code          `json:"vip"` // table VipTier; what a tier means is agreed per merchant
	ExternalTier       Text          `json:"externalTier"`
	Currency           Code          `json:"currency"`
	Balance            Amount        `json:"balance"`    // with the merchant, not at the bank
	EnrollDate         Time          `json:"enrollDate"` // first transaction with the merchant, by any method
	CustomData         Text          `json:"customData"` // the merchant's own object, as JSON
	CreatedAt          Time          `json:"createdAt"`
	UpdatedAt          Time          `json:"updatedAt"`
}

// DriverLicense identifies a consumer where that is asked for.
type DriverLicense struct {
	Number Text `json:"number"`
	State  Text `json:"state"` // two characters
}

// Address is where a consumer or a bank lives or gets post.
type Address struct {
	Address1 Text `json:"address1"`
	Address2 Text `json:"address2"`
	City     Text `json:"city"`
	State    Text `json:"state"` // state, province or region code
	Zip      Text `json:"zip"`
	Country  Code `json:"country"` // two characters
}
