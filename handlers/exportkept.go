package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"trustlyportal/audit"
	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/store"
)

// What the database keeps of an export is sealed, each piece for its place.
func placeOfPlan(id string) string           { return id + "/plan" }
func placeOfWalk(id string, part int) string { return fmt.Sprintf("%s/walk/%d", id, part) } // behind a part
func placeOfPart(id string, part int) string { return fmt.Sprintf("%s/part/%d", id, part) }
func placeOfReceipt(id string) string        { return id + "/receipt" }

// sealPlan is what to plan again.
func (x *exportRunner) sealPlan(id string, plan *export.Plan) ([]byte, error) {
	return nil, errors.ErrUnsupported
}

// open plans a kept job again.
func (x *exportRunner) open(row store.ExportJob) exportJob {
	return exportJob{ExportJob: row}
}

// receipt opens what was said of a complete job.
func (x *exportRunner) receipt(job exportJob) (export.Receipt, error) {
	text, err := x.sealer.Open(job.Receipt, placeOfReceipt(job.ID))
	if err != nil {
		return export.Receipt{}, fmt.Errorf("open receipt: %w", errExportSealed)
	}
	return export.ReadReceipt(strings.NewReader(string(text)))
}

// rows reads a job's rows from its parts.
func (x *exportRunner) rows(job exportJob) export.Rows { return noRows{} }

type noRows struct{}

func (noRows) Next(context.Context) (*export.Entry, error) { return nil, errors.ErrUnsupported }

// unmasked reports whether a plan's rows show personal data.
func unmasked(*export.Plan) bool { return false }

// exportAct is the start of an export as the audit tells it: the format, the masking, which rows and which columns.
// Personal values of filters are left out.
func exportAct(action audit.Action, id string, result audit.Result, plan *export.Plan, format export.Format) act {
	return act{action: action, object: exportObject(id), result: result,
		detail: fmt.Sprintf("%s; %s; %s; %d columns: %s", format.Extension, export.Masked, impersonal(plan), len(plan.Columns()), strings.Join(plan.Columns(), " "))}
}

// impersonal is the frozen address of a plan's view without its personal values.
func impersonal(plan *export.Plan) string {
	view := plan.View.Without(search.NameAfter, search.NameCount, search.NameBOM, search.NameColumns)
	left := ""
	for name := range plan.View.PersonalValues() {
		view = view.Without(name)
		left = "; personal values left out"
	}
	return view.Frozen(plan.AsOf).URL("/transactions") + left
}

// rowsRead tells how far a job has come.
func rowsRead(job store.ExportJob) string { return fmt.Sprintf("%d rows read", job.Rows) }
