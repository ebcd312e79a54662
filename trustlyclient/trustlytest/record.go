package trustlytest

import "encoding/json"

// Cents is money in hundredths, written with two decimals.
type Cents int64

// Record is one transaction. Times are Unix milliseconds and 0 when missing; an empty string or nil part is left out
// of the answer (see Rare.Nulls). What the pointers lead to is shared between records and must not be changed in place;
// [Server.Update] hands out a copy of the payment that may be.
type Record struct {
	ID                string // transactionId, up to 15 characters
	OriginalID        string // originalTransactionId
	MerchantReference string
	IP                string
	ProviderID        string // paymentProviderTransaction.paymentProviderTransactionId, and ppTrxId
	ProviderStatus    string // paymentProviderTransaction.status: SW, UC, AC, SE, R, EFT_ codes
	Type              int    // transactionType
	Status            int

	Amount, Pending, Paid, Refunded, Reversed Cents

	CreatedAt, ProcessedAt, CompletedAt, UpdatedAt int64

	Version       int32 // recordVersion
	InstantSettle bool  // paymentProviderTransaction.instantSettle
	PreAuthorized bool

	Processor *Processor
	Payment   *Payment
	Rare      *Rare
}

// Balance returns what is left of the amount paid.
func (r *Record) Balance() Cents { return r.Paid - r.Refunded - r.Reversed }

// Rare holds what few records have, so that all the others stay small.
type Rare struct {
	StatusMessage   string // when not the status's usual name
	TimeZone        string
	Fee             Cents
	ExpiredAt       int64 // end of a preauthorization
	RepresentmentAt int64 // representmentScheduledAt

	ThirdPartyDeclineCode string
	ReasonCode            string // paymentProviderTransaction.reasonCode, an undeclared field
	ReasonMessage         string // … .reasonCodeMessage
	ExtendedReason        string // … .extendedReason.code

	Undeclared string          // further JSON members, such as `"riskBand":"B7"`
	Nulls      bool            // missing parts are written as null instead of being left out
	Raw        json.RawMessage // the whole transaction as it is answered, whatever the other fields say
}

// Payment is what all records of one family share.
type Payment struct {
	ID                string
	MerchantReference string
	Description       string
	Currency          string
	Country           string
	AuthToken         string
	Type              int
	AuthStatus        int

	Amount, Pending, Paid, Refunded, Reversed Cents

	CreatedAt, UpdatedAt int64

	Version            int32
	Flow               int16
	VerificationStatus int16
	VerificationMode   int16
	VerifyCustomer     bool

	Merchant   *Merchant
	Customer   *Customer
	Account    *Account
	Provider   *Provider
	Recurrence *Recurrence
}

// Balance returns what is left of all that was paid.
func (p *Payment) Balance() Cents { return p.Paid - p.Refunded - p.Reversed }

// Merchant is one of the shops.
type Merchant struct {
	ID, Name             string
	ReturnURL, CancelURL string
	prefix               string // of its references
	descriptions         []string
	low, high            Cents // usual amounts
}

// Customer is a payer or payee.
type Customer struct {
	ID, ExternalID, MerchantID string
	Name, Email, Phone         string
	DateOfBirth, TaxID         string
	NationalID                 string
	LicenseNumber              string
	LicenseState               string
	VIP, ExternalTier          string
	Fingerprint                string // of the device, sent as payment.fingerprint
	Address                    Address
	EnrolledAt                 int64

	merchant *Merchant
	provider *Provider
	account  *Account
}

// Address is a postal address.
type Address struct{ Line1, Line2, City, State, Zip, Country string }

// Account is a bank account.
type Account struct {
	Name, Country, Number, LastFour, Routing, Token, ProviderID string
	Type, Profile, Source                                       int16
	VerificationType, Score                                     int16 // score −1 = none
	Verified, EnoughFunds, Virtual                              bool
	VerifiedAt                                                  int64 // Unix seconds, as in the sample
}

// Provider is a bank.
type Provider struct {
	ID, Name, Country string
	Framework         string // an undeclared member that some providers have
	Type, Subtype     int
	InstantPayout     bool
	routing           string
}

// Processor is who moves the money.
type Processor struct{ ID, Name, ShortName, ClearingHouse string }

// Recurrence is the schedule of a recurring payment; dates are Unix milliseconds.
type Recurrence struct {
	ID                 string
	Start, End, Next   int64
	Amount             Cents
	Unit               string // Day, Week, Month, Year
	Every              int
	Automatic, ISO8601 bool // ISO8601: dates as text, the other of the two forms on record
}

// The accessors below give an empty part for a missing one, so that matching needs no nil checks.

var (
	noPayment  = &Payment{}
	noMerchant = &Merchant{}
	noCustomer = &Customer{}
	noProvider = &Provider{}
	noRare     = &Rare{}
)

func (r *Record) payment() *Payment {
	if r.Payment == nil {
		return noPayment
	}
	return r.Payment
}

func (r *Record) rare() *Rare {
	if r.Rare == nil {
		return noRare
	}
	return r.Rare
}

func (p *Payment) merchant() *Merchant {
	if p.Merchant == nil {
		return noMerchant
	}
	return p.Merchant
}

func (p *Payment) customer() *Customer {
	if p.Customer == nil {
		return noCustomer
	}
	return p.Customer
}

func (p *Payment) provider() *Provider {
	if p.Provider == nil {
		return noProvider
	}
	return p.Provider
}

// account reports false when the payment has none: an account that is not there is not "unverified" either.
func (p *Payment) account() (*Account, bool) {
	if p.Account == nil {
		return &Account{}, false
	}
	return p.Account, true
}
