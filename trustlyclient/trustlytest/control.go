package trustlytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// ControlPath is where [Server.Control] belongs. No path of the API starts with it.
const ControlPath = "/_sandbox"

// faultJSON is a [Fault] as the control endpoint reads and writes it.
type faultJSON struct {
	Kind       FaultKind `json:"kind"`
	Status     int       `json:"status,omitempty"`
	Code       int       `json:"code,omitempty"`
	Message    string    `json:"message,omitempty"`
	Body       string    `json:"body,omitempty"`
	RetryAfter string    `json:"retryAfter,omitempty"`
	Delay      string    `json:"delay,omitempty"` // such as 250ms
	Size       int64     `json:"size,omitempty"`
	Path       string    `json:"path,omitempty"`
	After      int       `json:"after,omitempty"`
	Times      int       `json:"times,omitempty"`
	Share      float64   `json:"share,omitempty"`
}

// status is the answer to GET /_sandbox.
type status struct {
	Rows     int         `json:"rows"`
	Requests uint64      `json:"requests"` // to the API, since the start
	Faults   []faultJSON `json:"faults"`
}

var faultKinds = [...]string{"status", "hang", "drop", "truncated", "slow", "html", "errors-in-200", "oversized"}

// String returns the kind as text.
func (k FaultKind) String() string {
	if k < 0 || int(k) >= len(faultKinds) {
		return fmt.Sprintf("FaultKind(%d)", int(k))
	}
	return faultKinds[k]
}

// MarshalText writes the kind as text.
func (k FaultKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a kind.
func (k *FaultKind) UnmarshalText(text []byte) error {
	for i, name := range faultKinds {
		if name == string(text) {
			*k = FaultKind(i)
			return nil
		}
	}
	return fmt.Errorf("unknown kind: want one of %s", strings.Join(faultKinds[:], ", "))
}

// Bounds of what ParseFaults takes.
const (
	maxControlBody = 64 << 10
	maxFaults      = 100
	maxDelay       = 10 * time.Minute
	maxSize        = 1 << 30
)

// ParseFaults reads a JSON array of faults, or one alone. The members are the fields of [Fault] but Match, with a small
// first letter: kind (as text), status, code, message, body, retryAfter, delay (such as "250ms"), size, path, after,
// times, share. Other members are refused, and so are values that make no sense.
func ParseFaults(data []byte) ([]Fault, error) {
	text := strings.TrimSpace(string(data))
	if strings.HasPrefix(text, "{") {
		text = "[" + text + "]"
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	var list []faultJSON
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("read faults: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read faults: something follows the list")
	}
	if len(list) > maxFaults {
		return nil, fmt.Errorf("read faults: %d of them, want at most %d", len(list), maxFaults)
	}
	faults := make([]Fault, len(list))
	share := 0.0
	for i, j := range list {
		f, err := j.fault()
		if err != nil {
			return nil, fmt.Errorf("fault %d: %w", i+1, err)
		}
		faults[i] = f
		share += f.Share
	}
	if share > 1 {
		return nil, fmt.Errorf("read faults: the shares come to %g, want at most 1", share)
	}
	return faults, nil
}

func (j faultJSON) fault() (Fault, error) {
	f := Fault{
		Kind: j.Kind, Status: j.Status, Code: j.Code, Message: j.Message, Body: j.Body, RetryAfter: j.RetryAfter, Size: j.Size,
		Path: j.Path, After: j.After, Times: j.Times, Share: j.Share,
	}
	if j.Delay != "" {
		var err error
		if f.Delay, err = time.ParseDuration(j.Delay); err != nil {
			return f, errors.New(`delay: want a duration such as "250ms"`)
		}
	}
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return f, errors.New("status: want 200 to 599")
	case f.Kind != FaultStatus && f.Status != 0:
		return f, errors.New("status: only a fault of kind status has one")
	case f.Kind == FaultStatus && f.Status == 0 && f.Delay == 0:
		return f, errors.New("it does nothing: want a kind, a status or a delay")
	case f.Delay < 0 || f.Delay > maxDelay:
		return f, fmt.Errorf("delay: want 0 to %v", maxDelay)
	case f.Size < 0 || f.Size > maxSize:
		return f, fmt.Errorf("size: want 0 to %d bytes", maxSize)
	case f.After < 0 || f.Times < 0:
		return f, errors.New("after and times: want 0 or more")
	case !(f.Share >= 0 && f.Share <= 1):
		return f, errors.New("share: want 0 to 1")
	case strings.ContainsAny(f.RetryAfter, "\r\n\x00"):
		return f, errors.New("retryAfter: want one line")
	}
	return f, nil
}

func (f Fault) json() faultJSON {
	j := faultJSON{
		Kind: f.Kind, Status: f.Status, Code: f.Code, Message: f.Message, Body: f.Body, RetryAfter: f.RetryAfter, Size: f.Size,
		Path: f.Path, After: f.After, Times: f.Times, Share: f.Share,
	}
	if f.Delay != 0 {
		j.Delay = f.Delay.String()
	}
	return j
}

// Control returns the handler of the paths under [ControlPath], which are no part of the API: no credentials, no
// faults, no log. It answers GET /_sandbox with the state, POST /_sandbox/faults by setting the faults in its JSON body
// (see [ParseFaults]) in the place of those before, DELETE /_sandbox/faults by clearing them; each with the new state.
//
// It serves loopback clients alone. A web page open in a browser on the same machine gets nowhere either: the Host must
// be a loopback name, and a POST must have the content type application/json, which a page can't send unasked.
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ControlPath, func(w http.ResponseWriter, _ *http.Request) { s.writeStatus(w) })
	mux.HandleFunc("DELETE "+ControlPath+"/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		s.writeStatus(w)
	})
	mux.HandleFunc("POST "+ControlPath+"/faults", func(w http.ResponseWriter, r *http.Request) {
		if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
			http.Error(w, "want Content-Type: application/json", http.StatusUnsupportedMediaType)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
		if err != nil {
			http.Error(w, "the body is too long, or ended early", http.StatusBadRequest)
			return
		}
		faults, err := ParseFaults(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.SetFault(faults...)
		s.writeStatus(w)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.RemoteAddr) || !isLoopback(r.Host) {
			http.Error(w, "only for this machine", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (s *Server) writeStatus(w http.ResponseWriter) {
	s.mu.RLock()
	rows := len(s.ledger.created)
	s.mu.RUnlock()
	state := status{Rows: rows, Requests: s.asked.Load(), Faults: []faultJSON{}}
	for _, f := range s.Faults() {
		state.Faults = append(state.Faults, f.json())
	}
	w.Header().Set("Content-Type", "application/json")
	text, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(append(text, '\n')) // a client that left is no concern of ours
}

// isLoopback knows this machine, given as HOST, HOST:PORT or [HOST]:PORT.
func isLoopback(hostPort string) bool {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = strings.Trim(hostPort, "[]")
	}
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}
