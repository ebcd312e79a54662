package views

// PermissionsPage is GET /admin/permissions: who may do what, and what each address asks for.
type PermissionsPage struct {
	Frame Frame
	Pages []Link // the row of sister pages

	Roles       []string // the columns
	Permissions []PermissionRow
	Routes      []RouteRow
}

// PermissionRow is one permission.
type PermissionRow struct {
	Name, Means string
	Granted     []bool // by role
}

// RouteRow is one address.
type RouteRow struct {
	Method, Path string
	Asks         string // a permission's name, "a sign-in" or "nothing"
	Besides      string // what else: tokens, a fresh proof; "" for nothing
	Granted      []bool // by role
}
