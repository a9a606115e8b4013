# make book    build the site            make test    test the package, the pages and the site
# make page P=sgd   build one page       make lint    check the style, that of the code in pages too
# make lab     open the pages as notebooks in JupyterLab
# make tidy    give pages the form in which JupyterLab saves them
# make clean   remove everything that was made here
#
# All set up what they need in .venv first. Variables, for instance on Linux without CUDA:
#   make book PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu"

PYTHON ?= $(firstword $(foreach version,3.11 3.12 3.13,$(shell command -v python$(version))))
PIP_ARGS ?=
PYTEST_ARGS ?=

VENV := .venv
READY := $(VENV)/ready
LAB := $(VENV)/lab
SITE := _build/html/book/index.html
# The code of the pages is checked as notebooks, at the width that a cell shows without scrolling.
PAGES := _build/lint

.PHONY: book page lab test lint tidy clean

book: $(READY)
	$(VENV)/bin/jupyter-book build . -n -W --keep-going
	@echo
	@echo "The book is ready. Open it in a browser:"
	@echo "  file://$(CURDIR)/$(SITE)"

# Executes this page only, if it is out of date; links to other pages stay open. The page need not
# stand in _toc.yml. The site of the whole book is left alone.
page: $(READY)
	@test -f "book/$(P).md" || { echo "There is no page book/$(P).md: make page P=sgd" >&2; exit 1; }
	BOOK_PAGE=book/$(P) $(VENV)/bin/jupyter-book build . --path-output _build/page --keep-going
	@echo "  file://$(CURDIR)/_build/page/_build/html/book/$(P).html"

# As on Binder, but kernels live for as long as they are wanted.
lab: $(LAB)
	BOOK_KERNEL_IDLE_SECONDS=0 PATH="$(CURDIR)/$(VENV)/bin:$$PATH" binder/start \
		jupyter lab --LabApp.default_url=/lab/tree/book/index.md

# Executes only the pages that are out of date, then reads their outputs: nothing runs twice.
test: book
	$(VENV)/bin/pytest --cov --cov-report=term $(PYTEST_ARGS)

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/python book/tidy.py --check book/*.md
	rm -rf $(PAGES) && mkdir -p $(PAGES)
	$(VENV)/bin/jupytext --quiet --to ../$(PAGES)//ipynb book/*.md
	$(VENV)/bin/ruff check --config book/ruff-pages.toml $(PAGES)/*.ipynb
	$(VENV)/bin/ruff format --check --config book/ruff-pages.toml $(PAGES)/*.ipynb

tidy: $(READY)
	$(VENV)/bin/python book/tidy.py book/*.md

# The stamp is touched last: an interrupted installation is taken up again.
$(READY): requirements.txt constraints.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "The book needs Python 3.11, 3.12 or 3.13:" \
		"make book PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "The book needs Python 3.11, 3.12 or 3.13; $(PYTHON) is another one" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	$(VENV)/bin/pip install $(PIP_ARGS) -r requirements.txt -e .
	touch $@

$(LAB): $(READY) $(addprefix binder/,jupyterlab.txt postBuild jupyter_server_config.py overrides.json)
	$(VENV)/bin/pip install $(PIP_ARGS) -r binder/jupyterlab.txt -c constraints.txt
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" binder/postBuild
	touch $@

clean:
	rm -rf $(VENV) _build build *.egg-info .coverage .hypothesis .pytest_cache .ruff_cache
