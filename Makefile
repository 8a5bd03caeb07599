# Tutor: `make run` opens the app, `make test` runs the whole suite. Both set up .venv by themselves.

PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check

# On Linux, PyPI's torch brings gigabytes of CUDA. Without an NVIDIA driver, and where pip was not
# already pointed at a CPU build (its find-links setting), take torch from PyTorch's own CPU index.
# TORCH_INDEX= (empty) leaves the choice to pip.
TORCH_INDEX ?= $(shell [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null && \
	[ -z "$$PIP_FIND_LINKS$$($(PYTHON) -m pip config get global.find-links 2>/dev/null)" ] && echo https://download.pytorch.org/whl/cpu)
TORCH = $(shell grep '^torch==' constraints.txt)

.PHONY: run ask test prove test-slow lint vectors clean

run: $(VENV)/.installed
	@$(BIN)/tutor

ask: $(VENV)/.installed
	@$(BIN)/tutor ask "$(Q)"

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n auto --dist loadfile

prove: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n auto -m proof

test-slow: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

vectors: $(VENV)/.installed
	$(BIN)/python -m knowledge.shipped

clean:
	rm -rf $(VENV) build *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Tutor needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.torch: constraints.txt | $(VENV)/bin/python
	@echo "Installing Tutor into $(VENV) (a few minutes, once) ..."
	$(if $(TORCH_INDEX),$(PIP) install --quiet --no-deps --index-url $(TORCH_INDEX) $(TORCH))
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt $(VENV)/.torch
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt $(VENV)/.torch
	$(PIP) install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $(VENV)/.installed $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt $(VENV)/.torch
	$(PIP) install --quiet --constraint constraints.txt --editable '.[test,dev]'
	@touch $(VENV)/.installed $(VENV)/.installed-test $@
