package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

type handshakeValue struct{ State, Next string }

func handshakes(t *testing.T, secret string, https bool) *Handshakes {
	t.Helper()
	keys, err := NewKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewHandshakes(keys, https)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// begun is a request of a browser in which a handshake of the kind "sso" was begun.
func begun(t *testing.T, h *Handshakes) (*http.Request, *http.Cookie) {
	t.Helper()
	rec := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/login", nil)
	if err := h.Begin(rec, r, "sso", handshakeValue{"s3cret-state", "/transactions?tz=UTC"}); err != nil {
		t.Fatal(err)
	}
	cookies := rec.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("got %d cookies, want 1", len(cookies))
	}
	back := httptest.NewRequest(http.MethodGet, "/login/return", nil)
	back.AddCookie(cookies[0])
	return back, cookies[0]
}

func TestHandshake(t *testing.T) {
	const old, other = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
	h := handshakes(t, old, true)
	r, cookie := begun(t, h)
	if cookie.Path != "/login" || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge != 600 {
		t.Errorf("got the cookie %v, want it for /login, 10 minutes, HttpOnly, Secure and Lax", cookie)
	}
	if strings.Contains(cookie.Value, "s3cret") {
		t.Error("the cookie shows its value")
	}
	for name, c := range map[string]struct {
		by   *Handshakes
		kind string
		want bool
	}{
		"the same keys":    {h, "sso", true},
		"a rotated secret": {handshakes(t, other+","+old, true), "sso", true},
		"another secret":   {handshakes(t, other, true), "sso", false},
		"another kind":     {h, "totp", false},
	} {
		var got handshakeValue
		if found := c.by.Read(r, c.kind, &got); found != c.want || found && got.State != "s3cret-state" {
			t.Errorf("%s: got %v %v, want %v", name, found, got, c.want)
		}
	}
	rec := httptest.NewRecorder()
	var got handshakeValue
	if !h.Take(rec, r, "sso", &got) || got.Next != "/transactions?tz=UTC" {
		t.Errorf("take: got %v, want what was begun", got)
	}
	if gone := rec.Result().Cookies(); len(gone) != 1 || gone[0].MaxAge >= 0 || gone[0].Path != "/login" {
		t.Errorf("take: got the cookies %v, want the handshake forgotten", gone)
	}
}

func TestHandshakeThatIsNotOurs(t *testing.T) {
	h := handshakes(t, "0123456789abcdef0123456789abcdef", false)
	_, cookie := begun(t, h)
	for _, value := range []string{"", "x", cookie.Value[:len(cookie.Value)-4] + "AAAA", strings.Repeat("A", 4000)} {
		r := httptest.NewRequest(http.MethodGet, "/login/return", nil)
		r.AddCookie(&http.Cookie{Name: cookie.Name, Value: value})
		if h.Read(r, "sso", &handshakeValue{}) {
			t.Errorf("%q: got a handshake, want none", value)
		}
	}
}
