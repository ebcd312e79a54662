package trustlytest

import (
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// specification returns the query parameters (true = repeatable) and all property names of Trustly's OpenAPI file.
func specification(t *testing.T) (query map[string]bool, properties map[string]bool) {
	t.Helper()
	b, err := os.ReadFile("testdata/list-transactions.openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	paths, schemas, ok := strings.Cut(string(b), "\ncomponents:\n")
	if !ok {
		t.Fatal("the specification has no components")
	}
	query = map[string]bool{}
	parameter := regexp.MustCompile(`(?s)- name: (\S+)\n\s+in: query\n.*?schema:\n\s+type: (\w+)`)
	for _, m := range parameter.FindAllStringSubmatch(paths, -1) {
		query[m[1]] = m[2] == "array"
	}
	properties = map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^        (\w+):$`).FindAllStringSubmatch(schemas, -1) {
		properties[m[1]] = true
	}
	return query, properties
}

func TestParametersAreThoseOfTheSpecification(t *testing.T) {
	query, _ := specification(t)
	if len(query) != 44 {
		t.Fatalf("got %d query parameters in the specification, want 44", len(query))
	}
	for name, repeat := range query {
		p, ok := parameters[name]
		if !ok {
			t.Errorf("parameter %s is missing", name)
		} else if p.repeat != repeat {
			t.Errorf("parameter %s: got repeat %t, want %t", name, p.repeat, repeat)
		}
	}
	for name := range parameters {
		if _, ok := query[name]; !ok {
			t.Errorf("parameter %s is invented", name)
		}
	}
}

// beyondSchema are members that the sample or other sources have and the schema has not.
var beyondSchema = []string{
	"subtype", "automaticRepresentment", "instantPayoutSettle", // the sample
	"reasonCode", "reasonCodeMessage", "extendedReason", "code", // webhooks
	"framework", "riskBand", "zz-trace", "hops", "at", "sampled", "note", "empty", "nothing", // undeclared on purpose
}

var (
	money     = regexp.MustCompile(`^\d{1,7}\.\d\d$`)
	idPattern = regexp.MustCompile(`^\d{1,15}$`)
)

func TestAnswersConformLoosely(t *testing.T) {
	_, properties := specification(t)
	for _, name := range beyondSchema {
		properties[name] = true
	}
	for _, asStrings := range []bool{false, true} {
		s := New(Options{Seed: 9, Rows: 3000, Now: at(testNow), EnumsAsStrings: asStrings})
		for _, r := range s.Records() {
			e := s.encoder(1)
			e.transaction(&r)
			var tx map[string]any
			if err := json.Unmarshal(e.buf, &tx); err != nil {
				t.Fatalf("%v in %s", err, e.buf)
			}
			conforms(t, r.ID, tx, properties)
			payment, _ := tx["payment"].(map[string]any)
			for _, m := range []map[string]any{tx, payment} {
				for _, name := range []string{"amount", "pending", "paid", "refunded", "reversed", "balance"} {
					if text, _ := m[name].(string); !money.MatchString(text) {
						t.Errorf("transaction %s: got %s %v, want up to 10 characters with two decimals", r.ID, name, m[name])
					}
				}
			}
			if id, _ := tx["transactionId"].(string); !idPattern.MatchString(id) || payment["paymentId"] == "" {
				t.Errorf("transaction %v of payment %v: want numbers of up to 15 digits", tx["transactionId"], payment["paymentId"])
			}
			if _, isString := tx["status"].(string); isString != asStrings && r.ID != ExampleID {
				t.Errorf("transaction %s: got status %v, want a string: %t", r.ID, tx["status"], asStrings)
			}
		}
	}
}

func conforms(t *testing.T, id string, m map[string]any, properties map[string]bool) {
	t.Helper()
	for name, value := range m {
		if !properties[name] {
			t.Errorf("transaction %s: member %q is not in the specification", id, name)
		}
		if child, ok := value.(map[string]any); ok {
			conforms(t, id, child, properties)
		}
	}
}

// TestNoParameterIsIgnored sends each parameter a value that no row shows.
func TestNoParameterIsIgnored(t *testing.T) {
	s := New(Options{Rows: 500, Now: at(testNow)})
	impossible := map[string]string{
		"ipAddr": "10.255.255.254", "payment.verification.status": "44", "amount.min": "99999999", "paid.min": "99999999", "refunded.min": "99999999",
		"amount.max": "-1", "paid.max": "-1", "refunded.max": "-1", "startIndex": "500",
	}
	for name := range parameters {
		if slices.Contains([]string{"count", "orderBy", "sortOrder", "ignoreUserPortalTransactions", "payment.fiAccount.verified"}, name) {
			continue
		}
		value, ok := impossible[name]
		switch {
		case ok:
		case strings.HasSuffix(name, ".start"):
			value = "9999999999999"
		case strings.HasSuffix(name, ".end"):
			value = "1"
		default:
			value = "4444"
		}
		if strings.HasSuffix(strings.ToLower(name), "accountnumber") {
			value = "none"
		}
		if name == "payment.description" {
			value = "no such words"
		}
		if got := ids(t, s, url.Values{name: {value}}); len(got) != 0 {
			t.Errorf("%s=%s: got %d rows, want none", name, value, len(got))
		}
	}
}
