package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/search"
	"trustlyportal/trustlyclient"
)

// exportCmd writes a view to a file: the walk, the rows and the receipt of the portal's own exports, without a browser.
type exportCmd struct {
	Filter string `required:"" placeholder:"QUERY" help:"The view, as in the portal's address after the question mark; an empty one is all transactions"`
	Format string `required:"" enum:"csv,xlsx,jsonl" placeholder:"FORMAT" help:"csv, xlsx or jsonl"`
	Out    string `required:"" type:"path" placeholder:"FILE" help:"File to write; its name ends as the format does"`
	Resume bool   `help:"Go on with FILE.part, which an interrupted export left; without one begin anew."`
	Force  bool   `help:"Replace FILE if there is one."`
	Quiet  bool   `short:"q" help:"Print nothing but errors."`

	BaseURL string `setting:"PORTAL_BASE_URL" placeholder:"URL" help:"URL at which people reach the portal, for the link in the receipt"`
	databaseSetting
	apiSettings
}

// Help is the longer text of portal export --help.
func (*exportCmd) Help() string {
	return `FILE appears when it is complete, in one step, with FILE.receipt.json, against which portal verify holds it. Until
then the rows are kept in FILE.part, encrypted. An export that was interrupted, whatever by, goes on with --resume, as of
the moment it began. Personal data is masked.

Exit code 0: FILE is complete. 1: it is not there; the last line says whether --resume goes on. 2: the command, the filter
or a setting needs a change.

` + apiSecrets + `

PORTAL_SECRET: the portal's, with which FILE.part is encrypted. Default: what is kept beside the SQLite file.`
}

// commandLine is who exports, for the audit and the receipt: there is no account.
const commandLine = "command line"

// Run collects the rows, then writes the file.
func (c *exportCmd) Run(p *program) (err error) {
	api, secret, base, err := c.settings(p.getenv)
	if err != nil {
		return err
	}
	format, view, err := c.view(time.Now())
	if err != nil {
		return err
	}
	if err := c.target(); err != nil {
		return err
	}
	db, err := c.database(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := shareBudget(p.ctx, db, &api); err != nil {
		return err
	}
	api.UserAgent = "trustlyportal/" + version()
	client, err := trustlyclient.New(api)
	if err != nil {
		return &usageError{err}
	}
	defer client.CloseIdleConnections()
	if secret == "" {
		if secret, err = keptSecret(c.DatabaseURL); err != nil {
			return err
		}
	}
	e := &exporting{cmd: c, p: p, format: format, source: environmentName(api.BaseURL), base: base, audit: audit.NewLog(db, time.Now)}
	sealer, err := e.keys(secret)
	if err != nil {
		return err
	}
	head := partHead{ID: rand.Text(), Spec: export.NewSpec(view, time.Now()), Format: c.Format, API: api.BaseURL, AccessID: api.AccessID}
	if e.part, err = c.openPart(sealer, head); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.part.close()) }()
	if e.plan, err = e.part.head.Spec.Plan(); err != nil {
		return err
	}
	return e.run(client)
}

// settings reads those of the API and the secret.
func (c *exportCmd) settings(getenv func(string) string) (api trustlyclient.Options, secret, base string, err error) {
	var p problems
	api = p.api(&c.apiSettings, getenv, false)
	p.database(c.DatabaseURL)
	secret = p.sharedSecret(c.DatabaseURL, getenv)
	if u := p.baseURL(c.BaseURL); u != nil {
		base = u.String()
	}
	if len(p) > 0 {
		return api, "", "", &configError{p}
	}
	return api, secret, base, nil
}

// view reads the filter, as strictly as the portal reads an address. Values are not repeated: they may be personal.
func (c *exportCmd) view(now time.Time) (export.Format, search.View, error) {
	format, ok := export.FormatOf(c.Format)
	if !ok {
		return format, search.View{}, &usageError{fmt.Errorf("--format %s is none", c.Format)}
	}
	view, errs := search.Parse(strings.TrimPrefix(c.Filter, "?"), now)
	var said []string
	for _, e := range errs {
		said = append(said, strings.TrimSpace(e.Name+" "+e.Message))
	}
	if view.Has(search.NameBOM) && c.Format != "csv" {
		said = append(said, search.NameBOM+" is for CSV only: leave it out")
	}
	switch len(said) {
	case 0:
		return format, view, nil
	case 1:
		return format, view, &usageError{fmt.Errorf("--filter can't be used: %s", said[0])}
	}
	return format, view, &usageError{fmt.Errorf("--filter can't be used:\n  %s", strings.Join(said, "\n  "))}
}

func (c *exportCmd) partPath() string    { return c.Out + ".part" }
func (c *exportCmd) receiptPath() string { return c.Out + ".receipt.json" }

// target refuses what would be overwritten, before anything is asked of the API.
func (c *exportCmd) target() error {
	if !strings.EqualFold(filepath.Ext(c.Out), "."+c.Format) {
		return &usageError{fmt.Errorf("--out %s does not end in .%s: programs know a file's format by its name", c.Out, c.Format)}
	}
	if info, err := os.Stat(filepath.Dir(c.Out)); err != nil || !info.IsDir() {
		return &usageError{fmt.Errorf("--out %s: there is no such folder", c.Out)}
	}
	if info, err := os.Lstat(c.Out); err == nil && info.IsDir() {
		return &usageError{fmt.Errorf("--out %s is a folder: name a file", c.Out)}
	}
	if there(c.Out) && !c.Force {
		return &usageError{fmt.Errorf("%s is there already: name another file, or replace it by --force", c.Out)}
	}
	if there(c.partPath()) && !c.Resume {
		return &usageError{fmt.Errorf("%s is of an export that was interrupted: go on with it by --resume, or remove it to begin anew", c.partPath())}
	}
	return nil
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// openPart goes on with what an interrupted export of the same view left, or begins.
func (c *exportCmd) openPart(sealer auth.Sealer, head partHead) (*partFile, error) {
	if !there(c.partPath()) {
		return c.createPart(sealer, head)
	}
	part, err := openPart(c.partPath(), sealer)
	switch {
	case errors.Is(err, errNotBegun) && !there(c.partPath()):
		return c.createPart(sealer, head)
	case errors.Is(err, errNotOurs):
		return nil, &usageError{fmt.Errorf("%w: remove it to begin anew", err)}
	case err != nil:
		return nil, err
	}
	was := part.head
	for _, clash := range []struct {
		what string
		is   bool
	}{
		{"another filter", was.Spec.Query != head.Spec.Query},
		{"another format, " + was.Format, was.Format != head.Format},
		{"another API, or with other credentials", was.API != head.API || was.AccessID != head.AccessID},
	} {
		if clash.is {
			return nil, errors.Join(&usageError{fmt.Errorf("%s is of an export with %s: --resume goes on with the same one only; to begin anew remove it", c.partPath(), clash.what)}, part.close())
		}
	}
	return part, nil
}

func (c *exportCmd) createPart(sealer auth.Sealer, head partHead) (*partFile, error) {
	part, err := createPart(c.partPath(), sealer, head)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return nil, &usageError{fmt.Errorf("--out %s: its folder can't be written to: %w", c.Out, err)}
	}
	if err != nil {
		return nil, nothingWritten(explain(err))
	}
	return part, nil
}

// explain says in other words what an operator can do something about.
func explain(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("the disk is full: %w", err)
	case errors.Is(err, context.Canceled):
		return errors.New("stopped")
	}
	return err
}
