package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// exported writes an export of two rows in each format, with its receipt, and returns the directory.
func exported(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	view, errs := search.Parse("columns=transactionType,status,amount,createdAt&tz=America/New_York", time.Now())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	plan := export.NewPlan(view, time.Now())
	for _, format := range export.Formats() {
		var b bytes.Buffer
		out, err := format.New(&b, plan)
		if err != nil {
			t.Fatal(err)
		}
		tally := export.NewTally(plan)
		for _, text := range []string{
			`{"transactionId":"0012","transactionType":3,"status":4,"amount":"-12.5","currency":"USD","createdAt":1793511000000}`,
			`{"transactionId":"0013","transactionType":4,"status":4,"amount":"7.25","currency":"USD","createdAt":1793514600000}`,
		} {
			tx, err := trustlyclient.ParseTransaction([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			entry := plan.Entry(tx)
			if err := out.Write(entry.Row); err != nil {
				t.Fatal(err)
			}
			tally.Add(entry)
		}
		receipt := plan.Receipt(tally)
		receipt.Version = version()
		if err := out.Close(receipt); err != nil {
			t.Fatal(err)
		}
		text, err := receipt.JSON()
		if err != nil {
			t.Fatal(err)
		}
		save(t, filepath.Join(dir, "a."+format.Extension), b.Bytes())
		save(t, filepath.Join(dir, "a.receipt.json"), text)
	}
	return dir
}

func save(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestVerify(t *testing.T) {
	dir := exported(t)
	edited, err := os.ReadFile(filepath.Join(dir, "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join(dir, "edited.csv"), bytes.Replace(edited, []byte("7.25"), []byte("7.26"), 1))
	book, err := os.ReadFile(filepath.Join(dir, "a.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join(dir, "cut.xlsx"), book[:len(book)/2])
	save(t, filepath.Join(dir, "other.json"), []byte(`{"rows":2}`))
	for _, c := range []struct {
		file, receipt string
		code          int
		want          string
	}{
		{"a.csv", "a.receipt.json", 0, "a.csv holds: 2 rows"},
		{"a.xlsx", "a.receipt.json", 0, "a.xlsx holds: 2 rows"},
		{"a.jsonl", "a.receipt.json", 0, "a.jsonl holds: 2 rows"},
		{"a.jsonl", "a.xlsx", 0, "totals by type, status and currency: as the receipt says"},
		{"a.xlsx", "", 0, "a.xlsx holds: 2 rows"},
		{"edited.csv", "a.receipt.json", 1, "the totals differ"},
		{"cut.xlsx", "", 1, "the file breaks off"},
		{"cut.xlsx", "a.receipt.json", 1, "the file breaks off"},
		{"a.csv", "", 2, "only a workbook holds its own"},
		{"a.csv", "missing.json", 2, "no such file"},
		{"a.csv", "other.json", 2, "not the receipt of an export"},
		{"missing.csv", "a.receipt.json", 2, "no such file"},
		{"a.receipt.json", "a.receipt.json", 2, "none of the formats"},
	} {
		args := []string{"verify", filepath.Join(dir, c.file)}
		if c.receipt != "" {
			args = append(args, filepath.Join(dir, c.receipt))
		}
		stdout, stderr, code := command(t, nil, "", args...)
		if code != c.code || !strings.Contains(stdout+stderr, c.want) || code != 0 && stdout != "" {
			t.Errorf("verify %s %s: got code %d, %q, %q, want %d and %q", c.file, c.receipt, code, stdout, stderr, c.code, c.want)
		}
	}
}
