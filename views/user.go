package views

import "github.com/a-h/templ"

// mayChange reports whether the role and the access can be changed by the reader.
func (p UserPage) mayChange() bool { return !p.You && !p.LastAdmin }

// action is the address of one of the page's forms.
func (p UserPage) action(word string) templ.SafeURL { return templ.URL(p.Action + "/" + word) }
