package auth

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gorilla/sessions"
)

// Handshakes keep what a sign-in needs between two requests, before anybody is signed in: the state, nonce and verifier
// of a single sign-on, who gave the right password and still owes a second factor, where to go on. They live in an
// encrypted cookie of the browser, so that a stranger can fill no table.
type Handshakes struct{ store *sessions.CookieStore }

const (
	handshakeCookie = "portal_handshake"
	handshakePath   = "/login"
	handshakeAge    = 10 * 60 // seconds
)

// NewHandshakes derives the cookie's keys; https makes it Secure.
func NewHandshakes(keys Keys, https bool) (*Handshakes, error) {
	derived, err := keys.Derive("handshake cookie", 64+sealKeySize)
	if err != nil {
		return nil, err
	}
	var pairs [][]byte // gorilla takes pairs of a signing and an encryption key
	for _, key := range derived {
		pairs = append(pairs, key[:64], key[64:])
	}
	store := sessions.NewCookieStore(pairs...)
	store.Options = &sessions.Options{
		Path: handshakePath, MaxAge: handshakeAge, HttpOnly: true, Secure: https,
		SameSite: http.SameSiteLaxMode, // Strict would keep it from the return of a single sign-on
	}
	store.MaxAge(handshakeAge) // inside the value, too: a kept cookie is no use later
	return &Handshakes{store}, nil
}

func (h *Handshakes) cookie() string {
	return CookieName(handshakeCookie, handshakePath, h.store.Options.Secure)
}

// Begin keeps a value, which has to be JSON, in the place of any other of this browser. kind tells handshakes apart.
func (h *Handshakes) Begin(rw http.ResponseWriter, r *http.Request, kind string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("begin handshake: %w", err)
	}
	s := sessions.NewSession(h.store, h.cookie())
	s.Options = h.store.Options
	s.Values["kind"], s.Values["value"] = kind, string(text)
	if err := h.store.Save(r, rw, s); err != nil {
		return fmt.Errorf("begin handshake: %w", err)
	}
	return nil
}

// Read reads the value of that kind into value. False: there is none, it is too old, or it is not ours: start again.
func (h *Handshakes) Read(r *http.Request, kind string, value any) bool {
	s, err := h.store.New(r, h.cookie())
	if err != nil || s.Values["kind"] != kind {
		return false
	}
	text, _ := s.Values["value"].(string)
	return json.Unmarshal([]byte(text), value) == nil
}

// Take reads the value as Read does and makes the browser forget it, so that it serves once. It has to come before
// the answer's first byte.
func (h *Handshakes) Take(rw http.ResponseWriter, r *http.Request, kind string, value any) bool {
	found := h.Read(r, kind, value)
	options := *h.store.Options
	http.SetCookie(rw, sessions.NewCookie(h.cookie(), "", &sessions.Options{
		Path: options.Path, MaxAge: -1, HttpOnly: true, Secure: options.Secure, SameSite: options.SameSite,
	}))
	return found
}
