package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/trustlytest"
)

// What keeps the doctor from examining is told apart, in few requests.
func TestNoWayIn(t *testing.T) {
	sandbox := trustlytest.New(trustlytest.Options{Rows: 50, AccessID: "AccessID", AccessKey: "another"})
	failing := func(f trustlytest.Fault) http.Handler {
		return trustlytest.New(trustlytest.Options{Rows: 50, Faults: []trustlytest.Fault{f}})
	}
	for name, c := range map[string]struct {
		handler      http.Handler
		check, value string
		summary      string
	}{
		"wrong key":   {sandbox, CheckCredentials, "refused", "TRUSTLY_ACCESS_KEY"},
		"not allowed": {failing(trustlytest.Fault{Status: 403}), CheckCredentials, "forbidden", "ask Trustly"},
		"HTML":        {failing(trustlytest.Fault{Kind: trustlytest.FaultHTML}), CheckShape, "", "no list"},
		"maintenance": {failing(trustlytest.Fault{Status: 503}), CheckHost, "localhost", "503"},
		"throttled":   {failing(trustlytest.Fault{Status: 429, RetryAfter: "60"}), CheckPace, "throttled", "429"},
		"errors":      {failing(trustlytest.Fault{Kind: trustlytest.FaultErrorsIn200}), CheckShape, "", "no list"},
		"wrong path":  {http.NotFoundHandler(), CheckHost, "localhost", "/api/v1"},
		"redirect":    {http.RedirectHandler("https://elsewhere.example/x?secret=1", http.StatusFound), CheckHost, "localhost", "elsewhere.example,"},
		"not JSON":    {http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("[1,2")) }), CheckShape, "", "no list"},
	} {
		t.Run(name, func(t *testing.T) {
			o, d := options(c.handler)
			r, err := Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			f, _ := r.Finding(c.check)
			if f.Verdict != Problem || f.Value != c.value || !strings.Contains(f.Summary, c.summary) || len(f.Evidence) != 1 || r.Verdict() != Problem {
				t.Errorf("got %+v, want a problem with %s %q that says %q", f, c.check, c.value, c.summary)
			}
			if n := d.asked.Load(); n > 3 {
				t.Errorf("requests: got %d, want 3 at most", n)
			}
		})
	}
}

func TestDeadHost(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	o := trustlyclient.Options{BaseURL: "http://" + address + "/api/v1", AccessID: "id", AccessKey: "key"}
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := r.Finding(CheckHost); f.Verdict != Problem || !strings.Contains(f.Summary, "can't be reached") || r.Requests > 2 {
		t.Errorf("got %+v after %d requests, want a problem after 2", f, r.Requests)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, base := range []string{"", "http://api.trustly.one/api/v1", "ftp://localhost", "https://id:key@api.trustly.one"} {
		o, d := options(http.NotFoundHandler())
		o.BaseURL = base
		if r, err := Run(t.Context(), o); err == nil || d.asked.Load() != 0 {
			t.Errorf("base URL %q: got %+v, want an error and no request", base, r)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	o, _ := options(http.NotFoundHandler())
	if _, err := Run(ctx, o); err == nil || err.Error() != "enough" {
		t.Errorf("after the end of the context: got %v, want its cause", err)
	}
}

// An account without transactions tells little, and nothing is made up.
func TestEmptyAccount(t *testing.T) {
	for _, o := range []trustlytest.Options{{Rows: -1}, {Rows: -1, Shape: 2, TimeUnit: "s"}, {Rows: -1, MaxRange: 30 * day}, {Rows: -1, DefaultRange: day}} {
		r := examine(t, trustlytest.New(o), trustlyclient.Milliseconds)
		for _, check := range []string{
			CheckShape, CheckSingle, CheckEnums, CheckAnswerTimes, CheckTimeUnit, CheckStartBound, CheckEndBound, CheckOrder, CheckTies, CheckMatchName,
			CheckMatchDescription, CheckMatchReference, CheckPageSize, CheckOffset, CheckDeepOffset,
		} {
			if f, ok := r.Finding(check); !ok || f.Verdict != Unknown || f.Value != "" || f.Setting != "" {
				t.Errorf("%+v: %s: got %+v, want unknown", o, check, f)
			}
		}
		want(t, r, map[string]string{CheckCredentials: "accepted", CheckUnknownID: "400/200"})
		if r.Verdict() != Unknown || len(r.Settings()) != 0 {
			t.Errorf("%+v: got verdict %s and settings %v, want unknown and none", o, r.Verdict(), r.Settings())
		}
	}
}

// One transaction alone tells some things and not others.
func TestOneTransaction(t *testing.T) {
	s := trustlytest.New(trustlytest.Options{Rows: -1, TimeUnit: "s"})
	s.Insert(trustlytest.Record{ID: "1", Type: trustlytest.Pay, CreatedAt: time.Now().Add(-time.Hour).UnixMilli()})
	r := examine(t, s, trustlyclient.Seconds)
	want(t, r, map[string]string{CheckTimeUnit: "s", CheckShape: "1", CheckOrder: "", CheckTies: "", CheckMatchName: "", CheckOffset: ""})
}

// meddler changes what reaches the sandbox: an API that does not heed some of its parameters.
func meddler(s http.Handler, change func(url.Values)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		change(q)
		u := *r.URL
		u.RawQuery = q.Encode()
		r = r.Clone(r.Context())
		r.URL = &u
		s.ServeHTTP(w, r)
	})
}

func TestParametersIgnored(t *testing.T) {
	s := trustlytest.New(trustlytest.Options{Rows: 600})
	for name, c := range map[string]struct {
		change       func(url.Values)
		check, value string
		quick        bool
	}{
		"order":    {func(q url.Values) { q.Del("sortOrder") }, CheckOrder, "ignored", true},
		"order by": {func(q url.Values) { q.Del("orderBy") }, CheckOrder, "ignored", false},
		"backward": {func(q url.Values) { q.Set("sortOrder", "asc") }, CheckOrder, "ignored", true},
		"times": {func(q url.Values) {
			for _, field := range []string{"createdAt", "updatedAt"} {
				q.Del(field + ".start")
				q.Del(field + ".end")
			}
		}, CheckTimeUnit, "ignored", true},
		"name":   {func(q url.Values) { q.Del("payment.customer.name") }, CheckMatchName, "ignored", false},
		"offset": {func(q url.Values) { q.Del("startIndex") }, CheckOffset, "ignored", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := examine(t, meddler(s, c.change), trustlyclient.Milliseconds)
			if f, _ := r.Finding(c.check); f.Verdict != Problem || f.Value != c.value {
				t.Errorf("got %+v, want a problem with %s %q", f, c.check, c.value)
			}
			o, _ := options(meddler(s, c.change))
			quick, err := Quick(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if got := quick.Verdict(); c.quick != (got == Problem) {
				t.Errorf("Quick: got %s: %+v", got, quick.Findings)
			}
		})
	}
}

// A clock that is off shows; a minute is a problem.
func TestClock(t *testing.T) {
	for off, verdict := range map[time.Duration]Verdict{0: OK, -20 * time.Second: Differs, 20 * time.Second: Differs, 5 * time.Minute: Problem} {
		s := trustlytest.New(trustlytest.Options{Rows: 300, Now: func() time.Time { return time.Now().Add(off) }})
		f, _ := examine(t, s, trustlyclient.Milliseconds).Finding(CheckClock)
		seconds, err := time.ParseDuration(f.Value + "s")
		if err != nil || f.Verdict != verdict || (seconds-off).Abs() > 2*time.Second {
			t.Errorf("clock off by %v: got %+v, want %s", off, f, verdict)
		}
	}
}

// An API that stumbles is asked again, within the budget; what it never answers is unknown or a finding, not a guess.
func TestStumblingAPI(t *testing.T) {
	s := trustlytest.New(trustlytest.Options{Rows: 400, Faults: []trustlytest.Fault{{Status: 500, Share: .1}}})
	r := examine(t, s, trustlyclient.Milliseconds)
	f, _ := r.Finding(CheckPace)
	if unit, _ := r.Finding(CheckTimeUnit); f.Value != "failing" || unit.Value != "ms" {
		t.Errorf("got pace %+v and unit %+v, want failing and ms", f, unit)
	}
}

// The rate limit is kept.
func TestPace(t *testing.T) {
	s := trustlytest.New(trustlytest.Options{Rows: 300})
	o, _ := options(s)
	o.RateLimit = 50
	began := time.Now()
	r, err := Quick(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if took, least := time.Since(began), time.Duration(r.Requests-1)*20*time.Millisecond; took < least {
		t.Errorf("%d requests took %v, want %v or more at 50 a second", r.Requests, took, least)
	}
}

// meter grants every third time it is asked, and every fifth it fails.
type meter struct{ asked, granted int }

func (m *meter) Take(_ context.Context, ask trustlyclient.Ask) (trustlyclient.Grant, error) {
	m.asked++
	switch {
	case m.asked%5 == 0:
		return trustlyclient.Grant{}, errors.New("away")
	case m.asked%3 != 0:
		return trustlyclient.Grant{Again: time.Second}, nil
	}
	m.granted += ask.People + ask.Background
	return trustlyclient.Grant{Requests: ask.People + ask.Background, Until: time.Now().Add(time.Second)}, nil
}

// Each request leaves by leave of the meter that counts those of other processes, too.
func TestMeterIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, _ := options(trustlytest.New(trustlytest.Options{Rows: 300}))
		m := &meter{}
		o.Meter = m
		r, err := Quick(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Requests == 0 || m.granted != r.Requests {
			t.Errorf("got %d requests by leave for %d, want leave for each", r.Requests, m.granted)
		}
	})
}

// Neither form of the report holds what is personal: names, references, ids, credentials.
func TestNothingPersonal(t *testing.T) {
	s := trustlytest.New(trustlytest.Options{Rows: 400})
	r := examine(t, s, trustlyclient.Milliseconds)
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	all := text.String() + string(raw)
	for _, record := range s.Records() {
		secrets := []string{record.ID, record.MerchantReference, record.IP}
		if c := record.Payment.Customer; c != nil && len(c.Name) > 5 {
			secrets = append(secrets, c.Name, url.QueryEscape(c.Name), c.Email)
		}
		for _, secret := range secrets {
			if secret != "" && strings.Contains(all, secret) {
				t.Fatalf("the report holds %q", secret)
			}
		}
	}
	if strings.Contains(all, "s3cr3t") || strings.Contains(all, "AccessID") {
		t.Error("the report holds credentials")
	}
	for _, want := range []string{"time-unit", "TRUSTLY_TIME_UNIT=ms", "createdAt.start=", "understand each other"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text: got no %q:\n%s", want, &text)
		}
	}
	var back Report
	if err := json.Unmarshal(raw, &back); err != nil || len(back.Findings) != len(r.Findings) || back.Host != "localhost" {
		t.Errorf("from JSON: got %+v, %v", back, err)
	}
}

// Any answer is read without a panic, and only lists in a known shape pass for one.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"transactions":[{"transactionId":"1","createdAt":1760000000000,"payment":{"customer":{"name":"A"}}}]}`, `{"0":{"transaction":{}},"10":{"transaction":{}}}`, `{}`,
		`{"transactions":[{"transaction":{"transactionId":7,"status":"4"}}],"startIndex":0,"itemsPerPage":25}`, `{"errors":[{"code":200,"location":"createdAt.start"}]}`,
		`{"transactions":null}`, `{"transactions":[1]}`, `{"message":"x"}`, `{"errors":[{}]}`, `{"transaction":{"transactionId":"1"}}`, `{"-1":{}}`, `{"01":{},"1":{}}`,
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, single bool) {
		a := &answer{asked: "GET /transactions", status: 200}
		a.read(body, single)
		if a.known && !json.Valid(body) {
			t.Errorf("%q passes for a list", body)
		}
		if a.ok() && single && len(a.rows) != 1 {
			t.Errorf("%q: got %d rows of one transaction", body, len(a.rows))
		}
		_ = a.String()
	})
}
