package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/audit"
	"trustlyportal/auth"
)

// formOf is what a browser would send of a form.
func formOf(form *goquery.Selection) url.Values {
	values := url.Values{}
	for _, input := range form.Find("input[name]").EachIter() {
		name, _ := input.Attr("name")
		value, _ := input.Attr("value")
		values.Add(name, value)
	}
	return values
}

const staleProof = auth.ProofAge + time.Second

func TestProofForPages(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Finance)
	page := "/account/security/authenticator?next=%2Fhelp%2Ffilters"
	b.get(page).want(http.StatusOK)
	p.clock.advance(staleProof)
	a := b.get(page).want(http.StatusSeeOther)
	ask := a.header.Get("Location")
	if !strings.HasPrefix(ask, "/account/prove?next=%2Faccount%2Fsecurity%2Fauthenticator") {
		t.Fatalf("got Location %q, want the page that asks", ask)
	}
	form := formOf(b.get(ask).want(http.StatusOK).doc().Find("form:has(#prove-password)"))
	form.Set("prove-password", "not this one at all")
	b.post("/account/prove", form).wantSaid(http.StatusUnauthorized, "The password is wrong")
	b.get(page).want(http.StatusSeeOther)
	form.Set("prove-password", testPassword)
	b.post("/account/prove", form).leadsTo(page)
	b.get(page).want(http.StatusOK)
	p.clock.advance(staleProof)
	b.get(page, "HX-Request", "true", "HX-Current-URL", p.url+"/account/security").want(http.StatusForbidden)
	b.get("/account/security").want(http.StatusOK)
	form.Set("next", "//evil.example")
	b.post("/account/prove", form).leadsTo("/")
	p.wantActs(audit.Prove, "refused, user finance@example.com, wrong password", "allowed, user finance@example.com, password", "allowed, user finance@example.com, password")
}

// A form that needs a proof is not lost: it goes along.
func TestProofForForms(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil), withBaseURL("http://localhost:8080"))
	b := p.as(auth.Finance)
	page := b.get("/account/security/authenticator").want(http.StatusOK).doc()
	ticket, _ := page.Find("input[name=ticket]").Attr("value")
	secret := compact(page.Find("#app-key").Text())
	p.clock.advance(staleProof)
	sent := url.Values{"ticket": {ticket}, "code": {appCode(t, secret, p.clock.now())}, "next": {"/help/filters"}, "more": {"1", "<2>"}}
	a := b.post("/account/security/authenticator?a=b", sent).want(http.StatusForbidden)
	asked := a.doc().Find("form:has(#prove-password)")
	if got, _ := asked.Attr("action"); got != "/account/security/authenticator?a=b" {
		t.Errorf("got the action %q, want the form's own", got)
	}
	form := formOf(asked)
	for name, values := range sent {
		if strings.Join(form[name], ",") != strings.Join(values, ",") {
			t.Errorf("%s: got %q carried along, want %q", name, form[name], values)
		}
	}
	form.Set("prove-password", "wrong wrong wrong")
	a = b.post("/account/security/authenticator", form)
	a.wantSaid(http.StatusUnauthorized, "The password is wrong")
	form = formOf(a.doc().Find("form:has(#prove-password)"))
	if got := strings.Join(form["prove-password"], ","); got != "" {
		t.Errorf("got the password %q in the page, want it never there", got)
	}
	form.Set("prove-password", testPassword)
	b.post("/account/security/authenticator", form).want(http.StatusOK)
	if _, factors, err := p.db.UserWithFactors(t.Context(), 1); err != nil || !factors.Authenticator {
		t.Errorf("got %+v, %v, want the app added", factors, err)
	}

	// With an app, the password alone proves nothing; nor does a code without it.
	p.clock.advance(staleProof)
	for name, proof := range map[string]url.Values{
		"no code":       {"prove-password": {testPassword}},
		"a wrong code":  {"prove-password": {testPassword}, "prove-code": {strings.Repeat("0", 24)}},
		"no password":   {"prove-code": {appCode(t, secret, p.clock.now())}},
		"no passkey":    {"prove-with": {"passkey"}, "prove-ticket": {"x"}, "prove-credential": {"{}"}},
		"another field": {"password": {testPassword}, "code": {appCode(t, secret, p.clock.now())}, "prove-code": {"x"}},
	} {
		if !proof.Has("prove-with") {
			proof.Set("prove-with", "password")
		}
		a := b.post("/account/security/recovery", proof)
		if a.status == http.StatusOK || strings.Contains(a.body, "recovery-codes") {
			t.Errorf("%s: got %d, want it refused", name, a.status)
		}
	}
	p.clock.advance(time.Minute)
	proof := url.Values{"prove-with": {"password"}, "prove-password": {testPassword}, "prove-code": {appCode(t, secret, p.clock.now())}}
	if got := b.post("/account/security/recovery", proof).want(http.StatusOK).doc().Find("#recovery-codes code").Length(); got != 10 {
		t.Errorf("got %d codes, want 10", got)
	}

	// A passkey proves by itself.
	k := newSoftKey(p, "http://localhost:8080")
	b.addKey(k, "Key").leadsTo("/account/security")
	p.clock.advance(staleProof)
	b.useKey("/account/security/recovery", "prove-", k, nil).want(http.StatusOK)
	p.clock.advance(staleProof)
	b.useKey("/account/prove", "prove-", k, url.Values{"next": {"/account"}}).leadsTo("/account")

	// Passwords and files are not carried along.
	p.clock.advance(staleProof)
	b.post("/account/security/recovery", url.Values{"New-Password": {"x"}}, "Referer", b.url+"/account/security").leadsTo("/account/prove?next=%2Faccount%2Fsecurity")
	upload, err := b.try(http.MethodPost, "/account/security/recovery", url.Values{"x": {"y"}}, "Content-Type", "multipart/form-data; boundary=x")
	if err != nil || upload.status != http.StatusForbidden || !strings.Contains(upload.text(), "Nothing was done") {
		t.Errorf("a file: got %d %q, %v, want 403", upload.status, upload.text(), err)
	}
	if a, err := b.try(http.MethodPost, "/account/security/recovery", url.Values{"x": {strings.Repeat("y", 100_000)}}); err != nil || a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large form: got %d, %v, want 413", a.status, err)
	}
	// Another sign-in's proof is not this one's.
	p.as(auth.Support).get("/account/security/authenticator").want(http.StatusOK)
	b.get("/account/security/authenticator").want(http.StatusSeeOther)
}
