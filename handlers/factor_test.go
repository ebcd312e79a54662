package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient"
)

func compact(s string) string { return strings.Join(strings.Fields(s), "") }

func withFactorFor(roles ...auth.Role) setting {
	return func(c *handlers.Config, _ *trustlyclient.Options) { c.SecondFactorRoles = roles }
}

// password gives the right password, which leads to the second step.
func (p *portal) password(email, next string) *browser {
	p.t.Helper()
	b := p.stranger()
	a := b.post("/login", url.Values{"email": {email}, "password": {testPassword}, "next": {next}}).want(http.StatusSeeOther)
	if got := a.header.Get("Location"); !strings.HasPrefix(got, "/login/factor") {
		p.t.Fatalf("right password: got Location %q, want the second step", got)
	}
	b.get("/account").want(http.StatusSeeOther) // nobody is in yet
	return b
}

// said is the alert on a page.
func (a answer) said() string { a.t.Helper(); return words(a.doc().Find("[role=alert]").First()) }

func (a answer) wantSaid(status int, text string) {
	a.t.Helper()
	if got := a.want(status).said(); !strings.Contains(got, text) {
		a.t.Errorf("%s: got %q said, want %q", a.request, got, text)
	}
}

func (a answer) leadsTo(path string) {
	a.t.Helper()
	if got := a.want(http.StatusSeeOther).header.Get("Location"); got != path {
		a.t.Errorf("%s: got Location %q, want %q", a.request, got, path)
	}
}

// acts are what the audit has of an action, as "result object detail", the oldest first.
func (p *portal) acts(action audit.Action) []string {
	p.t.Helper()
	records, err := p.db.AuditPage(p.t.Context(), audit.Filter{Action: action}, 0, 100)
	if err != nil {
		p.t.Fatal(err)
	}
	var list []string
	for _, r := range slices.Backward(records) {
		list = append(list, fmt.Sprintf("%s, %s, %s", r.Result, r.Object, r.Detail))
	}
	return list
}

func (p *portal) wantActs(action audit.Action, want ...string) {
	p.t.Helper()
	if got := p.acts(action); strings.Join(got, "\n") != strings.Join(want, "\n") {
		p.t.Errorf("audit of %s:\ngot\n%s\nwant\n%s", action, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSignInWithAnApp(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Finance)
	const email = "finance@example.com"
	other := p.signIn(email)
	secret, codes := b.addApp(p)
	if len(codes) != 10 {
		t.Errorf("got %d recovery codes, want 10", len(codes))
	}
	b.get("/account").want(http.StatusOK)
	other.get("/account").want(http.StatusSeeOther)
	own := appCode(t, secret, p.clock.now())
	p.password(email, "/").post("/login/factor", url.Values{"code": {own}}).wantSaid(http.StatusUnauthorized, "used before")

	p.clock.advance(30 * time.Second)
	code := appCode(t, secret, p.clock.now())
	in := p.password(email, "/help/filters?x=1")
	in.post("/login/factor", url.Values{"code": {" " + code[:3] + " " + code[3:]}, "next": {"/help/filters?x=1"}}).leadsTo("/help/filters?x=1")
	in.get("/account").want(http.StatusOK)
	in.get("/login/factor").want(http.StatusUnauthorized) // the handshake is over
	// Once is once, in another process, too; and the step of a moment ago is over with it.
	p.password(email, "/").post("/login/factor", url.Values{"code": {code}}).wantSaid(http.StatusUnauthorized, "used before")
	again := p.again()
	again.password(email, "/").post("/login/factor", url.Values{"code": {code}}).wantSaid(http.StatusUnauthorized, "used before")
	// The code of the step after is within the window of a phone that is ahead; two steps are not.
	p.clock.advance(20 * time.Minute)
	late := p.password(email, "/")
	late.post("/login/factor", url.Values{"code": {appCode(t, secret, p.clock.now().Add(2*30*time.Second))}}).wantSaid(http.StatusUnauthorized, "wrong")
	late.post("/login/factor", url.Values{"code": {appCode(t, secret, p.clock.now().Add(-2*30*time.Second))}}).wantSaid(http.StatusTooManyRequests, "")
	p.clock.advance(20 * time.Minute)
	late = p.password(email, "/")
	late.post("/login/factor", url.Values{"code": {appCode(t, secret, p.clock.now().Add(30*time.Second))}}).leadsTo("/")

	p.wantActs(audit.AddFactor, "allowed, user finance@example.com, authenticator app", "allowed, user finance@example.com, recovery codes")
	p.wantActs(audit.SignIn,
		"allowed, user finance@example.com, password", "allowed, user finance@example.com, password",
		"refused, user finance@example.com, second factor, code used before", "allowed, user finance@example.com, password+totp",
		"refused, user finance@example.com, second factor, code used before", "refused, user finance@example.com, second factor, code used before",
		"refused, user finance@example.com, second factor, wrong code", "allowed, user finance@example.com, password+totp")
	if strings.Contains(p.log.String(), secret) || strings.Contains(p.log.String(), code) {
		t.Error("the secret or a code is in the log")
	}
}

func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	b := p.as(auth.Support)
	const email = "support@example.com"
	_, codes := b.addApp(p)
	in := p.password(email, "/account")
	in.post("/login/factor", url.Values{"code": {strings.ToUpper(codes[0])}, "with": {"recovery"}, "next": {"/account"}}).leadsTo("/account")
	if got := words(in.get("/account").doc().Find(".notice")); !strings.Contains(got, "Codes left: 9") {
		t.Errorf("got %q, want it to say how many are left", got)
	}
	p.password(email, "/").post("/login/factor", url.Values{"code": {codes[0]}, "with": {"recovery"}}).wantSaid(http.StatusUnauthorized, "wrong")
	for _, code := range codes[1:7] {
		p.password(email, "/").post("/login/factor", url.Values{"code": {code}}).leadsTo("/")
	}
	if got := in.get("/account/security").text(); !strings.Contains(got, "Few 3 recovery codes are left") {
		t.Errorf("got %q, want a warning of few codes", got)
	}
	fresh := in.post("/account/security/recovery", nil).want(http.StatusOK).doc().Find("#recovery-codes code")
	if fresh.Length() != 10 {
		t.Errorf("got %d new codes, want 10", fresh.Length())
	}
	p.password(email, "/").post("/login/factor", url.Values{"code": {codes[9]}}).wantSaid(http.StatusUnauthorized, "wrong")
	p.password(email, "/").post("/login/factor", url.Values{"code": {fresh.First().Text()}}).leadsTo("/")
	p.stranger().get("/login/factor").want(http.StatusUnauthorized)
}

// The second step holds for one user of one generation, for ten minutes and five wrong codes.
func TestSecondStepEnds(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	const email = "support@example.com"
	secret, codes := p.as(auth.Support).addApp(p)
	user, err := p.db.UserByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	const again = "Start again"
	p.stranger().post("/login/factor", url.Values{"code": {codes[0]}}).wantSaid(http.StatusUnauthorized, again)

	tampered := p.password(email, "/")
	tampered.client.Jar.SetCookies(mustURL(p.url+"/login"), []*http.Cookie{{Name: "portal_handshake", Value: "x", Path: "/login"}})
	tampered.post("/login/factor", url.Values{"code": {codes[0]}}).wantSaid(http.StatusUnauthorized, again)

	guessing := p.password(email, "/")
	for i := range 5 {
		a := guessing.post("/login/factor", url.Values{"code": {strings.Repeat("0", 24)}, "with": {"recovery"}})
		if i < 4 {
			a.wantSaid(http.StatusUnauthorized, "wrong")
		} else {
			a.wantSaid(http.StatusUnauthorized, "Too many wrong codes")
		}
	}
	guessing.get("/login/factor").want(http.StatusUnauthorized)

	odd := p.password(email, "/")
	for _, typed := range []string{"", "12345", "hello there", "\xff\x00"} {
		odd.post("/login/factor", url.Values{"code": {typed}}).wantSaid(http.StatusUnprocessableEntity, "6 digits")
	}
	odd.post("/login/factor", url.Values{"with": {"passkey"}, "ticket": {"x"}, "credential": {"{}"}}).wantSaid(http.StatusUnauthorized, "took too long")
	odd.get("/login/factor?next=//evil.example").want(http.StatusOK)
	odd.post("/login/factor", url.Values{"code": {codes[0]}, "next": {"//evil.example"}}).leadsTo("/")

	changed := p.password(email, "/")
	if err := p.db.SetRole(t.Context(), user.ID, auth.Finance); err != nil {
		t.Fatal(err)
	}
	changed.post("/login/factor", url.Values{"code": {codes[1]}}).wantSaid(http.StatusUnauthorized, again)
	disabled := p.password(email, "/")
	if err := p.db.SetDisabled(t.Context(), user.ID, true); err != nil {
		t.Fatal(err)
	}
	disabled.get("/login/factor").wantSaid(http.StatusUnauthorized, again)
	disabled.post("/login/factor", url.Values{"code": {appCode(t, secret, p.clock.now())}}).wantSaid(http.StatusUnauthorized, again)
}

// Wrong codes slow down by the account, in all processes together; recovery codes and other accounts don't wait. Whoever
// lacks the password can bring none of it about.
func TestWrongCodesSlowDown(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	const email = "support@example.com"
	secret, codes := p.as(auth.Support).addApp(p)
	p.clock.advance(time.Minute)
	right := appCode(t, secret, p.clock.now())
	wrong := strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, right)
	for range 3 {
		p.password(email, "/").post("/login/factor", url.Values{"code": {wrong}}).want(http.StatusUnauthorized)
	}
	other := p.again()
	a := other.password(email, "/").post("/login/factor", url.Values{"code": {right}})
	a.wantSaid(http.StatusTooManyRequests, "Too many wrong codes")
	if got := a.header.Get("Retry-After"); got != "1" {
		t.Errorf("got Retry-After %q, want 1", got)
	}
	other.password(email, "/").post("/login/factor", url.Values{"code": {codes[0]}}).leadsTo("/")
	p.clock.advance(time.Second)
	for range 2 {
		other.password(email, "/").post("/login/factor", url.Values{"code": {wrong}}).want(http.StatusUnauthorized)
		p.clock.advance(4 * time.Second)
	}
	in := other.password(email, "/")
	in.post("/login/factor", url.Values{"code": {appCode(t, secret, p.clock.now())}}).leadsTo("/")
	if got := words(in.get("/account").doc().Find(".notice")); !strings.Contains(got, "5 wrong codes came after the right password") {
		t.Errorf("got %q, want a warning of the wrong codes", got)
	}
}

func TestPasskeySignsIn(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil), withBaseURL("http://localhost:8080"))
	b := p.as(auth.Finance)
	const email, origin = "finance@example.com", "http://localhost:8080"
	k := newSoftKey(p, origin)
	if got := b.addKey(k, "  My \n key ").want(http.StatusOK).doc().Find("#recovery-codes code").Length(); got != 10 {
		t.Errorf("got %d recovery codes with the first factor, want 10", got)
	}
	if got := b.get("/account/security").text(); !strings.Contains(got, "My key") || !strings.Contains(got, "Last used: never") {
		t.Errorf("got %q, want the passkey by its name", got)
	}
	b.addKey(k, "again").wantSaid(http.StatusUnprocessableEntity, "kept already")

	first := p.stranger()
	first.useKey("/login/passkey", "", k, url.Values{"next": {"/help/filters"}}).leadsTo("/help/filters")
	first.get("/account").want(http.StatusOK)
	second := p.password(email, "/account")
	second.useKey("/login/factor", "", k, url.Values{"next": {"/account"}}).leadsTo("/account")
	second.get("/account").want(http.StatusOK)

	refused := func(name string, change func(k *softKey)) {
		t.Helper()
		lying := *k
		change(&lying)
		p.stranger().useKey("/login/passkey", "", &lying, nil).wantSaid(http.StatusUnauthorized, "opens no account")
		if name != "no user named" {
			p.password(email, "/").useKey("/login/factor", "", &lying, nil).wantSaid(http.StatusUnauthorized, "not one of your account")
		}
		k.counter += 10
	}
	refused("another origin", func(k *softKey) { k.origin = "https://portal.example.com" })
	refused("another port", func(k *softKey) { k.origin = "http://localhost:9090" })
	refused("no PIN", func(k *softKey) { k.verified = false })
	refused("another user", func(k *softKey) { k.handle = b64([]byte("somebody else")) })
	refused("no user named", func(k *softKey) { k.handle = "" })
	refused("unknown", func(k *softKey) { k.id = []byte("unknown key here") })
	refused("another's signature", func(k *softKey) { k.key = newSoftKey(p, origin).key })
	refused("a counter that went back", func(k *softKey) { k.counter = 0 })

	// An answer serves once, and only for its own challenge, for five minutes.
	s := p.stranger()
	challenge, ticket := s.challenge(p)
	form := url.Values{"ticket": {ticket}, "credential": {k.used(t, challenge)}}
	s.post("/login/passkey", form).leadsTo("/")
	p.stranger().post("/login/passkey", form).wantSaid(http.StatusUnauthorized, "opens no account")
	_, another := s.challenge(p)
	p.stranger().post("/login/passkey", url.Values{"ticket": {another}, "credential": {k.used(t, challenge)}}).wantSaid(http.StatusUnauthorized, "opens no account")
	challenge, ticket = s.challenge(p)
	p.clock.advance(5 * time.Minute)
	p.stranger().post("/login/passkey", url.Values{"ticket": {ticket}, "credential": {k.used(t, challenge)}}).wantSaid(http.StatusUnauthorized, "took too long")
	for _, junk := range []string{"", "{}", "[1]", `{"id":"x"}`, "\xff"} {
		_, ticket = s.challenge(p)
		p.stranger().post("/login/passkey", url.Values{"ticket": {ticket}, "credential": {junk}}).wantSaid(http.StatusUnauthorized, "opens no account")
	}

	// Another's passkey is no second factor, and can't be removed.
	o := p.as(auth.Support)
	theirs := newSoftKey(p, origin)
	o.addKey(theirs, "")
	p.password(email, "/").useKey("/login/factor", "", theirs, nil).wantSaid(http.StatusUnauthorized, "not one of your account")
	o.post("/account/security/passkeys/remove", url.Values{"id": {b64(k.id)}}).wantSaid(http.StatusUnprocessableEntity, "Nothing was changed")

	p.stranger().useKey("/login/passkey", "", k, nil).leadsTo("/")
	user, err := p.db.UserByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.db.SetDisabled(t.Context(), user.ID, true); err != nil {
		t.Fatal(err)
	}
	p.stranger().useKey("/login/passkey", "", k, nil).wantSaid(http.StatusUnauthorized, "opens no account")
}

func TestAddingAPasskeyIsChecked(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil), withBaseURL("http://localhost:8080"))
	b := p.as(auth.Finance)
	for name, change := range map[string]func(k *softKey){
		"another origin": func(k *softKey) { k.origin = "http://localhost:1" },
		"no PIN":         func(k *softKey) { k.verified = false },
	} {
		k := newSoftKey(p, "http://localhost:8080")
		change(k)
		if a := b.addKey(k, ""); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.said(), "no passkey was added") {
			t.Errorf("%s: got %d %q, want it refused", name, a.status, a.said())
		}
	}
	k := newSoftKey(p, "http://localhost:8080")
	challenge, ticket := b.challenge(p)
	p.clock.advance(5 * time.Minute)
	b.post("/account/security/passkeys", url.Values{"ticket": {ticket}, "credential": {k.made(t, challenge)}}).wantSaid(http.StatusUnprocessableEntity, "too long")
	b.post("/account/security/recovery", nil).wantSaid(http.StatusUnprocessableEntity, "add one first")
	// An address that passkeys can't work on says so, and takes none.
	q := open(t, newFake(t, nil), withBaseURL("http://portal.example.com"))
	c := q.as(auth.Finance)
	if got := c.get("/account/security").text(); !strings.Contains(got, "Passkeys don't work at the portal's address") {
		t.Errorf("got %q, want it to say that passkeys don't work", got)
	}
	challenge, ticket = c.challenge(q)
	c.post("/account/security/passkeys", url.Values{"ticket": {ticket}, "credential": {k.made(t, challenge)}}).want(http.StatusUnprocessableEntity)
	if got := q.stranger().get("/login").doc().Find("form[data-passkey]").Length(); got != 0 {
		t.Errorf("sign-in: got %d passkey forms, want none", got)
	}
}

// Where the role needs a second factor, nothing else opens until there is one.
func TestRoleNeedsAFactor(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil), withFactorFor(auth.Finance, auth.Admin))
	p.as(auth.Support).get("/account").want(http.StatusOK)
	b := p.as(auth.Finance)
	b.get("/transactions?tz=UTC").leadsTo("/account/security?next=%2Ftransactions%3Ftz%3DUTC")
	b.get("/transactions?tz=UTC", "HX-Request", "true").want(http.StatusForbidden)
	b.get("/transactions.csv?tz=UTC", "Accept", "text/csv").want(http.StatusForbidden)
	b.post("/account/preferences", url.Values{"tz": {"UTC"}}).want(http.StatusForbidden)
	if got := b.get("/account/security?next=/help/filters").want(http.StatusOK).text(); !strings.Contains(got, "Your role needs a second factor") {
		t.Errorf("got %q, want it to say why", got)
	}
	secret, codes := b.addApp(p)
	b.get("/account").want(http.StatusOK)
	b.post("/account/security/authenticator/remove", nil).wantSaid(http.StatusUnprocessableEntity, "the last one can't be removed")
	if got := b.get("/account/security").doc().Find("form[action$=remove]").Length(); got != 0 {
		t.Errorf("got %d buttons that remove the last factor, want none", got)
	}
	p.clock.advance(time.Minute)
	in := p.password("finance@example.com", "/")
	in.post("/login/factor", url.Values{"code": {appCode(t, secret, p.clock.now())}}).leadsTo("/")
	in.get("/account").want(http.StatusOK)
	// It may be replaced.
	if again, none := in.addApp(p); again == secret || len(none) != 0 {
		t.Errorf("replaced: got %d new recovery codes, want a new secret alone", len(none))
	}
	p.password("finance@example.com", "/").post("/login/factor", url.Values{"code": {codes[0]}}).leadsTo("/")
	p.signIn("support@example.com").post("/logout", nil).leadsTo("/login")
}

// After the last factor is gone the password alone signs in again.
func TestRemovingFactors(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil), withBaseURL("http://localhost:8080"))
	b := p.as(auth.Finance)
	b.addApp(p)
	k := newSoftKey(p, "http://localhost:8080")
	b.addKey(k, "Key").leadsTo("/account/security")
	b.post("/account/security/authenticator/remove", nil).leadsTo("/account/security")
	if got := b.get("/account/security").text(); !strings.Contains(got, "10 recovery codes are left") || !strings.Contains(got, "Removed: authenticator app.") {
		t.Errorf("got %q", got)
	}
	other := p.password("finance@example.com", "/")
	other.useKey("/login/factor", "", k, nil).leadsTo("/")
	b.get("/account").want(http.StatusOK)
	b.post("/account/security/passkeys/remove", url.Values{"id": {b64(k.id)}}).leadsTo("/account/security")
	other.get("/account").want(http.StatusSeeOther)
	p.signIn("finance@example.com").get("/account").want(http.StatusOK)
	p.stranger().useKey("/login/passkey", "", k, nil).want(http.StatusUnauthorized)
	p.wantActs(audit.RemoveFactor, "allowed, user finance@example.com, authenticator app", "allowed, user finance@example.com, passkey")

	// Reset by somebody else: at once, and the password alone signs in.
	b.addApp(p)
	user, err := p.db.UserByEmail(t.Context(), "finance@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.db.ResetFactors(t.Context(), user.ID); err != nil {
		t.Fatal(err)
	}
	b.get("/account").want(http.StatusSeeOther)
	p.signIn("finance@example.com").get("/account").want(http.StatusOK)
}

// Refused sign-ins are on record with the account, if there is one, and never with what was typed.
func TestRefusedSignInsAreRecorded(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	p.addUser("ann@example.com", auth.Support)
	for _, email := range []string{"Ann@Example.com", "my secret password", "nobody@example.com"} {
		p.stranger().post("/login", url.Values{"email": {email}, "password": {"not this one at all"}}).want(http.StatusUnauthorized)
	}
	b := p.signIn("ann@example.com")
	b.post("/logout", nil).leadsTo("/login")
	p.wantActs(audit.SignIn, "refused, user ann@example.com, password", "refused, , password, no such account", "refused, , password, no such account", "allowed, user ann@example.com, password")
	p.wantActs(audit.SignOut, "allowed, user ann@example.com, ")
	records, err := p.db.AuditPage(t.Context(), audit.Filter{}, 0, 100)
	if err != nil || strings.Contains(fmt.Sprint(records), "secret password") || strings.Contains(fmt.Sprint(records), "nobody@") {
		t.Errorf("got %v, %v, want nothing of what was typed", records, err)
	}
}
