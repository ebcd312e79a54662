// Package views draws the portal's pages: each page is a function of one struct.
//
// A struct arrives complete. Every text in it is ready to be read (formatted,
// translated from codes, in the view's zone, masked where the reader may not see
// it), every href is built. A view asks no clock, no session and no
// configuration, so a golden file says all there is to say about it.
package views

// Frame is what surrounds every page: the header with the one box, the notices
// and the footer.
type Frame struct {
	Title       string   // of the tab and the history, without the portal's name
	Environment string   // badge beside the name: "DEMO", "SANDBOX", "PRODUCTION"; "" draws none
	User        User     // zero: nobody is signed in, so no box, no menu
	Nav         []Link   // the header's links, the current one marked
	Query       string   // what stands in the one box
	Theme       Theme    // "" follows the reader's system
	Density     Density  // of tables
	Notices     []Notice // said once, above the page
	LeadTo      string   // address that the browser goes on to at once; "" to stay
	Refresh     int      // seconds after which a browser without JavaScript asks for the page again; 0 never
	Dictionary  string   // address of what browsers unpack pages with; "" for none
	RequestID   string   // shown on error pages, for the operator's log
}

// User is who is signed in, as the header shows it.
type User struct {
	Email string
	Role  string // a word: "support", "finance", "admin"
}

// Theme is the reader's choice of colours.
type Theme string

// The themes; ThemeSystem follows prefers-color-scheme.
const (
	ThemeSystem Theme = ""
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Density is how close the rows of tables stand.
type Density string

// The densities; DensityRoomy is the usual one.
const (
	DensityRoomy   Density = ""
	DensityCompact Density = "compact"
)

// Link is a text that leads somewhere.
type Link struct {
	Label   string
	Href    string
	Current bool // drawn as the present choice, with aria-current
}

// Tone colours a status or a notice. The word beside it says the same: colour is
// never the only carrier.
type Tone string

// The tones, each with a mark of its own shape.
const (
	ToneNeutral Tone = ""     // nothing to say: ring
	ToneInfo    Tone = "info" // on its way, agreed: half disc
	ToneGood    Tone = "good" // done: tick
	ToneWarn    Tone = "warn" // waits for something: clock
	ToneBad     Tone = "bad"  // failed, returned, reversed: cross
)

// Status is a state in a word, with its tone and, on hover and in detail, its meaning.
type Status struct {
	Word    string
	Tone    Tone
	Meaning string // one sentence, may be ""
}

// Notice is a sentence above the page, such as "Preferences saved".
type Notice struct {
	Tone Tone
	Text string
}
