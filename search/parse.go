package search

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"trustlyportal/trustlyclient"
)

// FieldError says what is wrong with one parameter of a URL, in words for the
// person who wrote it. Name is empty when the query as a whole can't be read.
type FieldError struct {
	Name    string
	Label   string
	Value   string // as it came
	Message string // completes "Label …": "is not an amount: write 12.50"
}

// Bounds on one URL. What is longer was not made by a person or by a form of ours.
const (
	maxQueryLength = 16 << 10 // bytes; a canonical URL has to pass through proxies
	maxTextLength  = 200      // characters; the longest names seen
	maxIDLength    = 100      // characters; transaction ids have up to 15, tokens more
	maxRepeats     = 50       // values of one repeatable filter
)

// Parse reads a list URL's query string. It refuses to guess: an unknown name
// or a malformed value is an error of its own, and with any error the View is
// only good for filling the form in again. Relative times are judged at now.
//
// A private link is refused: only [ParseWith] can open it.
func Parse(rawQuery string, now time.Time) (View, []FieldError) {
	return parse(nil, rawQuery, now)
}

func parse(open Opener, rawQuery string, now time.Time) (View, []FieldError) {
	if len(rawQuery) > maxQueryLength {
		return emptyView(), []FieldError{{Message: fmt.Sprintf("The address is longer than %d characters.", maxQueryLength)}}
	}
	q, err := url.ParseQuery(rawQuery)
	if err != nil {
		return emptyView(), []FieldError{{Message: "The address can't be read: a % is not followed by two hexadecimal digits, or a semicolon stands between parameters."}}
	}
	private, refused := openKept(open, q)
	delete(q, NamePrivate)
	v, errs := read(q, private)
	if refused != nil {
		errs = append(errs, *refused)
	}
	return v, append(errs, v.emptyRanges(now)...)
}

func emptyView() View {
	v, _ := read(nil, kept{})
	return v
}

// read checks each value against the catalogue, those of a private link too.
func read(q url.Values, private kept) (View, []FieldError) {
	private, q = private.join(q)
	v := View{
		kept: private,
		Zone: time.UTC, Count: DefaultCount,
		OrderBy: trustlyclient.ByCreated, SortOrder: trustlyclient.Descending,
		Columns: DefaultColumns(),
	}
	var errs []FieldError
	for i := range catalogue {
		f := &catalogue[i]
		if len(q[f.Name]) == 0 {
			continue
		}
		values, bad := readValues(f, q[f.Name])
		if len(bad) > 0 {
			errs = append(errs, bad...)
			continue
		}
		for _, value := range values {
			if err := v.take(f, value); err != nil {
				errs = append(errs, FieldError{f.Name, f.Label, value, err.Error()})
			}
		}
		v.spell(i)
	}
	if text := private.String(); text != "" {
		place := byName[NamePrivate]
		v.keep(&catalogue[place], text)
		v.spell(place)
	}
	return v, append(errs, unknownNames(q)...)
}

// readValues trims, drops what is empty or said twice, and checks the number.
func readValues(f *Filter, raw []string) ([]string, []FieldError) {
	if f.Name == NameColumns && len(raw) > 1 { // a form sends one box at a time
		raw = []string{strings.Join(raw, ",")}
	}
	var values []string
	for _, value := range raw {
		if !utf8.ValidString(value) || strings.ContainsFunc(value, unprintable) {
			return nil, []FieldError{{f.Name, f.Label, strings.ToValidUTF8(value, "\uFFFD"), "holds characters that can't be typed: type it again instead of pasting"}}
		}
		value = strings.TrimSpace(value)
		if value != "" && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	switch {
	case !f.Repeat && len(values) > 1:
		return nil, []FieldError{{f.Name, f.Label, strings.Join(values, ", "), "can be given once only"}}
	case len(values) > maxRepeats:
		return nil, []FieldError{{f.Name, f.Label, "", fmt.Sprintf("has more than %d values", maxRepeats)}}
	}
	return values, nil
}

func unprintable(r rune) bool { return unicode.IsControl(r) }

// byCode sorts numbers by value, before anything else.
func byCode(a, b string) int {
	if len(a) != len(b) && isDigits(a) && isDigits(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

var (
	amountPattern = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,2})?$`)
	codePattern   = regexp.MustCompile(`^(-1|0|[1-9][0-9]{0,4})$`)
	numberPattern = regexp.MustCompile(`^[0-9A-Za-z-]{1,40}$`)
	zonePattern   = regexp.MustCompile(`^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$`)
)

// take checks one value and keeps it. Its error completes "Label …".
func (v *View) take(f *Filter, value string) error {
	switch f.Kind {
	case KindCode:
		if !codePattern.MatchString(value) {
			return fmt.Errorf("is not a code: write its number%s", codeHint(*f, value))
		}
	case KindAmount:
		if !amountPattern.MatchString(value) {
			return fmt.Errorf("is not an amount: write 12.50, with a point and without thousands marks")
		}
	case KindBool:
		if value != "true" && value != "false" {
			return fmt.Errorf("is neither true nor false")
		}
	case KindIP:
		if _, err := netip.ParseAddr(value); err != nil {
			return fmt.Errorf("is not an IP address: write 203.0.113.7 or 2001:db8::1")
		}
	case KindNumber:
		if !numberPattern.MatchString(value) {
			return fmt.Errorf("is not a bank number: write up to 40 digits, without spaces")
		}
	case KindID:
		if utf8.RuneCountInString(value) > maxIDLength || strings.ContainsFunc(value, unicode.IsSpace) {
			return fmt.Errorf("is not an identifier: write up to %d characters without spaces", maxIDLength)
		}
	case KindText:
		if utf8.RuneCountInString(value) > maxTextLength {
			return fmt.Errorf("is longer than %d characters", maxTextLength)
		}
	case KindTime:
		m, err := ParseMoment(value)
		if err != nil {
			return err
		}
		v.keep(f, m.String()).moment = &m
		return nil
	case KindView:
		return v.takeShown(f, value)
	}
	v.keep(f, value)
	return nil
}

// codeHint names the code that the person may have meant.
func codeHint(f Filter, value string) string {
	for _, m := range trustlyclient.Codes(f.Codes) {
		if strings.EqualFold(strings.ReplaceAll(m.Name, " ", ""), strings.ReplaceAll(value, " ", "")) {
			return fmt.Sprintf(", %s for %s", m.Code, m.Name)
		}
	}
	return ""
}

// takeShown reads what says how the list is shown. Defaults leave no trace in
// the canonical URL, but for the zone: the form always writes it.
func (v *View) takeShown(f *Filter, value string) error {
	keep := func(text string, isDefault bool) {
		if !isDefault {
			v.keep(f, text)
		}
	}
	switch f.Name {
	case NameZone:
		zone, err := LoadZone(value)
		if err != nil {
			return err
		}
		v.Zone = zone
		keep(value, false)
	case NameOrderBy:
		order := trustlyclient.OrderBy(value)
		if order != trustlyclient.ByCreated && order != trustlyclient.ByUpdated {
			return fmt.Errorf("is neither createdAt nor updatedAt, the two that the API can sort by")
		}
		v.OrderBy = order
		keep(value, v.OrderBy == trustlyclient.ByCreated)
	case NameSortOrder:
		order := trustlyclient.SortOrder(value)
		if order != trustlyclient.Ascending && order != trustlyclient.Descending {
			return fmt.Errorf("is neither asc nor desc")
		}
		v.SortOrder = order
		keep(value, v.SortOrder == trustlyclient.Descending)
	case NameCount:
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > MaxCount {
			return fmt.Errorf("is not a number from 1 to %d", MaxCount)
		}
		v.Count = n
		keep(strconv.Itoa(n), n == DefaultCount)
	case NameStartIndex:
		if value != "0" {
			return fmt.Errorf("can only be 0: rows arrive and change while you read, so the portal pages by time; follow Older instead")
		}
	case NameColumns:
		return v.takeColumns(f, value)
	case NameAsOf:
		m, err := ParseMoment(value)
		if err != nil {
			return err
		}
		if m.kind != kindInstant {
			return fmt.Errorf("is not an instant: write Unix milliseconds or a date and time with its offset")
		}
		v.AsOf = m.at
		keep(formatMillis(m.at), false)
	case NameBOM:
		if value != "1" {
			return fmt.Errorf("can only be 1: leave it out for a file without the mark")
		}
		keep(value, false)
	case NameAfter:
		c, err := ParseCursor(value)
		if err != nil {
			return err
		}
		v.After = c
		keep(c.String(), false)
	}
	return nil
}

func (v *View) takeColumns(f *Filter, value string) error {
	names := []string{"transactionId"}
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		if name == allColumns {
			v.Columns = columns
			v.keep(f, allColumns)
			return nil
		}
		if _, ok := columnByName[name]; !ok {
			return fmt.Errorf("names the column “%s”, which does not exist: the names are on the filters help page", Isolate(name))
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	v.Columns = named(names)
	if !slices.Equal(names, defaultNames) {
		v.keep(f, strings.Join(names, ","))
	}
	return nil
}

// zones keeps the zones met, which are as many as there are names: reading one
// takes longer than drawing a row, and a page asks a hundred times.
var zones sync.Map

// LoadZone loads a zone by its Area/City name. Its error completes "tz …".
func LoadZone(name string) (*time.Location, error) {
	if zone, ok := zones.Load(name); ok {
		return zone.(*time.Location), nil
	}
	if zonePattern.MatchString(name) && name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			zones.Store(name, zone)
			return zone, nil
		}
	}
	return nil, fmt.Errorf("is not a time zone: write its Area/City name, for example America/New_York")
}

func unknownNames(q url.Values) []FieldError {
	var errs []FieldError
	for name := range q {
		if _, ok := byName[name]; !ok {
			shown := strings.ToValidUTF8(name, "\uFFFD")
			errs = append(errs, FieldError{Name: shown, Label: shown, Value: strings.ToValidUTF8(strings.Join(q[name], ", "), "\uFFFD"), Message: "is not a filter" + suggestion(name)})
		}
	}
	slices.SortFunc(errs, func(a, b FieldError) int { return strings.Compare(a.Name, b.Name) })
	return errs
}

// suggestion names the filter that an unknown name may have meant: the API's
// filters and its fields are named differently.
func suggestion(name string) string {
	if strings.EqualFold(name, "transactionId") {
		return ": the API has none by transaction ID; open /transactions/ID instead"
	}
	for _, f := range catalogue {
		if strings.EqualFold(f.Name, name) {
			return ": did you mean " + f.Name + "?"
		}
	}
	if f, ok := LookupField(name); ok && f.Filter != "" {
		return ": did you mean " + f.Filter + "?"
	}
	return ": see the filters help page for the names"
}

// emptyRanges finds ranges that end before they start.
func (v View) emptyRanges(now time.Time) []FieldError {
	var errs []FieldError
	for _, p := range v.params {
		f := p.filter()
		low, high, ok := f.Pair()
		if !ok || f.Name != high || !v.Has(low) {
			continue
		}
		if f.Kind == KindTime {
			if !v.moment(low).Start(now, v.Zone).Before(p.moment.End(now, v.Zone)) {
				errs = append(errs, FieldError{f.Name, f.Label, v.Value(high), "ends before it starts"})
			}
			continue
		}
		least, errLow := decimal.NewFromString(v.Value(low))
		most, errHigh := decimal.NewFromString(v.Value(high))
		if errLow == nil && errHigh == nil && most.LessThan(least) {
			errs = append(errs, FieldError{f.Name, f.Label, v.Value(high), "is less than the smallest amount, " + v.Value(low)})
		}
	}
	return errs
}
