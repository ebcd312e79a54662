package plainwords

import (
	"strings"

	"trustlyportal/trustlyclient"
)

// AuthorizationWords explain the state of the bank authorization behind a payment.
type AuthorizationWords struct {
	Name      string    // such as Authorized; "" when the record says nothing that the tables hold
	FromText  bool      // the name was read from the record's message, not from a number
	Words     Statement // empty when the record carries nothing
	Disagrees bool      // the fields of the record give different names
	Notes     []Statement
}

// authorizationWords are by the names of the two lists.
var authorizationWords = map[string]Statement{
	"New":        say("The bank authorization was started.", D8),
	"Pending":    say("The bank authorization was started and is not confirmed.", D8, T3),
	"Authorized": say("The bank authorization is in place.", S3),
	"Finished":   say("The bank authorization was used up or closed.", T3),
	"Expired":    say("The bank authorization timed out.", D8, T3),
	"Failed":     say("The bank authorization failed.", D8, T3),
	"Canceled":   say("The customer canceled the bank authorization or left the bank dialog.", D8, T3),
	"Denied":     say("The bank authorization was refused.", D8),
	"Voided":     say("The merchant canceled the bank authorization.", D8, T3),
	"On Hold":    say("The bank authorization is held for a check.", S2),
}

// Authorization explains a payment's authorization. The API tells it twice, by two lists of numbers that differ from 3 up:
// payment.auth.status by the table AuthorizationStatus, payment.authorizationStatus by TransactionStatus. Each has a
// message beside it, which is preferred to the numbers.
func Authorization(p *trustlyclient.Payment) AuthorizationWords {
	type told struct {
		name    string
		text    bool
		sources []Source
	}
	own := labelOf("AuthorizationStatus", p.Auth.Status, S2, T3)
	if own.Code == "2" {
		own.Sources = []Source{S3} // the one number that Trustly's sample shows with its text
	}
	common := labelOf("TransactionStatus", p.AuthorizationStatus, D8, T3)
	var all []told
	for _, t := range []told{
		{knownName(string(p.Auth.Message)), true, nil},
		{knownName(string(p.AuthorizationStatusMessage)), true, nil},
		{common.Name, false, common.Sources},
		{own.Name, false, own.Sources},
	} {
		if t.name != "" {
			all = append(all, t)
		}
	}
	var w AuthorizationWords
	if len(all) == 0 {
		if code := firstOf(string(p.AuthorizationStatus), string(p.Auth.Status)); code != "" {
			w.Words = Statement{Text: Label{Code: code}.gap("authorization status")}
		}
		return w
	}
	w.Name, w.FromText = all[0].name, all[0].text
	said, ok := authorizationWords[w.Name]
	if !ok {
		said = say("The record gives the bank authorization the status "+w.Name+". What this means for an authorization is not published.", Inference)
	}
	w.Words = say(said.Text, union(said.Sources, all[0].sources)...)
	for _, t := range all {
		w.Disagrees = w.Disagrees || t.name != w.Name
	}
	if w.Disagrees {
		w.Notes = append(w.Notes, say("The record's fields give different states of the authorization. The portal prefers the message to the numbers, since Trustly uses two lists of numbers.", S2, Inference))
	}
	return w
}

// knownName takes a message for a name of the tables only if it is one: any other text stays out.
func knownName(message string) string {
	for _, table := range []string{"AuthorizationStatus", "TransactionStatus"} {
		for _, m := range trustlyclient.Codes(table) {
			if strings.EqualFold(closed(message), closed(m.Name)) {
				return m.Name
			}
		}
	}
	return ""
}

// closed leaves out the spaces: Trustly writes both On Hold and OnHold.
func closed(text string) string { return strings.ReplaceAll(text, " ", "") }

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
