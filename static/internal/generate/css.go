package main

import (
	"regexp"
	"slices"
	"strings"
)

// subset returns a style sheet without the component rules that concern only
// components not in keep.
//
// It cuts whole rules out of `@layer components` and, in a list of selectors,
// the selectors that name another component. All else (tokens, reset, custom
// properties) stays as it is, byte for byte. The `.dark` palette goes too: the
// portal's own tokens carry both themes.
func subset(css string, keep []string) string {
	var b strings.Builder
	for _, r := range rules(css) {
		switch {
		case r.head == "@layer components":
			var inner strings.Builder
			for _, c := range rules(r.body) {
				if head := keepSelectors(c.head, keep); head != "" {
					inner.WriteString(head + "{" + c.body + "}")
				}
			}
			if inner.Len() > 0 {
				b.WriteString(r.head + "{" + inner.String() + "}")
			}
		case r.head == ".dark":
		case r.head == ":root": // outside any layer it would beat every layer of ours
			b.WriteString("@layer theme{" + r.text + "}")
		case strings.HasPrefix(r.head, "@keyframes"): // only animated components had them
		default:
			b.WriteString(r.text)
		}
	}
	return b.String()
}

// keepSelectors drops the selectors of other components from a list; "" when
// none is left. A selector without any class belongs to a component by an
// attribute (tooltips, popovers) and is dropped; one of an SVG is too, for our
// icons are none.
func keepSelectors(list string, keep []string) string {
	var left []string
	for _, sel := range splitTop(list, ',') {
		classes := className.FindAllStringSubmatch(sel, -1)
		ok := len(classes) > 0 && !strings.Contains(sel, "svg")
		for _, c := range classes {
			ok = ok && slices.Contains(keep, c[1])
		}
		if ok {
			left = append(left, sel)
		}
	}
	return strings.Join(left, ",")
}

var className = regexp.MustCompile(`\.([a-zA-Z][\w-]*)`)

// rule is one rule with a block, or one statement that ends in a semicolon
// (whose body is empty). text is the whole as it stood.
type rule struct{ head, body, text string }

// rules cuts a style sheet, or the inside of a block, at its top level. It knows
// strings, so that a brace in a data: URL is none.
func rules(css string) []rule {
	var out []rule
	start, depth, open := 0, 0, 0
	var quote byte
	for i := 0; i < len(css); i++ {
		c := css[i]
		switch {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '/' && strings.HasPrefix(css[i:], "/*"):
			if end := strings.Index(css[i+2:], "*/"); end >= 0 {
				if depth == 0 && strings.TrimSpace(css[start:i]) == "" {
					out = append(out, rule{text: css[start : i+2+end+2]}) // licence comment
					start = i + 2 + end + 2
				}
				i += 2 + end + 1
			}
		case c == '{':
			if depth == 0 {
				open = i
			}
			depth++
		case c == '}':
			depth--
			if depth == 0 {
				out = append(out, rule{strings.TrimSpace(css[start:open]), css[open+1 : i], css[start : i+1]})
				start = i + 1
			}
		case c == ';' && depth == 0:
			out = append(out, rule{head: strings.TrimSpace(css[start:i]), text: css[start : i+1]})
			start = i + 1
		}
	}
	if rest := css[start:]; strings.TrimSpace(rest) != "" {
		out = append(out, rule{head: strings.TrimSpace(rest), text: rest})
	}
	return out
}

// splitTop splits at sep where no parenthesis or bracket is open.
func splitTop(s string, sep byte) []string {
	var out []string
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case sep:
			if depth == 0 {
				out = append(out, s[start:i])
				start = i + 1
			}
		}
	}
	return append(out, s[start:])
}
