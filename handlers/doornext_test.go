package handlers_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

// Whose session ended while a form was filled in comes back to that form's page, not to the start.
func TestAfterSigningInBackToTheForm(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(2, 3, time.Second)))
	b := p.stranger()
	for _, tc := range []struct{ path, referer, want string }{
		{"/find/list", p.url + "/find/list", "/login?next=%2Ffind%2Flist"},
		{"/views", p.url + "/transactions?transactionStatus=5&tz=UTC", "/login?next=%2Ftransactions%3FtransactionStatus%3D5%26tz%3DUTC"},
		{"/transactions/900000000/reveal", p.url + "/transactions/900000000", "/login?next=%2Ftransactions%2F900000000"},
		{"/views", "", "/login"},
		{"/views", "https://evil.example/views", "/login"},
		{"/views", "https://evil.example" + "@" + p.url, "/login"},
		{"/views", p.url, "/login"},
		{"/views", "%", "/login"},
	} {
		if got := b.post(tc.path, url.Values{}, "Referer", tc.referer).want(http.StatusSeeOther).header.Get("Location"); got != tc.want {
			t.Errorf("%s from %q: got %s, want %s", tc.path, tc.referer, got, tc.want)
		}
		if got := b.post(tc.path, url.Values{}, "Referer", tc.referer, "HX-Request", "true").want(http.StatusUnauthorized).header.Get("HX-Redirect"); got != tc.want {
			t.Errorf("%s from %q, htmx: got %s, want %s", tc.path, tc.referer, got, tc.want)
		}
	}
}
