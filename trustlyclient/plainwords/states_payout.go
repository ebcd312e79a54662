package plainwords

// Times as the sources give them.
var (
	payoutTiming  = say("A third party quotes Trustly: a standard payout takes 1 to 3 business days by ACH, an instant one uses the RTP or FedNow network.", T2)
	instantTiming = say("A third party quotes Trustly: instant payouts use the RTP or FedNow network.", T2)
	canadaTiming  = say("Trustly's help page for Canada speaks of up to 3 business days for a withdrawal.", D26)
)

// payoutStates are about deposits: money on its way to the customer.
var payoutStates = []state{
	{
		types: codes{deposit}, statuses: codes{statusNew, pending},
		means:  say("The payout was created and its outcome is not known yet.", D8, D9),
		final:  open("The outcome is still open."),
		next:   say("It becomes Authorized, then Processed and Completed, or ends as Denied or Failed.", Inference),
		timing: payoutTiming,
		tell:   "Your payout is being prepared.",
		action: Wait,
	},
	{
		types: codes{deposit}, statuses: codes{authorized},
		means:  say("The payout was approved and was not sent to the payment network yet.", D8, D9),
		final:  open("It can still go on or be canceled."),
		next:   say("It is sent to the payment network and becomes Processed. Before that the merchant can cancel it.", D8, D19, Inference),
		timing: payoutTiming,
		tell:   "Your payout was approved and is being processed.",
		action: Wait,
	},
	{
		types: codes{deposit}, statuses: codes{processed},
		means:  say("The payout was submitted to the payment network. It is not confirmed that the money was transferred.", D8, D9),
		final:  open("The network has not confirmed it yet."),
		next:   say("It becomes Completed, or the bank returns it and it ends as Denied.", D8, Inference),
		timing: payoutTiming,
		tell:   "Your payout was sent to your bank and is being processed.",
		action: Wait,
	},
	{
		types: codes{deposit}, statuses: codes{completed},
		means:  say("The payout is complete: the funds were transferred to the customer's account.", D8, D9),
		final:  open("A return by the bank or a reclaim can still follow."),
		next:   say("Nothing more is needed. The merchant can reclaim it.", D7, D19, Inference),
		tell:   "Your payout is recorded as transferred to your bank account.",
		action: NothingToDo,
	},
	{
		types: codes{deposit}, statuses: codes{failed},
		means: say("The payout failed for a technical reason, on Trustly's side or on the way.", D8),
		final: final("Nothing more comes from this record."),
		next:  say("A new payout would be a new record.", Inference),
		tell:  "Your payout did not go through for a technical reason.",
	},
	{
		types: codes{deposit}, statuses: codes{denied},
		means: say("The payout was refused or returned, so the money did not reach the customer.", D8, D9, Inference),
		final: final("This attempt is over. A new payout would be a new record."),
		next:  say("The merchant can make a new payout once the reason is out of the way.", Inference),
		tell:  "Your payout did not go through.",
	},
	{
		types: codes{deposit}, statuses: codes{denied, reversed}, family: ACH,
		means: say("The payout was returned through the ACH network.", D8, GeneralACH),
		final: final("This attempt is over. A new payout would be a new record."),
		next:  say("The merchant can make a new payout once the reason is out of the way.", Inference),
		tell:  "Your payout was returned. " + askBank,
	},
	{
		types: codes{deposit}, statuses: codes{denied, reversed}, kind: Administrative,
		means: say("The payout was returned because of the account: it is closed, was not found, or the number is wrong.", D8, GeneralACH),
		final: final("This attempt is over. A new payout would be a new record."),
		next:  say("A new payout needs right details of an open account.", Inference),
		tell:  "Your bank returned the payout because of the account details. You can check them or use another account.",
	},
	{
		types: codes{deposit}, statuses: codes{denied, reversed}, codes: []string{"R23"},
		means: say("The payout came back because the receiver refused it.", D8, GeneralACH),
		final: final("This attempt is over. A new payout would be a new record."),
		next:  say("The merchant and the customer have to agree on another way.", Inference),
		tell:  "Your bank returned the payout as refused. " + askBank,
	},
	{
		types: codes{deposit}, statuses: codes{denied, reversed}, family: EFT,
		means: say("The payout was returned through the Canadian EFT network.", D8, D10),
		final: final("This attempt is over. A new payout would be a new record."),
		next:  say("The merchant can make a new payout once the reason is out of the way.", Inference),
		tell:  "Your payout was returned. " + askBank,
	},
	{
		types: codes{deposit}, statuses: codes{denied, reversed}, family: UK,
		means: say("The payout was refused or returned, with a code of the UK direct debit scheme.", D8, D10, T2),
		final: final("This attempt is over. A new payout would be a new record."),
		next:  say("The merchant can make a new payout once the reason is out of the way.", Inference),
		tell:  "Your payout was returned. " + askBank,
	},
	{
		types: codes{deposit}, statuses: codes{reversed},
		means: say("The payout came back: it was returned by the bank or by Trustly.", D8, D9),
		final: final("Nothing more is expected from this record."),
		next:  say("A new payout would be a new record.", Inference),
		tell:  "Your payout was returned.",
	},
	{
		types: codes{deposit}, statuses: codes{partiallyRefunded, refunded},
		means: say("Trustly lists this payout as given back in part or in full. It defines this status for collected money only.", D8, Inference),
		final: unsure("Trustly does not say what this status means for a payout."),
		next:  say("A reclaim in the same payment would tell what was taken back.", D9, Inference),
	},
	{
		types: codes{deposit}, statuses: codes{voided},
		means:  say("The merchant canceled the payout before it was processed.", D8),
		final:  final("Nothing more comes from this payout."),
		next:   say("A new payout would be a new record.", Inference),
		tell:   "The payout was canceled before it was sent.",
		action: NothingToDo,
	},
	{
		types: codes{deposit}, statuses: codes{onHold},
		means:  say("The payout is held for further investigation and approval by the merchant.", S2),
		final:  open("It goes on or ends once the check is done."),
		next:   say("The merchant or Trustly approves it, and it goes on, or refuses it.", S2, Inference),
		tell:   "Your payout is being checked before it goes on.",
		action: MerchantActs,
	},
}
