package search

import "strings"

// recordedToken is how much of a private link's token is recorded: enough to tell links apart, too little to open one.
const recordedToken = 8

// RecordedToken is a private link's token as the audit has it. What is none may be anything, and is not repeated.
func RecordedToken(token string) string {
	token, _, _ = strings.Cut(token, "~")
	if !tokenPattern.MatchString(token) {
		return "unreadable"
	}
	return token[:recordedToken]
}

// Recorded is the view's query string for the audit: the catalogue's order, what a private link keeps included, and each
// text that somebody typed or pasted replaced by its hash. Any of them can be personal: people paste an account number
// where a payment's ID is asked for. Codes, amounts, times and how the list is shown stay readable.
func (v View) Recorded(hash func(string) string) string {
	var b strings.Builder
	for _, p := range v.params {
		f := p.filter()
		for _, value := range p.values {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(f.Name)
			b.WriteByte('=')
			switch {
			case f.Name == NamePrivate:
				b.WriteString(RecordedToken(value))
			case f.typed():
				b.WriteString(hash(value))
			default:
				b.WriteString(escape(value))
			}
		}
	}
	return b.String()
}

// typed reports whether a filter takes any text, and not just a code, an amount, a time or a choice.
func (f *Filter) typed() bool {
	switch f.Kind {
	case KindCode, KindAmount, KindTime, KindBool, KindView:
		return f.Personal
	default:
		return true
	}
}
