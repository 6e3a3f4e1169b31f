# Tenon's commands. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The flag that holds the hexagon: an import that Package.swift does not declare is an error.
SWIFT_FLAGS := --explicit-target-dependency-import-check error
RELEASE := .build/release

.PHONY: help deps assets run test check lint format arch build embedding openapi docs contract migrate bench fuzz

help: ## This list
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install what is missing (apt)
	@deploy/install-dependencies

assets: ## Fetch the files of Swagger UI and Redoc (PyPI)
	@deploy/fetch-docs-assets .build/docs-assets

run: deps assets ## Build for release and serve on 127.0.0.1:8000
	swift build -c release --product tenon $(SWIFT_FLAGS)
	TENON_DOCS_ASSETS=$${TENON_DOCS_ASSETS:-.build/docs-assets} exec $(RELEASE)/tenon serve

test: deps embedding ## Run every test
	@deploy/fetch-json-schema-suite .build/json-schema-suite
	@deploy/fetch-casbin .build/casbin
	@deploy/fetch-dotenv .build/python-dotenv
	@deploy/fetch-oidc-provider .build/oidc-provider-mock
	@# What failed stands last, where a reader of a long log looks.
	@set -o pipefail; swift test --no-parallel $(SWIFT_FLAGS) $(TEST_FLAGS) 2>&1 | tee .build/test.log \
		|| { echo; grep -A 3 -E '✘|error:' .build/test.log | tail -n 60; exit 1; }

check: lint arch test openapi contract ## Everything that must be green before a change lands

lint: ## The style, strictly
	swift format lint --strict --recursive Package.swift Migrations Sources Tests

format: ## Bring the sources into the style
	swift format --in-place --recursive Package.swift Migrations Sources Tests

arch: ## The hexagon: what may import what
	@deploy/check-architecture

build: deps ## Build everything, the tests included
	swift build --build-tests $(SWIFT_FLAGS)

embedding: deps ## Build and run a package of somebody else's on the library products
	@folder=$$(mktemp -d) && chmod 755 $$folder && trap 'rm -rf $$folder' EXIT && \
		swift run --package-path Tests/Embedding --scratch-path .build-embedding $(SWIFT_FLAGS) Embedding $$folder

openapi: ## docs/ has what the code says: openapi.json, errors.md, access.md, settings.md
	@swift build --product tenon $(SWIFT_FLAGS)
	@for page in openapi:openapi.json errors:errors.md access:access.md settings:settings.md; do \
		.build/debug/tenon $${page%:*} | diff -u docs/$${page#*:} - \
			|| { echo "docs/$${page#*:} is out of date: run 'tenon $${page%:*} > docs/$${page#*:}'" >&2; exit 1; }; \
	done

docs: deps ## Build the reference of the library products with DocC into .build/docs
	@deploy/build-reference

contract: ## The service keeps what docs/openapi.json says; EXAMPLES=200 tries harder, SEED repeats a run
	@swift build --product tenon $(SWIFT_FLAGS)
	@deploy/check-contract $(EXAMPLES)

migrate: deps ## Bring the database of DATABASE_URL, or the embedded one, up to date
	swift build -c release --product tenon $(SWIFT_FLAGS)
	$(RELEASE)/tenon migrate up

bench: deps ## Print ratios, each against a limit measured in the same run
	@deploy/install-dependencies wrk nghttp2-client
	swift build -c release --product tenon $(SWIFT_FLAGS)
	swift build -c release --product TenonBench $(SWIFT_FLAGS)
	$(RELEASE)/TenonBench

fuzz: SECONDS ?= 60
fuzz: deps ## Fuzz every parser, SECONDS=60 each
	@deploy/fuzz $(SECONDS)
