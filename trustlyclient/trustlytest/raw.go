package trustlytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// loose is any JSON scalar as text.
type loose string

func (l *loose) UnmarshalJSON(b []byte) error {
	var s string
	switch {
	case len(b) > 0 && b[0] == '"':
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
	case string(b) != "null":
		s = string(b)
	}
	*l = loose(s)
	return nil
}

func (l loose) code() int {
	n, err := strconv.ParseInt(string(l), 10, 32)
	if err != nil {
		return noCode
	}
	return int(n)
}

// milliseconds reads a time of an answer: below 1e11 it is in seconds.
func (l loose) milliseconds() int64 {
	n, err := strconv.ParseInt(string(l), 10, 64)
	if err != nil {
		return 0
	}
	if n < 100_000_000_000 {
		n *= 1000
	}
	return n
}

func (l loose) cents() Cents {
	c, err := parseCents(string(l), false)
	if err != nil {
		return 0
	}
	return c
}

// rawTransaction has the fields that filters and orders look at.
type rawTransaction struct {
	TransactionID, TransactionType, Status, OriginalTransactionID, MerchantReference, IP loose
	Amount, Pending, Paid, Refunded, Reversed                                            loose
	CreatedAt, ProcessedAt, CompletedAt, UpdatedAt                                       loose
	PaymentProviderTransaction                                                           struct{ PaymentProviderTransactionID, Status loose }
	Payment                                                                              *rawPayment
}

type rawPayment struct {
	PaymentID, PaymentType, MerchantReference, MerchantID, Description, Fingerprint loose
	Currency, Country                                                               loose
	Merchant                                                                        struct{ MerchantID, Name loose }
	Verification, Auth                                                              struct{ Status loose }
	Amount, Pending, Paid, Refunded, Reversed                                       loose
	CreatedAt, UpdatedAt                                                            loose
	Customer                                                                        *struct{ CustomerID, ExternalID, Name loose }
	Account                                                                         *struct{ AccountNumber, RoutingNumber, ProviderID, Verified loose }
	PaymentProvider                                                                 *struct{ PaymentProviderID, Name, Framework loose }
}

// recordFromJSON reads what can be filtered by and keeps the whole as it is.
func recordFromJSON(raw []byte) (*Record, error) {
	var t rawTransaction
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("read transaction: %w", err)
	}
	if t.TransactionID == "" {
		return nil, errors.New("read transaction: no transactionId")
	}
	r := &Record{
		ID: string(t.TransactionID), OriginalID: string(t.OriginalTransactionID), MerchantReference: string(t.MerchantReference),
		IP: string(t.IP), ProviderID: string(t.PaymentProviderTransaction.PaymentProviderTransactionID),
		ProviderStatus: string(t.PaymentProviderTransaction.Status), Type: t.TransactionType.code(), Status: t.Status.code(),
		Amount: t.Amount.cents(), Pending: t.Pending.cents(), Paid: t.Paid.cents(), Refunded: t.Refunded.cents(), Reversed: t.Reversed.cents(),
		CreatedAt: t.CreatedAt.milliseconds(), ProcessedAt: t.ProcessedAt.milliseconds(),
		CompletedAt: t.CompletedAt.milliseconds(), UpdatedAt: t.UpdatedAt.milliseconds(),
		Rare: &Rare{Raw: append(json.RawMessage(nil), raw...)},
	}
	if t.Payment != nil {
		r.Payment = t.Payment.payment()
	}
	return r, nil
}

func (p *rawPayment) payment() *Payment {
	payment := &Payment{
		ID: string(p.PaymentID), MerchantReference: string(p.MerchantReference), Description: string(p.Description),
		Currency: string(p.Currency), Country: string(p.Country),
		Amount: p.Amount.cents(), Pending: p.Pending.cents(), Paid: p.Paid.cents(), Refunded: p.Refunded.cents(), Reversed: p.Reversed.cents(),
		CreatedAt: p.CreatedAt.milliseconds(), UpdatedAt: p.UpdatedAt.milliseconds(),
	}
	set := func(to *int, l loose) {
		if l != "" {
			*to = l.code()
		}
	}
	var verification int
	set(&payment.Type, p.PaymentType)
	set(&payment.AuthStatus, p.Auth.Status)
	set(&verification, p.Verification.Status)
	payment.VerificationStatus = int16(verification)
	merchantID := p.Merchant.MerchantID
	if merchantID == "" {
		merchantID = p.MerchantID
	}
	if merchantID != "" {
		payment.Merchant = &Merchant{ID: string(merchantID), Name: string(p.Merchant.Name)}
	}
	if c := p.Customer; c != nil || p.Fingerprint != "" {
		payment.Customer = &Customer{Fingerprint: string(p.Fingerprint)}
		if c != nil {
			payment.Customer.ID, payment.Customer.ExternalID, payment.Customer.Name = string(c.CustomerID), string(c.ExternalID), string(c.Name)
		}
	}
	if a := p.Account; a != nil {
		payment.Account = &Account{Number: string(a.AccountNumber), Routing: string(a.RoutingNumber), ProviderID: string(a.ProviderID), Verified: strings.EqualFold(string(a.Verified), "true")}
	}
	if b := p.PaymentProvider; b != nil {
		payment.Provider = &Provider{ID: string(b.PaymentProviderID), Name: string(b.Name), Framework: string(b.Framework)}
	}
	return payment
}
