# Tenon's commands. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The flag that holds the hexagon: an import that Package.swift does not declare is an error.
SWIFT_FLAGS := --explicit-target-dependency-import-check error
RELEASE := .build/release
# Packages of their own that share the build folder, so that nothing is compiled twice.
EMBEDDING := --package-path Tests/Embedding --scratch-path $(CURDIR)/.build $(SWIFT_FLAGS)
BENCH := -c release --package-path Tests/Bench --scratch-path $(CURDIR)/.build $(SWIFT_FLAGS)

.PHONY: help deps assets run test test-unit fixtures check lint format arch build embedding openapi docs contract migrate bench fuzz

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install missing dependencies (apt)
	@deploy/install-dependencies

assets: ## Download the files of Swagger UI and Redoc (PyPI)
	@deploy/fetch-docs-assets .build/docs-assets

run: deps assets ## Build for release and serve on 127.0.0.1:8000
	swift build -c release --product tenon $(SWIFT_FLAGS)
	TENON_DOCS_ASSETS=$${TENON_DOCS_ASSETS:-.build/docs-assets} exec $(RELEASE)/tenon serve

test: build fixtures ## Run every test; FILTER=REGEX runs those whose Target.Suite/function() matches
	@deploy/run-tests $(FILTER)
	@[ -n "$(FILTER)" ] || $(MAKE) --no-print-directory embedding

test-unit: build fixtures ## Run the tests that need no server of their own
	@deploy/run-tests unit

fixtures:
	@command -v python3 curl >/dev/null || deploy/install-dependencies python3 python3-pip curl
	@deploy/fetch-json-schema-suite .build/json-schema-suite
	@deploy/fetch-casbin .build/casbin
	@deploy/fetch-dotenv .build/python-dotenv
	@deploy/fetch-oidc-provider .build/oidc-provider-mock

check: lint arch test openapi contract ## Everything that must pass before a change is merged

lint: ## Check the style and the wording
	@command -v python3 >/dev/null || deploy/install-dependencies python3
	@deploy/check-words
	swift format lint --strict --recursive Package.swift Migrations Sources Tests

format: ## Format the sources
	swift format --in-place --recursive Package.swift Migrations Sources Tests

arch: ## Check what may import and use what
	@command -v python3 >/dev/null || deploy/install-dependencies python3
	@deploy/check-architecture

build: deps ## Build everything, including the tests
	swift build --build-tests $(SWIFT_FLAGS)

embedding: deps ## Build and run an example package that embeds the library products; it shares .build
	@folder=$$(mktemp -d) && chmod 755 $$folder && trap 'rm -rf $$folder' EXIT && \
		swift run $(EMBEDDING) Embedding $$folder

openapi: ## Check that the generated pages in docs/ match the code: openapi.json, errors.md, access.md, settings.md
	@swift build --product tenon $(SWIFT_FLAGS)
	@for page in openapi:openapi.json errors:errors.md access:access.md settings:settings.md; do \
		.build/debug/tenon $${page%:*} | diff -u docs/$${page#*:} - \
			|| { echo "docs/$${page#*:} is out of date: run 'tenon $${page%:*} > docs/$${page#*:}'" >&2; exit 1; }; \
	done

docs: deps ## Build the DocC reference of the library products into .build/docs
	@deploy/build-reference

contract: ## Test a running service against docs/openapi.json; EXAMPLES=200 tests more, SEED repeats a run
	@swift build --product tenon $(SWIFT_FLAGS)
	@deploy/check-contract $(EXAMPLES)

migrate: deps ## Migrate the database of DATABASE_URL, or the private one
	swift build -c release --product tenon $(SWIFT_FLAGS)
	$(RELEASE)/tenon migrate up

bench: deps ## Measure performance as ratios to limits of the same run; PART=NAME runs one part
	@deploy/install-dependencies wrk nghttp2-client
	swift build $(BENCH) --product tenon
	swift build $(BENCH) --product TenonBench
	$(RELEASE)/TenonBench $(if $(PART),--only $(PART))

fuzz: SECONDS ?= 60
fuzz: deps ## Fuzz every parser for SECONDS=60 each
	@deploy/fuzz $(SECONDS)
