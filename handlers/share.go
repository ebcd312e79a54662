package handlers

import (
	"strings"
	"time"
	"unicode"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/plainwords"
	"trustlyportal/views"
)

// maxTicketValue is how many characters of a value a ticket repeats: more than any id or reference has.
const maxTicketValue = 200

// share is what a record's page offers to hand on: its address in the view's zone, and a text for a ticket.
func (w *web) share(view search.View, t *trustlyclient.Transaction, said plainwords.Explanation, asOf time.Time) views.Share {
	href := w.absolute(recordHref(view.With(search.NameZone, view.Zone.String()), string(t.TransactionID)))
	f := formatter{zone: view.Zone, now: asOf}
	return views.Share{LinkHref: href, Ticket: f.ticket(t, said, href), AsOf: f.ticketTime(trustlyclient.Time{Time: asOf})}
}

// ticket tells a record, as it was explained, in plain text for another system. What it says leaves the portal: it holds no masked field, not
// even masked, and no name. Each value stays on its line, whatever the API sent.
func (f formatter) ticket(t *trustlyclient.Transaction, said plainwords.Explanation, href string) string {
	var b ticketText
	amount := ticketAmount(t)
	heading := ticketName("TransactionType", "Transaction of type", t.TransactionType)
	if amount != "" {
		heading += " of " + amount
	}
	b.line(heading + ": " + ticketName("TransactionStatus", "status", t.Status))
	b.line("")
	b.field("Transaction ID", ticketValue(t.TransactionID))
	b.field("Payment ID", ticketValue(t.Payment.PaymentID))
	b.field("Original transaction ID", ticketValue(t.OriginalTransactionID))
	b.field("Provider transaction ID", ticketValue(t.PaymentProviderTransaction.PaymentProviderTransactionID))
	b.field("Merchant reference", ticketValue(t.MerchantReference))
	if t.Payment.MerchantReference != t.MerchantReference {
		b.field("Payment's merchant reference", ticketValue(t.Payment.MerchantReference))
	}
	b.field("Customer's external ID", ticketValue(t.Payment.Customer.ExternalID))
	b.line("")
	b.field("Created", f.ticketTime(t.CreatedAt))
	b.field("Processed", f.ticketTime(t.ProcessedAt))
	b.field("Completed", f.ticketTime(t.CompletedAt))
	b.line("")
	b.field("Reason code", ticketCode(said.Code))
	b.field("Decline reason", ticketCode(said.Reason))
	b.field("Decline detail", ticketCode(said.ExtendedReason))
	b.field("Means", said.Means.Text)
	b.field("Next", said.Next.Text)
	b.field("Not for the customer", said.Withhold)
	b.field("Sources", sourceLabels(said.Sources))
	b.field("Caution", said.Caution)
	b.line("")
	b.field("As of", f.ticketTime(trustlyclient.Time{Time: f.now}))
	b.field("Link", href)
	return b.String()
}

// ticketText writes lines, with one blank line at most between two others.
type ticketText struct{ strings.Builder }

func (b *ticketText) line(text string) {
	if text == "" && strings.HasSuffix(b.String(), "\n\n") {
		return
	}
	b.WriteString(oneLine(text))
	b.WriteString("\n")
}

// field leaves out what has no value.
func (b *ticketText) field(name, text string) {
	if text != "" {
		b.line(name + ": " + text)
	}
}

// ticketCode is a code with what the published tables say of it, and who says so.
func ticketCode(c plainwords.CodeWords) string {
	switch {
	case c.Empty():
		return ""
	case !c.Known:
		return ticketValue(c.Code) + ". " + c.Words.Text
	}
	return ticketValue(c.Code) + " " + c.Name + ". " + c.Meaning + " (" + sourceLabels(c.Sources) + ")."
}

func sourceLabels(sources []plainwords.Source) string {
	var labels []string
	for _, s := range sources {
		labels = append(labels, s.Label())
	}
	return strings.Join(labels, "; ")
}

// ticketName is a code's name, or the raw code after what it is.
func ticketName(table, what string, code trustlyclient.Code) string {
	if m, ok := trustlyclient.LookupCode(table, string(code)); ok {
		return m.Name
	}
	if code == "" {
		return what + " unknown"
	}
	return what + " " + ticketValue(code) + " (not in Trustly's published tables)"
}

func ticketAmount(t *trustlyclient.Transaction) string {
	if t.Amount.Text == "" {
		return ""
	}
	return strings.TrimSpace(ticketValue(money(t.Amount)) + " " + ticketValue(t.Currency))
}

// ticketTime is a time in the view's zone and in UTC, with the whole date: tickets are read next year too.
func (f formatter) ticketTime(at trustlyclient.Time) string {
	if at.IsZero() {
		return ticketValue(at.Text)
	}
	utc := at.UTC().Format("2006-01-02 15:04:05 UTC")
	local := at.In(f.zone).Format("2006-01-02 15:04:05 ") + f.zoneName(at.Time)
	if local == utc {
		return utc
	}
	return local + " (" + utc + ")"
}

// ticketValue is what the API sent as a part of a line: masked where it holds an object, and bounded.
func ticketValue[T ~string](sent T) string {
	text := oneLine(search.MaskText(string(sent)))
	if runes := []rune(text); len(runes) > maxTicketValue {
		return string(runes[:maxTicketValue]) + "…"
	}
	return text
}

// oneLine leaves out what breaks a line of plain text or turns its direction.
func oneLine(text string) string {
	if isOneLine(text) {
		return text
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r): // U+2028 and U+2029 are spaces
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Join(strings.Fields(text), " ")
}

// isOneLine reports that oneLine would change nothing, of printed ASCII as most texts are.
func isOneLine(text string) bool {
	last := byte(' ')
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == ' ' && last == ' ' {
			return false
		}
		last = text[i]
	}
	return text == "" || last != ' '
}
