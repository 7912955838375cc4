# Every target does its own set-up. Two to know: `make demo` shows the hub, `make test` is what a contributor must pass.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Shows which package is on its way; pip's other lines only when it fails.
SHOW := tee $(VENV)/pip.log | sed -un 's/^Collecting \([^ ]*\).*/  \1/p' || { cat $(VENV)/pip.log; exit 1; }

.PHONY: help demo up check test endure bench contracts doctor lock system-deps clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

demo: $(VENV)/.runtime ## the main job on this machine: facts in, letter out, evidence verified; ends by itself
	@$(BIN)/hub demo

up: $(VENV)/.runtime ## the same, kept running; prints its URLs
	@$(BIN)/hub up

check: $(VENV)/.dev ## before every commit: lint, types, import rules, unit tests (under a minute)
	@$(BIN)/python -m tests.gate check

test: $(VENV)/.dev ## what a contributor must pass: check, and everything against real PostgreSQL, Kafka and Docker
	@$(BIN)/python -m tests.gate test

endure: $(VENV)/.dev ## the long figures (under an hour)
	@$(BIN)/python -m tests.gate endure

bench: $(VENV)/.dev ## the hub's journey beside two baselines; writes docs/performance.md (some 15 minutes)
	@$(BIN)/python -m tests.bench

contracts: $(VENV)/.dev ## writes contracts/schemas, asyncapi and openapi from the code
	@$(BIN)/python -m contracts.export
	$(BIN)/python -m devkit.openapi

doctor: $(VENV)/.runtime ## what this machine lacks, and the command that gets it
	@$(BIN)/python -m devkit.doctor

lock: $(VENV)/.dev ## resolves requirements*.in anew into the lock files
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate requirements.in -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -c requirements.lock requirements-dev.in -o requirements-dev.lock
	git --no-pager diff --stat -- requirements.lock requirements-dev.lock

system-deps: ## Java, Maven, Docker and Compose from Debian's packages (needs root)
	@deploy/system-deps.sh

clean: ## removes the environment and all caches; .hub (the databases, keys and letters of `make up`) stays
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; this is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.11 ..."; exit 1; }
	echo "Making $(VENV) with $$($(PYTHON) --version)"
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.runtime: requirements.lock | $(BIN)/python
	@echo "Installing $$(grep -c '^[a-z].*==' requirements.lock) pinned packages to run the hub (about half a minute)"
	$(PIP) install --require-hashes -r requirements.lock 2>&1 | $(SHOW)
	$(PIP) install --no-deps --no-build-isolation --no-index --config-settings editable_mode=compat -e . 2>&1 | $(SHOW)
	touch $@

$(VENV)/.dev: requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "Installing $$(grep -c '^[a-z].*==' requirements-dev.lock) pinned packages to run and change the hub (about a minute)"
	$(PIP) install --require-hashes -r requirements-dev.lock 2>&1 | $(SHOW)
	$(PIP) install --no-deps --no-build-isolation --no-index --config-settings editable_mode=compat -e . 2>&1 | $(SHOW)
	touch $@ $(VENV)/.runtime
