package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/store"
)

const newPassword = "nine patient lanterns"

// beside is another process on the same database, while this one goes on.
func (p *portal) beside() *portal {
	p.t.Helper()
	next := *p
	next.serve()
	return &next
}

// at is the browser at another process: with the same cookies, as a load balancer would bring them. (Cookies do not tell
// ports apart.)
func (b *browser) at(p *portal) *browser {
	other := *b
	other.url = p.url
	return &other
}

func accountPath(u auth.User, rest ...string) string {
	return fmt.Sprint("/admin/users/", u.ID) + strings.Join(rest, "")
}

// code is the secret part of the link that a page shows.
func (a answer) code() string {
	a.t.Helper()
	link, _ := a.want(http.StatusOK).doc().Find("#link").Attr("value")
	m := regexp.MustCompile(`^http://[^/]+/login/invite#([A-Z2-7]{26})$`).FindStringSubmatch(link)
	if m == nil {
		a.t.Fatalf("%s: got the link %q, want one with its code behind the #\n%.400s", a.request, link, a.text())
	}
	return m[1]
}

// actsOn counts the records of an act on an account.
func (p *portal) actsOn(action audit.Action, result audit.Result, email string) int {
	p.t.Helper()
	records, err := p.db.AuditPage(p.t.Context(), audit.Filter{Action: action, Object: "user " + email}, 0, 1000)
	if err != nil {
		p.t.Fatal(err)
	}
	n := 0
	for _, r := range records {
		if r.Result == result {
			n++
		}
	}
	return n
}

func (p *portal) user(email string) auth.User {
	p.t.Helper()
	u, err := p.db.UserByEmail(p.t.Context(), email)
	if err != nil {
		p.t.Fatal(err)
	}
	return u
}

// An invitation makes an account once, with a password of the owner's own choice.
func TestInvitation(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	admin, guest := p.as(auth.Admin), p.stranger()
	invite := url.Values{"email": {" New@Example.com"}, "role": {"finance"}}
	first := admin.post("/admin/users", invite).code()
	code := admin.post("/admin/users", invite).code() // sent twice: the newest holds
	if got := guest.post(handlers.InvitePath, url.Values{"code": {first}}).want(http.StatusUnprocessableEntity).text(); !strings.Contains(got, "followed by a newer one") {
		t.Errorf("the first of two links: got %q", got)
	}
	if got := admin.get("/admin/users").text(); !strings.Contains(got, "To join as finance") || !strings.Contains(got, "new@example.com") || strings.Contains(got, code) {
		t.Errorf("the list: got %q, want the link without its secret", got)
	}
	page := guest.post(handlers.InvitePath, url.Values{"code": {p.url + "/login/invite#" + strings.ToLower(code)}}).want(http.StatusOK)
	if got := page.text(); !strings.Contains(got, "new@example.com") || !strings.Contains(got, "finance") {
		t.Errorf("the link's page: got %q, want whom it is for and the role", got)
	}
	for password, want := range map[string]string{"short": "at least 12", "new@example.com": "is the e-mail address", "password1234": "everybody tries first", "": "0 characters", "Trustly-Portal-1": "little more than"} {
		a := guest.post(handlers.InvitePath, url.Values{"code": {code}, "new": {password}}).want(http.StatusUnprocessableEntity)
		if !strings.Contains(a.text(), want) || password != "" && strings.Contains(a.body, `value="`+password+`"`) && password != "new@example.com" {
			t.Errorf("password %q: got %q, want %q and no password in the page", password, a.text(), want)
		}
	}
	// Several at once: one of them has it.
	var wins, losses sync.Map
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			a := p.stranger().post(handlers.InvitePath, url.Values{"code": {code}, "new": {newPassword}})
			if a.status == http.StatusSeeOther {
				wins.Store(i, a.header.Get("Location"))
			} else {
				losses.Store(i, a.text())
			}
		})
	}
	all.Wait()
	n := 0
	wins.Range(func(_, where any) bool { n++; return where == handlers.InvitePath+"?done=1" })
	losses.Range(func(_, said any) bool {
		if !strings.Contains(said.(string), "used already") && !strings.Contains(said.(string), "is over") {
			t.Errorf("too late: got %q", said)
		}
		return true
	})
	if n != 1 {
		t.Errorf("%d of 4 got in by one link, want 1", n)
	}
	if u := p.user("new@example.com"); u.Role != auth.Finance {
		t.Errorf("got %+v, want a finance account", u)
	}
	guest.get(handlers.InvitePath + "?done=1").want(http.StatusOK)
	guest.post("/login", url.Values{"email": {"new@example.com"}, "password": {newPassword}}).want(http.StatusSeeOther)
	guest.get("/account").want(http.StatusOK)
	if got := p.actsOn(audit.InviteUser, audit.Allowed, "new@example.com"); got != 2 {
		t.Errorf("the audit has %d invitations, want 2", got)
	}
	if got := p.actsOn(audit.AddUser, audit.Allowed, "new@example.com"); got < 1 {
		t.Error("the audit does not have the new account")
	}
	// What the form refuses.
	for _, tt := range []struct{ email, role, want string }{
		{"new@example.com", "finance", "There is an account of this address"}, {"nobody", "finance", "not an e-mail address"}, {"x@example.com", "owner", "Choose a role"}, {"", "", "Choose a role"},
	} {
		a := admin.post("/admin/users", url.Values{"email": {tt.email}, "role": {tt.role}}).want(http.StatusUnprocessableEntity)
		if got, _ := a.doc().Find("#email").Attr("value"); got != tt.email || !strings.Contains(a.text(), tt.want) {
			t.Errorf("inviting %q as %q: got %q filled in and %q, want %q", tt.email, tt.role, got, a.text(), tt.want)
		}
	}
	// Codes and passwords are in no log.
	for _, secret := range []string{code, first, newPassword} {
		if strings.Contains(p.log.String(), secret) {
			t.Error("the log has a code or password")
		}
	}
}

// A link that is revoked, too old or of somebody who may not make links any more opens nothing.
func TestInvitationEnds(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	p.addUser("root@example.com", auth.Admin)
	admin := p.as(auth.Admin)
	invite := func(email string) string {
		return admin.post("/admin/users", url.Values{"email": {email}, "role": {"admin"}}).code()
	}
	use := func(code, want string) {
		t.Helper()
		for _, form := range []url.Values{{"code": {code}}, {"code": {code}, "new": {newPassword}}} {
			if got := p.stranger().post(handlers.InvitePath, form).want(http.StatusUnprocessableEntity).text(); !strings.Contains(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
	code := invite("a@example.com")
	action, _ := admin.get("/admin/users").doc().Find(`form[action^="/admin/invitations/"]`).Attr("action")
	admin.post(action, url.Values{}).want(http.StatusSeeOther)
	use(code, "was revoked")
	admin.post(action, url.Values{}).want(http.StatusSeeOther) // twice does no harm
	code = invite("b@example.com")
	if err := p.db.SetRole(t.Context(), p.user("admin@example.com").ID, auth.Support); err != nil {
		t.Fatal(err)
	}
	use(code, "is over")
	admin = p.signIn("root@example.com")
	code = invite("c@example.com")
	p.clock.advance(72 * time.Hour)
	use(code, "is over")
	use("NOSUCHCODE", "knows no such link")
	use("", "knows no such link")
}

// A link to set a password ends every sign-in, and what was changed meanwhile ends the link.
func TestPasswordLink(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	admin, owner := p.as(auth.Admin), p.as(auth.Support)
	u := p.user("support@example.com")
	stale := admin.post(accountPath(u, "/link"), url.Values{}).code()
	if got := admin.get(accountPath(u)).text(); !strings.Contains(got, "There is one since") {
		t.Errorf("the account's page: got %q, want it to tell of the link", got)
	}
	code := admin.post(accountPath(u, "/link"), url.Values{}).code()
	guest := p.stranger()
	guest.post(handlers.InvitePath, url.Values{"code": {stale}, "new": {newPassword}}).want(http.StatusUnprocessableEntity)
	owner.get("/account").want(http.StatusOK)
	guest.post(handlers.InvitePath, url.Values{"code": {code}, "new": {newPassword}}).want(http.StatusSeeOther)
	owner.get("/account").want(http.StatusSeeOther)
	guest.post("/login", url.Values{"email": {u.Email}, "password": {testPassword}}).want(http.StatusUnauthorized)
	guest.post("/login", url.Values{"email": {u.Email}, "password": {newPassword}}).want(http.StatusSeeOther)
	if got := guest.post(handlers.InvitePath, url.Values{"code": {code}, "new": {newPassword}}).want(http.StatusUnprocessableEntity).text(); !strings.Contains(got, "used already") {
		t.Errorf("a second time: got %q", got)
	}
	// Disabled meanwhile: over. And none is made for a disabled account, or one's own.
	code = admin.post(accountPath(u, "/link"), url.Values{}).code()
	admin.post(accountPath(u, "/disable"), url.Values{}).want(http.StatusSeeOther)
	guest.post(handlers.InvitePath, url.Values{"code": {code}, "new": {newPassword}}).want(http.StatusUnprocessableEntity)
	admin.post(accountPath(u, "/link"), url.Values{}).want(http.StatusUnprocessableEntity)
	admin.post(accountPath(p.user("admin@example.com"), "/link"), url.Values{}).want(http.StatusUnprocessableEntity)
	if got := p.actsOn(audit.InviteUser, audit.Refused, u.Email); got != 1 {
		t.Errorf("the audit has %d refused links, want 1", got)
	}
}

// The first administrator is made by a link, while there is no account.
func TestSetUp(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	token, hash := auth.NewLinkToken()
	i := store.Invitation{ID: "set-up", Purpose: store.ToSetUp, CreatedAt: p.clock.now(), ExpiresAt: p.clock.now().Add(time.Hour)}
	if _, err := p.db.AddInvitation(t.Context(), i, hash); err != nil {
		t.Fatal(err)
	}
	guest := p.stranger()
	if got := guest.post(handlers.InvitePath, url.Values{"code": {token}}).want(http.StatusOK).text(); !strings.Contains(got, "the first account of this portal") {
		t.Errorf("got %q, want it said what the link does", got)
	}
	a := guest.post(handlers.InvitePath, url.Values{"code": {token}, "email": {"boss"}, "new": {newPassword}}).want(http.StatusUnprocessableEntity)
	if got, _ := a.doc().Find("#email").Attr("value"); got != "boss" {
		t.Errorf("got %q filled in, want what was typed", got)
	}
	guest.post(handlers.InvitePath, url.Values{"code": {token}, "email": {"Boss@example.com"}, "new": {newPassword}}).want(http.StatusSeeOther)
	guest.post("/login", url.Values{"email": {"boss@example.com"}, "password": {newPassword}}).want(http.StatusSeeOther)
	guest.get("/admin/users").want(http.StatusOK)
	a = p.stranger().post(handlers.InvitePath, url.Values{"code": {token}, "email": {"eve@example.com"}, "new": {newPassword}}).want(http.StatusUnprocessableEntity)
	if !strings.Contains(a.text(), "used already") {
		t.Errorf("a second time: got %q", a.text())
	}
}

// What an administrator does to another's account takes effect with the next request, in another process too.
func TestAccountActs(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, madeUp(71, 3, time.Millisecond)))
	second := p.beside()
	admin := p.as(auth.Admin)
	p.addUser("other@example.com", auth.Finance)
	u := p.user("other@example.com")
	for _, tt := range []struct {
		act      string
		form     url.Values
		action   audit.Action
		signedIn bool // may still sign in afterwards
	}{
		{"/role", url.Values{"role": {"support"}}, audit.ChangeRole, true},
		{"/sessions", url.Values{"end": {"all"}}, audit.EndSession, true},
		{"/factors", url.Values{}, audit.RemoveFactor, true},
		{"/disable", url.Values{}, audit.DisableUser, false},
		{"/enable", url.Values{}, audit.EnableUser, true},
	} {
		if tt.act != "/enable" {
			b := p.signIn(u.Email)
			b.get("/account").want(http.StatusOK)
			b.at(second).get("/account").want(http.StatusOK)
			admin.post(accountPath(u, tt.act), tt.form).want(http.StatusSeeOther)
			b.at(second).get("/account").want(http.StatusSeeOther)
			a := b.at(second).get("/transactions", "HX-Request", "true").want(http.StatusUnauthorized)
			if got := a.header.Get("HX-Redirect"); !strings.HasPrefix(got, "/login?next=") {
				t.Errorf("%s by htmx: got HX-Redirect %q", tt.act, got)
			}
			b.get("/transactions.csv", "Accept", "*/*").want(http.StatusUnauthorized)
		} else {
			admin.post(accountPath(u, tt.act), tt.form).want(http.StatusSeeOther)
		}
		want := http.StatusUnauthorized
		if tt.signedIn {
			want = http.StatusSeeOther
		}
		p.stranger().post("/login", url.Values{"email": {u.Email}, "password": {testPassword}}).want(want)
		if got := p.actsOn(tt.action, audit.Allowed, u.Email); got != 1 {
			t.Errorf("%s: the audit has it %d times, want once", tt.act, got)
		}
		admin.post(accountPath(u, tt.act), tt.form).want(http.StatusSeeOther) // sent twice does no harm
	}
	if got := p.user(u.Email); got.Role != auth.Support || got.Disabled {
		t.Errorf("got %+v, want support, enabled", got)
	}
	// One sign-in of several.
	admin.post(accountPath(u, "/sessions"), url.Values{"end": {"all"}}).want(http.StatusSeeOther)
	kept, ended := p.signIn(u.Email), p.signIn(u.Email)
	logins, err := p.db.OpenLogins(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range logins {
		admin.post(accountPath(u, "/sessions"), url.Values{"end": {l.ID}}).want(http.StatusSeeOther)
		break
	}
	if a, b := kept.get("/account").status, ended.get("/account").status; a+b != http.StatusOK+http.StatusSeeOther {
		t.Errorf("after one of two was ended: got %d and %d", a, b)
	}
	admin.get("/admin/users/99999").want(http.StatusNotFound)
	admin.get("/admin/users/x").want(http.StatusNotFound)
	admin.post("/admin/users/99999/disable", url.Values{}).want(http.StatusNotFound)
	admin.post(accountPath(u, "/role"), url.Values{"role": {"owner"}}).want(http.StatusUnprocessableEntity)
	p.as(auth.Support).post(accountPath(u, "/role"), url.Values{"role": {"admin"}}).want(http.StatusForbidden)
}

// Nobody changes their own rights, the last administrator stays, and what somebody else did meanwhile is not undone.
func TestAccountRefusals(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	admin := p.as(auth.Admin)
	me := p.user("admin@example.com")
	for act, form := range map[string]url.Values{"/role": {"role": {"support"}}, "/disable": {}, "/factors": {}, "/link": {}} {
		a := admin.post(accountPath(me, act), form).want(http.StatusUnprocessableEntity)
		if !strings.Contains(a.text(), "your own account") {
			t.Errorf("%s of oneself: got %q", act, a.text())
		}
	}
	page := admin.get(accountPath(me)).want(http.StatusOK)
	if page.doc().Find(`form[action$="/disable"], form[action$="/role"]`).Length() > 0 || !strings.Contains(page.text(), "This is your own account") {
		t.Error("the page of one's own account offers what is refused, or does not say so")
	}
	other := p.addUser("boss@example.com", auth.Admin)
	boss := p.signIn("boss@example.com")
	seen := admin.get(accountPath(other)).doc()
	generation, _ := seen.Find(`form[action$="/role"] [name=generation]`).Attr("value")
	if err := p.db.SetPassword(t.Context(), other.ID, testHash()); err != nil { // meanwhile
		t.Fatal(err)
	}
	a := admin.post(accountPath(other, "/disable"), url.Values{"generation": {generation}}).want(http.StatusUnprocessableEntity)
	if !strings.Contains(a.text(), "was changed since you opened its page") {
		t.Errorf("a stale form: got %q", a.text())
	}
	if p.user(other.Email).Disabled {
		t.Error("a stale form disabled the account")
	}
	// Two administrators who disable each other at once: one stays.
	boss = p.signIn("boss@example.com")
	var both sync.WaitGroup
	both.Go(func() { admin.post(accountPath(other, "/disable"), url.Values{}) })
	both.Go(func() { boss.post(accountPath(me, "/disable"), url.Values{}) })
	both.Wait()
	if p.user(me.Email).Disabled == p.user(other.Email).Disabled {
		t.Errorf("got both disabled or none: %v", p.user(me.Email).Disabled)
	}
	// The last one says so before the click.
	last := me
	if p.user(me.Email).Disabled {
		last = other
	}
	third := p.addUser("third@example.com", auth.Admin)
	b := p.signIn("third@example.com")
	b.post(accountPath(last, "/disable"), url.Values{}).want(http.StatusSeeOther)
	if err := p.db.SetRole(t.Context(), third.ID, auth.Support); err == nil {
		t.Fatal("the last administrator was demoted")
	}
	if got := b.get(accountPath(third)).text(); !strings.Contains(got, "This is your own account") {
		t.Errorf("got %q", got)
	}
	if got := p.actsOn(audit.DisableUser, audit.Refused, me.Email); got < 1 {
		t.Error("refusals are not on record")
	}
}

func TestUsersFilter(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	admin := p.as(auth.Admin)
	u := p.addUser("ann.smith@example.com", auth.Finance)
	p.addUser("bob@example.com", auth.Support)
	if err := p.db.SetDisabled(t.Context(), u.ID, true); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"": "admin@example.com ann.smith@example.com bob@example.com", "ANN": "ann.smith@example.com", "disabled": "ann.smith@example.com", "finance example": "ann.smith@example.com",
		"nobody": "", "  support ": "bob@example.com", "<script>": "", "\xff": "",
	} {
		a := admin.get("/admin/users?q=" + url.QueryEscape(query)).want(http.StatusOK)
		var got []string
		a.doc().Find(`[aria-label=Accounts] tbody th a`).Each(func(_ int, s *goquery.Selection) { got = append(got, words(s)) })
		if strings.Join(got, " ") != want {
			t.Errorf("q=%q: got %q, want %q", query, got, want)
		}
		if want == "" && !strings.Contains(a.text(), "No account matches") {
			t.Errorf("q=%q: got %q, want it said that nothing matches", query, a.text())
		}
	}
}
