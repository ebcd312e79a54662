package views

// KeptFormPage is the answer to a form that came after its sign-in was over.
type KeptFormPage struct {
	Frame     Frame
	Action    string // where the form goes, once more
	Fields    []FormField
	LoginHref string
}
