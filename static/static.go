// Package static serves the portal's own assets: embedded, named by their
// content and compressed beforehand.
//
// A URL holds the first 16 hex digits of the content's SHA-256, so that it may be
// cached for ever: other content has another URL. README.md lists what is in it
// and under which licences.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:generate go run ./internal/generate

//go:embed dist
var dist embed.FS

// Prefix is the path under which Handler expects its requests.
const Prefix = "/static/"

// contentTypes are all the types there are; a file of another kind is a mistake.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// asset is one file in its three encodings.
type asset struct {
	url, contentType string
	plain, gzip, br  []byte
}

var byName, byURL = load()

func load() (byName, byURL map[string]*asset) {
	byName, byURL = map[string]*asset{}, map[string]*asset{}
	files, err := fs.Glob(dist, "dist/*")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		ext := path.Ext(file)
		contentType, ok := contentTypes[ext]
		if !ok {
			continue // the compressed variants
		}
		a := &asset{contentType: contentType, plain: mustRead(file), gzip: mustRead(file + ".gz"), br: mustRead(file + ".br")}
		name := path.Base(file)
		sum := sha256.Sum256(a.plain)
		a.url = Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext
		byName[name], byURL[a.url] = a, a
	}
	return byName, byURL
}

func mustRead(file string) []byte {
	data, err := dist.ReadFile(file)
	if err != nil {
		panic(fmt.Sprintf("static: %v; run `go generate ./static`", err))
	}
	return data
}

// URL returns the path of an asset such as "portal.css":
// "/static/portal.1f0c….css". It panics for a name that is not embedded, which
// only a mistake in a template can ask for.
func URL(name string) string {
	a, ok := byName[name]
	if !ok {
		panic("static: no asset " + strconv.Quote(name))
	}
	return a.url
}

// Handler serves GET and HEAD of the paths that URL returns and answers 404 to
// any other path under Prefix, an older fingerprint included.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		a, ok := byURL[r.URL.Path]
		if !ok {
			h.Set("Cache-Control", "no-store") // during a rolling start another machine may have it
			http.Error(w, "No such file.", http.StatusNotFound)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "Only GET and HEAD.", http.StatusMethodNotAllowed)
			return
		}
		body := a.plain
		switch Negotiate(r.Header.Values("Accept-Encoding"), "br", "gzip") {
		case "br":
			body = a.br
			h.Set("Content-Encoding", "br")
		case "gzip":
			body = a.gzip
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("Vary", "Accept-Encoding")
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Content-Type", a.contentType)
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(http.StatusOK)
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // a reader that left is no news
		}
	})
}
