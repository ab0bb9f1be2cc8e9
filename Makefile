# The whole set-up of ArtDesk: `make run` for artists, `make test` for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.artdesk-run
DEV_STAMP := $(VENV)/.artdesk-dev
SOURCES := artdesk models training tests
DEMO ?= "bold, dramatic, textured" --palette "\#1d3557,\#e63946,\#f1faee,\#f4a261,\#1a1a1a"

.PHONY: run demo test lint bench wheel clean
.DEFAULT_GOAL := run

run: $(RUN_STAMP)  ## open the window; without a display make the demo pictures
	@if [ "$$(uname)" = Darwin ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(BIN)/artdesk; \
	else \
		echo "There is no display, so ArtDesk makes the demo pictures without a window."; \
		$(MAKE) --no-print-directory demo; \
	fi

demo: $(RUN_STAMP)  ## nine pictures and a contact sheet in pictures/
	$(BIN)/artdesk generate $(DEMO) --seed 1 --count 9 --out pictures --contact-sheet

test: lint  ## lint, types, layers and the whole test suite
	$(BIN)/python -m pytest

lint: $(DEV_STAMP)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(RUN_STAMP)  ## the speed table of this machine
	$(BIN)/artdesk bench

wheel: $(DEV_STAMP)
	$(BIN)/python -m build --wheel --no-isolation

clean:  ## remove the environment and everything that a command made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "ArtDesk needs Python 3.11 or newer; choose one with: make run PYTHON=python3.11"; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(DEV_STAMP): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[train,dev]"
	@touch $@ $(RUN_STAMP)
