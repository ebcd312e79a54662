// Package plainwords says in plain English what the state of a transaction means, from one reviewed table.
//
// Support staff answer customers by these texts, so each of them names its source, and says so when the source is weak:
// Trustly's own pages come first, then the general rules of the ACH network, third parties, and the portal's own reading
// of the names. What the published tables do not explain is shown raw and said to be unknown. Nothing is guessed.
//
//   - [Explain] reads a whole record: what its state means, whether it is final, what usually comes next, what may be
//     told to the customer.
//   - [ExplainCode] reads one provider status (SW, UC, AC, SE, ACH, EFT, UK), [ExplainReason] a decline's reason.
//   - [Score], [Verification], [AccountVerification] and [Authorization] read the checks of account and payment.
//
// The rows about states are in states_*.go, the words about codes in words_*.go. All of their texts, as they appear, are
// in testdata/words.txt: a reviewer reads that one file.
//
// No sentence holds anything of a record but its codes, and those only if they look like codes; so the sentences carry no
// personal data. The fields that say Code hold it raw. The package knows no clock and no other record of the payment.
package plainwords
