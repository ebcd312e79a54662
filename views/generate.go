package views

//go:generate go tool templ generate
//go:generate go run ./internal/texts
