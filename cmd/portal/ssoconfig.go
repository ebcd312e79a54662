package main

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"trustlyportal/auth"
	"trustlyportal/handlers"
)

// ssoSettings are those of the single sign-on. Without an issuer there is none.
type ssoSettings struct {
	LocalAccounts  string `setting:"PORTAL_LOCAL_ACCOUNTS" default:"on" placeholder:"WHEN" help:"Whether accounts of the portal's own may sign in: on, or off to leave the single sign-on alone"`
	OIDCIssuer     string `name:"oidc-issuer" setting:"PORTAL_OIDC_ISSUER" placeholder:"URL" help:"Provider of OpenID Connect for single sign-on, as it spells itself; else none"`
	OIDCClientID   string `name:"oidc-client-id" setting:"PORTAL_OIDC_CLIENT_ID" placeholder:"ID" help:"What the portal is registered as at the provider"`
	OIDCName       string `name:"oidc-name" setting:"PORTAL_OIDC_NAME" placeholder:"NAME" help:"The provider's name on pages; else the issuer's host"`
	OIDCScopes     string `name:"oidc-scopes" setting:"PORTAL_OIDC_SCOPES" default:"openid email profile" placeholder:"SCOPES" help:"What the portal asks the provider for, with blanks between"`
	OIDCRoleClaim  string `name:"oidc-role-claim" setting:"PORTAL_OIDC_ROLE_CLAIM" default:"groups" placeholder:"CLAIM" help:"Claim with the person's groups or roles, a text or a list; dots reach into objects: realm_access.roles"`
	OIDCRoles      string `name:"oidc-roles" setting:"PORTAL_OIDC_ROLES" placeholder:"VALUE=ROLE,…" help:"Which role a value of that claim gives; of several the highest, of none no entry"`
	OIDCEmailClaim string `name:"oidc-email-claim" setting:"PORTAL_OIDC_EMAIL_CLAIM" default:"email" placeholder:"CLAIM" help:"Claim with the e-mail address; email has to be verified, any other is believed"`
}

// sso reads the settings of the single sign-on: nil for none. The address to return to is not known yet.
func (p *problems) sso(s *ssoSettings, getenv func(string) string) *auth.SSOConfig {
	const hint = "set PORTAL_OIDC_ISSUER for a single sign-on, or remove it"
	if s.OIDCIssuer == "" {
		secret := p.secret(getenv, "PORTAL_OIDC_CLIENT_SECRET")
		for _, other := range []struct{ name, value string }{
			{"PORTAL_OIDC_CLIENT_ID", s.OIDCClientID}, {"PORTAL_OIDC_CLIENT_SECRET", secret}, {"PORTAL_OIDC_ROLES", s.OIDCRoles},
		} {
			if other.value != "" {
				p.add(other.name, "is set, but there is no provider: %s", hint)
			}
		}
		return nil
	}
	c := &auth.SSOConfig{
		Issuer: p.issuer(s.OIDCIssuer), ClientID: s.OIDCClientID, Name: p.providerName(s.OIDCName, s.OIDCIssuer),
		Scopes: strings.Fields(s.OIDCScopes), RoleClaim: s.OIDCRoleClaim, EmailClaim: s.OIDCEmailClaim,
	}
	if c.ClientID == "" {
		p.add("PORTAL_OIDC_CLIENT_ID", "is not set: set it to what the portal is registered as at the provider")
	}
	c.ClientSecret = p.required(getenv, "PORTAL_OIDC_CLIENT_SECRET")
	if !slices.Contains(c.Scopes, "openid") {
		p.add("PORTAL_OIDC_SCOPES", "is %q: openid has to be among them, for example openid email profile", s.OIDCScopes)
	}
	var err error
	if c.Roles, err = auth.ParseRoleMap(s.OIDCRoles); err != nil {
		p.add("PORTAL_OIDC_ROLES", "cannot be used, %v: set it to pairs with commas between, for example portal-admins=admin,staff=support", err)
	} else if len(c.Roles) == 0 {
		p.add("PORTAL_OIDC_ROLES", "is not set, so nobody would get in: set it to pairs with commas between, for example portal-admins=admin,staff=support")
	}
	return c
}

func (p *problems) issuer(text string) string {
	if err := auth.CheckProviderURL(text); err != nil {
		p.add("PORTAL_OIDC_ISSUER", "%v: set it to the provider's issuer, for example https://id.example.com", err)
	} else if strings.ContainsAny(text, "?#") {
		p.add("PORTAL_OIDC_ISSUER", "has a query or fragment: set it to the provider's issuer, for example https://id.example.com")
	}
	return text
}

func (p *problems) providerName(name, issuer string) string {
	const longest = 60
	if name = strings.TrimSpace(name); name == "" {
		if u, err := url.Parse(issuer); err == nil {
			return u.Host
		}
	}
	if len(name) > longest || strings.ContainsFunc(name, unicode.IsControl) {
		p.add("PORTAL_OIDC_NAME", "is longer than %d bytes, or holds control characters: set it to what people call the provider", longest)
	}
	return name
}

// localAccounts reports whether accounts of the portal's own may sign in.
func (p *problems) localAccounts(text string, sso bool) bool {
	switch {
	case text == "on", text == "":
		return true
	case text != "off":
		p.add("PORTAL_LOCAL_ACCOUNTS", "is %q: set it to on or off", text)
	case !sso:
		p.add("PORTAL_LOCAL_ACCOUNTS", "is off without a single sign-on, so nobody would get in: set PORTAL_OIDC_ISSUER and what belongs to it, or set it to on")
	}
	return false
}

// openSSO makes the single sign-on of the settings; nil for none. Nothing is asked of the provider yet.
func openSSO(cfg config, now func() time.Time) *auth.SSO {
	if cfg.sso == nil {
		return nil
	}
	c := *cfg.sso
	c.ReturnURL = cfg.baseURL.String() + handlers.SSOReturnPath
	return auth.NewSSO(c, now)
}
