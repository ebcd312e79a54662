package views

import (
	"strings"

	"github.com/a-h/templ"
)

// peoplePages are the pages of accounts, passwords and sign-ins.
func peoplePages() map[string]templ.Component {
	return map[string]templ.Component{
		"users":            Users(sampleUsers()),
		"users-refused":    Users(sampleUsersRefused()),
		"users-none":       Users(UsersPage{Frame: sampleFrame("Accounts"), Query: hostile, Hidden: 3}),
		"users-zero":       Users(UsersPage{}),
		"user":             AccountOf(sampleUser()),
		"user-own":         AccountOf(sampleUserOwn()),
		"user-disabled":    AccountOf(sampleUserDisabled()),
		"user-hostile":     AccountOf(sampleUserHostile()),
		"link":             OneTimeLink(sampleLink()),
		"sessions":         Sessions(sampleSessions()),
		"sessions-one":     Sessions(sampleSessionsOne()),
		"password":         Password(PasswordPage{Frame: sampleFrame("Password"), Pages: samplePeoplePages(1)}),
		"password-refused": Password(samplePasswordRefused()),
		"password-sso":     Password(PasswordPage{Frame: sampleFrame("Password"), SSO: true}),
		"password-none":    Password(PasswordPage{Frame: sampleFrame("Password"), None: true}),
		"invite":           Invite(InvitePage{Frame: Frame{Title: "Open a link"}, Heading: "Open a link"}),
		"invite-over":      Invite(InvitePage{Frame: Frame{Title: "Open a link"}, Heading: "Open a link", Problem: "This link was used already: each works once."}),
		"invite-join":      Invite(sampleInvite()),
		"invite-set-up":    Invite(sampleInviteSetUp()),
		"invite-done":      Invite(InvitePage{Frame: Frame{Title: "Password set"}, Heading: "Password set", Done: true}),
		"kept-form":        KeptForm(sampleKeptForm()),
	}
}

func samplePeoplePages(current int) []Link {
	pages := []Link{{Label: "Account", Href: "/account"}, {Label: "Password", Href: "/account/password"}, {Label: "Sign-ins", Href: "/account/sessions"}}
	pages[current].Current = true
	return pages
}

func sampleRoles() []RoleChoice {
	return []RoleChoice{
		{Role: "support", May: "may view, reveal"}, {Role: "finance", May: "may view, reveal, export", Chosen: true},
		{Role: "admin", May: "may view, reveal, export, export unmasked, audit, manage users"},
	}
}

func sampleUsers() UsersPage {
	return UsersPage{
		Frame: sampleFrame("Accounts"), Pages: []Link{{Label: "Accounts", Href: "/admin/users", Current: true}, {Label: "Audit", Href: "/admin/audit"}}, Zone: "America/New_York",
		Accounts: []AccountRow{
			{Email: "admin@acme.example", Href: "/admin/users/1", Role: "admin", State: Status{Word: "Enabled", Tone: ToneGood}, Means: "Password, authenticator app, 2 passkeys", Seen: "Nov 20, 07:12", SeenUTC: "2026-11-20T12:12:00Z", You: true},
			{Email: strings.Repeat("very.long.name.", 12) + "@acme.example", Href: "/admin/users/2", Role: "support", State: Status{Word: "Disabled", Tone: ToneBad}, Means: "Single sign-on", Seen: "Never"},
			{Email: hostile, Href: "/admin/users/3", Role: "finance", State: Status{Word: "Enabled", Tone: ToneGood}, Means: "No means yet", Seen: "Never"},
		},
		Open: []OpenLink{
			{ID: "AB12", Email: "new@acme.example", What: "To join as finance", By: "admin@acme.example", Made: "Nov 20, 07:00", MadeUTC: "2026-11-20T12:00:00Z", Ends: "Nov 23, 07:00", EndsUTC: "2026-11-23T12:00:00Z"},
			{ID: "CD34", Email: hostile, What: "To set a password", By: "command line", Made: "Nov 20, 07:00", Ends: "Nov 23, 07:00", AccountHref: "/admin/users/3"},
		},
		Invite: InviteForm{Roles: sampleRoles()},
	}
}

func sampleUsersRefused() UsersPage {
	p := sampleUsers()
	p.Query, p.Hidden, p.Open = "a", 2, nil
	p.Invite.Email = Value{Text: hostile, Error: "This is not an e-mail address, which looks like name@example.com."}
	p.Invite.Role = Value{Error: "Choose a role."}
	return p
}

func sampleUser() UserPage {
	return UserPage{
		Frame: sampleFrame("support@acme.example"), Back: Link{Label: "All accounts", Href: "/admin/users"},
		Email: "support@acme.example", Role: "support", State: Status{Word: "Enabled", Tone: ToneGood}, Means: "Password, authenticator app", Since: "Nov 1, 09:00", Seen: "Nov 20, 07:12", Zone: "America/New_York",
		Action: "/admin/users/7", Generation: "4", HasFactors: true, Roles: sampleRoles(), Sessions: sampleSessions().Sessions[1:],
		Link:   sampleUsers().Open[0],
		Tokens: []AccountToken{{ID: "12", Name: "nightly", Scope: "export", Ends: "Feb 1", EndsUTC: "2027-02-01T00:00:00Z", Used: "Never"}},
	}
}

func sampleUserOwn() UserPage {
	p := sampleUser()
	p.You, p.LastAdmin = true, true
	return p
}

func sampleUserDisabled() UserPage {
	p := sampleUser()
	p.Disabled, p.SSO, p.Sessions, p.Tokens, p.State = true, true, nil, nil, Status{Word: "Disabled", Tone: ToneBad}
	return p
}

func sampleUserHostile() UserPage {
	p := sampleUser()
	p.Email, p.LastAdmin, p.Action = hostile, true, "javascript:alert(1)"
	p.Tokens[0].Name = hostile
	return p
}

func sampleLink() LinkPage {
	return LinkPage{
		Frame: sampleFrame("Invitation"), Heading: "Invitation", Email: hostile, What: "new@acme.example gets an account with the role finance by opening this link.",
		URL: "https://portal.acme.example/login/invite#ABCDEFGHIJKLMNOPQRSTUVWXYZ", Ends: "Nov 23, 07:00 EST", Back: Link{Label: "All accounts", Href: "/admin/users"},
	}
}

func sampleSessions() SessionsPage {
	return SessionsPage{
		Frame: sampleFrame("Sign-ins"), Pages: samplePeoplePages(2), Zone: "America/New_York", Idle: "2 hours", Lifetime: "12 hours",
		Sessions: []Session{
			{ID: "A", Device: "Firefox 145 on Windows", UserAgent: "Mozilla/5.0 …", Address: "192.0.2.7", Means: "Password and authenticator app", Started: "Nov 20, 06:00", StartedUTC: "2026-11-20T11:00:00Z", Seen: "Nov 20, 07:00", SeenUTC: "2026-11-20T12:00:00Z", Current: true},
			{ID: "B", Device: hostile, UserAgent: hostile, Address: "2001:db8:85a3:8d3:1319:8a2e:370:7348", Means: "Passkey", Started: "Nov 20, 05:00", Seen: "Nov 20, 05:10"},
		},
	}
}

func sampleSessionsOne() SessionsPage {
	p := sampleSessions()
	p.Sessions = p.Sessions[:1]
	return p
}

func samplePasswordRefused() PasswordPage {
	return PasswordPage{Frame: sampleFrame("Password"), Present: Value{Error: "This is not your present password."}, New: Value{Error: "The password has 5 characters, but needs at least 12."}}
}

func sampleInvite() InvitePage {
	return InvitePage{Frame: Frame{Title: "Choose a password"}, Heading: "Choose a password", Code: hostile, Email: hostile, Role: "finance", New: Value{Error: "The password has 5 characters, but needs at least 12."}}
}

func sampleInviteSetUp() InvitePage {
	return InvitePage{Frame: Frame{Title: "Choose a password"}, Heading: "Choose a password", Code: "ABC", AskEmail: true, Mail: Value{Text: hostile, Error: "This is not an e-mail address."}}
}

func sampleKeptForm() KeptFormPage {
	return KeptFormPage{Frame: Frame{Title: "Signed out"}, Action: "/views", LoginHref: "/login?next=%2Ftransactions", Fields: []FormField{{Name: "name", Value: hostile}, {Name: "query", Value: "tz=UTC"}}}
}
