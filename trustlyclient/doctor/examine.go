package doctor

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"trustlyportal/trustlyclient"
)

const (
	day = 24 * time.Hour

	// ages is longer than any account is old.
	ages = 20 * 365 * day

	// slack on either side of a row catches it whatever the bounds and the cut of times.
	slack = 2000
)

// examination is one run. What it has found out guides what it asks next.
type examination struct {
	*asker
	report Report
	quick  bool
	hint   int64 // unit in which the first rows were found, where it took a range; 0 = none

	newest []row         // the first page
	known  []row         // all rows met, without repeats, newest first
	unit   int64         // ms per unit of the filters, 0 = not known
	widest time.Duration // range that the API accepts, 0 = not known
	end    int64         // Unix ms: no row is newer when the examination starts
	most   int           // rows that the API is known to answer at once
}

// Run examines the API that the options name and returns what it found. Its error says that the options can't be used,
// or that ctx ended; an API that can't be reached, or refuses, is a finding.
//
// The values of the check answer-shape are 1 for {"transactions":[{…}]}, 2 for {"0":{"transaction":{…}},"1":…}, 3 for 1
// with startIndex and itemsPerPage, 4 for 1 with each row as {"transaction":{…}}.
func Run(ctx context.Context, o trustlyclient.Options) (*Report, error) {
	e, err := newExamination(o, maxRequests)
	if err != nil {
		return nil, err
	}
	if e.connect(ctx) {
		e.times(ctx)
		e.ranges(ctx)
		e.paging(ctx)
		e.records(ctx)
		e.texts(ctx)
		e.bounds(ctx) // last, as it may need the most requests
		e.answers()
	}
	return e.finish(ctx)
}

func newExamination(o trustlyclient.Options, budget int) (*examination, error) {
	if _, err := trustlyclient.New(o); err != nil {
		return nil, err
	}
	if o.TimeUnit == "" {
		o.TimeUnit = trustlyclient.Milliseconds
	}
	u, err := url.Parse(o.BaseURL)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	e := &examination{asker: newAsker(o, budget), end: now.Add(time.Hour).UnixMilli(), most: 25}
	e.report = Report{Host: u.Host, At: now.UTC()}
	return e, nil
}

func (e *examination) finish(ctx context.Context) (*Report, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	e.report.Took = time.Since(e.report.At)
	e.report.Requests = e.asked
	return &e.report, nil
}

func (e *examination) found(check string, verdict Verdict, value, summary string, evidence ...*answer) {
	f := Finding{Check: check, Verdict: verdict, Value: value, Summary: summary, Evidence: []string{}}
	for _, a := range evidence {
		if a != nil {
			f.Evidence = append(f.Evidence, a.String())
		}
	}
	e.report.set(f)
}

func (e *examination) unknown(check, why string, evidence ...*answer) {
	e.found(check, Unknown, "", "not known: "+why, evidence...)
}

// latestFirst is the order of the first page, and of most others.
func latestFirst(count int) params {
	return params{}.with("orderBy", "createdAt").with("sortOrder", "desc").with("count", strconv.Itoa(count))
}

func oldestFirst(count int) params {
	return params{}.with("orderBy", "createdAt").with("sortOrder", "asc").with("count", strconv.Itoa(count))
}

// within adds a range of Unix milliseconds, widened to whole units.
func (p params) within(from, to, unit int64) params {
	return p.with("createdAt.start", strconv.FormatInt(from/unit, 10)).with("createdAt.end", strconv.FormatInt((to+unit-1)/unit, 10))
}

// connect asks for the newest page and tells what stands in the way of more. It reports whether the API answers lists.
func (e *examination) connect(ctx context.Context) bool {
	first := e.list(ctx, latestFirst(25))
	environment := map[string]string{
		"sandbox.trustly.one": "Trustly's sandbox", "api.trustly.one": "Trustly's production", "trustly.one": "Trustly's production",
		"sandbox.paywithmybank.com": "Trustly's sandbox by its deprecated name", "paywithmybank.com": "Trustly's production by its deprecated name",
	}[e.report.Host]
	host := fmt.Sprintf("%s answers", e.report.Host)
	if environment != "" {
		host += ", " + environment
	}
	e.found(CheckHost, OK, e.report.Host, host, first)
	check := url.URL{Host: e.report.Host}
	switch {
	case first.status == 0:
		e.found(CheckHost, Problem, e.report.Host, e.report.Host+" can't be reached: check TRUSTLY_BASE_URL and the network", first)
	case first.status == 401:
		e.found(CheckCredentials, Problem, "refused", check.Host+" refuses the credentials (401): check TRUSTLY_ACCESS_ID and TRUSTLY_ACCESS_KEY, and that they belong to this environment", first)
	case first.status == 403:
		e.found(CheckCredentials, Problem, "forbidden", check.Host+" knows the credentials and does not allow reading transactions (403): ask Trustly for the permission, or to admit this machine's address", first)
	case first.moved != "":
		e.found(CheckHost, Problem, e.report.Host, "it redirects to "+first.moved+", which is never followed: if the API moved, change TRUSTLY_BASE_URL", first)
	case first.status == 404:
		e.found(CheckHost, Problem, e.report.Host, "it knows no /transactions (404): check the path of TRUSTLY_BASE_URL, usually /api/v1", first)
	case first.status == 429:
		e.found(CheckPace, Problem, "throttled", "it answers 429 even to single requests: try again later, or lower TRUSTLY_RATE_LIMIT", first)
	case first.status >= 500:
		e.found(CheckHost, Problem, e.report.Host, fmt.Sprintf("it answers %d: try again later", first.status), first)
	case first.status == 200 && !first.known:
		e.found(CheckShape, Problem, "", "it answers, but no list of transactions: check TRUSTLY_BASE_URL", first)
	default:
		e.found(CheckCredentials, OK, "accepted", e.report.Host+" accepts the credentials", first)
		e.newest = first.rows
		if len(first.rows) == 0 {
			e.search(ctx, first)
		}
		e.meet(first)
		return true
	}
	return false
}

// search looks for rows where a list without a range is refused or empty.
func (e *examination) search(ctx context.Context, first *answer) {
	if first.status == 400 {
		e.found(CheckDefaultRange, Differs, "refused", "a list must name a range of time: without one it is refused", first)
	}
	units := []int64{1, 1000}
	if e.options.TimeUnit == trustlyclient.Seconds {
		units = []int64{1000, 1}
	}
	widths := []time.Duration{ages, 30 * day, day, time.Hour}
	if e.quick { // one request for each unit, so that one is left
		widths = []time.Duration{7 * day}
	}
	for _, width := range widths {
		accepted := false
		for _, unit := range units {
			a := e.list(ctx, latestFirst(25).within(e.end-width.Milliseconds(), e.end, unit))
			accepted = accepted || a.ok()
			if len(a.rows) > 0 {
				e.newest, e.hint = a.rows, unit
				e.meet(a)
				if first.ok() {
					e.found(CheckDefaultRange, Differs, "", "a list that names no range of time looks back less far than "+ago(e.end-a.rows[0].created), first, a)
				}
				return
			}
		}
		if accepted && width == ages && first.ok() {
			return // there are none
		}
	}
}

// meet remembers rows, and what their form tells.
func (e *examination) meet(a *answer) {
	for _, r := range a.rows {
		if r.created != 0 && !slices.ContainsFunc(e.known, func(k row) bool { return k.id == r.id }) {
			e.known = append(e.known, r)
		}
	}
	slices.SortStableFunc(e.known, func(a, b row) int { return cmp.Compare(b.created, a.created) })
	if len(a.rows) == 0 {
		return
	}
	if _, done := e.report.Finding(CheckShape); done {
		return
	}
	words := map[string]string{
		"1": "an array of transactions", "2": "numbered objects", "3": "an array of transactions, with startIndex and itemsPerPage",
		"4": "an array of wrapped transactions",
	}
	verdict := OK
	if a.shape == "2" || a.shape == "4" {
		verdict = Differs
	}
	e.found(CheckShape, verdict, a.shape, "a list is "+words[a.shape]+", shape "+a.shape+"; all are read", a)
	if enum := a.rows[0].enum; enum != "" {
		e.found(CheckEnums, OK, enum, "codes are JSON "+enum+"; both are read", a)
	}
}

// answers says what needs no request of its own, and what stayed open.
func (e *examination) answers() {
	if len(e.known) == 0 {
		for _, check := range []string{CheckShape, CheckSingle, CheckEnums, CheckAnswerTimes} {
			if _, ok := e.report.Finding(check); !ok {
				e.unknown(check, "there are no transactions")
			}
		}
	}
	took := slices.Sorted(slices.Values(e.took))
	median := took[len(took)/2]
	ms := func(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000) }
	verdict := OK
	if median > 5*time.Second {
		verdict = Differs
	}
	e.found(CheckLatency, verdict, strconv.FormatInt(median.Milliseconds(), 10),
		fmt.Sprintf("%s at least, %s in the middle, %s at most, of %d answers", ms(took[0]), ms(median), ms(took[len(took)-1]), len(took)))
	if e.packed {
		e.found(CheckCompression, OK, "gzip", "answers come compressed")
	} else {
		e.found(CheckCompression, OK, "none", "answers come as they are, though gzip was offered")
	}
	e.clock()
	switch {
	case e.throttled > 0:
		e.found(CheckPace, Differs, "throttled", fmt.Sprintf("%d of %d requests were answered 429 at %g a second", e.throttled, e.asked, e.options.RateLimit))
		f := &e.report.Findings[slices.IndexFunc(e.report.Findings, func(f Finding) bool { return f.Check == CheckPace })]
		f.Setting = "TRUSTLY_RATE_LIMIT=2"
		if r := e.options.RateLimit; r > 0 && r <= 4 {
			f.Setting = fmt.Sprintf("TRUSTLY_RATE_LIMIT=%g", r/2)
		}
	case e.failed > 0:
		e.found(CheckPace, Differs, "failing", fmt.Sprintf("%d of %d requests failed and were asked again", e.failed, e.asked))
	default:
		e.found(CheckPace, OK, "ok", fmt.Sprintf("all %d requests were answered at once", e.asked))
	}
}

func (e *examination) clock() {
	if len(e.ahead) == 0 {
		e.unknown(CheckClock, "answers carry no Date")
		return
	}
	ahead := slices.Sorted(slices.Values(e.ahead))[len(e.ahead)/2]
	value := strconv.FormatInt(int64(ahead.Round(time.Second)/time.Second), 10)
	off := ahead.Abs().Round(time.Second).String()
	switch {
	case ahead.Abs() <= 2*time.Second:
		e.found(CheckClock, OK, value, "the API's clock and this machine's agree to 2 s")
	case ahead > 0:
		e.found(CheckClock, differsOver(ahead), value, "this machine's clock is "+off+" behind the API's: set it, or the newest rows may be missed")
	default:
		e.found(CheckClock, differsOver(-ahead), value, "this machine's clock is "+off+" ahead of the API's: set it")
	}
}

// differsOver is a problem from a minute on.
func differsOver(d time.Duration) Verdict {
	if d > time.Minute {
		return Problem
	}
	return Differs
}

// ago writes a length of time in ms for people.
func ago(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	if d < 2*day {
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}
