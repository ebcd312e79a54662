package plainwords

import (
	"slices"
	"strings"
)

// Source is where a statement comes from, by its mark in the portal's API reference, such as D8.
type Source string

// The sources of the tables.
const (
	S2 Source = "S2"
	S3 Source = "S3"

	D2  Source = "D2"
	D4  Source = "D4"
	D7  Source = "D7"
	D8  Source = "D8"
	D9  Source = "D9"
	D10 Source = "D10"
	D12 Source = "D12"
	D15 Source = "D15"
	D19 Source = "D19"
	D21 Source = "D21"
	D25 Source = "D25"
	D26 Source = "D26"

	T1 Source = "T1"
	T2 Source = "T2"
	T3 Source = "T3"
	T4 Source = "T4"

	GeneralACH Source = "general ACH"
	Inference  Source = "inference"
)

// Strength is how far a source can be relied on.
type Strength string

// The strengths, the best first.
const (
	Trustly    Strength = "Trustly"     // Trustly's own pages
	ACHRules   Strength = "ACH rules"   // the network's rules, not Trustly's words
	ThirdParty Strength = "third party" // public code and pages that are not Trustly's documentation
	Inferred   Strength = "inferred"    // the portal's own reading
)

type sourceRow struct {
	source   Source
	strength Strength
	label    string
	url      string
}

const site = "https://amer.developers.trustly.com"

var sourceRows = []sourceRow{
	{S2, Trustly, "Trustly docs: list transactions", site + "/api-reference/api/transactions/list-transactions"},
	{S3, Trustly, "Trustly docs: retrieve a transaction", site + "/api-reference/api/transactions/get-transaction"},
	{D2, Trustly, "Trustly docs: OpenAPI file", site + "/openapi.json"},
	{D4, Trustly, "Trustly docs: idempotency", site + "/integrate/api-fundamentals/idempotency"},
	{D7, Trustly, "Trustly docs: transaction id", site + "/payments/reference/transaction-id"},
	{D8, Trustly, "Trustly docs: transaction status", site + "/payments/docs/transaction-status"},
	{D9, Trustly, "Trustly docs: transaction types", site + "/integrate/manage-your-integration/merchant-portal/view-transactions/transaction-types"},
	{D10, Trustly, "Trustly docs: status codes", site + "/payments/reference/status-codes"},
	{D12, Trustly, "Trustly docs: initiate payment transactions (older guide)", site + "/payments/docs/pay-initiate-payment-transactions"},
	{D15, Trustly, "Trustly docs: override risk declines", site + "/integrate/manage-your-integration/override-risk-declines"},
	{D19, Trustly, "Trustly docs: capture, cancel, deposit, refund and reclaim calls", site + "/api-reference/api/transactions/post-transactions-refund"},
	{D21, Trustly, "Trustly docs: sample of a Completed event", site + "/api-reference/api/event-notifications/completed"},
	{D25, Trustly, "Trustly's ACH authorization page for consumers", "https://us.trustly.com/ach-authorizationwallet"},
	{D26, Trustly, "Trustly's help page for consumers in Canada", "https://en-ca.trustly.com/help-center/pay-in-emails"},
	{GeneralACH, ACHRules, "general ACH rules, not Trustly", ""},
	{T1, ThirdParty, "third party: Trustly's example backend on GitHub", "https://github.com/TrustlyInc/trustly-nestjs-example"},
	{T2, ThirdParty, "third party: a public survey of Trustly's API", "https://github.com/api-evangelist/trustly"},
	{T3, ThirdParty, "third party: a public client for Trustly's API", ""},
	{T4, ThirdParty, "third party: a public table of Trustly's codes", ""},
	{Inference, Inferred, "the portal's own reading", ""},
}

func (s Source) row() (sourceRow, bool) {
	i := slices.IndexFunc(sourceRows, func(r sourceRow) bool { return r.source == s })
	if i < 0 {
		return sourceRow{}, false
	}
	return sourceRows[i], true
}

// Label names the source for a reader, such as "Trustly docs: transaction status".
func (s Source) Label() string { r, _ := s.row(); return r.label }

// URL is the source's public page, "" when it has none.
func (s Source) URL() string { r, _ := s.row(); return r.url }

// Strength says how far the source can be relied on.
func (s Source) Strength() Strength { r, _ := s.row(); return r.strength }

// cautions are what a reader has to know about the weak strengths, in the order in which they are said.
var cautions = []struct {
	strength Strength
	text     string
}{
	{ACHRules, "Part of this is from the general rules of the ACH network, not from Trustly."},
	{ThirdParty, "Part of this is from public material that is not Trustly's documentation."},
	{Inferred, "Part of this is the portal's own reading; Trustly does not publish it."},
}

// cautionFor says what is weak about the sources, "" when all are Trustly's own pages.
func cautionFor(sources []Source) string {
	var texts []string
	for _, c := range cautions {
		if slices.ContainsFunc(sources, func(s Source) bool { return s.Strength() == c.strength }) {
			texts = append(texts, c.text)
		}
	}
	return strings.Join(texts, " ")
}

// tableSources are the pages behind a row of the client's code tables, by the row's own word for its source.
func tableSources(word string, docs ...Source) []Source {
	switch word {
	case "seed":
		return []Source{S2}
	case "docs":
		return docs
	case "third-party":
		return []Source{T4}
	case "general-ach":
		return []Source{GeneralACH}
	}
	return []Source{Inference}
}

// union keeps the first of equal sources, in the order of sourceRows: the strongest first.
func union(lists ...[]Source) []Source {
	all := slices.Concat(lists...)
	var out []Source
	for _, r := range sourceRows {
		if slices.Contains(all, r.source) {
			out = append(out, r.source)
		}
	}
	return out
}
