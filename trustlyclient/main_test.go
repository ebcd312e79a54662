package trustlyclient

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the run when a request, a body or a timer is left behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server with handler and returns a client of it. edit, when not nil, changes the client's options.
func serve(t testing.TB, handler http.HandlerFunc, edit func(*Options)) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	options := Options{BaseURL: server.URL + "/api/v1", AccessID: "id", AccessKey: "key"}
	if edit != nil {
		edit(&options)
	}
	c, err := New(options)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// answer returns a handler that always sends status and body.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
