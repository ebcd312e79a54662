package audit

import "slices"

// The acts that are recorded.
const (
	SignIn  Action = "sign-in"
	SignOut Action = "sign-out"
	Prove   Action = "prove"   // who they are, once more, before a sensitive act
	Refusal Action = "refusal" // what was asked for is not the reader's to ask for

	Search   Action = "search"   // a list, a look-up, a customer: its canonical address, personal values hashed
	View     Action = "view"     // a transaction
	Reveal   Action = "reveal"   // a masked field of a transaction was shown
	Export   Action = "export"   // was started
	Collect  Action = "collect"  // an export's end: complete, canceled, failed
	Download Action = "download" // a file was asked for
	Discard  Action = "discard"  // an export was deleted

	UseToken    Action = "use-token"
	MakeToken   Action = "make-token"
	RevokeToken Action = "revoke-token"

	AddUser      Action = "add-user"
	InviteUser   Action = "invite-user"
	ChangeRole   Action = "change-role"
	DisableUser  Action = "disable-user"
	EnableUser   Action = "enable-user"
	SetPassword  Action = "set-password"
	AddFactor    Action = "add-factor"    // an authenticator app, a passkey, recovery codes
	RemoveFactor Action = "remove-factor" // the same
	EndSession   Action = "end-session"   // somebody's sign-in, before its time

	ChangeView        Action = "change-view" // one that others may use: saved, shared, renamed, deleted, imported
	MakePrivateLink   Action = "make-private-link"
	RevokePrivateLink Action = "revoke-private-link"
	ReadAudit         Action = "read-audit" // the audit itself was read, exported or checked
	PruneAudit        Action = "prune-audit"
)

// words say what each act is, in the order in which a menu lists them.
var words = []struct {
	action Action
	words  string
}{
	{SignIn, "Sign in"},
	{SignOut, "Sign out"},
	{Prove, "Prove who they are again"},
	{Refusal, "Refused"},
	{Search, "Search"},
	{View, "Open a transaction"},
	{Reveal, "Reveal a masked value"},
	{Export, "Start an export"},
	{Collect, "End of an export"},
	{Download, "Download"},
	{Discard, "Delete an export"},
	{UseToken, "Use an access token"},
	{MakeToken, "Make an access token"},
	{RevokeToken, "Revoke an access token"},
	{AddUser, "Add an account"},
	{InviteUser, "Invite"},
	{ChangeRole, "Change a role"},
	{DisableUser, "Disable an account"},
	{EnableUser, "Enable an account"},
	{SetPassword, "Set a password"},
	{AddFactor, "Add a second factor"},
	{RemoveFactor, "Remove a second factor"},
	{EndSession, "End a sign-in"},
	{ChangeView, "Change a saved view"},
	{MakePrivateLink, "Make a private link"},
	{RevokePrivateLink, "Revoke a private link"},
	{ReadAudit, "Read the audit"},
	{PruneAudit, "Delete old records of the audit"},
}

// Actions lists the acts that are recorded.
func Actions() []Action {
	actions := make([]Action, len(words))
	for i, w := range words {
		actions[i] = w.action
	}
	return actions
}

// Words say what the act is; an act that no table knows is said as it is.
func (a Action) Words() string {
	if i := slices.IndexFunc(words, func(w struct {
		action Action
		words  string
	}) bool {
		return w.action == a
	}); i >= 0 {
		return words[i].words
	}
	return string(a)
}
