# Needs Python 3.11 or newer, git and make; everything else is set up in .venv.
PYTHON := .venv/bin/python
BIN := .venv/bin
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

# One worker a core. The tests of a file share a worker, and so the costly parts that they need.
# In the order of the folders, slow end-to-end tests early: xdist would begin with the fullest files.
PYTEST := $(PYTHON) -m pytest -n auto --dist loadfile --no-loadscope-reorder

.PHONY: help setup demo test test-all check lint format render lock bench grid clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## make or update .venv (the other targets do it by themselves)
	@./tools/setup.sh

demo: setup ## deploy the example to a local Hub and ask it a question (KEEP=1 leaves it running)
	@KEEP="$(KEEP)" $(PYTHON) tools/demo.py

test: check ## everything a change must pass; parts that the machine lacks are skipped and named
	@$(PYTEST) -m "not slow" $(ARGS)

test-all: check ## the same, slow tests included
	@$(PYTEST) $(ARGS)

check: setup ## rendered files, formatting, code lint, types
	@$(PYTHON) tools/render.py --check
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

lint: check ## check, and the linters of workflows, Dockerfiles, YAML and shell scripts
	@$(PYTHON) tools/lint.py

format: setup ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

render: setup ## render action.yml and the documents' tables from the code
	@$(PYTHON) tools/render.py

lock: setup ## compile requirements/*.in into hash-locked files
	@for name in runtime localhub dev bench; do \
		$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
			--python-version 3.11 requirements/$$name.in --output-file requirements/$$name.txt; \
	done

bench: setup ## measure beside what users would pick instead (ARGS: rows, sizes, --write; see python -m bench -h)
	@$(PYTHON) -m bench $(ARGS)

grid: setup ## a fault, and a stop, at every request of whole runs (ARGS: --sample N --seed N --only TEXT)
	@$(PYTHON) -m tests.grids $(ARGS)

clean: ## remove everything that was made
	rm -rf .venv .cache .hypothesis .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
