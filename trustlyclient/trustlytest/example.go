package trustlytest

import (
	_ "embed"
	"encoding/json"
)

// ExampleID is the transaction id of the documented sample, which every ledger but an empty one holds.
const ExampleID = "1006755981"

// example is Trustly's sample answer to GET /transactions/{id} [seed].
//
//go:embed example.json
var example []byte

func exampleRecord() *Record {
	var answer struct {
		Transaction json.RawMessage `json:"transaction"`
	}
	if err := json.Unmarshal(example, &answer); err != nil {
		panic("trustlytest: embedded sample: " + err.Error())
	}
	r, err := recordFromJSON(answer.Transaction)
	if err != nil {
		panic("trustlytest: embedded sample: " + err.Error())
	}
	return r
}
