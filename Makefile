# The store and its checks, from a clean checkout: needs Python 3.11 or newer (with venv) and make.
#
#   make up                      run the store in one process
#   make up TOPOLOGY=hierarchy   run it in another shape (shared/topologies/)
#   make up PORT=9000            run it on other ports, from this one on
#   make test | lint | bench     check it, measure it
#   make fuzz N=20000 SEED=1     run random plans against a naive interpreter
#   make test-all                every scenario in every topology

.DEFAULT_GOAL := help
.PHONY: help up may-start test test-all fuzz lint bench format pins clean chromium
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
# The first Python on the machine that is new enough; `make PYTHON=...` decides otherwise.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
# No test may depend on where a tool keeps its cache or on its wish to be newer.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

help:
	@sed -n '1,8s/^# \{0,1\}//p' $(firstword $(MAKEFILE_LIST))

# exec: Ctrl-C goes straight to the store, which ends in its own way.
up: may-start .venv/.ready-up
	@exec $(BIN)/maestri up $(TOPOLOGY) $(if $(PORT),--port $(PORT))

# Nobody waits for an installation to hear that a port is in use; afterwards `maestri up` tells it.
may-start:
	@test -e .venv/.ready-up || test -z "$(PYTHON)" || \
		$(PYTHON) .ci/before_install.py $(or $(TOPOLOGY),merged) $(PORT)

# Two processes, for two cores; see tests/conftest.py. ARGS="-n 0" makes it one.
PYTEST := $(BIN)/python -m pytest -n 2

test: .venv/.ready-dev chromium
	@echo "Testing"
	@$(PYTEST) --sample-topologies $(ARGS)

test-all: .venv/.ready-dev chromium
	@echo "Testing everything"
	@$(PYTEST) $(ARGS)

# Every seed is a program; without a SEED the first one is drawn, and printed.
N ?= 20000
fuzz: .venv/.ready-dev
	@PYTHONPATH=shared:. $(BIN)/python -m tests.kernel.composition.random_programs $(N) $(SEED)

lint: .venv/.ready-dev
	@echo "Linting: style"
	@$(BIN)/ruff check --quiet .
	@echo "Linting: format"
	@$(BIN)/ruff format --quiet --check . || { $(BIN)/ruff format --check .; exit 1; }
	@echo "Linting: types (mypy)"
	@$(BIN)/mypy --no-error-summary
	@echo "Linting: types (pyright)"
	@said=$$($(BIN)/pyright --pythonpath $(BIN)/python) || { echo "$$said"; exit 1; }
	@echo "Linting: imports"
	@said=$$(PYTHONPATH=shared:. $(BIN)/lint-imports --no-logo) || { echo "$$said"; exit 1; }

bench: .venv/.ready-dev
	@$(BIN)/python -m benchmarks $(ARGS)

format: .venv/.ready-dev
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

# Newest versions within the ranges of pyproject.toml; commit the result.
pins:
	@rm -rf build/pins && $(PYTHON) -m venv build/pins
	@build/pins/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev,postgres,otlp,bench]'
	@{ sed -n 1p constraints.txt; build/pins/bin/python -m pip freeze --exclude-editable; } >build/pins/constraints.txt
	@mv build/pins/constraints.txt constraints.txt && rm -rf build/pins

clean:
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# The store needs far less than its tests, so each has a stamp of its own.
.venv/.ready-up: EXTRAS := postgres,otlp
.venv/.ready-dev: EXTRAS := dev,postgres,otlp,bench

.venv/.ready-%: pyproject.toml constraints.txt Makefile
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (Debian: apt-get install python3-venv)."; exit 1; }
	@echo "Installing maestri[$(EXTRAS)] into .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

# Tests of the web client look at it in Debian's Chromium, driven by Playwright.
chromium:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium"; \
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium; } \
			>/dev/null || { echo "Chromium could not be installed."; exit 1; }; \
	else echo "No chromium on the PATH: tests of pages are left out. Debian: sudo apt-get install chromium"; fi
