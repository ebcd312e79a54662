package plainwords

// ukWords are about the UK direct debit codes whose names need a word more. Trustly's list came to the portal through a
// third party.
var ukWords = map[string]word{
	"ARUCS_2": {text: "The beneficiary died.", withhold: keepDeath, silent: true},
	"ARUCS_5": {text: "There is no such account. The details have to be checked.", action: CustomerActs},
	"ARUCS_B": {text: "The account is closed. The customer needs another account.", action: CustomerActs},
	"ARUCS_C": {text: "The sender asked for the money back."},
	"ARUDD_0": {text: "The payer's bank did not pay. The table gives lack of funds as the cause.", action: CustomerActs},
	"ARUDD_2": {text: "The payer died.", withhold: keepDeath, silent: true},
	"ARUDD_3": {text: "The account moved to another bank, so the details are out of date."},
	"ARUDD_4": {text: "The payer disputes the notice before the debit.", action: MerchantActs},
	"ARUDD_5": {text: "There is no such account, or it is of a wrong type.", action: CustomerActs},
	"ARUDD_6": {text: "The bank holds no instruction for this debit."},
	"ARUDD_8": {text: "The amount was not due yet.", action: MerchantActs},
	"ARUDD_9": {text: "The debit was presented too late."},
	"ARUDD_B": {text: "The account is closed. The customer needs another account.", action: CustomerActs},

	"ADDACS_0": {text: "The bank canceled the instruction; the payer can say why."},
	"ADDACS_1": {text: "The payer canceled the instruction."},
	"ADDACS_2": {text: "The payer died.", withhold: keepDeath, silent: true},
	"ADDACS_3": {text: "The payer moved the account to another bank."},
	"ADDACS_B": {text: "The account is closed. The customer needs another account.", action: CustomerActs},
	"ADDACS_R": {text: "The instruction is in force again."},

	"AUDDIS_1": {text: "The payer canceled the instruction."},
	"AUDDIS_2": {text: "The payer died.", withhold: keepDeath, silent: true},
	"AUDDIS_5": {text: "There is no such account. The details have to be checked.", action: CustomerActs},
	"AUDDIS_G": {text: "The payer's bank refuses direct debits."},
	"AUDDIS_L": {text: "The account details are wrong and have to be checked.", action: CustomerActs},

	"DDICA_1": {text: "The payer claims the money back because the amount differs."},
	"DDICA_2": {text: "The payer claims the money back because there was no notice before the debit."},
	"DDICA_5": {text: "The payer claims the money back because there was no instruction."},
	"DDICA_6": {text: "The payer claims the money back because the signature was not genuine.", withhold: keepFraud, silent: true},
}
