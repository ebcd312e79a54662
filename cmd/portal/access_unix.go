//go:build unix

package main

import "syscall"

// mayWrite asks the system whether this process may make files in a folder, without making one.
func mayWrite(folder string) error {
	const write, search = 2, 1
	return syscall.Access(folder, write|search)
}
