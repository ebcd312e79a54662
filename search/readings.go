package search

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"trustlyportal/trustlyclient"
)

// Reading is one thing that a pasted text can be: what the API is to be asked for, and the value in its spelling.
type Reading struct {
	Name  string // a filter's name, or [ReadRecord] or [ReadAmount]
	Value string
	Loose bool // broader than what was pasted: what it finds is no answer by itself
}

// The two readings that are no filter of the API.
const (
	ReadRecord = "transactionId" // the record itself: the API has no filter by its ID
	ReadAmount = "amount"        // exactly this amount: amount.min and amount.max at once
)

// MaxReadings bounds what one text asks of the API.
const MaxReadings = 7

const (
	namePayment    = "payment.paymentId"
	nameOriginal   = "originalTransactionId"
	nameReference  = "payment.merchantReference"
	nameExternal   = "payment.customer.externalId"
	nameCustomer   = "payment.customer.name"
	nameProviderID = "paymentProviderTransaction.paymentProviderTransactionId"
	nameReason     = "paymentProviderTransaction.ppTrxStatusCode"
	nameAccount    = "payment.fiAccount.accountNumber"
	nameRouting    = "payment.fiAccount.routingNumber"
	nameIP         = "ipAddr"
	nameAbout      = "payment.description"
	namePrint      = "payment.fingerprint"
)

// readingLabels are the readings' names within a sentence: "3 by merchant reference".
var readingLabels = map[string]string{
	ReadRecord: "transaction ID", ReadAmount: "amount", namePayment: "payment ID", nameOriginal: "original ID",
	nameReference: "merchant reference", nameExternal: "customer external ID", nameCustomer: "customer name",
	nameProviderID: "provider transaction ID", nameReason: "reason code", nameAccount: "account number",
	nameRouting: "routing number", nameIP: "IP address", nameAbout: "description", namePrint: "payment fingerprint",
}

// Label names the reading within a sentence.
func (r Reading) Label() string { return readingLabels[r.Name] }

// In is the view narrowed to the reading. There is none of a record itself; the view comes back as it was.
func (r Reading) In(v View) View {
	switch r.Name {
	case ReadRecord:
		return v
	case ReadAmount:
		return v.With("amount.min", r.Value).With("amount.max", r.Value)
	}
	return v.With(r.Name, r.Value)
}

// asks reports whether the API can be asked for it at all: an id of digits, or a value that its filter takes.
func (r Reading) asks() bool {
	switch r.Name {
	case ReadRecord:
		return isDigits(r.Value) && len(r.Value) <= maxRecordID
	case ReadAmount:
		return amountPattern.MatchString(r.Value)
	}
	return r.In(emptyView()).Value(r.Name) == r.Value && r.Value != ""
}

// Bounds on rows of digits. A transaction ID has up to 15 characters (trustly.md 5); fewer than six leave amounts,
// codes and last four digits out. American account numbers have up to 17 digits.
const (
	minRecordID      = 6
	maxRecordID      = 15
	minAccountNumber = 4
	maxAccountNumber = 17
)

// Readings are what a pasted text can be by its shape, the likeliest first, at most [MaxReadings]. None means that
// nothing can be asked for it; see [Unsearchable].
func Readings(pasted string) []Reading {
	text := Tidy(pasted)
	if text == "" {
		return nil
	}
	found := readShape(text)
	if whole := peel(plain(pasted), untie); whole != text && !strings.Contains(whole, " ") {
		found = append(found, Reading{Name: nameReference, Value: whole}) // "REF:20931" may be a reference as it stands
	}
	var out []Reading
	for _, r := range found {
		same := func(other Reading) bool { return other.Name == r.Name && other.Value == r.Value }
		if r.asks() && !slices.ContainsFunc(out, same) {
			out = append(out, r)
		}
	}
	return out[:min(len(out), MaxReadings)]
}

// shapes are tried in turn; the first that knows the text says all that it can be.
var shapes = []func(text string) []Reading{
	readShortened, readLink, readMail, readAddress, readProviderID, readPhone, readMaskedAccount, readReason, readMoney, readNumber,
}

func readShape(text string) []Reading {
	for _, read := range shapes {
		if found := read(text); found != nil {
			return found
		}
	}
	return readWords(text)
}

func as(value string, names ...string) []Reading {
	readings := make([]Reading, len(names))
	for i, name := range names {
		readings[i] = Reading{Name: name, Value: value}
	}
	return readings
}

// readShortened stops at what a spreadsheet made of a long number: its digits are gone.
func readShortened(text string) []Reading {
	if shortenedPattern.MatchString(text) {
		return []Reading{}
	}
	return nil
}

var linkPattern = regexp.MustCompile(`(?i)^https?://\S*/transactions/([0-9]{1,15})(?:[/?#]\S*)?$`)

// readLink reads a link to a record, of this portal or of another.
func readLink(text string) []Reading {
	if m := linkPattern.FindStringSubmatch(text); m != nil {
		return as(m[1], ReadRecord)
	}
	return nil
}

// readMail reads what an e-mail address leaves to ask: the name beside it, and merchants who use it as their own number.
func readMail(text string) []Reading {
	m := mailPattern.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	var found []Reading
	if name := Tidy(m[1]); strings.ContainsFunc(name, unicode.IsLetter) {
		found = customerName(name)
	}
	return append(found, as(m[2], nameExternal, nameReference)...)
}

// readAddress reads an IP address, with a port or in brackets too. One that can be spelled in several ways is asked for
// as it was pasted as well: how Trustly spells it is not documented.
func readAddress(text string) []Reading {
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		withPort, err := netip.ParseAddrPort(text)
		if err != nil {
			return nil
		}
		return as(withPort.Addr().Unmap().WithZone("").String(), nameIP)
	}
	return append(as(ip.Unmap().WithZone("").String(), nameIP), as(strings.Trim(text, "[]"), nameIP)...)
}

func readProviderID(text string) []Reading {
	if len(text) > 4 && strings.EqualFold(text[:4], "ptx-") {
		return as(text, nameProviderID)
	}
	return nil
}

// readPhone reads what a phone number leaves to ask: some merchants number their customers by it.
func readPhone(text string) []Reading {
	if !isPhone(text) {
		return nil
	}
	digits := strings.Map(keepDigits, text)
	return append(as(text, nameExternal, nameReference), as(digits, nameExternal, nameReference)...)
}

var maskedPattern = regexp.MustCompile(`(?i)^(?:(?:ends|ending) (?:in|with) |[*•·●x.…-]{2,} ?|x)([0-9]{4})$`)

// readMaskedAccount reads the last four digits as bank statements print them.
func readMaskedAccount(text string) []Reading {
	m := maskedPattern.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	return append(as(m[1], nameAccount), as(text, nameReference, nameExternal)...)
}

var reasonPattern = regexp.MustCompile(`^(?:R[0-9]{2}|(?:SW|UC|AC|SE)[0-9]{2,3}|EFT[_ -]?[0-9]{3})$`)

// readReason reads a provider's status code, known or of the known shape.
func readReason(text string) []Reading {
	code := strings.ToUpper(text)
	_, known := trustlyclient.LookupProviderStatus(code)
	if isDigits(code) {
		if code, known = "EFT_"+code, known && len(code) == 3; !known {
			return nil
		}
		return append(as(code, nameReason), readNumber(text)...)
	}
	if !known && !reasonPattern.MatchString(code) {
		return nil
	}
	if number, ok := strings.CutPrefix(code, "EFT"); ok {
		code = "EFT_" + strings.TrimLeft(number, "_ -")
	}
	return append(as(code, nameReason), as(text, nameReference, nameExternal)...)
}

// readMoney reads what is marked as an amount, by a currency, thousands marks or decimals.
func readMoney(text string) []Reading {
	values, marked := amounts(text)
	if !marked {
		return nil
	}
	var found []Reading
	for _, value := range values {
		found = append(found, Reading{Name: ReadAmount, Value: value})
	}
	if digits := ungroup(text); isDigits(digits) && (len(digits) >= minRecordID || !strings.Contains(text, ".")) {
		found = append(found, readNumber(digits)...)
	}
	return append(found, as(text, nameReference)...)
}

// readNumber reads a row of digits, also one that a spreadsheet or a voice cut into groups.
func readNumber(text string) []Reading {
	digits := ungroup(text)
	if !isDigits(digits) {
		return nil
	}
	n := len(digits)
	var names []string
	switch {
	case n >= minRecordID && n <= maxRecordID:
		names = []string{ReadRecord, namePayment, nameOriginal, nameReference, nameExternal, nameAccount}
		if isRoutingNumber(digits) { // one ID of nine digits in thirty looks like it
			names = slices.Insert(names, 1, nameRouting)
		}
	case n > maxRecordID:
		names = []string{nameReference, nameProviderID, nameExternal, nameAccount}
	case n >= minAccountNumber:
		names = []string{nameAccount, nameExternal, nameReference}
	default:
		names = []string{nameExternal, nameReference}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == nameAccount && n > maxAccountNumber })
	found := as(digits, names...)
	if bare, _ := amounts(digits); text == digits && len(bare) == 1 {
		found = append(found, Reading{Name: ReadAmount, Value: bare[0]})
	}
	if text != digits { // as it stands it may be a reference
		found = append(found, as(text, nameReference)...)
	}
	return found
}

var (
	thousandsPattern = regexp.MustCompile(`^[0-9]{1,3}(?:(?:,[0-9]{3})+(?:\.00?)?|(?:['’][0-9]{3})+(?:\.00?)?|(?:\.[0-9]{3}){2,}(?:,00?)?)$`)
	voicedPattern    = regexp.MustCompile(`^[0-9]+(?: [0-9]+)+$`)
	decimalsPattern  = regexp.MustCompile(`^[0-9]{6,15}\.00?$`)
	noDecimals       = regexp.MustCompile(`[.,]00?$`)
)

// ungroup takes thousands marks, spaces and empty decimals out of a number; other texts come back as they are.
func ungroup(text string) string {
	digits := strings.Map(keepDigits, noDecimals.ReplaceAllString(text, ""))
	if thousandsPattern.MatchString(text) || decimalsPattern.MatchString(text) || voicedPattern.MatchString(text) && len(digits) <= maxAccountNumber {
		return digits
	}
	return text
}

func keepDigits(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return r
}

// isRoutingNumber reports whether nine digits can be the number of a bank: American ones hold a check digit and begin
// with the number of a Federal Reserve district, Canadian ones with 0 and the institution.
func isRoutingNumber(s string) bool {
	if len(s) != 9 || !isDigits(s) || s == "000000000" {
		return false
	}
	if s[0] == '0' {
		return true
	}
	sum := 0
	for i, weight := range []int{3, 7, 1, 3, 7, 1, 3, 7, 1} {
		sum += weight * int(s[i]-'0')
	}
	district := int(s[0]-'0')*10 + int(s[1]-'0')
	return sum%10 == 0 && (district <= 12 || district >= 21 && district <= 32 || district >= 61 && district <= 72 || district == 80)
}

var (
	printPattern = regexp.MustCompile(`^[A-Za-z0-9+/]{20,}={1,2}$`)
	plainPattern = regexp.MustCompile(`^[A-Za-z0-9._/:+~@#-]+$`) // what identifiers are made of
	partPattern  = regexp.MustCompile(`^(\S{3,}[A-Za-z0-9])[-_/][0-9]{1,2}$`)
)

// readWords reads everything else: references, numbers with letters, names.
func readWords(text string) []Reading {
	spaced, digits := strings.Contains(text, " "), strings.ContainsFunc(text, unicode.IsDigit)
	var found []Reading
	switch {
	case printPattern.MatchString(text):
		return as(text, namePrint, nameProviderID, nameReference)
	case !digits && spaced:
		return append(customerName(text), as(text, nameReference, nameAbout)...)
	case !digits:
		return append(customerName(text), as(text, nameReference, nameExternal, nameAbout)...)
	case spaced:
		return as(text, nameReference, nameAbout, nameExternal, nameCustomer)
	}
	found = as(text, nameReference, nameExternal, nameProviderID)
	if !plainPattern.MatchString(text) {
		found = append(found, customerName(text)...)
	}
	if m := partPattern.FindStringSubmatch(text); m != nil {
		// Captures and refunds may have a reference of their own, which no filter of the API knows (trustly.md 2.2); it
		// is often the payment's with a number behind it.
		found = append(found, Reading{Name: nameReference, Value: m[1], Loose: true})
	}
	return found
}

// customerName reads a name, and "Last, First" in both orders.
func customerName(text string) []Reading {
	last, first, ok := strings.Cut(text, ",")
	if last, first = strings.TrimSpace(last), strings.TrimSpace(first); ok && last != "" && first != "" && !strings.Contains(first, ",") {
		return append(as(first+" "+last, nameCustomer), as(text, nameCustomer)...)
	}
	return as(text, nameCustomer)
}
