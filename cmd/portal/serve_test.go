package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// running is the program as the operator starts it.
type running struct {
	url    string // from the ready line
	stop   context.CancelFunc
	code   chan int    // the exit code, when it has ended
	stdout chan string // what followed the ready line, when it has ended
	stderr *lockedBuffer
}

// start runs the program and waits for the line with which it says that it is ready.
func start(t testing.TB, env environment, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{stop: cancel, code: make(chan int, 1), stdout: make(chan string, 1), stderr: &lockedBuffer{}}
	t.Cleanup(cancel) // of a test that failed half way
	read, write := io.Pipe()
	go func() {
		code := run(ctx, args, strings.NewReader(""), write, r.stderr, env.get)
		_ = write.Close()
		r.code <- code
	}()
	lines := bufio.NewReader(read)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("portal %s: got no line on stdout, stderr:\n%s", strings.Join(args, " "), r.stderr)
	}
	what, at, ok := strings.Cut(strings.TrimSpace(line), " ready at ")
	if !ok || what != "Portal" && what != "Sandbox" {
		t.Fatalf("first line: got %q, want that it is ready at a URL", line)
	}
	r.url = at
	go func() {
		b, _ := io.ReadAll(lines) // of a pipe, which fails only by ending
		r.stdout <- string(b)
	}()
	return r
}

// wait returns the exit code.
func (r *running) wait(t testing.TB) int {
	t.Helper()
	select {
	case code := <-r.code:
		return code
	case <-time.After(drainTimeout):
		t.Fatalf("the program did not end, stderr:\n%s", r.stderr)
		return 0
	}
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// signIn goes through the sign-in form to the list and returns its page.
func signIn(t *testing.T, base, email, password string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"email": {email}, "password": {password}, "next": {"/transactions"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := (&http.Client{Jar: jar}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Request.URL.Path, "/transactions") {
		t.Errorf("signing in as %s: got %s at %s, want 200 at /transactions", email, res.Status, res.Request.URL)
	}
	return string(b)
}

// One test starts what the operator starts.
func TestServeDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	env := environment{"PORTAL_ADDR": "127.0.0.1:0"}
	p := start(t, env, "serve", "--demo")

	if res, body := get(t, p.url+"/healthz"); res.StatusCode != http.StatusOK {
		t.Errorf("GET /healthz: got %s %q, want 200", res.Status, body)
	}
	if res, body := get(t, p.url+"/readyz"); res.StatusCode != http.StatusOK {
		t.Errorf("GET /readyz: got %s %q, want 200", res.Status, body)
	}
	if res, _ := get(t, p.url+"/transactions"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("GET /transactions of a stranger: got %s, want 303 to the sign-in", res.Status)
	}
	if got := signIn(t, p.url, "finance@example.com", demoPassword); !strings.Contains(got, "data-transaction-id=") {
		t.Errorf("the list after signing in: got no rows:\n%.2000s", got)
	}
	addr := strings.TrimPrefix(p.url, "http://")
	if _, stderr, code := command(t, environment{"PORTAL_ADDR": addr}, "", "healthcheck"); code != 0 {
		t.Errorf("healthcheck: got code %d, %q, want 0", code, stderr)
	}
	if _, stderr, code := command(t, environment{"PORTAL_ADDR": addr}, "", "serve", "--demo"); code != 1 || !strings.Contains(stderr, addr) {
		t.Errorf("a second portal on %s: got code %d, %q, want 1 and the address named", addr, code, stderr)
	}

	p.stop()
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code: got %d, want 0; stderr:\n%s", code, p.stderr)
	}
	stdout := strings.Join(strings.Fields(<-p.stdout), " ")
	for _, role := range []string{"support", "finance", "admin"} {
		if want := role + "@example.com " + demoPassword + " " + role; !strings.Contains(stdout, want) {
			t.Errorf("stdout: got\n%s\nwant a line with %q", stdout, want)
		}
	}
	if _, _, code := command(t, environment{"PORTAL_ADDR": addr}, "", "healthcheck"); code != 1 {
		t.Errorf("healthcheck afterwards: got code %d, want 1", code)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) != 0 {
		t.Errorf("temporary files afterwards: got %v, %v, want none", left, err)
	}
}

// With real settings the secret is made once, beside the database, and a second start finds it.
func TestServeKeepsItsSecret(t *testing.T) {
	database := filepath.Join(t.TempDir(), "data", "portal.db")
	env := working.with("PORTAL_ADDR=127.0.0.1:0", "PORTAL_DATABASE_URL=sqlite:"+database, "TRUSTLY_BASE_URL=http://127.0.0.1:1/api/v1")
	var secrets []string
	for range 2 {
		p := start(t, env, "serve")
		p.stop()
		if code := p.wait(t); code != 0 {
			t.Fatalf("exit code: got %d, want 0; stderr:\n%s", code, p.stderr)
		}
		if !strings.Contains(p.stderr.String(), "portal user add") {
			t.Errorf("stderr without accounts: got\n%s\nwant a hint", p.stderr)
		}
		b, err := os.ReadFile(database + ".secret")
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, string(b))
	}
	if len(strings.TrimSpace(secrets[0])) < 50 || secrets[0] != secrets[1] {
		t.Errorf("secrets of two starts: got %d and %d characters, equal %t, want one of 50 or more", len(secrets[0]), len(secrets[1]), secrets[0] == secrets[1])
	}
	info, err := os.Stat(database + ".secret")
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode of the secret: got %v, %v, want 0600", info.Mode(), err)
	}
	if files, err := os.ReadDir(filepath.Dir(database)); err != nil || len(files) != 2 {
		t.Errorf("files: got %v, %v, want database and secret", files, err)
	}
}

func TestKeptSecretAtOnce(t *testing.T) {
	database := "sqlite:" + filepath.Join(t.TempDir(), "portal.db")
	secrets := make([]string, 8)
	var wg sync.WaitGroup
	for i := range secrets {
		wg.Go(func() {
			var err error
			if secrets[i], err = keptSecret(database); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, s := range secrets {
		if s != secrets[0] || s == "" {
			t.Errorf("secrets of processes that start at once: got %q and %q, want one", s, secrets[0])
		}
	}
}

func TestSandbox(t *testing.T) {
	p := start(t, environment{}, "sandbox", "--addr=127.0.0.1:0", "--rows=30", "--access-id=ID", "--access-key=KEY")
	if res, _ := get(t, p.url+"/transactions"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("GET /transactions without credentials: got %s, want 401", res.Status)
	}
	u := strings.Replace(p.url, "http://", "http://ID:KEY@", 1)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u+"/transactions", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("GET /transactions: got %s, want 200", res.Status)
	}
	// Its faults are switched beside the API.
	root := strings.TrimSuffix(p.url, "/api/v1")
	set, err := http.Post(root+"/_sandbox/faults", "application/json", strings.NewReader(`{"status":503}`))
	if err != nil || set.StatusCode != http.StatusOK {
		t.Fatalf("POST /_sandbox/faults: got %v, %v, want 200", set, err)
	}
	_ = set.Body.Close()
	if res, _ := get(t, p.url+"/transactions"); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("GET /transactions with a fault: got %s, want 503", res.Status)
	}
	if res, body := get(t, root+"/_sandbox"); res.StatusCode != http.StatusOK || !strings.Contains(body, `"rows": 30`) {
		t.Errorf("GET /_sandbox: got %s %s, want its state", res.Status, body)
	}
	p.stop()
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code: got %d, want 0; stderr:\n%s", code, p.stderr)
	}
}

// Each flag reaches the sandbox, and what can't be meant is refused.
func TestSandboxFlags(t *testing.T) {
	p := start(t, environment{}, "sandbox", "--addr=127.0.0.1:0", "--rows=40", "--enums=strings", "--response-unit=s", "--bounds=half-open",
		"--max-range=60d", "--default-range=36h", "--unknown-id=404", "--max-count=7", "--throttle-rate=1", "--retry-after=none")
	res, err := http.Get(strings.Replace(p.url, "http://", "http://a:b@", 1) + "/transactions")
	if err != nil || res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "" {
		t.Fatalf("all answers 429: got %v, %v", res, err)
	}
	_ = res.Body.Close()
	p.stop()
	p.wait(t)
	for _, args := range []string{"--error-rate=0.8 --hang-rate=0.3", "--error-rate=-1", "--max-range=60", "--max-range=-1d", "--churn-create=NaN", "--bounds=open", "--max-count=0"} {
		if _, stderr, code := command(t, environment{}, "", append([]string{"sandbox", "--addr=127.0.0.1:0"}, strings.Fields(args)...)...); code != exitUsage {
			t.Errorf("portal sandbox %s: got code %d, %q, want %d", args, code, stderr, exitUsage)
		}
	}
	var s span
	if err := s.UnmarshalText([]byte("60d")); err != nil || time.Duration(s) != 60*24*time.Hour {
		t.Errorf("60d: got %v, %v", time.Duration(s), err)
	}
}

// Draining: a request under way is finished, a new one is not accepted.
func TestServeDrains(t *testing.T) {
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started, finish := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(started)
		<-finish
		if err := r.Context().Err(); err != nil {
			t.Errorf("context of a request under way: got %v, want none", err)
		}
		_, _ = io.WriteString(w, "all of it")
	})
	ctx, cancel := context.WithCancel(t.Context())
	log := newLogger(io.Discard, logJSON)
	served := make(chan error, 1)
	go func() { served <- serveHTTP(ctx, newServer(handler, log), listener, log, func() {}) }()

	body := make(chan string, 1)
	go func() {
		_, b := get(t, "http://"+listener.Addr().String())
		body <- b
	}()
	<-started
	cancel()
	for { // until the listener is shut
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			break
		}
		_ = conn.Close()
		time.Sleep(time.Millisecond)
	}
	select {
	case err := <-served:
		t.Fatalf("with a request under way: got end with %v, want it to wait", err)
	default:
	}
	close(finish)
	if got := <-body; got != "all of it" {
		t.Errorf("request under way: got %q, want %q", got, "all of it")
	}
	if err := <-served; err != nil {
		t.Errorf("after draining: got error %v, want none", err)
	}
}
