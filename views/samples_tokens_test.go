package views

import "github.com/a-h/templ"

// tokenPages are the page of access tokens in the states that differ.
func tokenPages() map[string]templ.Component {
	odd := sampleTokens()
	odd.Tokens[0].Name, odd.Tokens[1].Name, odd.Tokens[1].Scope, odd.Tokens[2].UsedFrom = hostile, rightToLeft, longName, hostile
	odd.Form.Name, odd.Form.Scope = Value{Text: hostile, Error: "The name is longer than 60 characters."}, Value{Error: "Choose what the token opens."}
	odd.Form.Views[0].Label = hostile

	made := sampleTokens()
	made.Tokens = made.Tokens[:1]
	made.Made = MadeToken{
		Name: "Nightly “close”", Text: sampleToken, Header: "Authorization: Bearer " + sampleToken, Expires: "Feb 18 2027, 10:04",
		Curl: `curl --fail --remove-on-error --output transactions.csv -H @token.header 'https://portal.acme.example/views/aaaa.csv'`,
	}

	return map[string]templ.Component{
		"tokens":         Tokens(sampleTokens()),
		"tokens-hostile": Tokens(odd),
		"tokens-made":    Tokens(made),
		"tokens-refused": Tokens(TokensPage{Frame: sampleFrame("Access tokens"), Form: TokenForm{Refusal: "Your role does not include exports, so a token would open nothing."}}),
		"tokens-zero":    Tokens(TokensPage{}),
	}
}

// sampleToken is made up, and its check sum wrong.
const sampleToken = "tpp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func sampleTokens() TokensPage {
	return TokensPage{
		Frame: sampleFrame("Access tokens"), Zone: "America/New_York",
		Pages: []Link{{Label: "Account", Href: "/account"}, {Label: "Access tokens", Href: "/account/tokens", Current: true}},
		Tokens: []Token{
			{ID: "12", Name: "Nightly “close”", Scope: "Exports of any view", Status: Status{Word: "Active", Tone: ToneGood}, Made: "Nov 20, 10:04", MadeUTC: "2026-11-20T15:04:00.000Z",
				Expires: "Feb 18 2027, 10:04", ExpiresUTC: "2027-02-18T15:04:00.000Z", Used: "Nov 20, 10:09", UsedUTC: "2026-11-20T15:09:00.000Z", UsedFrom: "2001:db8::7", Works: true},
			{ID: "9", Name: "Dashboard", Scope: "Failed this week", ScopeHref: "/views/aaaa", Status: Status{Word: "Expires soon", Tone: ToneWarn}, Made: "Nov 1, 08:00", MadeUTC: "2026-11-01T13:00:00.000Z",
				Expires: "Nov 24, 08:00", ExpiresUTC: "2026-11-24T13:00:00.000Z", Used: "Never", Works: true},
			{ID: "3", Name: "Old", Scope: "One saved view", ScopeNote: "The view was deleted, or is no longer shared with you.", Status: Status{Word: "Revoked"}, Made: "Oct 1, 08:00", MadeUTC: "2026-10-01T12:00:00.000Z",
				Expires: "Dec 30, 08:00", ExpiresUTC: "2026-12-30T13:00:00.000Z", Used: "Oct 2, 02:00", UsedUTC: "2026-10-02T06:00:00.000Z", UsedFrom: "192.0.2.7"},
		},
		Form: TokenForm{
			Any:   Choice{Value: "export", Label: "Exports of any view", On: true},
			Views: []Choice{{Value: "view:aaaa", Label: "Failed this week"}, {Value: "view:bbbb", Label: "Month end (of ada@acme.example)"}},
			Lives: []Choice{{Value: "30", Label: "In 30 days, Dec 20"}, {Value: "90", Label: "In 90 days, Feb 18 2027", On: true}},
		},
	}
}
