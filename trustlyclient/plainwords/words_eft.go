package plainwords

// eftWords are about the returns of the Canadian EFT network.
var eftWords = map[string]word{
	"900": {text: "The account details were entered wrongly and have to be checked.", action: CustomerActs},
	"901": {text: "The account did not hold enough money.", action: CustomerActs},
	"902": {text: "There is no such account. The details have to be checked.", action: CustomerActs},
	"903": {text: "The payment was stopped or recalled. The code does not say by whom."},
	"904": {text: "The date of the entry was too early or too old."},
	"905": {text: "The account is closed. The customer needs another account.", action: CustomerActs},
	"907": {text: "The account does not allow debits. The customer needs another account.", action: CustomerActs},
	"908": {text: "The account holds money that is not available yet."},
	"909": {text: "The currency does not fit the account."},
	"910": {text: "The payer or the payee died.", withhold: keepDeath, silent: true},
	"911": {text: "The account is frozen.", withhold: keepFrozen, silent: true},
	"912": {text: "The account number is wrong and has to be checked.", action: CustomerActs},
	"914": {text: "The name does not fit the account. The details have to be checked.", action: CustomerActs},
	"915": {text: "There is no agreement for the debit, or it was refused.", action: MerchantActs},
	"916": {text: "The debit was not as agreed with the person.", action: MerchantActs},
	"917": {text: "The person withdrew the agreement.", action: MerchantActs},
	"918": {text: "The person did not get the confirmation or the notice before the debit.", action: MerchantActs},
	"919": {text: "The debit was not as agreed with the business.", action: MerchantActs},
	"920": {text: "The business withdrew the agreement.", action: MerchantActs},
	"921": {text: "The business did not get the notice before the debit.", action: MerchantActs},
	"922": {text: "The customer sent money back that had been paid in. The code is for credits only."},
	"990": {text: "The institution is in default. That is not about the customer."},
	"996": {text: "The payment was charged back. The code does not say why."},
}
