package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

func TestTokenText(t *testing.T) {
	shape := regexp.MustCompile(`^tpp_[A-Z2-7]{56}$`) // what docs tell scanners
	seen := map[string]bool{}
	for range 100 {
		token := NewTokenText()
		text := token.Reveal()
		if !shape.MatchString(text) || seen[text] {
			t.Fatalf("got the token %q, want one of %s that is new", text, shape)
		}
		seen[text] = true
		again, err := ParseTokenText(text)
		if err != nil || again.Reveal() != text || again.Hash() != token.Hash() {
			t.Errorf("read back: got %q and %v, want the same", again.Reveal(), err)
		}
	}
}

// Any one character changed, left out, doubled or swapped with its neighbour is noticed without a look into a store.
func TestTokenTyposAreNoticed(t *testing.T) {
	text := NewTokenText().Reveal()
	for i := range len(text) {
		wrong := []string{text[:i] + text[i+1:], text[:i] + text[i:i+1] + text[i:], text[:i]}
		for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 \n=a0_" {
			wrong = append(wrong, text[:i]+string(c)+text[i+1:], text[:i]+string(c)+text[i:])
		}
		if i > 0 {
			wrong = append(wrong, text[:i-1]+text[i:i+1]+text[i-1:i]+text[i+1:])
		}
		for _, w := range wrong {
			if w == text {
				continue
			}
			if _, err := ParseTokenText(w); !errors.Is(err, ErrMisspelt) {
				t.Errorf("%q, where %q is right: got %v, want ErrMisspelt", w, text, err)
			}
		}
	}
}

// A token comes out of nothing that prints, logs or encodes, however deep it lies.
func TestTokenIsNotPrinted(t *testing.T) {
	token := NewTokenText()
	secret := token.Reveal()[len(tokenPrefix):]
	type open struct{ Token TokenText }
	type closed struct{ token TokenText }
	var b bytes.Buffer
	for _, v := range []any{token, &token, open{token}, &open{token}, closed{token}, &closed{token}, []TokenText{token}, map[string]closed{"x": {token}}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&b, nil)).Info("m", "v", v)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "v", v)
		if err := json.NewEncoder(&b).Encode(v); err != nil {
			t.Error(err)
		}
	}
	fmt.Fprintln(&b, token, fmt.Errorf("%w: %v", ErrMisspelt, token))
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret)} {
		if i := strings.Index(b.String(), form); i >= 0 {
			t.Errorf("the token was printed: %s", b.String()[max(0, i-100):i+20])
		}
	}
	if !strings.Contains(b.String(), hiddenToken) {
		t.Errorf("got %q, want it to say %s", b.String(), hiddenToken)
	}
	if (TokenText{}).Reveal() != "" {
		t.Error("the zero token has a text")
	}
}

func TestParseBearer(t *testing.T) {
	text := NewTokenText().Reveal()
	for _, c := range []struct {
		header []string
		good   bool
	}{
		{[]string{"Bearer " + text}, true},
		{[]string{"bearer " + text}, true},
		{[]string{"BEARER   " + text + " "}, true},
		{nil, false},
		{[]string{""}, false},
		{[]string{"Bearer"}, false},
		{[]string{"Bearer "}, false},
		{[]string{text}, false},
		{[]string{"Bearer" + text}, false},
		{[]string{"Bearer\t" + text}, false},
		{[]string{" Bearer " + text}, false},
		{[]string{"Basic " + text}, false},
		{[]string{"Bearer " + text + ", Bearer " + text}, false},
		{[]string{"Bearer " + text + " " + text}, false},
		{[]string{"Bearer " + text, "Bearer " + text}, false},
		{[]string{"Bearer " + strings.ToLower(text)}, false},
		{[]string{`Bearer "` + text + `"`}, false},
		{[]string{"Bearer " + text[:30] + "\n" + text[30:]}, false},
	} {
		got, err := ParseBearer(c.header)
		if (err == nil) != c.good || c.good && got.Reveal() != text || !c.good && !errors.Is(err, ErrMisspelt) {
			t.Errorf("%q: got %q and %v, want good %t", c.header, got.Reveal(), err, c.good)
		}
	}
}

// Whatever a client sends is read or refused, and what is read is a token as this package makes them.
func FuzzParseBearer(f *testing.F) {
	for _, seed := range []string{"Bearer " + NewTokenText().Reveal(), "Bearer tpp_", "Basic dXNlcjpwYXNz", "bearer \x00", "Bearer tpp_" + strings.Repeat("A", 56), "Bearer tpp_" + strings.Repeat("=", 56)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got, err := ParseBearer([]string{header})
		if err != nil {
			if !errors.Is(err, ErrMisspelt) {
				t.Fatalf("%q: got %v, want ErrMisspelt", header, err)
			}
			return
		}
		if again, err := ParseTokenText(got.Reveal()); err != nil || again.Hash() != got.Hash() || !strings.HasSuffix(strings.TrimRight(header, " "), got.Reveal()) {
			t.Fatalf("%q: got %q, want the token in it", header, got.Reveal())
		}
	})
}

func TestScopes(t *testing.T) {
	for _, c := range []struct {
		text               string
		want               Scope
		good               bool
		any, other, itself bool // covers no view, another view, its own
	}{
		{"export", Scope{Kind: ScopeExport}, true, true, true, true},
		{"view:ab12", Scope{ScopeView, "ab12"}, true, false, false, true},
		{"view:a:b", Scope{ScopeView, "a:b"}, true, false, false, false},
		{text: ""}, {text: "view"}, {text: "view:"}, {text: "export:"}, {text: "export:ab12"}, {text: "Export"}, {text: "all"}, {text: ":"},
	} {
		got, err := ParseScope(c.text)
		if (err == nil) != c.good || got != c.want {
			t.Errorf("%q: got %+v and %v, want %+v", c.text, got, err, c.want)
		}
		if c.good && got.String() != c.text {
			t.Errorf("%q: got %q written", c.text, got.String())
		}
		if got.Covers("") != c.any || got.Covers("other") != c.other || got.Covers("ab12") != c.itself {
			t.Errorf("%q: covers none %t, another %t, ab12 %t; want %t, %t, %t", c.text, got.Covers(""), got.Covers("other"), got.Covers("ab12"), c.any, c.other, c.itself)
		}
		for _, p := range Permissions() {
			if want := c.good && p == Export; got.May(p) != want {
				t.Errorf("%q: may %s is %t, want %t", c.text, p, got.May(p), want)
			}
		}
	}
	if got := len(ScopeKinds()); got != len(scopes) {
		t.Errorf("got %d kinds listed of %d", got, len(scopes))
	}
	// A token never may more than its owner: role by role, permission by permission.
	for _, role := range Roles() {
		for _, p := range Permissions() {
			id := Identity{User: User{ID: 1, Role: role}, Token: Token{ID: 1, Scope: Scope{Kind: ScopeExport}}}
			if want := p == Export && role.May(Export); id.May(p) != want {
				t.Errorf("a token of %s: may %s is %t, want %t", role, p, id.May(p), want)
			}
		}
	}
	if (Identity{User: User{ID: 1, Role: Admin}, Token: Token{Scope: Scope{Kind: ScopeExport}}}).May(Export) {
		t.Error("a token without an id may export")
	}
}
