package handlers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// viewsFile is what /views.yaml gives and an import takes. Its form is documented in docs/urls.md.
type viewsFile struct {
	Version int         `yaml:"version"`
	Views   []fileEntry `yaml:"views"`
}

// fileEntry is one view of a file.
type fileEntry struct {
	Name   string `yaml:"name"`
	Shared bool   `yaml:"shared"`
	Query  string `yaml:"query"`

	line int // in the file it was read from
}

// Bounds on one file.
const (
	viewsFileVersion = 1
	maxViewsFile     = 256 << 10 // bytes
	maxFileViews     = 200
	maxFileErrors    = 20 // told at once
)

const viewsFileHead = `# Saved views of the Trustly portal. A query is what stands behind /transactions? in the address of a list.
# Personal values are not in it: private=… stands for them, in this portal alone and as long as its view or link is there.
`

// writeViews writes a file that readViews reads.
func writeViews(entries []fileEntry) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(viewsFileHead)
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(viewsFile{viewsFileVersion, entries}); err != nil {
		return nil, fmt.Errorf("write views as YAML: %w", err)
	}
	return b.Bytes(), e.Close()
}

// fileError is one thing wrong with a file, in words for the person who sent it.
type fileError struct {
	Line int    // 0 for the file as a whole
	Name string // of the view, "" before it is known
	Text string // a sentence
}

// readViews reads a file strictly: what it does not know, it refuses. It tells all that is wrong with the form of the
// file; what the queries say is for the caller.
func readViews(text []byte) ([]fileEntry, []fileError) {
	refuse := func(format string, args ...any) []fileError {
		return []fileError{{Text: fmt.Sprintf(format, args...)}}
	}
	switch {
	case len(text) > maxViewsFile:
		return nil, refuse("The file is larger than %d kB.", maxViewsFile>>10)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, refuse("There is nothing to import: choose a file or paste its text.")
	case !utf8.Valid(text):
		return nil, refuse("The file is not UTF-8 text.")
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := d.Decode(&doc); err != nil {
		return nil, refuse("The file is not YAML: %s.", yamlWords(err))
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, refuse("The file holds more than one document.")
	}
	if len(doc.Content) != 1 {
		return nil, refuse("The file is empty.")
	}
	r := fileReader{}
	r.file(doc.Content[0])
	if len(r.errs) == 0 && len(r.entries) == 0 {
		r.errs = refuse("The file holds no views.")
	}
	return r.entries, r.errs
}

// yamlWords are what the YAML library says, without its name in front.
func yamlWords(err error) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.ToValidUTF8(err.Error(), "\uFFFD"), "yaml: "), ".")
}

// fileReader walks the nodes, since they know their lines.
type fileReader struct {
	entries []fileEntry
	errs    []fileError
}

func (r *fileReader) wrong(n *yaml.Node, name, format string, args ...any) {
	if len(r.errs) < maxFileErrors {
		r.errs = append(r.errs, fileError{n.Line, name, fmt.Sprintf(format, args...)})
	}
}

func (r *fileReader) file(n *yaml.Node) {
	top := r.mapping(n, "The file", "version", "views")
	if top == nil {
		return
	}
	switch v := top["version"]; {
	case v == nil:
		r.wrong(n, "", "The line “version: %d” is missing.", viewsFileVersion)
	case v.Kind != yaml.ScalarNode || v.Value != strconv.Itoa(viewsFileVersion):
		r.wrong(v, "", "The version is not %d, the one that this portal knows.", viewsFileVersion)
	}
	list := top["views"]
	switch {
	case list == nil:
		r.wrong(n, "", "The list “views” is missing.")
		return
	case list.Kind != yaml.SequenceNode:
		r.wrong(list, "", "“views” is not a list.")
		return
	case len(list.Content) > maxFileViews:
		r.wrong(list, "", "The file holds %d views; %d are the most.", len(list.Content), maxFileViews)
		return
	}
	seen := map[string]int{}
	for _, item := range list.Content {
		r.entry(item, seen)
	}
}

func (r *fileReader) entry(n *yaml.Node, seen map[string]int) {
	fields := r.mapping(n, "The view", "name", "shared", "query")
	if fields == nil {
		return
	}
	e := fileEntry{line: n.Line}
	before := len(r.errs)
	e.Name = tidyName(r.text(n, fields["name"], "", "name"))
	if problem := checkName(e.Name); problem != "" && len(r.errs) == before {
		r.wrong(fields["name"], "", "The name %s.", problem)
	}
	if line, twice := seen[e.Name]; twice && e.Name != "" {
		r.wrong(fields["name"], e.Name, "The name is that of line %d too.", line)
	}
	seen[e.Name] = n.Line
	if s := fields["shared"]; s != nil && (s.Kind != yaml.ScalarNode || s.ShortTag() != "!!bool" || s.Decode(&e.Shared) != nil) {
		r.wrong(s, e.Name, "“shared” is neither true nor false.")
	}
	e.Query = strings.TrimPrefix(strings.TrimSpace(r.text(n, fields["query"], e.Name, "query")), "?")
	if len(r.errs) == before {
		r.entries = append(r.entries, e)
	}
}

// text is a scalar as it is written: 2026-11-01 and 007 are texts too.
func (r *fileReader) text(parent, n *yaml.Node, name, key string) string {
	switch {
	case n == nil:
		r.wrong(parent, name, "“%s” is missing.", key)
	case n.Kind != yaml.ScalarNode || n.ShortTag() == "!!binary":
		r.wrong(n, name, "“%s” is not a text.", key)
	case n.ShortTag() == "!!null":
		return ""
	default:
		return n.Value
	}
	return ""
}

// mapping reads keys, each known and given once; nil when it can't.
func (r *fileReader) mapping(n *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "", "%s does not consist of “%s: …” and the like.", what, known[0])
		return nil
	}
	fields := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, key.Value):
			r.wrong(key, "", "%s has “%s”, which is none of %s.", what, key.Value, strings.Join(known, ", "))
		case fields[key.Value] != nil:
			r.wrong(key, "", "%s has “%s” twice.", what, key.Value)
		default:
			fields[key.Value] = n.Content[i+1]
		}
	}
	return fields
}
