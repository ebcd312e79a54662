package trustlytest

// Transaction types.
const (
	External         = 0
	Authorize        = 1
	Pay              = 2
	Capture          = 3
	Refund           = 4
	Reverse          = 5
	Deposit          = 6
	Reclaim          = 7
	Representment    = 8
	Tokenization     = 9
	Preauthorization = 10
	Guarantee        = 11
)

// Transaction statuses.
const (
	StatusNew               = 0
	StatusPending           = 1
	StatusAuthorized        = 2
	StatusProcessed         = 3
	StatusCompleted         = 4
	StatusFailed            = 5
	StatusExpired           = 6
	StatusCanceled          = 7
	StatusDenied            = 8
	StatusDisputed          = 9
	StatusReversed          = 10
	StatusPartiallyRefunded = 11
	StatusRefunded          = 12
	StatusVoided            = 13
	StatusOnHold            = 14
)

// Payment types.
const (
	Instant      = 1
	Deferred     = 2
	Recurring    = 3
	Disbursement = 4
	Verification = 5
	Retrieval    = 6
)

var statusNames = [...]string{
	"New", "Pending", "Authorized", "Processed", "Completed", "Failed", "Expired", "Canceled", "Denied", "Disputed",
	"Reversed", "Partially Refunded", "Refunded", "Voided", "On Hold",
}

var authNames = [...]string{"", "Pending", "Authorized", "Finished", "Expired", "Failed", "Canceled", "Voided"}

// authStatuses gives for each authorization status the transaction status of the same name; the two lists differ from
// 3 up, and a payment carries both.
var authStatuses = [...]int{0, StatusPending, StatusAuthorized, StatusCompleted, StatusExpired, StatusFailed, StatusCanceled, StatusVoided}

// Authorization statuses.
const (
	authPending    = 1
	authAuthorized = 2
	authExpired    = 4
	authFailed     = 5
	authCanceled   = 6
)

// name returns the table's entry, or "" for a code outside of it.
func name(table []string, code int) string {
	if code < 0 || code >= len(table) {
		return ""
	}
	return table[code]
}
