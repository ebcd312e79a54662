// Package handlers is the portal's web: it reads a request, asks the floors
// below and draws a page. It is the only package that knows Echo. routes.go is
// the whole URL map with the permission each route needs; errors.go alone turns
// errors into statuses.
package handlers
