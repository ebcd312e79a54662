package store

import (
	"context"
	"sync"

	"trustlyportal/auth"
)

// Each request asks for its session and then for the login in it. As the login of a session stays the same, both rows come
// by one statement from the second request on: the login that the session had before is read along with it, and counts
// if it is the one that is asked for. Nothing but its name is kept from one request to the next.

type readAheadKey struct{}

// readAhead is what was read of a login before it was asked for, within one request.
type readAhead struct {
	mu    sync.Mutex
	token string // of the session
	login auth.Login
	user  auth.User
}

// ReadingAhead returns the context of a request in which its session and its login may be read together.
func ReadingAhead(ctx context.Context) context.Context {
	return context.WithValue(ctx, readAheadKey{}, &readAhead{})
}

func readAheadFrom(ctx context.Context) *readAhead {
	a, _ := ctx.Value(readAheadKey{}).(*readAhead)
	return a
}

// begin notes which session the request has.
func (a *readAhead) begin(token string) {
	if a != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.token, a.login = token, auth.Login{}
	}
}

func (a *readAhead) put(l auth.Login, u auth.User) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.login, a.user = l, u
}

// take returns what was read of that login, once: who asks again wants to know it as it is then.
func (a *readAhead) take(id string) (l auth.Login, u auth.User, ok bool) {
	if a == nil {
		return l, u, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if id == "" || a.login.ID != id {
		return l, u, false
	}
	l, u = a.login, a.user
	a.login = auth.Login{}
	return l, u, true
}

// loginNames are the logins of sessions that were seen lately.
type loginNames struct {
	mu sync.Mutex
	of map[string]string // by the session's token, which is a hash
}

// maxLoginNames bounds what is kept, at some 150 bytes each; then it begins anew.
const maxLoginNames = 5000

func (n *loginNames) get(token string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.of[token]
}

// learn notes the login that the request's session turned out to have.
func (n *loginNames) learn(a *readAhead, id string) {
	if a == nil {
		return
	}
	a.mu.Lock()
	token := a.token
	a.mu.Unlock()
	if token == "" {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == nil || len(n.of) >= maxLoginNames {
		n.of = make(map[string]string)
	}
	n.of[token] = id
}
