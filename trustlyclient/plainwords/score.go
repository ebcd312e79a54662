package plainwords

import (
	"strconv"

	"trustlyportal/trustlyclient"
)

// ScoreWords explain how sure it is that a bank account exists.
type ScoreWords struct {
	Score      Label     // 0 to 10, see its Meaning
	ThirdParty Label     // a supplier's score, 0 to 999, which maps to the former
	Counts     Answer    // whether the score counts as verified: 6 and above does
	Words      Statement // what that means; never empty unless both scores are missing
	Notes      []Statement
}

// verifiedFrom is the lowest score that counts as verified [seed].
const verifiedFrom = 6

// Score explains the scores of an account's verification.
func Score(v trustlyclient.AccountVerification) ScoreWords {
	s := ScoreWords{
		Score:      labelOf("AccountVerificationScore", v.Score, S2, T3),
		ThirdParty: labelOf("AccountVerificationThirdPartyScore", v.ThirdPartyScore, S2, T3),
		Counts:     Unknown,
	}
	mapped, hasMapped := ownScore(s.ThirdParty)
	number, err := strconv.Atoi(s.Score.Code)
	switch {
	case s.Score.Known && err == nil && number >= verifiedFrom:
		s.Counts = Yes
		s.Words = say(scoreWords[s.Score.Code]+" By Trustly's scale from 0 to 10 this counts as verified.", S2)
	case s.Score.Known:
		s.Counts = No
		s.Words = say(scoreWords[s.Score.Code]+" By Trustly's scale from 0 to 10 this does not count as verified; 6 and above does.", S2)
	case s.Score.Code != "":
		s.Words = Statement{Text: s.Score.gap("score")}
	case hasMapped:
		s.Counts = No
		if mapped >= verifiedFrom {
			s.Counts = Yes
		}
		s.Words = say("The record carries a supplier's score only. By Trustly's table it stands for "+strconv.Itoa(mapped)+
			" on the scale from 0 to 10, where 6 and above counts as verified.", S2)
	case s.ThirdParty.Code != "":
		s.Words = Statement{Text: s.ThirdParty.gap("score")}
	}
	s.Notes = scoreNotes(v, s, mapped, hasMapped && s.Score.Known, number)
	return s
}

func scoreNotes(v trustlyclient.AccountVerification, s ScoreWords, mapped int, both bool, number int) (notes []Statement) {
	if both && mapped != number {
		notes = append(notes, say("The supplier's score stands for another value than the score of the record. Trustly does not say why the two can differ.", S2, Inference))
	}
	if v.Verified == "true" && s.Counts == No || v.Verified == "false" && s.Counts == Yes {
		notes = append(notes, say("The record's own mark says something else about being verified than the score.", S2))
	}
	return notes
}

// ownScore maps a supplier's score to Trustly's: 0 to 0, 100 to 1 … 900 to 9, 999 to 10.
func ownScore(l Label) (int, bool) {
	if !l.Known {
		return 0, false
	}
	number, err := strconv.Atoi(l.Code)
	if number == 999 {
		return 10, true
	}
	return number / 100, err == nil
}

// scoreWords say what each score means, by Trustly's definitions.
var scoreWords = map[string]string{
	"0":  "The account or routing number is not valid.",
	"1":  "There is a strong sign that the account does not exist.",
	"2":  "There are unpaid returns on this account that are less than three years old.",
	"3":  "There were administrative returns on this account.",
	"4":  "The format of the number looks suspicious.",
	"5":  "Nothing is known about this account or its format.",
	"6":  "The account was not seen before, and its format looks right.",
	"7":  "The account was seen before, and the outcome of its transaction is still open.",
	"8":  "The account was seen before, but not in the last six months, and without returns.",
	"9":  "The account was seen in the last six months, without returns.",
	"10": "The account was confirmed by the bank or a third party.",
}
