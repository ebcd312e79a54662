package views

// APIPage is GET /admin/api: what the portal found out about the API it is connected to.
type APIPage struct {
	Frame    Frame
	Pages    []Link // the row of sister pages
	Host     string
	When     string // when it was asked; "" when it has not been yet
	WhenUTC  string // RFC 3339
	Findings []Finding
	Waiting  string // said instead of findings, before there are any
}

// Finding answers one question about the API.
type Finding struct {
	Check    string
	Verdict  Status
	Summary  string
	Setting  string // NAME=value that follows, may be ""
	Evidence []string
}
