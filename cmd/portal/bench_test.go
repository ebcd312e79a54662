package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"trustlyportal/search"
)

// What `make bench` says.
var (
	speedBinary   = flag.String("speed", "", "measure this portal binary against what it is held to, and print one table")
	speedMarkdown = flag.Bool("speed.markdown", false, "print the table as Markdown")
	speedStrict   = flag.Bool("speed.strict", false, "fail when a limit is missed")
	speedGrowth   = flag.Bool("speed.growth", false, "print how a page's cost grows instead")
	speedOnly     = flag.String("speed.only", "", "measure one part only: start, pages, export or browser")
)

// speedParts are what is measured, in this order: first what others would disturb.
var speedParts = []struct {
	name    string
	measure func(*bench)
}{
	{"start", (*bench).starts},
	{"pages", (*bench).pages},
	{"export", (*bench).exports},
	{"browser", (*bench).browsers},
}

// bench is one run of measurements: a portal, its API and bare proxies, each in a process of its own.
type bench struct {
	*testing.T
	binary string
	env    []string // of the portal
	api    *process
	proxy  *process // httputil.ReverseProxy as it comes
	keeper *process // one that keeps its connections to the API
	portal *process
	cookie string // of somebody signed in

	figures []figure
	asked   atomic.Int64 // pages so far
}

// benchRows is the length of the API's ledger.
const benchRows = 500_000

// TestSpeed is `make bench`: ratios measured in one run on this machine. docs/performance.md explains each.
func TestSpeed(t *testing.T) {
	if *speedBinary == "" {
		t.Skip("measures: see make bench")
	}
	b := &bench{T: t}
	var err error
	if b.binary, err = filepath.Abs(*speedBinary); err != nil {
		t.Fatal(err)
	}
	b.setUp()
	if *speedGrowth {
		b.growth()
		return
	}
	for _, part := range speedParts {
		if *speedOnly == "" || *speedOnly == part.name {
			fmt.Fprintf(os.Stderr, "measuring: %s\n", part.name)
			part.measure(b)
		}
	}
	if missed := printFigures(os.Stdout, b.figures, *speedMarkdown); missed > 0 && *speedStrict {
		t.Errorf("got %d limits missed, want none", missed)
	}
}

const (
	benchEmail    = "finance@example.com"
	benchPassword = "seven quiet harbours"
)

// setUp starts what is measured and what it is measured against, and signs in.
func (b *bench) setUp() {
	b.Helper()
	b.api = beside(b.T, benchRole{Role: "api", Rows: benchRows})
	b.proxy = beside(b.T, benchRole{Role: "proxy", To: b.api.url})
	b.keeper = beside(b.T, benchRole{Role: "keeper", To: b.api.url})
	b.env = b.settings("sqlite:" + filepath.Join(b.TempDir(), "portal.db"))
	b.addUser(b.env)
	b.portal = b.start(b.env)
	b.cookie = signInTo(b.T, b.portal.url, benchEmail, benchPassword)
}

// settings are those of a portal that asks the API as often as it likes.
func (b *bench) settings(database string) []string {
	return append(os.Environ(), "PORTAL_ADDR=127.0.0.1:0", "PORTAL_BASE_URL=http://127.0.0.1", "PORTAL_DATABASE_URL="+database,
		"PORTAL_SECRET="+strings.Repeat("made up ", 8), "TRUSTLY_BASE_URL="+b.api.url+"/api/v1",
		"TRUSTLY_ACCESS_ID=id", "TRUSTLY_ACCESS_KEY=key", "TRUSTLY_RATE_LIMIT=0", "TRUSTLY_MAX_CONCURRENCY=8")
}

// freeAddress is one that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (b *bench) addUser(env []string) {
	b.Helper()
	add := exec.CommandContext(b.Context(), b.binary, "user", "add", "--email", benchEmail, "--role", "finance", "--password-stdin")
	add.Env, add.Stdin = env, strings.NewReader(benchPassword+"\n")
	if out, err := add.CombinedOutput(); err != nil {
		b.Fatalf("portal user add: %v\n%s", err, out)
	}
}

func (b *bench) start(env []string) *process {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), b.binary, "serve")
	metrics := freeAddress(b.T) // now, as what is free does not stay so
	cmd.Env = append(slices.Clip(env), "PORTAL_METRICS_ADDR="+metrics)
	p := startProcess(b.T, cmd)
	p.metrics = "http://" + metrics
	return p
}

// signInTo returns the cookie with which somebody is signed in to a portal.
func signInTo(t *testing.T, base, email, password string) string {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(base+"/login", url.Values{"email": {email}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	for _, c := range res.Cookies() {
		if c.Path == "/" && c.Value != "" && res.StatusCode == http.StatusSeeOther {
			return c.Name + "=" + c.Value
		}
	}
	t.Fatalf("sign-in of %s: got %s and %v, want a cookie", email, res.Status, res.Cookies())
	return ""
}

// lists are the addresses of a list, another one each time: the portal keeps a page for two seconds, and it is the asking
// that is measured. The canned API has no amounts to filter by.
func (b *bench) lists(more string) func() string {
	b.Helper()
	view, errs := search.Parse("createdAt.start=now-30d&tz=America/New_York&amount.max=777777.00&"+more, time.Now())
	if len(errs) > 0 {
		b.Fatal(errs)
	}
	before, after, _ := strings.Cut(view.URL("/transactions"), "777777.00")
	return func() string { return before + strconv.FormatInt(1000+b.asked.Add(1), 10) + ".00" + after }
}

// ask gets a page or fails.
func (b *bench) ask(base, path string) string {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, base+path, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	if base == b.portal.url {
		req.Header.Set("Cookie", b.cookie)
	} else {
		req.SetBasicAuth("id", "key")
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("GET %s: got %s to %q, %v, want 200", path, res.Status, res.Header.Get("Location"), err)
	}
	return string(body)
}
