package main

import (
	"cmp"
	"os"
	"reflect"
	"slices"
	"strings"
)

// secretVariables are the settings that are no flags. Each may be in a file instead.
var secretVariables = []string{"PORTAL_SECRET", "PORTAL_OIDC_CLIENT_SECRET", "TRUSTLY_ACCESS_ID", "TRUSTLY_ACCESS_KEY", "OTEL_EXPORTER_OTLP_HEADERS"}

// fileVariable is where a secret's file is named.
func fileVariable(name string) string { return name + "_FILE" }

// knownVariables are all that any command reads.
func knownVariables() []string {
	known := settingsIn(reflect.TypeFor[cli]())
	for _, name := range append(secretVariables, "PORTAL_DATABASE_URL") {
		known = append(known, name, fileVariable(name))
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// settingsIn are the tags "setting" of a struct and of those within it.
func settingsIn(t reflect.Type) []string {
	var names []string
	for field := range t.Fields() {
		if field.Type.Kind() == reflect.Struct {
			names = append(names, settingsIn(field.Type)...)
		}
		if name := field.Tag.Get("setting"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// unknownVariables finds settings that are misspelt: nothing else would ever say so.
func (c *configChecks) unknownVariables(environ []string) {
	known := knownVariables()
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "PORTAL_") && !strings.HasPrefix(name, "TRUSTLY_") || slices.Contains(known, name) {
			continue
		}
		nearest := slices.MinFunc(known, func(a, b string) int { return cmp.Compare(distance(name, a), distance(name, b)) })
		if distance(name, nearest) <= len(name)/3 {
			c.warn(name, "is no setting of this portal and does nothing: is %s meant?", nearest)
		} else {
			c.warn(name, "is no setting of this portal and does nothing: remove it, or see portal serve --help")
		}
	}
}

// distance is how many letters have to be changed, put in or left out to get from one word to another (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// readByOthers are the permissions that let others than its owner read a file.
const readByOthers = 0o077

// secretFiles looks at who can read the files with secrets. That they can be read is seen to by who reads the settings.
func (c *configChecks) secretFiles(getenv func(string) string) {
	for _, name := range append([]string{"PORTAL_DATABASE_URL"}, secretVariables...) {
		if path := getenv(fileVariable(name)); path != "" {
			c.fileMode(fileVariable(name), path)
		}
	}
}

// fileMode says whether a file that should be the portal's alone is.
func (c *configChecks) fileMode(about, path string) {
	info, err := os.Stat(path)
	switch {
	case err != nil: // is told by whoever reads it
	case info.Mode()&readByOthers != 0:
		c.warn(about, "%s has mode %04o: others on this machine may read it, make it 0600 or 0400", path, info.Mode().Perm())
	default:
		c.ok(about, "%s is readable by its owner only", path)
	}
}
