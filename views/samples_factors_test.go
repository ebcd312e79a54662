package views

import "github.com/a-h/templ"

func factorPages() map[string]templ.Component {
	return map[string]templ.Component{
		"factor":         SecondStep(sampleFactorPage()),
		"factor-refused": SecondStep(sampleFactorRefused()),
		"factor-zero":    SecondStep(FactorPage{}),
		"security":       Security(sampleSecurityPage()),
		"security-owed":  Security(sampleSecurityOwed()),
		"security-sso":   Security(SecurityPage{SSO: true}),
		"authenticator":  Authenticator(sampleAuthenticatorPage()),
		"recovery":       Recovery(sampleRecoveryPage()),
		"prove":          Prove(sampleProvePage()),
		"prove-passkey":  Prove(sampleProveByPasskey()),
	}
}

func samplePasskeyForm(action, label string, create bool) PasskeyForm {
	return PasskeyForm{Action: action, Label: label, Create: create, Origin: "https://portal.example.com", Options: `{"rpId":"portal.example.com","challenge":"AA"}`}
}

func sampleAccountPages(current string) []Link {
	return []Link{{Label: "Account", Href: "/account"}, {Label: "Second factors", Href: "/account/security", Current: current == "/account/security"}}
}

func sampleFactorPage() FactorPage {
	return FactorPage{
		Frame: Frame{Title: "Second step", Environment: "SANDBOX"}, Email: hostile, Next: "/transactions?tz=UTC", App: true, Recovery: true,
		Passkey: samplePasskeyForm("/login/factor", "Use a passkey", false),
	}
}

func sampleFactorRefused() FactorPage {
	p := sampleFactorPage()
	p.Error, p.WaitSeconds, p.OpenCodes, p.Passkey = "Too many wrong codes. "+hostile, 8, true, PasskeyForm{}
	return p
}

func sampleSecurityPage() SecurityPage {
	return SecurityPage{
		Frame: sampleFrame("Second factors"), Pages: sampleAccountPages("/account/security"), Any: true, CanLose: true,
		App: Factor{Added: "Nov 2, 09:15", Used: "Nov 20, 08:01"},
		Passkeys: []Factor{
			{ID: "aWQ", Name: hostile, Added: "Nov 3, 10:00", Used: "never"},
			{ID: "aWQy", Name: "Phone", Added: "Nov 4, 10:00", Used: "Nov 19, 17:30", Note: "Its maker keeps it in step between your devices."},
		},
		Add: samplePasskeyForm("/account/security/passkeys", "Add a passkey", true), CodesLeft: 2, FewCodes: true,
	}
}

func sampleSecurityOwed() SecurityPage {
	return SecurityPage{
		Frame: sampleFrame("Second factors"), Pages: sampleAccountPages("/account/security"), Required: true, Owed: true, Error: "That took too long.",
		Next: "/transactions?tz=UTC&count=50", Elsewhere: "Passkeys don't work at the portal's address.",
	}
}

func sampleAuthenticatorPage() AuthenticatorPage {
	return AuthenticatorPage{
		Frame: sampleFrame("Authenticator app"), Pages: sampleAccountPages(""), Picture: "data:image/png;base64,AAAA", Secret: "ABCD EFGH",
		Ticket: "ticket", Next: "/transactions?tz=UTC", Error: "The code is wrong. " + hostile,
	}
}

func sampleRecoveryPage() RecoveryPage {
	return RecoveryPage{Frame: sampleFrame("Recovery codes"), Pages: sampleAccountPages(""), Codes: []string{"0123-4567-89ab-cdef-ghjk-mnpq", "zyxw-vtsr-qpnm-kjhg-fedc-ba98"}}
}

func sampleProvePage() ProvePage {
	return ProvePage{
		Frame: sampleFrame("Prove that it is you"), Action: "/account/security/recovery", What: "This needs a fresh proof.", Password: true, App: true, Recovery: true,
		Fields: []FormField{{Name: "name", Value: hostile}, {Name: "next", Value: "/account"}}, BackHref: "/account/security",
	}
}

func sampleProveByPasskey() ProvePage {
	p := sampleProvePage()
	p.App, p.Error, p.WaitSeconds, p.Passkey = false, "Too many wrong tries.", 4, samplePasskeyForm(p.Action, "Prove it with a passkey", false)
	p.Passkey.Prefix, p.SSOHref = "prove-", "/login/sso/prove?next=%2Faccount"
	return p
}
