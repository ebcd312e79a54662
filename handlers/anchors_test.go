package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/auth"
)

// A link within the page leads to something that is there: a chip to its control, a mistake to the field.
func TestLinksWithinThePageLeadSomewhere(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, madeUp(4, 30, time.Second))).as(auth.Support)
	for query, status := range map[string]int{
		"transactionStatus=5&amount.min=1.00&createdAt.start=now-7d&ipAddr=203.0.113.7&payment.fiAccount.verified=true&tz=UTC": http.StatusOK,
		"tz=UTC&asOf=1795000000000": http.StatusOK,
		"transactionStatus=x&amount.min=x&createdAt.start=x&ipAddr=x&payment.fiAccount.verified=x&tz=x&orderBy=x&count=x&columns=x&asOf=x&private=x&after=x": http.StatusUnprocessableEntity,
	} {
		doc := b.get("/transactions?" + query).want(status).doc()
		doc.Find("a[href^='#']").Each(func(_ int, a *goquery.Selection) {
			if to := a.AttrOr("href", ""); doc.Find("[id='"+strings.TrimPrefix(to, "#")+"']").Length() == 0 {
				t.Errorf("%.60s: link %q: got nothing at %s, want its place", query, words(a), to)
			}
		})
	}
}
