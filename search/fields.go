package search

import (
	"reflect"
	"strings"

	"trustlyportal/trustlyclient"
)

// Field is one scalar of a transaction record: how it is named, read and shown.
type Field struct {
	Path   string // the API's names joined by dots
	Label  string
	Group  string
	Kind   Kind
	Codes  string // code table in trustlyclient for KindCode
	Mask   Mask
	Filter string // the filter that finds other records with this value
}

// Groups of a record's fields, in the order a page shows them.
const (
	FieldsTransaction = "Transaction"
	FieldsMoney       = "Money"
	FieldsTimes       = "Times"
	FieldsProvider    = "Provider transaction"
	FieldsCustomer    = "Customer"
	FieldsAccount     = "Bank account"
	FieldsBank        = "Bank"
	FieldsPayment     = "Payment"
	FieldsSchedule    = "Recurrence"
	FieldsOther       = "Other fields"
)

// FieldGroups returns the groups in the order a page shows them.
func FieldGroups() []string {
	return []string{FieldsTransaction, FieldsMoney, FieldsTimes, FieldsProvider, FieldsCustomer,
		FieldsAccount, FieldsBank, FieldsPayment, FieldsSchedule, FieldsOther}
}

// fields is the one table of a record's fields: those of the API's schema, of
// its example record, and those that trustly.md 5 adds from its other pages. A
// field the API sends beyond them is shown raw in FieldsOther.
var fields = []Field{
	{"transactionId", "Transaction ID", FieldsTransaction, KindID, "", MaskNone, ""},
	{"transactionType", "Type", FieldsTransaction, KindCode, "TransactionType", MaskNone, "transactionType"},
	{"status", "Status", FieldsTransaction, KindCode, "TransactionStatus", MaskNone, "transactionStatus"},
	{"statusMessage", "Status message", FieldsTransaction, KindText, "", MaskNone, ""},
	{"statusCode", "Status code", FieldsTransaction, KindCode, providerStatus, MaskNone, ""},
	{"originalTransactionId", "Original transaction ID", FieldsTransaction, KindID, "", MaskNone, "originalTransactionId"},
	{"merchantReference", "Merchant reference", FieldsTransaction, KindText, "", MaskNone, ""},
	{"ip", "IP address", FieldsTransaction, KindIP, "", MaskNone, "ipAddr"},
	{"ppTrxId", "Provider transaction ID (internal)", FieldsTransaction, KindID, "", MaskNone, ""},
	{"paymentProcessorType", "Payment processor type", FieldsTransaction, KindCode, "PaymentProcessorType", MaskNone, ""},
	{"preAuthorized", "Preauthorized", FieldsTransaction, KindBool, "", MaskNone, ""},
	{"automaticRepresentment", "Automatic representment", FieldsTransaction, KindBool, "", MaskNone, ""},
	{"instantPayoutSettle", "Instant payout settlement", FieldsTransaction, KindBool, "", MaskNone, ""},
	{"timeZone", "Time zone", FieldsTransaction, KindText, "", MaskNone, ""},
	{"recordVersion", "Record version", FieldsTransaction, KindNumber, "", MaskNone, ""},

	{"currency", "Currency", FieldsMoney, KindCode, "Currency", MaskNone, ""},
	{"amount", "Amount", FieldsMoney, KindAmount, "", MaskNone, ""},
	{"pending", "Pending", FieldsMoney, KindAmount, "", MaskNone, ""},
	{"paid", "Paid", FieldsMoney, KindAmount, "", MaskNone, ""},
	{"refunded", "Refunded", FieldsMoney, KindAmount, "", MaskNone, ""},
	{"reversed", "Reversed", FieldsMoney, KindAmount, "", MaskNone, ""},
	{"balance", "Balance", FieldsMoney, KindAmount, "", MaskNone, ""},
	{"fee", "Fee", FieldsMoney, KindAmount, "", MaskNone, ""},

	{"createdAt", "Created", FieldsTimes, KindTime, "", MaskNone, ""},
	{"processedAt", "Processed", FieldsTimes, KindTime, "", MaskNone, ""},
	{"completedAt", "Completed", FieldsTimes, KindTime, "", MaskNone, ""},
	{"updatedAt", "Updated", FieldsTimes, KindTime, "", MaskNone, ""},
	{"expiredAt", "Preauthorization ends", FieldsTimes, KindTime, "", MaskNone, ""},
	{"representmentScheduledAt", "Representment scheduled", FieldsTimes, KindTime, "", MaskNone, ""},

	{"paymentProviderTransaction.paymentProviderTransactionId", "Provider transaction ID", FieldsProvider, KindID, "", MaskNone, "paymentProviderTransaction.paymentProviderTransactionId"},
	{"paymentProviderTransaction.status", "Reason code", FieldsProvider, KindCode, providerStatus, MaskNone, "paymentProviderTransaction.ppTrxStatusCode"},
	{"paymentProviderTransaction.statusMessage", "Status message", FieldsProvider, KindText, "", MaskNone, ""},
	{"paymentProviderTransaction.statusDescription", "Status description", FieldsProvider, KindText, "", MaskNone, ""},
	{"paymentProviderTransaction.reasonCode", "Decline reason", FieldsProvider, KindCode, "DeclineReasonCode", MaskNone, ""},
	{"paymentProviderTransaction.reasonCodeMessage", "Decline reason message", FieldsProvider, KindText, "", MaskNone, ""},
	{"paymentProviderTransaction.extendedReason.code", "Decline detail", FieldsProvider, KindCode, "DeclineExtendedReasonCode", MaskNone, ""},
	{"paymentProviderTransaction.thirdPartyDeclineCode", "Third-party decline code", FieldsProvider, KindText, "", MaskNone, ""},
	{"paymentProviderTransaction.signature", "Signature", FieldsProvider, KindID, "", MaskNone, ""},
	{"paymentProviderTransaction.clearingHouse", "Clearing house", FieldsProvider, KindText, "", MaskNone, ""},
	{"paymentProviderTransaction.instantSettle", "Instant settlement", FieldsProvider, KindBool, "", MaskNone, ""},
	{"paymentProviderTransaction.paymentProcessor.paymentProcessorId", "Processor ID", FieldsProvider, KindID, "", MaskNone, ""},
	{"paymentProviderTransaction.paymentProcessor.type", "Processor type", FieldsProvider, KindCode, "PaymentProcessorType", MaskNone, ""},
	{"paymentProviderTransaction.paymentProcessor.name", "Processor", FieldsProvider, KindText, "", MaskNone, ""},
	{"paymentProviderTransaction.paymentProcessor.shortName", "Processor short name", FieldsProvider, KindText, "", MaskNone, ""},
	{"paymentProviderTransaction.paymentProcessor.url", "Processor URL", FieldsProvider, KindText, "", MaskNone, ""},
	{"paymentProviderTransaction.paymentProcessor.active", "Processor active", FieldsProvider, KindBool, "", MaskNone, ""},

	{"payment.customer.name", "Name", FieldsCustomer, KindText, "", MaskNone, "payment.customer.name"},
	{"payment.customer.externalId", "External ID", FieldsCustomer, KindText, "", MaskNone, "payment.customer.externalId"},
	{"payment.customer.customerId", "Customer ID", FieldsCustomer, KindID, "", MaskNone, ""},
	{"payment.customer.merchantId", "Merchant ID", FieldsCustomer, KindID, "", MaskNone, ""},
	{"payment.customer.email", "Email", FieldsCustomer, KindText, "", MaskEmail, ""},
	{"payment.customer.phone", "Phone", FieldsCustomer, KindText, "", MaskAll, ""},
	{"payment.customer.dateOfBirth", "Date of birth", FieldsCustomer, KindText, "", MaskAll, ""},
	{"payment.customer.taxId", "Tax ID", FieldsCustomer, KindText, "", MaskAll, ""},
	{"payment.customer.nationalId", "National ID", FieldsCustomer, KindText, "", MaskAll, ""},
	{"payment.customer.driverLicense.number", "Driver license", FieldsCustomer, KindText, "", MaskAll, ""},
	{"payment.customer.driverLicense.state", "Driver license state", FieldsCustomer, KindText, "", MaskNone, ""},
	{"payment.customer.address.address1", "Address", FieldsCustomer, KindText, "", MaskAll, ""},
	{"payment.customer.address.address2", "Address, line 2", FieldsCustomer, KindText, "", MaskAll, ""},
	{"payment.customer.address.city", "City", FieldsCustomer, KindText, "", MaskNone, ""},
	{"payment.customer.address.state", "State", FieldsCustomer, KindText, "", MaskNone, ""},
	{"payment.customer.address.zip", "ZIP or postal code", FieldsCustomer, KindText, "", MaskNone, ""},
	{"payment.customer.address.country", "Country", FieldsCustomer, KindCode, "Country", MaskNone, ""},
	{"payment.customer.personId", "Person ID", FieldsCustomer, KindID, "", MaskNone, ""},
	{"payment.customer.organizationNumber", "Organization number", FieldsCustomer, KindText, "", MaskNone, ""},
	{"payment.customer.vip", "VIP tier", FieldsCustomer, KindText, "", MaskNone, ""},
	{"payment.customer.externalTier", "External tier", FieldsCustomer, KindText, "", MaskNone, ""},
	{"payment.customer.currency", "Currency", FieldsCustomer, KindCode, "Currency", MaskNone, ""},
	{"payment.customer.balance", "Balance", FieldsCustomer, KindAmount, "", MaskNone, ""},
	{"payment.customer.enrollDate", "Enrolled", FieldsCustomer, KindTime, "", MaskNone, ""},
	{"payment.customer.createdAt", "Created", FieldsCustomer, KindTime, "", MaskNone, ""},
	{"payment.customer.updatedAt", "Updated", FieldsCustomer, KindTime, "", MaskNone, ""},

	{"payment.account.name", "Account name", FieldsAccount, KindText, "", MaskNone, ""},
	{"payment.account.type", "Account type", FieldsAccount, KindCode, "AccountType", MaskNone, ""},
	{"payment.account.profile", "Account profile", FieldsAccount, KindCode, "AccountProfile", MaskNone, ""},
	{"payment.account.country", "Country", FieldsAccount, KindCode, "Country", MaskNone, ""},
	{"payment.account.accountNumber", "Account number", FieldsAccount, KindNumber, "", MaskLastFour, ""},
	{"payment.account.accountNumberLastFour", "Last four digits", FieldsAccount, KindNumber, "", MaskLastFour, ""},
	{"payment.account.routingNumber", "Routing number", FieldsAccount, KindNumber, "", MaskNone, "payment.fiAccount.routingNumber"},
	{"payment.account.iban", "IBAN", FieldsAccount, KindText, "", MaskLastFour, ""},
	{"payment.account.token", "Account token", FieldsAccount, KindID, "", MaskNone, ""},
	{"payment.account.source", "Source", FieldsAccount, KindCode, noTable, MaskNone, ""},
	{"payment.account.verified", "Verified", FieldsAccount, KindBool, "", MaskNone, "payment.fiAccount.verified"},
	{"payment.account.verification.verified", "Verification: verified", FieldsAccount, KindBool, "", MaskNone, ""},
	{"payment.account.verification.type", "Verification: type", FieldsAccount, KindCode, "AccountVerificationType", MaskNone, ""},
	{"payment.account.verification.hasEnoughFunds", "Verification: enough funds", FieldsAccount, KindBool, "", MaskNone, ""},
	{"payment.account.verification.verificationDate", "Verification: date", FieldsAccount, KindTime, "", MaskNone, ""},
	{"payment.account.verification.score", "Verification: score", FieldsAccount, KindCode, "AccountVerificationScore", MaskNone, ""},
	{"payment.account.verification.thirdPartyScore", "Verification: third-party score", FieldsAccount, KindCode, "AccountVerificationThirdPartyScore", MaskNone, ""},
	{"payment.account.verification.numberOfTries", "Verification: tries allowed", FieldsAccount, KindNumber, "", MaskNone, ""},
	{"payment.account.verification.numberOfAttemptsLeft", "Verification: tries left", FieldsAccount, KindNumber, "", MaskNone, ""},
	{"payment.account.virtualAccountRoutingPair", "Virtual account number", FieldsAccount, KindBool, "", MaskNone, ""},
	{"payment.account.providerId", "Bank ID", FieldsAccount, KindID, "", MaskNone, "payment.fiAccount.providerId"},
	{"payment.account.paymentProviderSubtype", "Bank subtype", FieldsAccount, KindCode, "PaymentProviderSubtype", MaskNone, ""},
	{"payment.account.paymentProvider.paymentProviderId", "Account's bank: ID", FieldsAccount, KindID, "", MaskNone, ""},
	{"payment.account.paymentProvider.name", "Account's bank", FieldsAccount, KindText, "", MaskNone, ""},
	{"payment.account.paymentProvider.type", "Account's bank: type", FieldsAccount, KindCode, "PaymentProviderType", MaskNone, ""},
	{"payment.account.paymentProvider.subType", "Account's bank: subtype", FieldsAccount, KindCode, "PaymentProviderSubtype", MaskNone, ""},
	{"payment.account.paymentProvider.swift", "Account's bank: SWIFT code", FieldsAccount, KindID, "", MaskNone, ""},
	{"payment.account.paymentProvider.country", "Account's bank: country", FieldsAccount, KindCode, "Country", MaskNone, ""},
	{"payment.account.paymentProvider.instantPayoutAvailable", "Account's bank: instant payout", FieldsAccount, KindBool, "", MaskNone, ""},
	{"payment.account.paymentProvider.instantPayment", "Account's bank: instant payment", FieldsAccount, KindBool, "", MaskNone, ""},

	{"payment.paymentProvider.name", "Bank", FieldsBank, KindText, "", MaskNone, ""},
	{"payment.paymentProvider.paymentProviderId", "Bank ID", FieldsBank, KindID, "", MaskNone, "payment.paymentProvider.paymentProviderId"},
	{"payment.paymentProvider.type", "Type", FieldsBank, KindCode, "PaymentProviderType", MaskNone, ""},
	{"payment.paymentProvider.subType", "Subtype", FieldsBank, KindCode, "PaymentProviderSubtype", MaskNone, ""},
	{"payment.paymentProvider.swift", "SWIFT code", FieldsBank, KindID, "", MaskNone, ""},
	{"payment.paymentProvider.country", "Country", FieldsBank, KindCode, "Country", MaskNone, ""},
	{"payment.paymentProvider.instantPayoutAvailable", "Instant payout available", FieldsBank, KindBool, "", MaskNone, ""},
	{"payment.paymentProvider.instantPayment", "Instant payment", FieldsBank, KindBool, "", MaskNone, ""},
	{"payment.paymentProvider.address.address1", "Address", FieldsBank, KindText, "", MaskAll, ""},
	{"payment.paymentProvider.address.address2", "Address, line 2", FieldsBank, KindText, "", MaskAll, ""},
	{"payment.paymentProvider.address.city", "City", FieldsBank, KindText, "", MaskNone, ""},
	{"payment.paymentProvider.address.state", "State", FieldsBank, KindText, "", MaskNone, ""},
	{"payment.paymentProvider.address.zip", "ZIP or postal code", FieldsBank, KindText, "", MaskNone, ""},
	{"payment.paymentProvider.address.country", "Address: country", FieldsBank, KindCode, "Country", MaskNone, ""},

	{"payment.paymentId", "Payment ID", FieldsPayment, KindID, "", MaskNone, "payment.paymentId"},
	{"payment.paymentType", "Payment type", FieldsPayment, KindCode, "PaymentType", MaskNone, "payment.paymentType"},
	{"payment.merchantReference", "Merchant reference", FieldsPayment, KindText, "", MaskNone, "payment.merchantReference"},
	{"payment.description", "Description", FieldsPayment, KindText, "", MaskNone, "payment.description"},
	{"payment.merchant.merchantId", "Merchant ID", FieldsPayment, KindID, "", MaskNone, "payment.merchant.merchantId"},
	{"payment.merchant.name", "Merchant", FieldsPayment, KindText, "", MaskNone, ""},
	{"payment.merchantId", "Merchant ID (payment)", FieldsPayment, KindID, "", MaskNone, "payment.merchant.merchantId"},
	{"payment.currency", "Currency", FieldsPayment, KindCode, "Currency", MaskNone, ""},
	{"payment.amount", "Amount", FieldsPayment, KindAmount, "", MaskNone, ""},
	{"payment.pending", "Pending", FieldsPayment, KindAmount, "", MaskNone, ""},
	{"payment.paid", "Paid", FieldsPayment, KindAmount, "", MaskNone, ""},
	{"payment.refunded", "Refunded", FieldsPayment, KindAmount, "", MaskNone, ""},
	{"payment.reversed", "Reversed", FieldsPayment, KindAmount, "", MaskNone, ""},
	{"payment.balance", "Balance", FieldsPayment, KindAmount, "", MaskNone, ""},
	{"payment.createdAt", "Created", FieldsPayment, KindTime, "", MaskNone, ""},
	{"payment.updatedAt", "Updated", FieldsPayment, KindTime, "", MaskNone, ""},
	{"payment.auth.token", "Authorization token", FieldsPayment, KindID, "", MaskNone, ""},
	{"payment.auth.status", "Authorization status", FieldsPayment, KindCode, "AuthorizationStatus", MaskNone, "payment.authorization.status"},
	{"payment.auth.message", "Authorization message", FieldsPayment, KindText, "", MaskNone, ""},
	{"payment.authorization", "Authorization", FieldsPayment, KindID, "", MaskNone, ""},
	{"payment.authorizationStatus", "Authorization's transaction status", FieldsPayment, KindCode, "TransactionStatus", MaskNone, ""},
	{"payment.authorizationStatusMessage", "Authorization's status message", FieldsPayment, KindText, "", MaskNone, ""},
	{"payment.verification.status", "Verification status", FieldsPayment, KindCode, "VerificationStatus", MaskNone, "payment.verification.status"},
	{"payment.verification.mode", "Verification mode", FieldsPayment, KindCode, "VerificationMode", MaskNone, ""},
	{"payment.verification.verifyCustomer", "Customer verified with the bank", FieldsPayment, KindBool, "", MaskNone, ""},
	{"payment.paymentProviderSubtype", "Bank subtype", FieldsPayment, KindCode, "PaymentProviderSubtype", MaskNone, ""},
	{"payment.allowedPaymentProviderType", "Allowed bank types", FieldsPayment, KindCode, "PaymentProviderType", MaskNone, ""},
	{"payment.system", "System", FieldsPayment, KindCode, "PaymentSystem", MaskNone, ""},
	{"payment.country", "Country", FieldsPayment, KindCode, "Country", MaskNone, ""},
	{"payment.fingerprint", "Fingerprint (internal)", FieldsPayment, KindID, "", MaskNone, "payment.fingerprint"},
	{"payment.returnUrl", "Return URL", FieldsPayment, KindText, "", MaskNone, ""},
	{"payment.cancelUrl", "Cancel URL", FieldsPayment, KindText, "", MaskNone, ""},
	{"payment.paymentFlow", "Payment flow (internal)", FieldsPayment, KindCode, noTable, MaskNone, ""},
	{"payment.recordVersion", "Record version", FieldsPayment, KindNumber, "", MaskNone, ""},
	{"payment.address.address1", "Address", FieldsPayment, KindText, "", MaskAll, ""},
	{"payment.address.address2", "Address, line 2", FieldsPayment, KindText, "", MaskAll, ""},
	{"payment.address.city", "City", FieldsPayment, KindText, "", MaskNone, ""},
	{"payment.address.state", "State", FieldsPayment, KindText, "", MaskNone, ""},
	{"payment.address.zip", "ZIP or postal code", FieldsPayment, KindText, "", MaskNone, ""},
	{"payment.address.country", "Address: country", FieldsPayment, KindCode, "Country", MaskNone, ""},

	{"payment.recurrence.recurrenceId", "Recurrence ID", FieldsSchedule, KindID, "", MaskNone, ""},
	{"payment.recurrence.startDate", "Starts", FieldsSchedule, KindTime, "", MaskNone, ""},
	{"payment.recurrence.endDate", "Ends", FieldsSchedule, KindTime, "", MaskNone, ""},
	{"payment.recurrence.nextOccurrence", "Next occurrence", FieldsSchedule, KindTime, "", MaskNone, ""},
	{"payment.recurrence.recurringAmount", "Recurring amount", FieldsSchedule, KindAmount, "", MaskNone, ""},
	{"payment.recurrence.debtSettlement", "Debt settled elsewhere", FieldsSchedule, KindAmount, "", MaskNone, ""},
	{"payment.recurrence.frequency", "Payments per interval", FieldsSchedule, KindNumber, "", MaskNone, ""},
	{"payment.recurrence.frequencyUnit", "Interval length", FieldsSchedule, KindNumber, "", MaskNone, ""},
	{"payment.recurrence.frequencyUnitType", "Interval unit", FieldsSchedule, KindCode, "RecurrenceFrequencyUnitType", MaskNone, ""},
	{"payment.recurrence.automaticCapture", "Automatic captures", FieldsSchedule, KindBool, "", MaskNone, ""},
}

const (
	// providerStatus is no table of its own: trustly.md 6 gives the look-up order.
	providerStatus = "PaymentProviderTransactionStatus"
	// noTable marks a code whose meaning is not documented anywhere.
	noTable = "(not documented)"
)

var fieldByPath = func() map[string]int {
	m := make(map[string]int, 2*len(fields))
	for i, f := range fields {
		m[f.Path], m[strings.ToLower(f.Path)] = i, i
	}
	return m
}()

// placeOf finds a path in the table; nearly all are spelled as there.
func placeOf(path string) (int, bool) {
	if i, ok := fieldByPath[path]; ok {
		return i, true
	}
	i, ok := fieldByPath[strings.ToLower(path)]
	return i, ok
}

// FieldPlace finds a path as [LookupField] does, and returns its place in [Fields].
func FieldPlace(path string) (place int, ok bool) { return placeOf(path) }

// Fields returns the table of fields. The caller must not change it.
func Fields() []Field { return fields }

// LookupField finds a field by its path, without regard to case: the API's
// schema and its example spell subType differently.
func LookupField(path string) (Field, bool) {
	i, ok := placeOf(path)
	if !ok {
		return Field{}, false
	}
	return fields[i], true
}

// Meaning explains a code of this field: ok is false when the field holds no
// code or the code is in no table, so that a page shows it raw.
func (f Field) Meaning(code string) (m trustlyclient.CodeMeaning, ok bool) {
	if f.Kind != KindCode || code == "" {
		return m, false
	}
	if f.Codes == providerStatus {
		return trustlyclient.LookupProviderStatus(code)
	}
	return trustlyclient.LookupCode(f.Codes, code)
}

// getters finds the typed value of each field by its JSON names, once.
var getters = func() [][]int {
	out := make([][]int, len(fields))
	for i, f := range fields {
		out[i] = indexOf(reflect.TypeFor[trustlyclient.Transaction](), strings.Split(f.Path, "."))
	}
	return out
}()

func indexOf(t reflect.Type, names []string) []int {
	var index []int
	for _, name := range names {
		found := false
		for i := range t.NumField() {
			tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if strings.EqualFold(tag, name) {
				index, t, found = append(index, i), t.Field(i).Type, true
				break
			}
		}
		if !found {
			return nil
		}
	}
	return index
}

// Value returns the field's typed value in a record: a Text, Code, Bool, Amount
// or Time of trustlyclient, or a list of codes. What is personal in an object in
// place of a value is masked; the value itself is left to Mask.
func (f Field) Value(t *trustlyclient.Transaction) any {
	switch v := f.ClearValue(t).(type) {
	case trustlyclient.Text:
		return trustlyclient.Text(MaskText(string(v)))
	case trustlyclient.Code:
		return trustlyclient.Code(MaskText(string(v)))
	case trustlyclient.Bool:
		return trustlyclient.Bool(MaskText(string(v)))
	case trustlyclient.Amount:
		v.Text = MaskText(v.Text)
		return v
	case trustlyclient.Time:
		v.Text = MaskText(v.Text)
		return v
	case []trustlyclient.Code:
		codes := make([]trustlyclient.Code, len(v))
		for i, code := range v {
			codes[i] = trustlyclient.Code(MaskText(string(code)))
		}
		return codes
	default:
		return v
	}
}

// Text is the value of a field that holds one text, code or yes and no. It is Value for those who go through many
// records; ok is false for other fields.
func (f Field) Text(t *trustlyclient.Transaction) (text string, ok bool) {
	switch v := f.pointer(t).(type) {
	case *trustlyclient.Text:
		return MaskText(string(*v)), true
	case *trustlyclient.Code:
		return MaskText(string(*v)), true
	case *trustlyclient.Bool:
		return MaskText(string(*v)), true
	}
	return "", false
}

// Time is Value of a field that holds a time, and the same.
func (f Field) Time(t *trustlyclient.Transaction) (at trustlyclient.Time, ok bool) {
	if v, ok := f.pointer(t).(*trustlyclient.Time); ok {
		return trustlyclient.Time{Time: v.Time, Text: MaskText(v.Text)}, true
	}
	return trustlyclient.Time{}, false
}

// Sent is the text that the API sent for a field of one value, nothing masked; ok is false for one of several codes.
func (f Field) Sent(t *trustlyclient.Transaction) (text string, ok bool) {
	switch v := f.pointer(t).(type) {
	case *trustlyclient.Text:
		return string(*v), true
	case *trustlyclient.Code:
		return string(*v), true
	case *trustlyclient.Bool:
		return string(*v), true
	case *trustlyclient.Amount:
		return v.Text, true
	case *trustlyclient.Time:
		return v.Text, true
	}
	return "", false
}

// pointer leads to the field's typed value in a record; nil for a field that records don't have.
func (f Field) pointer(t *trustlyclient.Transaction) any {
	place, ok := placeOf(f.Path)
	if !ok || getters[place] == nil {
		return nil
	}
	return reflect.ValueOf(t).Elem().FieldByIndex(getters[place]).Addr().Interface()
}

// ClearValue is Value with nothing masked.
func (f Field) ClearValue(t *trustlyclient.Transaction) any {
	place, ok := placeOf(f.Path)
	index := getters[place]
	if !ok || index == nil {
		return nil
	}
	return reflect.ValueOf(t).Elem().FieldByIndex(index).Interface()
}

// Coded reports whether the field holds a code that says nothing by itself and
// that some table explains, so that a name belongs beside it.
func (f Field) Coded() bool {
	return f.Kind == KindCode && f.Codes != noTable && f.Codes != "Currency" && f.Codes != "Country"
}
