package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"trustlyportal/audit"
	"trustlyportal/auth"
	"trustlyportal/search"
)

// auditCmd holds the commands about the audit. They work on the database directly, also while the portal serves.
type auditCmd struct {
	databaseSetting

	Verify auditVerifyCmd `cmd:"" help:"Check that no record was changed, removed or moved; exit code 1 and the first bad one if so."`
	Export auditExportCmd `cmd:"" help:"Write the records as JSON lines, with the hashes of the chain."`
	Hash   auditHashCmd   `cmd:"" help:"Print under which hashes the audit holds a text that somebody typed, read from standard input."`
}

type auditVerifyCmd struct {
	Anchor []string `placeholder:"NUMBER:HASH" help:"A record that was noted before, as this command prints it; may be given several times"`
}

// Run checks the chain, and that it is still the one that the anchors were taken from.
func (c *auditVerifyCmd) Run(p *program, parent *auditCmd) error {
	var anchors []audit.End
	for _, text := range c.Anchor {
		number, hash, _ := strings.Cut(text, ":")
		seq, err := strconv.ParseInt(number, 10, 64)
		if err != nil || seq < 1 || hash == "" {
			return &usageError{fmt.Errorf("--anchor %q: write NUMBER:HASH as portal audit verify prints them", text)}
		}
		anchors = append(anchors, audit.End{Seq: seq, Hash: hash})
	}
	db, err := parent.database(p)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // only read
	n, head, err := db.VerifyAudit(p.ctx, anchors...)
	if err != nil {
		return fmt.Errorf("the audit does not hold after %d good records: %w", n, err)
	}
	base, _, err := db.AuditEnds(p.ctx)
	if err != nil {
		return err
	}
	for _, a := range anchors {
		if a.Seq < base.Seq {
			if err := p.sayf("record %d was deleted for its age: that anchor was not checked", a.Seq); err != nil {
				return err
			}
		}
	}
	return p.sayf("%d records hold; the newest is number %d with hash %s\nanchor %d:%s", n, head.Seq, head.Hash, head.Seq, head.Hash)
}

type auditExportCmd struct {
	From string `placeholder:"TIME" help:"From this time on: a date, a date and time, or now-30d; days are read in UTC"`
	To   string `placeholder:"TIME" help:"Up to this time; a date counts whole"`
	Out  string `placeholder:"FILE" help:"New file to write; else standard output"`
}

// Run writes the records, the oldest first. That it did is on record before.
func (c *auditExportCmd) Run(p *program, parent *auditCmd) (err error) {
	filter, err := c.filter()
	if err != nil {
		return &usageError{err}
	}
	db, err := parent.database(p)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	out := p.stdout
	if c.Out != "" {
		file, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return &usageError{fmt.Errorf("--out: %w", err)}
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		out = file
	}
	if err := recordCommand(p.ctx, db, audit.Event{Action: audit.ReadAudit, Object: "audit", Detail: "export as jsonl"}); err != nil {
		return err
	}
	buffered := bufio.NewWriter(out)
	for r, err := range db.AuditRecords(p.ctx, filter, 0, 0) {
		if err != nil {
			return fmt.Errorf("export the audit: %w", err)
		}
		if err := r.WriteLine(buffered); err != nil {
			return fmt.Errorf("export the audit: %w", err)
		}
	}
	return buffered.Flush()
}

func (c *auditExportCmd) filter() (f audit.Filter, err error) {
	for _, bound := range []struct {
		name, text string
		set        func(search.Moment)
	}{
		{"--from", c.From, func(m search.Moment) { f.From = m.Start(time.Now(), time.UTC) }},
		{"--to", c.To, func(m search.Moment) { f.To = m.End(time.Now(), time.UTC) }},
	} {
		if bound.text == "" {
			continue
		}
		m, err := search.ParseMoment(bound.text)
		if err != nil {
			return f, fmt.Errorf("%s %q %w", bound.name, bound.text, err)
		}
		bound.set(m)
	}
	return f, nil
}

// auditHashCmd reads the text from standard input: a command line is kept in histories and read by everybody on the
// machine.
type auditHashCmd struct{}

// Help is the longer text of portal audit hash --help.
func (*auditHashCmd) Help() string {
	return `What somebody typed into a search is in the audit as a hash only, "#" and ten characters. The same text has the same
hash, whatever its case and blanks. It is made with PORTAL_SECRET, or with the secret beside the SQLite file; with several
secrets it is printed for each, the current one first.`
}

// Run prints the hashes of the first line.
func (*auditHashCmd) Run(p *program, parent *auditCmd) error {
	var wrong problems
	secret := wrong.sharedSecret(parent.DatabaseURL, p.getenv)
	if len(wrong) > 0 {
		return &configError{wrong}
	}
	if secret == "" {
		var err error
		if secret, err = keptSecret(parent.DatabaseURL); err != nil {
			return err
		}
	}
	line, err := bufio.NewReader(p.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the text: %w", err)
	}
	text := search.Tidy(line)
	if text == "" {
		return &usageError{errors.New("write the text to standard input")}
	}
	keys, err := auth.NewKeys(secret)
	if err != nil {
		return fmt.Errorf("PORTAL_SECRET: %w", err)
	}
	derived, err := keys.Derive(audit.Purpose, audit.KeySize)
	if err != nil {
		return err
	}
	return p.sayf("%s", strings.Join(audit.NewHasher(derived).All(text), "\n"))
}
