# make book    build the site            make test    test the package, the pages and the site
# make lint    check the style           make clean   remove everything that was made here
#
# Both set up what they need in .venv first. Variables, for instance on Linux without CUDA:
#   make book PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu"

PYTHON ?= python3.11
PIP_ARGS ?=
PYTEST_ARGS ?=

VENV := .venv
READY := $(VENV)/ready
SITE := _build/html/book/index.html

.PHONY: book test lint clean

book: $(READY)
	$(VENV)/bin/jupyter-book build . -n -W --keep-going
	@echo
	@echo "The book is ready. Open it in a browser:"
	@echo "  file://$(CURDIR)/$(SITE)"

# Executes only the pages that are out of date, then reads their outputs: nothing runs twice.
test: book
	$(VENV)/bin/pytest --cov --cov-report=term $(PYTEST_ARGS)

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

# The stamp is touched last: an interrupted installation is taken up again.
$(READY): requirements.txt constraints.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install $(PIP_ARGS) -r requirements.txt -e .
	touch $@

clean:
	rm -rf $(VENV) _build build *.egg-info .coverage .hypothesis .pytest_cache .ruff_cache
