package main

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const deployFolder = "../../docs/deploy"

// othersVariables are settings in the examples that are not the portal's.
var othersVariables = []string{"GOMEMLIMIT", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE", "PORTAL_HOST"}

// example is what the tests look at of the examples for Docker and Kubernetes.
type example struct {
	Services map[string]struct {
		Image       string
		ReadOnly    bool     `yaml:"read_only"`
		SecurityOpt []string `yaml:"security_opt"`
		MemLimit    string   `yaml:"mem_limit"`
		Restart     string
		Ports       []string
		Environment map[string]string
		Healthcheck struct{ Test []string }
		StopGrace   string `yaml:"stop_grace_period"`
		Secrets     []string
	}
	Secrets map[string]struct{ File string }

	Kind string
	Spec struct {
		Replicas int
		Template struct {
			Spec struct {
				Grace      int `yaml:"terminationGracePeriodSeconds"`
				Containers []struct {
					Image     string
					Args      []string
					Env       []struct{ Name, Value string }
					Startup   probe `yaml:"startupProbe"`
					Liveness  probe `yaml:"livenessProbe"`
					Readiness probe `yaml:"readinessProbe"`
				}
			}
		}
	}
}

type probe struct {
	HTTPGet struct{ Path string } `yaml:"httpGet"`
}

func readExamples(t *testing.T, name string) (all []example) {
	t.Helper()
	documents := yaml.NewDecoder(bytes.NewReader(read(t, filepath.Join(deployFolder, name))))
	for {
		var e example
		if err := documents.Decode(&e); err != nil {
			if len(all) == 0 {
				t.Fatalf("%s: %v", name, err)
			}
			return all
		}
		all = append(all, e)
	}
}

// pinned is an image that is the same tomorrow, or built beside the example.
var pinned = regexp.MustCompile(`^[a-z./-]+:(\d+\.\d+[\w.-]*|local)$`)

// settingsHold fails unless the portal knows the settings, takes them, and is given the time that stopping takes.
func settingsHold(t *testing.T, where string, env map[string]string, grace time.Duration) {
	t.Helper()
	dir := t.TempDir()
	for name, value := range env {
		if !slices.Contains(knownVariables(), name) && !slices.Contains(othersVariables, name) {
			t.Errorf("%s: %s is no setting", where, name)
		}
		env[name] = regexp.MustCompile(`\$\{\w+:[?-]([^}]*)\}`).ReplaceAllString(value, "$1")
		secret := filepath.Join(dir, name)
		switch {
		case !strings.HasSuffix(name, "_FILE"):
		case name == "PORTAL_DATABASE_URL_FILE":
			save(t, secret, []byte("postgres://portal:word@database/portal"))
			env[name] = secret
		default:
			save(t, secret, []byte(strings.Repeat("s3cret", 8)))
			env[name] = secret
		}
	}
	if env["PORTAL_BASE_URL"] = strings.ReplaceAll(env["PORTAL_BASE_URL"], "set it to the name that people type", "portal.example.com"); env["PORTAL_DATABASE_URL"] == "" {
		env["PORTAL_DATABASE_URL"] = "postgres://portal:word@database/portal"
	}
	s := fromEnv(env)
	s.DrainDelay, s.DrainTimeout, s.MetricsAddr = env["PORTAL_DRAIN_DELAY"], env["PORTAL_DRAIN_TIMEOUT"], env["PORTAL_METRICS_ADDR"]
	delete(env, "PORTAL_DATABASE_URL_FILE") // was put in its place
	cfg, err := s.check(environment(env).get, false)
	if err != nil {
		t.Errorf("%s: got %v, want settings that can be used", where, err)
	}
	if need := cfg.drainDelay + cfg.drainTimeout + 15*time.Second; grace < need {
		t.Errorf("%s: got %s until it is killed, want %s", where, grace, need)
	}
}

func TestComposeExample(t *testing.T) {
	t.Parallel()
	compose := readExamples(t, "compose.yaml")[0]
	for name, service := range compose.Services {
		if !pinned.MatchString(service.Image) {
			t.Errorf("%s: got image %q, want one that is pinned", name, service.Image)
		}
		if !service.ReadOnly || !slices.Contains(service.SecurityOpt, "no-new-privileges:true") || service.MemLimit == "" || service.Restart == "" {
			t.Errorf("%s: got %+v, want it read-only, without new privileges, with a limit of memory and restarted", name, service)
		}
		if (len(service.Ports) > 0) != (name == "proxy") {
			t.Errorf("%s: got ports %v, want the proxy's alone", name, service.Ports)
		}
		for _, secret := range service.Secrets {
			if compose.Secrets[secret].File == "" {
				t.Errorf("%s: secret %s is in no file", name, secret)
			}
		}
		if !strings.HasPrefix(name, "portal") {
			continue
		}
		if got := service.Healthcheck.Test; !slices.Equal(got, []string{"CMD", "/portal", "healthcheck"}) {
			t.Errorf("%s: got health check %v", name, got)
		}
		grace, err := time.ParseDuration(service.StopGrace)
		if err != nil {
			t.Error(err)
		}
		settingsHold(t, name, service.Environment, grace)
	}
	for _, name := range []string{"portal-1", "portal-2", "proxy", "database"} {
		if compose.Services[name].Image == "" {
			t.Errorf("got no service %s", name)
		}
	}
	if !bytes.Contains(read(t, filepath.Join(deployFolder, "Caddyfile")), []byte("portal-1:8080 portal-2:8080")) {
		t.Error("the Caddyfile names other portals")
	}
}

func TestKubernetesExample(t *testing.T) {
	t.Parallel()
	var kinds []string
	for _, e := range readExamples(t, "kubernetes.yaml") {
		kinds = append(kinds, e.Kind)
		for _, c := range e.Spec.Template.Spec.Containers {
			if !pinned.MatchString(c.Image) || e.Spec.Replicas != 2 {
				t.Errorf("got %d of image %q, want 2 of one that is pinned", e.Spec.Replicas, c.Image)
			}
			env := map[string]string{}
			for _, v := range c.Env {
				env[v.Name] = v.Value
			}
			settingsHold(t, "kubernetes.yaml", env, time.Duration(e.Spec.Template.Spec.Grace)*time.Second)
			if got := []string{c.Startup.HTTPGet.Path, c.Liveness.HTTPGet.Path, c.Readiness.HTTPGet.Path}; !slices.Equal(got, []string{"/healthz", "/healthz", "/readyz"}) {
				t.Errorf("got probes of %v", got)
			}
		}
	}
	if want := []string{"Deployment", "Service", "PodDisruptionBudget"}; !slices.Equal(kinds, want) {
		t.Errorf("got %v, want %v", kinds, want)
	}
}

// What the proxy and the probes ask is there.
func TestExamplesAskWhatIsThere(t *testing.T) {
	t.Parallel()
	portal := start(t, environment{"PORTAL_ADDR": "127.0.0.1:0"}, "serve", "--demo")
	asked := regexp.MustCompile(`(?:health_uri |path: )(/\w+)`)
	for _, name := range []string{"Caddyfile", "kubernetes.yaml"} {
		found := asked.FindAllSubmatch(read(t, filepath.Join(deployFolder, name)), -1)
		if len(found) == 0 {
			t.Errorf("%s asks nothing", name)
		}
		for _, path := range found {
			if res, body := get(t, portal.url+string(path[1])); res.StatusCode != http.StatusOK {
				t.Errorf("%s: GET %s: got %s %q", name, path[1], res.Status, body)
			}
		}
	}
	portal.stop()
	portal.wait(t)
}

func TestUnit(t *testing.T) {
	t.Parallel()
	unit := string(read(t, filepath.Join(deployFolder, "trustly-portal.service")))
	env := map[string]string{"TRUSTLY_BASE_URL": "https://sandbox.trustly.one/api/v1"} // from its EnvironmentFile
	for _, v := range regexp.MustCompile(`(?m)^Environment=(\w+)=(.*)$`).FindAllStringSubmatch(unit, -1) {
		env[v[1]] = v[2]
	}
	seconds := regexp.MustCompile(`(?m)^TimeoutStopSec=(\d+)$`).FindStringSubmatch(unit)
	if seconds == nil {
		t.Fatal("the unit has no TimeoutStopSec in seconds")
	}
	grace, err := time.ParseDuration(seconds[1] + "s")
	if err != nil {
		t.Fatal(err)
	}
	settingsHold(t, "trustly-portal.service", env, grace)

	verify, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze")
	}
	itself, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "trustly-portal.service")
	save(t, file, []byte(strings.ReplaceAll(unit, "/usr/local/bin/portal", itself)))
	if out, err := exec.CommandContext(t.Context(), verify, "verify", "--man=no", file).CombinedOutput(); err != nil || strings.Contains(string(out), "trustly-portal") {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// docs/operations.md names each setting, and none that is not.
func TestEverySettingIsDocumented(t *testing.T) {
	t.Parallel()
	guide := string(read(t, "../../docs/operations.md"))
	named := regexp.MustCompile(`\b(?:PORTAL|TRUSTLY|OTEL)_[A-Z_]*[A-Z]\b`).FindAllString(guide, -1)
	for _, name := range named {
		if !slices.Contains(knownVariables(), name) && !slices.Contains(othersVariables, name) {
			t.Errorf("docs/operations.md names %s, which is no setting", name)
		}
	}
	for _, name := range knownVariables() {
		if !slices.Contains(named, name) && !strings.HasSuffix(name, "_FILE") {
			t.Errorf("docs/operations.md does not name %s", name)
		}
	}
}
