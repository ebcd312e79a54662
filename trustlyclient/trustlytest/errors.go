package trustlytest

import (
	"net/http"
	"strconv"
)

// apiError is one entry of the errors array.
type apiError struct {
	domain   string
	code     int
	message  string
	location string
}

// The codes of Trustly's error list that the sandbox answers with.
const (
	codeInternal  = 100
	codeParameter = 200
	codeSecurity  = 300
	codeAccess    = 375
)

// Class names in the manner of those seen in real answers, which lie under com.paywithmybank.
const (
	domainParameter = "com.paywithmybank.api.exception.InvalidParameterException"
	domainNotFound  = "com.paywithmybank.api.exception.TransactionNotFoundException"
	domainAccess    = "com.paywithmybank.api.exception.AccessControlException"
	domainLimit     = "com.paywithmybank.api.exception.TooManyRequestsException"
	domainInternal  = "com.paywithmybank.api.exception.InternalErrorException"
)

func badParameter(location, message string) apiError {
	return apiError{domainParameter, codeParameter, message, location}
}

// errorFor returns the entry that usually goes with an HTTP status.
func errorFor(status int) apiError {
	switch status {
	case http.StatusBadRequest:
		return badParameter("", "Invalid parameter")
	case http.StatusUnauthorized:
		return apiError{domainAccess, codeAccess, "Access denied. Invalid credentials", ""}
	case http.StatusForbidden:
		return apiError{domainAccess, codeSecurity, "Operation not allowed", ""}
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return apiError{domainNotFound, codeParameter, "Resource not found", ""}
	case http.StatusTooManyRequests:
		return apiError{domainLimit, codeInternal, "Too many requests", ""}
	default:
		return apiError{domainInternal, codeInternal, "Internal error", ""}
	}
}

// errorBody returns {"errors":[…]}.
func errorBody(problems []apiError, occurredAt int64) []byte {
	b := []byte(`{"errors":[`)
	for i, p := range problems {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, `{"domain":`...), p.domain)
		b = strconv.AppendInt(append(b, `,"code":`...), int64(p.code), 10)
		b = appendString(append(b, `,"message":`...), p.message)
		if p.location != "" {
			b = appendString(append(b, `,"location":`...), p.location)
		}
		b = strconv.AppendInt(append(b, `,"occurredAt":`...), occurredAt, 10)
		b = append(b, '}')
	}
	return append(b, "]}"...)
}
