package handlers

import "net/http"

// New returns the portal's web.
func New(c Config) (http.Handler, error) { return http.NotFoundHandler(), nil }
