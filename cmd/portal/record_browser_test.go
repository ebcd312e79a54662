package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"trustlyportal/trustlyclient/trustlytest"
)

var recordPictures = flag.String("record-pictures", "", "directory to write pictures of the record's page to, for each scenario of the reference")

// TestRecordPictures takes pictures of each scenario's last record, and of families that are hard to show.
func TestRecordPictures(t *testing.T) {
	if *recordPictures == "" {
		t.Skip("no test: it writes pictures when -record-pictures names a directory")
	}
	p := configured(t)
	b := newTab(t, p.url)
	b.open("/help/filters")
	b.signIn("ann@example.com", userPassword)
	b.at("/help/filters")
	now := time.Now()
	take := func(name, id string) {
		for _, look := range []struct {
			width int64
			theme string
		}{{1440, "light"}, {375, "dark"}} {
			b.resize(look.width)
			b.prefer(look.theme)
			b.open("/transactions/" + id + "?tz=America/New_York")
			b.recordPicture(fmt.Sprintf("%s-%d", name, look.width))
		}
	}
	for n := 1; n <= 13; n++ {
		payments := map[string]string{} // each with its last record
		var order []string
		for _, r := range trustlytest.Scenario(n, now) {
			id := p.api.Insert(r)
			if payments[r.Payment.ID] == "" {
				order = append(order, r.Payment.ID)
			}
			payments[r.Payment.ID] = id
		}
		for i, payment := range order {
			take(fmt.Sprintf("scenario-%02d-%d", n, i+1), payments[payment])
		}
	}
	var last string
	for _, r := range trustlytest.ManyCaptures(500, now) {
		last = p.api.Insert(r)
	}
	take("many", last)
}

// recordPicture is the whole page, not the window alone.
func (b *tab) recordPicture(name string) {
	b.Helper()
	if *recordPictures == "" {
		return
	}
	type size struct{ Width, Height int64 }
	s := eval[size](b, `({ Width: innerWidth, Height: document.documentElement.scrollHeight })`)
	_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.Width, Height: min(s.Height, 4000), DeviceScaleFactor: 1})
	b.must(err)
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	b.must(os.WriteFile(filepath.Join(*recordPictures, name+".png"), shot, 0o600))
	b.resize(s.Width)
}
