package handlers_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"
)

// described is a metric as its registry knows it.
type described struct {
	name, help string
	labels     []string
}

var descForm = regexp.MustCompile(`^Desc\{fqName: "(\w+)", help: (".*"), unit: ".*", constLabels: \{(.*)\}, variableLabels: \{(.*)\}\}$`)

// allMetrics are all that a portal has, by name.
func allMetrics(t *testing.T) map[string]described {
	t.Helper()
	_, m := openMetered(t, newFake(t, nil))
	descs := make(chan *prometheus.Desc)
	go func() { defer close(descs); m.Registry().Describe(descs) }()
	all := map[string]described{}
	for d := range descs {
		parts := descForm.FindStringSubmatch(d.String())
		if parts == nil {
			t.Errorf("%s: want a name, a help text and labels", d)
			continue
		}
		one := described{name: parts[1]}
		if err := json.Unmarshal([]byte(parts[2]), &one.help); err != nil {
			t.Errorf("%s: %v", d, err)
		}
		for label := range strings.SplitSeq(parts[3]+","+parts[4], ",") {
			if label, _, _ = strings.Cut(label, "="); label != "" {
				one.labels = append(one.labels, label)
			}
		}
		all[one.name] = one
	}
	if len(all) < 60 {
		t.Fatalf("got %d metrics, want those of Go and the process too", len(all))
	}
	return all
}

// docs/metrics.md lists each metric with what the registry says of it.
func TestMetricsAreDescribed(t *testing.T) {
	t.Parallel()
	all := allMetrics(t)
	var table strings.Builder
	table.WriteString("\n| metric | labels | what it is |\n| --- | --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.HasPrefix(name, "portal_") {
			one := all[name]
			labels := ""
			if len(one.labels) > 0 {
				labels = "`" + strings.Join(one.labels, "`, `") + "`"
			}
			if !strings.HasSuffix(one.help, ".") || strings.Contains(one.help, "|") {
				t.Errorf("%s: the help %q is no sentence for a table", name, one.help)
			}
			table.WriteString("| `" + name + "` | " + labels + " | " + one.help + " |\n")
		}
	}
	const file, end = "../docs/metrics.md", "\n<!-- end -->"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(page), "-update` -->\n")
	had, tail, ok := strings.Cut(rest, strings.TrimPrefix(end, "\n"))
	if !ok {
		t.Fatalf("%s has no place for the table", file)
	}
	want := table.String() + "\n"
	if had == want {
		return
	}
	if *update {
		if err := os.WriteFile(file, []byte(head+"-update` -->\n"+want+strings.TrimPrefix(end, "\n")+tail), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s: got the table\n%s\nwant\n%s\nrun the test with -update", file, had, want)
}

var (
	metricName = regexp.MustCompile(`\b(?:portal|go|process)_[a-z0-9_]+\b`)
	selector   = regexp.MustCompile(`\b((?:portal|go|process)_[a-z0-9_]+|up)\{([^}]*)\}`)
	labelName  = regexp.MustCompile(`(\w+) *(?:=~|!~|!=|=)`)
	grouping   = regexp.MustCompile(`\b(?:by|without) *\(([^)]*)\)`)
)

// checkExpr says what of an expression of Prometheus the portal does not have.
func checkExpr(all map[string]described, expr string) (problems []string) {
	find := func(name string) (described, bool) {
		for _, suffix := range []string{"", "_bucket", "_sum", "_count"} {
			if base, ok := strings.CutSuffix(name, suffix); ok {
				if one, ok := all[base]; ok {
					return one, true
				}
			}
		}
		return described{}, false
	}
	labels := []string{"job", "instance", "le"} // Prometheus' own
	for _, name := range metricName.FindAllString(expr, -1) {
		one, ok := find(name)
		if !ok {
			problems = append(problems, "no metric "+name)
		}
		labels = append(labels, one.labels...)
	}
	for _, s := range selector.FindAllStringSubmatch(expr, -1) {
		one, _ := find(s[1])
		bare := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(s[2], `""`)
		for _, label := range labelName.FindAllStringSubmatch(bare, -1) {
			if !slices.Contains(append([]string{"job", "instance", "le"}, one.labels...), label[1]) {
				problems = append(problems, s[1]+" has no label "+label[1])
			}
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(expr, -1) {
		for label := range strings.SplitSeq(g[1], ",") {
			if label = strings.TrimSpace(label); !slices.Contains(labels, label) {
				problems = append(problems, "nothing has the label "+label)
			}
		}
	}
	for _, pair := range []string{"()", "{}", "[]"} {
		if strings.Count(expr, pair[:1]) != strings.Count(expr, pair[1:]) {
			problems = append(problems, "unbalanced "+pair)
		}
	}
	return problems
}

// The check itself must see what it is there for.
func TestExpressionsAreChecked(t *testing.T) {
	t.Parallel()
	all := map[string]described{"portal_a_total": {labels: []string{"x"}}, "portal_b_seconds": {}}
	for expr, want := range map[string]string{
		`sum by (x) (rate(portal_a_total{x=~"y",job="z"}[5m]))`: "",
		`sum by (le) (rate(portal_b_seconds_bucket[5m]))`:       "",
		`portal_c_total`:                       "no metric portal_c_total",
		`portal_a_total{q="x=1"}`:              "portal_a_total has no label q",
		`sum by (q) (portal_a_total)`:          "nothing has the label q",
		`sum(rate(portal_a_total[5m])`:         "unbalanced ()",
		`histogram_quantile(1, portal_b_tail)`: "no metric portal_b_tail",
	} {
		if got := strings.Join(checkExpr(all, expr), "; "); got != want {
			t.Errorf("%s: got %q, want %q", expr, got, want)
		}
	}
}

// docs/alerts.yml asks for metrics and labels that there are.
func TestAlertsNameWhatThereIs(t *testing.T) {
	t.Parallel()
	all := allMetrics(t)
	file, err := os.ReadFile("../docs/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	d := yaml.NewDecoder(bytes.NewReader(file))
	d.KnownFields(true)
	if err := d.Decode(&rules); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			if rule.Alert == "" || seen[rule.Alert] || rule.Annotations["summary"] == "" || !slices.Contains([]string{"page", "ticket"}, rule.Labels["severity"]) {
				t.Errorf("%+v: want a name of its own, a severity and a summary", rule)
			}
			seen[rule.Alert] = true
			if _, err := time.ParseDuration(rule.For); rule.For != "" && err != nil {
				t.Errorf("%s: for: %v", rule.Alert, err)
			}
			for _, problem := range checkExpr(all, rule.Expr) {
				t.Errorf("%s: %s", rule.Alert, problem)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("got %d alerts, want more", len(seen))
	}
}

// docs/grafana.json asks for metrics and labels that there are, from a data source that its reader chooses.
func TestDashboardShowsWhatThereIs(t *testing.T) {
	t.Parallel()
	all := allMetrics(t)
	file, err := os.ReadFile("../docs/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	type source struct{ Type, UID string }
	var board struct {
		Panels []struct {
			ID          int
			Type, Title string
			Datasource  source
			Targets     []struct{ Expr, RefID string }
			GridPos     struct{ H, W, X, Y int }
		}
		Templating struct{ List []struct{ Name, Type string } }
	}
	if err := json.Unmarshal(file, &board); err != nil {
		t.Fatal(err)
	}
	if len(board.Templating.List) == 0 || board.Templating.List[0].Type != "datasource" {
		t.Error("the dashboard has no variable for its data source")
	}
	ids, shown := map[int]bool{}, map[string]bool{}
	for _, panel := range board.Panels {
		if ids[panel.ID] || panel.GridPos.X+panel.GridPos.W > 24 {
			t.Errorf("panel %q: got id %d and place %+v, want an id of its own and a place within 24 columns", panel.Title, panel.ID, panel.GridPos)
		}
		ids[panel.ID] = true
		if panel.Type != "row" && (panel.Datasource.UID != "${datasource}" || len(panel.Targets) == 0) {
			t.Errorf("panel %q: got the source %q and %d expressions, want the reader's source and one at least", panel.Title, panel.Datasource.UID, len(panel.Targets))
		}
		for _, target := range panel.Targets {
			for _, problem := range checkExpr(all, target.Expr) {
				t.Errorf("panel %q: %s in %s", panel.Title, problem, target.Expr)
			}
			for _, name := range metricName.FindAllString(target.Expr, -1) {
				for _, suffix := range []string{"_bucket", "_sum", "_count"} {
					name = strings.TrimSuffix(name, suffix)
				}
				shown[name] = true
			}
		}
	}
	for name := range all {
		if strings.HasPrefix(name, "portal_") && !shown[name] {
			t.Errorf("%s is on no panel", name)
		}
	}
}
