package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"trustlyportal/search"
)

// visitor is one of the people: signed in, with filters and habits of their own.
type visitor struct {
	*load
	email  string
	cookie string
	drawn  *rand.Rand

	list string   // the address of their list
	next string   // of the page that follows what they look at; "" on the last
	ids  []string // of the rows before them
}

// habits are what people do next, and how often of a hundred times.
var habits = []struct {
	times int
	do    func(*visitor, context.Context)
}{
	{30, (*visitor).openList},
	{40, (*visitor).turnPage},
	{24, (*visitor).openDetail},
	{5, (*visitor).lookFor},
	{1, (*visitor).comeAnew},
}

func (l *load) newVisitor(i int) *visitor {
	v := &visitor{load: l, email: loadEmail(i), drawn: rand.New(rand.NewPCG(uint64(i), 3))}
	v.list = v.anotherList()
	return v
}

// anotherList is the address of a list that somebody may well want.
func (v *visitor) anotherList() string {
	query := fmt.Sprintf("createdAt.start=now-%dd&tz=America/New_York&amount.min=%d.00", 20+v.drawn.IntN(60), v.drawn.IntN(200))
	for _, more := range []string{"&transactionType=1", "&sortOrder=asc", "&count=50", "&transactionStatus=2"} {
		if v.drawn.IntN(5) == 0 {
			query += more
		}
	}
	view, errs := search.Parse(query, time.Now())
	if len(errs) > 0 {
		v.Errorf("a list: got %v for %s", errs, query)
	}
	return view.URL("/transactions")
}

// live does what people do until the context ends.
func (v *visitor) live(ctx context.Context) {
	v.pause(ctx) // they do not come all at once
	for ctx.Err() == nil {
		if v.cookie == "" && !v.signIn(ctx) {
			v.pause(ctx)
			continue
		}
		n := v.drawn.IntN(100)
		for _, habit := range habits {
			if n -= habit.times; n < 0 {
				habit.do(v, ctx)
				break
			}
		}
		v.pause(ctx)
	}
}

// pause is what people read and think.
func (v *visitor) pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(v.drawn.ExpFloat64() * float64(v.think))):
	}
}

func (v *visitor) signIn(ctx context.Context) bool {
	a := v.ask(ctx, "sign in", http.MethodPost, "/login", url.Values{"email": {v.email}, "password": {benchPassword}}, http.StatusSeeOther)
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Path == "/" && c.Value != "" {
			v.cookie = c.Name + "=" + c.Value
		}
	}
	return v.cookie != ""
}

func (v *visitor) comeAnew(ctx context.Context) {
	v.list = v.anotherList()
	if v.drawn.IntN(3) == 0 {
		v.ask(ctx, "sign out", http.MethodPost, "/logout", url.Values{}, http.StatusSeeOther)
		v.cookie = ""
	}
}

func (v *visitor) openList(ctx context.Context) {
	if v.drawn.IntN(4) == 0 {
		v.list = v.anotherList()
	}
	v.read(v.ask(ctx, "list", http.MethodGet, v.list, nil, http.StatusOK))
}

func (v *visitor) turnPage(ctx context.Context) {
	if v.next == "" {
		v.openList(ctx)
		return
	}
	v.read(v.ask(ctx, "page change", http.MethodGet, v.next, nil, http.StatusOK, "HX-Request", "true", "HX-Current-URL", "http://"+loadHost+v.list))
}

var (
	rowOf  = regexp.MustCompile(`data-transaction-id="([^"]+)"`)
	nextOf = regexp.MustCompile(`<a[^>]* rel="next"[^>]*>`)
	hrefOf = regexp.MustCompile(` href="([^"]+)"`)
)

// read looks at the rows of a list and for the page that follows.
func (v *visitor) read(a answer) {
	if !a.good {
		return
	}
	v.ids, v.next = nil, ""
	for _, row := range rowOf.FindAllStringSubmatch(a.body, -1) {
		v.ids = append(v.ids, row[1])
	}
	if href := hrefOf.FindStringSubmatch(nextOf.FindString(a.body)); href != nil {
		v.next = html.UnescapeString(href[1])
	}
}

func (v *visitor) openDetail(ctx context.Context) {
	if len(v.ids) == 0 {
		v.openList(ctx)
		return
	}
	id := v.ids[v.drawn.IntN(len(v.ids))]
	a := v.ask(ctx, "transaction", http.MethodGet, "/transactions/"+id+"?tz=America/New_York", nil, http.StatusOK)
	if a.good && (!strings.Contains(a.body, id) || !strings.Contains(a.body, "</html>")) {
		v.Errorf("transaction %s: got a page that is not its own, or not whole", id)
	}
}

func (v *visitor) lookFor(ctx context.Context) {
	if len(v.ids) == 0 {
		return
	}
	v.ask(ctx, "find", http.MethodGet, "/find?q="+v.ids[v.drawn.IntN(len(v.ids))], nil, http.StatusSeeOther)
}

// answer is what came back: good if it is what was to be expected.
type answer struct {
	good   bool
	status int
	header http.Header
	body   string
}

// unpack is for all: the portal compresses its pages.
var unpack, _ = zstd.NewReader(nil) // without options it can't fail

// ask sends a request as a browser does, and notes how it went.
func (v *visitor) ask(ctx context.Context, kind, method, path string, form url.Values, want int, headers ...string) answer {
	// What was begun is finished though the time is up: a request that nobody waits for can't be counted.
	req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), method, path, strings.NewReader(form.Encode()))
	if err != nil {
		v.Error(err)
		return answer{}
	}
	req.Header.Set("Cookie", v.cookie)
	req.Header.Set("Accept-Encoding", "zstd")
	req.Header.Set("Accept", "text/html,*/*;q=0.8")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	s := sample{kind: kind, began: time.Now()}
	var a answer
	res, err := v.balancer.RoundTrip(req)
	if err != nil {
		s.wrong = reason(err)
	} else {
		var body []byte
		body, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err == nil && res.Header.Get("Content-Encoding") == "zstd" {
			body, err = unpack.DecodeAll(body, nil)
		}
		s.status, a.status, a.header, a.body = res.StatusCode, res.StatusCode, res.Header, string(body)
		switch {
		case err != nil:
			s.wrong = cutOff + ": " + reason(err)
		case res.StatusCode == http.StatusSeeOther && kind != "sign out" && strings.HasPrefix(res.Header.Get("Location"), "/login"):
			s.wrong = "signed out"
		case kind == "find" && res.StatusCode == http.StatusOK: // a slow API: the page comes before the answers
			a.good = true
		case res.StatusCode != want:
			s.wrong = fmt.Sprintf("want %d", want)
		default:
			a.good = true
		}
	}
	s.took = time.Since(s.began)
	v.tally.add(s)
	if a.good && (kind == "list" || kind == "page change" || kind == "transaction") {
		v.tally.act(a.header.Get("X-Request-Id"), kind)
	}
	return a
}
