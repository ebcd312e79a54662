package search

import (
	"slices"
	"strings"
	"unicode"
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

// Hides reports whether the mask keeps back anything of the value: of an account
// number that the API sent as its last four digits, it doesn't.
func (m Mask) Hides(s string) bool { return !strings.HasSuffix(m.Apply(s), s) }

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
	"homeaddress": MaskAll, "billingaddress": MaskAll, "mailingaddress": MaskAll, "shippingaddress": MaskAll,
}

// personalEndings mask the names that end in them: contactEmail, beneficiaryTaxId,
// user[email]. They are words that stand for nothing else.
var personalEndings = []string{"taxid", "ssn", "socialsecuritynumber", "nationalid", "dateofbirth", "birthdate", "driverlicense", "licensenumber", "passportnumber",
	"accountnumber", "iban", "email", "emailaddress", "phone", "phonenumber", "streetaddress", "address1", "address2"}

// maskOfName is the mask of one name however it is spelled: taxId, TaxID, tax_id.
func maskOfName(name string) (Mask, bool) {
	name = strings.Map(letterOrDigit, name)
	if m, ok := personalNames[name]; ok {
		return m, true
	}
	for _, ending := range personalEndings {
		if strings.HasSuffix(name, ending) {
			return personalNames[ending], true
		}
	}
	return MaskNone, false
}

func letterOrDigit(r rune) rune {
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return -1
	}
	return unicode.ToLower(r)
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
		if m, ok := maskOfName(name); ok {
			return m
		}
		if i == len(names)-1 && openParts[name] {
			return MaskNone
		}
	}
	return MaskNone
}

// withoutIndexes leaves out the places in lists, [0] [1] …; other brackets belong to a name.
func withoutIndexes(path string) string {
	if strings.IndexByte(path, '[') < 0 {
		return path
	}
	var b strings.Builder
	for path != "" {
		if path[0] == '[' {
			if place, rest := digits(path[1:]); place != "" && strings.HasPrefix(rest, "]") {
				path = rest[1:]
				continue
			}
		}
		b.WriteByte(path[0])
		path = path[1:]
	}
	return b.String()
}
