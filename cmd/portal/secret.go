package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"trustlyportal/store"
)

// keptSecret returns the secret kept beside the SQLite file, in FILE.secret. The first start makes it, readable by the
// portal's user only.
func keptSecret(databaseURL string) (string, error) {
	path, err := secretFile(databaseURL)
	if err != nil {
		return "", err
	}
	secret, err := readSecret(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeSecret(path); err != nil {
			return "", fmt.Errorf("make the secret beside the database: %w", err)
		}
		secret, err = readSecret(path)
	}
	if err != nil {
		return "", fmt.Errorf("read the secret beside the database: %w", err)
	}
	return secret, nil
}

func secretFile(databaseURL string) (string, error) {
	path, err := store.SQLitePath(databaseURL)
	return path + ".secret", err
}

func readSecret(path string) (string, error) {
	b, err := os.ReadFile(path)
	return strings.TrimSpace(string(b)), err
}

// makeSecret writes a new secret under another name and links it to its own, so that of two processes that start at
// once both read the same one, whole.
func makeSecret(path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = fmt.Fprintln(f, rand.Text()+rand.Text()) // 256 bits
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
