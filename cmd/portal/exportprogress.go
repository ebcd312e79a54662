package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"trustlyportal/export"
)

// progress shows how an export goes: a bar on a terminal, a line now and then elsewhere.
type progress struct {
	to       io.Writer
	terminal bool
	quiet    bool
	plan     *export.Plan
	rows     int       // before this run
	share    float64   // the same
	began    time.Time // of this run
	last     time.Time // line
	width    int       // of what the terminal shows
}

const (
	progressEvery = 10 * time.Second // where it is no terminal
	barWidth      = 24
)

func newProgress(to io.Writer, quiet bool, plan *export.Plan, from export.State) *progress {
	file, ok := to.(*os.File)
	now := time.Now()
	g := &progress{to: to, terminal: ok && isatty.IsTerminal(file.Fd()), quiet: quiet, plan: plan, rows: from.Rows, began: now, last: now}
	g.share, _ = plan.Progress(from)
	if from.Rows > 0 && !quiet {
		fmt.Fprintf(to, "Going on after %d rows, as of %s\n", from.Rows, plan.AsOf.Format(time.RFC3339))
	}
	return g
}

// show tells how far it is.
func (g *progress) show(s export.State) {
	now := time.Now()
	switch {
	case g.quiet:
	case g.terminal:
		line := g.bar(s, now)
		fmt.Fprintf(g.to, "\r%s%s", line, strings.Repeat(" ", max(0, g.width-len(line))))
		g.width = len(line)
	case now.Sub(g.last) >= progressEvery:
		g.last = now
		share, until := g.plan.Progress(s)
		fmt.Fprintf(g.to, "%d rows, up to %s, %d %% of the time covered\n", s.Rows, until.Format(time.RFC3339), int(100*share))
	}
}

// bar is about as long as a line of a terminal.
func (g *progress) bar(s export.State, now time.Time) string {
	share, _ := g.plan.Progress(s)
	done := int(share * barWidth)
	line := fmt.Sprintf("[%s%s] %3d %%  %d rows", strings.Repeat("#", done), strings.Repeat(".", barWidth-done), int(100*share), s.Rows)
	took := now.Sub(g.began)
	if took >= time.Second {
		line += fmt.Sprintf("  %d rows/s", int(float64(s.Rows-g.rows)/took.Seconds()))
		if gained := share - g.share; gained > 0 && !s.Ended {
			line += "  about " + time.Duration(float64(took)*(1-share)/gained).Round(time.Second).String() + " left"
		}
	}
	return line
}

// end leaves the bar's line.
func (g *progress) end() {
	if g.width > 0 {
		fmt.Fprintln(g.to)
	}
}
