package search

// Kind says how a filter's value is written and checked.
type Kind int

// The kinds of filters, and of a record's fields.
const (
	KindText   Kind = iota // free text, matched as Trustly matches it
	KindID                 // an identifier: visible characters, no spaces
	KindCode               // a code of a table, repeated where the API repeats
	KindAmount             // exact decimal with at most two decimals
	KindTime               // ISO date, ISO date-time, Unix milliseconds or relative words
	KindBool               // true or false
	KindIP                 // IPv4 or IPv6 address
	KindNumber             // digits whose leading zeros count: routing and account numbers
	KindView               // how the list is shown, not what is in it
)

// Filter is one row of the catalogue: one name that a list URL may hold.
type Filter struct {
	Name     string // the API's query name, or the portal's own for KindView
	Label    string // what the form and the chips call it
	Group    string // heading in the add-filter menu and on the help page
	Kind     Kind
	Repeat   bool   // may be given several times; the values are alternatives
	Codes    string // code table in trustlyclient for KindCode
	Personal bool   // its values are personal data
	Common   bool   // offered first
	Ours     bool   // the portal's own, not a parameter of the API
	Phrase   string // how the sentence says it; %s is the value
	Example  string // a value for the help page
	Help     string
}

// Groups of the catalogue, in the order they are offered.
const (
	GroupKind     = "Type and status"
	GroupMoney    = "Amounts"
	GroupTime     = "Dates"
	GroupIDs      = "Identifiers"
	GroupCustomer = "Customer"
	GroupAccount  = "Bank account"
	GroupProvider = "Bank and network"
	GroupOther    = "Other"
	GroupView     = "How the list is shown"
)

// The portal's own names and the API's paging names, which the code refers to.
const (
	NameZone       = "tz"
	NameOrderBy    = "orderBy"
	NameSortOrder  = "sortOrder"
	NameColumns    = "columns"
	NameCount      = "count"
	NameStartIndex = "startIndex"
	NamePrivate    = "private"
	NameAsOf       = "asOf"
	NameBOM        = "bom"
	NameAfter      = "after"
)

const matching = " Trustly does not document whether it matches the whole text or a part of it."

// catalogue is the one table of filters. Its order is the canonical order of a
// list URL. The API's names are those of its OpenAPI file; a test holds them
// against it.
var catalogue = []Filter{
	{Name: "transactionType", Label: "Type", Group: GroupKind, Kind: KindCode, Repeat: true, Codes: "TransactionType", Common: true,
		Example: "3", Help: "What kind of record it is: an authorization, a capture, a refund and so on."},
	{Name: "transactionStatus", Label: "Status", Group: GroupKind, Kind: KindCode, Repeat: true, Codes: "TransactionStatus", Common: true,
		Example: "5", Help: "Where the transaction stands now."},
	{Name: "payment.paymentType", Label: "Payment type", Group: GroupKind, Kind: KindCode, Repeat: true, Codes: "PaymentType",
		Phrase: "of payment type %s", Example: "2", Help: "How the payment was set up with the customer: instant, deferred, recurring and so on."},
	{Name: "payment.authorization.status", Label: "Authorization status", Group: GroupKind, Kind: KindCode, Repeat: true, Codes: "AuthorizationStatus",
		Phrase: "with authorization %s", Example: "2", Help: "Status of the bank authorization behind the payment."},
	{Name: "payment.verification.status", Label: "Verification status", Group: GroupKind, Kind: KindCode, Codes: "VerificationStatus",
		Phrase: "with verification %s", Example: "2", Help: "Whether the payment is held for a check by the merchant. The API takes one value only."},
	{Name: "paymentProviderTransaction.ppTrxStatusCode", Label: "Reason code", Group: GroupKind, Kind: KindID, Common: true,
		Phrase: "with reason code %s", Example: "R01", Help: "The provider's status code: ACH return (R01), decline (SW054), cancelled by the user (UC07) and so on."},

	{Name: "amount.min", Label: "Amount", Group: GroupMoney, Kind: KindAmount, Common: true, Example: "5.00", Help: "Amount of the transaction: this much or more."},
	{Name: "amount.max", Label: "Amount", Group: GroupMoney, Kind: KindAmount, Common: true, Example: "100.00", Help: "Amount of the transaction: this much or less."},
	{Name: "paid.min", Label: "Paid", Group: GroupMoney, Kind: KindAmount, Example: "5.00", Help: "What has been paid: this much or more."},
	{Name: "paid.max", Label: "Paid", Group: GroupMoney, Kind: KindAmount, Example: "100.00", Help: "What has been paid: this much or less."},
	{Name: "refunded.min", Label: "Refunded", Group: GroupMoney, Kind: KindAmount, Example: "0.01", Help: "What has been refunded: this much or more."},
	{Name: "refunded.max", Label: "Refunded", Group: GroupMoney, Kind: KindAmount, Example: "100.00", Help: "What has been refunded: this much or less."},

	{Name: "createdAt.start", Label: "Created", Group: GroupTime, Kind: KindTime, Common: true, Example: "now-7d", Help: "Created at this time or later."},
	{Name: "createdAt.end", Label: "Created", Group: GroupTime, Kind: KindTime, Common: true, Example: "2026-11-19", Help: "Created before this time; a date covers that whole day."},
	{Name: "updatedAt.start", Label: "Updated", Group: GroupTime, Kind: KindTime, Example: "now-1h", Help: "Last changed at this time or later."},
	{Name: "updatedAt.end", Label: "Updated", Group: GroupTime, Kind: KindTime, Example: "2026-11-19", Help: "Last changed before this time; a date covers that whole day."},
	{Name: "processedAt.start", Label: "Processed", Group: GroupTime, Kind: KindTime, Example: "2026-11-01", Help: "Sent to the payment network at this time or later."},
	{Name: "processedAt.end", Label: "Processed", Group: GroupTime, Kind: KindTime, Example: "2026-11-19", Help: "Sent to the payment network before this time; a date covers that whole day."},
	{Name: "completedAt.start", Label: "Completed", Group: GroupTime, Kind: KindTime, Example: "now-1M/M", Help: "Completed at this time or later."},
	{Name: "completedAt.end", Label: "Completed", Group: GroupTime, Kind: KindTime, Example: "now-1M/M", Help: "Completed before this time; a date covers that whole day."},

	{Name: "originalTransactionId", Label: "Original transaction ID", Group: GroupIDs, Kind: KindID,
		Phrase: "made from transaction %s", Example: "1006755981", Help: "Records that were made from this transaction, for example the refunds of a capture."},
	{Name: "payment.paymentId", Label: "Payment ID", Group: GroupIDs, Kind: KindID, Common: true,
		Phrase: "of payment %s", Example: "1006755980", Help: "All records of one payment: its authorization, captures, refunds and returns."},
	{Name: "payment.merchantReference", Label: "Merchant reference", Group: GroupIDs, Kind: KindText, Common: true,
		Phrase: "with merchant reference %s", Example: "ABCDE12345", Help: "The merchant's own reference of the payment, for example the order number. Whether it also finds references given to single captures or refunds is not documented."},
	{Name: "paymentProviderTransaction.paymentProviderTransactionId", Label: "Provider transaction ID", Group: GroupIDs, Kind: KindID,
		Phrase: "with provider transaction %s", Example: "ptx-gOoNyq1MaeQ-kQIDTYxaZlTY-sbx", Help: "The provider's own number of the transaction."},
	{Name: "payment.merchant.merchantId", Label: "Merchant ID", Group: GroupIDs, Kind: KindID,
		Phrase: "of merchant %s", Example: "1002463580", Help: "The merchant the payment belongs to."},
	{Name: "payment.fingerprint", Label: "Payment fingerprint", Group: GroupIDs, Kind: KindID,
		Phrase: "with payment fingerprint %s", Example: "8ZqP5XmHvGT//Szf249Nj/mwh9c=", Help: "Trustly's internal fingerprint of the payment."},

	{Name: "payment.customer.name", Label: "Customer name", Group: GroupCustomer, Kind: KindText, Personal: true, Common: true,
		Phrase: "for customer %s", Example: "Joe User", Help: "Name of the customer of the payment." + matching},
	{Name: "customerName", Label: "Customer name (transaction)", Group: GroupCustomer, Kind: KindText, Personal: true,
		Phrase: "for customer name %s", Example: "Joe User", Help: "The API declares a second name filter; how it differs from the payment's customer name is not documented."},
	{Name: "payment.customer.externalId", Label: "Customer external ID", Group: GroupCustomer, Kind: KindText, Common: true,
		Phrase: "for customer ID %s", Example: "4567890", Help: "The merchant's own number of the customer."},
	{Name: "ipAddr", Label: "IP address", Group: GroupCustomer, Kind: KindIP, Personal: true,
		Phrase: "from IP address %s", Example: "203.0.113.7", Help: "Internet address the customer used, IPv4 or IPv6."},

	{Name: "payment.fiAccount.accountNumber", Label: "Account number", Group: GroupAccount, Kind: KindNumber, Personal: true,
		Phrase: "with account number %s", Example: "7833", Help: "Number of the customer's bank account, as the payment holds it."},
	{Name: "payment.fiAccount.routingNumber", Label: "Routing number", Group: GroupAccount, Kind: KindNumber,
		Phrase: "with routing number %s", Example: "124003116", Help: "Routing number of the customer's bank, as the payment holds it."},
	{Name: "payment.fiAccount.verified", Label: "Account verified", Group: GroupAccount, Kind: KindBool,
		Phrase: "with account verified: %s", Example: "true", Help: "Whether the bank account was verified."},
	{Name: "accountNumber", Label: "Account number (transaction)", Group: GroupAccount, Kind: KindNumber, Personal: true,
		Phrase: "with transaction account number %s", Example: "7833", Help: "The API declares a second account number filter; how it differs from the payment's is not documented."},
	{Name: "routingNumber", Label: "Routing number (transaction)", Group: GroupAccount, Kind: KindNumber,
		Phrase: "with transaction routing number %s", Example: "124003116", Help: "The API declares a second routing number filter; how it differs from the payment's is not documented."},

	{Name: "payment.paymentProvider.paymentProviderId", Label: "Bank ID", Group: GroupProvider, Kind: KindID,
		Phrase: "with bank ID %s", Example: "200005501", Help: "Trustly's number of the customer's bank."},
	{Name: "payment.fiAccount.providerId", Label: "Account's bank ID", Group: GroupProvider, Kind: KindID,
		Phrase: "with account at bank ID %s", Example: "200005501", Help: "Trustly's number of the bank, as the account holds it."},
	{Name: "payment.paymentProvider.framework", Label: "Bank framework", Group: GroupProvider, Kind: KindText,
		Phrase: "with bank framework %s", Example: "example", Help: "Trustly's internal name of the bank connection; its values are not documented."},

	{Name: "payment.description", Label: "Description", Group: GroupOther, Kind: KindText,
		Phrase: "described as %s", Example: "Order 20931", Help: "Description of the payment." + matching},
	{Name: "ignoreUserPortalTransactions", Label: "Ignore user portal transactions", Group: GroupOther, Kind: KindBool,
		Phrase: "ignoring user portal transactions: %s", Example: "true", Help: "A switch of the API whose effect is not documented; it is passed on as given."},

	{Name: NamePrivate, Label: "Private link", Group: GroupView, Kind: KindView, Ours: true, Example: "K5TQ2XEWJ7M3CZ4RVN6AHB2YDF",
		Help: "Stands for personal values, which the portal keeps so that the address does not show them. Made under Share; its maker can revoke it. A name behind a tilde (~ipAddr) leaves that filter out."},
	{Name: NameZone, Label: "Time zone", Group: GroupView, Kind: KindView, Ours: true, Example: "America/New_York",
		Help: "Area/City name of the zone in which days are read and times are shown. UTC when left out."},
	{Name: NameOrderBy, Label: "Sort by", Group: GroupView, Kind: KindView, Example: "updatedAt",
		Help: "createdAt (default) or updatedAt. Sorted by update, a row that changes while you read moves to the front."},
	{Name: NameSortOrder, Label: "Direction", Group: GroupView, Kind: KindView, Example: "asc", Help: "desc (default, newest first) or asc."},
	{Name: NameColumns, Label: "Columns", Group: GroupView, Kind: KindView, Ours: true, Example: "transactionId,status,amount",
		Help: "Names of the columns to show, separated by commas, or all."},
	{Name: NameCount, Label: "Rows per page", Group: GroupView, Kind: KindView, Example: "50", Help: "1 to 100; 25 when left out. Exports do not obey it."},
	{Name: NameStartIndex, Label: "Offset", Group: GroupView, Kind: KindView, Example: "0",
		Help: "Only 0. Rows arrive and change while you read, so the portal pages by time and not by offset; follow Older instead."},
	{Name: NameAsOf, Label: "As of", Group: GroupView, Kind: KindView, Ours: true, Example: "1795000000000",
		Help: "Unix milliseconds: only what was created before this instant, so that the view stands still while transactions arrive."},
	{Name: NameBOM, Label: "Byte order mark", Group: GroupView, Kind: KindView, Ours: true, Example: "1",
		Help: "1 begins a CSV export with a UTF-8 byte order mark, by which Excel knows that letters such as é are not Windows-1252. Other formats have none."},
	{Name: NameAfter, Label: "Page position", Group: GroupView, Kind: KindView, Ours: true, Example: "1795000000000.1.1006755981",
		Help: "Where the page starts. Made by the Older and Newer links."},
}

var byName = func() map[string]int {
	m := make(map[string]int, len(catalogue))
	for i, f := range catalogue {
		m[f.Name] = i
	}
	return m
}()

// Filters returns the catalogue in canonical order. The caller must not change it.
func Filters() []Filter { return catalogue }

// Lookup finds a filter by its exact name.
func Lookup(name string) (Filter, bool) {
	i, ok := byName[name]
	if !ok {
		return Filter{}, false
	}
	return catalogue[i], true
}

// Pair returns the two names of a range control, "amount.min" and "amount.max"
// for either of them, and whether the filter is half of a range at all.
func (f Filter) Pair() (low, high string, ok bool) {
	p, ok := pairs[f.Name]
	return p[0], p[1], ok
}

// pairs are the names of each range, by the name of either.
var pairs = func() map[string][2]string {
	m := map[string][2]string{}
	for _, f := range catalogue {
		base, _ := cutLast(f.Name, '.')
		switch f.Kind {
		case KindAmount:
			m[f.Name] = [2]string{base + ".min", base + ".max"}
		case KindTime:
			m[f.Name] = [2]string{base + ".start", base + ".end"}
		default:
		}
	}
	return m
}()

func cutLast(s string, sep byte) (before, after string) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == sep {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
