package views

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/search"
)

// A form that another reader filled in leaves nothing behind for the next.
func TestFormsAreEachReadersOwn(t *testing.T) {
	empty := FilterGroups(nil, nil)
	everything := url.Values{}
	var errs []FormError
	for _, f := range search.Filters() {
		everything[f.Name] = []string{"word of " + f.Name}
		errs = append(errs, FormError{Name: f.Name, Message: "is refused"})
	}
	form := func(groups []FilterGroup) string {
		return rendering(t, filterForm(ListPage{Form: FilterForm{Groups: groups, Zone: "UTC", Count: 25}}))
	}
	first := form(empty)
	filled := form(FilterGroups(everything, errs))
	for _, g := range empty {
		for _, c := range g.Controls {
			for _, name := range []string{c.Values.Name, c.End.Name} {
				if name != "" && c.Kind != ControlBool && !strings.Contains(filled, "word of "+name) {
					t.Errorf("got a form without what was sent for %s", name)
				}
			}
		}
	}
	if !strings.Contains(filled, "is refused") {
		t.Error("got a form without the errors")
	}
	if diff := cmp.Diff(first, form(FilterGroups(nil, nil))); diff != "" {
		t.Errorf("the next reader's form has changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(empty, FilterGroups(nil, nil)); diff != "" {
		t.Errorf("the next reader's controls have changed (-want +got):\n%s", diff)
	}
}

// What is kept of a control serves the same control only, though another has its name.
func TestControlsOfOneName(t *testing.T) {
	one := Control{Kind: ControlSelect, Label: "One", Values: Value{Name: "n"}, Choices: []Choice{{Value: "1", Label: "First"}}}
	other := one
	other.Choices = []Choice{{Value: "1", Label: "Second"}}
	for _, c := range []Control{one, one, other, one, {Label: "Text", Values: Value{Name: "n"}}, one} {
		if got, want := rendering(t, controlOf(c)), rendering(t, control(c)); got != want {
			t.Errorf("%s: got %s, want %s", c.Label, got, want)
		}
	}
}
