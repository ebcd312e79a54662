package trustlytest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"
)

// control asks the control endpoint as curl on the same machine would, after the changes of edit.
func control(s *Server, method, path, body string, edit func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:8090"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:40000"
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	if edit != nil {
		edit(r)
	}
	w := httptest.NewRecorder()
	s.Control().ServeHTTP(w, r)
	return w
}

func TestControl(t *testing.T) {
	s := New(Options{Rows: 40, Now: at(testNow)})
	w := control(s, "POST", "/_sandbox/faults", `[{"status":503,"retryAfter":"5","path":"/transactions","times":2},{"kind":"html"}]`, nil)
	if w.Code != 200 {
		t.Fatalf("setting two faults: got %d %s, want 200", w.Code, w.Body)
	}
	for i, want := range []int{503, 503, 200} {
		if got := get(s, "/transactions"); got.Code != want || want == 200 && !strings.HasPrefix(got.Body.String(), "<!DOCTYPE html>") {
			t.Errorf("request %d: got %d %.40s, want %d", i+1, got.Code, got.Body, want)
		}
	}
	var state status
	if err := json.Unmarshal(control(s, "GET", "/_sandbox", "", nil).Body.Bytes(), &state); err != nil {
		t.Fatal(err)
	}
	if state.Rows != 40 || state.Requests != 3 || len(state.Faults) != 2 || state.Faults[1].Kind != FaultHTML {
		t.Errorf("state: got %+v, want 40 rows, 3 requests, 2 faults", state)
	}
	if got := len(s.Requests()); got != 3 {
		t.Errorf("log: got %d requests, want the 3 to the API alone", got)
	}
	if w := control(s, "POST", "/_sandbox/faults", `[{"status":9}]`, nil); w.Code != 400 || !strings.Contains(w.Body.String(), "fault 1: status") || len(s.Faults()) != 2 {
		t.Errorf("a wrong fault: got %d %s and %d faults, want 400, why, and the 2 from before", w.Code, w.Body, len(s.Faults()))
	}
	if w := control(s, "DELETE", "/_sandbox/faults", "", nil); w.Code != 200 || get(s, "/transactions").Body.Bytes()[0] != '{' {
		t.Errorf("clearing: got %d %s, want usual answers again", w.Code, w.Body)
	}
}

// Nobody but a program on the same machine gets at the control endpoint, and the API knows nothing of it.
func TestControlIsClosed(t *testing.T) {
	s := New(Options{Rows: 4, Now: at(testNow)})
	for name, edit := range map[string]func(*http.Request){
		"another machine":  func(r *http.Request) { r.RemoteAddr = "192.0.2.7:40000" },
		"rebound name":     func(r *http.Request) { r.Host = "evil.example:8090" },
		"form of a page":   func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		"no content type":  func(r *http.Request) { r.Header.Del("Content-Type") },
		"another method":   func(r *http.Request) { r.Method = "PUT" },
		"without a remote": func(r *http.Request) { r.RemoteAddr = "" },
	} {
		if w := control(s, "POST", "/_sandbox/faults", `[{"status":500}]`, edit); w.Code < 400 || len(s.Faults()) != 0 {
			t.Errorf("%s: got %d and %d faults, want a refusal", name, w.Code, len(s.Faults()))
		}
	}
	for _, remote := range []string{"[::1]:7", "127.8.9.1:7"} {
		if w := control(s, "GET", "/_sandbox", "", func(r *http.Request) { r.RemoteAddr, r.Host = remote, "localhost:8090" }); w.Code != 200 {
			t.Errorf("from %s: got %d, want 200", remote, w.Code)
		}
	}
	for _, path := range []string{"/_sandbox", "/_sandbox/faults", "/api/v1/_sandbox"} {
		if w := get(s, path); w.Code != 404 {
			t.Errorf("the API's %s: got %d, want 404", path, w.Code)
		}
	}
}

func TestParseFaults(t *testing.T) {
	got, err := ParseFaults([]byte(` {"kind":"slow","delay":"1.5s","share":0.25,"path":"/transactions/","after":3,"times":4} `))
	want := []Fault{{Kind: FaultSlow, Delay: 1500 * time.Millisecond, Share: .25, Path: "/transactions/", After: 3, Times: 4}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, c := range []struct{ text, want string }{
		{``, "EOF"},
		{`{}`, "it does nothing"},
		{`[{"status":500}] x`, "something follows"},
		{`{"statsu":500}`, "unknown field"},
		{`{"kind":"explode"}`, "unknown kind"},
		{`{"status":99}`, "status"},
		{`{"kind":"hang","status":500}`, "status: only"},
		{`{"delay":"1h"}`, "delay"},
		{`{"delay":5}`, "faults"},
		{`{"kind":"oversized","size":99999999999}`, "size"},
		{`{"status":500,"share":1.5}`, "share"},
		{`{"status":500,"times":-1}`, "times"},
		{`{"status":429,"retryAfter":"1\r\nX: y"}`, "one line"},
		{`[{"status":500,"share":0.6},{"status":429,"share":0.6}]`, "shares come to 1.2"},
		{strings.Repeat("[", 10_000), "faults"},
	} {
		if got, err := ParseFaults([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ParseFaults(%.60s): got %+v, %v, want an error with %q", c.text, got, err, c.want)
		}
	}
}

// What is read is written so that it reads the same.
func FuzzParseFaults(f *testing.F) {
	for _, seed := range []string{
		`[]`, `{"status":500}`, `[{"kind":"status","status":429,"retryAfter":"7","share":0.1},{"kind":"hang"}]`, `{"delay":"1ms"}`, `null`, `[null]`,
		`{"kind":"errors-in-200","code":100,"message":"m","body":"b","size":1,"path":"p","after":1,"times":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		faults, err := ParseFaults(data)
		if err != nil {
			return
		}
		list := []faultJSON{}
		for _, fault := range faults {
			list = append(list, fault.json())
		}
		text, err := json.Marshal(list)
		if err != nil {
			t.Fatalf("%q: write what was read: %v", data, err)
		}
		again, err := ParseFaults(text)
		if err != nil || len(again) != len(faults) || len(faults) > 0 && !reflect.DeepEqual(again, faults) {
			t.Errorf("%q: got %+v, and from %s %+v, %v", data, faults, text, again, err)
		}
	})
}
