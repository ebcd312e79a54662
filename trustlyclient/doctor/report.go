package doctor

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Verdict is what a finding means for a portal over the API.
type Verdict string

// The verdicts.
const (
	OK      Verdict = "ok"      // as documented, or nothing depends on it
	Differs Verdict = "differs" // not as documented, or limited, and good to know
	Unknown Verdict = "unknown" // could not be told
	Problem Verdict = "problem" // to be put right, or rows will be missing
)

// The checks, each the name of at most one finding of a report, in the order of the report.
const (
	CheckHost             = "host"              // value: the host
	CheckCredentials      = "credentials"       // accepted, refused (401), forbidden (403)
	CheckShape            = "answer-shape"      // 1, 2, 3, 4: see Run
	CheckSingle           = "single-answer"     // wrapped, bare
	CheckEnums            = "enums"             // numbers, strings
	CheckAnswerTimes      = "answer-times"      // ms, s, text
	CheckTimeUnit         = "time-unit"         // ms, s, either, ignored
	CheckStartBound       = "start-bound"       // inclusive, exclusive
	CheckEndBound         = "end-bound"         // inclusive, exclusive
	CheckOrder            = "order"             // honoured, ignored
	CheckTies             = "equal-times"       // stable, unstable
	CheckMatchName        = "match-name"        // partial, prefix, exact, ignored
	CheckMatchDescription = "match-description" // the same
	CheckMatchReference   = "match-reference"   // the same
	CheckLongestRange     = "longest-range"     // none, or the longest accepted, such as 60d
	CheckDefaultRange     = "default-range"     // none, refused, or such as 30d
	CheckPageSize         = "page-size"         // rows of the largest page
	CheckOffset           = "offset"            // rows, pages
	CheckDeepOffset       = "deep-offset"       // the largest startIndex known to work
	CheckUnknownID        = "unknown-id"        // HTTP status, with /CODE of the API if it said one
	CheckLatency          = "latency"           // median in ms
	CheckCompression      = "compression"       // gzip, none
	CheckClock            = "clock"             // seconds that the API's clock is ahead, rounded
	CheckPace             = "pace"              // ok, throttled, failing
)

var order = []string{
	CheckHost, CheckCredentials, CheckShape, CheckSingle, CheckEnums, CheckAnswerTimes, CheckTimeUnit, CheckStartBound, CheckEndBound, CheckOrder,
	CheckTies, CheckMatchName, CheckMatchDescription, CheckMatchReference, CheckLongestRange, CheckDefaultRange, CheckPageSize, CheckOffset,
	CheckDeepOffset, CheckUnknownID, CheckLatency, CheckCompression, CheckClock, CheckPace,
}

// essential are the checks that a portal must not be unsure of.
var essential = []string{CheckCredentials, CheckShape, CheckTimeUnit, CheckOrder}

// Finding is the answer to one question about the API.
type Finding struct {
	Check    string   `json:"check"`
	Verdict  Verdict  `json:"verdict"`
	Value    string   `json:"value"`             // for programs: see the Check constants; "" when unknown
	Summary  string   `json:"summary"`           // for people: a sentence without its full stop
	Setting  string   `json:"setting,omitempty"` // of the portal, as NAME=value, that follows
	Evidence []string `json:"evidence"`          // what was asked and what came back
}

// Report is what an examination found.
type Report struct {
	Host     string        `json:"host"`
	At       time.Time     `json:"at"` // its start, UTC
	Took     time.Duration `json:"-"`
	Requests int           `json:"requests"`
	Findings []Finding     `json:"findings"` // in a fixed order
}

// Finding returns the finding of a check.
func (r *Report) Finding(check string) (Finding, bool) {
	i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Check == check })
	if i < 0 {
		return Finding{}, false
	}
	return r.Findings[i], true
}

// Verdict sums up: Problem if there is one, Unknown if one of the questions that correctness hangs on stayed open, else
// OK.
func (r *Report) Verdict() Verdict {
	verdict := OK
	for _, f := range r.Findings {
		switch {
		case f.Verdict == Problem:
			return Problem
		case f.Verdict == Unknown && slices.Contains(essential, f.Check):
			verdict = Unknown
		}
	}
	return verdict
}

// Settings returns the settings that follow, each once.
func (r *Report) Settings() []string {
	var list []string
	for _, f := range r.Findings {
		if f.Setting != "" && !slices.Contains(list, f.Setting) {
			list = append(list, f.Setting)
		}
	}
	return list
}

// WriteText writes the report for a terminal.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s: %d requests in %.1f s\n\n", r.Host, r.At.Format("2006-01-02 15:04 UTC"), r.Requests, r.Took.Seconds())
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%-8s %-18s %s\n", f.Verdict, f.Check, f.Summary)
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "%-27s   %s\n", "", e)
		}
	}
	if settings := r.Settings(); len(settings) > 0 {
		fmt.Fprintf(&b, "\nSettings that follow:\n  %s\n", strings.Join(settings, "\n  "))
	}
	switch r.Verdict() {
	case Problem:
		b.WriteString("\nThere are problems.\n")
	case Unknown:
		b.WriteString("\nSome of what the portal relies on could not be told.\n")
	default:
		b.WriteString("\nThe portal and this API understand each other.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// set adds a finding, or replaces the check's earlier one.
func (r *Report) set(f Finding) {
	r.Findings = slices.DeleteFunc(r.Findings, func(old Finding) bool { return old.Check == f.Check })
	r.Findings = append(r.Findings, f)
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return slices.Index(order, a.Check) - slices.Index(order, b.Check) })
}
