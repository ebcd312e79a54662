package handlers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"trustlyportal/trustlyclient"
)

// aheadTimeout bounds how long a page is asked for that nobody opened yet. An API that is slow has no room for it.
const aheadTimeout = time.Second

// isPrefetch reports whether a browser asks for a page that nobody opened yet. Its rows leave the portal all the same.
func isPrefetch(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Sec-Purpose"), "prefetch") || r.Header.Get("Purpose") == "prefetch"
}

// asking is the context in which a page asks the API. One that is fetched ahead stands behind all people, as exports do,
// and not for long.
func asking(r *http.Request) (context.Context, context.CancelFunc) {
	if isPrefetch(r) {
		return context.WithTimeout(trustlyclient.InBackground(r.Context()), aheadTimeout)
	}
	return context.WithTimeout(r.Context(), pageTimeout)
}
