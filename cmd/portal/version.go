package main

import (
	"runtime"
	"runtime/debug"
)

// linkedVersion is set by the linker: -ldflags "-X main.linkedVersion=1.2.3", see the Makefile.
var linkedVersion string

// version names this build: the linker's word, else what Go noted about the source, else "dev".
func version() string {
	if linkedVersion != "" {
		return linkedVersion
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

// versionCmd prints the version.
type versionCmd struct{}

// Run prints one line.
func (versionCmd) Run(p *program) error {
	return p.sayf("portal %s (%s, %s/%s)", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
