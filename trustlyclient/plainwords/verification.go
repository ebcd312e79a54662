package plainwords

import "trustlyportal/trustlyclient"

// VerificationWords explain a payment's check by hand.
type VerificationWords struct {
	Status, Mode Label
	Words        Statement // empty when the record carries neither
	Action       Action
}

// verificationWords are by the table VerificationStatus.
var verificationWords = map[string]struct {
	text   string
	action Action
}{
	"1": {"Trustly's own rules were applied.", NothingToDo},
	"2": {"The payment is held until the merchant has looked into it and approved it.", MerchantActs},
	"3": {"The payment was checked and approved.", NothingToDo},
	"4": {"The payment was refused by the merchant or Trustly after a check.", ActionUnknown},
}

var modeWords = map[string]string{
	"1": "The merchant made the check.",
	"2": "The merchant approved the payment.",
	"3": "Trustly made the check.",
	"4": "The merchant authorized the amount.",
}

// Verification explains payment.verification.
func Verification(v trustlyclient.PaymentVerification) VerificationWords {
	w := VerificationWords{
		Status: labelOf("VerificationStatus", v.Status, S2, T3),
		Mode:   labelOf("VerificationMode", v.Mode, S2, T3),
		Action: ActionUnknown,
	}
	status := verificationWords[w.Status.Code]
	if status.action != "" {
		w.Action = status.action
	}
	text := join(status.text, modeWords[w.Mode.Code])
	if w.Status.Code != "" {
		text = join(text, w.Status.gap("verification status"))
	}
	if w.Mode.Code != "" {
		text = join(text, w.Mode.gap("verification mode"))
	}
	w.Words = say(text, union(w.Status.Sources, w.Mode.Sources)...)
	return w
}

// AccountWords explain how an account was checked.
type AccountWords struct {
	Type  Label
	Words Statement // how it was checked; empty when the record does not say
	Score ScoreWords
	Notes []Statement
}

var accountWords = map[string]string{
	"0": "The account was not checked.",
	"1": "The account was typed in by hand and checked in that way, for example by a micro deposit.",
	"2": "The account was checked through the customer's sign-in to the bank.",
	"3": "The account was checked against Trustly's data or that of a third party.",
}

// AccountVerification explains payment.account.verification.
func AccountVerification(v trustlyclient.AccountVerification) AccountWords {
	w := AccountWords{Type: labelOf("AccountVerificationType", v.Type, S2, T3), Score: Score(v)}
	if w.Type.Code != "" {
		w.Words = say(join(accountWords[w.Type.Code], w.Type.gap("verification type")), w.Type.Sources...)
	}
	if v.Verified == "false" && w.Type.Known {
		w.Notes = append(w.Notes, say("The type tells how the check was made. The record's own mark says that the account is not verified.", S2))
	}
	return w
}
