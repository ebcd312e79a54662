# make help lists what there is. Each target works from a fresh checkout with Go and make alone.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL: # a recipe is one script
.DEFAULT_GOAL := help

# Linters live in a module file of their own: their two hundred modules must not mix with the portal's.
LINT := go tool -modfile=tools.mod golangci-lint
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZTIME ?= 60s
# Of make load.
DURATION ?= 10m
# For one package. Most need seconds, but the race detector on a small machine is slow.
TESTTIMEOUT ?= 15m
# Tests side by side in one package: those with a browser wait more than they work.
TESTPARALLEL ?= 4
# The race detector leaves out what takes half of its time and shares nothing with our goroutines: SQLite, which is
# translated C, the hash of passwords, and the parser with which tests read pages. No package belongs here that makes
# generics of sync or sync/atomic its own: the linker keeps one copy of those for all.
UNWATCHED := modernc.org/sqlite/lib modernc.org/libc/... modernc.org/memory golang.org/x/crypto/argon2 golang.org/x/crypto/blake2b \
	golang.org/x/net/html/...
RACE := -race $(foreach package,$(UNWATCHED),'-gcflags=$(package)=-race=false -d=checkptr=0')

# Debian packages of what the tests need beside Go: a C compiler for the race detector, a browser, and a database server.
TEST_PACKAGES := gcc libc6-dev chromium postgresql

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Run the portal with made-up transactions: no credentials, no network
	go run ./cmd/portal serve --demo

.PHONY: test
test: test-needs ## Vet and run all tests with the race detector, browser included, on SQLite and PostgreSQL
	go vet ./...
	CGO_ENABLED=1 go test $(RACE) -parallel $(TESTPARALLEL) -timeout $(TESTTIMEOUT) ./...
	$(MAKE) --no-print-directory test-postgres

# The store's tests run on both engines anyway, and nothing below it keeps anything.
.PHONY: test-postgres
test-postgres: test-needs ## Run what keeps data on PostgreSQL, as make test does at its end
	TEST_DATABASE=postgres go test -parallel $(TESTPARALLEL) -timeout $(TESTTIMEOUT) ./handlers ./cmd/portal

# As root on Debian it installs what is missing, otherwise it says what to install.
.PHONY: test-needs
test-needs:
	@missing=""
	command -v gcc >/dev/null || missing+=" gcc"
	command -v chromium chromium-browser google-chrome >/dev/null || missing+=" chromium"
	command -v initdb /usr/lib/postgresql/*/bin/initdb >/dev/null || missing+=" postgresql"
	if [[ -z "$$missing" ]]; then exit 0; fi
	if [[ "$$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
		echo "Installing for the tests:$$missing"
		export DEBIAN_FRONTEND=noninteractive
		apt-get update -q
		apt-get install -y -q --no-install-recommends $(TEST_PACKAGES)
	else
		echo "The tests need:$$missing. On Debian: sudo apt-get install $(TEST_PACKAGES)" >&2
		exit 1
	fi

.PHONY: check
check: fmt-check generate-check lint test ## Everything: formatting, generated files, linters, tests

.PHONY: fmt-check
fmt-check:
	@unformatted=$$(git ls-files '*.go' | xargs gofmt -l)
	if [[ -n "$$unformatted" ]]; then echo "Run gofmt -w on:"; echo "$$unformatted"; exit 1; fi

.PHONY: generate
generate: ## Write the generated files: pages from their templates, fingerprinted assets
	go generate ./...

# Compares what is there before and after, so that it also works among changes not committed yet.
.PHONY: generate-check
generate-check:
	@sums() { find . \( -name '*_templ.go' -o -path './static/dist/*' \) -type f -print0 | sort -z | xargs -0 sha256sum; }
	before=$$(sums)
	$(MAKE) --no-print-directory generate
	if ! diff <(echo "$$before") <(sums); then echo "Generated files were out of date: commit what make generate wrote."; exit 1; fi

.PHONY: lint
lint: ## Run the linters (builds them the first time, which takes minutes)
	$(LINT) run

.PHONY: bench
bench: build test-needs ## Measure the portal against what it is held to: one table (BENCHFLAGS=-speed.markdown; -speed.growth; -speed.strict)
	cd cmd/portal && go test -count=1 -timeout 20m -run '^TestSpeed$$' -speed ../../bin/portal $(BENCHFLAGS)

.PHONY: bench-go
bench-go: ## Run the benchmarks of the packages
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: load
load: build test-needs ## Load two processes on PostgreSQL with 200 people and 5 exports for DURATION (10m), with faults on the way
	cd cmd/portal && go test -count=1 -timeout 0 -run '^TestLoad$$' -load $(DURATION) -load.binary ../../bin/portal $(LOADFLAGS)

# Without its limit Go may spend the whole FUZZTIME on making one interesting input shorter.
.PHONY: fuzz
fuzz: ## Run each fuzz test for FUZZTIME (60s)
	@for package in $$(go list ./...); do
		for target in $$(go test -list '^Fuzz' "$$package" | grep '^Fuzz' || true); do
			echo "== $$package $$target"
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 2s "$$package"
		done
	done

.PHONY: build
build: ## Build the static binary bin/portal
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.linkedVersion=$(VERSION)" -o bin/portal ./cmd/portal

.PHONY: screenshots
screenshots: test-needs ## Take the pictures of the README from the running demo
	go test ./cmd/portal -count=1 -run '^TestScreenshots$$' -screenshots "$(CURDIR)/docs"

.PHONY: clean
clean: ## Remove what make built, not data
	rm -rf bin
