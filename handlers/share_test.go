package handlers_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/plainwords"
)

// readRecord is a record as the client reads it.
func readRecord(t *testing.T, rec record) *trustlyclient.Transaction {
	t.Helper()
	data, err := json.Marshal(rec)
	if err != nil {
		t.Fatal(err)
	}
	read, err := trustlyclient.ParseTransaction(data)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

const ticketLink = "https://portal.example/transactions/700000007?tz=America/New_York"

func ticketOf(t *testing.T, rec record) string {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return handlers.Ticket(readRecord(t, rec), zone, testNow, ticketLink)
}

// ticketFields are the lines of a ticket by their names.
func ticketFields(ticket string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(ticket) {
		if name, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); ok {
			fields[name] = text
		}
	}
	return fields
}

func TestTicketTellsTheRecord(t *testing.T) {
	t.Parallel()
	rec := madeUpOne()
	ticket := ticketOf(t, rec)
	if got, want := strings.SplitN(ticket, "\n", 2)[0], "Capture of 125.50 USD: Reversed"; got != want {
		t.Errorf("heading: got %q, want %q", got, want)
	}
	fields := ticketFields(ticket)
	for name, want := range map[string]string{
		"Transaction ID": "700000007", "Payment ID": "800000007", "Original transaction ID": "700000001", "Provider transaction ID": "ptx-7",
		"Merchant reference": "ORD-7-1", "Payment's merchant reference": "ORD-7", "Customer's external ID": "cust-7",
		"Created":   "2026-11-09 19:15:01 EST (2026-11-10 00:15:01 UTC)",
		"Processed": "2026-11-10 09:00:00 EST (2026-11-10 14:00:00 UTC)",
		"As of":     "2026-11-20 07:00:00 EST (2026-11-20 12:00:00 UTC)", "Link": ticketLink,
	} {
		if fields[name] != want {
			t.Errorf("%s: got %q, want %q", name, fields[name], want)
		}
	}
	if _, ok := fields["Completed"]; ok {
		t.Error("Completed: got a line, want none for a time that is missing")
	}
	said := plainwords.Explain(readRecord(t, rec))
	for name, want := range map[string]string{"Means": said.Means.Text, "Next": said.Next.Text, "Reason code": said.Code.Meaning, "Caution": said.Caution} {
		if want == "" || !strings.Contains(fields[name], want) {
			t.Errorf("%s: got %q, want it to say %q", name, fields[name], want)
		}
	}
	if got := fields["Reason code"]; !strings.HasPrefix(got, "R10 ") || !strings.Contains(got, "general ACH rules") {
		t.Errorf("reason code: got %q, want the code and who explains it", got)
	}
	if strings.Contains(ticket, "Ada Example") {
		t.Error("the ticket names the customer")
	}
}

// What support must not tell goes along with the text, since that is passed on.
func TestTicketSaysWhatIsNotForTheCustomer(t *testing.T) {
	t.Parallel()
	rec := madeUpOne()
	rec["status"] = 8
	rec["paymentProviderTransaction"].(record)["status"] = "SW054"
	withhold := plainwords.Explain(readRecord(t, rec)).Withhold
	if got := ticketFields(ticketOf(t, rec))["Not for the customer"]; got == "" || got != withhold {
		t.Errorf("got %q, want %q", got, withhold)
	}
	rec["paymentProviderTransaction"].(record)["status"] = "ZZ9"
	if got := ticketFields(ticketOf(t, rec))["Reason code"]; !strings.HasPrefix(got, "ZZ9. ") || !strings.Contains(got, "do not explain") {
		t.Errorf("unknown code: got %q, want it said to be unknown", got)
	}
}

// No value can add a line, end one or turn its direction.
func TestTicketKeepsEachValueOnItsLine(t *testing.T) {
	t.Parallel()
	plain := strings.Count(ticketOf(t, madeUpOne()), "\n")
	for _, text := range append(hostile, "x\nLink: https://evil.example", "x\r\n\r\nMeans: all is well", "x\vy\fz", "\u2066a\u2069\u200f\u061c", strings.Repeat("long ", 5000)) {
		rec := madeUpOne()
		rec["transactionId"], rec["originalTransactionId"], rec["merchantReference"], rec["amount"], rec["currency"] = text, text, text, text, text
		rec["processedAt"] = text
		provider, payment := rec["paymentProviderTransaction"].(record), rec["payment"].(record)
		provider["paymentProviderTransactionId"], provider["status"] = text, text
		payment["paymentId"], payment["merchantReference"], payment["customer"].(record)["externalId"] = text, text+"2", text
		ticket := ticketOf(t, rec)
		if got := strings.Count(ticket, "\n"); got > plain+1 { // where the text has nothing to show, its line is left out
			t.Errorf("%.40q: got %d lines, want %d at most", text, got, plain+1)
		}
		for line := range strings.Lines(ticket) {
			line = strings.TrimSuffix(line, "\n")
			if name, _, ok := strings.Cut(line, ":"); line != "" && (!ok || len(name) > 300) && !strings.HasPrefix(line, "Capture") {
				t.Errorf("%.40q: got a line %q without its name", text, line)
			}
			for _, r := range line {
				if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
					t.Errorf("%.40q: got %U in the line %q", text, r, line)
				}
			}
		}
		if got := ticketFields(ticket)["Link"]; got != ticketLink {
			t.Errorf("%.40q: got the link %q, want %q", text, got, ticketLink)
		}
		if len(ticket) > 8000 {
			t.Errorf("%.40q: got a ticket of %d bytes", text, len(ticket))
		}
	}
}

// What is personal stays out, also where the API sends an object in place of a value.
func TestTicketHoldsNothingPersonal(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	payment := rec["payment"].(record)
	rec["merchantReference"], payment["paymentId"], rec["amount"], rec["currency"] = personal, personal, personal, personal
	rec["createdAt"], rec["status"], rec["transactionType"], rec["statusCode"] = personal, personal, personal, personal
	payment["customer"].(record)["externalId"] = personal
	payment["customer"].(record)["name"] = "Joanna Hidden"
	rec["paymentProviderTransaction"].(record)["status"] = personal
	ticket := ticketOf(t, rec)
	secrets := append(secretsIn(), "Joanna Hidden")
	for path := range maskedInExample {
		if path != "payment.account.accountNumber" {
			secrets = append(secrets, textAt(exampleRecord(t), path))
		}
	}
	for _, secret := range secrets {
		if secret == "" || strings.Contains(ticket, secret) {
			t.Errorf("%q is in the ticket", secret)
		}
	}
}

// madeUpOne is a capture that the bank took back.
func madeUpOne() record {
	return record{
		"transactionId": "700000007", "originalTransactionId": "700000001", "transactionType": 3, "status": 10, "amount": "125.5", "currency": "USD",
		"merchantReference": "ORD-7-1", "createdAt": 1794269701234, "processedAt": fmt.Sprint(time.Date(2026, 11, 10, 14, 0, 0, 0, time.UTC).UnixMilli()), "updatedAt": 1794700000000,
		"paymentProviderTransaction": record{"paymentProviderTransactionId": "ptx-7", "status": "R10"},
		"payment": record{
			"paymentId": "800000007", "merchantReference": "ORD-7", "paymentType": 2,
			"customer": record{"name": "Ada Example", "externalId": "cust-7"}, "account": record{"accountNumber": "7833"}, "paymentProvider": record{"name": "Demo Bank"},
		},
	}
}

// A ticket of whatever the API sends has each of its lines once, and nothing that turns or breaks them.
func FuzzTicket(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rec := madeUpOne()
		rec["transactionId"], rec["merchantReference"], rec["currency"], rec["status"], rec["createdAt"] = text, text, text, text, text
		rec["payment"].(record)["customer"].(record)["externalId"] = text
		ticket := handlers.Ticket(readRecord(t, rec), time.UTC, testNow, ticketLink)
		for _, name := range []string{"Means", "Next", "As of", "Link"} {
			if got := strings.Count("\n"+ticket, "\n"+name+": "); got != 1 {
				t.Errorf("%q: got %d lines %s, want one", text, got, name)
			}
		}
		if strings.ContainsFunc(strings.ReplaceAll(ticket, "\n", ""), func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
			t.Errorf("%q: got a control character in the ticket", text)
		}
	})
}
