package handlers_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
)

// What the process keeps of payments goes when somebody signs out.
func TestSignOutForgets(t *testing.T) {
	t.Parallel()
	api := newFake(t, append(madeUp(73, 10, time.Millisecond), exampleRecord(t)))
	p := open(t, api, func(_ *handlers.Config, o *trustlyclient.Options) { o.CacheFor = time.Hour })
	const list, watch = "/transactions?tz=UTC", "/transactions/1006755981/watch?v=x"
	asked := func(b *browser) int {
		api.reset()
		b.get(list).want(http.StatusOK)
		b.get(watch).want(http.StatusOK)
		return len(api.requests())
	}
	b, other := p.as(auth.Support), p.as(auth.Finance)
	if got := asked(b); got != 2 {
		t.Errorf("at first: got %d requests to the API, want 2", got)
	}
	if got := asked(other); got != 0 {
		t.Errorf("again: got %d requests to the API, want what is kept", got)
	}
	b.post("/logout", url.Values{}).want(http.StatusSeeOther)
	if got := asked(other); got != 2 {
		t.Errorf("after a sign-out: got %d requests to the API, want nothing kept", got)
	}
}
