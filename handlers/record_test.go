package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/auth"
)

// exampleRecord is Trustly's own example, with its numbers as they stand.
func exampleRecord(t *testing.T) record {
	t.Helper()
	data, err := os.ReadFile("../trustlyclient/testdata/retrieve-transaction.example.json")
	if err != nil {
		t.Fatal(err)
	}
	var wrapped struct{ Transaction record }
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&wrapped); err != nil {
		t.Fatal(err)
	}
	return wrapped.Transaction
}

// serveRecord is an API that has one record, also as a list; what the record is, the test decides.
func serveRecord(rec any) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/transactions") {
			reply(w, map[string]any{"transactions": []any{rec}})
			return
		}
		reply(w, map[string]any{"transaction": rec})
	})
}

// scalars are the paths and texts of a record's scalars.
func scalars(path string, v any, found map[string]string) map[string]string {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			scalars(strings.TrimPrefix(path+"."+name, "."), inner, found)
		}
	case []any:
		for i, inner := range v {
			scalars(fmt.Sprintf("%s[%d]", path, i), inner, found)
		}
	case nil:
		found[path] = "null"
	default:
		found[path] = fmt.Sprint(v)
	}
	return found
}

// maskedInExample are the example's personal data, and what stays readable of them.
var maskedInExample = map[string]string{
	"payment.customer.taxId": "", "payment.customer.driverLicense.number": "", "payment.customer.address.address1": "", "payment.customer.phone": "",
	"payment.customer.email": "@mail.com", "payment.account.accountNumber": "7833",
}

// fieldTexts are a record page's fields by their lower-case path: the texts beside each name.
func fieldTexts(doc *goquery.Document) map[string]string {
	found := map[string]string{}
	doc.Find("dl.fields dt[title]").Each(func(_ int, dt *goquery.Selection) {
		path, _ := dt.Attr("title")
		found[strings.ToLower(path)] += " " + words(dt.Next())
	})
	return found
}

func TestEveryFieldOfTheExampleIsShown(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	b := open(t, serveRecord(rec)).as(auth.Support)
	a := b.get("/transactions/1006755981?tz=UTC").want(http.StatusOK)
	doc := a.doc()
	fields := fieldTexts(doc)
	all := scalars("", rec, map[string]string{})
	if len(all) < 80 {
		t.Fatalf("the example has %d scalars, want its 80 and more", len(all))
	}
	for path, text := range all {
		got, ok := fields[strings.ToLower(path)]
		if !ok {
			t.Errorf("%s is not on the page", path)
			continue
		}
		if rest, masked := maskedInExample[path]; masked {
			if !strings.Contains(got, "••") || !strings.Contains(got, rest) || path != "payment.account.accountNumber" && strings.Contains(a.body, text) {
				t.Errorf("%s: got %q, want it masked but for %q", path, got, rest)
			}
			continue
		}
		if text == "true" || text == "false" {
			text = map[string]string{"true": "Yes", "false": "No"}[text]
		}
		if !strings.Contains(got, text) {
			t.Errorf("%s: got %q, want %q in it", path, got, text)
		}
	}
	// Times are told in the view's zone with UTC at hand.
	ny := fieldTexts(b.get("/transactions/1006755981?tz=America/New_York").want(http.StatusOK).doc())
	if got, want := ny["createdat"], "Apr 18 2019, 19:25:37"; !strings.Contains(got, want) || !strings.Contains(got, "2019-04-18 23:25:37.054 UTC") {
		t.Errorf("createdAt in New York: got %q, want %q and UTC", got, want)
	}
	if got, want := ny["payment.account.verification.verificationdate"], "2021-04-21 22:52:23"; !strings.Contains(got, want) {
		t.Errorf("the verification date, which comes in seconds: got %q, want %q", got, want)
	}
}

// personal are raw values that may be nowhere, under every name that a record may give them.
var personal = map[string]any{
	"taxId": "912873465", "TaxID": "912873466", "tax_id": "912873467", "SSN": "912873468", "ssn": json.Number("912873469"), "customerTaxId": "912873470",
	"nationalId": "NAT-5550001", "NationalID": "NAT-5550002", "national_id": "NAT-5550003",
	"dateOfBirth": "1961-07-13", "date_of_birth": "1961-07-14", "DOB": "1961-07-15", "birthDate": "1961-07-16",
	"driverLicense": record{"number": "LIC-770001", "state": "CA"}, "driver_license": "LIC-770002", "licenseNumber": "LIC-770003",
	"accountNumber": "440044007001", "AccountNumber": "440044007002", "account_number": "440044007003", "bankAccountNumber": "440044007004", "virtualAccountNumber": "440044007009",
	"iban": "DE44500105175407000005", "IBAN": "DE44500105175407000006",
	"email": "joanna.hidden@mail.test", "Email": "joanna.concealed@mail.test", "e-mail": "joanna.covert@mail.test", "emailAddress": "joanna.secret@mail.test", "contactEmail": "joanna.private@mail.test",
	"phone": "+16505559901", "PhoneNumber": "+16505559902", "phone_number": "+16505559903", "mobilePhone": "+16505559904", "homePhone": "+16505559905",
	"address": record{"address1": "7701 Hidden Lane", "line2": "Apartment 7702", "city": "Openville"}, "streetAddress": "7703 Hidden Lane", "address_1": "7704 Hidden Lane",
}

// secretsIn are the raw values of personal, and not what may stay readable of them.
func secretsIn() []string {
	var raw []string
	for _, text := range scalars("", any(personal), map[string]string{}) {
		if text != "CA" && text != "Openville" {
			raw = append(raw, text)
		}
	}
	return raw
}

func TestPersonalDataIsNowhere(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	payment := rec["payment"].(map[string]any)
	customer := payment["customer"].(map[string]any)
	maps.Copy(customer, map[string]any{
		"taxId": "812873465", "nationalId": "NAT-4440001", "dateOfBirth": "1951-07-13", "email": "declared.person@mail.test", "phone": "+16505558801",
		"driverLicense": record{"number": "LIC-660001", "state": "CA"}, "address": record{"address1": "6601 Declared Road", "address2": "Suite 6602", "city": "Openville"},
	})
	payment["account"].(map[string]any)["accountNumber"] = "330033008001"
	payment["account"].(map[string]any)["iban"] = "DE44500105175407008006"
	payment["address"] = record{"address1": "6603 Declared Road"}
	secrets := append(secretsIn(), "812873465", "NAT-4440001", "1951-07-13", "declared.person", "+16505558801", "LIC-660001", "6601 Declared", "Suite 6602",
		"330033008001", "DE44500105175407008006", "6603 Declared")

	// Where nobody declared them: at the top, in an object, in lists, deep, and as what a merchant adds.
	rec["extra"] = personal
	payment["beneficiary"] = personal
	customer["customData"] = personal
	payment["beneficiaries"] = []any{personal, []any{personal, record{"deep": record{"er": personal}}}}
	payment["lists"] = record{"email": []any{"joanna.listed@mail.test"}, "phone": record{"home": "+16505559999"}, "taxId": record{"value": "912879999"},
		"user[email]": "joanna.form@mail.test", "[email]": "joanna.bracket@mail.test", "a.email": "joanna.dotted@mail.test", "customer.taxId ": "912879998"} //nolint:gocritic // a name that somebody mistyped
	secrets = append(secrets, "joanna.listed", "+16505559999", "912879999", "joanna.form", "joanna.bracket", "joanna.dotted", "912879998")
	for name, value := range personal {
		if _, taken := rec[name]; !taken {
			rec[name] = value
		}
	}

	p := open(t, serveRecord(rec))
	for _, role := range []auth.Role{auth.Support, auth.Finance, auth.Admin} {
		b := p.as(role)
		for _, path := range []string{"/transactions/1006755981", "/transactions?columns=all", "/transactions", "/transactions.csv?columns=all", "/find?q=1006755981"} {
			if role == auth.Support && strings.Contains(path, ".csv") {
				continue
			}
			for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
				a, _ := b.visit(path, headers...)
				a.want(http.StatusOK)
				for _, secret := range secrets {
					if strings.Contains(a.body, secret) || strings.Contains(fmt.Sprint(a.header), secret) {
						t.Errorf("%s as %s: %q is in the answer", path, role, secret)
					}
				}
			}
		}
	}
	for _, secret := range secrets {
		if strings.Contains(p.log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	// Masked is not lost: that there is a value shows, and what may stay readable does.
	text := readable(p.signIn("support@example.com").get("/transactions/1006755981").doc().Find("main"))
	for _, want := range []string{"••8001", "••8006", "d•••••@mail.test", "Openville", "customData.email", "beneficiaries[1][0].iban", "••0005"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing from the page", want)
		}
	}
}

// Codes and fields that nobody documents are shown as they came.
func TestUnknownCodesAndFieldsAreShown(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	rec["transactionType"], rec["status"], rec["statusMessage"] = 99, 77, "Pondering"
	rec["paymentProviderTransaction"] = record{"status": "ZZ9", "extendedReason": record{"code": "98765"}, "reasonCode": 55}
	rec["brandNew"] = record{"field": "fresh value", "list": []any{1, "two", nil, true, []any{}, record{}}}
	rec["payment"].(map[string]any)["paymentFlow"] = 4242
	b := open(t, serveRecord(rec)).as(auth.Support)
	a := b.get("/transactions/1006755981").want(http.StatusOK)
	fields := fieldTexts(a.doc())
	for path, want := range map[string]string{
		"transactiontype": "99", "status": "77", "statusmessage": "Pondering", "paymentprovidertransaction.status": "ZZ9",
		"paymentprovidertransaction.extendedreason.code": "98765", "paymentprovidertransaction.reasoncode": "55",
		"brandnew.field": "fresh value", "brandnew.list[0]": "1", "brandnew.list[1]": "two", "brandnew.list[2]": "null", "brandnew.list[3]": "true",
		"brandnew.list[4]": "[]", "brandnew.list[5]": "{}", "payment.paymentflow": "4242",
	} {
		if !strings.Contains(fields[path], want) {
			t.Errorf("%s: got %q, want %q", path, fields[path], want)
		}
	}
	if got := a.text(); !strings.Contains(got, "Type 99") || !strings.Contains(got, "Trustly's published tables do not explain code ZZ9; the portal does not guess") {
		t.Errorf("the page does not say that the codes are unknown: %.400s", got)
	}
	row := readable(b.get("/transactions?columns=transactionId,transactionType,status,paymentProviderTransaction.status").doc().Find("table.list tbody"))
	for _, want := range []string{"99", "77", "ZZ9"} {
		if !strings.Contains(row, want) {
			t.Errorf("list: got %q, want the code %s as it came", row, want)
		}
	}
}

// A record with parts missing, null or of other types than declared is shown as far as it goes.
func TestOddRecordsAreShown(t *testing.T) {
	t.Parallel()
	var records []any
	records = append(records, record{"transactionId": "1"}, record{"transactionId": json.Number("1")})
	for _, odd := range []any{nil, "text", "", json.Number("-1e400"), true, []any{}, record{}, []any{nil, record{"x": []any{"y"}}}, record{"transactionId": "9"}, strings.Repeat("long ", 200)} {
		whole := record{"transactionId": "1"}
		for name := range exampleRecord(t) {
			if name != "transactionId" {
				whole[name] = odd
			}
		}
		records = append(records, whole)
		for _, part := range []string{"customer", "account", "paymentProvider", "verification", "merchant", "auth", "allowedPaymentProviderType", "amount", "createdAt", "recurrence"} {
			rec := exampleRecord(t)
			rec["transactionId"] = "1"
			rec["payment"].(map[string]any)[part] = odd
			records = append(records, rec)
		}
		for _, part := range []string{"createdAt", "updatedAt", "amount", "currency", "status", "transactionType", "paymentProviderTransaction"} {
			rec := exampleRecord(t)
			rec["transactionId"], rec[part] = "1", odd
			records = append(records, rec)
		}
	}
	var now any
	p := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serveRecord(now).ServeHTTP(w, r) }))
	b := p.as(auth.Finance)
	for i, rec := range records {
		if !*thorough && i*7%5 > 2 { // each part and each odd value still comes several times
			continue
		}
		now = rec
		short, err := json.Marshal(rec)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/transactions/1", "/transactions?columns=all", "/transactions.csv?columns=all"} {
			if i%3 > 0 && strings.HasPrefix(path, "/transactions?") { // a list of all columns is long
				continue
			}
			a := b.get(path, "HX-Request", "true")
			if a.status != http.StatusOK {
				t.Errorf("%s: got status %d, want the record to be shown: %.300s", path, a.status, short)
				continue
			}
			switch path {
			case "/transactions/1":
				if !strings.Contains(a.text(), "1") {
					t.Errorf("%s: the id is missing", path)
				}
			case "/transactions?columns=all":
				if got := a.doc().Find("tr[data-transaction-id]").Length(); got != 1 {
					t.Errorf("%s: got %d rows, want 1: %.300s", path, got, short)
				}
			default:
				if got := len(readCSV(t, a)); got != 2 {
					t.Errorf("%s: got %d lines, want 2: %.300s", path, got, short)
				}
			}
		}
	}
	if strings.Contains(p.log.String(), "panic") {
		t.Errorf("the log tells of a panic:\n%.2000s", p.log.String())
	}
}
