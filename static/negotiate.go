package static

import (
	"strconv"
	"strings"
)

// Negotiate chooses from the Accept-Encoding headers of a request the first of
// the codings offered that it takes; "" is the content as it is. A weight only
// says yes or no (q=0): the order is the server's, since the smallest is best for
// everybody. See RFC 9110, 12.5.3.
func Negotiate(headers []string, offered ...string) string {
	for _, coding := range offered {
		if Accepts(headers, coding) {
			return coding
		}
	}
	return ""
}

// Accepts reports whether Accept-Encoding headers take a coding.
func Accepts(headers []string, coding string) bool {
	yes := false
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			name, params, _ := strings.Cut(part, ";")
			switch name = strings.TrimSpace(name); {
			case strings.EqualFold(name, coding):
				return weight(params) > 0
			case name == "*":
				yes = weight(params) > 0
			}
		}
	}
	return yes
}

// weight reads the q parameter: 1 when missing, 0 when unreadable.
func weight(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				return 0
			}
			return q
		}
	}
	return 1
}
