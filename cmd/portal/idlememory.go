package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
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

// How much garbage may gather, in percent of what is in use, before it is collected. At Go's own 100 the collector takes a
// tenth of a page's work, at 200 a twelfth, at 400 half of that; an export of 500,000 rows takes 27 MB at 200, and 50 at 300.
const (
	garbagePercent          = 400
	garbagePercentExporting = 200
)

// garbage lets more of it gather than usual, unless the operator has said how much, by GOGC.
type garbage struct {
	mu        sync.Mutex
	exporting int
	said      bool
}

func (g *garbage) gather() {
	const usual = 100
	if said := debug.SetGCPercent(garbagePercent); said != usual {
		debug.SetGCPercent(said)
		g.said = true
	}
}

// export lets less gather until ended is called.
func (g *garbage) export() (ended func()) {
	g.count(+1)
	return func() { g.count(-1) }
}

func (g *garbage) count(more int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	before := g.exporting
	g.exporting += more
	switch {
	case g.said:
	case before == 0:
		debug.SetGCPercent(garbagePercentExporting)
	case g.exporting == 0:
		debug.SetGCPercent(garbagePercent)
		go runtime.GC() // else it would be that much of what the export had in use
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
