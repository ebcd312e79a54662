package plainwords

import "maps"

// words are our words for provider statuses, by the table's code.
var words = func() map[string]word {
	all := make(map[string]word)
	for _, part := range []map[string]word{softwareWords, cancelWords, networkWords, achWords, eftWords, ukWords} {
		maps.Copy(all, part)
	}
	return all
}()

// What is not for the customer's ears, by cause.
const (
	keepRisk      = "The cause is a risk check. Do not tell the customer the reason or what was checked."
	keepList      = "The cause is a block list or a debt. Do not tell the customer about lists or reasons."
	keepSanctions = "The cause is a sanctions check. Do not tell the customer about lists or reasons."
	keepDeath     = "The code is about the death of someone involved, or can be. Do not bring it up."
	keepFrozen    = "The bank reports a frozen account. Do not bring it up; the customer's bank can say why."
	keepFraud     = "The code is about suspected fraud. Do not tell the customer the reason."
)
