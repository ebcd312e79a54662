package main

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

var factorPictures = flag.String("factor-pictures", "", "a folder to put pictures of the second factors' pages into")

// looks keeps what the page looks like, if somebody asked for it.
func (b *tab) looks(name string) {
	b.Helper()
	if *factorPictures == "" {
		return
	}
	for _, width := range []int64{1440, 375} {
		for _, theme := range []string{"light", "dark"} {
			b.resize(width)
			b.prefer(theme)
			b.until("the colours to settle", `document.getAnimations().length === 0`)
			shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
			b.must(err)
			b.must(os.WriteFile(filepath.Join(*factorPictures, name+"-"+theme+map[int64]string{1440: "", 375: "-narrow"}[width]+".png"), shot, 0o600))
		}
	}
	b.resize(1440)
	b.prefer("light")
}

// atLocalhost is the demo by the name that passkeys need.
func atLocalhost(t *testing.T) string {
	t.Helper()
	return strings.Replace(demo(t).url, "127.0.0.1", "localhost", 1)
}

// plugIn gives the tab a device that asks for a finger.
func (b *tab) plugIn() webauthn.AuthenticatorID {
	b.Helper()
	_, err := chromedp.Call(b.ctx, webauthn.Enable, webauthn.EnableParams{})
	b.must(err)
	made, err := chromedp.Call(b.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
	b.must(err)
	return made.AuthenticatorID
}

// appKey is the secret that the page offers, and code what an app shows of it.
func (b *tab) appKey() string {
	b.Helper()
	return strings.ReplaceAll(eval[string](b, `document.querySelector("#app-key").textContent`), " ", "")
}

func (b *tab) code(secret string, at time.Time) string {
	b.Helper()
	code, err := totp.GenerateCode(secret, at)
	b.must(err)
	return code
}

// signOut leaves the portal by the account's menu.
func (b *tab) signOut() {
	b.Helper()
	b.click("details.menu summary", "")
	b.click("details.menu button", "Sign out")
	b.heading("Sign in")
}

// A passkey is added, signs in alone and as the second step, proves who the reader is, and is removed.
func TestPasskeyInTheBrowser(t *testing.T) {
	t.Parallel()
	b := newTab(t, atLocalhost(t))
	b.expect(http.StatusUnauthorized)
	device := b.plugIn()
	b.open("/account/security")
	b.signIn("finance@example.com", demoPassword)
	b.at("/account/security")
	b.fill("#passkey-name", "Work laptop")
	b.click("form[data-passkey=create] button", "Add a passkey")
	b.heading("Your recovery codes")
	if n := eval[int](b, `document.querySelectorAll("#recovery-codes code").length`); n != 10 {
		t.Errorf("got %d recovery codes, want 10", n)
	}
	b.accessible("recovery codes")
	b.looks("recovery")
	b.click("main a.btn", "I have kept them")
	b.heading("Second factors")
	b.until("the passkey by its name", find(".factors li", "Work laptop"))
	b.accessible("a passkey")
	b.looks("security")

	b.open("/account/security/authenticator")
	b.accessible("adding an app")
	b.looks("app")
	b.fill("#code", b.code(b.appKey(), time.Now()))
	b.click("main form button", "Use this app")
	b.until("the notice", find(".notice", "Added: authenticator app"))

	// The same device has one already.
	b.click("form[data-passkey=create] button", "Add a passkey")
	b.until("the browser's refusal", find("[data-passkey-error]", "has a passkey for your account already"))

	b.signOut()
	b.looks("login")
	b.accessible("sign-in with passkeys")
	b.click("form[data-passkey=get] button", "Sign in with a passkey")
	b.heading("Transactions")

	b.signOut()
	b.open("/login?next=/account/security")
	b.signIn("finance@example.com", demoPassword)
	b.heading("Second step")
	release := b.holdScripts()
	b.open(b.location())
	b.movesNothing()
	release()
	b.fill("#code", "000000")
	b.click("main form button", "Go on")
	b.until("the refusal", find("#factor-error", "The code is wrong"))
	b.click(".other summary", "Use a recovery code")
	b.accessible("second step refused")
	b.looks("step")
	b.click("form[data-passkey=get] button", "Use a passkey")
	b.at("/account/security")
	b.until("its use", `!document.querySelector(".factors").textContent.includes("Last used: never")`)

	b.open("/account/prove?next=/help/filters")
	b.heading("Prove that it is you")
	b.accessible("proof")
	b.looks("prove")
	b.click("form[data-passkey=get] button", "Prove it with a passkey")
	b.at("/help/filters")

	// A finger that the device does not know.
	b.signOut()
	_, err := chromedp.Call(b.ctx, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device})
	b.must(err)
	b.click("form[data-passkey=get] button", "Sign in with a passkey")
	b.until("the refusal", find("[data-passkey-error]", "No passkey was used"))

	_, err = chromedp.Call(b.ctx, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device, IsUserVerified: true})
	b.must(err)
	b.click("form[data-passkey=get] button", "Sign in with a passkey")
	b.heading("Transactions")
	b.open("/account/security")
	b.click(".factors button", "Remove")
	b.until("the notice", find(".notice", "Removed: passkey"))
	b.looks("removed")
	b.signOut()
	b.click("form[data-passkey=get] button", "Sign in with a passkey")
	b.until("the refusal", find("#login-error", "opens no account"))
}

// An authenticator app is added and asked for; each code works once. All of it without scripts, too.
func TestAuthenticatorInTheBrowser(t *testing.T) {
	t.Parallel()
	b := newTab(t, atLocalhost(t))
	b.expect(http.StatusUnauthorized, http.StatusUnprocessableEntity)
	b.withoutScripts()
	b.open("/account/security")
	b.signIn("support@example.com", demoPassword)
	b.at("/account/security")
	if !eval[bool](b, `document.body.innerText.includes("Passkeys need JavaScript")`) || b.shows("form[data-passkey]") {
		t.Error("without scripts: want no form for passkeys, and why")
	}
	b.click("main a.btn", "Add an authenticator app")
	b.heading("Add an authenticator app")
	if !eval[bool](b, `document.querySelector(".qr").naturalWidth > 100`) {
		t.Error("got no picture, want the code for a camera")
	}
	secret, now := b.appKey(), time.Now()
	b.fill("#code", b.code(secret, now.Add(-time.Hour)))
	b.click("main form button", "Use this app")
	b.until("the refusal", find("#factor-error", "The code is wrong"))
	b.fill("#code", b.code(secret, now))
	b.click("main form button", "Use this app")
	b.heading("Your recovery codes")
	b.signOut()

	b.signIn("support@example.com", demoPassword)
	b.heading("Second step")
	next := b.code(secret, now.Add(30*time.Second)) // a phone that is ahead, and a test that does not wait
	b.fill("#code", next)
	b.click("main form button", "Go on")
	b.heading("Transactions")
	b.signOut()
	b.signIn("support@example.com", demoPassword)
	b.heading("Second step")
	b.fill("#code", next)
	b.click("main form button", "Go on")
	b.until("the refusal", find("#factor-error", "used before"))
}
