package handlers

import (
	"context"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/export"
	"trustlyportal/store"
	"trustlyportal/views"
)

// exportStates are the states in a word.
var exportStates = map[store.ExportState]views.Status{
	store.ExportQueued:     {Word: "Waiting for its turn", Tone: views.ToneWarn},
	store.ExportCollecting: {Word: "Reading", Tone: views.ToneInfo},
	store.ExportChecking:   {Word: "Checking", Tone: views.ToneInfo},
	store.ExportComplete:   {Word: "Complete", Tone: views.ToneGood},
	store.ExportCanceled:   {Word: "Canceled", Tone: views.ToneNeutral},
	store.ExportFailed:     {Word: "Failed", Tone: views.ToneBad},
	store.ExportExpired:    {Word: "Expired", Tone: views.ToneNeutral},
}

// exportStatus is the state in a word.
func exportStatus(state store.ExportState, job exportJob) views.Status {
	switch {
	case state == store.ExportCollecting && !job.WaitingSince.IsZero():
		return views.Status{Word: "Waiting for Trustly", Tone: views.ToneWarn}
	case job.plan == nil && !state.UnderWay():
		return views.Status{Word: "Can’t be opened", Tone: views.ToneBad}
	}
	return exportStates[state]
}

// exportState is how a job stands at now: one whose time is over has expired, though nobody has deleted its rows yet.
func exportState(job exportJob, now time.Time) store.ExportState {
	if job.State == store.ExportComplete && !now.Before(job.ExpiresAt) {
		return store.ExportExpired
	}
	return job.State
}

// exportTroubles say why a job failed and what to do.
var exportTroubles = map[store.ExportWhy]views.ExportTrouble{
	store.ExportNoAPI:        {What: "Trustly’s API did not answer for too long.", Do: "Rows would be missing, so nothing can be downloaded. Export again when Trustly works."},
	store.ExportNoAccess:     {What: "Trustly refused the portal’s access.", Do: "This is not about your account: the portal’s operator has to check the access ID and key. Then export again."},
	store.ExportRefused:      {What: "Trustly refused what was asked.", Do: "Open the list of these filters: it says what Trustly does not accept. Change that, then export again."},
	store.ExportUnreliable:   {What: "Trustly’s answers can’t be relied on.", Do: "The API did not order or page its rows as it documents, so rows could be missing. Export again; if it stays, tell the portal’s operator."},
	store.ExportNoDisk:       {What: "The portal could not keep the rows.", Do: "Its database takes no more, so nothing can be downloaded. Tell the portal’s operator, then export again."},
	store.ExportNoPermission: {What: "You may not export this any more.", Do: "Your role changed while it was read, so it was ended and its rows were deleted. Ask an administrator of the portal if you need it."},
	store.ExportUserDisabled: {What: "Your account was disabled while it was read.", Do: "It was ended and its rows were deleted. Export again if you still need it."},
	store.ExportSealed:       {What: "What was read can’t be opened any more.", Do: "The portal’s secret has changed since. Export again."},
	store.ExportCheckFailed:  {What: "What the portal kept is not what it read.", Do: "The rows failed their check, so nothing can be downloaded. Export again, and tell the portal’s operator."},
	store.ExportInternal:     {What: "The portal made a mistake.", Do: "Nothing can be downloaded. Export again; if it stays, tell the portal’s operator."},
}

// exportTrouble is what a page says of a job without rows to download.
func exportTrouble(state store.ExportState, job exportJob) views.ExportTrouble {
	switch {
	case state == store.ExportFailed:
		t, ok := exportTroubles[job.Why]
		if !ok {
			t = exportTroubles[store.ExportInternal]
		}
		if t.Tone = views.ToneBad; job.Run != "" {
			t.Do += " Request ID of this export: " + job.Run + "."
		}
		return t
	case state == store.ExportCanceled:
		return views.ExportTrouble{What: "You canceled this export.", Do: "The rows that were read so far are deleted: a part would look like the whole."}
	case state == store.ExportExpired:
		return views.ExportTrouble{What: "This export’s rows are deleted: its time was over.", Do: "The receipt is kept a while longer; it still checks files that were downloaded before. “Export again” reads the rows as they are now."}
	case job.plan == nil && !state.UnderWay():
		return views.ExportTrouble{What: exportTroubles[store.ExportSealed].What, Do: exportTroubles[store.ExportSealed].Do, Tone: views.ToneBad}
	}
	return views.ExportTrouble{}
}

// exportProgress tells how far a job under way is.
func (w *web) exportProgress(c echo.Context, f formatter, state store.ExportState, job exportJob) (views.ExportProgress, error) {
	p := views.ExportProgress{Part: -1, Rows: rowCount(job.Rows)}
	if state == store.ExportChecking {
		p.Part, p.Covered = share(int64(job.Checked), int64(job.Rows)), "All rows are read. Each is counted again from what was kept: "+thousands(job.Checked)+" so far."
		return p, nil
	}
	if !job.CoveredUntil.IsZero() {
		p.Covered = "Read until " + f.short(job.CoveredUntil) + " of " + f.span(job.CoversFrom, job.CoversTo)
	}
	if done, whole := job.CoveredUntil.Sub(job.CoversFrom), job.CoversTo.Sub(job.CoversFrom); !job.CoveredUntil.IsZero() && !job.CoversFrom.IsZero() {
		p.Part = share(int64(done), int64(whole))
	}
	if state == store.ExportQueued {
		place, err := w.exportPlace(c.Request().Context(), job)
		p.Waits = placeWords(place, job.Rows > 0)
		return p, err
	}
	if !job.WaitingSince.IsZero() {
		p.Waits = "Trustly’s API has not answered since " + f.short(job.WaitingSince) + ". The export goes on by itself when it does; what was read is not lost."
		return p, nil
	}
	if now := w.Now(); !job.UpdatedAt.IsZero() && now.Sub(job.UpdatedAt) > exportSilence {
		p.Waits = "It was interrupted at " + f.short(job.UpdatedAt) + ", and goes on by itself as soon as the portal can; what was read is not lost."
		return p, nil
	}
	p.Speed = speedWords(job.PerMinute)
	if job.PerMinute > 0 && p.Part >= leastShare {
		left := float64(job.Rows) * float64(1000-p.Part) / float64(p.Part) / float64(job.PerMinute)
		p.Left = leftWords(time.Duration(left * float64(time.Minute)))
	}
	return p, nil
}

// exportSilence is after how long without a sign of life nobody works on a job: its process died, or can't save that it lives.
const exportSilence = 5 * exportBeat

// leastShare is from which thousandth on the rest can be guessed by what was read.
const leastShare = 10

// share is part of whole in thousandths, -1 if nobody can say.
func share(part, whole int64) int {
	if whole <= 0 {
		return -1
	}
	return int(1000 * min(1, max(0, float64(part)/float64(whole))))
}

// maxQueue is how many waiting jobs are counted for a place.
const maxQueue = 500

// exportPlace is the job's place among those that wait, 1 for the next; 0 if it is none of them.
func (w *web) exportPlace(ctx context.Context, job exportJob) (int, error) {
	waiting, err := w.Exports.WaitingExports(ctx, w.Now(), maxQueue)
	if err != nil {
		return 0, err
	}
	for i, other := range waiting {
		if other.ID == job.ID {
			return i + 1, nil
		}
	}
	return 0, nil
}

func placeWords(place int, begun bool) string {
	text := "It begins in a moment."
	switch {
	case begun && place < 2:
		text = "It was interrupted, and goes on in a moment; what was read is not lost."
	case place == 1:
		text = "Next in the queue."
	case place > 1:
		text = fmt.Sprintf("Number %s in the queue.", thousands(place))
	}
	if place > 0 {
		text += " Exports take turns, person by person."
	}
	return text
}

func rowCount(n int) string {
	switch n {
	case 0:
		return "No rows yet"
	case 1:
		return "1 row"
	}
	return thousands(n) + " rows"
}

func speedWords(perMinute int) string {
	switch {
	case perMinute <= 0:
		return ""
	case perMinute < 120:
		return thousands(perMinute) + " rows a minute"
	}
	return thousands(perMinute/60) + " rows a second"
}

func leftWords(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "a few seconds left"
	case d < 2*time.Minute:
		return fmt.Sprintf("about %d seconds left", int(d.Seconds()+9)/10*10)
	case d < 2*time.Hour:
		return fmt.Sprintf("about %d minutes left", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("about %d hours left", int(d.Hours()+0.5))
}

// daysWords is how long something is kept.
func daysWords(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		switch n := int(d / unit.of); {
		case n == 0 || d%unit.of != 0:
		case n == 1 && unit.of == time.Hour:
			return "an hour"
		case n == 1:
			return "a " + unit.name
		default:
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return d.String()
}

// span is a range of time: "Oct 1 to Oct 31" of whole days, else with the clock; the end is not in it.
func (f formatter) span(from, to time.Time) string {
	start := "the first one on"
	if !from.IsZero() {
		start = f.day(from, from)
	}
	return start + " to " + f.day(to, to.Add(-time.Millisecond))
}

// day is the day of a time at midnight, else the time itself.
func (f formatter) day(at, midnight time.Time) string {
	local := at.In(f.zone)
	if local.Hour()+local.Minute()+local.Second()+local.Nanosecond() != 0 {
		return f.short(at)
	}
	layout := "Jan 2"
	if local.Year() != f.now.In(f.zone).Year() {
		layout = "Jan 2 2006"
	}
	return midnight.In(f.zone).Format(layout)
}

// sayExport is told to screen readers when it changes: what begins, each quarter, and the end, once.
func sayExport(state store.ExportState, status views.Status, p views.ExportProgress, rows int) string {
	switch {
	case state == store.ExportComplete:
		return "The export is complete: " + rowCount(rows) + ". It can be downloaded now."
	case !state.UnderWay():
		return "The export has ended: " + status.Word
	case state == store.ExportCollecting && p.Part >= 250:
		return []string{"", "A quarter of the export is read", "Half of the export is read", "Three quarters of the export are read", "The export is read"}[p.Part/250]
	}
	return ""
}

// aboutExport is "Excel (XLSX), 9 columns, personal data masked".
func aboutExport(job exportJob) string {
	format, _ := export.FormatOf(job.Format)
	if job.plan == nil {
		return format.Name
	}
	masking := export.Masked
	if job.plan.Spec().Unmasked {
		masking = export.Unmasked
	}
	return fmt.Sprintf("%s, %s, %s", format.Name, columnCount(len(job.plan.Columns())), masking)
}
