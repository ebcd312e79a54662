package handlers

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"trustlyportal/search"
	"trustlyportal/trustlyclient"
	"trustlyportal/views"
)

// rawJSON takes GET /transactions/{id}/raw.json: the record as the API sent it, indented, personal data masked as on its
// page, for every role.
func (w *web) rawJSON(c echo.Context) error {
	id, err := pathParam(c, "id")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), pageTimeout)
	defer cancel()
	t, err := w.Client.Get(ctx, id)
	if errors.Is(err, trustlyclient.ErrNotFound) || errors.Is(err, trustlyclient.ErrInvalid) {
		return errors.Join(errNoTransaction, err)
	}
	if err != nil {
		return err
	}
	masked, err := search.MaskJSON(t.Raw)
	if err != nil {
		return err
	}
	if err := w.record(c, viewed(string(t.TransactionID), "raw JSON")); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "transaction-" + slug(id) + ".json"}))
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, []byte(masked+"\n"))
}

// rawCard is the record's JSON for its page, and the ways to have it elsewhere.
func (w *web) rawCard(t *trustlyclient.Transaction, masked string) views.RawJSON {
	id := string(t.TransactionID)
	card := views.RawJSON{Text: masked, Curl: curlCommand(w.Client.URL(id))}
	if card.Curl != "" {
		card.DownloadHref = "/transactions/" + url.PathEscape(id) + "/raw.json"
	}
	return card
}

// curlCommand asks for an address of the API with the credentials of the shell that runs it; "" for none.
func curlCommand(address string) string {
	if address == "" {
		return ""
	}
	return `curl -u "$TRUSTLY_ACCESS_ID:$TRUSTLY_ACCESS_KEY" ` + shellQuoted(address)
}

// shellQuoted is a text as one word of a POSIX shell.
func shellQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
