package auth

import (
	"fmt"
	"slices"
	"strings"
)

// RoleMap says which role a value of the provider's claim gives.
type RoleMap []RoleOf

// RoleOf is one row of a [RoleMap].
type RoleOf struct {
	Value string // of the claim, exactly
	Role  Role
}

// ParseRoleMap reads "value=role" pairs with commas between, such as "portal-admins=admin,staff=support". The role is
// behind the last equals sign. A backslash takes from the character behind it what it means here, so that
// "CN=staff\,DC=example=support" is one pair. Blanks around pairs, values and roles do not count. The error is for a
// person.
func ParseRoleMap(text string) (RoleMap, error) {
	var m RoleMap
	for _, pair := range splitEscaped(text) {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		at := strings.LastIndexByte(pair, '=')
		if at < 0 {
			return nil, fmt.Errorf("%q has no equals sign between a value and a role", pair)
		}
		value := strings.TrimSpace(pair[:at])
		role, err := ParseRole(strings.TrimSpace(pair[at+1:]))
		switch {
		case value == "":
			return nil, fmt.Errorf("%q has no value before the role", pair)
		case err != nil:
			return nil, fmt.Errorf("in %q, %w", pair, err)
		case slices.ContainsFunc(m, func(r RoleOf) bool { return r.Value == value }):
			return nil, fmt.Errorf("%q is there twice", value)
		}
		m = append(m, RoleOf{value, role})
	}
	return m, nil
}

// splitEscaped splits at commas that no backslash stands before, and removes the backslashes.
func splitEscaped(text string) []string {
	var parts []string
	var part strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
			part.WriteByte(text[i])
		case c == ',':
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(c)
		}
	}
	return append(parts, part.String())
}

// Highest is the highest role that any of the values gives; "" if none gives one.
func (m RoleMap) Highest(values []string) Role {
	highest := -1
	for _, r := range m {
		if slices.Contains(values, r.Value) {
			highest = max(highest, slices.Index(Roles(), r.Role))
		}
	}
	if highest < 0 {
		return ""
	}
	return Roles()[highest]
}
