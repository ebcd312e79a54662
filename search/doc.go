// Package search is the portal's vocabulary: what can be asked of the list of
// transactions, how a URL says it, and how a list that moves is walked.
//
// One table, the catalogue, names every filter. From it the URL is parsed and
// written, the form drawn, values checked, chips and the sentence made, the
// API query built and the help page printed. A second table names every field
// of a record: its label, group, code table and mask.
//
//	URL ⇄ View → Query → Walk → trustlyclient
package search
