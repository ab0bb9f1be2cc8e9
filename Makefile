# The whole set-up of ArtDesk: `make run` for artists, `make test` for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.artdesk-run
DEV_STAMP := $(VENV)/.artdesk-dev
SOURCES := artdesk models training tests packaging
LOCKS := packaging/locks
# Only what the locks name, and only files with the hashes that stand there.
INSTALL := $(BIN)/python -m pip install --quiet --require-hashes --no-deps
INSTALL_SELF := $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
DEMO ?= "bold, dramatic, textured" --palette "\#1d3557,\#e63946,\#f1faee,\#f4a261,\#1a1a1a"

.PHONY: run demo test lint lock bench wheel folder package smoke clean
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

lock: | $(BIN)/python  ## the newest versions that fit, with hashes; `make lock KEEP=--keep` only adds
	@$(BIN)/python -c "import uv" 2>/dev/null || $(INSTALL) --requirement $(LOCKS)/dev.txt
	$(BIN)/python packaging/lock.py $(KEEP)

wheel: $(DEV_STAMP)
	$(BIN)/python -m build --wheel --no-isolation

folder: | $(BIN)/python  ## the app in dist/artdesk, which runs without Python
	$(BIN)/python packaging/build.py folder

package: | $(BIN)/python  ## what people download, in dist/: docs/packaging.md
	$(BIN)/python packaging/build.py archive deb

smoke: | $(BIN)/python  ## try the packed app as a stranger would
	$(BIN)/python packaging/smoke.py dist/artdesk/artdesk --screenshots dist

clean:  ## remove the environment and everything that a command made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "ArtDesk needs Python 3.11 or newer; choose one with: make run PYTHON=python3.11"; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): pyproject.toml $(LOCKS)/run.txt | $(BIN)/python
	$(INSTALL) --requirement $(LOCKS)/run.txt
	$(INSTALL_SELF)
	@touch $@

# The CPU build of torch where pip finds one; PyPI's for Linux does not start without GPU libraries.
$(DEV_STAMP): pyproject.toml $(LOCKS)/dev.txt $(LOCKS)/gpu.txt $(LOCKS)/torch-cpu.txt | $(BIN)/python
	@$(INSTALL) --requirement $(LOCKS)/torch-cpu.txt 2>/dev/null || \
		echo "pip finds no CPU build of torch here; PyPI's comes, for Linux with its GPU libraries."
	$(INSTALL) --requirement $(LOCKS)/dev.txt
	@$(BIN)/python -c "import torch" 2>/dev/null || $(INSTALL) --requirement $(LOCKS)/gpu.txt
	$(INSTALL_SELF)
	@touch $@ $(RUN_STAMP)
