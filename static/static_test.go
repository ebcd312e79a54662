package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

// names are all the assets a page links to.
var names = []string{"favicon.svg", "portal.css", "portal.js"}

func get(t *testing.T, method, url, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, url, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestURLIsTheFingerprintOfTheContent(t *testing.T) {
	if got, want := len(byName), len(names); got != want {
		t.Errorf("%d assets, want %d", got, want)
	}
	for _, name := range names {
		res := get(t, "GET", URL(name), "")
		sum := sha256.Sum256(body(t, res))
		stem, ext, _ := strings.Cut(name, ".")
		if got, want := URL(name), "/static/"+stem+"."+hex.EncodeToString(sum[:8])+"."+ext; got != want {
			t.Errorf("URL(%q) = %q, want %q", name, got, want)
		}
		for header, want := range map[string]string{
			"Cache-Control":          "public, max-age=31536000, immutable",
			"Vary":                   "Accept-Encoding",
			"X-Content-Type-Options": "nosniff",
			"Content-Encoding":       "",
		} {
			if got := res.Header.Get(header); got != want {
				t.Errorf("%s: %s = %q, want %q", name, header, got, want)
			}
		}
	}
}

func TestURLOfAnUnknownNamePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic for a name that is not there")
		}
	}()
	URL("missing.css")
}

func TestEveryEncodingHoldsTheSameContent(t *testing.T) {
	for _, name := range names {
		plain := body(t, get(t, "GET", URL(name), ""))
		zr, err := gzip.NewReader(get(t, "GET", URL(name), "gzip").Body)
		if err != nil {
			t.Fatal(err)
		}
		for encoding, r := range map[string]io.Reader{"gzip": zr, "br": brotli.NewReader(get(t, "GET", URL(name), "br").Body)} {
			got, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, plain) {
				t.Errorf("%s as %s is not the plain file; run go generate ./static", name, encoding)
			}
		}
	}
}

func TestNegotiation(t *testing.T) {
	for _, test := range []struct{ accept, want string }{
		{"", ""},
		{"gzip, deflate, br, zstd", "br"},
		{"gzip", "gzip"},
		{"GZIP;Q=0.5", "gzip"},
		{"br;q=0, gzip", "gzip"},
		{"br;q=0.000, gzip;q=0", ""},
		{"*", "br"},
		{"br;q=0, *", "gzip"},
		{"*;q=0", ""},
		{"identity", ""},
		{"br;q=nonsense", ""},
		{"br ; q=1", "br"},
		{"deflate, ,", ""},
	} {
		res := get(t, "GET", URL("portal.css"), test.accept)
		if got := res.Header.Get("Content-Encoding"); got != test.want {
			t.Errorf("Accept-Encoding %q: %q, want %q", test.accept, got, test.want)
		}
		if got, want := res.ContentLength, int64(len(body(t, res))); got >= 0 && got != want {
			t.Errorf("Accept-Encoding %q: length %d, want %d", test.accept, got, want)
		}
	}
}

func TestPrefer(t *testing.T) {
	for accept, want := range map[string]string{
		"gzip, zstd": "zstd", "gzip, zstd;q=0.9": "gzip", "zstd;q=0, gzip;q=0.1": "gzip", "br": "", "": "", "identity;q=1, *;q=0": "",
		"*": "zstd", "*;q=0.5, gzip": "gzip", "gzip;q=x": "", "GZIP": "gzip", "gzip;q=NaN": "",
	} {
		if got := Prefer([]string{accept}, "zstd", "gzip"); got != want {
			t.Errorf("Prefer(%q): got %q, want %q", accept, got, want)
		}
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add("gzip;q=0.5, br;q=0, *")
	f.Fuzz(func(t *testing.T, accept string) {
		got := Negotiate([]string{accept}, "br", "gzip")
		if got != "" && !strings.Contains(strings.ToLower(accept), got) && !strings.Contains(accept, "*") {
			t.Errorf("Negotiate(%q) = %q, which was not offered", accept, got)
		}
	})
}

func TestContentTypes(t *testing.T) {
	for name, want := range map[string]string{
		"portal.css": "text/css; charset=utf-8", "portal.js": "text/javascript; charset=utf-8", "favicon.svg": "image/svg+xml",
	} {
		if got := get(t, "GET", URL(name), "br").Header.Get("Content-Type"); got != want {
			t.Errorf("%s: Content-Type %q, want %q", name, got, want)
		}
	}
}

func TestHEADHasTheHeadersAndNoBody(t *testing.T) {
	res := get(t, "HEAD", URL("portal.js"), "gzip")
	if got := len(body(t, res)); got != 0 || res.StatusCode != 200 || res.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: status %d, %d bytes, length %q", res.StatusCode, got, res.Header.Get("Content-Length"))
	}
	if got := get(t, "POST", URL("portal.js"), "").StatusCode; got != 405 {
		t.Errorf("POST: %d, want 405", got)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for _, path := range []string{
		"/static/", "/static/portal.css", "/static/portal.0000000000000000.css", URL("portal.css") + ".br", "/static/../static.go",
		"/static/dist/portal.css", strings.ToUpper(URL("portal.css")),
	} {
		res := get(t, "GET", path, "")
		if res.StatusCode != 404 || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q, want 404 and no-store", path, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
}

// What a first visit may weigh. The page itself comes on top (see package views);
// all together must stay below 80 kB. The limits are a little above what there
// is, so that growth is somebody's decision.
const (
	maxBrotli = 40_000
	maxGzip   = 44_000
)

func TestWeight(t *testing.T) {
	br, gz := 0, 0
	for _, name := range names {
		br += len(byName[name].br)
		gz += len(byName[name].gzip)
	}
	if br > maxBrotli || gz > maxGzip {
		t.Errorf("assets weigh %d brotli, %d gzip; want at most %d, %d", br, gz, maxBrotli, maxGzip)
	}
	t.Logf("assets: %d bytes brotli, %d gzip", br, gz)
}
