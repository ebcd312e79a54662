package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"trustlyportal/store/storetest"
)

// starts measures what a portal costs before anybody asks it for anything.
func (b *bench) starts() {
	b.startsOn("SQLite", func() string { return "sqlite:" + filepath.Join(b.TempDir(), "portal.db") })
	b.startsOn("PostgreSQL", func() string { return storetest.Server(b.T).New(b.T, "") })
	info, err := os.Stat(b.binary)
	if err != nil {
		b.Fatal(err)
	}
	b.add(figure{name: "binary", value: float64(info.Size()) / 1e6, unit: "MB", most: 40, from: "stripped, as make build makes it"})
}

// memorySettles is how long a portal is left alone before its memory is read.
const memorySettles = 3 * time.Second

func (b *bench) startsOn(engine string, database func() string) {
	var first, again []time.Duration
	var idle int64
	for i := range 5 {
		env := b.settings(database())
		first = append(first, b.readyAfter(env, func(*process) {}))
		again = append(again, b.readyAfter(env, func(p *process) {
			if i == 0 {
				time.Sleep(memorySettles)
				idle = p.resident()
			}
		}))
	}
	b.add(figure{name: "start to ready, " + engine, value: median(again).Seconds(), unit: "s", most: 0.5,
		from: fmt.Sprintf("the median of %d; %.2f s when it makes its tables", len(again), median(first).Seconds())})
	b.add(figure{name: "idle memory, " + engine, value: float64(idle) / 1e6, unit: "MB", most: 40, from: "resident, some seconds after the start"})
}

// readyAfter starts a portal, waits until it says by itself and by /readyz that it can serve, and ends it.
func (b *bench) readyAfter(env []string, meanwhile func(*process)) time.Duration {
	began := time.Now()
	p := b.start(env)
	defer p.kill()
	res, err := http.Get(p.url + "/readyz")
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("GET /readyz: got %v, %v, want 200", res, err)
	}
	_ = res.Body.Close()
	took := time.Since(began)
	meanwhile(p)
	return took
}
