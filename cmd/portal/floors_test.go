package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "trustlyportal/"

// floors is the layout: an import goes to a lower floor, never up and never sideways. Every package has its line.
var floors = map[string]int{
	"cmd/portal": 5,

	"handlers": 4,

	"views":  3,
	"export": 3,
	"store":  3,

	"search":                   2,
	"trustlyclient/doctor":     2,
	"trustlyclient/plainwords": 2,
	"trustlyclient/story":      2,

	"trustlyclient": 1,
	"auth":          1,
	"audit":         1,
	"static":        1,
}

// besides are the packages that no floor of the portal stands on, and who of the portal may import them.
var besides = map[string][]string{
	"trustlyclient/trustlytest": {"cmd/portal"}, // and tests
	"trustlyclient/apispec":     {},             // tests only
	"auth/ssotest":              {},             // tests only
	"store/storetest":           {},             // tests only
	"static/internal/generate":  {},             // a command of go generate
	"views/internal/texts":      {},             // another
}

// known are the packages that one part alone may know, with whatever is below them.
var known = map[string][]string{
	"github.com/labstack/echo":     {"handlers"},
	"github.com/gorilla/sessions":  {"handlers", "auth"},
	"database/sql":                 {"store", "store/storetest"},
	"modernc.org/sqlite":           {"store", "store/storetest"},
	"github.com/jackc/pgx":         {"store", "store/storetest"},
	"github.com/pressly/goose":     {"store"},
	"github.com/alecthomas/kong":   {"cmd/portal"},
	"github.com/prometheus":        {"handlers"},
	"go.opentelemetry.io":          {"handlers", "cmd/portal"},
	"github.com/chromedp/chromedp": {}, // tests only
}

func TestFloors(t *testing.T) {
	for _, problem := range checkFloors(imports(t)) {
		t.Error(problem)
	}
}

// The check itself must see what it is there for.
func TestFloorsSeeEveryFault(t *testing.T) {
	tests := []struct {
		name string
		list map[string][]string
		want string
	}{
		{"down", map[string][]string{"handlers": {"views", "search", "net/http"}, "cmd/portal": {"trustlyclient/trustlytest"}}, ""},
		{"up", map[string][]string{"auth": {"store"}}, "auth (floor 1) imports store (floor 3): imports go down only"},
		{"sideways", map[string][]string{"views": {"store"}}, "views (floor 3) imports store (floor 3): imports go down only"},
		{"unknown", map[string][]string{"utils": nil}, "utils is on no floor: add it to the table"},
		{"unknown import", map[string][]string{"handlers": {"utils"}}, "handlers imports utils, which is on no floor"},
		{"sandbox", map[string][]string{"search": {"trustlyclient/trustlytest"}}, "search imports trustlyclient/trustlytest, which only cmd/portal may"},
		{"web below", map[string][]string{"auth": {"github.com/labstack/echo/v4/middleware"}}, "auth imports github.com/labstack/echo/v4/middleware, which only handlers may"},
		{"SQL above", map[string][]string{"handlers": {"database/sql"}}, "handlers imports database/sql, which only store and store/storetest may"},
	}
	for _, tt := range tests {
		list := map[string][]string{}
		for p, imports := range tt.list {
			for _, i := range imports {
				if !strings.Contains(strings.Split(i, "/")[0], ".") && i != "net/http" && i != "database/sql" {
					i = module + i
				}
				list[module+p] = append(list[module+p], i)
			}
			if imports == nil {
				list[module+p] = nil
			}
		}
		if got := strings.Join(checkFloors(list), "; "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// checkFloors says what is wrong with the imports of the module's packages.
func checkFloors(imports map[string][]string) (problems []string) {
	for importPath, list := range imports {
		pkg := strings.TrimPrefix(importPath, module)
		floor, onFloor := floors[pkg]
		if _, beside := besides[pkg]; !onFloor && !beside {
			problems = append(problems, pkg+" is on no floor: add it to the table")
			continue
		}
		for _, imported := range list {
			if who, ok := owner(imported); ok && !slices.Contains(who, pkg) {
				problems = append(problems, fmt.Sprintf("%s imports %s, which only %s may", pkg, imported, strings.Join(who, " and ")))
			}
			below, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			if who, ok := besides[below]; ok {
				if !slices.Contains(who, pkg) {
					problems = append(problems, fmt.Sprintf("%s imports %s, which only %s may", pkg, below, strings.Join(who, " and ")))
				}
				continue
			}
			switch to, ok := floors[below]; {
			case !ok:
				problems = append(problems, fmt.Sprintf("%s imports %s, which is on no floor", pkg, below))
			case onFloor && to >= floor:
				problems = append(problems, fmt.Sprintf("%s (floor %d) imports %s (floor %d): imports go down only", pkg, floor, below, to))
			}
		}
	}
	return problems
}

func owner(imported string) (who []string, ok bool) {
	for path, who := range known {
		if imported == path || strings.HasPrefix(imported, path+"/") {
			return who, true
		}
	}
	return nil, false
}

// imports asks Go for the imports of the module's packages, those of tests left out.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	list := map[string][]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		list[p.ImportPath] = p.Imports
	}
	if len(list) < len(besides)+5 {
		t.Fatalf("packages of the module: got %d, want more", len(list))
	}
	return list
}
