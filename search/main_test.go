package search

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws the same cases each time, so that a run of all tests tells of a change and not of luck. Other cases:
// go test ./search -rapid.seed N -rapid.checks 1000
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.seed"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("20261120"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
