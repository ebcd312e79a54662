package handlers

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
	"trustlyportal/store"
	"trustlyportal/views"
)

// exportViews gives GET /views.yaml: the reader's views and the shared ones of others, for a backup or another portal.
func (w *web) exportViews(c echo.Context) error {
	saved, err := w.Store.Views(c.Request().Context(), reader(c).User.ID)
	if err != nil {
		return err
	}
	text, err := writeViews(fileEntries(saved))
	if err != nil {
		return err
	}
	name := "views-" + slug(w.Environment) + ".yaml"
	c.Response().Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, "application/yaml; charset=utf-8", text)
}

// fileEntries are saved views as a file has them. Names are unique there: another's view has its owner behind a name that
// is taken.
func fileEntries(saved []store.SavedView) []fileEntry {
	taken := map[string]bool{}
	entries := make([]fileEntry, 0, len(saved))
	for _, v := range saved {
		name := v.Name
		for n := 1; taken[name]; n++ {
			name = ownedName(v)
			if n > 1 {
				name = suffixed(v.Name, fmt.Sprintf(" (%d)", n))
			}
		}
		taken[name] = true
		entries = append(entries, fileEntry{Name: name, Shared: v.Shared, Query: v.Query})
	}
	return entries
}

// ownedName tells another's view from one of the same name.
func ownedName(v store.SavedView) string { return suffixed(v.Name, " ("+v.Owner+")") }

// suffixed cuts a name so that it has room for what comes behind it.
func suffixed(name, suffix string) string {
	runes, tail := []rune(name), []rune(suffix)
	tail = tail[:min(len(tail), maxViewName)]
	return string(runes[:min(len(runes), maxViewName-len(tail))]) + string(tail)
}

// importViews takes POST /views/import: a file or its text. All of it is saved, or nothing.
func (w *web) importViews(c echo.Context) error {
	text, err := importedText(c)
	if err != nil {
		return err
	}
	entries, errs := readViews(text)
	toSave, unchanged, more, err := w.readEntries(c, entries)
	if err != nil {
		return err
	}
	errs = append(errs, more...)
	if len(errs) == 0 {
		before, err := w.Store.Views(c.Request().Context(), reader(c).User.ID)
		if err != nil {
			return err
		}
		if err := w.recordImport(c, toSave); err != nil {
			return err
		}
		_, err = w.Store.SaveViews(c.Request().Context(), reader(c).User.ID, toSave, true)
		if err == nil {
			w.notify(c, auth.Success, importWords(before, toSave, unchanged, reader(c).User.ID))
			return c.Redirect(http.StatusSeeOther, "/views")
		}
		if !errors.Is(err, store.ErrTooMany) {
			return err
		}
		errs = []fileError{{Text: fmt.Sprintf("With these you would have more than %d saved views.", store.MaxViews)}}
	}
	page := views.ViewsPage{Import: views.ImportForm{Text: string(text)}}
	if len(text) > maxViewsFile || !utf8.Valid(text) {
		page.Import.Text = ""
	}
	for _, e := range errs[:min(len(errs), maxFileErrors)] {
		page.Import.Errors = append(page.Import.Errors, views.ImportError{Line: e.Line, Name: e.Name, Text: e.Text})
	}
	return w.drawSavedViews(c, http.StatusUnprocessableEntity, page)
}

// recordImport puts views on record before they are saved.
func (w *web) recordImport(c echo.Context, views []store.SavedView) error {
	shared := 0
	for _, v := range views {
		if v.Shared {
			shared++
		}
	}
	return w.record(c, act{action: audit.ChangeView, object: "saved view", detail: fmt.Sprintf("imported %d, %d of them for the team", len(views), shared)})
}

// maxImportForm leaves room around a file for what the form adds.
const maxImportForm = maxViewsFile + 16<<10

// importedText is the file, or the text where no file was chosen.
func importedText(c echo.Context) ([]byte, error) {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, 2*maxImportForm)                                      // pasted text is encoded, and longer than it is
	if err := r.ParseMultipartForm(2 * maxImportForm); err != nil && !errors.Is(err, http.ErrNotMultipart) { //nolint:gosec // bounded above
		if strings.Contains(err.Error(), "too large") {
			return nil, echo.NewHTTPError(http.StatusRequestEntityTooLarge)
		}
		return nil, echo.NewHTTPError(http.StatusBadRequest)
	}
	file, header, err := r.FormFile("file")
	if err != nil || header.Size == 0 { // browsers send an empty one where none was chosen
		return []byte(r.PostFormValue("text")), nil
	}
	defer func() { _ = file.Close() }() // only read
	return io.ReadAll(io.LimitReader(file, maxViewsFile+1))
}

// readEntries reads what the queries of a file say to this reader. What the reader has already, just so, is left out.
func (w *web) readEntries(c echo.Context, entries []fileEntry) (toSave []store.SavedView, unchanged int, errs []fileError, err error) {
	saved, err := w.Store.Views(c.Request().Context(), reader(c).User.ID)
	if err != nil {
		return nil, 0, nil, err
	}
	there := map[fileEntry]bool{}
	for _, e := range fileEntries(saved) {
		there[e] = true
	}
	for _, v := range saved {
		if v.OwnerID != reader(c).User.ID { // whatever name it had in the file
			there[fileEntry{Name: v.Name, Shared: true, Query: v.Query}] = true
			there[fileEntry{Name: ownedName(v), Shared: true, Query: v.Query}] = true
		}
	}
	for _, e := range entries {
		view, bad := w.viewOf(c, e.Query, w.Now())
		if err := requestFrom(c.Request().Context()).err; err != nil {
			return nil, 0, nil, err
		}
		if len(bad) > 0 {
			errs = append(errs, fileError{e.line, e.Name, errorWords(bad)})
			continue
		}
		view = view.Without(search.NameAfter)
		if there[fileEntry{Name: e.Name, Shared: e.Shared, Query: view.Encode()}] {
			unchanged++
			continue
		}
		kept, link := w.keep(c, view)
		toSave = append(toSave, store.SavedView{Name: e.Name, Query: kept.Encode(), Shared: e.Shared, Link: link})
	}
	return toSave, unchanged, errs, nil
}

// importWords say what an import did.
func importWords(before, saved []store.SavedView, unchanged int, owner int64) string {
	mine := map[string]bool{}
	for _, v := range before {
		if v.OwnerID == owner {
			mine[v.Name] = true
		}
	}
	replaced := 0
	for _, v := range saved {
		if mine[v.Name] {
			replaced++
		}
	}
	return fmt.Sprintf("Imported: %d added, %d replaced, %d there already.", len(saved)-replaced, replaced, unchanged)
}
