package views

// InvitePage is GET /login/invite, where a one-time link leads. It asks for the link's code first, which a script fills
// in from the address, and then for a password.
type InvitePage struct {
	Frame   Frame
	Heading string

	Code    string // known to be good; "" asks for it
	Problem string // why a code is not good: whole sentences

	Email    string // whom the link is for
	AskEmail bool   // the first administrator says who they are
	Mail     Value
	Role     string // of a new account
	New      Value  // what was wrong with the new password

	Done bool // the password is set
}
