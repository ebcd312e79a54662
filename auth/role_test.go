package auth

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The table once more, written as a picture, so that a change of who may do what is made twice and on purpose.
func TestPermissions(t *testing.T) {
	want := strings.TrimSpace(`
                support finance admin
view            yes     yes     yes
reveal          yes     yes     yes
export          -       yes     yes
export-unmasked -       -       yes
audit           -       -       yes
manage-users    -       -       yes
`)
	var b strings.Builder
	fmt.Fprintf(&b, "%-16s", "")
	for _, r := range Roles() {
		fmt.Fprintf(&b, "%-8s", r)
	}
	for _, p := range Permissions() {
		fmt.Fprintf(&b, "\n%-16s", p)
		for _, r := range Roles() {
			mark := "-"
			if r.May(p) {
				mark = "yes"
			}
			fmt.Fprintf(&b, "%-8s", mark)
		}
	}
	got := b.String()
	for i, line := range strings.Split(want, "\n") {
		lines := strings.Split(got, "\n")
		if i >= len(lines) || strings.TrimSpace(lines[i]) != strings.TrimSpace(line) {
			t.Fatalf("permissions:\ngot\n%s\nwant\n%s", got, want)
		}
	}
	if len(granted) != len(Roles()) {
		t.Errorf("roles in the table: got %d, want the %d of Roles", len(granted), len(Roles()))
	}
}

func TestNobodyMayNothing(t *testing.T) {
	for _, p := range append(Permissions(), "", "anything") {
		for _, r := range []Role{"", "Admin", "root"} {
			if r.May(p) {
				t.Errorf("role %q may %q: got true, want false", r, p)
			}
		}
		if (Identity{User: User{Role: Admin}}).May(p) {
			t.Errorf("an identity without a login may %q: got true, want false", p)
		}
		login := Identity{LoginID: "L", User: User{Role: Admin}}
		if got, want := login.May(p), slices.Contains(Permissions(), p); got != want {
			t.Errorf("an administrator may %q: got %t, want %t", p, got, want)
		}
	}
}

func TestParseRole(t *testing.T) {
	for _, r := range Roles() {
		if got, err := ParseRole(string(r)); got != r || err != nil {
			t.Errorf("ParseRole(%q): got %q, %v, want the role", r, got, err)
		}
	}
	for _, s := range []string{"", "Admin", "admin ", "owner"} {
		if got, err := ParseRole(s); err == nil {
			t.Errorf("ParseRole(%q): got %q, want an error", s, got)
		}
	}
}

func TestIdentityInContext(t *testing.T) {
	if id, ok := IdentityFrom(t.Context()); ok {
		t.Errorf("IdentityFrom a bare context: got %+v, want none", id)
	}
	want := Identity{LoginID: "L", User: User{ID: 7}}
	if got, ok := IdentityFrom(WithIdentity(t.Context(), want)); !ok || got != want {
		t.Errorf("IdentityFrom: got %+v, %t, want %+v", got, ok, want)
	}
}

func TestCheckEmail(t *testing.T) {
	for email, ok := range map[string]bool{
		"ada@example.com":                 true,
		"  ADA+x@Example.com ":            true,
		"jürgen@müller.example":           true,
		"":                                false,
		"ada":                             false,
		"@example.com":                    false,
		"ada@":                            false,
		"a da@example.com":                false,
		"ada@example.com\nbob":            false,
		"<ada@example.com>":               false,
		"ada@example.com,bob@example.com": false,
		"\xffada@example.com":             false,
		strings.Repeat("a", 243) + "@example.com": false,
		strings.Repeat("a", 242) + "@example.com": true,
	} {
		if err := CheckEmail(email); (err == nil) != ok {
			t.Errorf("CheckEmail(%.30q): got %v, want ok %t", email, err, ok)
		}
	}
}
