package main

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A browser keeps nothing personal: neither its storage nor its cookies hold what a day's work brought up, signed in or
// out.
func TestBrowserKeepsNothingPersonal(t *testing.T) {
	t.Parallel()
	b := newTab(t, demo(t).url)
	list := "/transactions?transactionType=3&createdAt.start=now-60d&tz=UTC"
	b.open(list)
	b.signIn("support@example.com", demoPassword)
	b.at(list)
	b.click("#results tr[data-transaction-id] a", "")
	b.heading("Capture of")
	const field = `dd:has(input[value='payment.customer.email'])`
	b.click(field+" .reveal summary", "Reveal")
	b.fill(field+" input[name=reason]", "caller asked")
	b.press("\r")
	b.until("the value", find(field+" .revealed bdi", "@"))
	secrets := []string{eval[string](b, find(field+" .revealed bdi", "")+`.textContent`), "Zacharias", "203.0.113.77"}
	b.open("/find?q=Zacharias&all=1")
	b.open("/transactions?payment.customer.name=Zacharias&ipAddr=203.0.113.77&tz=UTC")
	b.open("/find/list")
	b.open(list)

	kept := func() string {
		t.Helper()
		texts := []string{eval[string](b, `JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), window.name, history.state])`)}
		eval[any](b, `(Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()]).then((all) => { window.keptElsewhere = all.flat().length; }), 0)`)
		b.until("databases, caches and workers: none", `window.keptElsewhere === 0`)
		jar, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{})
		b.must(err)
		for _, c := range jar.Cookies {
			texts = append(texts, c.Name+"="+c.Value)
			for _, encoding := range []*base64.Encoding{base64.URLEncoding, base64.RawURLEncoding} {
				if text, err := encoding.DecodeString(c.Value); err == nil {
					texts = append(texts, string(text))
				}
			}
		}
		return strings.Join(texts, "\n")
	}
	check := func(when string) {
		t.Helper()
		text := kept()
		if !strings.Contains(text, "portal_preferences=") {
			t.Errorf("%s: the cookies can't be read: the scan would find nothing", when)
		}
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s: the browser keeps %q", when, secret)
			}
		}
	}
	check("signed in")
	b.click("details.menu summary", "support@example.com")
	b.click("details.menu button", "Sign out")
	b.heading("Sign in")
	check("signed out")
	b.goBack()
	b.heading("Sign in")
}
