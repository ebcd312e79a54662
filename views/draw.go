package views

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"trustlyportal/search"
)

// htmxConfig: no style sheet made by script, a limit somewhat longer than the
// server's own, and no extension but those we ship (none).
const htmxConfig = `{"includeIndicatorCSS":false,"defaultTimeout":45000,"extensions":"none"}`

const portalName = "Trustly Portal"

func (f Frame) title() string {
	if f.Title == "" {
		return portalName
	}
	return f.Title + " – " + portalName
}

func toneIcon(t Tone) string {
	switch t {
	case ToneGood:
		return "circle-check"
	case ToneBad:
		return "circle-x"
	case ToneWarn:
		return "clock"
	case ToneInfo:
		return "circle-half-2"
	}
	return "circle"
}

func toneClass(t Tone) string {
	switch t {
	case ToneGood, ToneBad, ToneWarn, ToneInfo:
		return "tone-" + string(t)
	}
	return "tone-none"
}

func environmentClass(env string) string {
	switch strings.ToUpper(env) {
	case "PRODUCTION":
		return "tone-bad"
	case "DEMO":
		return "tone-info"
	}
	return "tone-warn"
}

// controlID is the id of the control that asks for a parameter.
func controlID(name string) string { return "f-" + name }

// anchor is where a link to the control leads: into the list of a check list, so
// that browsers unfold it without scripts.
func anchor(name string) string {
	if f, ok := search.Lookup(name); ok && f.Kind == search.KindCode && f.Repeat {
		return controlID(name) + "-list"
	}
	return controlID(name)
}

func errorID(name string) string { return "e-" + name }

func hintID(name string) string { return "h-" + name }

func count(n int) string { return strconv.Itoa(n) }

// safe is for hx-get what templ does to an href by itself: htmx runs
// "javascript:" too.
func safe(href string) string { return string(templ.URL(href)) }
