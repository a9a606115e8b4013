"""The build executes the pages that are out of date, all of them, and no other.

All on small books that Sphinx builds with the extension of the real one. Each page of such a book
notes its own executions in a file.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

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


def test_a_draft_can_be_built_and_leaves_the_book_alone(tmp_path, monkeypatch):
    book = Book(tmp_path, pages={"page": "6 * 7"}, files={})
    conf = (tmp_path / "conf.py").read_text()
    book.write("conf.py", conf.replace('"myst_nb", ', '"myst_nb", "sphinx_external_toc", '))
    book.write("_toc.yml", "format: jb-book\nroot: book/index\nchapters: [{file: book/page}]\n")
    book.write("book/index.md", "# Book\n")
    assert book.executed() == {"page"}
    book.write("book/draft.md", PAGE.format(name="draft", code="7 * 8"))
    again = book.build()
    assert "0 added, 0 changed, 0 removed" in again.stdout
    assert not (tmp_path / "_build/html/book/draft.html").exists()
    monkeypatch.setenv("BOOK_PAGE", "book/draft")
    assert "isn't included in any toctree" in book.build().stderr
    assert "56" in book.html("draft")


def test_a_page_is_loaded_once_for_references_and_afresh_when_it_is_written():
    loaded = []

    class Environment:
        def __init__(self):
            self._write_doc_doctree_cache = {"just read": "tree"}

        def get_doctree(self, name):
            loaded.append(name)
            return [name]

        def get_and_resolve_doctree(self, name, builder, doctree=None):
            return doctree

    env = Environment()
    execution.remember_doctrees(SimpleNamespace(env=env), None)
    assert env.get_doctree("page") is env.get_doctree("page")
    assert env.get_and_resolve_doctree("page", None) is not env.get_doctree("page")
    assert env.get_and_resolve_doctree("just read", None) is None  # Sphinx has it at hand
    assert loaded == ["page", "page"]


# ------------------------------------------------------------------ what a page depends on


@pytest.mark.parametrize(
    ("code", "file", "after"),
    [
        ("%%capture\nfrom lecture_utils import laws", "lecture_utils/laws.py", "value = 2"),
        ("print(open('table.csv').read())", "book/table.csv", "3, 4"),
        ("from pathlib import Path\n[p.read_text() for p in Path('data').glob('*.csv')]",
         "book/data/first.csv", "3, 4"),
        ("from pathlib import Path\nlen(list(Path('data').glob('*.csv')))",
         "book/data/second.csv", "3, 4"),
        ("import importlib\nimportlib.import_module('lecture_utils' + '.laws')",
         "lecture_utils/laws.py", "value = 2"),
    ],
    ids=["under a magic", "beside the page", "a glob", "a new file", "a name made up at run time"],
)  # fmt: skip
def test_what_no_reading_of_the_code_would_find(tmp_path, code, file, after):
    files = {
        "lecture_utils/laws.py": "value = 1\n",
        "book/table.csv": "1, 2\n",
        "book/data/first.csv": "1, 2\n",
    }
    book = Book(tmp_path, {"page": "pass"}, files)
    page = (tmp_path / "book/page.md").read_text()
    book.write("book/page.md", f"{page}\n```{{code-cell}} ipython3\n{code}\n```\n")
    assert book.executed() == {"page"}
    assert book.executed() == set()
    book.write(file, after)
    assert book.executed() == {"page"}


def test_words_about_code_execute_nothing(tmp_path):
    book = Book(
        tmp_path,
        pages={"helped": "from lecture_utils.laws import value\nvalue"},
        files={"lecture_utils/laws.py": "value = 8\n"},
    )
    assert book.executed() == {"helped"}
    book.write("lecture_utils/laws.py", '"""A docstring."""\n\nvalue = 8  # a comment\n')
    page = (tmp_path / "book/helped.md").read_text()
    folded = page.replace("ipython3\n", "ipython3\n:tags: [hide-input]\n")
    folded = folded.replace("display_name: Python 3", "display_name: Python 3 (ipykernel)")
    book.write("book/helped.md", folded)
    assert book.executed() == set()
    assert "tag_hide-input" in book.html("helped")
    assert "8" in book.html("helped")


def test_an_edit_that_is_taken_back_costs_nothing(tmp_path):
    book = Book(
        tmp_path,
        pages={"helped": "from lecture_utils.laws import value\nvalue"},
        files={"lecture_utils/laws.py": "value = 'before'\n"},
    )
    assert book.executed() == {"helped"}
    book.write("lecture_utils/laws.py", "value = 'after'\n")
    assert book.executed() == {"helped"}
    book.write("lecture_utils/laws.py", "value = 'before'\n")
    assert book.executed() == set()
    assert "before" in book.html("helped")


def test_a_page_replaced_by_an_older_file_is_read_again(tmp_path):
    book = Book(tmp_path, {"page": "1"}, {})
    assert book.executed() == {"page"}
    path = tmp_path / "book/page.md"
    path.write_text(path.read_text().replace("# Page page", "# A better title"))
    os.utime(path, (0, 0))
    assert book.executed() == set()
    assert "A better title" in book.html("page")


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_text('{"outputs": [')])
@pytest.mark.parametrize("where", ["executed/*/*.json", "timings.json"])
def test_a_damaged_build_heals(tmp_path, harm, where):
    book = Book(tmp_path, {"page": "6 * 7"}, {})
    assert book.executed() == {"page"}
    for path in (tmp_path / "_build").glob(where):
        harm(path)
    assert book.executed() == ({"page"} if "executed" in where else set())
    assert "42" in book.html("page")
    assert book.executed() == set()


READ = "from pathlib import Path\ntext = Path('table.csv').read_text()\n"
REWRITE = """
from pathlib import Path
if not Path("done").exists():
    Path("table.csv").write_text("second")
    Path("done").touch()
"""
WAIT = """
import time
from pathlib import Path
while not list(Path("../_build/executed").glob("*/*.json")):
    time.sleep(0.1)
"""


@pytest.mark.parametrize(
    ("pages", "complaint"),
    [
        ({"page": READ + REWRITE + "text"}, "changed while the page was executed, build again"),
        ({"page": READ + "text", "later": WAIT + REWRITE}, "has changed since; build again"),
    ],
    ids=["while it runs", "after it ran"],
)
def test_a_file_that_changes_during_a_build_is_noticed(tmp_path, pages, complaint):
    """Else the page would show the old content, and count as up to date."""
    book = Book(tmp_path, pages, {"book/table.csv": "first"})
    result = book.build()
    assert result.returncode != 0
    assert complaint in result.stderr
    assert book.executed() == {"page"}
    assert "second" in book.html("page")


def test_the_last_runs_are_kept_and_older_ones_forgotten(tmp_path):
    store = execution.Store(tmp_path)
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    for second in range(execution.RUNS_KEPT + 2):
        run = execution.Run([[]], {}, f"2026-01-01T00:00:0{second}", 1.0, 1.0, 1.0, {})
        store.keep(page, run)
    assert store.find(page) == run
    assert len(list(store.folder.rglob("*"))) == 1 + execution.RUNS_KEPT


def test_an_interrupted_build_keeps_what_is_done_and_leaves_no_process(tmp_path):
    book = Book(tmp_path, {"long": "import time; time.sleep(120)", "short": "1"}, {})
    process = subprocess.Popen(
        [sys.executable, "-m", "sphinx", "-M", "html", ".", "_build"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not list((tmp_path / "_build").glob("executed/*/*.json")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=10)
    time.sleep(4)  # kernels look for their parents once a second
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert not [line for line in running.stdout.splitlines() if str(tmp_path) in line]
    book.write("book/long.md", PAGE.format(name="long", code="2"))
    assert book.executed() == {"long"}
