package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// grown is what a portal held at a moment.
type grown struct {
	at         time.Duration // since it started
	memory     float64       // MB, resident
	goroutines float64
}

// watched is a portal's process and what it held, second by second.
type watched struct {
	*process
	name    string
	metrics string
	began   time.Time
	held    []grown
}

func (p *watched) look(client *http.Client) {
	res, err := client.Get("http://" + p.metrics + "/metrics")
	if err != nil {
		return // it was killed
	}
	defer res.Body.Close()
	held := grown{at: time.Since(p.began), memory: float64(p.resident()) / 1e6}
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "go_goroutines "); ok {
			held.goroutines, _ = strconv.ParseFloat(text, 64)
		}
	}
	if held.goroutines > 0 {
		p.held = append(p.held, held)
	}
}

// watchPortals looks at all that run until the context ends.
func (l *load) watchPortals(ctx context.Context) {
	client := &http.Client{Timeout: 5 * time.Second}
	for ctx.Err() == nil {
		l.mu.Lock()
		running := append([]*watched(nil), l.running...)
		l.mu.Unlock()
		for _, p := range running {
			p.look(client)
		}
		time.Sleep(max(l.lasting/600, 200*time.Millisecond))
	}
}

// enoughMinutes is how long a portal has to be watched before it can be said to grow.
const enoughMinutes = 2

// slope is how much a figure grew in a minute, by the straight line that fits best.
func slope(held []grown, figure func(grown) float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for _, h := range held {
		x, y := h.at.Minutes(), figure(h)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if d := n*sxx - sx*sx; d != 0 {
		return (n*sxy - sx*sy) / d
	}
	return 0
}

// printGrowth writes what each portal held after it had warmed up, and fails the test if it went on growing.
func (l *load) printGrowth(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "portal\theld\tat first\tat last\tat most\ta minute\tafter warming up")
	for _, p := range append(l.gone, l.running...) {
		held := p.held
		for len(held) > 0 && held[0].at < l.lasting/6 {
			held = held[1:]
		}
		if len(held) < 10 {
			continue
		}
		span := (held[len(held)-1].at - held[0].at).Minutes()
		for _, what := range []struct {
			name, unit string
			figure     func(grown) float64
			slack      float64 // what comes and goes
		}{
			{"memory", " MB", func(g grown) float64 { return g.memory }, 15},
			{"goroutines", "", func(g grown) float64 { return g.goroutines }, 60},
		} {
			grows, most, sum := slope(held, what.figure), 0.0, 0.0
			for _, h := range held {
				most, sum = max(most, what.figure(h)), sum+what.figure(h)
			}
			mean := sum / float64(len(held))
			verdict := "flat"
			switch {
			case span < enoughMinutes:
				verdict = "too short to tell,"
			case grows*span > what.slack+mean*0.2:
				verdict = "GROWS"
				l.Errorf("%s of %s: got %.1f%s more in %.1f minutes, want it flat", what.name, p.name, grows*span, what.unit, span)
			}
			fmt.Fprintf(table, "%s\t%s\t%.0f%s\t%.0f\t%.0f\t%+.2f\t%s for %.1f minutes\n", p.name, what.name,
				what.figure(held[0]), what.unit, what.figure(held[len(held)-1]), most, grows, verdict, span)
		}
	}
	_ = table.Flush()
}
