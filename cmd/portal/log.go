package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"github.com/mattn/go-isatty"
)

// logFormat is how logs are written.
type logFormat string

const (
	logAuto logFormat = "auto"
	logText logFormat = "text"
	logJSON logFormat = "json"
)

// newLogger writes for eyes on a terminal, in colour, and JSON lines for machines elsewhere.
func newLogger(w io.Writer, format logFormat) *slog.Logger {
	f, isFile := w.(*os.File)
	terminal := isFile && isatty.IsTerminal(f.Fd())
	if format == logText || format == logAuto && terminal {
		return slog.New(tint.NewTextHandler(w, &tint.Options{TimeFormat: time.TimeOnly, NoColor: !terminal, ReplaceAttr: plainOnly}))
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: plainOnly}))
}

// plainOnly is a net below what the packages do themselves: a log holds texts, numbers, times and errors. Of a struct or
// a map, which may hold anybody's data, it holds the type's name.
func plainOnly(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindAny {
		return a
	}
	switch v := a.Value.Any().(type) {
	case error, slog.Level, *slog.Source, nil:
		return a
	default:
		return slog.String(a.Key, fmt.Sprintf("[%T]", v))
	}
}
