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

// Prefer chooses from the codings offered the one that Accept-Encoding headers give
// the most weight to, the first of those that weigh the same.
func Prefer(headers []string, offered ...string) (best string) {
	most := 0.0
	for _, coding := range offered {
		if w := weightOf(headers, coding); w > most {
			best, most = coding, w
		}
	}
	return best
}

// Accepts reports whether Accept-Encoding headers take a coding.
func Accepts(headers []string, coding string) bool { return weightOf(headers, coding) > 0 }

// weightOf is 0 for a coding that is not taken.
func weightOf(headers []string, coding string) (others float64) {
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			name, params, _ := strings.Cut(part, ";")
			switch name = strings.TrimSpace(name); {
			case strings.EqualFold(name, coding):
				return weight(params)
			case name == "*":
				others = weight(params)
			}
		}
	}
	return others
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
