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
from jupytext.config import load_jupytext_config
from traitlets.config import Config

from execution import KERNEL_ENVIRONMENT

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / "binder" / "jupyter_server_config.py"

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

```{code-cell} ipython3
---
tags: [hide-input]
mystnb:
  figure:
    caption: A caption that is longer than one line, and is wrapped where jupytext
      wraps it.
---
folded = 1
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


@pytest.fixture
def settings(monkeypatch):
    """What the file of settings defines when a server runs it that has one page."""

    class Server:
        async def get(self, path, content=True, **options):
            return {"type": "notebook", "content": jupytext.reads(PAGE, "md:myst")}

    config = Config()
    stand_in = SimpleNamespace(AsyncTextFileContentsManager=Server)
    monkeypatch.setitem(sys.modules, "jupytext", stand_in)
    return runpy.run_path(str(SETTINGS), init_globals={"get_config": lambda: config})


def test_code_and_solutions_are_closed_and_all_else_is_open(settings):
    notebook = asyncio.run(settings["Pages"]().get("page.md"))["content"]
    hidden = {
        cell.source.split("\n")[0]: cell.metadata.jupyter.source_hidden for cell in notebook.cells
    }
    assert hidden == {
        "# Page": False,
        "folded = 1": True,
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


def test_what_is_folded_in_jupyterlab_is_not_saved(settings):
    notebook = asyncio.run(settings["Pages"]().get("page.md"))["content"]
    config = load_jupytext_config(str(ROOT / "book" / "page.md"))
    assert jupytext.writes(notebook, "md:myst", config=config) == PAGE


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
def lab(tmp_path):
    """Address and folder of JupyterLab with the book's settings and one page."""
    jupyter = shutil.which("jupyter-lab", path=Path(sys.executable).parent)
    jupyter = os.environ.get("JUPYTER_LAB", jupyter)
    if jupyter is None:
        missing("JupyterLab is not installed (make .venv/lab does it)")
    shutil.copy(ROOT / "jupytext.toml", tmp_path)
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    with served(tmp_path, jupyter, f"--config={SETTINGS}") as address:
        yield address, tmp_path


def missing(reason):
    """Skip a test, or fail it where JupyterLab is required."""
    if os.environ.get("REQUIRE_JUPYTERLAB"):
        pytest.fail(reason)
    pytest.skip(reason)


def test_a_launch_button_leads_to_a_notebook_that_runs_and_is_saved_as_it_was(lab, browser):
    address, folder = lab
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/lab/tree/page.md?reset")
    page.locator(".jp-Notebook .jp-CodeCell").nth(4).wait_for()
    page.locator(".jp-CodeCell .jp-InputPlaceholder").nth(1).wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(
        "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].at(-1)"
        ".textContent.startsWith('[5]')"
    )
    before = (folder / "page.md").stat().st_mtime_ns
    page.keyboard.press("Control+s")
    for _ in range(50):
        page.wait_for_timeout(100)
        if (folder / "page.md").stat().st_mtime_ns != before:
            break
    else:
        pytest.fail("the page was not saved")
    assert (folder / "page.md").read_text(encoding="utf-8") == PAGE
    page.close()


def opened(address, browser):
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
            return opened(f"{address}/{urlpath}", browser)

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
