package trustlytest

import (
	"encoding/json"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestSameSeedSameBytes(t *testing.T) {
	options := Options{Seed: 42, Rows: 1200, Now: at(testNow)}
	a, b := New(options), New(options)
	options.Seed++
	c := New(options)
	for _, target := range []string{
		"/transactions?count=100", "/transactions?orderBy=updatedAt&count=100&startIndex=200", "/transactions?sortOrder=asc", "/transactions/" + a.Records()[600].ID,
	} {
		x, y := get(a, target), get(b, target)
		if x.Code != 200 || x.Body.String() != y.Body.String() {
			t.Errorf("%s: the same seed gives different answers (%d)", target, x.Code)
		}
		if z := get(c, target); z.Body.String() == x.Body.String() && !strings.Contains(target, "asc") {
			t.Errorf("%s: another seed gives the same answer", target)
		}
	}
}

func TestRows(t *testing.T) {
	for _, n := range []int{-1, 1, 2, 17, 100, 999, 1000, 10_000} {
		if got, want := len(New(Options{Rows: n, Now: at(testNow)}).Records()), max(n, 0); got != want {
			t.Errorf("Rows %d: got %d", n, got)
		}
	}
}

// decimal reads an amount as the API writes it.
func decimal(t *testing.T, text string) *big.Rat {
	t.Helper()
	whole, cents, ok := strings.Cut(text, ".")
	r, good := new(big.Rat).SetString(text)
	if !ok || !good || whole == "" || len(cents) != 2 {
		t.Fatalf("%q is not an amount with two decimals", text)
	}
	return r
}

type figures struct{ Amount, Pending, Paid, Refunded, Reversed, Balance string }

// TestFiguresAddUp holds the answers, not the records, against the rule of the package comment.
func TestFiguresAddUp(t *testing.T) {
	s := New(Options{Seed: 5, Rows: 6000, Now: at(testNow), Arrival: time.Minute})
	checkFigures(t, s)
	s.Advance(testNow.Add(6 * time.Hour))
	s.Advance(testNow.Add(5 * 24 * time.Hour))
	checkFigures(t, s)
}

func checkFigures(t *testing.T, s *Server) {
	t.Helper()
	sums := map[string]map[string]*big.Rat{}
	payments := map[string]figures{}
	parents := map[string]figures{}
	type sent struct {
		TransactionID, OriginalTransactionID string
		TransactionType, Status              int
		figures
		Payment struct {
			PaymentID string
			figures
		}
	}
	var list []sent
	for _, r := range s.Records() {
		if r.ID == ExampleID {
			continue
		}
		e := s.encoder(1)
		e.transaction(&r)
		var tx sent
		if err := json.Unmarshal(e.buf, &tx); err != nil {
			t.Fatalf("%v in %s", err, e.buf)
		}
		list = append(list, tx)
		parents[tx.TransactionID] = tx.figures
	}
	back := map[string]*big.Rat{} // by original: what refunds and reclaims gave back
	for _, tx := range list {
		for _, f := range []figures{tx.figures, tx.Payment.figures} {
			balance := new(big.Rat).Sub(decimal(t, f.Paid), decimal(t, f.Refunded))
			if balance.Sub(balance, decimal(t, f.Reversed)).Cmp(decimal(t, f.Balance)) != 0 || balance.Sign() < 0 {
				t.Errorf("transaction %s: balance of %+v does not add up", tx.TransactionID, f)
			}
		}
		switch tx.Status {
		case StatusNew, StatusPending, StatusAuthorized, StatusProcessed, StatusOnHold, 77:
		default:
			if decimal(t, tx.Pending).Sign() != 0 {
				t.Errorf("transaction %s: status %d is over, got pending %s", tx.TransactionID, tx.Status, tx.Pending)
			}
		}
		id := tx.Payment.PaymentID
		if old, ok := payments[id]; ok && old != tx.Payment.figures {
			t.Errorf("payment %s has figures %+v and %+v", id, old, tx.Payment.figures)
		}
		payments[id] = tx.Payment.figures
		if sums[id] == nil {
			sums[id] = map[string]*big.Rat{"pending": {}, "paid": {}, "refunded": {}, "reversed": {}, "balance": {}}
		}
		for name, text := range map[string]string{"pending": tx.Pending, "paid": tx.Paid, "refunded": tx.Refunded, "reversed": tx.Reversed, "balance": tx.Balance} {
			sums[id][name].Add(sums[id][name], decimal(t, text))
		}
		if tx.OriginalTransactionID != "" {
			if _, ok := parents[tx.OriginalTransactionID]; !ok {
				t.Errorf("transaction %s comes from %s, which is not there", tx.TransactionID, tx.OriginalTransactionID)
			}
		}
		if (tx.TransactionType == Refund || tx.TransactionType == Reclaim) && tx.Status == StatusCompleted {
			if back[tx.OriginalTransactionID] == nil {
				back[tx.OriginalTransactionID] = new(big.Rat)
			}
			back[tx.OriginalTransactionID].Add(back[tx.OriginalTransactionID], decimal(t, tx.Amount))
		}
	}
	for id, f := range payments {
		for name, text := range map[string]string{"pending": f.Pending, "paid": f.Paid, "refunded": f.Refunded, "reversed": f.Reversed, "balance": f.Balance} {
			if sums[id][name].Cmp(decimal(t, text)) != 0 {
				t.Errorf("payment %s: got %s %s, want the sum over its records %s", id, name, text, sums[id][name].FloatString(2))
			}
		}
	}
	for _, tx := range list {
		want := back[tx.TransactionID]
		if want == nil {
			want = new(big.Rat)
		}
		if decimal(t, tx.Refunded).Cmp(want) != 0 {
			t.Errorf("transaction %s: got refunded %s, want what its refunds gave back, %s", tx.TransactionID, tx.Refunded, want.FloatString(2))
		}
	}
	if len(payments) < 1000 || len(back) < 50 {
		t.Errorf("looked at %d payments and %d refunded records, which shows little", len(payments), len(back))
	}
}

// TestScenarios looks for each scenario of the reference that concerns data.
func TestScenarios(t *testing.T) {
	for seed := range uint64(5) {
		testScenarios(t, New(Options{Seed: seed, Rows: 1000, Now: at(testNow)}))
	}
}

func testScenarios(t *testing.T, s *Server) {
	rows := s.Records()
	byID := map[string]Record{}
	children := map[string][]Record{}
	for _, r := range rows {
		byID[r.ID] = r
		children[r.OriginalID] = append(children[r.OriginalID], r)
	}
	child := func(r Record, kind, status int) bool {
		for _, c := range children[r.ID] {
			if c.Type == kind && (c.Status == status || status < 0) {
				return true
			}
		}
		return false
	}
	captures := map[string]int{}
	for _, r := range rows {
		if r.Type == Capture {
			captures[r.payment().ID]++
		}
	}
	for name, holds := range map[string]func(Record) bool{
		"1 partly refunded": func(r Record) bool {
			return r.Type == Capture && r.Status == 11 && child(r, Refund, 4) && byID[r.OriginalID].Status == 2
		},
		"1 refunded": func(r Record) bool {
			return r.Type == Capture && r.Status == 12 && r.Balance() == 0 && child(r, Refund, 4)
		},
		"2 declined": func(r Record) bool {
			return r.Type == Capture && r.Status == 8 && r.ProviderStatus == "SW021" && r.rare().ReasonCode != ""
		},
		"3 pattern code": func(r Record) bool {
			return r.Status == 8 && r.ProviderStatus == "SW054" && r.rare().ExtendedReason != ""
		},
		"4 unauthorized with record": func(r Record) bool { return r.Status == 10 && r.ProviderStatus[0] == 'R' && child(r, Reverse, 4) },
		"4 unauthorized without":     func(r Record) bool { return r.Status == 10 && r.ProviderStatus[0] == 'R' && !child(r, Reverse, -1) },
		"5 retry": func(r Record) bool {
			return r.Status == 8 && r.ProviderStatus == "R01" && r.rare().RepresentmentAt != 0 && child(r, Representment, 4)
		},
		"6 payout": func(r Record) bool {
			return r.Type == Deposit && r.InstantSettle && r.Status == 4 && child(r, Reclaim, 4)
		},
		"7 instant": func(r Record) bool {
			return r.Type == Pay && r.Status == 4 && r.OriginalID == "" && r.Payment.Type == Instant
		},
		"8 recurring": func(r Record) bool {
			return r.payment().Recurrence != nil && captures[r.Payment.ID] >= 3 && r.Payment.Recurrence.Next > testNow.UnixMilli()
		},
		"9 user canceled": func(r Record) bool {
			return r.Type == Authorize && r.Status == 7 && strings.HasPrefix(r.ProviderStatus, "UC")
		},
		"9 failed":         func(r Record) bool { return r.Type == Authorize && r.Status == 5 },
		"9 expired":        func(r Record) bool { return r.Type == Authorize && r.Status == 6 },
		"9 new":            func(r Record) bool { return r.Type == Authorize && r.Status == 0 },
		"9 pending":        func(r Record) bool { return r.Type == Authorize && r.Status == 1 },
		"10 on hold":       func(r Record) bool { return r.Status == 14 && r.Payment.VerificationStatus == 2 },
		"11 unknown codes": func(r Record) bool { return r.Type == 99 && r.Status == 77 && r.ProviderStatus == "ZZ9" },
		"12 Canada": func(r Record) bool {
			return r.payment().Currency == "CAD" && strings.HasPrefix(r.ProviderStatus, "EFT_9")
		},
		"13 amount 0.00":    func(r Record) bool { return r.Type == Authorize && r.Amount == 0 },
		"13 no times":       func(r Record) bool { return r.Type == Capture && r.ProcessedAt == 0 && r.CompletedAt == 0 },
		"14 markup":         func(r Record) bool { return strings.Contains(r.payment().customer().Name, "<script>") },
		"14 right to left":  func(r Record) bool { return strings.Contains(r.payment().customer().Name, "שלום") },
		"14 200 characters": func(r Record) bool { return utf8.RuneCountInString(r.payment().customer().Name) == 200 },
		"14 formula":        func(r Record) bool { return strings.HasPrefix(r.payment().customer().Name, "=HYPERLINK(") },
		"undeclared fields": func(r Record) bool { return strings.Contains(r.rare().Undeclared, "zz-trace") },
		"preauthorization":  func(r Record) bool { return r.Type == Preauthorization && r.rare().ExpiredAt != 0 },
		"preauthorized":     func(r Record) bool { return r.PreAuthorized && byID[r.OriginalID].Type == Preauthorization },
		"documented example": func(r Record) bool {
			return r.ID == ExampleID && r.CreatedAt == 1555629937054 && r.Payment.Account.Number == "7833"
		},
	} {
		found := false
		for _, r := range rows {
			found = found || holds(r)
		}
		if !found {
			t.Errorf("seed %d: no record shows scenario %q", s.options.Seed, name)
		}
	}
}

func TestMissingPartsAreNullOrLeftOut(t *testing.T) {
	s := New(Options{Seed: 1, Rows: 10_000, Now: at(testNow)})
	seen := map[string]int{}
	for _, r := range s.Records() {
		e := s.encoder(1)
		e.transaction(&r)
		var tx map[string]json.RawMessage
		var payment map[string]json.RawMessage
		if json.Unmarshal(e.buf, &tx) != nil || json.Unmarshal(tx["payment"], &payment) != nil {
			t.Fatalf("not JSON: %s", e.buf)
		}
		for _, part := range []string{"customer", "account"} {
			if v, ok := payment[part]; !ok {
				seen[part+" left out"]++
			} else if string(v) == "null" {
				seen[part+" null"]++
			}
		}
		for _, part := range []string{"processedAt", "completedAt"} {
			if string(tx[part]) == "null" {
				seen[part+" null"]++
			}
		}
		if tx["createdAt"] == nil || tx["updatedAt"] == nil || r.UpdatedAt < r.CreatedAt {
			t.Errorf("transaction %s: created %s, updated %s", r.ID, tx["createdAt"], tx["updatedAt"])
		}
	}
	for _, want := range []string{"customer left out", "customer null", "account left out", "account null", "processedAt null", "completedAt null"} {
		if seen[want] == 0 {
			t.Errorf("no record has %s", want)
		}
	}
}

func TestHostileNamesAreAFewAndAll(t *testing.T) {
	rows := New(Options{Seed: 1, Now: at(testNow)}).Records()
	have := map[string]int{}
	total := 0
	for _, r := range rows {
		have[r.payment().customer().Name]++
	}
	for _, name := range hostileNames {
		if have[name] == 0 {
			t.Errorf("nobody is called %q", name)
		}
		total += have[name]
	}
	if total > len(rows)/20 {
		t.Errorf("got %d hostile rows of %d, want a small share", total, len(rows))
	}
}

func TestSizeAndSpeed(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	const rows = 100_000
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	s := New(Options{Rows: rows, Now: at(testNow)})
	if perRow := (heap() - before) / rows; perRow > 650 {
		t.Errorf("got %d bytes per row, want about 600", perRow)
	} else {
		t.Logf("%d bytes per row", perRow)
	}
	runtime.KeepAlive(s)
}

func BenchmarkNew(b *testing.B) {
	for _, rows := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			for b.Loop() {
				New(Options{Rows: rows, Now: at(testNow)})
			}
		})
	}
}

func BenchmarkAdvanceOneDay(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := New(Options{Now: at(testNow)})
		b.StartTimer()
		s.Advance(testNow.AddDate(0, 0, 1))
	}
}

func BenchmarkList(b *testing.B) {
	s := New(Options{Rows: 100_000, Now: at(testNow)})
	start := testNow.AddDate(0, 0, -30).UnixMilli()
	for name, q := range map[string]string{
		"newest":  "",
		"month":   fmt.Sprintf("createdAt.start=%d&transactionType=4&count=100", start),
		"by name": "customerName=dvo%C5%99&count=100",
		"nothing": "customerName=nobody+at+all",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				get(s, "/transactions?"+q)
			}
		})
	}
}
