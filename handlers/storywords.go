package handlers

import (
	"slices"
	"strings"
	"time"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/plainwords"
	"trustlyportal/views"
)

var answerWords = map[plainwords.Answer]string{plainwords.Yes: "Yes.", plainwords.No: "No.", plainwords.Unknown: "Not known."}

var actionWords = map[plainwords.Action]string{
	plainwords.CustomerActs: "The customer.",
	plainwords.MerchantActs: "The merchant.",
	plainwords.Wait:         "Nobody for now: wait.",
	plainwords.NothingToDo:  "Nobody: there is nothing to do.",
}

// weakness names a weak source in a word or two.
var weakness = map[plainwords.Strength]string{
	plainwords.ACHRules:   "general ACH rules",
	plainwords.ThirdParty: "third-party sources",
	plainwords.Inferred:   "the portal's own reading",
}

// plainWords is what the record's state means, as it was explained.
func plainWords(t *trustlyclient.Transaction, e plainwords.Explanation, now time.Time) views.Words {
	w := views.Words{
		Means: said(e.Means), Next: said(e.Next), Timing: said(e.Timing), Final: said(e.Final.Statement),
		Tell: e.TellCustomer, Withhold: e.Withhold, Action: actionWords[e.Action], Caution: e.Caution, Sources: sourceNames(e.Sources),
	}
	w.Final.Text = strings.TrimSpace(answerWords[e.Final.Answer] + " " + w.Final.Text)
	for _, c := range []struct {
		label string
		words plainwords.CodeWords
	}{{"Reason code", e.Code}, {"Decline reason", e.Reason}, {"Decline detail", e.ExtendedReason}} {
		if !c.words.Empty() {
			w.Codes = append(w.Codes, codeSaid(c.label, c.words))
		}
	}
	for _, n := range e.Notes {
		w.Notes = append(w.Notes, said(n))
	}
	if text := passed(t, now); text != "" {
		w.Notes = append(w.Notes, views.Said{Text: text})
	}
	w.Checks = checksSaid(&t.Payment)
	return w
}

// passed says that a time which the words speak of as one to come is over.
func passed(t *trustlyclient.Transaction, now time.Time) string {
	const preauthorization, authorized, denied = "10", "2", "8"
	over := func(at trustlyclient.Time) bool { return at.Unix() > 0 && at.Before(now) }
	switch {
	case t.Status == denied && over(t.RepresentmentScheduledAt):
		return "The date of the new attempt has passed. If it was made, it is among the transactions of this payment."
	case t.TransactionType == preauthorization && t.Status == authorized && over(t.ExpiredAt):
		return "The time at which the preauthorization ends has passed, though its status does not say so."
	}
	return ""
}

// said is a statement with what is weak about it.
func said(s plainwords.Statement) views.Said {
	return views.Said{Text: s.Text, Caution: weak(s.Sources)}
}

// weak says how much of the sources is not Trustly's own.
func weak(sources []plainwords.Source) string {
	var found []string
	strong := false
	for _, s := range sources {
		text, ok := weakness[s.Strength()]
		if strong = strong || !ok; ok && !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	text := strings.Join(found, ", ")
	if strong && text != "" {
		return "partly " + text
	}
	return text
}

func sourceNames(sources []plainwords.Source) []string {
	var names []string
	for _, s := range sources {
		names = append(names, s.Label())
	}
	return names
}

func codeSaid(label string, c plainwords.CodeWords) views.CodeSaid {
	return views.CodeSaid{
		Label: label, Code: search.MaskText(c.Code), Name: c.Name, Meaning: c.Meaning, Family: c.FamilyWords, Words: said(c.Words),
		Source: strings.Join(sourceNames(c.Sources), "; "),
	}
}

// checksSaid are the record's checks of its payment and account in words.
func checksSaid(p *trustlyclient.Payment) []views.CheckSaid {
	var out []views.CheckSaid
	add := func(label, value string, s plainwords.Statement) {
		if s.Text != "" {
			out = append(out, views.CheckSaid{Label: label, Value: search.MaskText(value), Said: said(s)})
		}
	}
	notes := func(list []plainwords.Statement) {
		for _, n := range list {
			add("Note", "", n)
		}
	}
	authorization := plainwords.Authorization(p)
	add("Bank authorization", authorization.Name, authorization.Words)
	notes(authorization.Notes)
	verification := plainwords.Verification(p.Verification)
	add("Check of the payment", verification.Status.Name, verification.Words)
	account := plainwords.AccountVerification(p.Account.Verification)
	add("Check of the account", account.Type.Name, account.Words)
	notes(account.Notes)
	score := account.Score
	add("Account score", joinWords(score.Score.Code, score.ThirdParty.Code), score.Words)
	notes(score.Notes)
	return out
}

func joinWords(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " / ")
}
