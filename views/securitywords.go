package views

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"
)

func passkeyVerb(create bool) string {
	if create {
		return "create"
	}
	return "get"
}

func proveCodeLabel(p ProvePage) string {
	switch {
	case !p.App:
		return "One of your recovery codes"
	case p.Recovery:
		return "Code from your authenticator app, or a recovery code"
	}
	return "Code from your authenticator app"
}

func codesLeft(n int) string {
	switch n {
	case 0:
		return "No recovery codes are left."
	case 1:
		return "1 recovery code is left."
	}
	return count(n) + " recovery codes are left."
}

func codesText(codes []string) string { return strings.Join(codes, "\n") }

// securityHref carries along where the reader was going.
func securityHref(path, next string) templ.SafeURL {
	if next != "" {
		path += "?next=" + url.QueryEscape(next)
	}
	return templ.SafeURL(path)
}
