package plainwords

// attempts are the records that a check before any movement of money may refuse.
var attempts = codes{authorize, pay, capture, representment, preauthorization}

// declineStates are about refusals by a risk check, the network or a system, on this side of the customer's bank. What must
// not be told to the customer is in the words of the codes.
var declineStates = []state{
	{
		types: attempts, statuses: codes{denied}, codes: []string{"SW021"},
		means: say("The authorization of the amount was declined, usually because the account lacks the funds.", D10),
		final: final("This attempt is over. A new attempt would be a new record."),
		next:  say("The customer can make sure of the funds and pay again, or pay in another way.", Inference),
		tell:  "Your payment was not approved. A usual cause is that the account did not hold enough money at that time.",
	},
	{
		types: attempts, statuses: codes{denied}, codes: []string{"SW054", "SW055"},
		means: say("Trustly's risk check declined this record.", D10),
		final: final("This attempt is over. A new attempt would be a new record."),
		next:  say("Where Trustly has enabled it, the merchant can override a risk decline; only the event of the decline says if this one can be.", D15),
	},
	{
		types: attempts, statuses: codes{denied}, codes: []string{"SW056"},
		means: say("The record was declined because this kind of bank account is not allowed, for example a business or a non-checking account.", D10),
		final: final("This attempt is over. A new attempt would be a new record."),
		next:  say("The customer can use another account or another way to pay.", Inference),
		tell:  "This kind of bank account can't be used for the payment. You can use another account or another way to pay.",
	},
	{
		types: attempts, statuses: codes{denied}, codes: []string{"SW057"},
		means: say("The record was declined because the saved sign-in to the bank is out of date.", D10),
		final: final("This attempt is over. A new attempt would be a new record."),
		next:  say("The customer signs in to the bank again, and the payment can be tried once more.", D10, Inference),
		tell:  "A new sign-in to your bank is needed before you can pay. You can start the payment again and sign in there.",
	},
	{
		types: debits, statuses: codes{denied}, family: SW,
		means: say("The debit was refused, with a code of Trustly's software and risk checks.", D8, D10),
		final: final("This attempt is over. A new attempt would be a new record."),
		next:  say("Nothing more is expected from this record.", Inference),
		tell:  "Your payment did not go through.",
	},
	{
		types: debits, statuses: codes{denied}, codes: []string{"AC113"},
		means:  say("The debit was not collected for lack of funds.", D10, D8),
		final:  final("This attempt is over. A new attempt would be a record of its own, a representment."),
		next:   say("A new attempt to collect may follow.", D9, Inference),
		timing: retryTiming,
		tell:   "Your bank did not pay because the account did not hold enough money at that time.",
	},
	{
		types: debits, statuses: codes{denied}, codes: []string{"AC114"},
		means: say("The debit was not collected because the account is closed or wrong.", D10, D8),
		final: final("This attempt is over."),
		next:  say("The customer can use another account or another way to pay.", Inference),
		tell:  "The payment could not be collected from this account. You can use another account or another way to pay.",
	},
	{
		types: debits, statuses: codes{denied, failed}, family: SE,
		means: say("The debit did not go through because of a system outside the customer's reach.", D8, D10, Inference),
		final: final("This attempt is over. A new attempt would be a new record."),
		next:  say("It can be tried again when the system works.", Inference),
		tell:  "Your payment did not go through for a technical reason.",
	},
	{
		types: codes{deposit}, statuses: codes{denied, failed}, codes: []string{"SW059"},
		means: say("The instant payout was declined by a risk check.", D10),
		final: final("This attempt is over. A new payout would be a new record."),
		next:  say("The merchant decides if the payout is made in another way.", Inference),
	},
	{
		types: codes{deposit}, statuses: codes{denied, failed}, codes: []string{"SW060"},
		means: say("The payout did not go through because the bank or the instant network could not be reached.", D10),
		final: final("This attempt is over. A new payout would be a new record."),
		next:  say("The merchant can make the payout again later.", Inference),
		tell:  "Your payout did not go through because your bank could not be reached.",
	},
}
