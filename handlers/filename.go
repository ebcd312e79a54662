package handlers

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// longestName is how long a file's name may be, its extension aside: with the extension and " (1)" it fits every file system.
const longestName = 180

// fileName tells whose transactions a file holds, which of them, of which days in which zone, as of when, and whether
// personal data is masked. Values that
// people typed are not in it, but for the merchant's number: names of files are seen by many.
func (w *web) fileName(plan *export.Plan, format export.Format) string {
	view := plan.View
	parts := []string{"transactions", w.Environment}
	if merchant := view.Value("payment.merchant.merchantId"); merchant != "" {
		parts = append(parts, "merchant "+merchant)
	}
	parts = append(parts, codeWords(view, "transactionType", "TransactionType"), codeWords(view, "transactionStatus", "TransactionStatus"))
	if narrowed(view) {
		parts = append(parts, "filtered")
	}
	created := plan.Query().Created
	if !created.Start.IsZero() {
		parts = append(parts, "from "+fileTime(created.Start, view.Zone))
	}
	if view.Has("createdAt.end") {
		parts = append(parts, "to "+fileEnd(created.End, view.Zone))
	}
	parts = append(parts, "as of "+plan.AsOf.In(view.Zone).Format("20060102 150405"), view.Zone.String())
	if spec := plan.Spec(); spec.Since != nil {
		parts = slices.Insert(parts, 1, "changed since "+spec.Since.In(view.Zone).Format("20060102 150405"))
	}
	if unmasked(plan) {
		parts = slices.Insert(parts, 1, "personal data in clear")
	}
	var named []string
	for _, part := range parts {
		if part != "" {
			named = append(named, part)
		}
	}
	return safeName(strings.Join(named, "-"), longestName) + "." + format.Extension
}

// codeWords are the names of the codes that a filter holds, a few of them.
func codeWords(view search.View, name, table string) string {
	var words []string
	for _, code := range view.Values(name) {
		word := code
		if m, ok := trustlyclient.LookupCode(table, code); ok {
			word = m.Name
		}
		words = append(words, word)
	}
	if len(words) > 3 {
		words = append(words[:3], "and more")
	}
	return strings.ToLower(strings.Join(words, " "))
}

// narrowed reports whether filters narrow the view that the name does not tell.
func narrowed(view search.View) bool {
	return view.Without("payment.merchant.merchantId", "transactionType", "transactionStatus", "createdAt.start", "createdAt.end").Filtered()
}

// fileTime is a day, and its time if it is not the day's start.
func fileTime(at time.Time, zone *time.Location) string {
	there := at.In(zone)
	if there.Hour() == 0 && there.Minute() == 0 && there.Second() == 0 {
		return there.Format("20060102")
	}
	return there.Format("20060102 150405")
}

// fileEnd is the last day of a range, or its end if that is within a day.
func fileEnd(end time.Time, zone *time.Location) string {
	if text := fileTime(end, zone); strings.Contains(text, " ") {
		return text
	}
	return end.Add(-time.Millisecond).In(zone).Format("20060102")
}

// safeName keeps letters and digits of any script, points and hyphens; anything else, which a file system, a shell or a
// reader may take for something else, becomes a hyphen.
func safeName(s string, longest int) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		keep := r == '.' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
		if !keep {
			r = '-'
		}
		if r == '-' && strings.HasSuffix(b.String(), "-") {
			continue
		}
		if b.Len()+utf8.RuneLen(r) > longest {
			break
		}
		b.WriteRune(r)
	}
	return strings.Trim(b.String(), ".-")
}

// attachment is the Content-Disposition of a file to keep. A name that is not plain ASCII is sent in both forms: that of
// RFC 6266, and one that every program reads.
func attachment(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/%`, r) {
			return '_'
		}
		return r
	}, name)
	header := `attachment; filename="` + plain + `"`
	if plain != name {
		header += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return header
}

// slug keeps what every file system takes.
func slug(s string) string {
	b := []byte(s)
	for i, ch := range b {
		switch {
		case ch >= 'A' && ch <= 'Z':
			b[i] = ch + 'a' - 'A'
		case ch >= 'a' && ch <= 'z', ch >= '0' && ch <= '9', ch == '.', ch == '-':
		default:
			b[i] = '-'
		}
	}
	return string(b)
}
