package plainwords

import (
	"slices"
	"strings"

	"trustlyportal/trustlyclient"
)

// Family is where a code comes from.
type Family string

// The families, in the order in which a code is looked up. NoFamily is that of an unknown code.
const (
	NoFamily Family = ""
	SW       Family = "SW"
	UC       Family = "UC"
	AC       Family = "AC"
	SE       Family = "SE"
	EFT      Family = "EFT"
	ACH      Family = "ACH"
	UK       Family = "UK"

	Reason         Family = "reason"
	ExtendedReason Family = "extended reason"
)

// Kind parts a family: the category of an ACH return, as the client's table writes it, or the scheme of a UK code such as
// ARUDD.
type Kind string

// Kinds of ACH returns that have words of their own.
const (
	Funds          Kind = "nsf"
	Administrative Kind = "administrative"
	Unauthorized   Kind = "unauthorized"
	Operator       Kind = "operator"
)

// CodeWords explain one code.
type CodeWords struct {
	Code      string // as sent
	TableCode string // as the table has it: 901 for EFT_901, 11XXX is written out; "" when unknown
	Known     bool   // the published tables hold it
	Name      string // the table's, "" when unknown
	Meaning   string // the table's description, without a period at its end
	Family    Family
	Kind      Kind

	FamilyWords string    // what the family is, in a sentence; "" when unknown
	Words       Statement // what the code says, in plain words
	Action      Action    // what the code alone justifies
	Withhold    string    // what must not be told to the customer, "" when nothing
	Sources     []Source  // of Meaning and Words
	Caution     string    // "" when all sources are Trustly's pages
	silent      bool      // nothing about the cause may be told
}

// Empty reports that the record carries no such code.
func (c CodeWords) Empty() bool { return c.Code == "" }

// word is what we add to a code's row in the client's tables, whose description is the fact.
type word struct {
	text     string
	action   Action
	withhold string
	silent   bool
	sources  []Source // besides the table's
}

// families say what a family is.
var families = map[Family]Statement{
	SW:             say("Given by Trustly's own software and risk checks.", D10),
	UC:             say("Given when the customer left the bank dialog; most of these codes say at which step.", D10),
	AC:             say("Given by the payment network behind Trustly. Which of these codes goes with which status is not published.", D10),
	SE:             say("Given when a system was down or could not be reached.", D10),
	ACH:            say("Return code of the US ACH network. Trustly lists these codes without spelling them out.", D10, GeneralACH),
	EFT:            say("Return code of the Canadian EFT network.", D10),
	UK:             say("Code of the UK direct debit scheme.", D10, T2),
	Reason:         say("Reason of a decline.", D10, T2),
	ExtendedReason: say("Detail of a decline's reason.", D10, T2),
}

// kinds say what a kind of ACH returns is about. They follow the words of FamilyWords.
var kinds = map[Kind]string{
	Funds:                "The customer's bank returned the entry for missing funds.",
	Administrative:       "The customer's bank returned the entry because of the account or its number.",
	Unauthorized:         "The entry was returned as not authorized. Such returns count for the network's limits.",
	Operator:             "The entry did not meet the network's rules of form.",
	"enrollment":         "Used for federal enrollments, not for payments.",
	"re-presented check": "Used for paper checks that are presented again electronically.",
	"dishonored return":  "Used between banks, when a return is itself sent back.",
	"contested return":   "Used between banks, when they do not agree about a return.",
	"international":      "Used for international entries.",
}

// onlyTable is said of a code to which we add nothing.
const onlyTable = "The portal knows no more about this code than its name and meaning."

// lastListedACH is the last return code that the reference's public lists hold; the later ones are partly from general
// knowledge.
const lastListedACH = "R47"

// ExplainCode explains a provider status, such as paymentProviderTransaction.status. An unknown one is said to be unknown;
// of "" comes an empty CodeWords.
func ExplainCode(code string) CodeWords {
	if code == "" {
		return CodeWords{}
	}
	m, ok := trustlyclient.LookupProviderStatus(code)
	if !ok {
		return unknownCode(code)
	}
	family, kind := familyOf(m)
	docs := []Source{D10}
	switch {
	case m.Code == "SW030":
		docs = []Source{D21}
	case family == UK:
		docs = []Source{D10, T2}
	case family == EFT && code != m.Code:
		docs = []Source{D10, T4} // the prefix
	}
	w := words[m.Code]
	if family == EFT && code == m.Code {
		w.text = strings.TrimSpace(w.text + " The record carries the bare number; the portal reads it as an EFT code.")
		w.sources = append(slices.Clone(w.sources), Inference)
	}
	if family == ACH && m.Code > lastListedACH {
		w.sources = append(slices.Clone(w.sources), Inference)
	}
	return newCodeWords(code, m, family, kind, w, docs)
}

// ExplainReason explains a decline's reason code, such as paymentProviderTransaction.reasonCode.
func ExplainReason(code string) CodeWords {
	return explainDecline("DeclineReasonCode", code, Reason, reasonWords)
}

// ExplainExtendedReason explains a decline's extended reason code, such as 13024.
func ExplainExtendedReason(code string) CodeWords {
	return explainDecline("DeclineExtendedReasonCode", code, ExtendedReason, extendedWords)
}

func explainDecline(table, code string, family Family, own map[string]word) CodeWords {
	if code == "" {
		return CodeWords{}
	}
	m, ok := trustlyclient.LookupCode(table, code)
	if !ok {
		return unknownCode(code)
	}
	w, ok := own[code]
	if !ok && len(code) == len("11XXX") {
		w = own[code[:2]+"XXX"]
	}
	return newCodeWords(code, m, family, "", w, []Source{D10, T2})
}

func newCodeWords(code string, m trustlyclient.CodeMeaning, family Family, kind Kind, w word, docs []Source) CodeWords {
	if w.text == "" {
		w.text = onlyTable
	}
	if w.action == "" {
		w.action = ActionUnknown
	}
	c := CodeWords{
		Code: code, TableCode: m.Code, Known: true, Name: m.Name, Meaning: m.Description, Family: family, Kind: kind,
		FamilyWords: join(families[family].Text, kinds[kind]), Action: w.action, Withhold: w.withhold, silent: w.silent,
	}
	table := tableSources(m.Source, docs...)
	c.Words = say(w.text, slices.Concat(table, w.sources)...)
	c.Sources = union(table, c.Words.Sources)
	c.Caution = cautionFor(c.Sources)
	return c
}

func unknownCode(code string) CodeWords {
	return CodeWords{
		Code: code, Action: ActionUnknown,
		Words: Statement{Text: "Trustly's published tables do not explain " + codeText("code", code) + "; the portal does not guess."},
	}
}

// familyOf reads where LookupProviderStatus found the code: groups and categories are set in their own tables only.
func familyOf(m trustlyclient.CodeMeaning) (Family, Kind) {
	if m.Group != "" {
		family, _, _ := strings.Cut(m.Group, " ")
		return Family(family), ""
	}
	if m.Category != "" {
		return ACH, Kind(m.Category)
	}
	if scheme, _, ok := strings.Cut(m.Code, "_"); ok {
		return UK, Kind(scheme)
	}
	return EFT, ""
}

// maxCodeLength is more than the longest code of the tables, and less than most things that are not codes.
const maxCodeLength = 10

// codeText writes a code into a sentence: "code ZZ9", but "this code" for a text that does not look like one, since it
// could be anything of the record.
func codeText(noun, code string) string {
	digits := 0
	for _, r := range code {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'A' && r <= 'Z', r == '_':
		default:
			return "this " + noun
		}
	}
	if code == "" || len(code) > maxCodeLength || digits > 6 {
		return "this " + noun
	}
	return noun + " " + code
}
