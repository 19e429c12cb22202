# Two commands do everything on a fresh machine with Go: `make run` and `make test`.
#
# After an upgrade of libvips run `go clean -cache` once: Go's build cache does not notice new C headers and libraries.

PORT ?= 8080
FUZZTIME ?= 20s
FOLDER ?=
BENCH ?=

export CGO_ENABLED = 1

.PHONY: help build run test test-long gallery bench bench-encoders fuzz lint clean FORCE

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: bin/caddy ## build bin/caddy: Caddy with this module

run: ## install what is missing, build, and serve examples/quickstart on :8080 (or PORT=…)
	scripts/setup.sh run
	$(MAKE) --no-print-directory bin/caddy
	PORT=$(PORT) scripts/quickstart.sh

test: ## install what is missing and run all tests but the long ones
	scripts/setup.sh test
	$(MAKE) --no-print-directory bin/minio tools/imagekit/node_modules tools/libvips/node_modules
	scripts/test.sh

test-long: ## soak tests, many repetitions, large inputs: about an hour, besides those of make test
	scripts/setup.sh test
	$(MAKE) --no-print-directory bin/minio tools/imagekit/node_modules tools/libvips/node_modules
	scripts/test.sh long

bench: bin/caddy ## measure speed and memory beside libvips alone and other servers: 20 minutes or more (FOLDER=… BENCH='-quick')
	go build -o bin/bench ./bench
	bin/bench -folder '$(FOLDER)' $(BENCH)
	go run ./bench/burst -caddy bin/caddy

bench-encoders: ## compare encoder settings on your photographs (FOLDER=… BENCH='-formats jpeg,avif')
	go run ./bench/encoders $(BENCH) '$(FOLDER)'

gallery: ## show every parameter of both dialects on a page (FOLDER=…: on your own pictures too)
	scripts/setup.sh run
	$(MAKE) --no-print-directory bin/caddy
	go run ./examples/quickstart/samples examples/quickstart/photos
	go run ./examples/gallery -photos '$(FOLDER)'

fuzz: ## run every fuzz target for a short while (FUZZTIME=20s each)
	scripts/fuzz.sh $(FUZZTIME)

lint: bin/staticcheck ## gofmt, go vet, staticcheck
	scripts/setup.sh build
	scripts/lint.sh

clean: ## remove what the other commands made
	rm -rf bin examples/quickstart/photos tools/imagekit/node_modules tools/libvips/node_modules

# Go knows best what is up to date.
bin/caddy: FORCE
	scripts/setup.sh check
	go build -o $@ ./cmd/caddy

# The tools have a module of their own and change rarely; building them takes minutes.
bin/minio: tools/go.mod tools/go.sum
	CGO_ENABLED=0 go -C tools build -o ../$@ github.com/minio/minio

bin/staticcheck: tools/go.mod tools/go.sum
	CGO_ENABLED=0 go -C tools build -o ../$@ honnef.co/go/tools/cmd/staticcheck

# Without npm, where setup.sh could not install it, the tests that need the SDKs are skipped.
tools/imagekit/node_modules: tools/imagekit/package-lock.json
	if command -v npm >/dev/null; then npm ci --prefix $(@D) --no-fund --no-audit --ignore-scripts && touch $@; fi

# Where it cannot be had, the tests that would run with it are left out, and say so.
tools/libvips/node_modules: tools/libvips/package-lock.json
	scripts/libvips.sh install

FORCE:
