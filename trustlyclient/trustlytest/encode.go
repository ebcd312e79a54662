package trustlytest

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// encoder writes transactions as JSON, member by member in the order of Trustly's sample. One encoder serves one
// answer.
type encoder struct {
	buf            []byte
	enumsAsStrings bool
	seconds        bool // response times in seconds
	nulls          bool // missing members are written as null (of the record being written)
}

func (e *encoder) key(k string) {
	if n := len(e.buf); n > 0 && e.buf[n-1] != '{' && e.buf[n-1] != '[' {
		e.buf = append(e.buf, ',')
	}
	e.buf = append(e.buf, '"')
	e.buf = append(e.buf, k...)
	e.buf = append(e.buf, '"', ':')
}

func (e *encoder) open(k string) { e.key(k); e.buf = append(e.buf, '{') }
func (e *encoder) close()        { e.buf = append(e.buf, '}') }

func (e *encoder) missing(k string) {
	if e.nulls {
		e.key(k)
		e.buf = append(e.buf, "null"...)
	}
}

func (e *encoder) text(k, v string) {
	if v == "" {
		e.missing(k)
		return
	}
	e.key(k)
	e.buf = appendString(e.buf, v)
}

func (e *encoder) number(k string, v int64) {
	e.key(k)
	e.buf = strconv.AppendInt(e.buf, v, 10)
}

// code writes a member that the schema calls a string and the sample sends as a number.
func (e *encoder) code(k string, v int) {
	e.key(k)
	if e.enumsAsStrings {
		e.buf = append(e.buf, '"')
	}
	e.buf = strconv.AppendInt(e.buf, int64(v), 10)
	if e.enumsAsStrings {
		e.buf = append(e.buf, '"')
	}
}

// codeUnlessZero is code for tables that start at 1.
func (e *encoder) codeUnlessZero(k string, v int) {
	if v == 0 {
		e.missing(k)
		return
	}
	e.code(k, v)
}

func (e *encoder) boolean(k string, v bool) {
	e.key(k)
	e.buf = strconv.AppendBool(e.buf, v)
}

func (e *encoder) money(k string, v Cents) {
	e.key(k)
	e.buf = append(e.buf, '"')
	e.buf = appendCents(e.buf, v)
	e.buf = append(e.buf, '"')
}

func (e *encoder) time(k string, ms int64) {
	if ms == 0 {
		e.missing(k)
		return
	}
	if e.seconds {
		ms /= 1000
	}
	e.number(k, ms)
}

// transaction appends r's JSON object.
func (e *encoder) transaction(r *Record) {
	rare := r.rare()
	if rare.Raw != nil {
		e.buf = append(e.buf, rare.Raw...)
		return
	}
	e.nulls = rare.Nulls
	e.buf = append(e.buf, '{')
	e.text("transactionId", r.ID)
	e.code("transactionType", r.Type)
	if r.OriginalID != "" {
		e.text("originalTransactionId", r.OriginalID)
	}
	if r.Payment != nil {
		e.payment(r.Payment)
		e.text("currency", r.Payment.Currency)
	}
	e.figures(r.Amount, r.Pending, r.Paid, r.Refunded, r.Reversed)
	if rare.Fee != 0 {
		e.money("fee", rare.Fee)
	}
	e.providerTransaction(r)
	e.code("status", r.Status)
	message := rare.StatusMessage
	if message == "" {
		message = name(statusNames[:], r.Status)
	}
	e.text("statusMessage", message)
	if r.Type != Authorize && r.ProviderStatus != "" {
		e.text("statusCode", r.ProviderStatus)
	}
	e.text("ip", r.IP)
	e.time("createdAt", r.CreatedAt)
	e.time("processedAt", r.ProcessedAt)
	e.time("completedAt", r.CompletedAt)
	e.time("updatedAt", r.UpdatedAt)
	if rare.ExpiredAt != 0 {
		e.time("expiredAt", rare.ExpiredAt)
	}
	if rare.RepresentmentAt != 0 {
		e.time("representmentScheduledAt", rare.RepresentmentAt)
	}
	if rare.TimeZone != "" {
		e.text("timeZone", rare.TimeZone)
	}
	e.text("ppTrxId", r.ProviderID)
	e.text("merchantReference", r.MerchantReference)
	if r.Type == Capture {
		e.boolean("preAuthorized", r.PreAuthorized)
	}
	e.boolean("automaticRepresentment", rare.RepresentmentAt != 0)
	e.number("recordVersion", int64(r.Version))
	e.boolean("instantPayoutSettle", r.InstantSettle)
	if rare.Undeclared != "" {
		e.buf = append(append(e.buf, ','), rare.Undeclared...)
	}
	e.close()
}

func (e *encoder) figures(amount, pending, paid, refunded, reversed Cents) {
	e.money("amount", amount)
	e.money("pending", pending)
	e.money("paid", paid)
	e.money("refunded", refunded)
	e.money("reversed", reversed)
	e.money("balance", paid-refunded-reversed)
}

func (e *encoder) providerTransaction(r *Record) {
	rare := r.rare()
	if r.ProviderID == "" && r.ProviderStatus == "" {
		e.missing("paymentProviderTransaction")
		return
	}
	e.open("paymentProviderTransaction")
	e.text("paymentProviderTransactionId", r.ProviderID)
	if r.Type == Authorize && r.Payment != nil {
		e.text("signature", r.Payment.AuthToken)
	}
	e.text("status", r.ProviderStatus)
	if r.Type != Authorize {
		e.text("statusMessage", r.ProviderStatus)
		e.boolean("instantSettle", r.InstantSettle)
	}
	if rare.ReasonCode != "" {
		e.text("thirdPartyDeclineCode", rare.ThirdPartyDeclineCode)
		e.text("reasonCode", rare.ReasonCode)
		e.text("reasonCodeMessage", rare.ReasonMessage)
		if rare.ExtendedReason != "" {
			e.open("extendedReason")
			e.text("code", rare.ExtendedReason)
			e.close()
		}
	}
	if p := r.Processor; p != nil {
		e.text("clearingHouse", p.ClearingHouse)
		e.open("paymentProcessor")
		e.text("paymentProcessorId", p.ID)
		e.number("type", 1)
		e.text("name", p.Name)
		e.text("shortName", p.ShortName)
		e.close()
	}
	e.close()
}

func (e *encoder) payment(p *Payment) {
	e.open("payment")
	e.text("paymentId", p.ID)
	e.codeUnlessZero("paymentType", p.Type)
	e.code("system", 1)
	e.text("country", p.Country)
	if m := p.Merchant; m != nil {
		e.open("merchant")
		e.text("merchantId", m.ID)
		e.text("name", m.Name)
		e.close()
		e.text("merchantId", m.ID)
	}
	e.text("merchantReference", p.MerchantReference)
	e.customer(p.Customer)
	e.text("fingerprint", p.customer().Fingerprint)
	if p.VerificationStatus != 0 {
		e.open("verification")
		e.code("status", int(p.VerificationStatus))
		e.codeUnlessZero("mode", int(p.VerificationMode))
		e.boolean("verifyCustomer", p.VerifyCustomer)
		e.close()
	}
	e.account(p.Account, p.provider().Subtype)
	e.text("description", p.Description)
	if m := p.Merchant; m != nil && m.ReturnURL != "" {
		e.text("returnUrl", m.ReturnURL)
		e.text("cancelUrl", m.CancelURL)
	}
	e.text("currency", p.Currency)
	if b := p.Provider; b != nil {
		e.open("paymentProvider")
		e.text("paymentProviderId", b.ID)
		e.number("type", int64(b.Type))
		e.code("subtype", b.Subtype)
		e.text("name", b.Name)
		e.text("country", b.Country)
		e.boolean("instantPayoutAvailable", b.InstantPayout)
		if b.Framework != "" {
			e.text("framework", b.Framework)
		}
		e.close()
		e.key("allowedPaymentProviderType")
		e.buf = append(e.buf, "[1,2]"...)
		e.code("paymentProviderSubtype", b.Subtype)
	} else {
		e.missing("paymentProvider")
	}
	if p.AuthStatus != 0 {
		message := name(authNames[:], p.AuthStatus)
		e.open("auth")
		e.text("token", p.AuthToken)
		e.number("status", int64(p.AuthStatus))
		e.text("message", message)
		e.close()
		e.text("authorization", p.AuthToken)
		if p.AuthStatus > 0 && p.AuthStatus < len(authStatuses) {
			e.number("authorizationStatus", int64(authStatuses[p.AuthStatus]))
			e.text("authorizationStatusMessage", name(statusNames[:], authStatuses[p.AuthStatus]))
		}
	}
	e.recurrence(p.Recurrence)
	e.figures(p.Amount, p.Pending, p.Paid, p.Refunded, p.Reversed)
	e.time("createdAt", p.CreatedAt)
	e.time("updatedAt", p.UpdatedAt)
	e.number("recordVersion", int64(p.Version))
	e.number("paymentFlow", int64(p.Flow))
	e.close()
}

func (e *encoder) customer(c *Customer) {
	if c == nil {
		e.missing("customer")
		return
	}
	e.open("customer")
	e.text("customerId", c.ID)
	e.text("externalId", c.ExternalID)
	e.text("merchantId", c.MerchantID)
	e.text("name", c.Name)
	if c.LicenseNumber != "" {
		e.open("driverLicense")
		e.text("number", c.LicenseNumber)
		e.text("state", c.LicenseState)
		e.close()
	}
	e.text("dateOfBirth", c.DateOfBirth)
	e.text("taxId", c.TaxID)
	e.text("nationalId", c.NationalID)
	e.open("address")
	e.text("address1", c.Address.Line1)
	e.text("address2", c.Address.Line2)
	e.text("city", c.Address.City)
	e.text("state", c.Address.State)
	e.text("zip", c.Address.Zip)
	e.text("country", c.Address.Country)
	e.close()
	e.text("phone", c.Phone)
	e.text("email", c.Email)
	e.text("vip", c.VIP)
	e.text("externalTier", c.ExternalTier)
	e.time("enrollDate", c.EnrolledAt)
	e.time("createdAt", c.EnrolledAt)
	e.time("updatedAt", c.EnrolledAt)
	e.close()
}

func (e *encoder) account(a *Account, subtype int) {
	if a == nil {
		e.missing("account")
		return
	}
	e.open("account")
	e.text("name", a.Name)
	e.number("type", int64(a.Type))
	e.number("profile", int64(a.Profile))
	e.text("country", a.Country)
	e.text("accountNumber", a.Number)
	e.text("accountNumberLastFour", a.LastFour)
	e.text("routingNumber", a.Routing)
	e.boolean("verified", a.Verified)
	e.open("verification")
	e.boolean("verified", a.Verified)
	e.codeUnlessZero("type", int(a.VerificationType))
	e.boolean("hasEnoughFunds", a.EnoughFunds)
	if a.VerifiedAt != 0 {
		e.number("verificationDate", a.VerifiedAt)
	}
	if a.Score >= 0 {
		e.code("score", int(a.Score))
	}
	e.close()
	e.number("source", int64(a.Source))
	e.text("token", a.Token)
	e.text("providerId", a.ProviderID)
	if a.Virtual {
		e.boolean("virtualAccountRoutingPair", true)
	}
	e.codeUnlessZero("paymentProviderSubtype", subtype)
	e.close()
}

func (e *encoder) recurrence(c *Recurrence) {
	if c == nil {
		return
	}
	date := func(k string, ms int64) {
		if c.ISO8601 && ms != 0 {
			e.text(k, time.UnixMilli(ms).UTC().Format(time.RFC3339))
			return
		}
		e.time(k, ms)
	}
	e.open("recurrence")
	e.text("recurrenceId", c.ID)
	date("startDate", c.Start)
	date("endDate", c.End)
	date("nextOccurrence", c.Next)
	e.money("recurringAmount", c.Amount)
	e.number("frequency", 1)
	e.number("frequencyUnit", int64(c.Every))
	e.text("frequencyUnitType", c.Unit)
	e.boolean("automaticCapture", c.Automatic)
	e.close()
}

// appendCents appends v with two decimals.
func appendCents(b []byte, v Cents) []byte {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	b = strconv.AppendInt(b, int64(v/100), 10)
	return append(b, '.', byte('0'+v/10%10), byte('0'+v%10))
}

// String returns the amount as the API writes it, such as "12.50".
func (c Cents) String() string { return string(appendCents(nil, c)) }

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Markup stays as it is, as a Java server would send it: a reader that relies
// on \u003c is to be found out here.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += n
			continue
		}
		i++
	}
	return append(b, '"')
}
