package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/views"
)

// token is the row of somebody's token. saved are the views that its owner may open.
func (f formatter) token(t auth.Token, owner auth.User, saved []store.SavedView) views.Token {
	row := views.Token{
		ID: strconv.FormatInt(t.ID, 10), Name: t.Name, Status: tokenStatus(t, owner, f.now), Works: t.Works(f.now), Used: "Never", UsedFrom: t.UsedFrom,
		Made: f.short(t.CreatedAt), MadeUTC: f.utc(t.CreatedAt), Expires: f.short(t.ExpiresAt), ExpiresUTC: f.utc(t.ExpiresAt),
	}
	if !t.UsedAt.IsZero() {
		row.Used, row.UsedUTC = f.short(t.UsedAt), f.utc(t.UsedAt)
	}
	row.Scope, row.ScopeHref, row.ScopeNote = scopeWords(t.Scope, saved)
	return row
}

// endsSoon is how long before its end a token is marked.
const endsSoon = 14 * day

func tokenStatus(t auth.Token, owner auth.User, now time.Time) views.Status {
	switch {
	case !t.RevokedAt.IsZero():
		return views.Status{Word: "Revoked", Tone: views.ToneNeutral}
	case !t.Works(now):
		return views.Status{Word: "Expired", Tone: views.ToneNeutral}
	case owner.Disabled || !owner.Role.May(auth.Export):
		return views.Status{Word: "Opens nothing", Tone: views.ToneWarn, Meaning: "The account is closed, or its role does not include exports. It works again when that changes, unless it is revoked."}
	case t.ExpiresAt.Sub(now) < endsSoon:
		return views.Status{Word: "Expires soon", Tone: views.ToneWarn}
	}
	return views.Status{Word: "Active", Tone: views.ToneGood}
}

// scopeWords say what a token opens, among the saved views that its owner may open.
func scopeWords(s auth.Scope, saved []store.SavedView) (words, href, note string) {
	switch s.Kind {
	case auth.ScopeExport:
		return "Exports of any view", "", ""
	case auth.ScopeView:
		if i := slices.IndexFunc(saved, func(v store.SavedView) bool { return v.ID == s.View }); i >= 0 {
			return saved[i].Name, viewHref(s.View), ""
		}
		return "One saved view", "", "The view was deleted, or is no longer shared."
	}
	return "Nothing", "", "Made by another version of the portal."
}

// curlFor is a command that fetches what the token opens. Its URL has no quotes: they are escaped in it.
func (w *web) curlFor(s auth.Scope, zone string) string {
	address := "/transactions.csv?" + url.Values{"createdAt.start": {"now-1d/d"}, "createdAt.end": {"now-1d/d"}, "tz": {zone}}.Encode()
	if s.Kind == auth.ScopeView {
		address = viewHref(s.View) + ".csv"
	}
	address = strings.ReplaceAll(w.absolute(address), "'", "%27")
	return "curl --fail --remove-on-error --output transactions.csv -H @token.header '" + address + "'"
}
