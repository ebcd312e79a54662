package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

var errNoTransaction = errors.New("no such transaction")

// maxFamily is how many transactions of a payment its page lists: one answer of the API. The list shows them all.
const maxFamily = search.MaxCount

// recordHref is a transaction's own page, in the view's zone.
func recordHref(view search.View, id string) string {
	href := "/transactions/" + url.PathEscape(id)
	if view.Has(search.NameZone) {
		href += "?tz=" + view.Value(search.NameZone)
	}
	return href
}

// detail shows GET /transactions/{id}?tz=Area/City: everything the API sent of one transaction, and the others of its
// payment.
func (w *web) detail(c echo.Context) error {
	r := c.Request()
	id, err := url.PathUnescape(c.Param("id"))
	if err != nil {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	// A view without filters carries the zone: the URL's, else this browser's.
	zone := c.QueryParam(search.NameZone)
	if zone == "" {
		zone = w.zoneOf(c)
	}
	view, errs := search.Parse(url.Values{search.NameZone: {zone}}.Encode(), w.Now())
	if len(errs) > 0 {
		return c.Redirect(http.StatusSeeOther, recordHref(search.View{}, id))
	}
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	t, err := w.Client.Get(ctx, id)
	asOf := w.Now()
	if errors.Is(err, trustlyclient.ErrNotFound) || errors.Is(err, trustlyclient.ErrInvalid) {
		return errors.Join(errNoTransaction, err)
	}
	if err != nil {
		return err
	}
	page, err := w.detailPage(c, view, t, asOf)
	if err != nil {
		return err
	}
	page.Family = w.family(ctx, c, view, t)
	return w.draw(c, http.StatusOK, views.Detail(page))
}

func (w *web) detailPage(c echo.Context, view search.View, t *trustlyclient.Transaction, asOf time.Time) (views.DetailPage, error) {
	f := formatter{zone: view.Zone, now: asOf}
	leaves, err := search.Leaves(t.Raw)
	if err != nil {
		return views.DetailPage{}, err
	}
	raw, err := search.MaskJSON(t.Raw)
	if err != nil {
		return views.DetailPage{}, err
	}
	title := typeName(t.TransactionType)
	if _, ok := t.Amount.Decimal(); ok {
		title += " of " + withCurrency(money(t.Amount), string(t.Currency))
	}
	page := views.DetailPage{
		Frame: w.frame(c, title+" "+string(t.TransactionID)), Title: title, Status: status(t), ID: string(t.TransactionID),
		Lead: reasonLead(t), AsOf: f.clock(asOf), AsOfUTC: f.utc(asOf),
		ZoneNote: "Times in " + view.ZoneName() + " (" + view.Zone.String() + ")",
		RawJSON:  raw,
	}
	page.BackHref, page.BackLabel = w.back(c)
	record := newRecord(leaves, f, view, w.revealing(c, t))
	page.Groups, page.Other = record.groups(), record.other()
	for _, path := range []string{"amount", "pending", "paid", "refunded", "reversed", "fee", "balance"} {
		page.Money = append(page.Money, record.named(path, "")...)
	}
	for i := range page.Money {
		if page.Money[i].Meaning != noAmount {
			page.Money[i].Value = withCurrency(page.Money[i].Value, string(t.Currency))
		}
	}
	for _, ref := range [][2]string{
		{"payment.paymentId", "Payment"}, {"originalTransactionId", "Original"}, {"merchantReference", "Merchant ref."},
		{"payment.merchantReference", "Payment ref."}, {"paymentProviderTransaction.paymentProviderTransactionId", "Provider trx."}, {"payment.customer.externalId", "Customer"},
	} {
		page.References = append(page.References, record.named(ref[0], ref[1])...)
	}
	return page, nil
}

// reasonLead says what the provider's status code means, and who says so.
func reasonLead(t *trustlyclient.Transaction) string {
	code := string(t.PaymentProviderTransaction.Status)
	m, ok := trustlyclient.LookupProviderStatus(code)
	if !ok {
		if code == "" {
			return ""
		}
		return fmt.Sprintf("Reason code %s is not in the published tables; its meaning is unknown to the portal.", search.MaskText(code))
	}
	return fmt.Sprintf("Reason code %s: %s. %s (%s).", code, m.Name, m.Description, sourceWords(m.Source))
}

// sourceWords name where a code's meaning comes from, so that a weak source shows.
func sourceWords(source string) string {
	switch source {
	case "seed", "docs":
		return "source: Trustly's documentation"
	case "general-ach":
		return "source: general ACH rules, not Trustly"
	case "third-party":
		return "source: third parties, not confirmed by Trustly"
	case "inferred":
		return "our inference, not confirmed by Trustly"
	}
	return "source: " + source
}

// back leads to the list the reader came from.
func (w *web) back(c echo.Context) (href, label string) {
	from, err := url.Parse(c.Request().Referer())
	if err == nil && from.Path == "/transactions" && from.Host == c.Request().Host {
		if view, errs := w.viewOf(c, from.RawQuery, w.Now()); len(errs) == 0 {
			return view.URL("/transactions"), view.Sentence()
		}
	}
	return w.startHref(c), "Transactions"
}

// family lists the payment's other transactions. Without them the page still stands.
func (w *web) family(ctx context.Context, c echo.Context, view search.View, t *trustlyclient.Transaction) views.Family {
	paymentID := string(t.Payment.PaymentID)
	if paymentID == "" {
		return views.Family{Error: "The record names no payment, so other transactions of it can't be looked up."}
	}
	f := formatter{zone: view.Zone, now: w.Now()}
	all := view.With("payment.paymentId", paymentID).With(search.NameSortOrder, string(trustlyclient.Ascending))
	family := views.Family{AllHref: all.URL("/transactions")}
	page, err := search.ReadPage(ctx, w.Client, all.Query(w.Now()), search.Cursor{}, maxFamily)
	if err != nil {
		p := problemOf(err)
		family.Error = "The payment's other transactions could not be read: " + p.heading + "."
		family.RetryHref = c.Request().URL.RequestURI()
		requestFrom(c.Request().Context()).err = err
		return family
	}
	for _, member := range page.Rows {
		row := views.FamilyRow{
			ID: string(member.TransactionID), Href: recordHref(view, string(member.TransactionID)),
			Type: typeName(member.TransactionType), Status: status(member),
			Amount: withCurrency(money(member.Amount), string(member.Currency)),
			This:   member.TransactionID == t.TransactionID,
		}
		if !member.CreatedAt.IsZero() {
			row.Created, row.CreatedUTC = f.full(member.CreatedAt.Time), f.utc(member.CreatedAt.Time)
		}
		if code := string(member.PaymentProviderTransaction.Status); code != "" {
			row.Note = search.MaskText(code)
			if m, ok := trustlyclient.LookupProviderStatus(code); ok {
				row.Note += " " + m.Name
			}
		}
		family.Rows = append(family.Rows, row)
	}
	if !page.Older.IsZero() {
		family.More = fmt.Sprintf("Only the first %d are shown here.", maxFamily)
	}
	return family
}
