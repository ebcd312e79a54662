package plainwords

import (
	"slices"
	"strings"

	"trustlyportal/trustlyclient"
)

// Explanation says what the state of one record means.
type Explanation struct {
	Type, Status Label

	Means        Statement   // one to three sentences for support, never empty
	Final        Finality    // always with a caution: Trustly does not publish it
	Next         Statement   // what usually comes next, never empty
	Timing       Statement   // how long it takes, where a source says so; else empty
	TellCustomer string      // what support may say; "" when nothing can be said safely
	Withhold     string      // what must not be told to the customer; "" when nothing
	Action       Action      // who has to act
	Notes        []Statement // what single fields of this record add

	// Code is the record's provider status, or its statusCode when that is missing; Reason and ExtendedReason detail a
	// decline. Each is Empty when the record carries none.
	Code, Reason, ExtendedReason CodeWords

	Sources []Source // of all of this, the strongest first
	Caution string   // what is weak about them; "" when nothing
}

// Explain explains a record. Nil is a record without anything in it.
func Explain(t *trustlyclient.Transaction) Explanation {
	if t == nil {
		t = &trustlyclient.Transaction{}
	}
	provider := t.PaymentProviderTransaction
	e := Explanation{
		Type:           labelOf("TransactionType", t.TransactionType, D9, T1),
		Status:         labelOf("TransactionStatus", t.Status, D8, T3),
		Code:           ExplainCode(providerCode(t)),
		Reason:         ExplainReason(string(provider.ReasonCode)),
		ExtendedReason: ExplainExtendedReason(string(provider.ExtendedReason.Code)),
	}
	if s := findState(t.TransactionType, t.Status, e.Code); s != nil {
		e.Means, e.Final, e.Next, e.Timing, e.TellCustomer, e.Action = s.means, s.final, s.next, s.timing, s.tell, s.action
	} else {
		e.Final = unsure("The status says nothing about it.")
		e.Next = say("What comes next is not known.", Inference)
	}
	if outsideUS(t) && slices.ContainsFunc(usTimings, func(s Statement) bool { return s.Text == e.Timing.Text }) {
		e.Timing = Statement{}
	}
	if gaps := join(e.Type.gap("transaction type"), e.Status.gap("status")); gaps != "" {
		e.Means.Text, e.TellCustomer = join(gaps, e.Means.Text), ""
	}
	if e.Action == "" {
		e.Action = firstAction(e.ExtendedReason, e.Reason, e.Code)
	}
	for _, c := range [...]CodeWords{e.ExtendedReason, e.Reason, e.Code} {
		if e.Withhold == "" {
			e.Withhold = c.Withhold
		}
		if c.silent {
			e.TellCustomer = ""
		}
	}
	for i := range details {
		if details[i].when(t, e) {
			details[i].apply(&e)
		}
	}
	e.Sources = e.allSources()
	e.Caution = cautionFor(e.Sources)
	return e
}

func providerCode(t *trustlyclient.Transaction) string {
	if code := t.PaymentProviderTransaction.Status; code != "" {
		return string(code)
	}
	return string(t.StatusCode)
}

// firstAction takes the most detailed code that justifies one.
func firstAction(list ...CodeWords) Action {
	for _, c := range list {
		if c.Known && c.Action != ActionUnknown {
			return c.Action
		}
	}
	return ActionUnknown
}

func (e *Explanation) allSources() []Source {
	lists := [][]Source{
		e.Type.Sources, e.Status.Sources, e.Means.Sources, e.Final.Sources, e.Next.Sources, e.Timing.Sources,
		e.Code.Sources, e.Reason.Sources, e.ExtendedReason.Sources,
	}
	for _, n := range e.Notes {
		lists = append(lists, n.Sources)
	}
	return union(lists...)
}

// join puts sentences together, empty ones left out.
func join(sentences ...string) string {
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}
