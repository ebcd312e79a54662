package views

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// countPages are the page of a count on its way, at its end, and where it found no exact number.
func countPages() map[string]templ.Component {
	p := CountPage{
		Frame: sampleFrame("Counting exactly"), Sentence: "Captures and refunds, failed or reversed, created in the last 7 days",
		BackHref: "/transactions?" + sampleQuery, Price: "about 10 to 40 requests to Trustly, 2 to 8 seconds at 5 a second",
	}
	odd := p
	odd.Sentence = hostile + CountStepsHere
	return map[string]templ.Component{
		"count": counted(p, CountStep("At least 4,096"), CountStep("Between 8,192 and 16,384"),
			CountEnd(CountResult{Total: "12,345 transactions", Note: "counted as of 14:03:12", Tone: ToneGood})),
		"count-underway": counted(p, CountStep("At least 4,096")),
		"count-inexact":  counted(odd, CountEnd(CountResult{Total: "At least 8,192 transactions", Note: hostile, Tone: ToneWarn})),
	}
}

// counted is the page with its steps, as a reader has it in the end.
func counted(p CountPage, steps ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var page, inside strings.Builder
		if err := Count(p).Render(ctx, &page); err != nil {
			return err
		}
		for _, step := range steps {
			if err := step.Render(ctx, &inside); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, strings.ReplaceAll(page.String(), CountStepsHere, inside.String()))
		return err
	})
}
