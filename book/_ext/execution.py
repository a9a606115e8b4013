"""Execute the pages that are out of date, in parallel, before Sphinx reads them.

MyST-NB keeps executed pages in a cache whose key is the code of the page alone: edit a helper
module, and every page that uses it is shipped stale. Here each run of a page is stored together
with the *files it has read*, which the kernel itself notes (`watch`): modules, data, folders that
were listed. A page is executed again when

* its own code or the pinned versions change, or
* one of these files does; of a Python file its code counts, not its comments and docstrings,

and not otherwise. The last few runs are kept, so that an edit which is taken back costs nothing.
MyST-NB is given this store in place of its cache, and never runs a page itself.

A page that raises fails the build, now and in every later build until it is mended.

The environment variable BOOK_PAGE (``book/networks``) leaves out every other page that holds code,
but for the first one. The page need not be in the table of contents.
"""

from __future__ import annotations

import ast
import hashlib
import json
import math
import os
import posixpath
import resource
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from copy import deepcopy
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import active_children, get_context
from pathlib import Path
from types import SimpleNamespace

import joblib
import myst_nb.core.execute.cache as myst_nb_cache
import nbformat
from docutils import nodes
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from nbclient import NotebookClient
from nbformat import NotebookNode
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

logger = logging.getLogger(__name__)

PINS = ("requirements.txt", "constraints.txt")
NOT_THE_PROJECT = {".venv", "_build", ".git"}  # folders whose files do not count as read
RUNS_KEPT = 5  # of a page with the same code

# One thread a kernel: pages run side by side, and sums of floats do not depend on the core count.
KERNEL_ENVIRONMENT = {
    "LECTURE_UTILS_BUILD": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}
KERNEL_ARGUMENTS = [
    "--HistoryManager.hist_file=:memory:",  # kernels side by side must not share a database
    "--IPKernelApp.log_level=ERROR",  # no lines about transport encryption on this machine
    f"--IPKernelApp.exec_files={Path(__file__).with_name('watch.py')}",
]


# ------------------------------------------------------------------ runs and where they are kept


@dataclass(frozen=True)
class Page:
    """A page of the book that holds code."""

    name: str  # Sphinx's name of the page, "book/networks"
    path: Path
    notebook: NotebookNode


@dataclass(frozen=True)
class Run:
    """An executed page: outputs of its code cells, cost, and what it has read."""

    outputs: list
    language_info: dict
    executed: str  # when, ISO 8601
    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    reads: dict  # path relative to the root, its digest


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@cache
def code_digest(text: str) -> str:
    """Digest of Python code without comments, docstrings and layout; of other text as it is."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return hashlib.sha256(text.encode()).hexdigest()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            match node.body:
                case [ast.Expr(ast.Constant(str())), *rest]:
                    node.body = rest
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def digest(path: Path) -> str:
    """Digest of a file, or of the names in a folder."""
    if path.is_dir():
        names = sorted(set(os.listdir(path)) - {"__pycache__"})
        return hashlib.sha256("\0".join(names).encode()).hexdigest()
    if not path.is_file():
        return "missing"
    if path.suffix == ".py":
        return code_digest(path.read_text(encoding="utf-8"))
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Store:
    """Runs of pages, in a folder of the build; takes the place of MyST-NB's cache."""

    def __init__(self, root: Path):
        self.root = root
        self.folder = root / "_build" / "executed"
        self.digest = cache(lambda name: digest(root / name))  # a store lives as long as a build

    def _files(self, notebook: NotebookNode) -> list[Path]:
        """Files of the runs of this code, the last one first."""
        return sorted(self._place(notebook).glob("*.json"), reverse=True)

    def _place(self, notebook: NotebookNode) -> Path:
        code = "\0".join(cell.source for cell in code_cells(notebook))
        return self.folder / hashlib.sha256(code.encode()).hexdigest()[:32]

    def find(self, notebook: NotebookNode) -> Run | None:
        """Return the last run of this code whose files are as they were."""
        for file in self._files(notebook):
            try:
                run = Run(**json.loads(file.read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError):
                logger.info("%s is damaged and will be made again", file)
                file.unlink(missing_ok=True)
                continue
            if all(self.digest(name) == value for name, value in run.reads.items()):
                return run
        return None

    def keep(self, notebook: NotebookNode, run: Run) -> None:
        """Store a run, and forget the oldest of the same code."""
        file = self._place(notebook) / f"{time.time_ns():020d}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(run)), encoding="utf-8")
        unfinished.replace(file)
        for old in self._files(notebook)[RUNS_KEPT:]:
            old.unlink()

    # What MyST-NB asks of its cache.

    def match_cache_notebook(self, notebook: NotebookNode):
        if (run := self.find(notebook)) is None:
            raise KeyError("this page was not executed as it is now")
        created = datetime.fromisoformat(run.executed)
        data = {"execution_seconds": run.wall_seconds}
        return SimpleNamespace(pk=run.executed, created=created, data=data)

    def merge_match_into_notebook(self, notebook: NotebookNode):
        run, notebook = self.find(notebook), deepcopy(notebook)
        notebook.metadata["language_info"] = nbformat.from_dict(run.language_info)
        for cell, outputs in zip(code_cells(notebook), run.outputs, strict=True):
            cell.outputs = nbformat.from_dict(outputs)
        return run.executed, notebook


# ------------------------------------------------------------------ running pages


def read_page(name: str, path: Path, config=None) -> Page | None:
    """Read the page at `path`; None if it holds no code."""
    text = path.read_text(encoding="utf-8")
    if not is_myst_markdown_notebook(text):
        return None
    notebook = read_myst_markdown_notebook(text, config, add_source_map=True, path=path)
    return Page(name, path, notebook)


def run_page(page: Page, root: Path, timeout: int) -> tuple[Run, str | None]:
    """Execute `page` in its own folder: the run, and the error if a cell raised.

    Called in a process of its own, whose only child is the kernel.
    """
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    client = NotebookClient(
        page.notebook,
        timeout=timeout,
        store_widget_state=False,  # a site has no kernel, so no sliders to put into a state
        record_timing=False,
        resources={"metadata": {"path": str(page.path.parent)}},
        extra_arguments=KERNEL_ARGUMENTS,
    )
    error = None
    began, start = time.time(), time.perf_counter()
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as notes:
        watching = {"PROJECT_ROOT": str(root), "PROJECT_READS": notes.name}
        try:
            client.execute(env={**os.environ, **KERNEL_ENVIRONMENT, **watching})
        except Exception as exception:  # a cell raised or took too long, or the kernel died
            error = f"{type(exception).__name__}: {exception}"
        wall = time.perf_counter() - start
        paths = {Path(line) for line in notes.read().splitlines()} | {root / pin for pin in PINS}
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    ours = [p for p in sorted(paths) if not NOT_THE_PROJECT & set(p.relative_to(root).parts)]
    # The page may have read another content than the digest below is of. No date is set back here.
    changed = [p.name for p in ours if p.is_file() and p.stat().st_ctime > began]
    if changed and not error:
        error = f"changed while the page was executed, build again: {', '.join(changed)}"
    run = Run(
        outputs=[cell.outputs for cell in code_cells(page.notebook)],
        language_info=page.notebook.metadata.get("language_info", {}),
        executed=datetime.now(UTC).isoformat(),
        wall_seconds=round(wall, 2),
        cpu_seconds=round(usage.ru_utime + usage.ru_stime, 2),
        peak_memory_mb=round(usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)),
        reads={path.relative_to(root).as_posix(): digest(path) for path in ours},
    )
    return run, error


def _end_with_parent(parent: int) -> None:
    """End this process, and with it its kernel, when the build is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def run_pages(pages: list[Page], store: Store, timeout: int) -> None:
    """Execute `pages` side by side and store their runs; raise if any page raised."""
    import matplotlib.font_manager  # noqa: F401  builds its cache once, before kernels race for it

    workers = min(len(pages), joblib.cpu_count())
    logger.info("\nexecuting %d pages, %d at a time", len(pages), workers)
    failed = []
    # A fresh process for each page: its children's use of time and memory is the page's.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), max_tasks_per_child=1)
    try:
        futures = {pool.submit(run_page, page, store.root, timeout): page for page in pages}
        for future in as_completed(futures):
            page, (run, error) = futures[future], future.result()
            if error:
                failed.append(page.name)
                logger.error("%s raised an error\n%s", page.name, error)
                continue
            logger.info("executed %s in %.1f s", page.name, run.wall_seconds)
            store.keep(page.notebook, run)
    except KeyboardInterrupt:
        for process in active_children():  # kernels notice that their parents are gone
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    if failed:
        raise ExtensionError(f"execution failed: {', '.join(sorted(failed))}")


# ------------------------------------------------------------------ the extension


def choose_pages(app, config) -> None:
    """Read the pages of the table of contents; or one page, the first one, and those without code.

    Named one by one, so that a page which is not in the table yet leaves the others alone.
    """
    root = Path(app.srcdir)
    if contents := getattr(config, "external_site_map", None):
        pages = {f"{name}.md" for name in contents}
    else:
        pages = {path.relative_to(root).as_posix() for path in root.glob("book/*.md")}
    if wanted := os.environ.get("BOOK_PAGE"):
        others = {p for p in pages if not is_myst_markdown_notebook((root / p).read_text("utf-8"))}
        # Left out as well: the reference of functions, which imports all modules.
        reference = {page for page in others if page.startswith("book/api")}
        pages = others - reference | {f"{wanted}.md", f"{config.root_doc}.md"}
    config.include_patterns = sorted(pages)


def execute_stale_pages(app, env, added, changed, removed) -> list[str]:
    """Bring the store up to date; tell Sphinx which pages to read again."""
    texts = {name: digest(Path(env.doc2path(name))) for name in env.found_docs}
    # Sphinx decides by date; a page that is replaced by an older file has changed, too.
    edited = {n for n, text in texts.items() if text != getattr(env, "page_texts", {}).get(n)}
    env.page_texts = texts
    if env.mystnb_config.execution_mode != "cache":
        return sorted(edited)
    root = Path(app.srcdir)
    timings_file = Path(app.outdir).parent / "timings.json"
    try:
        timings = json.loads(timings_file.read_text())
    except (OSError, ValueError):  # not there, or cut off
        timings = {}

    found = [read_page(n, Path(env.doc2path(n)), env.myst_config) for n in env.found_docs]
    pages = [page for page in found if page is not None]
    store = Store(root)
    myst_nb_cache.get_cache = lambda path: store
    stale = [page for page in pages if store.find(page.notebook) is None]
    if stale:
        # Longest first, so that no long page is left to run alone at the end.
        stale.sort(key=lambda page: -timings.get(page.name, {}).get("wall_seconds", math.inf))
        run_pages(stale, store, env.mystnb_config.execution_timeout)

    before = getattr(env, "executed_pages", {})
    env.executed_pages = {}
    for page in sorted(pages, key=lambda page: page.name):
        if (run := store.find(page.notebook)) is None:
            raise ExtensionError(f"{page.name}: a file that it read has changed since; build again")
        env.executed_pages[page.name] = {
            name: getattr(run, name)
            for name in ("executed", "wall_seconds", "cpu_seconds", "peak_memory_mb")
        }
    timings_file.write_text(json.dumps(env.executed_pages, indent=2) + "\n")
    executed = {name for name, run in env.executed_pages.items() if run != before.get(name)}
    return sorted(edited | executed)


def remember_doctrees(app, builder) -> None:
    """Load each page once while pages are written: Sphinx would do so for each reference by number.

    A page that is being written gets a copy of its own, because writing changes it.
    """
    env = app.env
    load, resolve = env.get_doctree, env.get_and_resolve_doctree

    def resolve_own_copy(docname, builder, doctree=None, *args, **options):
        if doctree is None and docname not in env._write_doc_doctree_cache:  # not just read
            doctree = load(docname)
        return resolve(docname, builder, doctree, *args, **options)

    env.get_doctree, env.get_and_resolve_doctree = cache(load), resolve_own_copy


def forget_build_with_warnings(app, exception) -> None:
    """Sphinx repeats no warning of a page it does not read again: start the next build afresh.

    Without this, a build that failed because of a warning would pass when simply repeated.
    """
    if app._warncount and (app.keep_going or app.warningiserror):
        Path(app.doctreedir, "environment.pickle").unlink(missing_ok=True)


class RunTime(SphinxRole):
    """The role ``{run-time}`networks```: measured cost of executing a page of this folder."""

    def run(self):
        name = posixpath.join(posixpath.dirname(self.env.docname), self.text)
        cost = getattr(self.env, "executed_pages", {}).get(name)
        if cost is None:
            message = self.inliner.reporter.warning(
                f"run-time: no executed page {name!r}", line=self.lineno
            )
            return [], [message]
        text = f"{cost['wall_seconds']:.0f} s ({cost['cpu_seconds']:.0f} s of processor time)"
        return [nodes.Text(text)], []


def setup(app):
    app.setup_extension("myst_nb")
    # After sphinx-external-toc has read which page is the first.
    app.connect("config-inited", choose_pages, priority=950)
    app.connect("env-get-outdated", execute_stale_pages)
    app.connect("write-started", remember_doctrees)
    app.connect("build-finished", forget_build_with_warnings)
    app.add_role("run-time", RunTime())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
