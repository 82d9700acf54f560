# One door to everything: `make` lists the targets. Each one sets up what it needs in .venv first.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.project
WORKERS ?= 2
TESTS ?= tests
DEMO ?= build/demo

# Without stored bytecode every start of MLflow costs seconds; the tests start it often.
unexport PYTHONDONTWRITEBYTECODE

PYTHON_FILES := mlgate hooks tests benchmarks scripts setup.py
WORKFLOWS = $(wildcard .github/workflows/*.yml workflows/*.yml)
ACTION = $(wildcard action.yml)
MANIFEST = $(wildcard .pre-commit-hooks.yaml)
SHELL_FILES = .ci/run scripts/bootstrap scripts/lowest

.PHONY: help install test coverage lowest demo lint format bench docs lock clean

help:  ## print this list
	@awk -F ':.*  ## ' '/^[a-z]+:.*  ## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY)  ## set up .venv from requirements.lock (PYTHON=... names the interpreter of a new one)
	@echo "ready: $(BIN)/mlgate"

$(VENV)/.locked: requirements.lock scripts/bootstrap
	@scripts/bootstrap $(VENV) $(PYTHON)
	@touch $@

$(READY): $(VENV)/.locked pyproject.toml setup.py
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

# By file, in order: what a file starts (a server, an environment) is started once, and the slow files come first.
test: $(READY)  ## all tests in parallel (TESTS=... for a part, WORKERS=...)
	@$(BIN)/python -m pytest $(TESTS) -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Apart, since following every line takes half as long again; Python 3.12 and newer do it at little cost.
coverage: export COVERAGE_CORE ?= $(if $(shell $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 12))' && echo y),sysmon,ctrace)
coverage: $(READY)  ## the same, with coverage of mlgate and hooks, which must be 90 % or more
	@$(BIN)/python -m pytest tests -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
		--cov --cov-report=term --cov-fail-under=90

lowest: $(READY)  ## the unit tests on Python 3.11 with the oldest dependencies that pyproject.toml allows
	@scripts/lowest $(VENV)-lowest $(or $(PYTHON),3.11) tests/unit -n $(WORKERS) --dist loadfile

demo: $(READY)  ## the main job on a small real repository (DEMO=... for its folder)
	@$(if $(filter file,$(origin DEMO)),rm -rf $(DEMO))
	@$(BIN)/mlgate demo $(DEMO)

lint: $(READY)  ## formatting, types, workflows, action, hook manifest, shell: nothing is changed
	@$(BIN)/ruff check $(PYTHON_FILES)
	@$(BIN)/ruff format --check $(PYTHON_FILES)
	@$(BIN)/mypy
	@$(BIN)/shellcheck $(SHELL_FILES)
	@$(BIN)/zizmor --offline --quiet $(ACTION) $(WORKFLOWS)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/actionlint $(WORKFLOWS)
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows $(WORKFLOWS)
	@$(if $(ACTION),$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions $(ACTION))
	@$(if $(MANIFEST),$(BIN)/pre-commit validate-manifest $(MANIFEST))
	@$(BIN)/pre-commit validate-config .pre-commit-config.yaml
	@$(BIN)/mlgate lint mlgate hooks benchmarks scripts setup.py tests/unit tests/integration > $(VENV)/.lint || { cat $(VENV)/.lint; exit 1; }
	@echo "lint: nothing found"

format: $(READY)  ## let ruff rewrite what it can
	@$(BIN)/ruff check --fix $(PYTHON_FILES)
	@$(BIN)/ruff format $(PYTHON_FILES)

bench: $(READY)  ## error rates of the gate by simulation, and its cost beside peers and plain versions of the same
	@$(BIN)/python -m benchmarks.gate_errors
	@$(BIN)/python -m benchmarks.history_error
	@$(BIN)/python -m benchmarks.metric_gate
	@$(BIN)/python -m benchmarks.compare_scale
	@$(BIN)/python -m benchmarks.gate_overhead
	@$(BIN)/python -m benchmarks.tier_overhead
	@$(BIN)/python -m benchmarks.data_scan
	@$(BIN)/python -m benchmarks.data_peers
	@$(BIN)/python -m benchmarks.data_roundtrip
	@$(BIN)/python -m benchmarks.data_fuzz
	@$(BIN)/python -m benchmarks.leakage_found
	@$(BIN)/python -m benchmarks.leakage_scale
	@$(BIN)/python -m benchmarks.drift_error
	@$(BIN)/python -m benchmarks.drift_scale
	@$(BIN)/python -m benchmarks.skew_and_series
	@$(BIN)/python -m benchmarks.pii_corpus
	@$(BIN)/python -m benchmarks.pii_scan
	@$(BIN)/python -m benchmarks.lint_scripts
	@$(BIN)/python -m benchmarks.lint_tests
	@$(BIN)/python -m benchmarks.config_faults
	@$(BIN)/python -m benchmarks.artifact_scan
	@$(BIN)/python -m benchmarks.start_up
	@$(BIN)/python -m benchmarks.report_render
	@$(BIN)/python -m benchmarks.hook_start
	@$(BIN)/python -m benchmarks.plan_speed
	@$(BIN)/python -m benchmarks.reuse
	@$(BIN)/python -m benchmarks.lint_speed

docs: $(READY)  ## write the generated tables in docs/
	@$(BIN)/python scripts/docs.py

lock: $(READY)  ## resolve the dependencies again, keeping versions that still fit (UPGRADE=1: take the newest)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --extra dev $(if $(UPGRADE),--upgrade) \
		--custom-compile-command "make lock" pyproject.toml -o requirements.lock

clean:  ## remove everything that was made here, .venv too
	@rm -rf $(VENV) $(VENV)-lowest build dist .coverage .coverage.* .hypothesis .mypy_cache .ruff_cache *.egg-info
	@find mlgate hooks tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} +
