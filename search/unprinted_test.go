package search

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestWhatIsSearchedForIsNotPrinted(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	const secret = "Zacharias"
	v, errs := Parse("payment.customer.name="+secret+"&tz=UTC", now)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	q := v.Query(now)
	var out bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		log := slog.New(handler)
		log.Info("said", "view", v, "pointer", &v, "query", q, "reading", Reading{Name: "payment.customer.name", Value: secret}, "leaf", Leaf{Path: "payment.customer.name", Text: secret})
		log.Info("said", "within", fmt.Errorf("failed for %v", v))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&out, verb+verb+verb+"\n", v, &v, q)
	}
	if text := out.String(); strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) || !strings.Contains(text, "view[payment.customer.name tz]") || !strings.Contains(text, "query[payment.customer.name]") {
		t.Errorf("got %s", text)
	}
}
