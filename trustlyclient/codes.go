package trustlyclient

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// CodeMeaning says what one code stands for.
type CodeMeaning struct {
	Code        string `json:"code"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Source      string `json:"source"`   // how sure it is: seed, docs, third-party, inferred or general-ach
	Group       string `json:"group"`    // family of a provider status, "" elsewhere
	Category    string `json:"category"` // kind of an ACH return: nsf, administrative, unauthorized …; "" elsewhere
}

//go:embed codes.json
var codesJSON []byte

// codeTables are the tables in the file's order, with an index of each.
type codeTables struct {
	rows  map[string][]CodeMeaning
	index map[string]map[string]CodeMeaning
}

var codes = sync.OnceValue(func() codeTables {
	var t codeTables
	if err := json.Unmarshal(codesJSON, &t.rows); err != nil {
		panic(fmt.Sprintf("trustlyclient: codes.json: %v", err)) // built into the program, and tested
	}
	t.index = make(map[string]map[string]CodeMeaning, len(t.rows))
	for name, rows := range t.rows {
		t.index[name] = make(map[string]CodeMeaning, len(rows))
		for _, row := range rows {
			t.index[name][row.Code] = row
		}
	}
	return t
})

// CodeTables returns the names of the tables, sorted: AccountProfile … VipTier.
func CodeTables() []string { return slices.Sorted(maps.Keys(codes().rows)) }

// Codes returns a table such as "TransactionStatus" in its own order, nil when there is none of that name. The slice
// is the caller's.
func Codes(table string) []CodeMeaning { return slices.Clone(codes().rows[table]) }

// LookupCode finds a code in a table. In DeclineExtendedReasonCode, where rows such as 11XXX carry a number from 001 to
// 999 in the last three digits, "11024" finds that row with the number written in: code 11024, name "Consumer amount
// limit in 24 hours".
func LookupCode(table, code string) (CodeMeaning, bool) {
	if m, ok := codes().index[table][code]; ok {
		return m, true
	}
	return lookupPattern(table, code)
}

// patternDigits stands for the number in a pattern's code, name and description.
const patternDigits = "XXX"

func lookupPattern(table, code string) (CodeMeaning, bool) {
	cut := len(code) - len(patternDigits)
	if cut <= 0 || !isDigits(code) {
		return CodeMeaning{}, false
	}
	m, ok := codes().index[table][code[:cut]+patternDigits]
	number, err := strconv.Atoi(code[cut:])
	if !ok || err != nil || number == 0 {
		return CodeMeaning{}, false
	}
	m.Code = code
	m.Name = strings.ReplaceAll(m.Name, patternDigits, strconv.Itoa(number))
	m.Description, _, _ = strings.Cut(m.Description, "; "+patternDigits)
	return m, true
}

// LookupProviderStatus finds the meaning of paymentProviderTransaction.status, whose codes come from several tables
// (trustly.md 6): PaymentProviderTransactionStatus; EftReturnCode, with or without the prefix EFT_; AchReturnCode for R
// and two digits; UkDirectDebitCode. The meaning's Code is the table's, without a prefix.
func LookupProviderStatus(code string) (CodeMeaning, bool) {
	index := codes().index
	for _, try := range []struct{ table, code string }{
		{"PaymentProviderTransactionStatus", code},
		{"EftReturnCode", strings.TrimPrefix(code, "EFT_")},
		{"AchReturnCode", code}, // all of its codes are R and two digits
		{"UkDirectDebitCode", code},
	} {
		if m, ok := index[try.table][try.code]; ok {
			return m, true
		}
	}
	return CodeMeaning{}, false
}
