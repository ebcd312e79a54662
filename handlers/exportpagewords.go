package handlers

import (
	"fmt"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// exportPage draws a job in the zone of its view.
func (w *web) exportPage(c echo.Context, job exportJob) (views.ExportPage, error) {
	now := w.Now()
	state := exportState(job, now)
	p := views.ExportPage{Href: exportHref(job.ID), Heading: exportHeading(job, true), Status: exportStatus(state, job), Running: state.UnderWay()}
	zone := zoneOfExport(job)
	f := formatter{zone: zone, now: now}
	p.Trouble = exportTrouble(state, job)
	mark := p.Status.Word
	if state.UnderWay() {
		var err error
		if p.Progress, err = w.exportProgress(c, f, state, job); err != nil {
			return p, err
		}
		if p.Progress.Part >= 0 {
			mark = fmt.Sprintf("%d %%", p.Progress.Part/10)
		}
		p.CancelHref = p.Href + "/cancel"
		p.Notes = append(p.Notes, aboutExport(job)+". Started "+f.short(job.CreatedAt)+". Times in "+job.zoneName()+".")
	} else {
		p.DeleteHref = p.Href + "/delete"
	}
	p.Say = sayExport(state, p.Status, p.Progress, job.Rows)
	p.Frame = w.frame(c, mark+" – "+exportHeading(job, false))
	if job.plan == nil {
		return p, nil
	}
	if changes := job.plan.Spec().Since != nil; changes && p.Trouble.What != "" {
		p.Trouble.Do += " It is started anew from the page of the earlier export."
	} else if !state.UnderWay() && state != store.ExportComplete {
		p.AgainHref, p.AgainLabel = job.plan.View.Without(search.NameAsOf).URL("/exports/new"), "Export again"
	}
	if !finished(job) {
		return p, nil
	}
	receipt, err := w.exportReceipt(job)
	if err != nil {
		return p, err
	}
	w.fillReceipt(&p, f, job, receipt)
	if state == store.ExportComplete {
		p.Files = w.exportFiles(job)
		p.Keeps = "Kept until " + f.short(job.ExpiresAt) + ", then deleted. Each download is put on record."
	}
	p.ReceiptFor = p.Href + "/" + w.receiptName(job)
	if job.plan.Spec().Since == nil {
		format, _ := export.FormatOf(job.Format)
		p.Changes = &views.ExportChanges{Action: p.Href + "/changes", Since: f.full(receipt.AsOf), Formats: formatChoices(format), InClear: job.plan.Spec().Unmasked}
	}
	return p, nil
}

// zoneName is the zone of the job's view in words.
func (j exportJob) zoneName() string {
	if j.plan == nil {
		return "UTC"
	}
	return j.plan.View.ZoneName()
}

func zoneOfExport(job exportJob) *time.Location {
	if job.plan == nil {
		return time.UTC
	}
	return job.plan.View.Zone
}

// exportHeading is the view in a sentence; what a private link keeps is for the page alone, not for its title.
func exportHeading(job exportJob, onPage bool) string {
	if job.plan == nil {
		return "Export of " + job.CreatedAt.UTC().Format("2006-01-02 15:04 UTC")
	}
	sentence := job.plan.View.Title()
	if onPage {
		sentence = job.plan.View.Sentence()
	}
	if since := job.plan.Spec().Since; since != nil {
		f := formatter{zone: job.plan.View.Zone, now: job.CreatedAt}
		return "What changed since " + f.short(*since) + ": " + sentence
	}
	return sentence
}

// exportFiles are the downloads of a complete job, first that in the format asked for.
func (w *web) exportFiles(job exportJob) []views.ExportFile {
	var files []views.ExportFile
	for _, format := range export.Formats() {
		file := views.ExportFile{Label: format.Name, Href: exportHref(job.ID) + "/" + w.fileName(job.plan, format), Meaning: fileMeanings[format.Extension]}
		if format.Extension == job.Format {
			files = append([]views.ExportFile{file}, files...)
		} else {
			files = append(files, file)
		}
	}
	return files
}

var fileMeanings = map[string]string{"xlsx": "holds its receipt", "csv": "for programs and imports", "jsonl": "the API’s own values"}

// exportRow is a job in the list.
func (w *web) exportRow(f formatter, job exportJob) views.ExportRow {
	state := exportState(job, f.now)
	row := views.ExportRow{
		Href: exportHref(job.ID), View: exportHeading(job, true), Status: exportStatus(state, job), About: aboutExport(job),
		Started: f.short(job.CreatedAt), StartedUTC: f.utc(job.CreatedAt),
	}
	if state.UnderWay() || state == store.ExportComplete || state == store.ExportExpired {
		row.Detail = rowCount(job.Rows)
	}
	if state == store.ExportComplete || state == store.ExportExpired {
		row.Detail = strings.Replace(row.Detail, "No rows yet", "No rows", 1)
	}
	if state != store.ExportComplete {
		if !state.UnderWay() {
			row.DeleteHref = row.Href + "/delete"
		}
		return row
	}
	row.Expires, row.ExpiresUTC, row.DeleteHref = f.short(job.ExpiresAt), f.utc(job.ExpiresAt), row.Href+"/delete"
	if job.plan == nil {
		return row
	}
	file := w.exportFiles(job)[0]
	row.Files = []views.ExportFile{
		{Label: strings.ToUpper(job.Format), Href: file.Href, Meaning: "Download the export of " + row.Started + " as " + file.Label},
		{Label: "Receipt", Href: row.Href + "/" + w.receiptName(job), Meaning: "Download the receipt of the export of " + row.Started},
	}
	return row
}

// fillReceipt puts the receipt on the page.
func (w *web) fillReceipt(p *views.ExportPage, f formatter, job exportJob, r export.Receipt) {
	p.Empty = r.Rows == 0
	at := func(label string, t time.Time) views.ExportFact {
		return views.ExportFact{Label: label, Text: f.full(t), UTC: f.utc(t)}
	}
	facts := []views.ExportFact{{Label: "Rows", Text: thousands(r.Rows)}, {Label: "Repeats dropped", Text: thousands(r.RepeatsDropped)}}
	for _, mark := range []struct {
		label string
		mark  *export.Mark
	}{{"First row", r.First}, {"Last row", r.Last}} {
		if mark.mark != nil {
			facts = append(facts, f.markFact(job.plan.View, mark.label, *mark.mark))
		}
	}
	facts = append(facts, at("As of", r.AsOf))
	if r.ChangedSince != nil {
		facts = append(facts, at("Changed since", *r.ChangedSince))
	}
	reading := at("Read until", r.ReadUntil)
	if r.Runs > 1 {
		reading.Text += fmt.Sprintf(", in %d runs: it was interrupted and went on", r.Runs)
	}
	facts = append(facts, at("Read from", r.ReadFrom), reading,
		views.ExportFact{Label: "Filters", Text: r.View},
		views.ExportFact{Label: "Frozen link", Text: r.URL, Href: r.URL, Copy: r.URL},
		views.ExportFact{Label: "Columns", Text: strings.Join(r.Columns, ", ")},
		views.ExportFact{Label: "Personal data", Text: strings.TrimPrefix(r.Masking, "personal data ")},
		views.ExportFact{Label: "Exported by", Text: r.By}, views.ExportFact{Label: "From", Text: r.Source},
		views.ExportFact{Label: "SHA-256 of the rows", Text: r.Digest, Mono: true, Copy: r.Digest},
		views.ExportFact{Label: "Portal version", Text: r.Version},
	)
	p.Facts = facts
	for _, t := range r.Totals {
		p.Totals = append(p.Totals, totalRow(t))
	}
	p.ZoneNote = "Times in " + job.zoneName() + " (" + f.zone.String() + "). A row shows its state at some moment between “read from” and “read until”. The digest is the same in each format: portal verify FILE RECEIPT checks it."
}

// markFact is a receipt's first or last row.
func (f formatter) markFact(view search.View, label string, m export.Mark) views.ExportFact {
	fact := views.ExportFact{Label: label, ID: m.ID, Href: recordHref(view, m.ID), Text: m.CreatedAt}
	if t, err := time.Parse(time.RFC3339, m.CreatedAt); err == nil {
		fact.Text, fact.UTC = f.full(t), f.utc(t)
	}
	return fact
}

// totalRow is a line of the receipt's totals.
func totalRow(t export.Total) views.ExportTotal {
	row := views.ExportTotal{
		Type: typeName(trustlyclient.Code(t.Type)), Status: status(&trustlyclient.Transaction{Status: trustlyclient.Code(t.Status)}).Word,
		Currency: t.Currency, Rows: thousands(t.Rows), Amount: grouped(t.Amount),
	}
	var notes []string
	if t.Missing > 0 {
		notes = append(notes, rowCount(t.Missing)+" without an amount")
	}
	if t.Unreadable > 0 {
		notes = append(notes, rowCount(t.Unreadable)+" with one that is no number")
	}
	row.Note = strings.Join(notes, ", ")
	return row
}

// grouped writes the thousands of a decimal with their marks.
func grouped(amount string) string {
	digits, fraction, point := strings.Cut(amount, ".")
	sign := ""
	if rest, ok := strings.CutPrefix(digits, "-"); ok {
		sign, digits = "-", rest
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if point {
		fraction = "." + fraction
	}
	return sign + digits + fraction
}

// receiptName is the name of the receipt's file: that of the files it proves.
func (w *web) receiptName(job exportJob) string {
	return w.fileName(job.plan, export.Format{Extension: receiptExtension})
}
