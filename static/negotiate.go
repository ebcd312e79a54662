package static

import (
	"strconv"
	"strings"
)

// negotiate chooses from the Accept-Encoding headers of a request: "br" before
// "gzip" before "" (as it is). A weight only says yes or no (q=0), since the
// smallest is best for everybody. See RFC 9110, 12.5.3.
func negotiate(headers []string) string {
	accepted := map[string]bool{}
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			coding, params, _ := strings.Cut(part, ";")
			if coding = strings.ToLower(strings.TrimSpace(coding)); coding != "" {
				accepted[coding] = weight(params) > 0
			}
		}
	}
	for _, coding := range []string{"br", "gzip"} {
		yes, named := accepted[coding]
		if yes || !named && accepted["*"] {
			return coding
		}
	}
	return ""
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
