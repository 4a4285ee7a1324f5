# Every target prepares the virtual environment in .venv first; see .ci/prepare.py.
PYTHON ?= python3
ARGS ?=
VENV_PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench pictures wheel clean prepare prepare-window python

help: ## what can be made
	@echo "make run      start the window on the sample photos (ARGS=\"photo.jpg --layer 6\")"
	@echo "make test     everything that CI runs: lint, types, contracts, tests (ARGS for pytest)"
	@echo "make lint     the same without the tests"
	@echo "make format   put the code into the house format"
	@echo "make bench    the benchmarks (ARGS=\"latency --batch 1\" for one of them)"
	@echo "make pictures paint the pictures of the tests and of the README anew"
	@echo "make wheel    build dist/gtp_viewer-*.whl"
	@echo "make clean    remove everything that was made here, .venv included"
	@echo "PYTHON=...    the interpreter to make .venv with (now: $(PYTHON))"

run: prepare-window
	@$(VENV_PYTHON) .ci/start.py $(ARGS)

test: prepare
	@$(VENV_PYTHON) .ci/check.py $(ARGS)

lint: prepare
	@$(VENV_PYTHON) .ci/check.py --lint

format: prepare
	@$(VENV_PYTHON) -m ruff check --fix --quiet
	@$(VENV_PYTHON) -m ruff format

bench: prepare
	@$(VENV_PYTHON) .ci/bench.py $(ARGS)

pictures: prepare
	@$(VENV_PYTHON) .ci/pictures.py

wheel: prepare
	@$(VENV_PYTHON) -m build --wheel --no-isolation

clean:
	rm -rf .venv build dist gtp-viewer.png
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find gtp_core gtp_viewer assets tests .ci -name __pycache__ -prune -exec rm -rf {} +

prepare: python
	@$(PYTHON) .ci/prepare.py

prepare-window: python
	@$(PYTHON) .ci/prepare.py --window

python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) was not found. On Debian or Ubuntu: sudo apt-get install python3 python3-venv" >&2; \
	  exit 1; }
