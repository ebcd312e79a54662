package views

// markup is HTML that is written by hand, where templates are too slow.
type markup []byte

// html adds what is HTML already. It must be a constant, or made of constants.
func (m *markup) html(html string) *markup {
	*m = append(*m, html...)
	return m
}

// attribute adds one that has a value.
func (m *markup) attribute(name, value string) *markup {
	if value == "" {
		return m
	}
	return m.html(" ").html(name).html(`="`).text(value).html(`"`)
}

// text adds a text of anybody's, escaped for elements and quoted attributes as html.EscapeString does it.
func (m *markup) text(text string) *markup { return m.escaped(text, &escapes) }

// content adds a text of anybody's, escaped for elements alone: quotes stay.
func (m *markup) content(text string) *markup { return m.escaped(text, &contentEscapes) }

func (m *markup) escaped(text string, escapes *[256]string) *markup {
	done := 0
	for i := range len(text) {
		if escaped := escapes[text[i]]; escaped != "" {
			*m = append(append(*m, text[done:i]...), escaped...)
			done = i + 1
		}
	}
	*m = append(*m, text[done:]...)
	return m
}

var escapes = [256]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&#34;", '\'': "&#39;"}

var contentEscapes = [256]string{'&': "&amp;", '<': "&lt;", '>': "&gt;"}
