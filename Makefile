# Needs go, node with npm, make and git; what else a target needs it installs or names.
# `work` is Go's pattern for all packages of all modules in go.work.

GOLANGCI_LINT = go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT       = go run mvdan.cc/gofumpt@v0.12.0

# How many inputs `make fuzz` tries on each target. A time, such as 10s, does too, but may end in a false alarm with
# Go 1.26: "context deadline exceeded" (golang/go#75804).
FUZZTIME ?= 20000x

# The race detector needs a C compiler on Linux: without one, tests run without it.
RACE = $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

# What `npm ci` leaves behind: the official packages for the tests, and the TypeScript compiler for our client.
NPM_INTEROP = internal/interop/node_modules/.package-lock.json
NPM_CLIENT  = clientjs/node_modules/.package-lock.json

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## serve the chat example on http://localhost:3000
	cd examples/chat && go run .

.PHONY: test
test: deps ## install what the tests need and run them all
	go test $(RACE) -timeout 5m work
	go test -run 'Alloc|Hostile' ./... # what the race detector makes unmeasurable
	npm test --silent --prefix clientjs

.PHONY: client
client: ## build clientjs/dist of clientjs/src (its types, too, if `npm ci` has been run in clientjs)
	cd clientjs && go run ./build

.PHONY: client-size
client-size: ## compare the sizes of the client with those of the official one, and with its budgets
	cd clientjs && go run ./build -size

.PHONY: bench
bench: ## run the Go benchmarks
	go test -run '^$$' -bench . -benchmem work

.PHONY: lint
lint: ## go vet, golangci-lint and gofumpt, at pinned versions (the first run builds them: 2 minutes)
	go vet work
	$(GOLANGCI_LINT) run $$(go list -m -f '{{.Dir}}/...')
	@files=$$($(GOFUMPT) -l $$(git ls-files --cached --others --exclude-standard '*.go')) && \
		if [ -n "$$files" ]; then echo "not formatted by gofumpt:" $$files; exit 1; fi

.PHONY: fuzz
fuzz: ## fuzz each target with FUZZTIME inputs (20000x)
	@list=$$(go test -list '^Fuzz' work) || exit 1; \
		echo "$$list" | awk '/^Fuzz/ {f[n++] = $$1} /^ok/ {while (n) print $$2, f[--n]}' | \
		while read -r pkg target; do \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$pkg" || exit 1; \
		done

# What the tests need that is not Go: the official packages, a browser, and the proxies of docs/deploy.
.PHONY: deps
deps: $(NPM_INTEROP) $(NPM_CLIENT) chromium proxies

%/node_modules/.package-lock.json: %/package-lock.json
	npm ci --prefix $*
	@touch $@

# Installs Debian's packages where it may. Services that come with them are neither started nor enabled: policy-rc.d is
# how Debian is told not to, and is there for that long.
define APT_INSTALL
	if [ "$$(id -u)" = 0 ]; then as_root=; else as_root='sudo -n'; fi; \
	if command -v apt-get >/dev/null && $$as_root true 2>/dev/null; then \
		$$as_root sh -c 'policy=/usr/sbin/policy-rc.d; \
			if [ ! -e $$policy ]; then \
				trap "rm -f $$policy" EXIT; trap "exit 1" INT TERM; printf "#!/bin/sh\nexit 101\n" >$$policy; chmod +x $$policy; \
			fi; \
			export DEBIAN_FRONTEND=noninteractive; \
			apt-get update && apt-get install -y --no-install-recommends "$$@"; \
			for p in nginx haproxy caddy; do \
				case " $$* " in *" $$p "*) systemctl disable $$p 2>/dev/null;; esac; \
			done' apt $(1); \
	fi
endef

# $CHROME, or what is called so in PATH, or where macOS has it.
FIND_CHROMIUM = for c in "$${CHROME:-chromium}" chromium-browser google-chrome google-chrome-stable \
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do command -v "$$c" >/dev/null && exit; done

.PHONY: chromium
chromium:
	@$(FIND_CHROMIUM); \
	$(call APT_INSTALL,chromium); \
	$(FIND_CHROMIUM); \
	echo "The browser tests need Chromium or Chrome: install one (Debian: apt-get install chromium), or set CHROME to its path." >&2; exit 1

# Those of the proxies that are missing. Debian has nginx and haproxy in /usr/sbin, which is not in everybody's PATH.
FIND_PROXIES = missing=; for p in nginx haproxy caddy; do \
	PATH="$$PATH:/usr/sbin" command -v $$p >/dev/null || missing="$$missing $$p"; done; [ -n "$$missing" ] || exit 0

.PHONY: proxies
proxies:
	@$(FIND_PROXIES); \
	$(call APT_INSTALL,$$missing); \
	$(FIND_PROXIES); \
	echo "The tests of docs/deploy need$$missing: install it (Debian: apt-get install$$missing)." >&2; exit 1
