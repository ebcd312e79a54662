package auth

import (
	"net/url"
	"strings"
	"testing"
)

func TestLocalPath(t *testing.T) {
	same := []string{
		"/",
		"/transactions",
		"/transactions/1002-A_b~c.d",
		"/transactions.csv?tz=Europe/Berlin&createdAt.start=now-7d",
		"/transactions?payment.customer.name=M%C3%BCller&after=//x",
		"/transactions?q=100%&r=%zz",
		"/find?q=https://evil.example/",
		"/loginx",
		"/transactions/100%25",
	}
	for _, next := range same {
		if got := LocalPath(next); got != next {
			t.Errorf("LocalPath(%q): got %q, want it unchanged", next, got)
		}
	}
	changed := map[string]string{
		"/transactions?name=Müller":    "/transactions?name=M%C3%BCller",
		"/transactions?a=b c":          "/transactions?a=b%20c",
		"/transactions#//evil.example": "/transactions",
		"/transactions?":               "/transactions",
	}
	for next, want := range changed {
		if got := LocalPath(next); got != want {
			t.Errorf("LocalPath(%q): got %q, want %q", next, got, want)
		}
	}
	refused := []string{
		"", "transactions", "?a=b", "#x", "*",
		"//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
		"https://evil.example", "https:/evil.example", "https:evil.example", "HTTPS://evil.example", "javascript:alert(1)", "data:,x",
		"/\t/evil.example", "\t//evil.example", " //evil.example", "/\n/evil.example", "/\r\nSet-Cookie: a=b", "/a\x00b", "/a\x7fb", "/a\u0085b",
		"/%2fevil.example", "/%2F%2Fevil.example", "/%252fevil.example", "/%25252525252fevil.example",
		"/%5cevil.example", "/%255cevil.example", "/%09/evil.example", "/%0d%0aSet-Cookie:a", "/a%00b",
		"/..//evil.example", "/../x", "/./x", "/%2e%2e/x", "/a/..%2f..%2fx", "/a//b",
		"/x?a=\\evil", "/%zz", "/%", "/a%2",
		"/login", "/login/", "/login?next=/x", "/logout", "/logout?x", "/Login", "/login/oidc", "/%6cogin", "//user@evil.example/", "http://user@/x",
		"/" + strings.Repeat("a", maxNext),
	}
	for _, next := range refused {
		if got := LocalPath(next); got != "/" {
			t.Errorf("LocalPath(%.60q): got %q, want %q", next, got, "/")
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/transactions?a=b#c", "//evil.example", "/\\x", "/%2f%5c", "/%25%32%66x", "https://x", "/login", "/é?é"} {
		f.Add(s)
	}
	base, err := url.Parse("https://portal.example/login")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, next string) {
		got := LocalPath(next)
		for i := range len(got) {
			if got[i] <= ' ' || got[i] > '~' || got[i] == '\\' {
				t.Fatalf("LocalPath(%q): got %q with byte %#x", next, got, got[i])
			}
		}
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") {
			t.Fatalf("LocalPath(%q): got %q, want a path of one slash first", next, got)
		}
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != "https" || u.User != nil {
			t.Fatalf("LocalPath(%q): got %q, which leads to %v, %v", next, got, u, err)
		}
		if p := strings.ToLower(u.Path); p == "/login" || p == "/logout" {
			t.Fatalf("LocalPath(%q): got the door %q", next, got)
		}
		if again := LocalPath(got); again != got {
			t.Fatalf("LocalPath of its own answer %q: got %q", got, again)
		}
	})
}
