package doctor

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// direct is a transport to a handler, without a network.
type direct struct {
	http.Handler
	asked atomic.Int64
}

func (d *direct) RoundTrip(r *http.Request) (*http.Response, error) {
	d.asked.Add(1)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

func options(h http.Handler) (trustlyclient.Options, *direct) {
	d := &direct{Handler: h}
	return trustlyclient.Options{BaseURL: "http://localhost/api/v1", AccessID: "AccessID", AccessKey: "s3cr3t-key", Transport: d}, d
}

// examine runs the doctor on a handler and holds it to its budget.
func examine(t *testing.T, h http.Handler, unit trustlyclient.TimeUnit) *Report {
	t.Helper()
	o, d := options(h)
	o.TimeUnit = unit
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if n := int(d.asked.Load()); n >= 40 || n != r.Requests {
		t.Errorf("requests: got %d, reported %d, want fewer than 40", n, r.Requests)
	}
	return r
}

// want compares values, and prints the whole report of the first that differ.
func want(t *testing.T, r *Report, values map[string]string) {
	t.Helper()
	failed := false
	for check, value := range values {
		f, ok := r.Finding(check)
		if !ok || f.Value != value || (value == "") != (f.Verdict == Unknown) {
			t.Errorf("%s: got %q (%s, %s), want %q", check, f.Value, f.Verdict, f.Summary, value)
			failed = true
		}
	}
	if failed {
		var b bytes.Buffer
		_ = r.WriteText(&b)
		t.Logf("%s", b.String())
	}
}

const (
	bothInclusive = iota
	bothExclusive
	halfOpen
)

// Every combination of the switches: the doctor names each of them, in fewer than 40 requests.
func TestEverySwitch(t *testing.T) {
	rows := slim(trustlytest.New(trustlytest.Options{Seed: 1, Rows: 400}).Records())
	most, sum, runs := 0, 0, 0
	for shape := 1; shape <= 4; shape++ {
		for _, strings := range []bool{false, true} {
			for bounds := range 3 {
				for _, unit := range []string{"ms", "s"} {
					for _, seconds := range []bool{false, true} {
						for _, matching := range []string{"partial", "exact"} {
							for _, maxRange := range []int{0, 30} {
								o := trustlytest.Options{
									Rows:  -1,
									Shape: shape, EnumsAsStrings: strings, ExclusiveBounds: bounds == bothExclusive, ExclusiveEnd: bounds == halfOpen,
									TimeUnit: unit, ResponseSeconds: seconds, Matching: matching, MaxRange: time.Duration(maxRange) * day,
									PartialReferences: matching == "exact", // that each field is told from the others
								}
								runs++
								t.Run(fmt.Sprintf("shape %d strings %t bounds %d unit %s answers in s %t %s range %d", shape, strings, bounds, unit, seconds, matching, maxRange), func(t *testing.T) {
									s := trustlytest.New(o)
									for _, row := range rows {
										s.Insert(row)
									}
									r := examine(t, s, trustlyclient.TimeUnit(unit))
									most, sum = max(most, r.Requests), sum+r.Requests
									want(t, r, expected(o))
									if got := r.Verdict(); got != OK {
										t.Errorf("verdict: got %s, want ok", got)
									}
								})
							}
						}
					}
				}
			}
		}
	}
	t.Logf("%d combinations, %.1f requests on average, %d at most", runs, float64(sum)/float64(runs), most)
}

// slim leaves of made-up records what the doctor looks at, so that hundreds of examinations take seconds. The sample
// record goes: it is answered as it is, whatever the switches.
func slim(rows []trustlytest.Record) (list []trustlytest.Record) {
	for _, r := range rows {
		if r.ID == trustlytest.ExampleID {
			continue
		}
		payment := &trustlytest.Payment{Description: r.Payment.Description, MerchantReference: r.Payment.MerchantReference}
		if c := r.Payment.Customer; c != nil {
			payment.Customer = &trustlytest.Customer{Name: c.Name}
		}
		list = append(list, trustlytest.Record{ID: r.ID, Type: r.Type, Status: r.Status, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Payment: payment})
	}
	return list
}

// expected is what the doctor should say of a sandbox.
func expected(o trustlytest.Options) map[string]string {
	pick := func(yes bool, one, other string) string {
		if yes {
			return one
		}
		return other
	}
	v := map[string]string{
		CheckCredentials: "accepted", CheckShape: fmt.Sprint(o.Shape), CheckSingle: pick(o.Bare, "bare", "wrapped"),
		CheckEnums: pick(o.EnumsAsStrings, "strings", "numbers"), CheckAnswerTimes: pick(o.ResponseSeconds, "s", "ms"), CheckTimeUnit: o.TimeUnit,
		CheckStartBound: pick(o.ExclusiveBounds, "exclusive", "inclusive"), CheckEndBound: pick(o.ExclusiveBounds || o.ExclusiveEnd, "exclusive", "inclusive"),
		CheckOrder: "honoured", CheckMatchName: o.Matching, CheckMatchDescription: o.Matching,
		CheckMatchReference: pick(o.PartialReferences, "partial", "exact"),
		CheckLongestRange:   pick(o.MaxRange == 0, "none", span(o.MaxRange)), CheckDefaultRange: pick(o.MaxRange == 0, "none", "refused"),
		CheckPageSize: "100", CheckOffset: "rows", CheckDeepOffset: "1000000", CheckUnknownID: "400/200",
		CheckCompression: pick(o.Gzip, "gzip", "none"), CheckClock: "0", CheckPace: "ok", CheckTies: "stable",
	}
	if o.ExclusiveEnd && o.TimeUnit == "s" && o.ResponseSeconds {
		// A row shown at second T is found from T and not up to T. So is every row that came a little after T, if answers are
		// cut to seconds, whatever the bounds. No request tells the two apart.
		v[CheckStartBound], v[CheckEndBound] = "", ""
	}
	return v
}

// The other switches, one by one and together.
func TestOtherSwitches(t *testing.T) {
	for name, c := range map[string]struct {
		options trustlytest.Options
		want    map[string]string
	}{
		"bare":              {trustlytest.Options{Bare: true}, nil},
		"gzip":              {trustlytest.Options{Gzip: true}, nil},
		"prefix":            {trustlytest.Options{Matching: "prefix"}, nil},
		"404":               {trustlytest.Options{NotFound404: true}, map[string]string{CheckUnknownID: "404/200"}},
		"200 with errors":   {trustlytest.Options{NotFound200: true}, map[string]string{CheckUnknownID: "200/200"}},
		"unstable ties":     {trustlytest.Options{UnstableTies: true}, map[string]string{CheckTies: "unstable"}},
		"60 days":           {trustlytest.Options{MaxRange: 60 * day}, nil},
		"7 days, seconds":   {trustlytest.Options{MaxRange: 7 * day, TimeUnit: "s"}, nil},
		"36 hours":          {trustlytest.Options{MaxRange: 36 * time.Hour}, map[string]string{CheckLongestRange: "1d"}},
		"default range":     {trustlytest.Options{DefaultRange: 30 * day}, map[string]string{CheckDefaultRange: "30d"}},
		"default and limit": {trustlytest.Options{DefaultRange: 7 * day, MaxRange: 90 * day}, map[string]string{CheckDefaultRange: "7d"}},
		"page of 40":        {trustlytest.Options{MaxCount: 40}, map[string]string{CheckPageSize: "40"}},
		"page of 50, cut":   {trustlytest.Options{MaxCount: 50, ClampCount: true}, map[string]string{CheckPageSize: "50"}},
		"page of 100, cut":  {trustlytest.Options{ClampCount: true}, map[string]string{CheckPageSize: "100"}},
		"page of 500":       {trustlytest.Options{MaxCount: 500}, map[string]string{CheckPageSize: "101"}},
		"offset of 10,000":  {trustlytest.Options{MaxOffset: 10_000}, map[string]string{CheckDeepOffset: "10000"}},
		"offset of 3000":    {trustlytest.Options{MaxOffset: 3000}, map[string]string{CheckDeepOffset: "2000"}},
		"all at once": {
			trustlytest.Options{
				Shape: 2, EnumsAsStrings: true, ExclusiveBounds: true, TimeUnit: "s", Matching: "exact", MaxRange: 31 * day, MaxOffset: 500,
				Gzip: true, Bare: true, NotFound404: true, ClampCount: true, MaxCount: 30,
			}, map[string]string{CheckDeepOffset: "500", CheckUnknownID: "404/200", CheckPageSize: "30"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.options.Rows = 1500
			if c.options.Shape == 0 {
				c.options.Shape = 1
			}
			if c.options.TimeUnit == "" {
				c.options.TimeUnit = "ms"
			}
			if c.options.Matching == "" {
				c.options.Matching = "partial"
			}
			values := expected(c.options)
			maps.Copy(values, c.want)
			if _, named := c.want[CheckTies]; !named {
				delete(values, CheckTies) // whether the rows seen hold two of one instant is for the ledger of the day to say
			}
			want(t, examine(t, trustlytest.New(c.options), trustlyclient.TimeUnit(c.options.TimeUnit)), values)
		})
	}
}

// Whatever the ledger and the switches: what the doctor says is right, or it says that it does not know.
func TestNeverWrong(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	unknowns := 0
	for range 40 {
		yes := func() bool { return r.IntN(2) == 0 }
		o := trustlytest.Options{
			Seed: r.Uint64(), Rows: 1 + r.IntN(300), Shape: 1 + r.IntN(4), Bare: yes(), EnumsAsStrings: yes(), ResponseSeconds: yes(),
			TimeUnit: []string{"ms", "s"}[r.IntN(2)], ExclusiveBounds: yes(), ExclusiveEnd: yes(), Matching: []string{"partial", "prefix", "exact"}[r.IntN(3)],
			PartialReferences: yes(), MaxRange: []time.Duration{0, day, 14 * day, 92 * day}[r.IntN(4)], Gzip: yes(),
		}
		report := examine(t, trustlytest.New(o), trustlyclient.TimeUnit(o.TimeUnit))
		for check, value := range expected(o) {
			f, ok := report.Finding(check)
			if !ok {
				t.Errorf("%+v: no finding for %s", o, check)
			}
			if f.Verdict == Unknown {
				unknowns++
			} else if f.Value != value && value != "" && check != CheckPageSize {
				t.Errorf("%s: got %q (%s), want %q or unknown, of %+v", check, f.Value, f.Summary, value, o)
			}
		}
	}
	t.Logf("%d unknowns in 40 examinations", unknowns)
}

// The unit is told whatever is configured, and the other one is a problem with its remedy.
func TestConfiguredUnit(t *testing.T) {
	for _, unit := range []string{"ms", "s"} {
		for _, maxRange := range []time.Duration{0, 30 * day} {
			s := trustlytest.New(trustlytest.Options{Rows: 300, TimeUnit: unit, MaxRange: maxRange})
			other := map[string]string{"ms": "s", "s": "ms"}[unit]
			for name, ask := range map[string]func(context.Context, trustlyclient.Options) (*Report, error){"Run": Run, "Quick": Quick} {
				o, d := options(s)
				o.TimeUnit = trustlyclient.TimeUnit(other)
				r, err := ask(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				f, _ := r.Finding(CheckTimeUnit)
				if f.Value != unit || f.Verdict != Problem || f.Setting != "TRUSTLY_TIME_UNIT="+unit || r.Verdict() != Problem {
					t.Errorf("%s, API in %s, configured %s, range %v: got %+v, want a problem and the setting", name, unit, other, maxRange, f)
				}
				o.TimeUnit = trustlyclient.TimeUnit(unit)
				d.asked.Store(0)
				if r, err = ask(t.Context(), o); err != nil {
					t.Fatal(err)
				}
				if f, _ = r.Finding(CheckTimeUnit); f.Verdict != OK || r.Verdict() != OK {
					t.Errorf("%s, API in %s and so configured, range %v: got %+v, want ok", name, unit, maxRange, f)
				}
				if name == "Quick" && d.asked.Load() > 4 {
					t.Errorf("Quick: got %d requests, want at most 4", d.asked.Load())
				}
			}
		}
	}
}

// ledger is an account with transactions created at these times, in Unix ms.
func ledger(o trustlytest.Options, created ...int64) *trustlytest.Server {
	o.Rows = -1
	s := trustlytest.New(o)
	for _, at := range created {
		s.Insert(trustlytest.Record{Type: trustlytest.Pay, CreatedAt: at, UpdatedAt: at})
	}
	return s
}

// Where filters are in milliseconds and answers are cut to seconds, the doctor finds the instant that is not shown.
func TestHiddenInstants(t *testing.T) {
	hour := time.Now().Truncate(time.Hour).Add(-5 * time.Hour).UnixMilli()
	for bounds := range 3 {
		for _, hidden := range []int64{0, 1, 137, 500, 998, 999} {
			o := trustlytest.Options{ResponseSeconds: true, ExclusiveBounds: bounds == bothExclusive, ExclusiveEnd: bounds == halfOpen}
			var created []int64
			for i := range int64(12) {
				created = append(created, hour+i*61_000+hidden)
			}
			start, end := "inclusive", "inclusive"
			if bounds == bothExclusive {
				start = "exclusive"
			}
			if bounds != bothInclusive {
				end = "exclusive"
			}
			r := examine(t, ledger(o, created...), trustlyclient.Milliseconds)
			for check, value := range map[string]string{CheckStartBound: start, CheckEndBound: end} {
				if f, _ := r.Finding(check); f.Value != value {
					t.Errorf("bounds %d, %d ms hidden: %s: got %q (%s), want %q", bounds, hidden, check, f.Value, f.Summary, value)
				}
			}
		}
	}
}

// A row that a crowd keeps off the page is not taken for one that the bounds leave out.
func TestCrowd(t *testing.T) {
	hour := time.Now().Truncate(time.Hour).Add(-5 * time.Hour).UnixMilli()
	created := []int64{hour, hour - 3_601_500, hour - 7_203_700}
	for range 150 {
		created = append(created, hour+1500)
	}
	for i := range int64(30) {
		created = append(created, hour+60_100+i*1700)
	}
	r := examine(t, ledger(trustlytest.Options{ResponseSeconds: true}, created...), trustlyclient.Milliseconds)
	for _, check := range []string{CheckStartBound, CheckEndBound} {
		if f, _ := r.Finding(check); f.Value != "inclusive" && f.Verdict != Unknown {
			t.Errorf("%s: got %q (%s), want inclusive", check, f.Value, f.Summary)
		}
	}
}
