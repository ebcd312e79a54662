package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient/doctor"
	"trustlyportal/views"
)

var verdictTones = map[doctor.Verdict]views.Tone{
	doctor.OK: views.ToneGood, doctor.Differs: views.ToneInfo, doctor.Unknown: views.ToneWarn, doctor.Problem: views.ToneBad,
}

// api shows GET /admin/api: what the portal found out about the API it is connected to.
func (w *web) api(c echo.Context) error {
	page := views.APIPage{Frame: w.frame(c, "Trustly’s API"), Pages: w.adminNav(c), Host: w.Client.Host()}
	report := w.findings()
	if report == nil {
		page.Waiting = "Nothing is known yet: the portal looks some seconds after its start."
		return w.draw(c, http.StatusOK, views.API(page))
	}
	zone, err := search.LoadZone(w.zoneOf(c))
	if err != nil {
		return err
	}
	f := formatter{zone: zone, now: w.Now()}
	page.When, page.WhenUTC = f.full(report.At), f.utc(report.At)
	for _, finding := range report.Findings {
		page.Findings = append(page.Findings, views.Finding{
			Check: finding.Check, Verdict: views.Status{Word: string(finding.Verdict), Tone: verdictTones[finding.Verdict]},
			Summary: finding.Summary, Setting: finding.Setting, Evidence: finding.Evidence,
		})
	}
	return w.draw(c, http.StatusOK, views.API(page))
}

func (w *web) findings() *doctor.Report {
	if w.Findings == nil {
		return nil
	}
	return w.Findings()
}
