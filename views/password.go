package views

// PasswordPage is GET /account/password; the form posts there.
type PasswordPage struct {
	Frame Frame
	Pages []Link // the row of the account's pages

	SSO  bool // the account has no password here: it signs in through the provider
	None bool // the account has no password for another reason

	Present Value // what was wrong with the present password
	New     Value // what was wrong with the new one
}
