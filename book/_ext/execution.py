"""Execute the pages that are out of date, in parallel, before Sphinx reads them.

MyST-NB keeps executed pages in a cache whose key is the code of the page alone: edit a helper
module, and every page that uses it is shipped stale. This extension gives each page a
*fingerprint* of all that its outputs depend on,

* its own code cells,
* the modules of `lecture_utils` in the closure of its imports (found by reading the code, not by
  running it),
* the data files and scripts that this code names,
* the pinned versions of all packages,

stores it with the outputs in the cache, and executes the pages whose fingerprint has changed, and
only those. MyST-NB then finds every page in the cache and never runs one itself.

A page that raises fails the build, now and in every later build until it is mended.

The environment variable BOOK_PAGE (``book/networks``) leaves out every other page that holds code,
but for the first one.
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
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import joblib
from docutils import nodes
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from nbclient import NotebookClient
from nbformat import NotebookNode
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

logger = logging.getLogger(__name__)

PACKAGE = "lecture_utils"
DATA_FOLDERS = (PACKAGE, "book/data")
PINS = ("requirements.txt", "constraints.txt")

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
]


# ------------------------------------------------------------------ what a page depends on


def imported_names(code: str, package: str = "") -> set[str]:
    """Dotted names that Python `code` may import, wherever in it the import stands.

    `package` is the package the code lives in, against which relative imports are resolved.
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Import():
                names.update(alias.name for alias in node.names)
            case ast.ImportFrom(module=module, level=level):
                parents = package.split(".")[: -(level - 1) or None] if level else []
                base = ".".join([*parents, *([module] if module else [])])
                # `from base import name` reaches a module when `name` is one.
                names.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return names


def module_file(name: str, root: Path) -> Path | None:
    """File of the module `name` below `root`, or None where there is no such module."""
    path = root.joinpath(*name.split("."))
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((file for file in candidates if file.is_file()), None)


def page_code(notebook: NotebookNode) -> str:
    """Python code of a page; cells that are not Python are left to the kernel to complain about."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            code = TransformerManager().transform_cell(cell.source)
            try:
                ast.parse(code)
            except SyntaxError:
                continue
            cells.append(code)
    return "\n".join(cells)


def dependencies(notebook: NotebookNode, root: Path) -> list[Path]:
    """Files below `root` that the outputs of a page may depend on, besides the page itself."""
    code = page_code(notebook)
    texts = [code]
    found: dict[str, Path] = {}
    waiting = imported_names(code)
    while waiting:
        name = waiting.pop()
        if name.partition(".")[0] != PACKAGE or name in found:
            continue
        waiting.add(name.rpartition(".")[0])  # importing a.b runs a/__init__.py first
        if (file := module_file(name, root)) is None:
            continue
        found[name] = file
        texts.append(file.read_text(encoding="utf-8"))
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        waiting |= imported_names(texts[-1], package)

    # A name that merely happens to occur costs one execution too many, never a stale page.
    text = "\n".join(texts)
    data = [
        file
        for folder in DATA_FOLDERS
        for file in root.joinpath(folder).rglob("*")
        if file.is_file() and file.suffix not in {".py", ".pyc"} and file.stem in text
    ]
    pins = [root / pin for pin in PINS if root.joinpath(pin).is_file()]
    return sorted({*found.values(), *data, *pins})


def fingerprint(notebook: NotebookNode, root: Path) -> str:
    """Digest of the code of a page and of the content of every file it depends on."""
    digest = hashlib.sha256()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            digest.update(cell.source.encode() + b"\0")
    for file in dependencies(notebook, root):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


# ------------------------------------------------------------------ running pages


@dataclass(frozen=True)
class Page:
    """A page of the book that holds code."""

    name: str  # Sphinx's name of the page, "book/networks"
    path: Path
    notebook: NotebookNode
    fingerprint: str


@dataclass(frozen=True)
class Run:
    """An executed page: outputs, cost, and the error if a cell raised."""

    notebook: NotebookNode
    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    error: str | None


@contextmanager
def opened_cache(path):
    """Cache at `path`, whose connections to its database are closed behind it."""
    cache = get_cache(path)
    try:
        yield cache
    finally:
        cache.db.dispose()


def read_page(name: str, path: Path, root: Path, config=None) -> Page | None:
    """Read the page at `path`; None if it holds no code."""
    text = path.read_text(encoding="utf-8")
    if not is_myst_markdown_notebook(text):
        return None
    notebook = read_myst_markdown_notebook(text, config, add_source_map=True, path=path)
    return Page(name, path, notebook, fingerprint(notebook, root))


def cached_record(cache, page: Page):
    """Cache record of `page` if its outputs are up to date, else None."""
    try:
        record = cache.match_cache_notebook(page.notebook)
    except KeyError:
        return None
    return record if record.data.get("fingerprint") == page.fingerprint else None


def run_page(page: Page, timeout: int) -> Run:
    """Execute `page` in its own folder. Called in a process of its own, whose only child it is."""
    client = NotebookClient(
        page.notebook,
        timeout=timeout,
        store_widget_state=False,  # a site has no kernel, so no sliders to put into a state
        record_timing=False,  # would be written into the cells and change the key of the cache
        resources={"metadata": {"path": str(page.path.parent)}},
        extra_arguments=KERNEL_ARGUMENTS,
    )
    error = None
    start = time.perf_counter()
    try:
        client.execute(env={**os.environ, **KERNEL_ENVIRONMENT})
    except Exception as exception:  # a cell raised or took too long, or the kernel died
        error = f"{type(exception).__name__}: {exception}"
    wall = time.perf_counter() - start
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Run(page.notebook, wall, usage.ru_utime + usage.ru_stime, memory, error)


def run_pages(pages: list[Page], cache, timeout: int) -> None:
    """Execute `pages` side by side and store their outputs; raise if any page raised."""
    import matplotlib.font_manager  # noqa: F401  builds its cache once, before kernels race for it

    workers = min(len(pages), joblib.cpu_count())
    logger.info("\nexecuting %d pages, %d at a time", len(pages), workers)
    failed = []
    # A fresh process for each page: its children's use of time and memory is the page's.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), max_tasks_per_child=1)
    try:
        futures = {pool.submit(run_page, page, timeout): page for page in pages}
        for future in as_completed(futures):
            page, run = futures[future], future.result()
            if run.error:
                failed.append(page.name)
                logger.error("%s raised an error\n%s", page.name, run.error)
                continue
            logger.info("executed %s in %.1f s", page.name, run.wall_seconds)
            cost = {
                "execution_seconds": run.wall_seconds,  # the name under which MyST-NB reads it
                "cpu_seconds": run.cpu_seconds,
                "peak_memory_mb": run.peak_memory_mb,
            }
            cache.cache_notebook_bundle(
                CacheBundleIn(
                    run.notebook, str(page.path), data={"fingerprint": page.fingerprint, **cost}
                ),
                check_validity=False,
                overwrite=True,
            )
    finally:
        pool.shutdown(cancel_futures=True)
    if failed:
        raise ExtensionError(f"execution failed: {', '.join(sorted(failed))}")


# ------------------------------------------------------------------ the extension


def leave_out_other_pages(app, config) -> None:
    """Build one page with code, and the pages without, for whoever writes that page."""
    if wanted := os.environ.get("BOOK_PAGE"):
        root = Path(app.srcdir)
        config.exclude_patterns += [
            path.relative_to(root).as_posix()
            for path in root.glob("book/*.md")
            if is_myst_markdown_notebook(path.read_text(encoding="utf-8"))
            and path not in {root / f"{wanted}.md", root / f"{config.root_doc}.md"}
        ]


def execute_stale_pages(app, env, added, changed, removed) -> list[str]:
    """Bring the cache up to date; tell Sphinx which pages to read again."""
    if env.mystnb_config.execution_mode != "cache":
        return []
    root = Path(app.srcdir)
    timings_file = Path(app.outdir).parent / "timings.json"
    timings = json.loads(timings_file.read_text()) if timings_file.is_file() else {}

    found = [read_page(n, Path(env.doc2path(n)), root, env.myst_config) for n in env.found_docs]
    pages = [page for page in found if page is not None]
    with opened_cache(env.mystnb_config.execution_cache_path) as cache:
        stale = [page for page in pages if cached_record(cache, page) is None]
        if stale:
            # Longest first, so that no long page is left to run alone at the end.
            stale.sort(key=lambda page: -timings.get(page.name, {}).get("wall_seconds", math.inf))
            run_pages(stale, cache, env.mystnb_config.execution_timeout)
        records = {page.name: cached_record(cache, page) for page in pages}

    before = getattr(env, "executed_pages", {})
    env.executed_pages = {
        name: {
            "executed": record.created.isoformat(),
            "wall_seconds": round(record.data["execution_seconds"], 2),
            "cpu_seconds": round(record.data["cpu_seconds"], 2),
            "peak_memory_mb": round(record.data["peak_memory_mb"]),
        }
        for name, record in sorted(records.items())
    }
    timings_file.write_text(json.dumps(env.executed_pages, indent=2) + "\n")
    return [name for name, run in env.executed_pages.items() if run != before.get(name)]


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
    app.connect("config-inited", leave_out_other_pages, priority=950)
    app.connect("env-get-outdated", execute_stale_pages)
    app.connect("build-finished", forget_build_with_warnings)
    app.add_role("run-time", RunTime())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
