package trustlyclient

import (
	"encoding/json"
	"log/slog"
)

// Transaction is one record of the ledger: a consent, a debit, a refund, a return … Its fields are those of the API's
// schema and of its sample, under the API's names. A part the API left out is a zero struct.
//
// A Transaction that a [Client] returned is shared between callers who asked the same: read it, never change it.
type Transaction struct {
	TransactionID              Text                       `json:"transactionId"`         // up to 15 characters
	TransactionType            Code                       `json:"transactionType"`       // table TransactionType
	Status                     Code                       `json:"status"`                // table TransactionStatus
	StatusMessage              Text                       `json:"statusMessage"`         // up to 120 characters
	StatusCode                 Code                       `json:"statusCode"`            // a provider status such as AC118, see LookupProviderStatus
	OriginalTransactionID      Text                       `json:"originalTransactionId"` // the record this one captures, refunds, returns …
	MerchantReference          Text                       `json:"merchantReference"`     // may differ from the payment's
	Currency                   Code                       `json:"currency"`              // table Currency
	Amount                     Amount                     `json:"amount"`                // 0.00 on an Authorize means no upper limit
	Pending                    Amount                     `json:"pending"`
	Paid                       Amount                     `json:"paid"`
	Refunded                   Amount                     `json:"refunded"`
	Reversed                   Amount                     `json:"reversed"`
	Balance                    Amount                     `json:"balance"` // paid minus reversed and refunded
	Fee                        Amount                     `json:"fee"`
	IP                         Text                       `json:"ip"` // of the consumer, IPv4 or IPv6
	CreatedAt                  Time                       `json:"createdAt"`
	ProcessedAt                Time                       `json:"processedAt"`
	CompletedAt                Time                       `json:"completedAt"`
	UpdatedAt                  Time                       `json:"updatedAt"`
	ExpiredAt                  Time                       `json:"expiredAt"` // when a preauthorization ends
	RepresentmentScheduledAt   Time                       `json:"representmentScheduledAt"`
	TimeZone                   Text                       `json:"timeZone"` // content not documented
	AutomaticRepresentment     Bool                       `json:"automaticRepresentment"`
	InstantPayoutSettle        Bool                       `json:"instantPayoutSettle"`
	PreAuthorized              Bool                       `json:"preAuthorized"`
	PaymentProcessorType       Code                       `json:"paymentProcessorType"` // meaning not documented
	PPTrxID                    Text                       `json:"ppTrxId"`              // Trustly's internal use
	RecordVersion              Text                       `json:"recordVersion"`
	PaymentProviderTransaction PaymentProviderTransaction `json:"paymentProviderTransaction"`
	Payment                    Payment                    `json:"payment"`

	// Raw is the transaction's own JSON object, byte for byte as sent, without the {"transaction":…} some answers put
	// around it.
	Raw json.RawMessage `json:"-"`
}

// LogValue keeps personal data out of logs: a transaction logs as its id.
func (t *Transaction) LogValue() slog.Value {
	if t == nil {
		return slog.Value{}
	}
	return slog.StringValue(t.TransactionID.String())
}

// PaymentProviderTransaction is the bank's side of a transaction: which code came back, through whom.
type PaymentProviderTransaction struct {
	PaymentProviderTransactionID Text             `json:"paymentProviderTransactionId"`
	Status                       Code             `json:"status"` // SW, UC, AC, SE, R, EFT …, see LookupProviderStatus
	StatusMessage                Text             `json:"statusMessage"`
	StatusDescription            Text             `json:"statusDescription"`
	ReasonCode                   Code             `json:"reasonCode"` // table DeclineReasonCode; known from webhooks
	ReasonCodeMessage            Text             `json:"reasonCodeMessage"`
	ExtendedReason               ExtendedReason   `json:"extendedReason"`
	ThirdPartyDeclineCode        Code             `json:"thirdPartyDeclineCode"`
	ClearingHouse                Text             `json:"clearingHouse"`
	InstantSettle                Bool             `json:"instantSettle"`
	Signature                    Text             `json:"signature"`
	PaymentProcessor             PaymentProcessor `json:"paymentProcessor"`
}

// ExtendedReason details a decline; known from webhooks.
type ExtendedReason struct {
	Code Code `json:"code"` // table DeclineExtendedReasonCode
}

// PaymentProcessor is who carries the transaction to the bank.
type PaymentProcessor struct {
	PaymentProcessorID Text `json:"paymentProcessorId"`
	Type               Code `json:"type"` // meaning not documented
	Name               Text `json:"name"`
	ShortName          Text `json:"shortName"`
	URL                Text `json:"url"`
	Active             Bool `json:"active"` // declared as a string
}
