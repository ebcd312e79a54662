package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

// tokensPage shows GET /account/tokens: the reader's access tokens, and a form for another.
func (w *web) tokensPage(c echo.Context) error {
	form, err := w.newTokenForm(c)
	if err != nil {
		return err
	}
	return w.drawTokens(c, http.StatusOK, views.TokensPage{Form: form})
}

// makeToken takes POST /account/tokens with name, scope and days. The answer itself shows the token: a page to go on to
// would have to keep it until then.
func (w *web) makeToken(c echo.Context) error {
	if err := limitForm(c); err != nil {
		return err
	}
	form, err := w.newTokenForm(c)
	if err != nil {
		return err
	}
	asked, ok := w.readTokenForm(c, &form)
	if !ok {
		return w.drawTokens(c, http.StatusUnprocessableEntity, views.TokensPage{Form: form})
	}
	text := auth.NewTokenText()
	token, err := w.Store.MakeToken(c.Request().Context(), asked, text.Hash())
	if errors.Is(err, store.ErrTooMany) {
		return &undone{fmt.Sprintf("You have %d tokens that work, as many as one may have.", auth.MaxTokens), "Revoke some of them under Account, Access tokens."}
	}
	if err != nil {
		return err
	}
	// The record names the token by its number, so it comes second; without it nobody gets to see the token.
	err = w.record(c, act{action: audit.MakeToken, object: token.Object(), detail: token.Scope.String() + ", until " + token.ExpiresAt.Format(recordedDay)})
	if err != nil {
		return errors.Join(err, w.Store.RevokeToken(c.Request().Context(), token.ID))
	}
	if form, err = w.newTokenForm(c); err != nil { // an empty one
		return err
	}
	f, err := w.formatter(c)
	if err != nil {
		return err
	}
	return w.drawTokens(c, http.StatusOK, views.TokensPage{Form: form, Made: views.MadeToken{
		Name: token.Name, Text: text.Reveal(), Header: "Authorization: Bearer " + text.Reveal(), Curl: w.curlFor(token.Scope, f.zone.String()), Expires: f.short(token.ExpiresAt) + " " + f.zoneName(token.ExpiresAt),
	}})
}

// recordedDay is how records write a day.
const recordedDay = "2006-01-02"

// revokeToken takes POST /account/tokens/{id}/revoke. Others' tokens are revoked on the page of their account.
func (w *web) revokeToken(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := strconv.ParseInt(c.Param("token"), 10, 64)
	if err != nil {
		id = 0 // no token's
	}
	token, err := w.Store.Token(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && token.OwnerID != reader(c).User.ID:
		w.notify(c, auth.Info, "That token is not among yours, or it ended long ago.")
		return c.Redirect(http.StatusSeeOther, tokensHref)
	case err != nil:
		return err
	}
	if token.Works(w.Now()) {
		if err := w.record(c, act{action: audit.RevokeToken, object: token.Object()}); err != nil {
			return err
		}
		if err := w.Store.RevokeToken(ctx, id); err != nil && !errors.Is(err, store.ErrNotFound) { // twice at once
			return err
		}
	}
	w.notify(c, auth.Success, "The token “"+search.Isolate(token.Name)+"” opens nothing any more.")
	return c.Redirect(http.StatusSeeOther, tokensHref)
}

const tokensHref = "/account/tokens"

func (w *web) drawTokens(c echo.Context, status int, p views.TokensPage) error {
	tokens, err := w.Store.Tokens(c.Request().Context(), reader(c).User.ID)
	if err != nil {
		return err
	}
	saved, err := w.Store.Views(c.Request().Context(), reader(c).User.ID)
	if err != nil {
		return err
	}
	f, err := w.formatter(c)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		p.Tokens = append(p.Tokens, f.token(t, reader(c).User, saved))
	}
	p.Frame, p.Pages, p.Zone = w.frame(c, "Access tokens"), w.accountNav(c), f.zone.String()
	return w.draw(c, status, views.Tokens(p))
}
