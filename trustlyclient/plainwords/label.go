package plainwords

import "trustlyportal/trustlyclient"

// Label is a code of one of Trustly's tables with its name.
type Label struct {
	Code    string // as sent, "" when missing
	Name    string // "" when unknown
	Known   bool
	Meaning string // the table's description, without a period at its end
	Sources []Source
}

// labelOf looks a code up; docs and others are the pages behind the table's words "docs" and "third-party".
func labelOf(table string, code trustlyclient.Code, docs, others Source) Label {
	m, ok := trustlyclient.LookupCode(table, string(code))
	if !ok {
		return Label{Code: string(code)}
	}
	sources := tableSources(m.Source, docs)
	if m.Source == "third-party" {
		sources = []Source{others}
	}
	return Label{string(code), m.Name, true, m.Description, sources}
}

// gap says what a reader must know about a code that is missing or that the tables do not hold, "" for a known one.
func (l Label) gap(noun string) string {
	switch {
	case l.Known:
		return ""
	case l.Code == "":
		return "The record carries no " + noun + "."
	}
	return "Trustly's published tables do not explain " + codeText(noun, l.Code) + "; the portal does not guess."
}
