package search

import (
	"fmt"
	"strings"

	"trustlyportal/trustlyclient"
)

// Sentence says in words what the view holds: the page's title and heading, and
// the first line of a receipt. Times that are not relative are told in the
// view's zone.
func (v View) Sentence() string { return v.say(false) }

// Title is the sentence without what a private link keeps: the title of a page
// goes into the browser's history.
func (v View) Title() string { return v.say(true) }

// unsaid stands for a kept value in a title.
const unsaid = "••"

func (v View) say(hide bool) string {
	parts := []string{v.subject()}
	if s := v.Values("transactionStatus"); len(s) > 0 {
		parts = append(parts, anyOf(codeNames("TransactionStatus", s)))
	}
	for _, base := range []string{"amount", "paid", "refunded"} {
		if s := v.amountPhrase(base); s != "" {
			parts = append(parts, s)
		}
	}
	for _, p := range v.params {
		f := p.filter()
		switch {
		case f.Phrase == "":
		case hide && v.Kept(f.Name):
			parts = append(parts, fmt.Sprintf(f.Phrase, unsaid))
		default:
			parts = append(parts, fmt.Sprintf(f.Phrase, strings.Join(v.words(f), " or ")))
		}
	}
	timed := false
	for _, base := range timeFields {
		if s := v.timePhrase(base); s != "" {
			parts, timed = append(parts, strings.ToLower(labelOf(base+".start"))+" "+s), true
		}
	}
	if !v.AsOf.IsZero() {
		parts, timed = append(parts, "as of "+v.clock(v.AsOf)), true
	}
	if timed {
		parts = append(parts, v.ZoneName())
	}
	if len(parts) == 1 && parts[0] == "Transactions" {
		return "All transactions"
	}
	return strings.Join(parts, ", ")
}

var timeFields = []string{"createdAt", "updatedAt", "processedAt", "completedAt"}

func labelOf(name string) string {
	f, _ := Lookup(name)
	return f.Label
}

// plurals name several records of a type. A type that is not here is told by
// its name or code.
var plurals = map[string]string{
	"0": "external records", "1": "authorizations", "2": "pays", "3": "captures", "4": "refunds", "5": "reversals",
	"6": "deposits", "7": "reclaims", "8": "representments", "9": "tokenizations", "10": "preauthorizations", "11": "guarantees",
}

func (v View) subject() string {
	codes := v.Values("transactionType")
	if len(codes) == 0 {
		return "Transactions"
	}
	var words []string
	for _, code := range codes {
		if word, ok := plurals[code]; ok {
			words = append(words, word)
		} else {
			words = append(words, "transactions of type "+code)
		}
	}
	s := join(words, "and")
	return strings.ToUpper(s[:1]) + s[1:]
}

// codeNames are the names of codes, in lower case; "code 77" for unknown ones.
func codeNames(table string, codes []string) []string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = "code " + code
		if m, ok := trustlyclient.LookupCode(table, code); ok {
			names[i] = strings.ToLower(m.Name)
		}
	}
	return names
}

func anyOf(words []string) string { return join(words, "or") }

func join(words []string, conjunction string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + conjunction + " " + words[len(words)-1]
}

// words are a filter's values as a person reads them.
func (v View) words(f *Filter) []string {
	switch f.Kind {
	case KindCode:
		return codeNames(f.Codes, v.Values(f.Name))
	case KindBool:
		if v.Value(f.Name) == "true" {
			return []string{"yes"}
		}
		return []string{"no"}
	case KindText:
		return []string{"“" + Isolate(v.Value(f.Name)) + "”"}
	}
	return v.Values(f.Name)
}

func (v View) amountPhrase(base string) string {
	low, high := v.Value(base+".min"), v.Value(base+".max")
	verb := map[string]string{"amount": "of", "paid": "paid", "refunded": "refunded"}[base]
	switch {
	case low == "" && high == "":
		return ""
	case low == high:
		return verb + " " + low
	case high == "":
		return verb + " " + low + " or more"
	case low == "":
		return verb + " " + high + " or less"
	}
	return verb + " " + low + " to " + high
}

// ZoneName is the view's zone in words: "New York time", "UTC".
func (v View) ZoneName() string {
	name := v.Zone.String()
	if name == "UTC" || name == "Etc/UTC" {
		return "UTC"
	}
	_, city := cutLast(name, '/')
	if city == "" {
		city = name
	}
	return strings.ReplaceAll(city, "_", " ") + " time"
}
