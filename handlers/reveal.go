package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

var (
	errNothingToReveal = errors.New("no masked field of this name")
	errNoReason        = errors.New("a reason is required")
	errLongReason      = errors.New("the reason is too long")
)

const (
	// revealFor is how long a revealed value stays: long enough to read it out twice.
	revealFor = time.Minute

	// maxReason is how long a reason may be, in characters.
	maxReason = 200
)

// revealing offers to reveal the masked fields of one record to a reader who may.
type revealing struct {
	href   string
	reason views.RevealReason
}

func (w *web) revealing(c echo.Context, t *trustlyclient.Transaction) revealing {
	if !reader(c).May(auth.Reveal) {
		return revealing{}
	}
	return revealing{href: "/transactions/" + url.PathEscape(string(t.TransactionID)) + "/reveal", reason: w.RevealReason}
}

// offer makes a masked value one that can be revealed, if the mask hides any of it.
func (r revealing) offer(f *views.Field, mask search.Mask, value string) {
	if mask.Hides(value) {
		f.RevealHref, f.Reason = r.href, r.reason
	}
}

// reveal takes POST /transactions/{id}/reveal with path=, the field's name, and reason=. The value is shown once the
// reveal is on record, and not at all if it can't be recorded.
func (w *web) reveal(c echo.Context) error {
	p, err := w.revealed(c)
	if err != nil && !isFragment(c.Request()) {
		return err
	}
	if err != nil {
		request := requestFrom(c.Request().Context())
		request.err = err
		told := problemOf(err)
		return w.draw(c, told.status, views.RevealedValue(views.RevealPage{Problem: told.heading + ". " + told.what + " Request ID " + request.id + "."}))
	}
	if isFragment(c.Request()) {
		return w.draw(c, http.StatusOK, views.RevealedValue(p))
	}
	p.Frame = w.frame(c, p.Label+" of "+p.ID)
	return w.draw(c, http.StatusOK, views.Revealed(p))
}

func (w *web) revealed(c echo.Context) (views.RevealPage, error) {
	id, err := pathParam(c, "id")
	if err != nil {
		return views.RevealPage{}, err
	}
	path, reason := c.FormValue("path"), strings.TrimSpace(c.FormValue("reason"))
	switch {
	case reason == "" && w.RevealReason == views.ReasonRequired:
		return views.RevealPage{}, errNoReason
	case utf8.RuneCountInString(reason) > maxReason:
		return views.RevealPage{}, errLongReason
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), pageTimeout)
	defer cancel()
	t, err := w.Client.Get(ctx, id)
	if errors.Is(err, trustlyclient.ErrNotFound) || errors.Is(err, trustlyclient.ErrInvalid) {
		return views.RevealPage{}, errors.Join(errNoTransaction, err)
	}
	if err != nil {
		return views.RevealPage{}, err
	}
	leaf, err := maskedLeaf(t, path)
	if err != nil {
		return views.RevealPage{}, err
	}
	if err := w.record(c, act{action: audit.Reveal, object: "transaction " + string(t.TransactionID), detail: leaf.Path, reason: reason}); err != nil {
		return views.RevealPage{}, err
	}
	label := leaf.Path
	if field, ok := search.LookupField(leaf.Path); ok {
		label = field.Label
	}
	return views.RevealPage{
		Label: label, ID: string(t.TransactionID), BackHref: recordHref(search.View{}, string(t.TransactionID)),
		Value: leaf.Text, Seconds: int(revealFor.Seconds()),
	}, nil
}

// maskedLeaf finds a field of whose value something is hidden. Its name is the record's own, not the form's.
func maskedLeaf(t *trustlyclient.Transaction, path string) (search.Leaf, error) {
	leaves, err := search.Leaves(t.Raw)
	if err != nil {
		return search.Leaf{}, err
	}
	for _, leaf := range leaves {
		if leaf.Path == path && !leaf.Null && search.MaskOf(leaf.Path).Hides(leaf.Text) {
			return leaf, nil
		}
	}
	return search.Leaf{}, errNothingToReveal
}
