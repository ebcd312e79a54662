package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// loadExport is an export that came to its end, to be held against the API's ledger.
type loadExport struct {
	how          string
	from, before int64
	kind         string // transactionType, or ""
	ids          []string
}

// exportPatience is how long a job may take, the faults included.
const exportPatience = 5 * time.Minute

// account exports, again and again: by jobs and by streamed files in turn.
func (v *visitor) account(ctx context.Context) {
	for turn := 0; ctx.Err() == nil; turn++ {
		if v.cookie == "" && !v.signIn(ctx) {
			v.pause(ctx)
			continue
		}
		kind := []string{"", "1", "2"}[v.drawn.IntN(3)]
		from := v.oldest + v.drawn.Int64N((v.newest-v.oldest)*9/10)
		if turn%2 == 0 {
			v.exportByJob(ctx, from, kind)
		} else {
			v.exportByStream(ctx, from, kind)
		}
		select {
		case <-ctx.Done():
		case <-time.After(v.exportPause):
		}
	}
}

func exportQuery(from, before int64, kind string) string {
	query := url.Values{"tz": {"America/New_York"}, "createdAt.start": {strconv.FormatInt(from, 10)}}
	if before > 0 {
		query.Set("createdAt.end", strconv.FormatInt(before, 10))
	}
	if kind != "" {
		query.Set("transactionType", kind)
	}
	return query.Encode()
}

// exportByJob starts an export, comes back until it is complete, and downloads it, as often as it takes.
func (v *visitor) exportByJob(ctx context.Context, from int64, kind string) {
	a := v.ask(ctx, "start export", http.MethodPost, "/exports", url.Values{"query": {exportQuery(from, 0, kind)}, "format": {"csv"}, "columns": {"shown"}}, http.StatusSeeOther)
	place := a.header.Get("Location")
	if !a.good || !strings.HasPrefix(place, "/exports/") {
		return
	}
	for end := time.Now().Add(exportPatience); time.Now().Before(end); time.Sleep(v.think) {
		page := v.ask(ctx, "export's page", http.MethodGet, place, nil, http.StatusOK)
		if !page.good || !strings.Contains(page.body, ".receipt.json") {
			continue
		}
		receipt := v.ask(ctx, "receipt", http.MethodGet, place+"/all.receipt.json", nil, http.StatusOK)
		file := v.ask(ctx, "download", http.MethodGet, place+"/all.csv", nil, http.StatusOK)
		if !receipt.good || !file.good {
			continue
		}
		var is struct {
			AsOf time.Time
			Rows int
		}
		err := json.Unmarshal([]byte(receipt.body), &is)
		ids, problem := idsOf(file.body)
		if err != nil || problem != nil || is.Rows != len(ids) {
			v.Errorf("export job: got %v, %v, and %d rows of %d", err, problem, len(ids), is.Rows)
			return
		}
		v.exportEnded(loadExport{how: "job", from: from, before: is.AsOf.UnixMilli(), kind: kind, ids: ids})
		return
	}
	v.Errorf("export %s: got it not complete after %s", place, exportPatience)
}

// exportByStream downloads a file as it is made, of rows that were there before the load began.
func (v *visitor) exportByStream(ctx context.Context, from int64, kind string) {
	file := v.ask(ctx, "streamed CSV", http.MethodGet, "/transactions.csv?"+exportQuery(from, v.newest, kind), nil, http.StatusOK)
	if !file.good {
		return
	}
	ids, err := idsOf(file.body)
	if err != nil {
		v.Errorf("streamed CSV: %v", err)
		return
	}
	v.exportEnded(loadExport{how: "streamed CSV", from: from, before: v.newest, kind: kind, ids: ids})
}

func (l *load) exportEnded(e loadExport) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.exports = append(l.exports, e)
}

// idsOf are the ids of a file, in its order.
func idsOf(file string) ([]string, error) {
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil || len(rows) == 0 || rows[0][0] != "transactionId" {
		return nil, fmt.Errorf("file of %d lines: %w", len(rows), err)
	}
	ids := []string{}
	for _, row := range rows[1:] {
		ids = append(ids, row[0])
	}
	return ids, nil
}

// checkExports holds each export's ids against those that the API has, and returns how many rows that were.
func (l *load) checkExports() (rows int) {
	l.Helper()
	for _, e := range l.exports {
		want := l.ledger(e.from, e.before, e.kind).IDs
		if !slices.Equal(e.ids, want) {
			l.Errorf("%s from %d to %d of type %q: got %d ids, want the API's %d, in order", e.how, e.from, e.before, e.kind, len(e.ids), len(want))
		}
		rows += len(want)
	}
	return rows
}
