package auth

import (
	"net/url"
	"testing"
)

func TestPasskeyOrigin(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://portal.example.com":      "https://portal.example.com",
		"https://Portal.Example.com:8443": "https://portal.example.com:8443",
		"http://localhost:8080":           "http://localhost:8080",
		"http://127.0.0.1:8080":           "http://localhost:8080",
		"http://[::1]:8080":               "http://localhost:8080",
		"http://portal.localhost":         "http://portal.localhost",
		"http://portal.example.com":       "",
		"https://192.0.2.7":               "",
		"http://192.0.2.7:8080":           "",
	} {
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if origin := passkeyOrigin(u); origin != nil {
			got = origin.String()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", base, got, want)
		}
		if _, _, err := relyingParty(u); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
	if passkeyOrigin(nil) != nil {
		t.Error("no address: got an origin")
	}
}
