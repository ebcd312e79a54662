package main

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"trustlyportal/trustlyclient/trustlytest"
)

var findPictures = flag.String("find-pictures", "", "directory to write pictures of the one box to")

func (b *tab) picture(name string) {
	b.Helper()
	if *findPictures == "" {
		return
	}
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	b.must(os.WriteFile(filepath.Join(*findPictures, name+".png"), shot, 0o600))
}

// paste is what the keyboard's paste does where the focus is: the page hears of it first.
func (b *tab) paste(text string) {
	b.Helper()
	eval[any](b, `(() => {
		const data = new DataTransfer();
		data.setData("text/plain", `+quote(text)+`);
		(document.activeElement ?? document.body).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
	})()`)
}

// findable is a record of the sandbox that nothing else is like.
func findable(t *testing.T, api *trustlytest.Server) trustlytest.Record {
	t.Helper()
	for _, r := range api.Records() {
		if r.Rare == nil && r.ProviderID != "" && r.Payment.MerchantReference != "" && r.Payment.Customer != nil && r.OriginalID != "" {
			return r
		}
	}
	t.Fatal("the ledger has no ordinary record")
	return trustlytest.Record{}
}

// Whatever page one is on: paste, or the slash and typing, and the record is there.
func TestFindByPasteAndKeys(t *testing.T) {
	t.Parallel()
	p := configured(t)
	r := findable(t, p.api)
	record := "/transactions/" + r.ID
	b := newTab(t, p.url)
	b.open("/help/filters")
	b.signIn("ann@example.com", userPassword)
	b.at("/help/filters")

	b.paste("  “" + r.ID + "”\r\n")
	b.at(record)
	eval[any](b, `document.title = "the page before"`)
	b.paste(r.ProviderID)
	b.until("the record again", loaded+` && location.pathname === `+quote(record)+` && document.title !== "the page before"`)

	b.open("/account")
	b.press("/")
	b.until("the focus in the one box", `document.activeElement.id === "q"`)
	b.press("#" + r.ID + "\r")
	b.at(record)

	// In a field, paste is the field's own; with a dialog open it is nobody's.
	b.open("/account")
	b.click("#tz", "")
	b.paste(r.ID)
	b.open("/account")
	b.press("?")
	b.until("the help on keys", `document.querySelector("#keys").open`)
	b.paste(r.ID)
	time.Sleep(200 * time.Millisecond)
	b.at("/account")

	// Several lines are a list wherever they are pasted, the boxes too.
	for _, path := range []string{"/account", "/find"} {
		b.open(path)
		eval[any](b, `HTMLFormElement.prototype.submit = function () { document.title = this.method + " " + new URL(this.action).pathname + " " + this.elements.list.value.replaceAll("\n", "|"); }`)
		b.paste(r.ID + "\r\n\r\n " + r.ProviderID + " \n")
		b.until("the list sent", `document.title === `+quote("post /find/list "+r.ID+"|"+r.ProviderID))
	}
}

// What the box answers with, in every state, is fit for everyone: wide, narrow, light, dark.
func TestFindAccessibility(t *testing.T) {
	t.Parallel()
	p := configured(t)
	r := findable(t, p.api)
	b := newTab(t, p.url)
	b.open("/find")
	b.signIn("ann@example.com", userPassword)
	b.at("/find")
	for _, state := range []struct{ name, path, text string }{
		{"find-empty", "/find", "What do you have?"},
		{"find-several", "/find?all=1&q=" + r.Payment.ID, "by payment ID"},
		{"find-nothing", "/find?q=nobody%0Anobody2", "Nothing found"},
		{"find-email", "/find?q=joe%40example.com", "can't search by e-mail"},
	} {
		b.open(state.path)
		b.until(state.name, find("main", state.text)+` !== undefined`)
		b.picture(state.name)
		b.accessible(state.name)
	}
	p.api.SetFault(trustlytest.Fault{Status: http.StatusForbidden, Match: func(r *http.Request) bool { return r.URL.Query().Has("originalTransactionId") }})
	failed := find("main", "No answer by original ID") + ` !== undefined`
	if !b.poll(func() bool { b.open("/find?all=1&q=" + r.Payment.ID); return eval[bool](b, failed) }) { // the answers are kept for a moment
		b.Fatal("got no failure")
	}
	b.accessible("find-failure")
}

// A slow API: the page is there at once and says what is awaited; each answer takes its place as it comes; the only
// transaction found opens by itself. All of it without script, too.
func TestFindAsItComes(t *testing.T) {
	t.Parallel()
	for _, scripts := range []bool{true, false} {
		p := configured(t)
		r := findable(t, p.api)
		b := newTab(t, p.url)
		b.open("/account")
		b.signIn("ann@example.com", userPassword)
		b.at("/account")
		if !scripts {
			b.withoutScripts()
		}
		late := func(name string, d time.Duration) trustlytest.Fault {
			return trustlytest.Fault{Delay: d, Match: func(r *http.Request) bool { return r.URL.Query().Has(name) }}
		}
		p.api.SetFault(late("payment.paymentId", time.Second), late("originalTransactionId", 4*time.Second))
		go func() { _ = chromedp.Do(b.ctx, chromedp.Navigate(b.base+"/find?all=1&q="+r.Payment.ID)) }()
		// What the reader sees, places and what they hold: innerText knows of both.
		said := func(text string) string {
			return `(document.querySelector(".find-answers")?.shadowRoot ? [...document.querySelector(".find-answers").shadowRoot.querySelectorAll("slot")].map((s) => (s.assignedElements().length ? s.assignedElements() : [...s.children]).map((e) => e.textContent).join(" ")).join("\n") : "").includes(` + quote(text) + `)`
		}
		b.until("what is awaited", said("Asking Trustly in")+` && `+said("By original ID: asking Trustly…")+` && `+said("By payment ID: asking Trustly…"))
		b.until("what is there", said("None by transaction ID"))
		b.picture("find-asking")
		b.until("the next answer", said("by payment ID")+` && !`+said("By payment ID: asking")+` && `+said("By original ID: asking Trustly…"))
		b.picture("find-half")
		b.until("all answers", loaded+` && !`+said("asking Trustly…")+` && !`+said("Asking Trustly in"))
		b.picture("find-streamed")
		if top := eval[float64](b, `document.querySelector(".find-summary").getBoundingClientRect().top`); top > eval[float64](b, `document.querySelector(".find-some").getBoundingClientRect().top`) {
			t.Errorf("scripts %t: the summary stands below the answers", scripts)
		}
		if scripts {
			b.accessible("find-streamed")
		}

		p.api.SetFault(late("paymentProviderTransaction.paymentProviderTransactionId", time.Second))
		b.open("/account")
		go func() { _ = chromedp.Do(b.ctx, chromedp.Navigate(b.base+"/find?q="+r.ProviderID)) }()
		b.until("what is awaited", said("By provider transaction ID: asking Trustly…"))
		b.at("/transactions/" + r.ID)
	}
}
