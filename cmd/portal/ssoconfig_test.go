package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/auth"
)

// withSSO is the least that a single sign-on needs.
var withSSO = working.with("PORTAL_OIDC_ISSUER=https://id.example.com/realms/staff", "PORTAL_OIDC_CLIENT_ID=portal", "PORTAL_OIDC_CLIENT_SECRET=s3cr3t-id", "PORTAL_OIDC_ROLES=staff=support")

// ssoFromEnv reads the settings as kong would.
func ssoFromEnv(env environment) *settings {
	s := fromEnv(env)
	pick := func(name, otherwise string) string {
		if v := env[name]; v != "" {
			return v
		}
		return otherwise
	}
	s.ssoSettings = ssoSettings{
		LocalAccounts: pick("PORTAL_LOCAL_ACCOUNTS", "on"), OIDCIssuer: env["PORTAL_OIDC_ISSUER"], OIDCClientID: env["PORTAL_OIDC_CLIENT_ID"],
		OIDCName: env["PORTAL_OIDC_NAME"], OIDCScopes: pick("PORTAL_OIDC_SCOPES", "openid email profile"), OIDCRoleClaim: pick("PORTAL_OIDC_ROLE_CLAIM", "groups"),
		OIDCRoles: env["PORTAL_OIDC_ROLES"], OIDCEmailClaim: pick("PORTAL_OIDC_EMAIL_CLAIM", "email"),
	}
	return s
}

// Each wrong setting alone: the error names it, says what to change, and repeats no secret.
func TestSSOConfigErrors(t *testing.T) {
	for _, tt := range []struct{ variable, want string }{
		{"PORTAL_OIDC_ISSUER=id.example.com", "PORTAL_OIDC_ISSUER is no https URL"},
		{"PORTAL_OIDC_ISSUER=http://id.example.com", "PORTAL_OIDC_ISSUER is http, which would send tokens in clear"},
		{"PORTAL_OIDC_ISSUER=https://ada:s3cr3t-id@id.example.com", "PORTAL_OIDC_ISSUER holds a user name"},
		{"PORTAL_OIDC_ISSUER=https://id.example.com?x", "PORTAL_OIDC_ISSUER has a query"},
		{"PORTAL_OIDC_CLIENT_ID=", "PORTAL_OIDC_CLIENT_ID is not set"},
		{"PORTAL_OIDC_CLIENT_SECRET=", "PORTAL_OIDC_CLIENT_SECRET is not set: set it, or PORTAL_OIDC_CLIENT_SECRET_FILE"},
		{"PORTAL_OIDC_CLIENT_SECRET_FILE=/x", "PORTAL_OIDC_CLIENT_SECRET and PORTAL_OIDC_CLIENT_SECRET_FILE are both set"},
		{"PORTAL_OIDC_SCOPES=email profile", "openid has to be among them"},
		{"PORTAL_OIDC_ROLES=", "PORTAL_OIDC_ROLES is not set, so nobody would get in"},
		{"PORTAL_OIDC_ROLES=staff", "PORTAL_OIDC_ROLES cannot be used"},
		{"PORTAL_OIDC_ROLES=staff=boss", `"boss" is not a role`},
		{"PORTAL_OIDC_NAME=" + strings.Repeat("x", 61), "PORTAL_OIDC_NAME is longer"},
		{"PORTAL_LOCAL_ACCOUNTS=no", `PORTAL_LOCAL_ACCOUNTS is "no": set it to on or off`},
	} {
		env := withSSO.with(tt.variable)
		_, err := ssoFromEnv(env).check(env.get, false)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: got error %v, want one that says %q, nothing else, and no secret", tt.variable, err, tt.want)
		}
	}
	for _, variable := range []string{"PORTAL_OIDC_CLIENT_ID=portal", "PORTAL_OIDC_CLIENT_SECRET=s3cr3t-id", "PORTAL_OIDC_ROLES=staff=support", "PORTAL_LOCAL_ACCOUNTS=off"} {
		env := working.with(variable)
		name, _, _ := strings.Cut(variable, "=")
		if _, err := ssoFromEnv(env).check(env.get, false); err == nil || !strings.HasPrefix(err.Error(), name) || !strings.Contains(err.Error(), "PORTAL_OIDC_ISSUER") {
			t.Errorf("%s without an issuer: got %v, want it named", variable, err)
		}
		if _, err := ssoFromEnv(env).check(env.get, true); err != nil {
			t.Errorf("%s in the demo: got %v, want it not to count", variable, err)
		}
	}
}

func TestSSOConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		env  environment
		want *auth.SSOConfig
	}{
		{"none", working, nil},
		{"the least", withSSO, &auth.SSOConfig{
			Issuer: "https://id.example.com/realms/staff", ClientID: "portal", ClientSecret: "s3cr3t-id", Name: "id.example.com", Scopes: []string{"openid", "email", "profile"},
			RoleClaim: "groups", EmailClaim: "email", Roles: auth.RoleMap{{Value: "staff", Role: auth.Support}},
		}},
		{"all", withSSO.with("PORTAL_OIDC_ISSUER=http://localhost:9000", "PORTAL_OIDC_CLIENT_SECRET=", "PORTAL_OIDC_CLIENT_SECRET_FILE="+file, "PORTAL_OIDC_NAME=Example ID",
			"PORTAL_OIDC_SCOPES=openid", "PORTAL_OIDC_ROLE_CLAIM=realm_access.roles", "PORTAL_OIDC_EMAIL_CLAIM=upn", "PORTAL_LOCAL_ACCOUNTS=off"), &auth.SSOConfig{
			Issuer: "http://localhost:9000", ClientID: "portal", ClientSecret: "from-a-file", Name: "Example ID", Scopes: []string{"openid"},
			RoleClaim: "realm_access.roles", EmailClaim: "upn", Roles: auth.RoleMap{{Value: "staff", Role: auth.Support}},
		}},
	} {
		c, err := ssoFromEnv(tt.env).check(tt.env.get, false)
		if diff := cmp.Diff(tt.want, c.sso); err != nil || diff != "" {
			t.Errorf("%s: got %v and the difference (-want +got)\n%s", tt.name, err, diff)
		}
		if c.localAccounts != (tt.env["PORTAL_LOCAL_ACCOUNTS"] != "off") {
			t.Errorf("%s: got local accounts %v", tt.name, c.localAccounts)
		}
	}
	if got := openSSO(config{sso: &auth.SSOConfig{Name: "x"}, baseURL: &url.URL{Scheme: "https", Host: "portal.example.com"}}, nil); got.Name() != "x" {
		t.Errorf("got %q, want the provider's name", got.Name())
	}
}
