package handlers

import (
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/views"
)

// auditView is what an address of the audit asks for.
type auditView struct {
	filter audit.Filter
	values []auditValue // as they were written
	zone   *time.Location
}

type auditValue struct{ name, text string }

// auditFilter is one parameter that narrows the audit.
type auditFilter struct {
	name, label string
	plain       bool // stands in the audit as it was written; a hash does not, or looking for it would be found by it
	// read puts a value into the filter or says what is wrong with it, which completes "User …".
	read func(f *audit.Filter, text string, now time.Time, zone *time.Location) string
}

// auditFilters are the parameters that narrow the audit, in the order of its addresses.
var auditFilters = []auditFilter{
	{"user", "User", false, func(f *audit.Filter, text string, _ time.Time, _ *time.Location) string {
		f.User = auth.NormalizeEmail(text)
		return ""
	}},
	{"action", "Act", true, func(f *audit.Filter, text string, _ time.Time, _ *time.Location) string {
		f.Action = audit.Action(text)
		if !slices.Contains(audit.Actions(), f.Action) {
			return "is none that is recorded: choose one of the list"
		}
		return ""
	}},
	{"result", "Result", true, func(f *audit.Filter, text string, _ time.Time, _ *time.Location) string {
		f.Result = audit.Result(text)
		if f.Result != audit.Allowed && f.Result != audit.Refused {
			return "is allowed or refused"
		}
		return ""
	}},
	{"object", "Object", false, func(f *audit.Filter, text string, _ time.Time, _ *time.Location) string {
		f.Object = text
		return ""
	}},
	{"address", "Address", false, func(f *audit.Filter, text string, _ time.Time, _ *time.Location) string {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return "is no internet address, such as 203.0.113.7"
		}
		f.Address = address.String()
		return ""
	}},
	{"from", "From", true, func(f *audit.Filter, text string, now time.Time, zone *time.Location) string {
		m, err := search.ParseMoment(text)
		if err != nil {
			return err.Error()
		}
		f.From = m.Start(now, zone)
		return ""
	}},
	{"to", "To", true, func(f *audit.Filter, text string, now time.Time, zone *time.Location) string {
		m, err := search.ParseMoment(text)
		if err != nil {
			return err.Error()
		}
		f.To = m.End(now, zone)
		if !f.From.IsZero() && !f.From.Before(f.To) {
			return "is not after the start"
		}
		return ""
	}},
	{"holds", "Looked for", false, func(f *audit.Filter, text string, _ time.Time, _ *time.Location) string {
		if !audit.IsHash(text) {
			return "is no hash of the audit"
		}
		f.Holds = append(f.Holds, text)
		return ""
	}},
}

// readAuditView is what the request's address says, or what is wrong with it. Times are read in the address's zone, else
// in this browser's.
func (w *web) readAuditView(c echo.Context) (auditView, []views.FormError) {
	q := c.QueryParams()
	errs := unknownToAudit(q)
	written := q.Get(search.NameZone)
	zone, err := search.LoadZone(written)
	if err != nil && written != "" {
		errs = append(errs, views.FormError{Name: search.NameZone, Label: "Time zone", Value: written, Message: "is not known: write Area/City, such as Europe/Berlin"})
	}
	if err != nil || written == "" {
		if zone, err = search.LoadZone(w.zoneOf(c)); err != nil {
			zone = time.UTC
		}
	}
	asked := auditView{zone: zone}
	for _, f := range auditFilters {
		for _, text := range q[f.name] {
			text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
			if text == "" {
				continue
			}
			if f.name != "holds" && asked.text(f.name) != "" {
				errs = append(errs, views.FormError{Name: f.name, Label: f.label, Value: text, Message: "is a second value: leave one of them out"})
				continue
			}
			asked.values = append(asked.values, auditValue{f.name, text})
			if problem := f.read(&asked.filter, text, w.Now(), zone); problem != "" {
				errs = append(errs, views.FormError{Name: f.name, Label: f.label, Value: text, Message: problem})
			}
		}
	}
	return asked, errs
}

// unknownToAudit are the parameters that the audit has no filter for. Who misspells one must not take everything for
// what was asked for.
func unknownToAudit(q url.Values) []views.FormError {
	var errs []views.FormError
	for _, name := range slices.Sorted(maps.Keys(q)) {
		known := slices.ContainsFunc(auditFilters, func(f auditFilter) bool { return f.name == name })
		if !known && !slices.Contains([]string{search.NameZone, "before", "verify"}, name) {
			errs = append(errs, views.FormError{Name: "unknown", Label: "Address of the page", Value: strings.ToValidUTF8(name, "\uFFFD"), Message: "is no filter of the audit"})
		}
	}
	return errs
}

// text is a filter's value as it was written.
func (a auditView) text(name string) string {
	for _, v := range a.values {
		if v.name == name {
			return v.text
		}
	}
	return ""
}

// href is path with the filters, from a record on if before is not 0.
func (a auditView) href(path string, before int64) string {
	q := url.Values{}
	for _, v := range a.values {
		q.Add(v.name, v.text)
	}
	if len(a.values) == 0 {
		for _, hash := range a.filter.Holds {
			q.Add("holds", hash)
		}
	}
	if !a.filter.From.IsZero() || !a.filter.To.IsZero() {
		q.Set(search.NameZone, a.zone.String())
	}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// recorded says how the audit was read, and by which filters: what was typed into them is hashed.
func (a auditView) recorded(how string, hash func(string) string) string {
	parts := []string{how}
	for _, v := range a.values {
		i := slices.IndexFunc(auditFilters, func(f auditFilter) bool { return f.name == v.name })
		text := hash(v.text)
		if auditFilters[i].plain {
			text = v.text
		}
		parts = append(parts, v.name+"="+text)
	}
	return strings.Join(parts, " ")
}
