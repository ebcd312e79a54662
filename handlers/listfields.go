package handlers

import "trustlyportal/search"

// listFields are the fields of its rows that a list's page is made of: those of its columns, and what a cell says besides.
// The rest of the answer is not decoded, and empty in its rows; TestAListsFieldsAreEnough finds what is forgotten here.
func listFields(view search.View) []string {
	paths := make([]string, 0, 2*len(view.Columns))
	for _, column := range view.Columns {
		paths = append(paths, column.Paths...)
		if column.Name == "status" {
			paths = append(paths, "statusMessage") // of a code that is in no table
		}
	}
	return paths
}
