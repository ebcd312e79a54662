package views

// RevealPage is the answer to POST /transactions/{id}/reveal: [Revealed] draws a
// page of its own, [RevealedValue] what takes the place of the masked value.
type RevealPage struct {
	Frame    Frame
	Label    string // "Tax ID"
	ID       string // of the transaction
	BackHref string // its page
	Value    string // in clear; "" when it is not shown
	Problem  string // why it is not shown
	Seconds  int    // until it is hidden again
}
