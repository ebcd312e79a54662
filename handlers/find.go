package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// findQuery is what was typed into the one box, without what e-mails and spreadsheets put around it.
func findQuery(r *http.Request) string {
	if r.URL.Path != "/find" {
		return ""
	}
	return strings.Trim(strings.ToValidUTF8(r.URL.Query().Get("q"), ""), " \t\r\n\u00a0\"'“”‘’#")
}

// find takes GET /find?q=: a transaction ID leads straight to its record; anything else is offered in the readings
// that its shape allows.
func (w *web) find(c echo.Context) error {
	q := findQuery(c.Request())
	page := views.FindPage{Frame: w.frame(c, "Find a transaction"), Message: "Paste a transaction ID, a reference, a customer's name or number, an IP address or an account number."}
	if q == "" {
		return w.draw(c, http.StatusOK, views.Find(page))
	}
	if looksLikeID(q) {
		ctx, cancel := context.WithTimeout(c.Request().Context(), pageTimeout)
		defer cancel()
		t, err := w.Client.Get(ctx, q)
		switch {
		case err == nil:
			return c.Redirect(http.StatusSeeOther, recordHref(search.View{}, string(t.TransactionID)))
		case !errors.Is(err, trustlyclient.ErrNotFound) && !errors.Is(err, trustlyclient.ErrInvalid):
			return err
		}
	}
	page.Readings = w.readings(c, q)
	page.Message = "Search for it as:"
	switch {
	case len(page.Readings) == 0:
		page.Message = "This can't be searched for: it is longer than anything the API takes, or holds characters that can't be typed."
	case looksLikeID(q):
		page.Message = "No transaction has this ID. Search for it as:"
	case strings.Contains(q, "@"):
		page.Message = "The API can't search by e-mail address. If the merchant uses it as a reference or customer number, search for it as:"
	case looksLikePhone(q):
		page.Message = "The API can't search by phone number. If it is something else, search for it as:"
	}
	return w.draw(c, http.StatusOK, views.Find(page))
}

// looksLikeID reports whether a text can be a transaction ID: digits, up to 15 (trustly.md 5), and no fewer than 6,
// which leaves amounts and codes out.
func looksLikeID(s string) bool {
	return len(s) >= 6 && len(s) <= 15 && strings.Trim(s, "0123456789") == ""
}

func looksLikePhone(s string) bool {
	digits := strings.Count(s, "") - 1 - len(strings.Trim(s, "0123456789"))
	return (strings.HasPrefix(s, "+") || strings.ContainsAny(s, "()")) && digits >= 7 && strings.Trim(s, "+()- .0123456789") == ""
}

// readings are the filters that could hold the text, the likeliest first.
func (w *web) readings(c echo.Context, q string) []views.Reading {
	digits := strings.Trim(q, "0123456789") == ""
	_, notIP := netip.ParseAddr(q)
	var names []string
	switch {
	case notIP == nil:
		names = []string{"ipAddr"}
	case strings.HasPrefix(strings.ToLower(q), "ptx-"):
		names = []string{"paymentProviderTransaction.paymentProviderTransactionId"}
	case digits:
		names = []string{"payment.paymentId", "originalTransactionId", "payment.merchantReference", "payment.customer.externalId"}
		if len(q) == 9 {
			names = append(names, "payment.fiAccount.routingNumber")
		}
		names = append(names, "payment.fiAccount.accountNumber")
	case strings.ContainsAny(q, "0123456789"):
		names = []string{"payment.merchantReference", "payment.customer.externalId", "payment.customer.name", "paymentProviderTransaction.paymentProviderTransactionId", "payment.description"}
	default:
		names = []string{"payment.customer.name", "payment.merchantReference", "payment.customer.externalId", "payment.description"}
	}
	if _, ok := trustlyclient.LookupProviderStatus(strings.ToUpper(q)); ok && !digits {
		q, names = strings.ToUpper(q), slices.Insert(names, 0, "paymentProviderTransaction.ppTrxStatusCode")
	}
	base, _ := search.Parse("tz="+w.zoneOf(c), w.Now())
	var readings []views.Reading
	for _, name := range names {
		if view := base.With(name, q); view.Has(name) {
			filter, _ := search.Lookup(name)
			readings = append(readings, views.Reading{Label: filter.Label, Href: view.URL("/transactions"), Description: filter.Help})
		}
	}
	return readings
}
