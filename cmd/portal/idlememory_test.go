package main

import "testing"

// Memory is returned once after each time of work, and never while there is some.
func TestIdleMemoryIsReturnedOnce(t *testing.T) {
	const mb = 1 << 20
	var memory idleMemory
	var allocated uint64
	for i, look := range []struct {
		more uint64 // allocated since the last look
		want bool
	}{
		{30 * mb, false}, // the start
		{0, true},
		{0, false},
		{mb, false}, // probes: little, and little to collect
		{mb, false},
		{500 * mb, false},
		{3 * mb, false}, // still somebody here
		{mb, true},
		{0, false},
		{mb, false}, {mb, false}, {mb, false}, {mb, false}, {mb, false}, {mb, false}, {mb, false},
		{mb, true}, // together they have become worth it
		{0, false},
	} {
		allocated += look.more
		if got := memory.toReturn(allocated); got != look.want {
			t.Errorf("look %d, %d bytes more: got %t, want %t", i, look.more, got, look.want)
		}
	}
}
