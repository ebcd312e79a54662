package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/views"
)

const day = 24 * time.Hour

// tokenLives are the ends that the form offers, in days.
var tokenLives = []int{7, 30, int(auth.TokenLife / day), 180, int(auth.MaxTokenLife / day)}

// newTokenForm is the form as it stands before anything is typed. ?view=ID chooses that saved view.
func (w *web) newTokenForm(c echo.Context) (views.TokenForm, error) {
	if !reader(c).May(auth.Export) {
		return views.TokenForm{Refusal: "Your role does not include exports, so a token would open nothing. Ask an administrator of the portal if you need it."}, nil
	}
	saved, err := w.Store.Views(c.Request().Context(), reader(c).User.ID)
	if err != nil {
		return views.TokenForm{}, err
	}
	chosen := auth.Scope{Kind: auth.ScopeView, View: c.QueryParam("view")}.String()
	form := views.TokenForm{Any: views.Choice{Value: string(auth.ScopeExport), Label: "Exports of any view"}}
	for _, v := range saved {
		choice := views.Choice{Value: auth.Scope{Kind: auth.ScopeView, View: v.ID}.String(), Label: v.Name}
		if v.OwnerID != reader(c).User.ID {
			choice.Label = search.Isolate(v.Name) + " (of " + v.Owner + ")"
		}
		choice.On = choice.Value == chosen
		form.Views = append(form.Views, choice)
	}
	f, err := w.formatter(c)
	if err != nil {
		return views.TokenForm{}, err
	}
	for _, days := range tokenLives {
		end := w.Now().Add(time.Duration(days) * day)
		form.Lives = append(form.Lives, views.Choice{
			Value: strconv.Itoa(days), Label: fmt.Sprintf("In %d days, on %s", days, end.In(f.zone).Format("January 2, 2006")), On: days == int(auth.TokenLife/day),
		})
	}
	return form, nil
}

// readTokenForm reads what was sent, or says in the form what has to be changed.
func (w *web) readTokenForm(c echo.Context, form *views.TokenForm) (token auth.Token, ok bool) {
	r := c.Request()
	name, problem := TokenName(r.PostFormValue("name"))
	form.Name.Text = name
	scope, days := r.PostFormValue("scope"), r.PostFormValue("days")
	form.Any.On = scope == form.Any.Value
	for i := range form.Views {
		form.Views[i].On = form.Views[i].Value == scope
	}
	for i := range form.Lives {
		form.Lives[i].On = form.Lives[i].Value == days
	}
	on := func(c views.Choice) bool { return c.On }
	if problem != "" {
		form.Name.Error = "The name " + problem + "."
	}
	if !form.Any.On && !slices.ContainsFunc(form.Views, on) {
		form.Scope.Error = "Choose what the token opens: the saved view chosen before is gone."
	}
	chosen := slices.IndexFunc(form.Lives, on)
	if chosen < 0 { // not from the form
		chosen = 0
		form.Lives[0].On = true
	}
	if form.Name.Error != "" || form.Scope.Error != "" {
		return auth.Token{}, false
	}
	token = auth.Token{OwnerID: reader(c).User.ID, Owner: reader(c).User.Email, Name: form.Name.Text, CreatedAt: w.Now()}
	token.ExpiresAt = token.CreatedAt.Add(time.Duration(tokenLives[chosen]) * day)
	token.Scope, _ = auth.ParseScope(scope) // one of the choices
	return token, true
}

// TokenName tidies the name of a new token and says what is wrong with it; that completes "The name …".
func TokenName(typed string) (name, problem string) {
	name = tidyName(typed)
	if utf8.RuneCountInString(name) > auth.MaxTokenName {
		return name, fmt.Sprintf("is longer than %d characters", auth.MaxTokenName)
	}
	return name, checkName(name)
}
