package auth

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Token is an access token as it is kept: without its text. It is bound to its owner, and never may more than the owner
// may at the time: a closed account or a lost permission ends its use with the next request.
type Token struct {
	ID      int64
	OwnerID int64
	Owner   string // e-mail address
	Name    string // given by the owner
	Scope   Scope

	CreatedAt, ExpiresAt time.Time
	UsedAt               time.Time // zero when never; kept to about a minute
	UsedFrom             string    // address of that use
	RevokedAt            time.Time // zero while it is not
}

// Bounds of a token's life. Every token has an end: a forgotten one stops by itself.
const (
	TokenLife    = 90 * 24 * time.Hour
	MaxTokenLife = 365 * 24 * time.Hour
)

// MaxTokens is how many tokens that still work one person may have.
const MaxTokens = 50

// MaxTokenName bounds a token's name, in characters.
const MaxTokenName = 60

// Object is how the audit names the token.
func (t Token) Object() string { return fmt.Sprintf("token %d %s", t.ID, t.Name) }

// Works reports whether the token itself still opens anything; its owner may have lost what it needs.
func (t Token) Works(now time.Time) bool { return t.RevokedAt.IsZero() && now.Before(t.ExpiresAt) }

// Scope is what a token is for: the kind, and the saved view that it is bound to, if its kind is.
type Scope struct {
	Kind ScopeKind
	View string // id of a saved view
}

// ScopeKind is a kind of scope.
type ScopeKind string

// The kinds of scopes.
const (
	ScopeExport ScopeKind = "export" // exports of any view, personal data masked
	ScopeView   ScopeKind = "view"   // the same of one saved view, as it is saved at the time
)

// scopes is the whole of what each kind of token may do, as far as its owner may. A kind that is not here may nothing.
var scopes = map[ScopeKind]struct {
	grants []Permission
	ofView bool // of one saved view only
}{
	ScopeExport: {grants: []Permission{Export}},
	ScopeView:   {grants: []Permission{Export}, ofView: true},
}

// ScopeKinds lists the kinds of scopes, the narrowest last.
func ScopeKinds() []ScopeKind { return []ScopeKind{ScopeExport, ScopeView} }

// May reports whether the scope has the permission.
func (s Scope) May(p Permission) bool { return slices.Contains(scopes[s.Kind].grants, p) }

// Covers reports whether the scope reaches what is of that saved view; "" is what belongs to no saved view.
func (s Scope) Covers(view string) bool {
	kind, ok := scopes[s.Kind]
	return ok && (!kind.ofView || s.View != "" && s.View == view)
}

// String writes the scope as [ParseScope] reads it: "export", "view:ab12cd34ef56".
func (s Scope) String() string {
	if s.View == "" {
		return string(s.Kind)
	}
	return string(s.Kind) + ":" + s.View
}

// ParseScope reads a scope. Whether the view is there is for the caller to see.
func ParseScope(text string) (Scope, error) {
	kind, view, _ := strings.Cut(text, ":")
	s := Scope{Kind: ScopeKind(kind), View: view}
	if k, ok := scopes[s.Kind]; !ok || k.ofView != (view != "") || s.String() != text {
		return Scope{}, errors.New("a scope is export, or view: and the id of a saved view, such as view:ab12cd34ef56")
	}
	return s, nil
}
