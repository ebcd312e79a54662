package main

import (
	"runtime/debug"
	"testing"
)

// Less garbage gathers while there is an export, whichever of several ends first; what the operator has said holds.
func TestGarbageGathersByWork(t *testing.T) {
	percent := func() int {
		is := debug.SetGCPercent(100)
		debug.SetGCPercent(is)
		return is
	}
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	want := func(what string, want int) {
		t.Helper()
		if got := percent(); got != want {
			t.Errorf("%s: got %d %%, want %d", what, got, want)
		}
	}

	var g garbage
	g.gather()
	want("at first", garbagePercent)
	first := g.export()
	second := g.export()
	want("two exports", garbagePercentExporting)
	first()
	want("one of them", garbagePercentExporting)
	second()
	want("none", garbagePercent)

	debug.SetGCPercent(70)
	var told garbage
	told.gather()
	want("told 70", 70)
	told.export()()
	want("told 70, after an export", 70)
}
