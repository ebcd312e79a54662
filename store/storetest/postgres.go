package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// PostgreSQL is a running server, reached by a socket in a directory of its own.
type PostgreSQL struct {
	dir       string // of the socket; the data are below
	bin       string
	attr      syscall.SysProcAttr
	server    *exec.Cmd    // nil while stopped
	ended     <-chan error // closed when it has
	databases atomic.Int64
	admin     sync.Mutex // CREATE DATABASE wants a template to itself
}

var theServer = sync.OnceValues(start)

// Server returns the server of this test process, which its first user starts and Main ends.
func Server(t testing.TB) *PostgreSQL {
	t.Helper()
	s, err := theServer()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	return s
}

// New returns the URL of a new database, copied from another, or empty for "". It goes when the test ends.
func (s *PostgreSQL) New(t testing.TB, template string) string {
	t.Helper()
	if template == "" {
		template = "template0"
	}
	name, err := s.create(template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	return s.URL(name)
}

// URL of a database of the server.
func (s *PostgreSQL) URL(database string) string {
	return "postgres://portal@/" + database + "?" + url.Values{"host": {s.dir}}.Encode()
}

// Bin returns the path of a program of the same PostgreSQL, such as pg_dump.
func (s *PostgreSQL) Bin(name string) string { return filepath.Join(s.bin, name) }

// Restart ends the server, and every connection with it, and starts it again with what it has committed. No other test
// may use the server meanwhile: see [StartPostgreSQL].
func (s *PostgreSQL) Restart() error { return errors.Join(s.Stop(), s.Start()) }

func (s *PostgreSQL) create(template string) (name string, err error) {
	s.admin.Lock()
	defer s.admin.Unlock()
	name = "test" + strconv.FormatInt(s.databases.Add(1), 10)
	return name, s.exec(`CREATE DATABASE ` + name + ` TEMPLATE ` + template + ` STRATEGY file_copy`)
}

func (s *PostgreSQL) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // it did or did not do it
	_, err = conn.Exec(ctx, statement)
	return err
}

func start() (*PostgreSQL, error) {
	s, err := StartPostgreSQL()
	if err == nil {
		atTheEnd(s.Remove)
	}
	return s, err
}

// OwnPostgreSQL is a server that the test may stop: no other has databases there. It must run when the test ends.
func OwnPostgreSQL(t testing.TB) *PostgreSQL {
	t.Helper()
	s, err := StartPostgreSQL()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Remove(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// StartPostgreSQL makes and starts a server of its own. Remove ends it.
func StartPostgreSQL() (_ *PostgreSQL, err error) {
	s := &PostgreSQL{}
	if s.bin, err = programs(); err != nil {
		return nil, err
	}
	// Short, as the path of a socket is.
	if s.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	// PostgreSQL refuses to run as root.
	if os.Getuid() == 0 {
		if s.attr, err = asUser("postgres", s.dir); err != nil {
			return nil, errors.Join(err, os.RemoveAll(s.dir))
		}
	}
	// A locale that orders texts as people do, and not as the bytes are: what needs an order must not rely on it.
	err = s.run("initdb", "--pgdata", s.data(), "--username", "portal", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8",
		"--locale-provider", "icu", "--icu-locale", "en-US", "--no-sync", "--no-instructions")
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		return nil, errors.Join(err, s.Remove())
	}
	return s, nil
}

func (s *PostgreSQL) data() string { return filepath.Join(s.dir, "data") }

// Start starts a server that was stopped and waits until it answers.
func (s *PostgreSQL) Start() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the server has its own
	// What it wrote need not outlive the machine, so nothing waits for the disk.
	cmd := exec.Command(s.Bin("postgres"), "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off", //nolint:gosec,noctx // PostgreSQL's; no test owns it
		"-c", "full_page_writes=off", "-c", "max_connections=300", "-c", "shared_buffers=32MB")
	attr := s.attr
	attr.Pdeathsig = syscall.SIGQUIT // it must not outlive tests that were killed
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = s.dir, &attr, log, log
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the parent, to the system, is this thread
		started <- cmd.Start()
		_ = cmd.Wait() // how it ended is in its log
		close(started)
	}()
	if err := <-started; err != nil {
		return err
	}
	s.server, s.ended = cmd, started
	const patience = time.Minute
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := s.exec(`SELECT 1`)
		if err == nil {
			return nil
		}
		if time.Since(began) > patience {
			said, _ := os.ReadFile(log.Name()) // there may be nothing
			return fmt.Errorf("it does not answer: %w\n%s", err, said)
		}
	}
}

// Stop ends the server, and every connection with it, and waits until it has ended.
func (s *PostgreSQL) Stop() error { return s.end(syscall.SIGINT) }

// Remove ends the server for good.
func (s *PostgreSQL) Remove() error { return errors.Join(s.end(syscall.SIGQUIT), os.RemoveAll(s.dir)) }

func (s *PostgreSQL) end(by syscall.Signal) error {
	if s.server == nil {
		return nil
	}
	err := s.server.Process.Signal(by)
	for range s.ended { // closed, without a value
	}
	s.server = nil
	return err
}

func (s *PostgreSQL) run(program string, args ...string) error {
	attr := s.attr
	cmd := exec.Command(s.Bin(program), args...) //nolint:gosec,noctx // a program of PostgreSQL, done in a moment
	cmd.Dir, cmd.SysProcAttr = s.dir, &attr
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, said)
	}
	return nil
}

// programs finds where PostgreSQL is installed: in the path, or where Debian puts it, the newest first.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL's initdb is not installed: on Debian, apt-get install postgresql")
	}
	return filepath.Dir(slices.Max(found)), nil
}

// asUser gives the directory to another user, whom programs then run as.
func asUser(name, dir string) (attr syscall.SysProcAttr, err error) {
	u, err := user.Lookup(name)
	if err != nil {
		return attr, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return attr, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return attr, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, int(uid), int(gid))
}
