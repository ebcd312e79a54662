package auth

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRoleMap(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]RoleMap{
		"":                                  nil,
		"staff=support":                     {{"staff", Support}},
		"\tstaff = support , bosses=admin,": {{"staff", Support}, {"bosses", Admin}},
		`CN=a\,DC=example=finance`:          {{"CN=a,DC=example", Finance}},
		`back\\slash=support`:               {{`back\slash`, Support}},
		"a=admin=support":                   {{"a=admin", Support}},
		"Überblick=support":                 {{"Überblick", Support}},
	} {
		got, err := ParseRoleMap(text)
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"staff":                         "no equals sign",
		"=support":                      "no value",
		"staff=boss":                    `"boss" is not a role`,
		"staff=Support":                 `"Support" is not a role`,
		"staff=support,staff=admin":     "twice",
		"staff=":                        "is not a role",
		"CN=a,DC=example=finance":       `"a" is not a role`,
		"staff=support,bosses:admin":    "no equals sign",
		"staff=support;bosses=overlord": "is not a role",
	} {
		if got, err := ParseRoleMap(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want an error with %q", text, got, err, want)
		}
	}
}

func TestHighestRole(t *testing.T) {
	t.Parallel()
	m := RoleMap{{"bosses", Admin}, {"staff", Support}, {"money", Finance}, {"others", Support}}
	for values, want := range map[string]Role{"": "", "x": "", "staff": Support, "staff,money": Finance, "money,staff,others": Finance, "x,bosses,staff": Admin, "STAFF": ""} {
		if got := m.Highest(strings.Split(values, ",")); got != want {
			t.Errorf("%s: got %q, want %q", values, got, want)
		}
	}
	if got := m.Highest(nil); got != "" {
		t.Errorf("nothing: got %q, want no role", got)
	}
}

// Whatever is written, it is refused or means the same when written out again; no pair is made up.
func FuzzParseRoleMap(f *testing.F) {
	for _, s := range []string{"staff=support,bosses=admin", `CN=a\,DC=b=finance`, `\`, `a\\=admin`, "=", ",,", "a=b=admin", " = support"} {
		f.Add(s)
	}
	escape := strings.NewReplacer(`\`, `\\`, `,`, `\,`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseRoleMap(text)
		if err != nil {
			return
		}
		var again []string
		for _, r := range m {
			if r.Value == "" || r.Value != strings.TrimSpace(r.Value) || m.Highest([]string{r.Value}) != r.Role {
				t.Errorf("%q: got the pair %q", text, r)
			}
			again = append(again, fmt.Sprintf("%s=%s", escape.Replace(r.Value), r.Role))
		}
		if got, err := ParseRoleMap(strings.Join(again, ",")); err != nil || !cmp.Equal(got, m) {
			t.Errorf("%q: written out again as %q it is %v, %v, want %v", text, again, got, err, m)
		}
	})
}
