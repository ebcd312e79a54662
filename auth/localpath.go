package auth

import (
	"net/url"
	"path"
	"strings"
)

// maxNext bounds a return address: longer than any view's URL that browsers and proxies carry.
const maxNext = 8192

// LocalPath returns next if it is safe to send a browser there after signing in, else "/".
//
// Safe is a path of this portal with its query: it starts with one slash, has no host, no dot segments, no backslash
// and no control characters, plain or percent-encoded however often, because browsers, proxies and routers differ in
// how they read those and some read another host. /login and /logout are not places to return to. A fragment is
// dropped. What is returned is printable ASCII; the query is kept byte for byte but for non-ASCII bytes, which come
// back percent-encoded.
func LocalPath(next string) string {
	const home = "/"
	if len(next) > maxNext || strings.ContainsFunc(next, unsafeRune) {
		return home
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return home
	}
	if !plainPath(u.EscapedPath()) || isDoor(u.Path) {
		return home
	}
	local := u.EscapedPath()
	if u.RawQuery != "" {
		local += "?" + u.RawQuery
	}
	if local = escapeNonASCII(local); len(local) > maxNext {
		return home
	}
	return local
}

// plainPath decodes the path until nothing changes and wants every stage to be harmless. A path that still changes
// after a few rounds was made to fool somebody.
func plainPath(p string) bool {
	for range 5 {
		if !strings.HasPrefix(p, "/") || strings.Contains(p, "//") || strings.ContainsFunc(p, unsafeRune) || hasDotSegment(p) {
			return false
		}
		decoded, err := url.PathUnescape(p)
		if err != nil {
			return true // a lone % is only a character, and nothing decodes further
		}
		if decoded == p {
			return true
		}
		p = decoded
	}
	return false
}

func hasDotSegment(p string) bool {
	for segment := range strings.SplitSeq(p, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// isDoor reports whether the path is the sign-in or sign-out page or below it.
func isDoor(p string) bool {
	p = strings.ToLower(path.Clean(p))
	first, _, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	return first == "login" || first == "logout"
}

func unsafeRune(r rune) bool {
	return r < ' ' || r == '\\' || r >= 0x7f && r <= 0x9f
}

func escapeNonASCII(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c > ' ' && c < 0x7f {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
