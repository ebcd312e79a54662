package plainwords

// endOfAttempt is what a denied debit has in common, whoever returned it.
var (
	endOfAttempt = final("This attempt is over. A new attempt would be a record of its own, a representment.")
	endOfReturn  = final("The money went back, and nothing more is expected from this record.")
	attemptOver  = final("This attempt is over.")
	newAttempt   = say("A new attempt to collect may follow.", D9, Inference)
	otherAccount = say("Another attempt needs right details of an open account, or the customer pays in another way.", Inference)
	amend        = say("Under general ACH rules the amount or the date has to be put right before another debit.", GeneralACH)
	noNewDebit   = say("Under general ACH rules the merchant does not debit again without a new authorization.", GeneralACH)
	ownReverse   = say("The return may also have a record of its own, a reverse.", D9, Inference)
	askBank      = "You can ask your bank for the details."
)

// returnStates are about debits that the customer's bank returned. Denied: the money was never collected; Reversed: it was
// collected and went back.
var returnStates = []state{
	// ACH, United States.
	{
		types: debits, statuses: codes{denied}, family: ACH,
		means:  say("The debit was returned through the ACH network, so it did not collect the money.", D8, GeneralACH),
		final:  endOfAttempt,
		next:   newAttempt,
		timing: retryTiming,
		tell:   "The payment was returned, so it did not go through. " + askBank,
	},
	{
		types: debits, statuses: codes{denied}, kind: Funds,
		means:  say("The customer's bank returned the debit because the account did not hold enough available money.", D8, GeneralACH),
		final:  endOfAttempt,
		next:   newAttempt,
		timing: retryTiming,
		tell:   "Your bank returned the payment because the account did not hold enough available money at that time.",
	},
	{
		types: debits, statuses: codes{denied}, kind: Administrative,
		means: say("The customer's bank returned the debit because of the account: it is closed, was not found, or the number is wrong.", D8, GeneralACH),
		final: endOfAttempt,
		next:  otherAccount,
		tell:  "Your bank returned the payment because of the account details. You can check them or use another account.",
	},
	{
		types: debits, statuses: codes{denied}, kind: Unauthorized,
		means:  say("The debit was returned as not authorized, so it did not collect the money.", D8, GeneralACH),
		final:  attemptOver,
		next:   noNewDebit,
		timing: claimTiming,
		tell:   "Your bank returned the payment as not authorized. " + askBank,
	},
	{
		types: debits, statuses: codes{denied}, codes: []string{"R08"},
		means: say("The customer's bank returned the debit because an order to stop this payment is in place there.", D8, GeneralACH),
		final: endOfAttempt,
		next:  say("As long as the order stands, the bank would return a new attempt too.", Inference),
		tell:  "Your bank returned the payment because of an order to stop it. " + askBank,
	},
	{
		types: debits, statuses: codes{denied}, codes: []string{"R20"},
		means: say("The customer's bank returned the debit because this kind of account does not allow it.", D8, GeneralACH),
		final: endOfAttempt,
		next:  say("The customer can use another account or another way to pay.", Inference),
		tell:  "This kind of bank account does not allow such a payment. You can use another account or another way to pay.",
	},
	{
		types: debits, statuses: codes{denied}, kind: Operator,
		means: say("The debit was returned because the entry sent to the network was not accepted.", D8, GeneralACH),
		final: endOfAttempt,
		next:  say("What was not accepted is a question to Trustly.", Inference),
		tell:  "The payment was returned for a technical reason.",
	},
	{
		types: debits, statuses: codes{reversed}, family: ACH,
		means:  say("The debit came back: it was returned through the ACH network.", D8, GeneralACH),
		final:  endOfReturn,
		next:   ownReverse,
		timing: returnTiming,
		tell:   "The payment was returned. " + askBank,
	},
	{
		types: debits, statuses: codes{reversed}, kind: Funds,
		means:  say("The debit came back: the customer's bank returned it because the account did not hold enough available money.", D8, GeneralACH),
		final:  endOfReturn,
		next:   ownReverse,
		timing: returnTiming,
		tell:   "Your bank returned the payment because the account did not hold enough available money at that time.",
	},
	{
		types: debits, statuses: codes{reversed}, kind: Administrative,
		means:  say("The debit came back because of the account: it is closed, was not found, or the number is wrong.", D8, GeneralACH),
		final:  endOfReturn,
		next:   ownReverse,
		timing: returnTiming,
		tell:   "Your bank returned the payment because of the account details. You can check them or use another account.",
	},
	{
		types: debits, statuses: codes{reversed}, kind: Unauthorized,
		means:  say("The debit came back: it was returned as not authorized.", D8, GeneralACH),
		final:  endOfReturn,
		next:   noNewDebit,
		timing: claimTiming,
		tell:   "Your bank returned the payment as not authorized. " + askBank,
	},

	{
		types: debits, statuses: codes{denied, reversed}, codes: []string{"R11"},
		means:  say("The debit was returned because the customer says that its amount or date was not as agreed.", D8, GeneralACH),
		final:  attemptOver,
		next:   amend,
		timing: claimTiming,
		tell:   "Your bank returned the payment as not as agreed. " + askBank,
	},
	{
		types: debits, statuses: codes{denied, reversed}, codes: []string{"R29"},
		means: say("The debit was returned because the business that holds the account says that it was not authorized.", D8, GeneralACH),
		final: attemptOver,
		next:  noNewDebit,
		tell:  "Your bank returned the payment as not authorized. " + askBank,
	},
	{
		types: debits, statuses: codes{denied, reversed}, codes: []string{"R51"},
		means: say("The debit was returned through the ACH network with a code for checks that are presented again: not eligible, or altered.", D8, GeneralACH),
		final: attemptOver,
		next:  say("Why this code was used is a question to Trustly.", Inference),
		tell:  "The payment was returned. " + askBank,
	},

	// EFT, Canada. Trustly lists the codes; what follows a return there is not published.
	{
		types: debits, statuses: codes{denied}, family: EFT,
		means: say("The debit was returned through the Canadian EFT network, so it did not collect the money.", D8, D10),
		final: endOfAttempt,
		next:  newAttempt,
		tell:  "The payment was returned, so it did not go through. " + askBank,
	},
	{
		types: debits, statuses: codes{denied}, codes: []string{"901", "908"},
		means: say("The debit was returned through the Canadian EFT network because the account did not hold enough available money.", D8, D10),
		final: endOfAttempt,
		next:  newAttempt,
		tell:  "Your bank returned the payment because the account did not hold enough available money at that time.",
	},
	{
		types: debits, statuses: codes{denied}, codes: []string{"900", "902", "905", "907", "909", "912", "914"},
		means: say("The debit was returned through the Canadian EFT network because of the account or its details.", D8, D10),
		final: endOfAttempt,
		next:  otherAccount,
		tell:  "Your bank returned the payment because of the account or its details. You can check them or use another account.",
	},
	{
		types: debits, statuses: codes{denied}, codes: []string{"915", "916", "917", "918", "919", "920", "921"},
		means: say("The debit was returned through the Canadian EFT network because of the agreement with the customer.", D8, D10),
		final: endOfAttempt,
		next:  say("The merchant and the customer have to look at their agreement before another debit.", Inference),
		tell:  "Your bank returned the payment because of the agreement behind it. " + askBank,
	},
	{
		types: debits, statuses: codes{reversed}, family: EFT,
		means: say("The debit came back: it was returned through the Canadian EFT network.", D8, D10),
		final: endOfReturn,
		next:  ownReverse,
		tell:  "The payment was returned. " + askBank,
	},

	// Direct debit, United Kingdom.
	{
		types: debits, statuses: codes{denied, reversed}, family: UK,
		means: say("The debit was refused or returned in the UK direct debit scheme.", D8, D10, T2),
		final: attemptOver,
		next:  say("What follows depends on the reason; Trustly does not publish it.", Inference),
		tell:  "The payment was returned. " + askBank,
	},
	{
		types: debits, statuses: codes{reversed}, kind: "DDICA",
		means: say("The debit came back by an indemnity claim in the UK direct debit scheme.", D8, D10, T2),
		final: endOfReturn,
		next:  say("What follows depends on the reason; Trustly does not publish it.", Inference),
		tell:  "The payment was claimed back through your bank.",
	},
}
