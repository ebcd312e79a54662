package search

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A private link keeps the values of filters that are personal data out of the
// URL: private=TOKEN stands for them, and whoever keeps the tokens says what for
// and to whom. They count like any other value, for the query, the chips and the
// sentence. No URL, no form and no title made from the view holds them.
//
// A filter that the URL names itself counts instead of the kept one. What a
// reader takes away or replaces is noted behind the token, so that it doesn't
// come back: private=TOKEN~ipAddr is everything the token stands for but the IP
// address.

// Opener gives the parameters that a private link's token stands for. Its error
// is told to the reader: it completes "Private link …".
type Opener func(token string) (url.Values, error)

// ParseWith is [Parse] for readers who may have private links.
func ParseWith(open Opener, rawQuery string, now time.Time) (View, []FieldError) {
	return parse(open, rawQuery, now)
}

// kept is the private part of a view.
type kept struct {
	token   string
	values  url.Values      // all that the token stands for
	dropped map[string]bool // what of it this view leaves out
}

const privateLabel = "Private link"

var tokenPattern = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// openKept reads the private parameter, of which the URL has one at most.
func openKept(open Opener, q url.Values) (kept, *FieldError) {
	given := slices.DeleteFunc(slices.Clone(q[NamePrivate]), func(s string) bool { return strings.TrimSpace(s) == "" })
	refuse := func(err error) (kept, *FieldError) {
		return kept{}, &FieldError{Name: NamePrivate, Label: privateLabel, Message: err.Error()}
	}
	switch {
	case len(given) == 0:
		return kept{}, nil
	case len(given) > 1:
		return refuse(errors.New("can be given once only"))
	}
	parts := strings.Split(strings.TrimSpace(given[0]), "~")
	if !tokenPattern.MatchString(parts[0]) {
		return refuse(errors.New("can't be read: copy the whole link again"))
	}
	if open == nil {
		return refuse(errors.New("can't be opened here"))
	}
	values, err := open(parts[0])
	if err != nil {
		return refuse(err)
	}
	k := kept{token: parts[0], values: values, dropped: map[string]bool{}}
	for _, name := range parts[1:] {
		if f, ok := Lookup(name); !ok || !f.Personal {
			return refuse(fmt.Errorf("leaves out “%s”, which is no filter it could keep", Isolate(strings.ToValidUTF8(name, "\uFFFD"))))
		}
		k.dropped[name] = true
	}
	return k, nil
}

// join puts the kept values beside those of the URL, which come first. It
// changes neither.
func (k kept) join(q url.Values) (kept, url.Values) {
	if k.token == "" {
		return k, q
	}
	q, k.dropped = maps.Clone(q), maps.Clone(k.dropped)
	if q == nil {
		q = url.Values{}
	}
	for name, values := range k.values {
		own := slices.ContainsFunc(q[name], func(s string) bool { return strings.TrimSpace(s) != "" })
		if own {
			k.dropped[name] = true
		}
		if !k.dropped[name] {
			q[name] = values
		}
	}
	return k, q
}

// holds reports whether the value of a filter in force is a kept one.
func (k kept) holds(name string) bool { return len(k.values[name]) > 0 && !k.dropped[name] }

// without returns the private part without one more filter.
func (k kept) without(name string) kept {
	k.dropped = maps.Clone(k.dropped)
	k.dropped[name] = true
	return k
}

func (k kept) inForce() bool {
	for name := range k.values {
		if k.holds(name) {
			return true
		}
	}
	return false
}

// String is the private parameter in its one spelling; "" when nothing of what
// was kept is left in the view.
func (k kept) String() string {
	if !k.inForce() {
		return ""
	}
	parts := []string{k.token}
	for _, f := range catalogue {
		if len(k.values[f.Name]) > 0 && k.dropped[f.Name] {
			parts = append(parts, f.Name)
		}
	}
	return strings.Join(parts, "~")
}

// Kept reports whether a private link keeps the filter's value. It may be shown
// to the reader, but stands in no URL.
func (v View) Kept(name string) bool { return v.kept.holds(name) }

// KeptValues are the values of the filters that a private link keeps for this
// view, and an empty one for each that the view leaves out. With an Opener that
// gives them, [ParseWith] makes this view of what Encode writes, also when the
// link was revoked. Whoever stores them stores personal data.
func (v View) KeptValues() url.Values {
	values := url.Values{}
	for name, kept := range v.kept.values {
		if v.kept.holds(name) {
			values[name] = kept
		} else if len(kept) > 0 {
			values[name] = []string{""}
		}
	}
	return values
}

// PersonalValues are the values of filters that are personal data, kept or not.
func (v View) PersonalValues() url.Values {
	values := url.Values{}
	for _, p := range v.params {
		if f := p.filter(); f.Personal {
			values[f.Name] = p.values
		}
	}
	return values
}

// Exposed are the labels of the filters whose personal values the view's URL shows.
func (v View) Exposed() []string {
	var labels []string
	for _, p := range v.params {
		if f := p.filter(); f.Personal && !v.Kept(f.Name) {
			labels = append(labels, f.Label)
		}
	}
	return labels
}

// Keep returns the view with all its personal values kept under the token.
func (v View) Keep(token string) View {
	values := v.PersonalValues()
	q := v.named()
	for name := range values {
		delete(q, name)
	}
	delete(q, NamePrivate)
	next, _ := read(q, kept{token: token, values: values, dropped: map[string]bool{}})
	return next
}
