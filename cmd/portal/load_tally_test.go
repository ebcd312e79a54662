package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// sample is one request and how it went.
type sample struct {
	kind   string
	status int    // 0 if there was no answer
	wrong  string // what was wrong with it; "" if nothing
	began  time.Time
	took   time.Duration
}

// fault is something that was done to the portals, and until when it may show.
type fault struct {
	name       string
	began, end time.Time
}

// tally is all that happened.
type tally struct {
	mu       sync.Mutex
	samples  []sample
	answered map[string]string // acts that are on record once: the request's id, and what it was
}

func (t *tally) add(s sample) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.samples = append(t.samples, s)
}

func (t *tally) act(requestID, kind string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answered[requestID] = kind
}

// during is the fault that a request may have met, or nil.
func (s sample) during(faults []fault) *fault {
	for i, f := range faults {
		if s.began.Before(f.end) && s.began.Add(s.took).After(f.began) {
			return &faults[i]
		}
	}
	return nil
}

// injected reports whether what was wrong is of the kind that the fault is expected to cause: connections cut or refused,
// and while the database is away pages that say so.
func (s sample) injected(faults []fault) bool {
	f := s.during(faults)
	return f != nil && (s.status == 0 || strings.HasPrefix(s.wrong, cutOff) || f.name == faultDatabase && (s.status == 500 || s.status == 503))
}

const cutOff = "cut off"

// phase is when a request was made: before the first fault, during one, or after it.
func (s sample) phase(faults []fault) string {
	if f := s.during(faults); f != nil {
		return "during: " + f.name
	}
	phase := "before"
	for _, f := range faults {
		if s.began.After(f.began) {
			phase = "after: " + f.name
		}
	}
	return phase
}

// reason says in few words why a request had no answer.
func reason(err error) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	case errors.Is(err, errNobodyReady):
		return err.Error()
	}
	if timeout := (net.Error)(nil); errors.As(err, &timeout) && timeout.Timeout() {
		return "timeout"
	}
	return err.Error()
}

// printCounts writes what was answered: one line for each kind of request and way it went.
func (t *tally) printCounts(w io.Writer, faults []fault) {
	type line struct{ kind, went string }
	counts, injected := map[line]int{}, map[line]int{}
	for _, s := range t.samples {
		went := s.wrong
		switch {
		case s.status != 0 && s.wrong != "":
			went = fmt.Sprintf("%d, %s", s.status, s.wrong)
		case s.status != 0:
			went = fmt.Sprint(s.status)
		}
		at := line{s.kind, went}
		counts[at]++
		if s.wrong != "" && s.injected(faults) {
			injected[at]++
		}
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "request\tanswer\ttimes\tinjected")
	for _, at := range slices.SortedFunc(maps.Keys(counts), func(a, b line) int { return strings.Compare(a.kind+"\t"+a.went, b.kind+"\t"+b.went) }) {
		meant := ""
		if n := injected[at]; n > 0 {
			meant = fmt.Sprint(n)
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", at.kind, at.went, counts[at], meant)
	}
	_ = table.Flush()
}

// printTimes writes how fast it went, by kind and phase, of what was answered well.
func (t *tally) printTimes(w io.Writer, faults []fault) {
	phases := []string{"before"}
	for _, f := range faults {
		phases = append(phases, "during: "+f.name, "after: "+f.name)
	}
	took := map[string]map[string]*hdrhistogram.Histogram{}
	for _, s := range t.samples {
		if s.wrong != "" {
			continue
		}
		if took[s.kind] == nil {
			took[s.kind] = map[string]*hdrhistogram.Histogram{}
		}
		phase := s.phase(faults)
		if took[s.kind][phase] == nil {
			took[s.kind][phase] = hdrhistogram.New(1, int64(10*time.Minute/time.Microsecond), 3)
		}
		_ = took[s.kind][phase].RecordValue(s.took.Microseconds()) // none takes longer
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "request\twhen\ttimes\tp50 ms\tp95 ms\tp99 ms\tmost ms\t")
	for _, kind := range slices.Sorted(maps.Keys(took)) {
		for _, phase := range phases {
			if h := took[kind][phase]; h != nil {
				at := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1000 }
				fmt.Fprintf(table, "%s\t%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t\n", kind, phase, h.TotalCount(), at(50), at(95), at(99), float64(h.Max())/1000)
			}
		}
	}
	_ = table.Flush()
}
