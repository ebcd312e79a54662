package trustlytest

import (
	"net"
	"net/http"
	"time"
)

// TB is what NewServer needs of a *testing.T; package testing itself stays out of programs that embed the sandbox.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// NewServer serves a sandbox on a free loopback port until the test ends, and returns it with the base URL to give to a
// client, such as http://127.0.0.1:40313/api/v1.
func NewServer(t TB, options Options) (s *Server, baseURL string) {
	t.Helper()
	s = New(options)
	baseURL, stop, err := s.Start("127.0.0.1:0")
	if err != nil {
		t.Fatalf("start the sandbox: %v", err)
	}
	t.Cleanup(stop)
	return s, baseURL
}

// Start serves s on a TCP address, such as 127.0.0.1:0 for a free port, until stop is called.
func (s *Server) Start(address string) (baseURL string, stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, err
	}
	// No write limit: some faults take as long as their test wants.
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends by stop
	}()
	stop = func() {
		s.Close()
		_ = server.Close()
		<-done
	}
	return "http://" + listener.Addr().String() + "/api/v1", stop, nil
}
