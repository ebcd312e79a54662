//go:build !unix

package main

import "os"

// lock is for systems that know how.
func lock(*os.File) error { return nil }

// syncFolder is for systems that know how.
func syncFolder(string) error { return nil }
