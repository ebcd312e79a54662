package views

// CustomerPage is GET /customers/{externalId}. Without Rows nothing was found.
type CustomerPage struct {
	Frame      Frame
	ExternalID string
	Names      []string // as the records name them, the newest first
	ListHref   string   // all of the customer's transactions; "" for an id that the API can't be asked for

	Bounded   string // what of the customer's transactions the page is about, if not all
	RetryHref string // reading ended early
	Address   string // the page's own, whole, for paper
	PaperAsOf string // when the API answered, with its date
	AsOf      string // when the API answered
	AsOfUTC   string // RFC 3339
	ZoneNote  string // "Times in New York time (America/New_York)"

	Facts     []Fact
	Failure   *CustomerFailure
	NoFailure string // said in its place
	Open      []OpenAuthorization
	OpenMore  int    // that are not listed
	Title     string // of the rows: "The newest 25 transactions"
	Columns   []Column
	Rows      []Row

	Totals     []CustomerTotal
	TotalsText string // over what they are
	Accounts   []CustomerAccount

	OthersText string // Trustly's answer holds other customers' transactions too
	Others     []OtherCustomer
	OthersMore int // ids that are not listed
}

// Fact is one figure with its name.
type Fact struct {
	Label string
	Text  string
	UTC   string // RFC 3339, of a time
	Note  string // how it was counted
}

// CustomerFailure is the last transaction that went bad.
type CustomerFailure struct {
	ID, Href string
	Type     string
	Amount   string // "125.50 USD"
	Status   Status
	When     string // of its last change
	WhenUTC  string // RFC 3339
	Codes    []FailureCode
	Means    string
	Withhold string // what must not be told to the customer
	Sources  string // of all of this
	Caution  string // what is weak about them
}

// FailureCode is a code of the last failure, in plain words.
type FailureCode struct {
	Code  string // as sent
	Name  string // "" when unknown
	Words string
}

// OpenAuthorization is a consent or guarantee that can be used, as far as the records say.
type OpenAuthorization struct {
	ID, Href    string
	Type        string // "Authorize"
	PaymentType string // "Recurring"
	Amount      string // "125.50 USD"
	AmountNote  string // "no upper limit"
	Created     string
	CreatedUTC  string // RFC 3339
	Ends        string // "" for one without an end
	EndsUTC     string // RFC 3339
}

// CustomerTotal adds up the amounts of one type, status and currency.
type CustomerTotal struct {
	Type     string
	Status   Status
	Records  int
	Href     string // them in the list
	Amount   string // exact; "" when no amount could be read
	Currency string
	Note     string // "2 without an amount that can be read"
}

// CustomerAccount is a bank account that was used.
type CustomerAccount struct {
	Bank    string
	Number  string // the last four digits
	Records int
	Last    string // when it was used last
	LastUTC string // RFC 3339
}

// OtherCustomer is an external id that Trustly counts in though it is another one.
type OtherCustomer struct {
	ExternalID string // "" for none
	Href       string
	Records    int
}

func (c FailureCode) said() string {
	if c.Name == "" {
		return c.Words
	}
	return c.Name + ". " + c.Words
}

func records(n int) string {
	if n == 1 {
		return "1 transaction"
	}
	return count(n) + " transactions"
}

// right reports whether the column of the i-th cell is set flush right.
func (p CustomerPage) right(i int) bool { return i < len(p.Columns) && p.Columns[i].Right }
