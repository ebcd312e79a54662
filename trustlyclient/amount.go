package trustlyclient

import (
	"strings"

	"github.com/shopspring/decimal"
)

// Amount is money as the API sent it, in the currency that stands beside it in the record. Trustly writes up to ten
// characters with two decimals ("125.50"), in one old sample with one ("10.0"); numbers are taken too.
type Amount struct {
	Text string // as sent; "" when missing
}

// String returns the text as sent.
func (a Amount) String() string { return a.Text }

// UnmarshalJSON takes any JSON value.
func (a *Amount) UnmarshalJSON(data []byte) error {
	a.Text = scalarText(data)
	return nil
}

// MarshalJSON writes the text as a JSON string.
func (a Amount) MarshalJSON() ([]byte, error) { return marshalText(a.Text) }

// Bounds of what counts as money. They are far beyond any payment; without them a text such as 1e999999999, a dozen
// characters long, would be expanded to a gigabyte of digits by the first addition.
const (
	maxAmountLength   = 64
	maxAmountExponent = 32
)

// Decimal returns the exact value, and false when the amount is missing or its text is not a number.
func (a Amount) Decimal() (decimal.Decimal, bool) {
	text := strings.TrimSpace(a.Text)
	if text == "" || len(text) > maxAmountLength {
		return decimal.Decimal{}, false
	}
	value, err := decimal.NewFromString(text)
	if err != nil || value.Exponent() > maxAmountExponent || value.Exponent() < -maxAmountExponent {
		return decimal.Decimal{}, false
	}
	return value, true
}
