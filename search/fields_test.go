package search

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"trustlyportal/trustlyclient"
)

func example(t testing.TB) (json.RawMessage, *trustlyclient.Transaction) {
	t.Helper()
	data, err := os.ReadFile("../trustlyclient/testdata/retrieve-transaction.example.json")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := trustlyclient.ParseTransaction(data)
	if err != nil {
		t.Fatal(err)
	}
	return tx.Raw, tx
}

// The table's typed value of each scalar of the example is what the example says.
func TestFieldsReadTheExample(t *testing.T) {
	raw, tx := example(t)
	leaves, err := Leaves(raw)
	if err != nil {
		t.Fatal(err)
	}
	if len(leaves) != 93 {
		t.Errorf("got %d scalars in the example, want 93", len(leaves))
	}
	for _, leaf := range leaves {
		field, ok := LookupField(withoutIndexes(leaf.Path))
		if !ok {
			t.Errorf("%s: not in the table of fields", leaf.Path)
			continue
		}
		got := fmt.Sprint(field.Value(tx))
		if got != leaf.Text && !strings.Contains(got, leaf.Text) {
			t.Errorf("%s: got %q, want %q", leaf.Path, got, leaf.Text)
		}
	}
}

// Every scalar that the API's schema declares is in the table.
func TestFieldsHoldTheSchema(t *testing.T) {
	answer := specification(t).Responses.Status(200).Value.Content["application/json"].Schema.Value
	seen := 0
	var walk func(path string, s *openapi3.Schema)
	walk = func(path string, s *openapi3.Schema) {
		if s.Type.Is("array") {
			walk(path, s.Items.Value)
			return
		}
		if len(s.Properties) == 0 {
			// The schemas' property "required" is a slip of the specification; customData is free, and the
			// address of an account's bank is shown with the fields nobody declared.
			if strings.HasSuffix(path, "required") || strings.HasSuffix(path, "customData") || strings.HasPrefix(path, "payment.account.paymentProvider.address.") {
				return
			}
			seen++
			if _, ok := LookupField(path); !ok {
				t.Errorf("%s: not in the table of fields", path)
			}
			return
		}
		for name, p := range s.Properties {
			walk(strings.TrimPrefix(path+"."+name, "."), p.Value)
		}
	}
	walk("", answer.Properties["transactions"].Value.Items.Value)
	if seen < 140 {
		t.Errorf("got %d scalars in the schema, want at least 140", seen)
	}
}

func TestFieldTable(t *testing.T) {
	var zero trustlyclient.Transaction
	seen := map[string]bool{}
	for _, f := range Fields() {
		if seen[strings.ToLower(f.Path)] {
			t.Errorf("%s: stands twice", f.Path)
		}
		seen[strings.ToLower(f.Path)] = true
		if f.Value(&zero) == nil {
			t.Errorf("%s: the client's record has no such field", f.Path)
		}
		if f.Filter != "" {
			if _, ok := Lookup(f.Filter); !ok {
				t.Errorf("%s: got filter %q, want one of the catalogue", f.Path, f.Filter)
			}
		}
		if f.Kind == KindCode && f.Codes != noTable && f.Codes != "PaymentProcessorType" && len(trustlyclient.Codes(f.Codes)) == 0 {
			t.Errorf("%s: got code table %q, want a known one", f.Path, f.Codes)
		}
		names := strings.Split(strings.ToLower(f.Path), ".")
		if mask, ok := personalNames[names[len(names)-1]]; ok && mask != f.Mask && !strings.HasPrefix(f.Path, "payment.paymentProvider.address.") {
			t.Errorf("%s: got mask %d, want %d as its name says", f.Path, f.Mask, mask)
		}
	}
}

func TestMaskJSON(t *testing.T) {
	raw, _ := example(t)
	got, err := MaskJSON(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"012345678", "A1234567", "2000 Broadway", "6505551212", "joe.user"} {
		if strings.Contains(got, secret) {
			t.Errorf("got %q in the masked record", secret)
		}
	}
	var before, after map[string]any
	if err := json.Unmarshal(raw, &before); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(got), &after); err != nil {
		t.Fatalf("the masked record is no JSON: %v", err)
	}
	if len(before) != len(after) {
		t.Errorf("got %d members, want %d", len(after), len(before))
	}
}

func TestMaskOf(t *testing.T) {
	for _, c := range []struct {
		path string
		want Mask
	}{
		{"payment.customer.taxId", MaskAll},
		{"PAYMENT.customer.TAXID", MaskAll},
		{"payment.beneficiaries[0].taxId", MaskAll},
		{"payment.customer.taxId.value", MaskAll},
		{"payment.customer.customData.email", MaskEmail},
		{"payment.customer.customData.emails[2].Email", MaskEmail},
		{"payment.customer.driverLicense", MaskAll},
		{"payment.customer.driverLicense.state", MaskNone},
		{"payment.customer.driverLicense.issuedBy", MaskAll},
		{"payment.account.paymentProvider.address.city", MaskNone},
		{"payment.account.paymentProvider.address.address1", MaskAll},
		{"accounts[3].iban", MaskLastFour},
		{"payment.account.accountNumber", MaskLastFour},
		{"payment.customer.name", MaskNone},
		{"payment.account.routingNumber", MaskNone},
	} {
		if got := MaskOf(c.path); got != c.want {
			t.Errorf("%s: got %d, want %d", c.path, got, c.want)
		}
	}
}

func TestWithoutIndexes(t *testing.T) {
	for path, want := range map[string]string{
		"": "", "a.b": "a.b", "a[0].b[12]": "a.b", "[7]": "", "a[0][1]": "a", "user[email]": "user[email]", "a[]": "a[]", "a[1": "a[1", "[[0]]": "[]", "é[1]ü": "éü", "a[1x]": "a[1x]",
	} {
		if got := withoutIndexes(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

func TestMasks(t *testing.T) {
	for _, c := range []struct {
		mask    Mask
		in, out string
	}{
		{MaskAll, "012345678", "••••••"}, {MaskAll, "", ""}, {MaskAll, "1", "••••••"},
		{MaskLastFour, "000123457833", "••7833"}, {MaskLastFour, "7833", "••7833"}, {MaskLastFour, "DE89 3704 0044 0532 0130 00", "••0 00"},
		{MaskEmail, "joe.user@mail.com", "j•••••@mail.com"}, {MaskEmail, "joe", "••••••"}, {MaskEmail, "@mail.com", "••••••"}, {MaskEmail, "a@b@c", "••••••"},
		{MaskNone, "x", "x"},
	} {
		if got := c.mask.Apply(c.in); got != c.out {
			t.Errorf("%q: got %q, want %q", c.in, got, c.out)
		}
	}
}

func TestMaskHides(t *testing.T) {
	for _, test := range []struct {
		mask  Mask
		value string
		want  bool
	}{
		{MaskNone, "Ada", false}, {MaskAll, "", false}, {MaskAll, "1", true}, {MaskAll, Masked + "1", true},
		{MaskLastFour, "7833", false}, {MaskLastFour, "33", false}, {MaskLastFour, "17833", true}, {MaskLastFour, "", false},
		{MaskEmail, "a@example.com", true}, {MaskEmail, "not an address", true},
	} {
		if got := test.mask.Hides(test.value); got != test.want {
			t.Errorf("%v hides of %q: got %v, want %v", test.mask, test.value, got, test.want)
		}
	}
}
