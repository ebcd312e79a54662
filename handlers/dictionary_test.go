package handlers_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// byDictionary has pages compressed with the dictionary, as a portal that is served has.
func byDictionary(c *handlers.Config, _ *trustlyclient.Options) { c.Dictionary = true }

const aList = "/transactions?createdAt.start=now-30d&tz=UTC"

// unpacked reads a body as browsers do.
func unpacked(t *testing.T, a answer, dictionary string) string {
	t.Helper()
	var r io.Reader = strings.NewReader(a.body)
	var err error
	switch coding := a.header.Get("Content-Encoding"); coding {
	case "":
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r)
	case "dcz":
		sum := sha256.Sum256([]byte(dictionary))
		head := "\x5e\x2a\x4d\x18\x20\x00\x00\x00" + string(sum[:])
		if !strings.HasPrefix(a.body, head) {
			t.Fatalf("dcz: got %x…, want it to begin with its mark and the dictionary's hash, %x", a.body[:min(40, len(a.body))], head)
		}
		r, err = zstd.NewReader(strings.NewReader(a.body[len(head):]), zstd.WithDecoderDictRaw(0, []byte(dictionary)))
	default:
		t.Fatalf("got Content-Encoding %q", coding)
	}
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// dictionaryOf loads what a page names, and how a browser says that it has it.
func dictionaryOf(t *testing.T, b *browser, page answer) (text, available string) {
	t.Helper()
	href, ok := page.doc().Find("link[rel=compression-dictionary]").Attr("href")
	if !ok {
		t.Fatal("the page names no dictionary")
	}
	a := b.get(href, "Accept-Encoding", "gzip").want(http.StatusOK)
	for name, want := range map[string]string{
		"Use-As-Dictionary": `match="/*"`, "Cache-Control": "public, max-age=31536000, immutable",
		"Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff", "Set-Cookie": "",
	} {
		if got := strings.Join(a.header.Values(name), ", "); got != want && !(name == "Vary" && strings.Contains(got, want)) {
			t.Errorf("dictionary's %s: got %q, want %q", name, got, want)
		}
	}
	text = unpacked(t, a, "")
	sum := sha256.Sum256([]byte(text))
	return text, ":" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// A browser that has the dictionary gets pages, parts of them and errors as what differs from it; they are the same.
func TestPagesByDictionary(t *testing.T) {
	p := open(t, trustlytest.New(trustlytest.Options{Seed: 1, Rows: 200}), byDictionary)
	b := p.as(auth.Support)
	dictionary, available := dictionaryOf(t, b, b.get(aList))
	for _, one := range []struct {
		what, path string
		status     int
		headers    []string
		most       int // bytes
	}{
		{"the list", aList, http.StatusOK, nil, 4000},
		{"a change of page", aList, http.StatusOK, []string{"HX-Request", "true"}, 4000},
		{"what is refused", "/transactions?amount.min=abc", http.StatusUnprocessableEntity, nil, 2000},
		{"what is not there", "/nowhere", http.StatusNotFound, nil, 1500},
	} {
		plain := b.get(one.path, append(one.headers, "Accept-Encoding", "identity")...).want(one.status)
		packed := b.get(one.path, append(one.headers, "Accept-Encoding", "gzip, br, zstd, dcb, dcz", "Available-Dictionary", available)...).want(one.status)
		if got := packed.header.Get("Content-Encoding"); got != "dcz" {
			t.Errorf("%s: got Content-Encoding %q, want dcz", one.what, got)
		}
		vary := strings.Join(packed.header.Values("Vary"), ", ")
		for _, name := range []string{"Accept-Encoding", "Available-Dictionary", "Cookie"} {
			if !strings.Contains(vary, name) || !strings.Contains(strings.Join(plain.header.Values("Vary"), ", "), name) {
				t.Errorf("%s: got Vary %q, want %s in it, for every browser", one.what, vary, name)
			}
		}
		if got, want := len(unpacked(t, packed, dictionary)), len(plain.body); got < want-200 || got > want+200 { // clocks and the request's id
			t.Errorf("%s: got %d bytes unpacked, want about %d", one.what, got, want)
		}
		if len(packed.body) > one.most {
			t.Errorf("%s: got %d bytes, want at most %d", one.what, len(packed.body), one.most)
		}
		t.Logf("%s: %d bytes, %d by dictionary", one.what, len(plain.body), len(packed.body))
	}
}

// What a browser does not say that it takes is not sent to it.
func TestCompressionIsNegotiated(t *testing.T) {
	p := open(t, trustlytest.New(trustlytest.Options{Seed: 1, Rows: 200}), byDictionary)
	b := p.as(auth.Support)
	dictionary, available := dictionaryOf(t, b, b.get(aList))
	other := ":" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)) + ":"
	for _, one := range []struct{ accept, available, want string }{
		{"gzip, deflate, br, zstd, dcb, dcz", available, "dcz"},
		{"gzip, deflate, br, zstd, dcb, dcz", other, "zstd"}, // another version's
		{"gzip, deflate, br, zstd, dcb, dcz", "", "zstd"},
		{"gzip, deflate, br, zstd, dcb, dcz", "nonsense", "zstd"},
		{"gzip, dcz;q=0", available, "gzip"},
		{"gzip, dcb", available, "gzip"}, // brotli's dictionaries alone
		{"dcz", available, "dcz"},
		{"zstd;q=0, gzip", "", "gzip"},
		{"zstd;q=0, gzip;q=0", "", ""},
		{"identity", available, ""},
		{"", "", ""},
		{"br", "", ""},
		{"zstd;q=0.2, gzip;q=0.9", "", "gzip"},
		{"gzip;q=0.5", "", "gzip"},
	} {
		a := b.get(aList, "Accept-Encoding", one.accept, "Available-Dictionary", one.available).want(http.StatusOK)
		if got := a.header.Get("Content-Encoding"); got != one.want {
			t.Errorf("Accept-Encoding %q, Available-Dictionary %.9q: got Content-Encoding %q, want %q", one.accept, one.available, got, one.want)
		}
		if got, want := a.header.Get("Content-Length"), strconv.Itoa(len(a.body)); got != want {
			t.Errorf("Accept-Encoding %q: got Content-Length %q, want %s", one.accept, got, want)
		}
		if body := unpacked(t, a, dictionary); !strings.HasSuffix(body, "</html>") {
			t.Errorf("Accept-Encoding %q: got a body that ends in %.20q, want a whole page", one.accept, body[max(0, len(body)-20):])
		}
		if got := strings.Join(a.header.Values("Vary"), ", "); !strings.Contains(got, "Accept-Encoding") {
			t.Errorf("Accept-Encoding %q: got Vary %q, want Accept-Encoding in it", one.accept, got)
		}
	}
	tiny := b.get("/healthz", "Accept-Encoding", "gzip, zstd")
	if got := tiny.header.Get("Content-Encoding"); got != "" {
		t.Errorf("a tiny answer: got Content-Encoding %q, want none", got)
	}
}

// The dictionary is the same on every machine that serves the same pages, whoever is signed in, and holds nothing of
// anybody: strangers may load it.
func TestDictionaryIsNobodys(t *testing.T) {
	api := trustlytest.New(trustlytest.Options{Seed: 1, Rows: 200})
	p := open(t, api, byDictionary)
	b := p.as(auth.Admin)
	ours, _ := dictionaryOf(t, p.stranger(), b.get(aList))
	p.clock.advance(40 * 24 * 3600e9)
	theirs, _ := dictionaryOf(t, p.again().stranger(), p.again().stranger().get("/login"))
	if ours != theirs {
		t.Error("two processes made two dictionaries: pages of the one are packed for nobody of the other")
	}
	for _, private := range []string{"example.com", "@", p.clock.now().Format("2006-01-02")} {
		if strings.Contains(ours, private) {
			t.Errorf("the dictionary holds %q", private)
		}
	}
}

// What pages have in common stands in them as it was compressed once: between two frames of zstd of their own, or at the end.
func TestStillPartsOfPages(t *testing.T) {
	p := open(t, trustlytest.New(trustlytest.Options{Seed: 1, Rows: 200}))
	b := p.as(auth.Support)
	for path, want := range map[string]int{
		aList: 6, // two parts of the form, and the end
		"/transactions?createdAt.start=now-30d&payment.merchant.merchantId=7&tz=UTC": 4, // whose group is open: the last part of the form is not as ever
		"/account": 2,
	} {
		a := b.get(path, "Accept-Encoding", "zstd").want(http.StatusOK)
		if got := strings.Count(a.body, "\x28\xb5\x2f\xfd"); got != want {
			t.Errorf("%s: got %d frames, want %d", path, got, want)
		}
	}
}
