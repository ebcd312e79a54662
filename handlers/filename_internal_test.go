package handlers

import (
	"mime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"trustlyportal/export"
	"trustlyportal/search"
)

func TestFileNameTellsTheView(t *testing.T) {
	now := time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)
	w := &web{Config: Config{Environment: "SANDBOX"}}
	format, _ := export.FormatOf("xlsx")
	for query, want := range map[string]string{
		"": "transactions-sandbox-as-of-20261120-150405-utc.xlsx",
		"transactionType=3&transactionStatus=5&createdAt.start=2026-11-01&createdAt.end=2026-11-19&tz=America/New_York": "transactions-sandbox-capture-failed-from-20261101-to-20261119-as-of-20261120-100405-america-new-york.xlsx",
		"createdAt.start=now-1d&payment.customer.name=Joe+User":                                                         "transactions-sandbox-filtered-from-20261119-150405-as-of-20261120-150405-utc.xlsx",
		"payment.merchant.merchantId=../..\\%22%3B%25é中":                                                                "transactions-sandbox-merchant-..-..-é中-as-of-20261120-150405-utc.xlsx",
	} {
		view, errs := search.Parse(query, now)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		if got := w.fileName(export.NewPlan(view, now), format); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", query, got, want)
		}
	}
}

func TestAttachmentHasBothForms(t *testing.T) {
	for name, want := range map[string]string{
		"a-b.csv": `attachment; filename="a-b.csv"`,
		"é 中.csv": `attachment; filename="_ _.csv"; filename*=UTF-8''%C3%A9%20%E4%B8%AD.csv`,
	} {
		if got := attachment(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// Whatever the name, the header is one line that leads back to it, and the name is one for every file system.
func FuzzFileName(f *testing.F) {
	for _, s := range []string{"DEMO", "../../etc/passwd", "a\"b\r\nSet-Cookie: x", "\u202Egnp.exe", "CON", strings.Repeat("é", 300), "\xff", "ÅNGSTRÖM"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := "transactions-" + safeName(s, longestName) + ".csv"
		if strings.ContainsAny(name, "/\\\"'%:*?<>|\r\n\x00 ") || !utf8.ValidString(name) || len(name) > 220 {
			t.Errorf("%q: got the name %q", s, name)
		}
		header := attachment(name)
		kind, params, err := mime.ParseMediaType(header)
		if err != nil || kind != "attachment" || params["filename"] != name || strings.ContainsAny(header, "\r\n") {
			t.Errorf("%q: got %q, which reads as %q and %v", s, header, params["filename"], err)
		}
	})
}
