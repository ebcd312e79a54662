package trustlytest

import (
	"net/http"
	"path"
)

// forcedErrors are the values of Trustly's sandbox that bring an error about [docs]: as the id of GET
// /transactions/{id}, or as the value of a list's accountNumber, payment.fiAccount.accountNumber,
// originalTransactionId or payment.paymentId.
var forcedErrors = map[string]struct {
	status  int
	problem apiError
}{
	"1001000000": {http.StatusInternalServerError, apiError{domainInternal, codeInternal, "Internal error (forced)", ""}},
	"1002000000": {http.StatusBadRequest, apiError{domainParameter, codeParameter, "Invalid parameter (forced)", ""}},
	"1003000000": {http.StatusUnauthorized, apiError{domainAccess, codeSecurity, "Security error (forced)", ""}},
	"1003250000": {http.StatusUnauthorized, apiError{domainAccess, 325, "Access denied (forced)", ""}},
	"1003750000": {http.StatusUnauthorized, apiError{domainAccess, codeAccess, "Access denied. Invalid credentials (forced)", ""}},
}

// forced answers a request that asks for an error.
func (s *Server) forced(r *http.Request) (answer, bool) {
	q := r.URL.Query()
	for _, value := range []string{
		path.Base(r.URL.Path), q.Get("accountNumber"), q.Get("payment.fiAccount.accountNumber"), q.Get("originalTransactionId"), q.Get("payment.paymentId"),
	} {
		if f, ok := forcedErrors[value]; ok {
			return s.errorAnswer(f.status, f.problem), true
		}
	}
	return answer{}, false
}
