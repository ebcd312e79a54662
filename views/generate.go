package views

import "errors"

//go:generate go tool templ generate
//go:generate go run ./internal/texts

// asText is the text of an expression in a template, see internal/texts.
func asText[T ~string](s T, errs ...error) (string, error) { return string(s), errors.Join(errs...) }
