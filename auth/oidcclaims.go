package auth

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// claims are what the provider says of a person.
type claims map[string]any

// readClaims reads a token's or the userinfo's JSON object.
func readClaims(read func(any) error) (claims, error) {
	var raw json.RawMessage
	if err := read(&raw); err != nil {
		return nil, err
	}
	c := claims{}
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	return c, nil
}

// find returns the claim at a path, in which dots reach into objects: "realm_access.roles". A name may itself hold
// dots, as "https://example.com/roles" does, so the longest name that is there counts.
func (c claims) find(path string) (any, bool) {
	if v, ok := c[path]; ok {
		return v, true
	}
	for at := strings.LastIndexByte(path, '.'); at >= 0; at = strings.LastIndexByte(path[:at], '.') {
		if object, ok := c[path[:at]].(map[string]any); ok {
			if v, ok := claims(object).find(path[at+1:]); ok {
				return v, true
			}
		}
	}
	return nil, false
}

// texts are the values of a claim that is a text or a list; what is no text in it is left out.
func (c claims) texts(path string) []string {
	v, _ := c.find(path)
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				list = append(list, s)
			}
		}
		return list
	}
	return nil
}

// text is a claim that is one text of at most maxClaim bytes without control characters, else "".
func (c claims) text(path string) string {
	v, _ := c.find(path)
	s, _ := v.(string)
	if len(s) > maxClaim || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

// maxClaim bounds a subject, a session id and an address (OpenID Connect Core, 2: a subject has at most 255 characters).
const maxClaim = 255

// verified reports whether the provider vouches for the e-mail address. Some write the word as a text.
func (c claims) verified() bool {
	return c["email_verified"] == true || c["email_verified"] == "true"
}

// addMissing takes over what others say and c does not; that an address is verified only of the same address.
func (c claims) addMissing(others claims) {
	email, has := c["email"]
	otherAddress := has && email != others["email"]
	for name, v := range others {
		if _, ok := c[name]; !ok && (name != "email_verified" || !otherAddress) {
			c[name] = v
		}
	}
}
