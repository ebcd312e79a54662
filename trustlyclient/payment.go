package trustlyclient

// Payment is what a family of transactions shares: the consent and all its captures, refunds and returns carry the
// same payment.
type Payment struct {
	PaymentID                  Text                `json:"paymentId"`   // up to 15 characters
	PaymentType                Code                `json:"paymentType"` // table PaymentType
	System                     Code                `json:"system"`      // table PaymentSystem
	Country                    Code                `json:"country"`     // table Country
	MerchantID                 Text                `json:"merchantId"`
	Merchant                   Merchant            `json:"merchant"`
	MerchantReference          Text                `json:"merchantReference"`
	Description                Text                `json:"description"`
	Currency                   Code                `json:"currency"` // table Currency
	Amount                     Amount              `json:"amount"`   // of a recurring payment: the setup fee
	Pending                    Amount              `json:"pending"`
	Paid                       Amount              `json:"paid"`
	Refunded                   Amount              `json:"refunded"`
	Reversed                   Amount              `json:"reversed"`
	Balance                    Amount              `json:"balance"` // paid minus reversed and refunded
	ReturnURL                  Text                `json:"returnUrl"`
	CancelURL                  Text                `json:"cancelUrl"`
	Fingerprint                Text                `json:"fingerprint"` // Trustly's internal use
	Verification               PaymentVerification `json:"verification"`
	Account                    Account             `json:"account"`
	PaymentProvider            PaymentProvider     `json:"paymentProvider"`
	PaymentProviderSubtype     Code                `json:"paymentProviderSubtype"`     // table PaymentProviderSubtype
	AllowedPaymentProviderType []Code              `json:"allowedPaymentProviderType"` // table PaymentProviderType
	Auth                       Auth                `json:"auth"`
	Authorization              Text                `json:"authorization"`       // token
	AuthorizationStatus        Code                `json:"authorizationStatus"` // table TransactionStatus, unlike Auth.Status
	AuthorizationStatusMessage Text                `json:"authorizationStatusMessage"`
	Customer                   Customer            `json:"customer"`
	Address                    Address             `json:"address"`
	Recurrence                 Recurrence          `json:"recurrence"`
	PaymentFlow                Code                `json:"paymentFlow"` // Trustly's internal use
	RecordVersion              Text                `json:"recordVersion"`
	CreatedAt                  Time                `json:"createdAt"`
	UpdatedAt                  Time                `json:"updatedAt"`
}

// Merchant is who gets the money, or pays it out.
type Merchant struct {
	MerchantID Text `json:"merchantId"`
	Name       Text `json:"name"`
}

// PaymentVerification says whether a held payment was looked at, and by whom.
type PaymentVerification struct {
	Status         Code `json:"status"`         // table VerificationStatus
	Mode           Code `json:"mode"`           // table VerificationMode
	VerifyCustomer Bool `json:"verifyCustomer"` // name and ZIP code were compared with the bank's
}

// Auth is the consumer's authorization at the bank.
type Auth struct {
	Token   Text `json:"token"`
	Status  Code `json:"status"` // table AuthorizationStatus, which differs from TransactionStatus from 3 up
	Message Text `json:"message"`
}

// Recurrence is the agreement of a recurring payment: how much, how often, until when.
type Recurrence struct {
	RecurrenceID      Text   `json:"recurrenceId"`
	StartDate         Time   `json:"startDate"`
	EndDate           Time   `json:"endDate"`
	NextOccurrence    Time   `json:"nextOccurrence"` // next automatic capture
	RecurringAmount   Amount `json:"recurringAmount"`
	DebtSettlement    Amount `json:"debtSettlement"`
	Frequency         Text   `json:"frequency"`         // payments per frequency unit, 1 when missing
	FrequencyUnit     Text   `json:"frequencyUnit"`     // how many of FrequencyUnitType make the interval
	FrequencyUnitType Code   `json:"frequencyUnitType"` // table RecurrenceFrequencyUnitType
	AutomaticCapture  Bool   `json:"automaticCapture"`
}
