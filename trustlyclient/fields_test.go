package trustlyclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const specFile = "testdata/list-transactions.openapi.yaml"

// TestExampleIsFullyDecoded walks every leaf of the API's own sample and finds its text in the field of the same path.
func TestExampleIsFullyDecoded(t *testing.T) {
	example := readFile(t, "testdata/retrieve-transaction.example.json")
	transaction, err := ParseTransaction(example)
	if err != nil {
		t.Fatal(err)
	}
	var wrapped struct {
		Transaction map[string]any `json:"transaction"`
	}
	dec := json.NewDecoder(bytes.NewReader(example))
	dec.UseNumber()
	if err := dec.Decode(&wrapped); err != nil {
		t.Fatal(err)
	}
	leaves := 0
	var walk func(path string, value any, field reflect.Value)
	walk = func(path string, value any, field reflect.Value) {
		switch value := value.(type) {
		case map[string]any:
			for name, member := range value {
				below, ok := fieldByAPIName(field, name)
				if !ok {
					t.Errorf("%s.%s has no field", path, name)
					continue
				}
				walk(path+"."+name, member, below)
			}
		case []any:
			if field.Len() != len(value) {
				t.Fatalf("%s: got %d elements, want %d", path, field.Len(), len(value))
			}
			for i, element := range value {
				walk(fmt.Sprintf("%s[%d]", path, i), element, field.Index(i))
			}
		default:
			leaves++
			if got, want := fmt.Sprint(field.Interface()), fmt.Sprint(value); got != want {
				t.Errorf("%s: got %q, want %q", path, got, want)
			}
		}
	}
	walk("transaction", wrapped.Transaction, reflect.ValueOf(transaction).Elem())
	if leaves != 93 {
		t.Errorf("got %d leaves in the sample, want 93", leaves)
	}
	if at := transaction.Payment.Account.Verification.VerificationDate; at.Year() != 2021 {
		t.Errorf("got %v for a time in seconds, want one in 2021", at.Time)
	}
	if at := transaction.CreatedAt; at.Year() != 2019 {
		t.Errorf("got %v for a time in milliseconds, want one in 2019", at.Time)
	}
}

// specSlips are properties of the OpenAPI file that are no fields: its lists of required properties stand one level too
// deep, and read as a property of any type.
var specSlips = []string{"required", "payment.required"}

// TestEverySchemaPropertyHasAField follows every path of the Transaction schema, sends a value there, and finds it in
// the field of the same path.
func TestEverySchemaPropertyHasAField(t *testing.T) {
	paths := readSpec(t).leaves("Transaction", "")
	if len(paths) < 130 {
		t.Fatalf("got %d paths from the OpenAPI file, want at least 130", len(paths))
	}
	for _, slip := range specSlips {
		if !slices.Contains(paths, slip) {
			t.Errorf("the OpenAPI file no longer has %s: remove it from the exceptions", slip)
		}
	}
	checkPathsLand(t, slices.DeleteFunc(paths, func(path string) bool { return slices.Contains(specSlips, path) }))
}

// TestFieldsBeyondTheSchema are known from the sample, from webhooks and from the notes on fields (trustly.md 5).
func TestFieldsBeyondTheSchema(t *testing.T) {
	checkPathsLand(t, []string{
		"automaticRepresentment",
		"instantPayoutSettle",
		"paymentProviderTransaction.reasonCode",
		"paymentProviderTransaction.reasonCodeMessage",
		"paymentProviderTransaction.extendedReason.code",
		"payment.paymentProvider.subtype",
		"payment.account.paymentProviderSubtype",
	})
}

func checkPathsLand(t *testing.T, paths []string) {
	t.Helper()
	for _, path := range paths {
		names := strings.Split(path, ".")
		value := `"sent"`
		for _, name := range slices.Backward(names) {
			value = fmt.Sprintf(`{%q:%s}`, name, value)
		}
		transaction, err := ParseTransaction([]byte(value))
		if err != nil {
			t.Fatal(err)
		}
		field, ok := reflect.ValueOf(transaction).Elem(), true
		for _, name := range names {
			if field, ok = fieldByAPIName(field, name); !ok {
				break
			}
		}
		switch {
		case !ok:
			t.Errorf("%s has no field", path)
		case fmt.Sprint(field.Interface()) != "sent" && fmt.Sprint(field.Interface()) != "[sent]":
			t.Errorf("%s: got %q, want sent", path, field.Interface())
		}
	}
}

// fieldByAPIName finds a field by its json tag, exactly or, as the decoder does, in another case.
func fieldByAPIName(v reflect.Value, name string) (reflect.Value, bool) {
	if v.Kind() != reflect.Struct {
		return v, false
	}
	for i := range v.NumField() {
		if strings.EqualFold(v.Type().Field(i).Tag.Get("json"), name) {
			return v.Field(i), true
		}
	}
	return v, false
}

func TestParametersAreTheSpecs(t *testing.T) {
	spec := readSpec(t)
	paging := []string{"orderBy", "sortOrder", "startIndex", "count"}
	want := slices.DeleteFunc(slices.Clone(spec.parameters), func(name string) bool { return slices.Contains(paging, name) })
	if got := Parameters(); !slices.Equal(got, want) || len(got) != 40 {
		t.Errorf("got %d parameters %v, want 40: %v", len(got), got, want)
	}
	for _, p := range parameters {
		if p.repeat != spec.repeated[p.name] {
			t.Errorf("%s: got repeat %v, want %v", p.name, p.repeat, spec.repeated[p.name])
		}
	}
	if got := len(spec.parameters); got != 44 {
		t.Errorf("got %d parameters in the OpenAPI file, want 44", got)
	}
}

// spec is what the tests need of the OpenAPI file.
type spec struct {
	parameters []string                     // in order
	repeated   map[string]bool              // those of type array
	schemas    map[string]map[string]string // schema → property → schema it refers to, or ""
}

// leaves returns the paths of the properties below a schema that refer to no schema with properties.
func (s *spec) leaves(schema, prefix string) []string {
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(s.schemas[schema])) {
		if to := s.schemas[schema][name]; len(s.schemas[to]) > 0 {
			paths = append(paths, s.leaves(to, prefix+name+".")...)
		} else {
			paths = append(paths, prefix+name)
		}
	}
	return paths
}

// readSpec reads the OpenAPI file by its indentation, which is regular; a YAML library for one test would be much.
func readSpec(t *testing.T) *spec {
	t.Helper()
	s := &spec{repeated: map[string]bool{}, schemas: map[string]map[string]string{}}
	var parameter, schema, property string
	components, properties := false, false
	for line := range strings.Lines(string(readFile(t, specFile))) {
		text := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		key, isKey := strings.CutSuffix(text, ":")
		ref, isRef := strings.CutPrefix(strings.TrimPrefix(text, "$ref: "), "#/components/schemas/")
		if !isRef {
			ref, isRef = strings.CutPrefix(strings.Trim(strings.TrimPrefix(text, "$ref: "), "'"), "#/components/schemas/")
		}
		switch {
		case indent == 8 && strings.HasPrefix(text, "- name: "):
			parameter = strings.TrimPrefix(text, "- name: ")
			s.parameters = append(s.parameters, parameter)
		case text == "in: header":
			s.parameters = s.parameters[:len(s.parameters)-1]
		case indent == 12 && parameter != "" && schema == "" && text == "type: array":
			s.repeated[parameter] = true
		case indent == 0:
			components = text == "components:"
		case indent == 4 && components && isKey:
			schema, properties = key, false
			s.schemas[schema] = map[string]string{}
		case indent == 6 && schema != "":
			properties = text == "properties:"
		case indent == 8 && properties && isKey:
			property = key
			s.schemas[schema][property] = ""
		case properties && indent > 8 && isRef:
			s.schemas[schema][property] = ref
		}
	}
	return s
}
