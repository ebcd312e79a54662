package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// cli is the command line: each command is a struct with its flags and a Run method.
type cli struct {
	Serve       serveCmd       `cmd:"" help:"Serve the portal."`
	User        userCmd        `cmd:"" help:"Manage the accounts of this portal."`
	Token       tokenCmd       `cmd:"" help:"Manage the access tokens with which scripts fetch exports."`
	SSO         ssoCmd         `cmd:"" name:"sso" help:"Connect accounts to people at the single sign-on's provider."`
	Audit       auditCmd       `cmd:"" help:"Check and export the record of who did what."`
	Export      exportCmd      `cmd:"" help:"Write a view to a file, complete or not at all."`
	Verify      verifyCmd      `cmd:"" help:"Check an exported file against its receipt; exit code 1 and the first difference if it is not what the receipt says."`
	Sandbox     sandboxCmd     `cmd:"" help:"Serve a made-up Trustly API, for tests and demonstrations."`
	Backup      backupCmd      `cmd:"" help:"Copy the SQLite database to a file, while the portal serves, and check the copy."`
	CheckConfig checkConfigCmd `cmd:"" help:"Check the settings and what they name, without serving or changing anything; exit code 1 if something has to change."`
	Doctor      doctorCmd      `cmd:"" help:"Find out how the configured API behaves, and what settings it takes."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask the portal on this machine whether it lives; exit code 0 if so."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the schema of the portal's database up to date."`
	CopyState   copyStateCmd   `cmd:"" help:"Copy everything the portal keeps into another database, from SQLite to PostgreSQL or back."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// program is what a command has of the world. Tests give it another one.
type program struct {
	ctx            context.Context //nolint:containedctx // lives as long as the one command
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	environ        func() []string // NAME=VALUE of all variables
}

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // wrong arguments or settings: trying again unchanged is of no use
)

// run is the whole program: it returns the process's exit code. It ends in good order when ctx does.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	p := &program{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv, environ: os.Environ}

	exited := -1 // kong's --help prints and then "exits"
	parser, err := kong.New(&cli{},
		kong.Name("portal"),
		kong.Description("A web portal over the Trustly payments API."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.Resolvers(settingsResolver(getenv)),
		kong.ValueFormatter(settingHelp),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return p.fail(fmt.Errorf("command line: %w", err))
	}
	command, err := parser.Parse(args)
	switch {
	case exited >= 0:
		return exited
	case err != nil:
		return p.fail(&usageError{fmt.Errorf("%w; see portal --help", err)})
	}
	if err := command.Run(p); err != nil {
		return p.fail(err)
	}
	return exitOK
}

// usageError is an error that only other arguments or settings help against.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// fail tells the operator and returns the exit code.
func (p *program) fail(err error) int {
	fmt.Fprintf(p.stderr, "portal: %v\n", err)
	if errors.As(err, new(*usageError)) || errors.As(err, new(*configError)) {
		return exitUsage
	}
	return exitFailed
}

// settingsResolver takes the value of a flag that is not given from the environment variable in its tag "setting". An
// empty variable counts as none. The database's URL can hold a password, so that it is read as secrets are. (kong's own tag
// "env" reads the process's environment, which tests share.)
func settingsResolver(getenv func(string) string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		name := flag.Tag.Get("setting")
		if name == "" {
			return nil, nil
		}
		value := getenv(name)
		if name == databaseURL {
			var wrong problems
			if value = wrong.secret(getenv, name); len(wrong) > 0 {
				return nil, &configError{wrong}
			}
		}
		if value == "" {
			return nil, nil
		}
		return value, nil
	})
}

// settingHelp adds to a flag's help what stands in for it: its default and its environment variable.
func settingHelp(v *kong.Value) string {
	var instead []string
	if v.HasDefault {
		instead = append(instead, "default "+v.Default)
	}
	if name := v.Tag.Get("setting"); name != "" {
		instead = append(instead, "$"+name)
	}
	if len(instead) == 0 {
		return v.Help
	}
	return v.Help + " (" + strings.Join(instead, ", ") + ")"
}
