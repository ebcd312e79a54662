package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// figure is one row of the table.
type figure struct {
	name  string
	value float64
	unit  string  // "" for a ratio, of which two decimals are shown
	least float64 // what it is held against: at least, or at most; 0 for neither
	most  float64
	from  string // what it was made of
}

func (f figure) missed() bool {
	return f.least > 0 && f.value < f.least || f.most > 0 && f.value > f.most
}

// number has as many decimals as are worth reading.
func (f figure) number(v float64) string {
	switch {
	case v >= 1000:
		text := fmt.Sprintf("%.0f", v)
		for i := len(text) - 3; i > 0; i -= 3 {
			text = text[:i] + "," + text[i:]
		}
		return strings.TrimSpace(text + " " + f.unit)
	case v >= 100:
		return strings.TrimSpace(fmt.Sprintf("%.0f %s", v, f.unit))
	}
	return strings.TrimSpace(fmt.Sprintf("%.2f %s", v, f.unit))
}

func (f figure) cells() []string {
	limit, verdict := "", ""
	switch {
	case f.least > 0:
		limit, verdict = "at least "+f.number(f.least), "met"
	case f.most > 0:
		limit, verdict = "at most "+f.number(f.most), "met"
	}
	if f.missed() {
		verdict = "MISSED"
	}
	return []string{f.name, f.number(f.value), limit, verdict, f.from}
}

// printFigures writes the table, aligned or as Markdown, and says how many limits were missed.
func printFigures(w io.Writer, figures []figure, markdown bool) (missed int) {
	head := []string{"figure", "measured", "limit", "", "from"}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(cells []string) { fmt.Fprintln(table, strings.Join(cells, "\t")) }
	if markdown {
		row = func(cells []string) { fmt.Fprintln(w, "| "+strings.Join(cells, " | ")+" |") }
	}
	row(head)
	if markdown {
		row([]string{"---", "--:", "--:", "---", "---"})
	}
	held := 0
	for _, f := range figures {
		row(f.cells())
		if f.least > 0 || f.most > 0 {
			held++
		}
		if f.missed() {
			missed++
		}
	}
	_ = table.Flush()
	if missed > 0 {
		fmt.Fprintf(w, "\n%d of %d limits MISSED.\n", missed, held)
	} else {
		fmt.Fprintf(w, "\nAll %d limits are met.\n", held)
	}
	return missed
}
