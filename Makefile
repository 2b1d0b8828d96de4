# Every command of the house; each sets up .venv first, and does nothing there when it is already right.
# Needs Python 3.11 or newer with venv, and make. Name another interpreter with PYTHON=..., more test workers with WORKERS=...

PYTHON ?= python3 python3.13 python3.12 python3.11
WORKERS ?= 2
UV_VERSION := 0.13.8

VENV := .venv
BIN := $(VENV)/bin

# A stamp carries a checksum in its name, so contents decide whether set-up is due, not file times:
# where the checkout lies (scripts in .venv name it), and what is to be installed (the tools' settings are not).
PLACE := $(shell pwd | cksum | cut -d ' ' -f 1)
WANTED := $(shell { sed '/^\[tool\./,$$d' pyproject.toml; cat requirements.lock; } | cksum | cut -d ' ' -f 1)
WITH_UV := $(VENV)/.uv-$(UV_VERSION)-$(PLACE)
WITH_BASE := $(VENV)/.base-$(WANTED)
WITH_DEV := $(VENV)/.dev-$(WANTED)

UV := $(BIN)/uv --quiet pip
INSTALL := $(UV) install --python $(BIN)/python
LOCKED := --require-hashes --constraints requirements.lock --requirements pyproject.toml

# Real market data for the tests that can use it, where it lies beside the checkout.
ifneq ($(wildcard ../shared/data),)
export REAL_DATA ?= $(abspath ../shared/data)
endif

.PHONY: help demo run setup servers test check format bench lock
.DELETE_ON_ERROR:

help:
	@echo "make demo     one request to a verdict, offline, on sample data"
	@echo "make run      serve the HTTP API and its reference on http://127.0.0.1:8000"
	@echo "make setup    install everything into $(VENV)"
	@echo "make servers  install the servers that tests run against: PostgreSQL, Supabase Lite"
	@echo "make check    format, lint, types, import contracts, fast tests: the gate before a commit"
	@echo "make test     every test"
	@echo "make format   write the format and the fixes that are safe"
	@echo "make bench    every benchmark table"
	@echo "make lock     write requirements.lock anew from pyproject.toml"

demo: $(WITH_BASE)
	@$(BIN)/backproof demo

run: $(WITH_BASE)
	@$(BIN)/backproof serve

setup: $(WITH_DEV)

servers: $(WITH_UV)
	@$(BIN)/python -m tests.servers

test: servers $(WITH_DEV)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

check: servers $(WITH_DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/pytest -m "not slow" -n $(WORKERS)

format: $(WITH_DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(WITH_DEV)
	@for table in $$(grep -l '^if __name__ == "__main__"' benchmarks/*.py); do \
		$(BIN)/python -m "benchmarks.$$(basename "$$table" .py)" || exit; \
	done

lock: $(WITH_UV)
	$(UV) compile --universal --python-version 3.11 --generate-hashes --extra build --extra scale --extra dev \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --output-file requirements.lock pyproject.toml
	$(BIN)/python -m tests.servers lock

# --- set-up -----------------------------------------------------------------------------------------------------------

FITS := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))

$(WITH_UV):
	@for python in $(PYTHON); do \
		if "$$python" -c '$(FITS)' 2>/dev/null; then \
			echo "Setting up $(VENV) with $$python ..." >&2; \
			"$$python" -m venv --clear $(VENV) || exit; \
			$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) || exit; \
			touch $@; exit; \
		fi; \
	done; \
	echo "Backproof needs Python 3.11 or newer with its venv module; tried: $(PYTHON)." >&2; \
	echo "Install one (on Debian: apt install python3.11 python3.11-venv) or name it: make PYTHON=/path/to/python3.11" >&2; \
	exit 1

$(WITH_BASE): $(WITH_UV)
	@echo "Installing what Backproof runs on ..." >&2
	@$(INSTALL) $(LOCKED) --extra build
	@$(INSTALL) --no-build-isolation --no-deps --editable .
	@rm -f $(VENV)/.base-* && touch $@

$(WITH_DEV): $(WITH_BASE)
	@echo "Installing what its tests and checks need ..." >&2
	@$(INSTALL) $(LOCKED) --extra build --extra scale --extra dev
	@rm -f $(VENV)/.dev-* && touch $@
