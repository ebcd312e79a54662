package views

import (
	"github.com/a-h/templ"
)

// rows are the body of a table of transactions. It is drawn by hand: a list of 100 rows has a thousand cells, which a
// template takes several times as long for. right says which columns are set flush right.
func rows(list []Row, right func(i int) bool) templ.Component {
	return byHand(func(m *markup, flush func() error) error {
		for _, r := range list {
			m.html(`<tr data-transaction-id="`).text(r.ID).html(`">`)
			for i, c := range r.Cells {
				m.cell(r, c, right(i))
			}
			m.html(`</tr>`)
			if err := flush(); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *markup) cell(r Row, c Cell, right bool) {
	switch c.Kind {
	case CellID:
		m.html(`<th scope="row"><a class="id" href="`).text(safe(r.Href)).html(`">`).text(c.Text).html(`</a></th>`)
		return
	case CellStatus:
		m.html(`<td`).filterable(c).html(`>`)
		if c.Text != "" {
			m.status(c.Text, c.Tone, c.Title)
		}
	case CellAmount:
		m.html(`<td class="right"`).filterable(c).html(`>`)
		if c.Text != "" {
			m.html(`<strong>`).text(c.Text).html(`</strong> `)
			if c.Sub != "" {
				m.html(`<span class="quiet">`).text(c.Sub).html(`</span>`)
			}
		}
	case CellTime:
		m.html(`<td`).class(right).html(`>`).instant(c.Text, c.UTC)
	default:
		m.html(`<td`).class(right)
		if c.Sub == "" && !right { // the cell isolates and cuts its text itself
			m.html(` dir="auto"`)
			if c.Kind == CellMono {
				m.html(` class="mono"`)
			}
			m.attribute("title", c.Title).filterable(c).html(`>`).text(c.Text)
			break
		}
		m.attribute("title", c.Title).filterable(c).html(`>`)
		if c.Text != "" && c.Kind == CellMono {
			m.html(`<bdi class="cut mono">`).text(c.Text).html(`</bdi> `)
		} else if c.Text != "" {
			m.html(`<bdi class="cut">`).text(c.Text).html(`</bdi> `)
		}
		if c.Sub != "" {
			m.html(`<bdi class="sub">`).text(c.Sub).html(`</bdi>`)
		}
	}
	m.html(`</td>`)
}

// status is the template of that name, and instant of that.
func (m *markup) status(word string, tone Tone, meaning string) {
	m.html(`<span class="status icon-`).html(toneIcon(tone)).html(` `).html(toneClass(tone)).html(`"`).attribute("title", meaning).html(`>`)
	m.text(word).html(`</span>`)
}

func (m *markup) instant(text, utc string) {
	if utc == "" {
		m.text(text)
		return
	}
	m.html(`<time datetime="`).text(utc).html(`">`).text(text).html(`</time>`)
}

func (m *markup) class(right bool) *markup {
	if right {
		m.html(` class="right"`)
	}
	return m
}

// filterable says what to filter by where the text does not.
func (m *markup) filterable(c Cell) *markup {
	if c.Unfiltered {
		return m.html(` data-v=""`)
	}
	return m.attribute("data-v", c.Value)
}
