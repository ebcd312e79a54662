package plainwords

// softwareWords are about SW codes: Trustly's software and risk checks; and SE codes: systems that were down.
var softwareWords = map[string]word{
	"SW010": {text: "Nothing is wrong by this code alone. Trustly's own sample shows it on an authorized record too.", sources: []Source{S3}},
	"SW013": {text: "The customer canceled.", action: CustomerActs},
	"SW020": {text: "The bank's authorization arrived at Trustly."},
	"SW021": {text: "The amount was declined, usually because the account lacks the funds. The code does not say so for sure.", action: CustomerActs},
	"SW030": {text: "Trustly's sample of an event shows this code with a completed record; no table explains it."},
	"SW051": {text: "Trustly puts the fault with the merchant's request or integration.", action: MerchantActs},
	"SW052": {text: "The fault was at the customer's bank, not with the customer."},
	"SW053": {text: "The fault was inside Trustly's network, not with the customer."},
	"SW054": {text: "Trustly's risk engine declined. A reason code says more if the record carries one.", withhold: keepRisk, silent: true},
	"SW055": {text: "The customer, the device, the account or the address is on a block list. A reason code says more if the record carries one.", withhold: keepList, silent: true},
	"SW056": {text: "This kind of account is not allowed, for example a business account or one that is not a checking account.", action: CustomerActs},
	"SW057": {text: "The saved sign-in to the bank is out of date, and the customer has to sign in again.", action: CustomerActs},
	"SW059": {text: "An instant transaction was declined by a risk check.", withhold: keepRisk, silent: true},
	"SW060": {text: "The bank or the instant network could not be reached."},

	"SE01": {text: "A system was in maintenance. That is not about the customer or the account."},
	"SE02": {text: "The connection to API services did not work. That is not about the customer or the account."},
	"SE03": {text: "The connection to the financial gateway did not work. That is not about the customer or the account."},
}
