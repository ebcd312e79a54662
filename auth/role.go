package auth

import "fmt"

// Role is what a user is at work. Each user has one.
type Role string

// The roles, from the least to the most.
const (
	Support Role = "support"
	Finance Role = "finance"
	Admin   Role = "admin"
)

// Permission is one thing that a route or a page may ask for.
type Permission string

// The permissions. Every route names one, unless it is in the short public list.
const (
	View           Permission = "view"            // lists and transactions, personal data masked
	Reveal         Permission = "reveal"          // one masked field of one record, recorded
	Export         Permission = "export"          // a whole view as a file, personal data masked
	ExportUnmasked Permission = "export-unmasked" // the same with personal data
	Audit          Permission = "audit"           // who did what
	ManageUsers    Permission = "manage-users"    // accounts and roles
)

// granted is the whole of who may do what. A role that is not here may nothing.
var granted = map[Role]map[Permission]bool{
	Support: {View: true, Reveal: true},
	Finance: {View: true, Reveal: true, Export: true},
	Admin:   {View: true, Reveal: true, Export: true, ExportUnmasked: true, Audit: true, ManageUsers: true},
}

// May reports whether the role has the permission.
func (r Role) May(p Permission) bool { return granted[r][p] }

// Roles lists the roles from the least to the most.
func Roles() []Role { return []Role{Support, Finance, Admin} }

// Permissions lists all permissions.
func Permissions() []Permission {
	return []Permission{View, Reveal, Export, ExportUnmasked, Audit, ManageUsers}
}

// ParseRole reads a role's name, exactly as written in [Roles].
func ParseRole(s string) (Role, error) {
	if _, ok := granted[Role(s)]; !ok {
		return "", fmt.Errorf("%q is not a role: use support, finance or admin", s)
	}
	return Role(s), nil
}
