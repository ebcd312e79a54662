package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// quietTime is how long next to nothing may be allocated until the process counts as idle.
	quietTime = 15 * time.Second

	// quietBytes is what an idle process may allocate in quietTime: for housekeeping, probes and a look at the metrics.
	quietBytes = 2 << 20

	// worthBytes have to be allocated since memory was returned last, until it is worth collecting again.
	worthBytes = 8 << 20
)

// garbagePercent is how much garbage may gather, in percent of what is in use, before it is collected. At Go's own 100 the
// collector takes a tenth of a page's work; at 300 an export of 500,000 rows takes 50 MB rather than 27.
const garbagePercent = 200

// collectLess lets more garbage gather, unless the operator has said how much, by GOGC.
func collectLess() {
	const usual = 100
	if said := debug.SetGCPercent(garbagePercent); said != usual {
		debug.SetGCPercent(said)
	}
}

// returnIdleMemory gives memory back to the system whenever the process has been idle for a while, until ctx ends.
//
// On its own, the runtime collects what is garbage when as much again has been allocated, or after two minutes, and then
// keeps what the busiest moment needed for long. A check of one password takes 19 MiB. An idle portal thus held 64 MB,
// and holds some 35 MB with this. A busy one is not slowed down, as it would
// be by a limit to its memory.
func returnIdleMemory(ctx context.Context) {
	allocated := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	tick := time.NewTicker(quietTime)
	defer tick.Stop()
	var memory idleMemory
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		metrics.Read(allocated)
		if memory.toReturn(allocated[0].Value.Uint64()) {
			debug.FreeOSMemory()
		}
	}
}

// idleMemory is what has been allocated in all, when looked at every quietTime.
type idleMemory struct{ seen, returned uint64 }

// toReturn reports whether now is the time to return memory.
func (m *idleMemory) toReturn(allocated uint64) bool {
	quiet := allocated-m.seen < quietBytes
	m.seen = allocated
	if !quiet || allocated-m.returned < worthBytes {
		return false
	}
	m.returned = allocated
	return true
}
