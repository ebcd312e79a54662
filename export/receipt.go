package export

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"trustlyportal/search"
)

// Receipt says what an export holds and proves it. Its JSON is a contract: names stay, others may be added.
type Receipt struct {
	Kind    string `json:"kind"` // receiptKind
	Version string `json:"portalVersion"`

	Rows           int      `json:"rows"`
	RepeatsDropped int      `json:"repeatsDropped"` // rows that the API sent again while they were read
	First          *Mark    `json:"first"`
	Last           *Mark    `json:"last"`
	Totals         []Total  `json:"totals"`
	Columns        []string `json:"columns"`
	Masking        string   `json:"masking"`

	View      string    `json:"view"` // the filters as a sentence
	URL       string    `json:"url"`  // frozen: it gives the same view at any later time
	TimeZone  string    `json:"timeZone"`
	Source    string    `json:"source"` // which API the rows are from
	By        string    `json:"by"`
	AsOf      time.Time `json:"asOf"`
	ReadFrom  time.Time `json:"readFrom"`
	ReadUntil time.Time `json:"readUntil"`

	Runs         int        `json:"runs,omitempty"`         // how often reading began: more than once if it was interrupted
	ChangedSince *time.Time `json:"changedSince,omitempty"` // only what changed since this instant is in it

	Digest string   `json:"rowsSha256"`
	Blocks []string `json:"blocks"` // the digest's beginning after each blockRows rows, to find where a file differs
}

const (
	receiptKind = "trustly-portal-export-receipt-1"

	// Masked is the masking of a receipt whose rows show no personal data.
	Masked = "personal data masked"

	// Unmasked is the masking of a receipt whose rows show it.
	Unmasked = "personal data in clear"

	blockRows   = 10_000
	blockDigits = 16
)

// Receipt is the plan's and the tally's part of a receipt: what, of what and how much. Who, where from and when is for
// the caller to add.
func (p *Plan) Receipt(t *Tally) Receipt {
	frozen := p.View.Without(search.NameAfter, search.NameCount, search.NameBOM).Frozen(p.AsOf)
	r := Receipt{
		Kind: receiptKind, Rows: t.rows, First: t.first, Last: t.last, Totals: t.sums(), Columns: p.Columns(), Masking: Masked,
		View: p.View.Without(search.NameAfter).Title(), URL: frozen.URL("/transactions"), TimeZone: p.View.Zone.String(),
		AsOf: p.AsOf, Digest: t.Digest(), Blocks: t.blocks,
	}
	if p.unmasked {
		r.Masking = Unmasked
	}
	if !p.since.IsZero() {
		r.ChangedSince = new(p.since)
	}
	return r
}

// JSON writes the receipt as it stands beside a file.
func (r Receipt) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write receipt: %w", err)
	}
	return append(b, '\n'), nil
}

// ReadReceipt reads a receipt's JSON.
func ReadReceipt(from io.Reader) (Receipt, error) {
	var r Receipt
	if err := json.NewDecoder(from).Decode(&r); err != nil {
		return Receipt{}, fmt.Errorf("read receipt: %w", err)
	}
	if r.Kind != receiptKind || len(r.Columns) == 0 || r.Digest == "" {
		return Receipt{}, fmt.Errorf("read receipt: this is not the receipt of an export (kind %q, want %q)", r.Kind, receiptKind)
	}
	return r, nil
}
