// Package apispec holds requests against Trustly's OpenAPI file. It is for tests.
package apispec

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// TB is what Handler needs of a *testing.T.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Handler stands in front of an API that a test serves, real or made up, and reports every request that the API's
// specification does not allow. The request goes on to the API all the same.
func Handler(t TB, next http.Handler) http.Handler {
	t.Helper()
	list, err := listRoute()
	if err != nil {
		t.Fatalf("read the API's specification: %v", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := check(r, list); err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		next.ServeHTTP(w, r)
	})
}

// check reports what is not allowed about a request for the list or for one transaction. Of the latter the file says
// nothing; its page knows no parameters.
func check(r *http.Request, list *routers.Route) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fmt.Errorf("read the query: %w", err)
	}
	if r.Method != list.Method {
		return fmt.Errorf("got method %s, want %s", r.Method, list.Method)
	}
	if !strings.HasSuffix(r.URL.Path, list.Path) {
		if len(query) > 0 {
			return errors.New("got a query on a single transaction")
		}
		return nil
	}
	unchecked := url.Values{}
	// What the API does not know it may ignore, and then it answers another question.
	for name, values := range query {
		p := list.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name)
		switch {
		case p == nil:
			return fmt.Errorf("the API declares no parameter %q", name)
		case len(values) > 1 && !p.Schema.Value.Type.Is(openapi3.TypeArray):
			return fmt.Errorf("%s is given %d times, but the API takes one value", name, len(values))
		case slices.Contains(values, ""):
			return fmt.Errorf("%s is given empty", name)
		}
		if _, ok := allowed.Load(keyOf(name, values)); !ok || p.Required {
			unchecked[name] = values
		}
	}
	err = openapi3filter.ValidateRequest(context.WithoutCancel(r.Context()), &openapi3filter.RequestValidationInput{
		Request: r, Route: list, QueryParams: unchecked,
		Options: &openapi3filter.Options{SkipSettingDefaults: true, MultiError: true},
	})
	if err != nil {
		return err
	}
	for name, values := range unchecked {
		allowed.Store(keyOf(name, values), true)
	}
	return nil
}

// allowed are the parameters that have been found valid, each with its values. The validator compiles a parameter's
// schema anew each time, which in some tests costs more than all the rest of a request, and they repeat themselves.
var allowed sync.Map

func keyOf(name string, values []string) string {
	return name + "\x00" + strings.Join(values, "\x00")
}

// listRoute is GET /transactions of the file, the only operation in it.
var listRoute = sync.OnceValues(func() (*routers.Route, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromFile(filepath.Join(root, "trustlyclient/testdata/list-transactions.openapi.yaml"))
	if err != nil {
		return nil, err
	}
	const path = "/transactions"
	item := doc.Paths.Value(path)
	if item == nil || item.Get == nil {
		return nil, fmt.Errorf("it has no GET %s", path)
	}
	return &routers.Route{Spec: doc, Path: path, PathItem: item, Method: http.MethodGet, Operation: item.Get}, nil
})

// moduleRoot is the directory of go.mod: a test runs in its package's directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = above
	}
}
