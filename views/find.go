package views

// FindPage is GET /find?q= when the text can be read in several ways or in none.
type FindPage struct {
	Frame    Frame // Frame.Query is the text
	Message  string
	Readings []Reading
}

// Reading is one way to read what was pasted.
type Reading struct {
	Label       string // "Merchant reference"
	Href        string
	Description string
}

func (p FindPage) heading() string {
	if p.Frame.Query == "" {
		return "Find a transaction"
	}
	return "Find “" + p.Frame.Query + "”"
}
