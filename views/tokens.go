package views

// TokensPage is GET /account/tokens, and the answer to its form: with a token just made, or with what has to be changed.
type TokensPage struct {
	Frame  Frame
	Pages  []Link // the account's pages
	Zone   string // of the times
	Tokens []Token
	Form   TokenForm
	Made   MadeToken
}

// Token is one row. Its text is nowhere.
type Token struct {
	ID         string
	Name       string
	Scope      string // what it opens: "Exports of any view"
	ScopeHref  string // the saved view that it is for
	ScopeNote  string // why it opens nothing now: the saved view is gone
	Status     Status // "Active", "Expires soon", "Expired", "Revoked", "Without effect"
	Made       string
	MadeUTC    string
	Expires    string
	ExpiresUTC string
	Used       string // "Never" without UsedUTC
	UsedUTC    string
	UsedFrom   string // address
	Works      bool   // can be revoked
}

// TokenForm makes a token.
type TokenForm struct {
	Refusal string // why the reader can't make one; then there is no form
	Name    Value
	Scope   Value // its error only; the choices hold what is chosen
	Any     Choice
	Views   []Choice // scopes of one saved view each
	Lives   []Choice // days, with the date that they end on
}

// MadeToken is a token just made, in clear, this once. Text "" when none was.
type MadeToken struct {
	Name    string
	Text    string
	Header  string // the line that a script sends
	Curl    string // a command that fetches a file with the line in a file
	Expires string
}

// name and scope are the controls under their names.
func (f TokenForm) name() Value  { return Value{Name: "name", Text: f.Name.Text, Error: f.Name.Error} }
func (f TokenForm) scope() Value { return Value{Name: "scope", Error: f.Scope.Error} }
