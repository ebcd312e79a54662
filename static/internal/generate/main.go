// Command generate makes ../dist from ../src and ../third_party: one style
// sheet, one icon sprite and the scripts, each also compressed once and for all.
//
// It is run by `go generate ./static`; its output is committed, so that building
// the portal needs no generator.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/klauspost/compress/gzip"
)

const (
	basecoat = "third_party/basecoat-css-1.0.2/basecoat-nova.cdn.min.css"
	tabler   = "third_party/tabler-icons-3.51.0"
	htmx     = "third_party/htmx.org-4.0.1/htmx.min.js"
)

// kept are the basecoat components the pages use. The bundle's other components
// (side bars, drawers, combo boxes, …) are nine tenths of its weight.
var kept = []string{"btn", "input", "select", "badge", "kbd"}

func main() {
	log.SetFlags(0)
	if err := run("."); err != nil {
		log.Fatal("generate: ", err)
	}
}

func run(dir string) error {
	out := map[string][]byte{}

	bundle, err := os.ReadFile(filepath.Join(dir, basecoat))
	if err != nil {
		return err
	}
	own, err := bundled(dir, "src/css/portal.css")
	if err != nil {
		return err
	}
	pictures, err := icons(filepath.Join(dir, tabler))
	if err != nil {
		return err
	}
	out["portal.css"] = []byte(cutUnread(subset(string(bundle), kept)+"\n"+string(own)) + pictures)
	if out["portal.js"], err = scripts(dir); err != nil {
		return err
	}

	if out["favicon.svg"], err = os.ReadFile(filepath.Join(dir, "src/favicon.svg")); err != nil {
		return err
	}

	dist := filepath.Join(dir, "dist")
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	for _, name := range sortedNames(out) {
		gz, err := gzipped(out[name])
		if err != nil {
			return err
		}
		br, err := brotlied(out[name])
		if err != nil {
			return err
		}
		for suffix, data := range map[string][]byte{"": out[name], ".gz": gz, ".br": br} {
			if err := os.WriteFile(filepath.Join(dist, name+suffix), data, 0o644); err != nil {
				return err
			}
		}
		fmt.Printf("%-12s %6d  gzip %5d  brotli %5d\n", name, len(out[name]), len(gz), len(br))
	}
	return nil
}

// bundled joins a file and all that it imports into one, without comments and
// white space.
func bundled(dir, entry string) ([]byte, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: abs, EntryPoints: []string{entry}, Bundle: true, Format: api.FormatIIFE, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LogLevel: api.LogLevelWarning,
	})
	if len(result.Errors) > 0 {
		return nil, fmt.Errorf("bundle %s: %s", entry, result.Errors[0].Text)
	}
	return result.OutputFiles[0].Contents, nil
}

// scripts joins what runs before the page is drawn (start.js) and the function that it calls afterwards: htmx as
// published, then all else of ours.
func scripts(dir string) ([]byte, error) {
	start, err := bundled(dir, "src/js/start.js")
	if err != nil {
		return nil, err
	}
	library, err := os.ReadFile(filepath.Join(dir, htmx))
	if err != nil {
		return nil, err
	}
	rest, err := bundled(dir, "src/js/portal.js")
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "(()=>{function theRest(){%s\nwindow.htmx=htmx;%s}\n%s})();\n", library, rest, start), nil
}

// icons are the pictures of outline/ and filled/ as masks, one class for each file of that name: an element takes the shape
// and its own colour. A picture in the page itself would be several elements, dozens of times.
func icons(dir string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*/*.svg"))
	if err != nil {
		return "", err
	}
	sort.Strings(files)
	var b strings.Builder
	b.WriteString("@layer portal{")
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		paint := `fill='none' stroke='%23000' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'`
		if filepath.Base(filepath.Dir(f)) == "filled" {
			paint = ""
		}
		fmt.Fprintf(&b, `.icon-%s{--icon:url("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' %s>`,
			strings.TrimSuffix(filepath.Base(f), ".svg"), paint)
		for _, p := range iconPath.FindAllString(string(src), -1) {
			if !strings.Contains(p, `stroke="none"`) { // tabler's invisible bounding box
				b.WriteString(strings.ReplaceAll(p, `"`, "'"))
			}
		}
		b.WriteString(`</svg>")}`)
	}
	b.WriteString("}\n")
	return b.String(), nil
}

var iconPath = regexp.MustCompile(`<path[^>]*/>`)

func gzipped(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func brotlied(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func sortedNames(m map[string][]byte) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
