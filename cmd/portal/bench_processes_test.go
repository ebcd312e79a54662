package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// benchRole is what a process beside the portal plays. It comes in the environment: the process is this test's binary.
type benchRole struct {
	Role    string        // "api", "ledger", "proxy" or "keeper"
	Rows    int           // of the API's ledger
	Latency time.Duration // of an API with a ledger
	To      string        // where a proxy passes requests on to
}

const benchRoleVariable = "PORTAL_TEST_BENCH"

// TestBenchProcess is the API or the proxy of the measurements, in a process of its own as in life.
func TestBenchProcess(t *testing.T) {
	text := os.Getenv(benchRoleVariable)
	if text == "" {
		t.Skip("is run by others")
	}
	var role benchRole
	if err := json.Unmarshal([]byte(text), &role); err != nil {
		t.Fatal(err)
	}
	var handler http.Handler
	switch role.Role {
	case "api":
		ledger, err := newCannedLedger(role.Rows, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		handler = &cannedAPI{ledger: ledger}
	case "ledger":
		handler = newLoadAPI(role.Rows, role.Latency)
	case "proxy", "keeper":
		to, err := url.Parse(role.To)
		if err != nil {
			t.Fatal(err)
		}
		proxy := httputil.NewSingleHostReverseProxy(to)
		if role.Role == "keeper" { // as it comes, it keeps two connections and opens the others anew
			proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
		}
		handler = proxy
	}
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	err = serveHTTP(t.Context(), newServer(handler, log), listener, log, func() {
		fmt.Fprintf(os.Stdout, "Ready at http://%s\n", listener.Addr())
	})
	t.Fatal(err)
}

// process is a program that was started and said where it serves.
type process struct {
	url   string
	cmd   *exec.Cmd
	ready time.Duration // from its start to the line
	log   *os.File      // its standard error

	metrics string // where a portal tells them
}

// startProcess waits for the line with which a program says that it is ready. The program ends with the test.
func startProcess(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, log: log}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	began := time.Now()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if said, _ := os.ReadFile(log.Name()); t.Failed() {
			t.Logf("the end of what %s said:\n%s", p.url, said[max(0, len(said)-2000):])
		}
	})
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			said, _ := os.ReadFile(log.Name())
			t.Fatalf("%s did not start: %v\n%s", filepath.Base(cmd.Path), err, said)
		}
		if _, at, ok := strings.Cut(strings.TrimSpace(line), "eady at "); ok {
			p.url, p.ready = at, time.Since(began)
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return p
}

// beside starts a process that plays a role.
func beside(t *testing.T, role benchRole) *process {
	t.Helper()
	text, err := json.Marshal(role)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBenchProcess$", "-test.timeout=0")
	cmd.Env = append(os.Environ(), benchRoleVariable+"="+string(text))
	return startProcess(t, cmd)
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // killed
	_ = p.log.Close()
}

// resident is the memory that the process holds, in bytes.
func (p *process) resident() int64 { return p.status("VmRSS:") }

// status reads a figure of /proc/PID/status, in bytes.
func (p *process) status(name string) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	_, after, _ := strings.Cut(string(status), name)
	var kB int64
	_, _ = fmt.Sscan(after, &kB)
	return kB << 10
}

// cpu is how long the process has worked, to a hundredth of a second.
func (p *process) cpu() time.Duration {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
