package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/views"
)

// helpFilters shows GET /help/filters: the permanent contract of the list's URL, made from the catalogue.
func (w *web) helpFilters(c echo.Context) error {
	zone, now := w.zoneOf(c), w.Now()
	base, _ := search.Parse("tz="+zone, now)
	page := views.HelpFiltersPage{Frame: w.frame(c, "Filters and links"), Zone: zone}
	page.Groups = views.HelpGroups(func(name, value string) string {
		filter, _ := search.Lookup(name)
		if filter.Kind == search.KindTime {
			return base.With(name, value).URL("/transactions")
		}
		view, _ := search.Parse("", now)
		return view.With(name, value).URL("/transactions")
	})
	for _, g := range page.Groups {
		for i, f := range g.Filters {
			if f.ExampleURL != "" {
				g.Filters[i].Template = w.absolute("/transactions?" + f.Name + "={value}")
			}
		}
	}
	f := formatter{zone: base.Zone, now: now}
	page.Now = f.full(now)
	page.Times = helpTimes(f)
	for _, l := range helpLinks {
		l.Template = w.absolute(l.Template)
		page.Links = append(page.Links, l)
	}
	live, _ := search.Parse("transactionStatus=5&createdAt.start=now-1M/M&createdAt.end=now-1M/M&tz="+zone, now)
	page.Live, page.Frozen = live.URL("/transactions"), live.Frozen(now).URL("/transactions")
	return w.draw(c, http.StatusOK, views.HelpFilters(page))
}

// helpTimes works the grammar of times out.
func helpTimes(f formatter) []views.HelpTime {
	day := f.now.In(f.zone).Format(time.DateOnly)
	var times []views.HelpTime
	for _, t := range []views.HelpTime{
		{Written: day, Means: "a day: its first instant as a start, the whole day as an end"},
		{Written: day + "T14:30", Means: "that time on the clock of tz; seconds may follow"},
		{Written: day + "T14:30:00Z", Means: "an instant with its own offset, such as Z or -05:00"},
		{Written: "1795098600000", Means: "Unix milliseconds; seconds are refused"},
		{Written: "now", Means: "the moment of the request"},
		{Written: "now-90m", Means: "an hour and a half ago"},
		{Written: "now-7d", Means: "seven days ago, at this time of day"},
		{Written: "now/d", Means: "today"},
		{Written: "now-1d/d", Means: "yesterday"},
		{Written: "now/w", Means: "this week, from Monday on"},
		{Written: "now-1w/w", Means: "last week"},
		{Written: "now/M", Means: "this month"},
		{Written: "now-1M/M", Means: "last month: as start and end together, the whole of it"},
		{Written: "now/y", Means: "this year"},
	} {
		m, err := search.ParseMoment(t.Written)
		if err != nil {
			continue // a test holds that none is left out
		}
		t.Start, t.End = f.full(m.Start(f.now, f.zone)), f.full(m.End(f.now, f.zone))
		times = append(times, t)
	}
	return times
}

// helpLinks are the ways in for other programs.
var helpLinks = []views.HelpLink{
	{Template: "/find?q={text}", Example: "/find?q=1006755981", Meaning: "whatever the text is: an ID opens its record, anything else is looked for in each way it can be read"},
	{Template: "/transactions/{transactionId}", Example: "/transactions/1006755981", Meaning: "one transaction"},
	{Template: "/transactions?payment.customer.externalId={value}", Example: "/transactions?payment.customer.externalId=4567890", Meaning: "all transactions of one customer, by your own number"},
	{Template: "/transactions?payment.merchantReference={value}", Example: "/transactions?payment.merchantReference=ABCDE12345", Meaning: "all transactions of one order"},
	{Template: "/transactions?payment.customer.externalId={value}&createdAt.start=now-90d&tz=UTC", Example: "/transactions?createdAt.start=now-90d&payment.customer.externalId=4567890&tz=UTC", Meaning: "a customer’s last 90 days: filters go together, in any order"},
}
