package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// claimed reads the tokens that a code was exchanged for.
func (s *SSO) claimed(ctx context.Context, p *ssoProvider, h SSOHandshake, tokens *oauth2.Token) (Claimed, error) {
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" {
		return Claimed{}, ssoErrorf(SSOBadToken, "there is no ID token: is openid among the scopes?")
	}
	token, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return Claimed{}, verifyError(err)
	}
	said, err := readClaims(token.Claims)
	if err != nil {
		return Claimed{}, &SSOError{Reason: SSOBadToken, Err: tame(err)}
	}
	if err := s.checkToken(token, said, h, tokens.AccessToken); err != nil {
		return Claimed{}, err
	}
	c := Claimed{Issuer: s.config.Issuer, Subject: said.text("sub"), SessionID: said.text("sid"), IDToken: raw}
	if at, ok := said["auth_time"].(float64); ok && at > 0 && at < 1e11 { // seconds, up to the year 5138
		c.SignedInAt = time.Unix(int64(at), 0).UTC()
	}
	if h.Fresh > 0 && c.SignedInAt.Unix() < h.Fresh-int64(clockSkew/time.Second) {
		return c, &SSOError{Reason: SSONotFresh}
	}
	if err := s.askUserInfo(ctx, p, token, tokens, said); err != nil {
		return Claimed{}, err
	}
	c.Role = s.config.Roles.Highest(said.texts(s.config.RoleClaim))
	address := NormalizeEmail(said.text(s.config.EmailClaim))
	switch usable := CheckEmail(address) == nil; {
	case !usable:
	case s.config.EmailClaim == "email" && !said.verified():
		c.Unverified = true
	default:
		c.Email = address
	}
	return c, nil
}

// checkToken checks what go-oidc leaves to its callers (OpenID Connect Core, 3.1.3.7). It has checked the signature,
// the issuer, the expiry, and that the audience holds the portal.
func (s *SSO) checkToken(token *oidc.IDToken, said claims, h SSOHandshake, accessToken string) error {
	party, hasParty := said["azp"]
	switch {
	case !same(token.Nonce, h.Nonce):
		return &SSOError{Reason: SSOWrongNonce}
	case hasParty && party != s.config.ClientID:
		return ssoErrorf(SSOBadToken, "the ID token was issued to another party (azp)")
	case !hasParty && slices.ContainsFunc(token.Audience, func(a string) bool { return a != s.config.ClientID }):
		return ssoErrorf(SSOBadToken, "the ID token is for others too and does not say that the portal asked for it (azp)")
	case said.text("sub") == "":
		return ssoErrorf(SSOBadToken, "the ID token has no subject of 1 to %d characters", maxClaim)
	case token.IssuedAt.After(s.now().Add(clockSkew)):
		return ssoErrorf(SSOExpiredToken, "the ID token was issued in the future: one of the clocks is wrong")
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(accessToken); err != nil {
			return &SSOError{Reason: SSOBadToken, Err: tame(err)}
		}
	}
	return nil
}

// askUserInfo adds what the userinfo says and the ID token does not, if a claim that is needed is missing.
func (s *SSO) askUserInfo(ctx context.Context, p *ssoProvider, token *oidc.IDToken, tokens *oauth2.Token, said claims) error {
	_, hasRole := said.find(s.config.RoleClaim)
	_, hasEmail := said.find(s.config.EmailClaim)
	if hasRole && hasEmail || p.oidc.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := p.oidc.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return &SSOError{Reason: SSOUnanswered, Err: fmt.Errorf("userinfo: %w", tame(err))}
	}
	if info.Subject != token.Subject {
		return ssoErrorf(SSOBadToken, "the userinfo is about somebody else than the ID token")
	}
	more, err := readClaims(info.Claims)
	if err != nil {
		return &SSOError{Reason: SSOBadToken, Err: tame(err)}
	}
	said.addMissing(more)
	return nil
}

func verifyError(err error) *SSOError {
	if _, ok := errors.AsType[*oidc.TokenExpiredError](err); ok {
		return ssoErrorf(SSOExpiredToken, "the ID token had expired when it came: one of the clocks is wrong")
	}
	return &SSOError{Reason: SSOBadToken, Err: tame(err)}
}
