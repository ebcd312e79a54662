package main

import (
	"regexp"
	"slices"
)

var (
	customProperty = regexp.MustCompile(`(--[\w-]+):(?:"(?:\\.|[^"])*"|'(?:\\.|[^'])*'|\((?:[^()"']|"(?:\\.|[^"])*"|'(?:\\.|[^'])*'|\([^()]*\))*\)|[^;{}"'()])*;?`)
	registered     = regexp.MustCompile(`@property (--[\w-]+)\{[^{}]*\}`)
	readProperty   = regexp.MustCompile(`var\(\s*(--[\w-]+)`)
)

// cutUnread takes out the custom properties that nothing reads: what other components of the bundle are set up with.
// Browsers look through all of them for every element, and each registered one has them start anew.
func cutUnread(css string) string {
	for before := ""; css != before; {
		before = css
		var read []string
		for _, m := range readProperty.FindAllStringSubmatch(css, -1) {
			read = append(read, m[1])
		}
		for _, declared := range []*regexp.Regexp{registered, customProperty} {
			css = declared.ReplaceAllStringFunc(css, func(text string) string {
				if slices.Contains(read, declared.FindStringSubmatch(text)[1]) {
					return text
				}
				return ""
			})
		}
	}
	return css
}
