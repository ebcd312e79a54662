package main

import (
	"strings"
	"testing"

	"trustlyportal/audit"
	"trustlyportal/store"
)

func TestSSOCommands(t *testing.T) {
	t.Parallel()
	database := databases.New(t)
	env := environment{"PORTAL_DATABASE_URL": database, "PORTAL_OIDC_ISSUER": "https://id.example.com"}
	for _, tt := range []struct {
		args, says string
		code       int
	}{
		{"user add --email=ann@example.com --role=support --password-stdin", "Added ann@example.com", exitOK},
		{"user add --email=bob@example.com --role=support --password-stdin", "Added bob@example.com", exitOK},
		{"sso list", "No account", exitOK},
		{"sso link --email=eve@example.com --subject=x", "there is no account eve@example.com", exitFailed},
		{"sso link --email=ann@example.com --subject=ann-1 --oidc-issuer=http://id.example.com", "the issuer is http", exitUsage},
		{"sso link --email=ann@example.com --subject=ann-1", "ann@example.com signs in through the provider", exitOK},
		{"sso link --email=bob@example.com --subject=ann-1", "connected already", exitFailed},
		{"sso link --email=ann@example.com --subject=ann-2", "connected already", exitFailed},
		{"sso list", "ann@example.com   support   ann-1     https://id.example.com   never", exitOK},
		{"user password --email=ann@example.com --password-stdin", "can have no password here", exitFailed},
		{"user password --email=ann@example.com --link", "can have no password here", exitFailed},
		{"sso unlink --email=bob@example.com", "does not sign in through a provider", exitFailed},
		{"sso unlink --email=ann@example.com", "Give it a password", exitOK},
		{"sso list", "No account", exitOK},
	} {
		stdout, stderr, code := command(t, env, userPassword+"\n", strings.Fields(tt.args)...)
		if code != tt.code || !strings.Contains(stdout+stderr, tt.says) {
			t.Errorf("portal %s: got code %d, %s%s, want %d and %q", tt.args, code, stdout, stderr, tt.code, tt.says)
		}
	}
	db, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	records, err := db.AuditPage(t.Context(), audit.Filter{Object: "user ann@example.com"}, 0, 2)
	if err != nil || len(records) != 2 || records[0].Action != audit.RemoveFactor || records[1].Action != audit.AddFactor {
		t.Errorf("audit: got %v, %v, want the connecting and the parting", records, err)
	}
	if _, hash, err := db.UserForSignIn(t.Context(), "ann@example.com"); err != nil || hash != "" {
		t.Errorf("got a password left: %v, %v", hash != "", err)
	}
}
