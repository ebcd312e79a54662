package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// baseURLInClear is told by serve, too.
const baseURLInClear = "is http: passwords and sessions cross the network in clear; serve the portal behind https"

// address tries whether the portal could listen there.
func (c *configChecks) address(name, addr string) {
	listener, err := listen(c.ctx, addr)
	switch {
	case err == nil:
		_ = listener.Close() // nobody had time to come
		c.ok(name, "%s is free", addr)
	case errors.Is(err, syscall.EADDRINUSE) && (&healthcheckCmd{Addr: addr}).Run(c.program) == nil:
		c.ok(name, "%s is held by a portal that runs", addr)
	case errors.Is(err, syscall.EADDRINUSE):
		c.fail(name, "%s is held by another program: stop it, or choose another port", addr)
	default:
		c.fail(name, "can't be listened on: %v", err)
	}
}

func (c *configChecks) baseURL(cfg config) {
	const name = "PORTAL_BASE_URL"
	host, _, _ := net.SplitHostPort(cfg.addr) // which was checked
	switch {
	case cfg.baseURL == nil && !isLoopback(host):
		c.warn(name, "is not set: links and single sign-on follow from the listen address %s, and cookies are not Secure; set it to the URL that people type", cfg.addr)
	case cfg.baseURL == nil:
		c.ok(name, "follows from the listen address")
	case cfg.baseURL.Scheme == "http" && !isLoopback(cfg.baseURL.Hostname()):
		c.warn(name, "%s", baseURLInClear)
	default:
		c.ok(name, "%s", cfg.baseURL)
	}
}

func (c *configChecks) proxies(cfg config) {
	const name = "PORTAL_TRUSTED_PROXIES"
	for _, prefix := range cfg.trustedProxies {
		if prefix.Bits() == 0 {
			c.warn(name, "holds %s: everybody may say which address they come from; name the proxy's own", prefix)
			return
		}
	}
	switch {
	case len(cfg.trustedProxies) > 0:
		c.ok(name, "%d of them", len(cfg.trustedProxies))
	case cfg.baseURL != nil && cfg.baseURL.Scheme == "https":
		c.warn(name, "is not set, though https is a proxy's work: log, audit and the slow-down of wrong passwords see the proxy's address for everybody; set it to that")
	}
}

// auditLog looks at where the audit is passed on to. The file need not be there.
func (c *configChecks) auditLog(where string) {
	const name = "PORTAL_AUDIT_LOG"
	if where == "" || where == "stdout" {
		return
	}
	file, err := os.OpenFile(where, os.O_WRONLY|os.O_APPEND, 0)
	if err == nil {
		_ = file.Close() // nothing was written
		c.ok(name, "%s can be written", where)
		return
	}
	if errors.Is(err, fs.ErrNotExist) {
		if err = writable(filepath.Dir(where)); err == nil {
			c.ok(name, "%s will be made", where)
			return
		}
	}
	c.fail(name, "can't be written: %v", err)
}

// writable reports whether files can be made in a folder.
func writable(folder string) error {
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no folder", folder)
	}
	if err := mayWrite(folder); err != nil {
		return fmt.Errorf("write in %s: %w", folder, err)
	}
	return nil
}
