package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	exportInFlight = 8
	distantLatency = 50 * time.Millisecond
	distantRows    = 100_000 // of the exports from an API so far away
	distantRounds  = 2
)

// exports measures whole exports, as they are streamed and as jobs collect them, against a loop that fetches the same
// rows side by side and looks at none, and the memory they take.
func (b *bench) exports() {
	p := b.start(b.env)
	defer p.kill()
	cookie := signInTo(b.T, p.url, benchEmail, benchPassword)
	time.Sleep(memorySettles)
	idle := p.resident()

	b.pace(distantLatency)
	var streams, jobs, bares []float64
	for range distantRounds {
		bares = append(bares, b.fetch(distantRows))
		streams = append(streams, b.stream(p, cookie, distantRows))
		jobs = append(jobs, b.job(p, cookie, distantRows))
	}
	from := func(rate float64) string {
		return fmt.Sprintf("%.0f and %.0f rows a second, 8 requests in flight of 50 ms each", rate, median(bares))
	}
	b.add(figure{name: "CSV of 100,000 rows / bare fetch, API 50 ms away", value: median(streams) / median(bares), least: 0.9, from: from(median(streams))})
	b.add(figure{name: "export job / bare fetch, API 50 ms away", value: median(jobs) / median(bares), least: 0.9, from: from(median(jobs))})

	b.pace(0)
	bare := b.fetch(benchRows)
	for _, way := range []struct {
		name  string
		fetch func(*process, string, int) float64
	}{{"CSV of 500,000 rows", b.stream}, {"export job of 500,000 rows", b.job}} {
		stop := p.watchMemory()
		rate := way.fetch(p, cookie, benchRows)
		peak := stop()
		b.add(figure{name: way.name + ", API at hand", value: rate, unit: "rows/s", least: 60_000,
			from: fmt.Sprintf("a bare fetch loop gets %.0f, its API on the same cores", bare)})
		b.add(figure{name: way.name + ", memory over idle", value: float64(peak-idle) / 1e6, unit: "MB", most: 40,
			from: fmt.Sprintf("resident, %.0f MB at most", float64(peak)/1e6)})
	}
}

// pace sets how long the API takes, and lets the portal forget that people were about: while they are, exports leave one
// place to them.
func (b *bench) pace(latency time.Duration) {
	b.ask(b.api.url, "/_latency?"+latency.String())
	time.Sleep(2 * time.Second)
}

// newest is when the oldest of the newest rows was created.
func (b *bench) newest(rows int) int64 {
	var page struct{ Transactions []struct{ CreatedAt int64 } }
	body := b.ask(b.api.url, fmt.Sprintf("/api/v1/transactions?sortOrder=asc&count=1&startIndex=%d", benchRows-rows))
	if err := json.Unmarshal([]byte(body), &page); err != nil || len(page.Transactions) != 1 {
		b.Fatalf("the API's row: got %v, %s", err, body)
	}
	return page.Transactions[0].CreatedAt
}

// exported is the query of an export of about so many rows: rows that share the first one's instant come too.
func (b *bench) exported(rows int) url.Values {
	return url.Values{"createdAt.start": {fmt.Sprint(b.newest(rows))}, "tz": {"America/New_York"}}
}

// fetch is the bare loop. It returns the rows a second.
func (b *bench) fetch(rows int) float64 {
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("id:key"))
	start := b.newest(rows)
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range exportInFlight {
		c := newCaller(b.T, b.api.url, basic)
		all.Go(func() {
			for {
				at := int(next.Add(100)) - 100
				if at >= rows {
					return
				}
				if n, err := c.get(fmt.Sprintf("/api/v1/transactions?sortOrder=asc&count=100&startIndex=%d&createdAt.start=%d", at, start)); err != nil || n < 1000 {
					b.Errorf("bare fetch: got %d bytes, %v", n, err)
					return
				}
			}
		})
	}
	all.Wait()
	return float64(rows) / time.Since(began).Seconds()
}

// stream downloads a CSV file and counts its lines. It returns the rows a second.
func (b *bench) stream(p *process, cookie string, rows int) float64 {
	query := b.exported(rows)
	began := time.Now()
	res := b.send(http.MethodGet, p.url+"/transactions.csv?"+query.Encode(), cookie, "")
	defer res.Body.Close()
	lines, buffer := -1, make([]byte, 256<<10) // the first is the head
	for {
		n, err := res.Body.Read(buffer)
		lines += bytes.Count(buffer[:n], []byte("\n"))
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Fatalf("download: %v after %d lines", err, lines)
		}
	}
	if res.StatusCode != http.StatusOK || lines < rows || lines > rows+rows/100 { // some texts hold ends of lines
		b.Fatalf("download: got %s and %d rows, want %d", res.Status, lines, rows)
	}
	return float64(rows) / time.Since(began).Seconds()
}

// job starts an export and waits for its receipt. It returns the rows a second.
func (b *bench) job(p *process, cookie string, rows int) float64 {
	form := url.Values{"query": {b.exported(rows).Encode()}, "format": {"csv"}, "columns": {"shown"}}
	began := time.Now()
	res := b.send(http.MethodPost, p.url+"/exports", cookie, form.Encode())
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		b.Fatalf("start an export: got %s, want 303", res.Status)
	}
	receipt := p.url + res.Header.Get("Location") + "/all.receipt.json"
	for time.Since(began) < 5*time.Minute {
		time.Sleep(20 * time.Millisecond)
		res := b.send(http.MethodGet, receipt, cookie, "")
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			continue
		}
		var is struct{ Rows int }
		if err == nil {
			err = json.Unmarshal(body, &is)
		}
		if err != nil || is.Rows < rows || is.Rows > rows+100 {
			b.Fatalf("receipt: got %d rows, %v, want %d", is.Rows, err, rows)
		}
		return float64(rows) / time.Since(began).Seconds()
	}
	b.Fatal("the export did not end")
	return 0
}

func (b *bench) send(method, address, cookie, form string) *http.Response {
	req, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(form))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		b.Fatal(err)
	}
	return res
}

// watchMemory notes the most that the process holds until it is stopped.
func (p *process) watchMemory() (stop func() int64) {
	var peak atomic.Int64
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			peak.Store(max(peak.Load(), p.resident()))
			select {
			case <-ended:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() int64 {
		close(ended)
		<-done
		return peak.Load()
	}
}
