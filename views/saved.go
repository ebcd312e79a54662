package views

import "strings"

// Bookmarks are the ways to keep and send the view that a list shows, in the
// menus at its head.
type Bookmarks struct {
	Kept bool // those that stand in the browser are this view's: htmx keeps them, and nothing else is needed

	Query   string // of the view, for the forms
	SavedAs string // the name of the reader's saved view that this is; "" when it is none

	SavedShared bool // which is shared

	Live     Bookmark
	Frozen   Bookmark // URL "" when the view does not move with the clock
	Personal string   // what of personal data the links show: "Customer name, IP address"
	Private  bool     // personal values are kept in a private link
	OnlyYou  bool     // which opens for this reader alone

	Views     []Link // the first saved views
	MoreViews int    // how many more there are
}

// Bookmark is a link to copy, with what it will show.
type Bookmark struct {
	URL      string // absolute
	Sentence string
}

// MadeLink is a private link just made. [PrivateLinkMade] is the fragment for htmx.
type MadeLink struct {
	URL     string // absolute, to copy
	Href    string // to open
	OnlyYou bool
}

// ViewsPage is GET /views.
type ViewsPage struct {
	Frame    Frame
	Mine     []SavedView
	Others   []SavedView // shared by others
	Links    []PrivateLink
	Most     int // saved views that one person may have
	IdleDays int // after so many days without use a private link ends

	Import  ImportForm
	Renamed *Renamed // a refused new name
}

// SavedView is one row.
type SavedView struct {
	ID       string
	Name     string
	Href     string // "/views/ID"
	Sentence string
	Error    string // why it can't be read any more; Sentence is "" then
	Shared   bool
	Owner    string
	Personal string // what of personal data it holds
	Default  bool   // where the reader starts
	Used     string
	UsedUTC  string
	May      bool   // the reader may change it
	Token    string // address of the form for an access token to it; "" if the reader may make none
	Rename   Value  // what stands in the control for the name
}

// Renamed is a new name that was refused.
type Renamed struct{ ID, Text, Error string }

// PrivateLink is one row of the reader's private links.
type PrivateLink struct {
	Token    string
	Sentence string
	Error    string
	Href     string
	URL      string // absolute
	OnlyYou  bool
	Made     string
	MadeUTC  string
	Uses     int
	Used     string
	UsedUTC  string
}

// ImportForm is the form for a YAML file, with what was wrong in the last one.
type ImportForm struct {
	Text   string
	Errors []ImportError
}

// ImportError is one thing wrong in a file.
type ImportError struct {
	Line int // 0 for the file as a whole
	Name string
	Text string
}

// SaveViewPage is POST /views refused: the form filled in again.
type SaveViewPage struct {
	Frame    Frame
	Name     Value
	Taken    bool // the reader has a view of this name, which could be replaced
	Shared   bool
	Query    string
	Sentence string
	Personal string
	BackHref string
}

func who(onlyYou bool) string {
	if onlyYou {
		return "Only you"
	}
	return "Everyone who may see transactions"
}

func openTo(shared bool) string {
	if shared {
		return "Team"
	}
	return "Only you"
}

func timesOf(n int) string {
	if n == 1 {
		return "Once"
	}
	return count(n) + " times"
}

func savedLabel(own bool) string {
	if own {
		return "Open to"
	}
	return "Owner"
}

// lower is a label within a sentence.
func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// importExample shows the form of a file.
const importExample = `version: 1
views:
  - name: Failed yesterday
    shared: true
    query: transactionStatus=5&createdAt.start=now-1d/d&createdAt.end=now-1d/d&tz=America/New_York`
