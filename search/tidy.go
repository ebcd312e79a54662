package search

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Tidy takes off what e-mails, chats and spreadsheets put around a value: spaces of all kinds, invisible marks, quotes,
// brackets around the whole, a leading # or bullet, Excel's ' and ="…", punctuation at the end, and a label such as
// "Transaction ID:". What stands inside stays, but for hyphens that an editor made longer. It is its own fixed point.
func Tidy(pasted string) string { return peel(plain(pasted), untie, unlabel) }

// plain is a text in characters that keyboards type, on one line.
func plain(pasted string) string {
	text := strings.ToValidUTF8(pasted, "")
	return norm.NFC.String(strings.Join(strings.Fields(strings.Map(plainRune(text), text)), " "))
}

// peel takes layer after layer off until nothing comes off. Each layer leaves less, or the same.
func peel(text string, layers ...func(string) string) string {
	for {
		before := text
		for _, layer := range layers {
			text = layer(text)
		}
		if text == before {
			return text
		}
	}
}

// plainRune drops what can't be seen, and writes hyphens and spaces as keyboards do. Joiners stay in the scripts that
// spell with them.
func plainRune(text string) func(rune) rune {
	joined := strings.ContainsFunc(text, func(r rune) bool { return r >= '\u0590' && unicode.IsLetter(r) })
	return func(r rune) rune {
		switch {
		case r == '\u200c' || r == '\u200d':
			if joined {
				return r
			}
			return -1
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
			return -1
		case r >= '\u2010' && r <= '\u2015' || r == '\u2212':
			return '-'
		case r == '\uff03':
			return '#'
		}
		return r
	}
}

const (
	quoteMarks = "\"'`´“”„‟‘’‚‛«»‹›″′"
	bullets    = "•·‣◦▪*->" // a > quotes a line in an e-mail
	endMarks   = ".,;:!?…"
)

// wrappers stand around a whole value only, and never hold another of their kind.
var wrappers = []string{"<>", "()", "[]", "{}"}

// untie takes off one layer of what stands around a value.
func untie(text string) string {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, `="`); ok { // how spreadsheets keep leading zeros
		text = rest
	}
	text = strings.TrimLeft(text, quoteMarks+"#,; ")
	if first, rest, ok := strings.Cut(text, " "); ok && strings.Trim(first, bullets) == "" { // without the space it is a minus, or masks digits
		text = rest
	}
	text = strings.TrimRight(text, quoteMarks+endMarks+" ")
	for _, w := range wrappers {
		inside, opened := strings.CutPrefix(text, w[:1])
		inside, closed := strings.CutSuffix(inside, w[1:])
		if opened && closed && !strings.ContainsAny(inside, w) {
			text = inside
		}
	}
	if bold := strings.Trim(text, "*"); strings.HasPrefix(text, "*") && strings.HasSuffix(text, "*") && !strings.Contains(bold, "*") { // as chats write it
		text = bold
	}
	return strings.TrimSpace(text)
}

// labelPattern is a label as people write it before a value: words of this list only, then a colon, # or =.
var labelPattern = regexp.MustCompile(`(?i)^(?:` + labelWords + `)(?:[ _/.-]*(?:` + labelWords + `))*\.? ?[:#=] ?`)

const labelWords = `transactions?|trans|trx|txn?|payments?|original|merchant|customer|client|provider|trustly|bank|external|account|acct|routing|aba|` +
	`order|invoice|reference|ref|reason|return|code|status|identifier|id|number|num|nbr|no|nr|ip|address|addr|full|name|amount|amt|total|` +
	`e-?mail|phone|mobile|tel|mailto`

// maxLabelled bounds what is looked at for a label, in bytes: a text of labels alone would be read once for each.
const maxLabelled = 1000

// unlabel takes a label off. What is nothing but a label stays.
func unlabel(text string) string {
	if len(text) > maxLabelled {
		return text
	}
	if rest := strings.TrimSpace(text[len(labelPattern.FindString(text)):]); rest != "" {
		return rest
	}
	return text
}
