package main

import (
	"bytes"
	"cmp"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "directory to write the README's screenshots to")

// TestScreenshots is how make screenshots takes the pictures of the README.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no test: it writes pictures when -screenshots names a directory")
	}
	b := newTab(t, demo(t).url)
	list := "/transactions?transactionStatus=5&transactionStatus=8&transactionStatus=10&createdAt.start=now-30d&tz=America/New_York"
	b.open(list)
	b.signIn("finance@example.com", demoPassword)
	b.at(list)
	b.until("icons", `performance.getEntriesByType("resource").some((e) => e.name.includes("icons") && e.responseEnd > 0)`)
	b.shoot("list.png")
	b.open("/transactions?transactionStatus=10&transactionType=3&createdAt.start=now-60d&tz=America/New_York")
	b.click("#results tr[data-transaction-id] a", "")
	b.heading(" of ")
	b.shoot("detail.png")
}

// shoot writes what the window shows.
func (b *tab) shoot(name string) {
	b.Helper()
	eval[any](b, `document.activeElement.blur()`)
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	img, err := png.Decode(bytes.NewReader(shot))
	b.must(err)
	var out bytes.Buffer
	b.must((&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, fewColors(img)))
	b.must(os.WriteFile(filepath.Join(*screenshots, name), out.Bytes(), 0o600))
	b.Logf("%s: %d bytes", name, out.Len())
}

// fewColors keeps the 256 commonest colours, which cover a page of text: a third of the size.
func fewColors(img image.Image) image.Image {
	count := map[color.RGBA]int{}
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			count[color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)]++
		}
	}
	common := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int { return cmp.Compare(count[b], count[a]) })
	var colors color.Palette
	for _, c := range common[:min(256, len(common))] {
		colors = append(colors, c)
	}
	few := image.NewPaletted(r, colors)
	draw.Draw(few, r, img, r.Min, draw.Src)
	return few
}
