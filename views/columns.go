package views

// ColumnsPage is GET /transactions/columns. [Columns] draws the whole page, [ColumnsPanel] what a dialog shows over the
// list; both from the same struct.
type ColumnsPage struct {
	Frame Frame

	BackHref  string // the list as it is
	BackLabel string // its sentence

	Chosen []Choice      // in order, without the transaction's ID, which is always first
	Groups []ColumnGroup // every column there is; those chosen are On, Meaning is the label within the group
	Hidden []Parameter   // the list's other parameters, sent along unchanged

	DefaultHref string // the list with the portal's own columns
	AllHref     string // with every column
	Own         bool   // this browser has columns of its own
}

// ColumnGroup is a set of columns under one label.
type ColumnGroup struct {
	Label   string
	Choices []Choice
}
