package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/store"
	"trustlyportal/trustlyclient/trustlytest"
)

// draining serves a handler until stop is called; ended tells how serving ended.
func draining(t *testing.T, d *drain, handler http.Handler) (addr string, stop func(), ended chan error) {
	t.Helper()
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	log := newLogger(io.Discard, logJSON)
	ended = make(chan error, 1)
	go func() { ended <- d.serve(ctx, newServer(handler, log), listener, log, func() {}) }()
	return listener.Addr().String(), cancel, ended
}

// Clients that send on and on over connections of theirs get an answer to each request; the last one says that the
// connection ends.
func TestDrainAnswersOpenConnections(t *testing.T) {
	t.Parallel()
	const clients, before = 8, 25
	d := newDrain(0, time.Minute)
	d.linger = time.Minute // a machine under load may need long for a request
	var answered sync.WaitGroup
	answered.Add(clients)
	addr, stop, ended := draining(t, d, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "all of it") }))
	results := make(chan error, clients)
	for range clients {
		go func() {
			results <- func() error {
				conn, err := net.Dial("tcp", addr)
				if err != nil {
					return err
				}
				defer conn.Close()
				answers := bufio.NewReader(conn)
				for n := 1; ; n++ {
					if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
						return fmt.Errorf("request %d: %w", n, err)
					}
					res, err := http.ReadResponse(answers, nil)
					if err != nil {
						return fmt.Errorf("answer %d: %w", n, err)
					}
					body, err := io.ReadAll(res.Body)
					if err == nil && string(body) != "all of it" {
						err = fmt.Errorf("got %q", body)
					}
					if err != nil {
						return fmt.Errorf("answer %d: %w", n, err)
					}
					if n == before {
						answered.Done()
					}
					if res.Close {
						if n < before {
							return fmt.Errorf("answer %d closes the connection before the end", n)
						}
						return nil
					}
				}
			}()
		}()
	}
	answered.Wait()
	stop()
	for range clients {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if err := <-ended; err != nil {
		t.Errorf("got %v, want an end in good order", err)
	}
}

// A connection whose request came before the end began brings another, which is answered too.
func TestDrainWaitsForTheNextRequest(t *testing.T) {
	t.Parallel()
	d := newDrain(0, time.Minute)
	d.linger = time.Minute
	came, goOn := make(chan struct{}, 2), make(chan struct{}, 2)
	addr, stop, ended := draining(t, d, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came <- struct{}{}; <-goOn }))
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	ask := func() {
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	read := func() *http.Response {
		goOn <- struct{}{}
		res, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	ask()
	<-came
	stop()
	for !d.Begun() {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
	if read().Close {
		t.Error("the answer to what came before the end closes the connection, so this test shows nothing")
	}
	time.Sleep(50 * time.Millisecond)
	ask()
	if !read().Close {
		t.Error("the last answer leaves the connection open")
	}
	if err := <-ended; err != nil {
		t.Errorf("got %v, want an end in good order", err)
	}
}

// What does not finish in time is cut so that nobody takes it for all of it, be it in HTTP/1.0, which ends a body by
// ending the connection. Its handler may still put on record what happened.
func TestDrainCutsVisibly(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.1", "1.0"} {
		var recorded atomic.Bool
		addr, stop, ended := draining(t, newDrain(0, 10*time.Millisecond), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "a part")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			time.Sleep(20 * time.Millisecond)
			recorded.Store(true)
		}))
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, "GET / HTTP/"+version+"\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(res.Body, make([]byte, len("a part"))); err != nil {
			t.Fatal(err)
		}
		stop()
		if rest, err := io.ReadAll(res.Body); err == nil || len(rest) > 0 {
			t.Errorf("HTTP/%s: got %q and %v after the part, want an error", version, rest, err)
		}
		if err := <-ended; err != nil || !recorded.Load() {
			t.Errorf("HTTP/%s: got end %v, its handler ended %t, want both in good order", version, err, recorded.Load())
		}
		_ = conn.Close()
	}
}

// A rolling restart behind a load balancer that asks /readyz: of two portals one is told to stop, while people read and
// one downloads. Nobody notices.
func TestDrainBehindLoadBalancer(t *testing.T) {
	t.Parallel()
	e := newExporter(t, trustlytest.Options{Rows: 500, Latency: 200 * time.Millisecond})
	e.env["PORTAL_SECRET"], e.env["PORTAL_ADDR"], e.env["TRUSTLY_MAX_CONCURRENCY"] = strings.Repeat("s3cret ", 8), "127.0.0.1:0", "1"
	e.env["PORTAL_BASE_URL"] = "http://127.0.0.1"
	e.addUser("ann@example.com")
	portals := []*running{start(t, e.env.with("PORTAL_DRAIN_DELAY=4s"), "serve"), start(t, e.env, "serve")}
	balancer := newBalancer(t, portals[0].url, portals[1].url)

	file := make(chan error, 1)
	began := make(chan struct{})
	go func() { // straight at the one that stops
		file <- func() error {
			ann := e.signIn(portals[0].url, "ann@example.com")
			res, err := ann.client.Get(portals[0].url + "/transactions.csv?" + e.filter)
			if err != nil {
				return err
			}
			defer res.Body.Close()
			if _, err = bufio.NewReader(res.Body).ReadByte(); err != nil {
				return err
			}
			close(began)
			_, err = io.Copy(io.Discard, res.Body)
			return err
		}()
	}()
	select {
	case <-began:
	case err := <-file:
		t.Fatalf("download: got %v, want it under way", err)
	}

	var wg sync.WaitGroup
	var answers atomic.Int64
	stopped := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for after := 0; after < 3; { // and on, with the one that is left
				res, err := http.Get(balancer.URL + "/login")
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(res.Body)
				if err := errors.Join(err, res.Body.Close()); err != nil || res.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("</html>")) {
					t.Errorf("answer %d: got %s, %v", answers.Load(), res.Status, err)
				}
				answers.Add(1)
				select {
				case <-stopped:
					after++
				case <-time.After(20 * time.Millisecond):
				}
			}
		})
	}
	for answers.Load() < 20 {
		time.Sleep(time.Millisecond)
	}
	portals[0].stop()
	code := portals[0].wait(t)
	close(stopped)
	wg.Wait()
	if code != exitOK {
		t.Errorf("exit code: got %d, want 0; stderr:\n%s", code, portals[0].stderr)
	}
	if err := <-file; err != nil {
		t.Errorf("download under way: got %v, want all of it", err)
	}
	for i := range balancer.sent {
		if n := balancer.sent[i].Load(); n < 5 {
			t.Errorf("portal %d: got %d requests, want some", i, n)
		}
	}
}

// balancer spreads requests over the portals that say that they are ready.
type balancer struct {
	*httptest.Server
	sent [2]atomic.Int64
}

func newBalancer(t *testing.T, portals ...string) *balancer {
	var b balancer
	var ready [2]atomic.Bool
	var proxies [2]http.Handler
	for i, address := range portals {
		target, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		proxies[i] = &httputil.ReverseProxy{
			Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = "127.0.0.1" },
			Transport: &http.Transport{MaxIdleConnsPerHost: 8},
		}
		ask := func() {
			res, err := http.Get(address + "/readyz")
			if err == nil {
				_ = res.Body.Close()
			}
			ready[i].Store(err == nil && res.StatusCode == http.StatusOK)
		}
		ask()
		go func() {
			for t.Context().Err() == nil {
				time.Sleep(10 * time.Millisecond)
				ask()
			}
		}()
	}
	var turn atomic.Int64
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := int(turn.Add(1) % 2)
		if !ready[i].Load() {
			i = 1 - i
		}
		b.sent[i].Add(1)
		proxies[i].ServeHTTP(w, r)
	}))
	t.Cleanup(b.Close)
	return &b
}

// addUser makes an account for finance on the exporter's database.
func (e *exporter) addUser(email string) auth.User {
	e.Helper()
	db, err := store.Open(e.Context(), e.env["PORTAL_DATABASE_URL"])
	if err != nil {
		e.Fatal(err)
	}
	hash, err := auth.NewPasswords().Hash(e.Context(), "seven quiet harbours")
	if err != nil {
		e.Fatal(err)
	}
	u, err := db.CreateUser(e.Context(), email, auth.Finance, hash)
	if err := errors.Join(err, db.Close()); err != nil {
		e.Fatal(err)
	}
	return u
}

// A portal that stops gives its export jobs back at once, and passes on to PORTAL_AUDIT_LOG what is put on record while
// it stops.
func TestDrainHandsOver(t *testing.T) {
	t.Parallel()
	e := newExporter(t, trustlytest.Options{Rows: 1500, Latency: 300 * time.Millisecond})
	auditLog := e.path("audit.jsonl")
	e.env["PORTAL_ADDR"], e.env["PORTAL_AUDIT_LOG"], e.env["TRUSTLY_MAX_CONCURRENCY"] = "127.0.0.1:0", auditLog, "1"
	e.env["PORTAL_BASE_URL"] = "http://127.0.0.1"
	ann := e.addUser("ann@example.com")
	portal := start(t, e.env, "serve")
	p := e.signIn(portal.url, ann.Email)
	id := path.Base(p.post(portal.url+"/exports", url.Values{"query": {e.filter}, "format": {"csv"}, "columns": {"shown"}}))
	db, err := store.Open(t.Context(), e.env["PORTAL_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	job := func() store.ExportJob {
		t.Helper()
		j, err := db.Export(t.Context(), id, ann.ID)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	for job().State == store.ExportQueued {
		time.Sleep(5 * time.Millisecond)
	}

	// A sign-in whose form comes only when no more connections are taken.
	addr := strings.TrimPrefix(portal.url, "http://")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const form = "email=late%40example.com&password=wrong"
	if _, err := fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(form)); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") { // it is under way
		t.Fatalf("got %q, %v, want to be asked for the form", line, err)
	}
	_, _ = answers.ReadString('\n')
	portal.stop()
	for closed := false; !closed; time.Sleep(5 * time.Millisecond) {
		other, err := net.Dial("tcp", addr)
		if closed = err != nil; !closed {
			_ = other.Close()
		}
	}
	if _, err := io.WriteString(conn, form); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(answers, nil)
	if err != nil || res.StatusCode >= http.StatusInternalServerError || !res.Close {
		t.Fatalf("the last request: got %v, %v, want an answer that closes the connection", res, err)
	}
	_ = res.Body.Close()
	if code := portal.wait(t); code != exitOK {
		t.Errorf("exit code: got %d, want 0; stderr:\n%s", code, portal.stderr)
	}

	waiting, err := db.WaitingExports(t.Context(), time.Now(), 10)
	if err != nil || len(waiting) != 1 || waiting[0].ID != id || job().State != store.ExportQueued {
		t.Errorf("afterwards: got %v, %v and the job %s, want it free for anybody", waiting, err, job().State)
	}
	_, head, err := db.AuditEnds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines, err := os.ReadFile(auditLog)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(lines, fmt.Appendf(nil, `"seq":%d,`, head.Seq)) || !bytes.Contains(lines, []byte("no such account")) {
		t.Errorf("PORTAL_AUDIT_LOG: got\n%s\nwant it up to record %d, the last sign-in in it", lines, head.Seq)
	}
}

// TestProgramProcess is the program with its signals, for tests that send some.
func TestProgramProcess(*testing.T) {
	if args := os.Getenv("PORTAL_TEST_PROGRAM"); args != "" {
		os.Args = append([]string{"portal"}, strings.Fields(args)...)
		main()
	}
}

// The first signal asks to finish, the second ends the process at once. Systemd hears how it stands.
func TestSignals(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		delay   string
		signals int
		want    string
	}{
		"one": {"0s", 1, "exit status 0"},
		"two": {"5m", 2, "signal: terminated"},
	} {
		dir := t.TempDir()
		socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
		if err != nil {
			t.Fatal(err)
		}
		defer socket.Close()
		if err := socket.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		told := func() string {
			t.Helper()
			message := make([]byte, 100)
			n, err := socket.Read(message)
			if err != nil {
				t.Fatal(err)
			}
			return string(message[:n])
		}
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProgramProcess$")
		cmd.Env = append(os.Environ(), "PORTAL_TEST_PROGRAM=serve --demo", "PORTAL_ADDR=127.0.0.1:0", "TMPDIR="+dir,
			"NOTIFY_SOCKET="+filepath.Join(dir, "notify"), "PORTAL_DRAIN_DELAY="+tt.delay)
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		line, _ := bufio.NewReader(out).ReadString('\n')
		_, base, _ := strings.Cut(strings.TrimSpace(line), " ready at ")
		if got := told(); got != notifyReady {
			t.Errorf("%s: systemd heard %q, want %q", name, got, notifyReady)
		}
		for i := range tt.signals {
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				break
			}
			if got := told(); got != notifyStopping {
				t.Errorf("%s: systemd heard %q, want %q", name, got, notifyStopping)
			}
			if tt.delay == "0s" {
				continue
			}
			if res, body := get(t, base+"/readyz"); res.StatusCode != http.StatusServiceUnavailable || !res.Close || !strings.Contains(body, "stopping") {
				t.Errorf("GET /readyz after a signal: got %s %q, closing %t, want 503 that closes", res.Status, body, res.Close)
			}
			for args, want := range map[string]int{"healthcheck": exitOK, "healthcheck --ready": exitFailed} {
				if _, stderr, code := command(t, environment{"PORTAL_ADDR": strings.TrimPrefix(base, "http://")}, "", strings.Fields(args)...); code != want {
					t.Errorf("portal %s after a signal: got code %d, %q, want %d", args, code, stderr, want)
				}
			}
		}
		_ = cmd.Wait() // the state tells
		if got := cmd.ProcessState.String(); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

func TestDrainSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"0s": 0, "5s": 5 * time.Second, "1m": time.Minute, "1m30s": 90 * time.Second} {
		var p problems
		if got := p.seconds("X", text, 0, time.Hour); got != want || len(p) > 0 {
			t.Errorf("%s: got %s, %v, want %s", text, got, p, want)
		}
	}
	for _, tt := range []string{"PORTAL_DRAIN_DELAY=5", "PORTAL_DRAIN_DELAY=-1s", "PORTAL_DRAIN_DELAY=6m", "PORTAL_DRAIN_DELAY=10ms", "PORTAL_DRAIN_TIMEOUT=0s", "PORTAL_DRAIN_TIMEOUT=2h"} {
		name, value, _ := strings.Cut(tt, "=")
		_, stderr, code := command(t, working.with(tt), "", "serve")
		if code != exitUsage || !strings.Contains(stderr, fmt.Sprintf("%s is %q: set it to", name, value)) {
			t.Errorf("%s: got code %d, %q, want %d and the setting named", tt, code, stderr, exitUsage)
		}
	}
}
