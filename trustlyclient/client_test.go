package trustlyclient

import (
	"context"
	"crypto/tls"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
)

func TestNewChecksItsOptions(t *testing.T) {
	const base = "https://sandbox.trustly.one/api/v1"
	tests := []struct {
		name    string
		options Options
		want    string // part of the error; "" = accepted
	}{
		{"https", Options{BaseURL: base}, ""},
		{"https in capitals", Options{BaseURL: "HTTPS://sandbox.trustly.one"}, ""},
		{"loopback name", Options{BaseURL: "http://localhost:8080"}, ""},
		{"loopback IPv4", Options{BaseURL: "http://127.1.2.3:8080/api"}, ""},
		{"loopback IPv6", Options{BaseURL: "http://[::1]:8080"}, ""},
		{"loopback IPv4 in IPv6", Options{BaseURL: "http://[::ffff:127.0.0.1]:8080"}, ""},
		{"http", Options{BaseURL: "http://api.trustly.one/api/v1"}, "change http:// to https://"},
		{"http to a private address", Options{BaseURL: "http://10.0.0.1"}, "change http:// to https://"},
		{"http to a name like localhost", Options{BaseURL: "http://localhost.example.com"}, "change http:// to https://"},
		{"other scheme", Options{BaseURL: "ftp://localhost"}, "change it to https://"},
		{"nothing", Options{}, "no base URL"},
		{"no host", Options{BaseURL: "https:///api"}, "Options.BaseURL"},
		{"no scheme", Options{BaseURL: "api.trustly.one"}, "Options.BaseURL"},
		{"opaque", Options{BaseURL: "https:api"}, "Options.BaseURL"},
		{"credentials", Options{BaseURL: "https://u:p@api.trustly.one"}, "Options.AccessID"},
		{"query", Options{BaseURL: base + "?a=b"}, "query or fragment"},
		{"fragment", Options{BaseURL: base + "#a"}, "query or fragment"},
		{"no id", Options{BaseURL: base, AccessID: "-"}, "Options.AccessID is empty"},
		{"colon in id", Options{BaseURL: base, AccessID: "a:b"}, "colon"},
		{"no key", Options{BaseURL: base, AccessKey: "-"}, "Options.AccessKey is empty"},
		{"unit", Options{BaseURL: base, TimeUnit: "us"}, `set it to "ms" or "s"`},
		{"rate", Options{BaseURL: base, RateLimit: -1}, "Options.RateLimit"},
		{"rate not a number", Options{BaseURL: base, RateLimit: math.NaN()}, "Options.RateLimit"},
		{"concurrency", Options{BaseURL: base, MaxConcurrency: -1}, "Options.MaxConcurrency"},
		{"timeout", Options{BaseURL: base, Timeout: -1}, "Options.Timeout"},
		{"whole timeout", Options{BaseURL: base, CallTimeout: -1}, "Options.CallTimeout"},
		{"cache", Options{BaseURL: base, CacheFor: -1}, "Options.CacheFor"},
		{"cache size", Options{BaseURL: base, CacheBytes: -1}, "Options.CacheBytes"},
		{"body", Options{BaseURL: base, MaxBody: -1}, "Options.MaxBody"},
		{"agent", Options{BaseURL: base, UserAgent: "a\r\nb"}, "Options.UserAgent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, credential := range []*string{&tt.options.AccessID, &tt.options.AccessKey} {
				switch *credential {
				case "":
					*credential = "x"
				case "-":
					*credential = ""
				}
			}
			c, err := New(tt.options)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("got error %v, want none", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got error %v, want one with %q", err, tt.want)
			case err == nil && c.TimeUnit() != Milliseconds:
				t.Errorf("got time unit %q, want %q", c.TimeUnit(), Milliseconds)
			}
		})
	}
}

func TestNewNeverRepeatsCredentials(t *testing.T) {
	for _, base := range []string{"https://u:hunter2@api.trustly.one", "http://u:hunter2@api.trustly.one?x", "https://u:hunter2@%zz"} {
		_, err := New(Options{BaseURL: base, AccessID: "a", AccessKey: "b"})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("New(%q): got error %v, want one without the password", base, err)
		}
	}
	c, err := New(Options{BaseURL: "https://api.trustly.one", AccessID: "a", AccessKey: "hunter2"})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if got := fmt.Sprintf(verb, c); strings.Contains(got, "hunter2") {
			t.Errorf("printed with %s, the client shows its key: %s", verb, got)
		}
	}
}

func TestOwnTransportWantsTLS12(t *testing.T) {
	c, err := New(Options{BaseURL: "https://api.trustly.one", AccessID: "a", AccessKey: "b"})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.http.Transport.(*http.Transport).TLSClientConfig.MinVersion; got != tls.VersionTLS12 {
		t.Errorf("got TLS version %x, want %x", got, tls.VersionTLS12)
	}
}

func TestRequestHeaders(t *testing.T) {
	var got *http.Request
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		answer(200, `{"transactions":[]}`)(w, r)
	}, func(o *Options) { o.BaseURL += "//" })
	if _, err := c.List(context.Background(), ListOptions{}); err != nil {
		t.Fatal(err)
	}
	if id, key, ok := got.BasicAuth(); !ok || id != "id" || key != "key" {
		t.Errorf("got credentials %q %q %v, want id key", id, key, ok)
	}
	if got.Method != "GET" || got.URL.Path != "/api/v1/transactions" {
		t.Errorf("got %s %s, want GET /api/v1/transactions", got.Method, got.URL.Path)
	}
	if got, want := got.UserAgent(), "trustlyclient/"+Version; got != want {
		t.Errorf("got user agent %q, want %q", got, want)
	}
	if got := got.Header.Get("Accept"); got != "application/json" {
		t.Errorf("got Accept %q, want application/json", got)
	}
	if !strings.HasPrefix(c.Host(), "127.0.0.1:") {
		t.Errorf("got host %q, want the server's", c.Host())
	}
}
