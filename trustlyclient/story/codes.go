package story

import "trustlyportal/trustlyclient"

// The transaction types and statuses that the story's rules speak of; trustlyclient's code tables name all of them.
const (
	typeAuthorize        trustlyclient.Code = "1"
	typePay              trustlyclient.Code = "2"
	typeCapture          trustlyclient.Code = "3"
	typeRefund           trustlyclient.Code = "4"
	typeReverse          trustlyclient.Code = "5"
	typeDeposit          trustlyclient.Code = "6"
	typeReclaim          trustlyclient.Code = "7"
	typeRepresentment    trustlyclient.Code = "8"
	typePreauthorization trustlyclient.Code = "10"
)

const (
	statusNew               trustlyclient.Code = "0"
	statusPending           trustlyclient.Code = "1"
	statusAuthorized        trustlyclient.Code = "2"
	statusProcessed         trustlyclient.Code = "3"
	statusCompleted         trustlyclient.Code = "4"
	statusFailed            trustlyclient.Code = "5"
	statusExpired           trustlyclient.Code = "6"
	statusCanceled          trustlyclient.Code = "7"
	statusDenied            trustlyclient.Code = "8"
	statusDisputed          trustlyclient.Code = "9"
	statusReversed          trustlyclient.Code = "10"
	statusPartiallyRefunded trustlyclient.Code = "11"
	statusRefunded          trustlyclient.Code = "12"
	statusVoided            trustlyclient.Code = "13"
	statusOnHold            trustlyclient.Code = "14"
)

// authAuthorized is the payment.auth.status of a usable consent; that list differs from the transactions' [seed].
const authAuthorized trustlyclient.Code = "2"

// ProviderCode is the code that the bank's side gave a record: paymentProviderTransaction.status, or statusCode where
// that is missing. Its meaning is found by [trustlyclient.LookupProviderStatus].
func ProviderCode(t *trustlyclient.Transaction) trustlyclient.Code {
	if code := t.PaymentProviderTransaction.Status; code != "" {
		return code
	}
	return t.StatusCode
}
