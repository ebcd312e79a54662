package handlers

// RouteRow is one row of the URL map, for the tests that walk it.
type RouteRow struct {
	Method, Path string
	Public       bool
	Permission   string // "" with a sign-in alone
}

// URLMap is the whole of routes.go.
func URLMap() []RouteRow {
	var rows []RouteRow
	for _, r := range routes {
		rows = append(rows, RouteRow{Method: r.method, Path: r.path, Public: r.access.public, Permission: string(r.access.permission)})
	}
	return rows
}
