package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Mask says what of a personal value stays readable.
type Mask int

// The masks of DESIGN.md 7.
const (
	MaskNone     Mask = iota
	MaskAll           // nothing stays, not even the length
	MaskLastFour      // account number and IBAN: the last four characters stay
	MaskEmail         // the first letter and the domain stay
)

// Masked stands for what is not shown.
const Masked = "••••••"

// Apply masks one value. An empty value stays empty: that a field is missing is
// no personal data, and support has to see it.
func (m Mask) Apply(s string) string {
	if s == "" {
		return s
	}
	switch m {
	case MaskNone:
		return s
	case MaskLastFour:
		r := []rune(strings.TrimSpace(s))
		return "••" + string(r[max(0, len(r)-4):])
	case MaskEmail:
		name, domain, ok := strings.Cut(s, "@")
		if ok && name != "" && domain != "" && !strings.ContainsAny(domain, "@ ") {
			first, _ := utf8.DecodeRuneInString(name)
			return string(first) + "•••••@" + domain
		}
	}
	return Masked
}

// personalNames masks by the last name of a path what the table of fields does
// not list: the API may send a tax id at a place nobody declared.
var personalNames = map[string]Mask{
	"taxid": MaskAll, "ssn": MaskAll, "sin": MaskAll, "socialsecuritynumber": MaskAll,
	"nationalid": MaskAll, "dateofbirth": MaskAll, "birthdate": MaskAll, "dob": MaskAll,
	"driverlicense": MaskAll, "driverlicensenumber": MaskAll, "licensenumber": MaskAll, "passport": MaskAll, "passportnumber": MaskAll,
	"accountnumber": MaskLastFour, "accountnumberlastfour": MaskLastFour, "bankaccountnumber": MaskLastFour, "iban": MaskLastFour,
	"email": MaskEmail, "emailaddress": MaskEmail,
	"phone": MaskAll, "phonenumber": MaskAll, "mobile": MaskAll, "mobilephone": MaskAll,
	"address": MaskAll, "address1": MaskAll, "address2": MaskAll, "street": MaskAll, "streetaddress": MaskAll,
}

// openParts are what an address object may show: they name no house.
var openParts = map[string]bool{"city": true, "state": true, "zip": true, "country": true}

// MaskOf returns the mask of a path such as "payment.customer.taxId" or
// "payment.beneficiaries[0].iban": the table's word, else that of its names,
// the innermost first.
func MaskOf(path string) Mask {
	plain := withoutIndexes(path)
	if f, ok := LookupField(plain); ok {
		return f.Mask
	}
	names := strings.Split(strings.ToLower(plain), ".")
	for i, name := range slices.Backward(names) {
		if m, ok := personalNames[name]; ok {
			return m
		}
		if i == len(names)-1 && openParts[name] {
			return MaskNone
		}
	}
	return MaskNone
}

func withoutIndexes(path string) string {
	if !strings.Contains(path, "[") {
		return path
	}
	var b strings.Builder
	depth := 0
	for _, r := range path {
		switch {
		case r == '[':
			depth++
		case r == ']' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}
