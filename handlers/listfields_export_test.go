package handlers

import "trustlyportal/search"

// ListFields are the fields that a list's page reads.
func ListFields(view search.View) []string { return listFields(view) }
