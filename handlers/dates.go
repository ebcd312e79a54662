package handlers

import (
	"time"

	"trustlyportal/search"
)

// rangeText tells the instants that the range of creation stands for.
func rangeText(view search.View, now time.Time) string {
	created := view.Query(now).Created
	f := formatter{zone: view.Zone, now: now}
	switch {
	case created.Start.IsZero() && created.End.IsZero():
		return ""
	case created.Start.IsZero():
		return "until " + f.short(created.End)
	case created.End.IsZero():
		return f.short(created.Start) + " – now"
	}
	return f.short(created.Start) + " – " + f.short(created.End)
}
