package auth

// CookieName is what a cookie is called. Under https its prefix makes browsers refuse one of that name that is not
// Secure, and where it is for the whole host one that a sibling domain has set.
func CookieName(name, path string, https bool) string {
	switch {
	case !https:
		return name
	case path == "/":
		return "__Host-" + name
	}
	return "__Secure-" + name
}
