"""Pages as notebooks in JupyterLab, on Binder and by `make lab`: folded, and harmless to save."""

import asyncio
import os
import re
import runpy
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import jupytext
import pytest
from bs4 import BeautifulSoup
from jupytext.config import load_jupytext_config
from traitlets.config import Config

from execution import KERNEL_ENVIRONMENT

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / "binder" / "jupyter_server_config.py"
BOOK = sorted((ROOT / "book").glob("*.md"))

PAGE = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---

# Page

The number {glue:text}`page-number:.2f` stands in {numref}`fig-page` of {doc}`page`,
{cite}`Baik:2005,Dyson:1962`, and `{cite}` is not in {cite}`Nobody:1900`.

```{code-cell} ipython3
---
tags: [hide-input]
mystnb:
  figure:
    caption: A caption that is longer than one line, and is wrapped where jupytext
      wraps it.
    name: fig-page
---
from myst_nb import glue

glue("page-number", 3.14159, display=False)
```

```{code-cell} ipython3
shown = 2
```

```{exercise} Sum
:label: page-sum

Add them.
```

```{code-cell} ipython3
answer = ...
```

````{solution-start} page-sum
:class: dropdown
````

One and two.

```{code-cell} ipython3
solution = 3
```

````{solution-end}
````

```{exercise} Difference
:label: page-difference

Subtract them.
```

```{code-cell} ipython3
answer = ...
```
"""


TOC = """
parts:
  - chapters:
      - file: book/other
  - numbered: true
    chapters:
      - file: book/page
"""

REFERENCES = r"""
@article{Baik:2005,
  author = {Baik, Jinho and Ben Arous, G{\'e}rard and P{\'e}ch{\'e}, Sandrine},
  year = {2005},
  eprint = {math/0403022},
}
@article{Dyson:1962,
  author = {Dyson, Freeman J.},
  year = {1962},
  doi = {10.1063/1.1703862},
}
"""


@pytest.fixture
def book(tmp_path):
    """Folder of a book of one page."""
    shutil.copy(ROOT / "jupytext.toml", tmp_path)
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "references.bib").write_text(REFERENCES, encoding="utf-8")
    (tmp_path / "book" / "page.md").write_text(PAGE, encoding="utf-8")
    return tmp_path


class Server:
    """Pages read and written by jupytext, without a server."""

    root_dir = None

    async def get(self, path, content=True, **options):
        return {"type": "notebook", "content": jupytext.read(Path(self.root_dir, path))}

    async def save(self, model, path=""):
        if model["type"] == "file":
            return model["content"]
        config = load_jupytext_config(str(Path(self.root_dir, path)))
        return jupytext.writes(model["content"], "md:myst", config=config)


@pytest.fixture
def settings(monkeypatch):
    """What the file of settings defines when a server runs it."""
    config = Config()
    stand_in = SimpleNamespace(AsyncTextFileContentsManager=Server, writes=jupytext.writes)
    monkeypatch.setitem(sys.modules, "jupytext", stand_in)
    return runpy.run_path(str(SETTINGS), init_globals={"get_config": lambda: config})


@pytest.fixture
def pages(settings):
    """Contents manager of the pages in a folder."""

    def manager(folder):
        manager = settings["Pages"]()
        manager.root_dir = str(folder)
        return manager

    return manager


def opened(manager, path):
    """Notebook as JupyterLab gets it."""
    return asyncio.run(manager.get(path))["content"]


def saved(manager, path, notebook):
    """Text of the page that JupyterLab writes."""
    return asyncio.run(manager.save({"type": "notebook", "content": notebook}, path))


def test_code_and_solutions_are_closed_and_all_else_is_open(book, pages):
    notebook = opened(pages(book), "book/page.md")
    hidden = {
        cell.source.split("\n")[0]: cell.metadata.jupyter.source_hidden for cell in notebook.cells
    }
    assert hidden == {
        "# Page": False,
        "from myst_nb import glue": True,
        "(fig-page)=": False,
        "shown = 2": False,
        "```{exercise} Sum": False,
        "answer = ...": False,
        "````{solution-start} page-sum": True,
        "solution = 3": True,
        "````{solution-end}": False,
    }
    assert [c.source for c in notebook.cells if c.metadata.jupyter.outputs_hidden] == [
        "solution = 3"
    ]


def test_references_and_captions_read_as_on_the_site(book, pages):
    title, _, caption, *_ = opened(pages(book), "book/page.md").cells
    assert title.source.split("\n\n")[1] == (
        'The number {eval}`glued_number("page-number:.2f")` stands in '
        '[Fig. 1.1](#fig-page "{numref}`fig-page`") of [Page](page.md "{doc}`page`"),\n'
        '[[Baik et al., 2005](https://arxiv.org/abs/math/0403022 "{cite}`Baik:2005`"); '
        '[Dyson, 1962](https://doi.org/10.1063/1.1703862 "{cite}`Dyson:1962`")], '
        "and `{cite}` is not in {cite}`Nobody:1900`."
    )
    assert caption.source.startswith("(fig-page)=\n**Fig. 1.1** A caption that is longer")


@pytest.mark.parametrize("name", ["page", *(path.stem for path in BOOK)])
def test_what_jupyterlab_shows_is_saved_as_it_was(book, pages, name):
    manager, path = pages(book if name == "page" else ROOT), f"book/{name}.md"
    text = Path(manager.root_dir, path).read_text(encoding="utf-8")
    assert saved(manager, path, opened(manager, path)) == text

    # Edits are saved, and nothing else changes.
    edit, notebook = "\n\nSee {cite}`Dyson:1962` and [this](sgd.md).", opened(manager, path)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source += edit
    edited = saved(manager, path, notebook)
    assert edited != text
    assert edited.replace(edit, "") == text


def test_without_a_table_of_contents_references_stay_as_they_are(book, pages):
    (book / "_toc.yml").unlink()
    assert "{numref}`fig-page`" in opened(pages(book), "book/page.md").cells[0].source


def test_references_have_the_words_and_numbers_of_the_site(settings, site):
    shown = settings["Book"](ROOT)
    numbers, cited = set(), set()
    for page in (site / "book").glob("*.html"):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for link in soup.select("a:has(> .std-numref), a.internal[href*='#equation-eq-']"):
            label = link["href"].split("#")[1].removeprefix("equation-")
            if label in shown.labels:  # not an exercise
                numbers.add((label, link.get_text()))
        for link in soup.select("a[href^='bibliography.html#']"):
            cited.add(link.get_text().replace("\N{NO-BREAK SPACE}", " "))
    assert len(numbers) > 100
    assert len(cited) > 50
    assert {(label, shown.labels[label][1]) for label, _ in numbers} == numbers
    assert cited <= {shown.refer("cite", key, "")[0] for key in shown.works}


def test_numbers_in_sentences_are_written_as_on_the_site(monkeypatch):
    monkeypatch.setattr("myst_nb.glue", lambda *arguments: None)
    numbers = runpy.run_path(str(ROOT / "binder" / "numbers.py"))
    assert numbers["glued_number"]("late:.2f") == "…"
    for name, value in (("pi", 3.14159), ("text", "0.10(2)"), ("count", 12345)):
        numbers["glue"](name, value, display=False)
    written = [numbers["glued_number"](n) for n in ("pi:.2f", "pi", "text", "count:,", "count:d")]
    assert written == ["3.14", "3.14159", "0.10(2)", "12,345", "12345"]


def test_tidy_gives_a_page_the_form_in_which_it_is_saved():
    tidied = runpy.run_path(str(ROOT / "book" / "tidy.py"))["tidied"]
    config = load_jupytext_config(str(ROOT / "book" / "page.md"))
    assert tidied(PAGE, config) == PAGE
    own_form = (
        PAGE.replace("Python 3 (ipykernel)", "Python 3")
        .replace("jupytext:\n", "jupytext:\n  formats: md:myst\n")
        .replace("caption: A caption that", "caption: |\n      A caption\n      that")
    )
    assert own_form.count("\n") == PAGE.count("\n") + 3
    assert tidied(own_form, config) == PAGE
    prose = "# No code\n"
    assert tidied(prose, config) == prose


def started(**environment):
    """Environment in which `binder/start` starts a program."""
    run = subprocess.run(
        [ROOT / "binder" / "start", "env"],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in run.stdout.splitlines())


def test_kernels_on_binder_have_as_many_threads_as_those_of_the_build():
    limits = {name: n for name, n in KERNEL_ENVIRONMENT.items() if name.endswith("_NUM_THREADS")}
    assert limits.items() <= started().items()


def test_idle_kernels_end_on_binder_and_live_elsewhere(monkeypatch, settings):
    def timeout():
        read = runpy.run_path(str(SETTINGS), init_globals={"get_config": Config})
        return read["c"].MappingKernelManager.cull_idle_timeout

    assert timeout() == 0
    monkeypatch.setenv("BOOK_KERNEL_IDLE_SECONDS", started()["BOOK_KERNEL_IDLE_SECONDS"])
    assert timeout() == 1200
    assert settings["c"].MappingKernelManager.cull_connected
    assert started(BOOK_KERNEL_IDLE_SECONDS="0")["BOOK_KERNEL_IDLE_SECONDS"] == "0"


# --- a real JupyterLab ---------------------------------------------------------------------------


@contextmanager
def served(folder, *command, **environment):
    """Address of the JupyterLab that `command` starts in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token="]
    # Settings of whoever runs the tests are not those of the book.
    environment = {**os.environ, "HOME": str(folder), **environment}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, *options], cwd=folder, stdout=log, stderr=log, env=environment
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            time.sleep(0.5)
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, (folder / "log").read_text()
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:  # it waits for a kernel that does not come to an end
            server.kill()
            server.wait()


@pytest.fixture
def lab(book):
    """Address and folder of JupyterLab with the book's settings and one page."""
    jupyter = shutil.which("jupyter-lab", path=Path(sys.executable).parent)
    jupyter = os.environ.get("JUPYTER_LAB", jupyter)
    if jupyter is None:
        missing("JupyterLab is not installed (make .venv/lab does it)")
    start = ROOT / "binder" / "start"
    with served(book, start, jupyter, f"--config={SETTINGS}") as address:
        yield address, book


def missing(reason):
    """Skip a test, or fail it where JupyterLab is required."""
    if os.environ.get("REQUIRE_JUPYTERLAB"):
        pytest.fail(reason)
    pytest.skip(reason)


def test_a_launch_button_leads_to_a_notebook_that_runs_and_is_saved_as_it_was(lab, browser):
    address, folder = lab
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/lab/tree/book/page.md?reset")
    page.locator(".jp-Notebook .jp-CodeCell").nth(4).wait_for()
    page.locator(".jp-CodeCell .jp-InputPlaceholder").nth(1).wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(
        "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].at(-1)"
        ".textContent.startsWith('[5]')"
    )
    page.get_by_text("The number 3.14 stands in Fig. 1.1 of Page").wait_for()
    before = (folder / "book" / "page.md").stat().st_mtime_ns
    page.keyboard.press("Control+s")
    for _ in range(50):
        page.wait_for_timeout(100)
        if (folder / "book" / "page.md").stat().st_mtime_ns != before:
            break
    else:
        pytest.fail("the page was not saved")
    assert (folder / "book" / "page.md").read_text(encoding="utf-8") == PAGE
    page.close()


def landing(address, browser):
    """What a launch address opens: "notebook" or "editor"."""
    page = browser.new_page()
    page.goto(address)
    page.locator(".jp-Notebook .jp-Cell, .jp-FileEditor .cm-line").first.wait_for(timeout=60_000)
    found = page.locator(".jp-Notebook").count()
    page.close()
    return "notebook" if found else "editor"


@pytest.mark.slow
def test_binder_opens_notebooks_whatever_jupyterlab_its_image_brings(tmp_path, browser):
    (urlpath,) = re.findall(r"\?urlpath=(\S+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    # What stands on Binder: the image's own packages, and then the repository.
    image, folder = tmp_path / "image", tmp_path / "repository"
    subprocess.run([sys.executable, "-m", "venv", image], check=True)
    made = shutil.ignore_patterns(".*", "_build", "build", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, folder, ignore=made)
    path = f"{image / 'bin'}{os.pathsep}{os.environ['PATH']}"

    def run(*command, check=True):
        environment = {**os.environ, "PATH": path}
        return subprocess.run(command, cwd=folder, env=environment, check=check)

    def launched():
        with served(folder, "binder/start", "jupyter", "lab", PATH=path) as address:
            return landing(f"{address}/{urlpath}", browser)

    install = ["pip", "install", "--quiet", "-c", "constraints.txt"]
    older = ["jupyterlab==4.4.9", "notebook==7.4.7"]
    if run(*install, "--retries=1", *older, check=False).returncode:
        missing(f"{' and '.join(older)} cannot be installed here: is there a network?")
    # All of requirements.txt that JupyterLab looks at; the rest are packages of the pages.
    run(*install, "jupytext", "ipykernel")
    run("binder/postBuild")
    assert launched() == "editor"
    run(*install, "-r", "binder/jupyterlab.txt")
    assert launched() == "notebook"
