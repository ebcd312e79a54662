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
	if diff := cmp.Diff(empty, FilterGroups(nil, nil), cmp.AllowUnexported(FilterGroup{}, Control{})); diff != "" {
		t.Errorf("the next reader's controls have changed (-want +got):\n%s", diff)
	}
}

// What was drawn when the portal started is what would be drawn now.
func TestDrawnControls(t *testing.T) {
	for _, g := range FilterGroups(nil, nil) {
		for _, c := range g.Controls {
			if want := rendering(t, control(c)); c.drawn == "" || c.drawn != want {
				t.Errorf("%s: got %q, want %q", c.Label, c.drawn, want)
			}
		}
		if want := rendering(t, filterGroup(g)); g.drawn == "" || g.drawn != want {
			t.Errorf("%s: got %q, want %q", g.Label, g.drawn, want)
		}
	}
}
