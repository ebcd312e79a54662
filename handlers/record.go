package handlers

import (
	"net/url"
	"slices"
	"strings"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// record is every scalar of a transaction, known or not, ready to be shown.
type record struct {
	formatter
	view    search.View
	reveal  revealing
	groups  []views.FieldGroup // the known fields under their headings; those without a value are only named
	values  [][]views.Field    // the same by their fields' places in search.Fields
	unknown []search.Leaf
}

func newRecord(leaves []search.Leaf, f formatter, view search.View, reveal revealing) *record {
	r := &record{formatter: f, view: view, reveal: reveal, values: make([][]views.Field, len(search.Fields()))}
	known := make([][]search.Leaf, len(search.Fields()))
	for i, leaf := range leaves {
		path, _, listed := strings.Cut(leaf.Path, "[")
		place, ok := search.FieldPlace(path)
		switch {
		case !ok || listed && (!strings.HasSuffix(leaf.Path, "]") || strings.Count(leaf.Path, "[") > 1):
			r.unknown = append(r.unknown, leaf)
		case known[place] == nil:
			known[place] = leaves[i : i+1 : i+1] // most fields have one, which needs no list of its own
		default:
			known[place] = append(known[place], leaf)
		}
	}
	all := make([]views.Field, 0, len(leaves)) // of which each group has a piece, and each of its fields
	for _, label := range search.FieldGroups() {
		places := placesOf[label]
		if len(places) == 0 {
			continue
		}
		group, first := views.FieldGroup{Label: label, Empty: make([]string, 0, len(places))}, len(all)
		for _, place := range places {
			before, field := len(all), &search.Fields()[place]
			for _, leaf := range known[place] {
				all = r.add(all, field, leaf)
			}
			if r.values[place] = all[before:len(all):len(all)]; len(all) == before {
				group.Empty = append(group.Empty, field.Label)
			}
		}
		group.Fields = all[first:len(all):len(all)]
		r.groups = append(r.groups, group)
	}
	return r
}

// placesOf are the fields of each of search.FieldGroups, by their places in search.Fields.
var placesOf = func() map[string][]int {
	places := map[string][]int{}
	for i, field := range search.Fields() {
		places[field.Group] = append(places[field.Group], i)
	}
	return places
}()

// named are a field's values: one, several of a list, or none. The caller must not change them.
func (r *record) named(path string) []views.Field {
	place, ok := search.FieldPlace(path)
	if !ok {
		return nil
	}
	return r.values[place]
}

// add adds a field's value, if it has one.
func (r *record) add(to []views.Field, field *search.Field, leaf search.Leaf) []views.Field {
	if leaf.Null || leaf.Text == "" || leaf.Text == "[]" && field.Path == "payment.allowedPaymentProviderType" {
		return to
	}
	to = append(to, views.Field{Label: field.Label, Path: leaf.Path, Value: leaf.Text})
	r.fill(&to[len(to)-1], field, leaf)
	return to
}

// fill makes of a value as it was sent one to be shown.
func (r *record) fill(shown *views.Field, field *search.Field, leaf search.Leaf) {
	if masked := field.Mask.Apply(leaf.Text); masked != leaf.Text || field.Mask != search.MaskNone {
		shown.Value, shown.Masked, shown.Mono = masked, true, field.Kind == search.KindNumber
		r.reveal.offer(shown, field.Mask, leaf.Text)
		return
	}
	switch field.Kind {
	case search.KindID, search.KindNumber, search.KindIP:
		shown.Mono = true
	case search.KindAmount:
		fillAmount(shown, leaf.Text)
	case search.KindBool:
		fillBool(shown, leaf.Text)
	case search.KindTime:
		r.fillTime(shown, leaf)
	case search.KindCode:
		fillCode(shown, field, leaf.Text)
		if field.Path == "status" {
			shown.Value = search.Isolate(shown.Value)
			shown.Tone, shown.Mark = statusTones[trustlyclient.Code(leaf.Text)], true
		}
	}
	if field.Path == "originalTransactionId" { // the record itself says more than its other offspring
		shown.Href = recordHref(r.view, leaf.Text)
		return
	}
	if field.Filter != "" {
		if v := r.view.With(field.Filter, leaf.Text); v.Has(field.Filter) {
			shown.Href = v.URL("/transactions")
		}
	}
}

// Marks of values that are not what the API says they are; beside each the value stands as it came.
const (
	noAmount = "The portal can't read this as an amount."
	noBool   = "The portal can't read this as yes or no."
	noTime   = "The portal can't read this as a time."
)

func fillAmount(shown *views.Field, text string) {
	amount := trustlyclient.Amount{Text: text}
	shown.Value = money(amount)
	if _, ok := amount.Decimal(); !ok {
		shown.Meaning = noAmount
	}
}

func fillBool(shown *views.Field, text string) {
	switch text {
	case "true":
		shown.Value = "Yes"
	case "false":
		shown.Value = "No"
	default:
		shown.Meaning = noBool
	}
}

func (r *record) fillTime(shown *views.Field, leaf search.Leaf) {
	var at trustlyclient.Time
	if err := at.UnmarshalText([]byte(leaf.Text)); err != nil || at.IsZero() {
		shown.Meaning = noTime
		return
	}
	shown.Value = r.full(at.Time)
	shown.UTC = at.UTC().Format("2006-01-02 15:04:05.000 UTC")
	shown.UTCTime = r.utc(at.Time)
	shown.Code = leaf.Text
}

func fillCode(shown *views.Field, field *search.Field, code string) {
	m, ok := field.Meaning(code)
	if !ok {
		shown.Meaning = unknownCode
		return
	}
	if !field.Coded() { // USD and US say it themselves
		shown.Meaning = m.Name
		return
	}
	shown.Value, shown.Code, shown.Meaning = m.Name, code, m.Description
	if !slices.Contains([]string{"seed", "docs"}, m.Source) {
		shown.Meaning += " (" + sourceWords(m.Source) + ")"
	}
}

// other is what the API sent beyond the fields it documents, raw but masked.
func (r *record) other() []views.Field {
	var out []views.Field
	for _, leaf := range r.unknown {
		shown := views.Field{Label: leaf.Path, Path: leaf.Path, Value: leaf.Text, Mono: true}
		if leaf.Null {
			shown.Value = "null"
		} else if leaf.Mask != search.MaskNone {
			shown.Value, shown.Masked = leaf.Mask.Apply(leaf.Text), true
			r.reveal.offer(&shown, leaf.Mask, leaf.Text)
		}
		out = append(out, shown)
	}
	return out
}

// referencePaths are what a record and its relatives are called.
var referencePaths = [][2]string{
	{"payment.paymentId", "Payment"}, {"originalTransactionId", "Original"}, {"merchantReference", "Merchant ref."},
	{"payment.merchantReference", "Payment ref."}, {"paymentProviderTransaction.paymentProviderTransactionId", "Provider trx."}, {"payment.customer.externalId", "Customer"},
}

// samePaths are what others may share with a record.
var samePaths = [][2]string{
	{"ip", "IP address"}, {"payment.merchantReference", "payment reference"}, {"paymentProviderTransaction.status", "reason code"},
}

// references are the record's names, each to copy and to follow, and the ways to others like it.
func (r *record) references(t *trustlyclient.Transaction) views.References {
	var out views.References
	for _, ref := range referencePaths {
		for _, field := range r.named(ref[0]) {
			field.Label, field.Copy = ref[1], !field.Masked
			out.Fields = append(out.Fields, field)
		}
	}
	customer := string(t.Payment.Customer.ExternalID)
	if search.MaskText(customer) == customer && customer != "" {
		out.Same = append(out.Same, views.Link{Label: "customer", Href: customerHref(r.view, customer)})
	}
	if href := r.sameAccount(&t.Payment.Account); href != "" {
		out.Same = append(out.Same, views.Link{Label: "account, by its last digits and bank", Href: href})
	}
	for _, same := range samePaths {
		for _, field := range r.named(same[0]) {
			if field.Href != "" {
				out.Same = append(out.Same, views.Link{Label: same[1], Href: field.Href})
			}
		}
	}
	if id := string(t.TransactionID); id != "" {
		out.FindAll = "/find?" + url.Values{"q": {id}, "all": {"1"}}.Encode()
	}
	return out
}

// sameAccount lists what was done with an account of which the API sends the last digits alone. A number that the mask
// hides stands in no address.
func (r *record) sameAccount(a *trustlyclient.Account) string {
	const number, routing = "payment.fiAccount.accountNumber", "payment.fiAccount.routingNumber"
	if a.AccountNumber == "" || a.RoutingNumber == "" || search.MaskLastFour.Hides(string(a.AccountNumber)) {
		return ""
	}
	v := r.view.With(number, string(a.AccountNumber)).With(routing, string(a.RoutingNumber))
	if !v.Has(number) || !v.Has(routing) {
		return ""
	}
	return v.URL("/transactions")
}

// sourceWords name where a code's meaning comes from, so that a weak source shows.
func sourceWords(source string) string {
	switch source {
	case "seed", "docs":
		return "source: Trustly's documentation"
	case "general-ach":
		return "source: general ACH rules, not Trustly"
	case "third-party":
		return "source: third parties, not confirmed by Trustly"
	case "inferred":
		return "our inference, not confirmed by Trustly"
	}
	return "source: " + source
}
