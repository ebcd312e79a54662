package export

import (
	"errors"
	"io"
	"os"
	"slices"
)

// Format is one way to write an export.
type Format struct {
	Name        string // as people say it
	Extension   string // of the file and of the download's address, without a point
	ContentType string
	New         func(io.Writer, *Plan) (Encoder, error)

	open func(*os.File) (source, error)
}

// formats is the one table of formats: routes, menus, downloads and verification follow it.
var formats = []Format{
	{"CSV", "csv", "text/csv; charset=utf-8; header=present", newCSV, openCSV},
	{"Excel (XLSX)", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", newXLSX, openXLSX},
	{"JSON Lines", "jsonl", "application/jsonl; charset=utf-8", newJSONLines, openJSONLines},
}

// Formats returns the table.
func Formats() []Format { return slices.Clone(formats) }

// FormatOf finds a format by its extension, without a point.
func FormatOf(extension string) (Format, bool) {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Extension == extension })
	if i < 0 {
		return Format{}, false
	}
	return formats[i], true
}

// source reads a file's rows back.
type source interface {
	Columns() []string  // paths; nil if the file has no row to tell them
	Next() (Row, error) // io.EOF after the last
}

// errTorn is a file that ends within a row.
var errTorn = errors.New("the file breaks off")
