package plainwords

// statusStates say what a status means for a record of any type. They speak when no row knows better.
var statusStates = []state{
	{
		statuses: codes{statusNew},
		means:    say("The record was created and has not gone further yet.", D8),
		final:    open("It is still at the start."),
		next:     say("It goes on to Pending, or ends as Expired or Canceled.", Inference),
		action:   Wait,
	},
	{
		statuses: codes{pending},
		means:    say("The record is under way and its outcome is not known yet.", D8),
		final:    open("The outcome is still open."),
		next:     say("It goes on to Authorized, or ends without success.", Inference),
		action:   Wait,
	},
	{
		statuses: codes{authorized},
		means:    say("The customer or a risk check approved the record. It was not sent to the payment network yet.", D8),
		final:    open("It can still go on or be canceled."),
		next:     say("It goes on to Processed if it moves money.", Inference),
	},
	{
		statuses: codes{processed},
		means:    say("The record was submitted to the payment network.", D8),
		final:    open("The network has not confirmed it yet."),
		next:     say("It goes on to Completed, or ends as Denied or Failed.", Inference),
		action:   Wait,
	},
	{
		statuses: codes{completed},
		means:    say("The record is complete. For a movement of money this means that the funds were transferred.", D8),
		final:    open("A return, a dispute or a refund can still change it."),
		next:     say("Nothing more is needed for this record.", Inference),
		action:   NothingToDo,
	},
	{
		statuses: codes{failed},
		means:    say("The record failed for a technical reason, on Trustly's side or on the way.", D8),
		final:    final("Nothing more comes from this record."),
		next:     say("A new attempt would be a new record.", Inference),
	},
	{
		statuses: codes{expired},
		means:    say("The record timed out before the customer authorized.", D8),
		final:    final("Nothing more comes from this record."),
		next:     say("A new attempt would be a new record.", Inference),
	},
	{
		statuses: codes{canceled},
		means:    say("The customer left the bank dialog or canceled there.", D8),
		final:    final("Nothing more comes from this record."),
		next:     say("A new attempt would be a new record.", Inference),
	},
	{
		statuses: codes{denied},
		means:    say("The movement of money was refused or returned.", D8),
		final:    final("This attempt is over. A new attempt would be a record of its own."),
		next:     say("Nothing more is expected from this record.", Inference),
	},
	{
		statuses: codes{disputed},
		means:    say("The record is disputed. Trustly lists this status only for feedback that is sent to Trustly, without a definition.", D2),
		final:    unsure("Trustly does not say what follows a dispute."),
		next:     say("What comes next is not published.", Inference),
	},
	{
		statuses: codes{reversed},
		means:    say("The record was charged back or returned by the bank or by Trustly.", D8),
		final:    final("Nothing more is expected from this record."),
		next:     say("Any further attempt would be a record of its own.", Inference),
	},
	{
		statuses: codes{partiallyRefunded},
		means:    say("Part of the collected amount went back.", D8),
		final:    open("The rest can still be refunded."),
		next:     say("It becomes Refunded when the whole amount went back.", Inference),
	},
	{
		statuses: codes{refunded},
		means:    say("The whole collected amount went back.", D8),
		final:    final("Nothing is left to refund."),
		next:     say("Nothing more is expected from this record.", Inference),
		action:   NothingToDo,
	},
	{
		statuses: codes{voided},
		means:    say("The merchant canceled the record before it was processed.", D8),
		final:    final("Nothing more comes from this record."),
		next:     say("A new attempt would be a new record.", Inference),
		action:   NothingToDo,
	},
	{
		statuses: codes{onHold},
		means:    say("The record is held for further investigation and approval by the merchant.", S2),
		final:    open("It goes on or ends once the check is done."),
		next:     say("The merchant or Trustly approves it, and it goes on, or refuses it.", S2, Inference),
		tell:     "It is being checked before it goes on.",
		action:   MerchantActs,
	},
}
