"""The build executes the pages that are out of date, all of them, and no other.

The dependency finder is tested on small sources, the whole on small books that Sphinx builds with
the extension of the real one. Each page of such a book notes its own executions in a file.
"""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import execution

CONF = """
import sys
sys.path.append({extensions!r})
extensions = ["myst_nb", "execution"]
root_doc = "book/index"
exclude_patterns = ["_build"]
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_output_stderr = "error"
"""

PAGE = """---
jupytext:
  text_representation:
    format_name: myst
kernelspec:
  display_name: Python 3
  name: python3
---
# Page {name}

Executed in {{run-time}}`{name}`.

```{{code-cell}} ipython3
open("{name}.runs", "a").write("one more")
{code}
```
"""


class Book:
    """A small book in a folder of its own."""

    def __init__(self, root: Path, pages: dict[str, str], files: dict[str, str]):
        self.root = root
        self.pages = pages
        listing = "\n".join(pages)
        self.write("conf.py", CONF.format(extensions=str(Path(execution.__file__).parent)))
        self.write("book/index.md", f"# Book\n```{{toctree}}\n{listing}\n```\n")
        self.write("requirements.txt", "numpy==1\n")
        self.write("lecture_utils/__init__.py", "")
        for name, code in pages.items():
            self.write(f"book/{name}.md", PAGE.format(name=name, code=code))
        for name, text in files.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def build(self) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "sphinx", "-M", "html", ".", "_build", "-W"]
        return subprocess.run(
            [*command, "--keep-going"],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def executed(self) -> set[str]:
        """Build, insist on success, and tell which pages were executed meanwhile."""
        for name in self.pages:
            (self.root / f"book/{name}.runs").unlink(missing_ok=True)
        result = self.build()
        assert result.returncode == 0, result.stdout + result.stderr
        return {name for name in self.pages if (self.root / f"book/{name}.runs").exists()}

    def html(self, name: str) -> str:
        return (self.root / f"_build/html/book/{name}.html").read_text(encoding="utf-8")


def test_pages_are_executed_when_what_they_use_has_changed_and_only_then(tmp_path):
    book = Book(
        tmp_path,
        pages={
            "helped": "from lecture_utils.laws import value\nvalue",
            "measured": "open('data/table.csv').read()",
        },
        files={
            "lecture_utils/laws.py": "from ._checks import value\n",
            "lecture_utils/_checks.py": "value = 'before the edit'\n",
            "lecture_utils/other.py": "",
            "book/data/table.csv": "1, 2\n",
            "book/data/unused.csv": "1, 2\n",
        },
    )
    assert book.executed() == {"helped", "measured"}
    assert "before the edit" in book.html("helped")
    assert book.executed() == set()

    book.write("lecture_utils/_checks.py", "value = 'after the edit'\n")
    assert book.executed() == {"helped"}
    assert "after the edit" in book.html("helped")

    book.write("book/data/table.csv", "3, 4\n")
    assert book.executed() == {"measured"}
    assert "3, 4" in book.html("measured")

    book.write("requirements.txt", "numpy==2\n")
    assert book.executed() == {"helped", "measured"}

    book.write("lecture_utils/other.py", "unrelated = True\n")
    book.write("book/data/unused.csv", "5, 6\n")
    page = (tmp_path / "book/helped.md").read_text()
    book.write("book/helped.md", page.replace("Page helped", "A better title"))
    assert book.executed() == set()
    assert "A better title" in book.html("helped")


def test_the_plain_cache_would_ship_a_stale_page(tmp_path):
    """The contrast: without the extension, the same edit of a helper goes unnoticed."""
    book = Book(
        tmp_path,
        pages={"helped": "from lecture_utils.laws import value\nvalue"},
        files={"lecture_utils/laws.py": "value = 'before the edit'\n"},
    )
    conf = (tmp_path / "conf.py").read_text()
    book.write("conf.py", conf.replace(', "execution"', ""))
    page = (tmp_path / "book/helped.md").read_text()
    book.write("book/helped.md", page.replace("Executed in {run-time}`helped`.", ""))
    assert book.executed() == {"helped"}
    book.write("lecture_utils/laws.py", "value = 'after the edit'\n")
    assert book.executed() == set()
    assert "before the edit" in book.html("helped")


def test_a_page_that_raises_fails_every_build_until_it_is_mended(tmp_path):
    book = Book(
        tmp_path,
        pages={"good": "1 + 1", "bad": "from lecture_utils import laws\n1 / laws.value"},
        files={"lecture_utils/laws.py": "value = 0\n"},
    )
    for _ in range(2):
        result = book.build()
        assert result.returncode != 0
        assert "ZeroDivisionError" in result.stderr
        assert "execution failed: book/bad" in result.stderr
    book.write("lecture_utils/laws.py", "value = 8\n")
    assert book.executed() == {"bad"}
    assert "0.125" in book.html("bad")


def test_a_page_that_warns_fails_every_build(tmp_path):
    book = Book(tmp_path, {"loud": "import sys; print('careful', file=sys.stderr)"}, {})
    for _ in range(2):
        result = book.build()
        assert result.returncode != 0
        assert "stderr was found in the cell outputs" in result.stderr


def test_kernels_know_that_this_is_a_build_and_use_one_thread(tmp_path):
    names = ("LECTURE_UTILS_BUILD", "OMP_NUM_THREADS")
    book = Book(tmp_path, {"page": f"import os; *map(os.environ.get, {names}), 'found'"}, {})
    assert book.executed() == {"page"}
    assert "('1', '1', 'found')" in book.html("page")


def test_one_page_can_be_built_alone(tmp_path, monkeypatch):
    book = Book(tmp_path, pages={"wanted": "6 * 7", "other": "1 / 0"}, files={})
    # The first page is always there, code or not. It lists a page that is left out, which is worth
    # a warning and no more.
    index = PAGE.format(name="index", code="'first'")
    listing = "```{toctree}\nwanted\nother\n```\n"
    book.write("book/index.md", index + listing)
    monkeypatch.setenv("BOOK_PAGE", "book/wanted")
    result = book.build()
    assert "ZeroDivisionError" not in result.stderr
    assert "nonexisting document" in result.stderr or "excluded document" in result.stderr
    assert "42" in book.html("wanted")
    assert "first" in book.html("index")
    assert not (tmp_path / "_build/html/book/other.html").exists()


# ------------------------------------------------------------------ the dependency finder


@pytest.mark.parametrize(
    ("code", "package", "expected"),
    [
        ("import lecture_utils.laws as laws", "", {"lecture_utils.laws"}),
        ("from lecture_utils import laws", "", {"lecture_utils", "lecture_utils.laws"}),
        ("def f():\n    from . import laws", "lecture_utils", {"lecture_utils.laws"}),
        ("from .laws import pdf", "lecture_utils", {"lecture_utils.laws"}),
        ("from ..laws import pdf", "lecture_utils.teaching", {"lecture_utils.laws"}),
    ],
)
def test_imports_are_found_wherever_they_stand(code, package, expected):
    assert expected <= execution.imported_names(code, package)


def notebook(*cells: str) -> nbformat.NotebookNode:
    new = nbformat.v4
    return new.new_notebook(cells=[new.new_code_cell(cell) for cell in cells])


def test_dependencies_are_the_closure_of_the_imports(tmp_path):
    for name in (
        "requirements.txt",
        "lecture_utils/__init__.py",
        "lecture_utils/unused.py",
        "lecture_utils/teaching/__init__.py",
        "lecture_utils/teaching/exercise_sets/__init__.py",
        "lecture_utils/teaching/exercise_sets/sgd.py",
        "lecture_utils/teaching/explorables/curve.js",
        "lecture_utils/teaching/explorables/unused.js",
    ):
        tmp_path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(name).touch()
    (tmp_path / "lecture_utils/teaching/explorables/__init__.py").write_text("SCRIPTS = ['curve']")
    page = notebook(
        "%matplotlib inline\nfrom lecture_utils.teaching import explorables",
        "from lecture_utils.teaching.exercise_sets.sgd import check",
        "not Python at all",
        "import numpy as np",
    )
    found = {
        file.relative_to(tmp_path).as_posix() for file in execution.dependencies(page, tmp_path)
    }
    assert found == {
        "requirements.txt",
        "lecture_utils/__init__.py",
        "lecture_utils/teaching/__init__.py",
        "lecture_utils/teaching/exercise_sets/__init__.py",
        "lecture_utils/teaching/exercise_sets/sgd.py",
        "lecture_utils/teaching/explorables/__init__.py",
        "lecture_utils/teaching/explorables/curve.js",
    }


def test_fingerprint_depends_on_code_and_not_on_prose(tmp_path):
    page, other, prose = notebook("1"), notebook("2"), notebook("1")
    prose.cells.append(nbformat.v4.new_markdown_cell("Some words."))
    print_of = [execution.fingerprint(nb, tmp_path) for nb in (page, other, prose)]
    assert print_of[0] != print_of[1]
    assert print_of[0] == print_of[2]
