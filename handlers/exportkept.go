package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"trustlyportal/export"
	"trustlyportal/store"
)

// What the database keeps of an export is sealed, each piece for its place.
func placeOfPlan(id string) string           { return id + "/plan" }
func placeOfWalk(id string, part int) string { return fmt.Sprintf("%s/walk/%d", id, part) } // behind that part
func placeOfPart(id string, part int) string { return fmt.Sprintf("%s/part/%d", id, part) }
func placeOfReceipt(id string) string        { return id + "/receipt" }

// sealJSON keeps what the value says for its place.
func (x *exportRunner) sealJSON(value any, place string) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("keep an export: %w", err)
	}
	return x.sealer.Seal(text, place), nil
}

// openJSON reads what sealJSON wrote. auth.ErrSealed if it was sealed under a secret that the portal has no more.
func (x *exportRunner) openJSON(sealed []byte, place string, into any) error {
	text, err := x.sealer.Open(sealed, place)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read a kept export: %w", err)
	}
	return nil
}

// sealPlan keeps what to plan again.
func (x *exportRunner) sealPlan(id string, plan *export.Plan) ([]byte, error) {
	return x.sealJSON(plan.Spec(), placeOfPlan(id))
}

// openPlan plans a kept job again.
func (x *exportRunner) openPlan(row store.ExportJob) (*export.Plan, error) {
	var spec export.Spec
	if err := x.openJSON(row.Spec, placeOfPlan(row.ID), &spec); err != nil {
		return nil, err
	}
	return spec.Plan()
}

// open is a kept job with what it exports, as far as that can be opened still.
func (x *exportRunner) open(row store.ExportJob) exportJob {
	plan, err := x.openPlan(row)
	if err != nil {
		return exportJob{ExportJob: row}
	}
	return exportJob{row, plan}
}

// openWalk is how far a job is.
func (x *exportRunner) openWalk(row store.ExportJob) (export.State, error) {
	var state export.State
	if len(row.Walk) == 0 {
		return state, nil
	}
	return state, x.openJSON(row.Walk, placeOfWalk(row.ID, row.Parts), &state)
}

// receipt opens the receipt of a job that was completed.
func (x *exportRunner) receipt(job exportJob) (export.Receipt, error) {
	text, err := x.sealer.Open(job.Receipt, placeOfReceipt(job.ID))
	if err != nil {
		return export.Receipt{}, errExportSealed
	}
	return export.ReadReceipt(strings.NewReader(string(text)))
}

// signReceipt adds who exported, where the rows are from and which program read them.
func (w *web) signReceipt(r *export.Receipt, by string) {
	r.By, r.Source, r.Version, r.URL = by, w.Environment, w.Version, w.absolute(r.URL)
}

// errPartMissing ends a reading whose job was deleted or has expired meanwhile.
var errPartMissing = errors.New("rows of an export are no longer kept")

// parts reads what was kept of a job, part by part.
func (x *exportRunner) parts(ctx context.Context, row store.ExportJob) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for part := 1; part <= row.Parts; part++ {
			sealed, err := x.store.ExportPart(ctx, row.ID, part)
			switch {
			case errors.Is(err, store.ErrNotFound):
				err = errPartMissing
			case err != nil:
				err = fmt.Errorf("%w: %w", errNotKept, err)
			}
			var rows []byte
			if err == nil {
				rows, err = x.sealer.Open(sealed, placeOfPart(row.ID, part))
			}
			if !yield(rows, err) || err != nil {
				return
			}
		}
	}
}

// unmasked reports whether a plan's rows show personal data.
func unmasked(plan *export.Plan) bool { return plan.Spec().Unmasked }

// exportDetail is what an export holds, as the audit tells it: the format, the masking, the view without what was typed
// into it, and the columns.
func (w *web) exportDetail(plan *export.Plan, format export.Format) string {
	masking := export.Masked
	if unmasked(plan) {
		masking = export.Unmasked
	}
	columns := plan.Columns()
	return fmt.Sprintf("%s; %s; %s; %d columns: %s", format.Extension, masking, plan.View.Frozen(plan.AsOf).Recorded(w.typed.Hash), len(columns), strings.Join(columns, " "))
}

// rowsRead tells how far a job has come.
func rowsRead(job store.ExportJob) string { return fmt.Sprintf("%d rows read", job.Rows) }
