package views

import (
	"github.com/a-h/templ"
)

// fields are values of a record under their labels. They are drawn by hand, as rows are: a record has a hundred.
func fields(list []Field) templ.Component {
	return byHand(func(m *markup, flush func() error) error {
		m.html(`<dl class="fields">`)
		for i := range list {
			m.html(`<div><dt`).attribute("title", list[i].Path).html(`>`).text(list[i].Label).html(`</dt><dd>`)
			m.field(&list[i])
			m.html(`</dd></div>`)
			if err := flush(); err != nil {
				return err
			}
		}
		m.html(`</dl>`)
		return nil
	})
}

// field is a value with all that stands beside it.
func (m *markup) field(f *Field) {
	switch {
	case f.Value == "":
		m.html(`<span class="quiet" aria-label="no value">–</span>`)
	case f.Mark:
		m.status(f.Value, f.Tone, "")
	case f.UTCTime != "":
		m.instant(f.Value, f.UTCTime)
	case f.Href != "":
		m.html(`<a href="`).text(safe(f.Href)).html(`" title="All transactions with this `).text(f.Label).html(`">`).value(f).html(`</a>`)
	default:
		m.value(f)
	}
	if f.Copy {
		m.html(` <button type="button" class="btn no-print" data-variant="ghost" data-size="icon-xs" data-copy="`).text(f.Value)
		m.html(`" aria-label="Copy `).text(f.Label).html(`" hidden>`).picture(picture{"icon", "copy"}).html(`</button>`)
	}
	if f.Masked {
		m.html(` <span class="badge masked" data-variant="secondary" title="Part of this value is hidden">masked</span>`)
		if f.RevealHref != "" {
			m.html(` `).reveal(f)
		}
	}
	if f.Code != "" {
		m.html(` <code class="quiet" dir="auto">`).text(f.Code).html(`</code>`)
	}
	if f.Meaning != "" {
		m.html(` <span class="quiet meaning">`).text(f.Meaning).html(`</span>`)
	}
	if f.UTC != "" {
		m.html(` <span class="quiet utc">`).text(f.UTC).html(`</span>`)
	}
}

func (m *markup) value(f *Field) *markup {
	if f.Mono {
		m.html(`<bdi class="mono">`)
	} else {
		m.html(`<bdi>`)
	}
	return m.text(f.Value).html(`</bdi>`)
}

// reveal asks for a masked value in clear.
func (m *markup) reveal(f *Field) {
	href := safe(f.RevealHref)
	form := func(class string) {
		m.html(`<form class="`).html(class).html(`" action="`).text(href).html(`" method="post" hx-post="`).text(href)
		m.html(`" hx-target="closest dd" hx-swap="beforeend"><input type="hidden" name="path" value="`).text(f.Path).html(`">`)
	}
	if f.Reason == ReasonOff {
		form("reveal")
		m.html(`<button class="btn" data-variant="outline" data-size="xs" type="submit">Reveal <span class="sr-only">`).text(f.Label).html(`</span></button></form>`)
		return
	}
	m.html(`<details class="reveal menu"><summary class="btn" data-variant="outline" data-size="xs">Reveal <span class="sr-only">`).text(f.Label).html(`</span></summary>`)
	form("sheet")
	if f.Reason == ReasonRequired {
		m.html(` <label>Reason <input class="input" name="reason" maxlength="200" autocomplete="off" required></label>`)
	} else {
		m.html(` <label>Reason, if you like <input class="input" name="reason" maxlength="200" autocomplete="off"></label>`)
	}
	m.html(`<p class="quiet">Who revealed what, when and why is put on record.</p><button class="btn" data-size="sm" type="submit">Reveal `).text(f.Label)
	m.html(`</button></form></details>`)
}
