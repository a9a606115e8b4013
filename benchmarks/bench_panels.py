"""Seconds from a slider of a page to its new picture, at both ends of every slider.

Run ``python benchmarks/bench_panels.py [PAGE ...]``. A page runs as far as its panel. CPU seconds
of one thread: JupyterLab adds about a tenth of a second for the way there and back.
"""

import json
import os
import sys
from pathlib import Path

import jupytext
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

BOOK = Path(__file__).resolve().parents[1] / "book"
LONGEST = 0.5
KEEP = """from lecture_utils.teaching import plotting
panels = []
plotting.panel = lambda draw, **controls: panels.append((draw, controls))"""
TIME = """import itertools, json, time
from matplotlib import pyplot as plt
from IPython.core.pylabtools import print_figure
times = []
for draw, controls in panels:
    for values in itertools.product(*(control[:3] for control in controls.values())):
        values = dict(zip(controls, values))
        began = time.process_time()
        draw(**values)
        print_figure(plt.gcf(), "svg")
        times.append((time.process_time() - began, values))
        plt.close()
print(json.dumps(times))"""


def times(page):
    """Seconds and values of the sliders, at start and ends, fastest first."""
    cells = jupytext.read(page).cells
    last = max(n for n, cell in enumerate(cells) if "plotting.panel(" in cell.source)
    notebook = jupytext.read(page)
    notebook.cells = [new_code_cell(KEEP), *cells[: last + 1], new_code_cell(TIME)]
    NotebookClient(notebook, timeout=None, resources={"metadata": {"path": str(BOOK)}}).execute()
    (printed,) = notebook.cells[-1].outputs
    return sorted(json.loads(printed.text), key=lambda found: found[0])


def main():
    """Measure, print and check the promise."""
    os.environ |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    pages = [BOOK / f"{name}.md" for name in sys.argv[1:]] or [
        page for page in sorted(BOOK.glob("*.md")) if "plotting.panel(" in page.read_text("utf-8")
    ]
    slowest = {}
    for page in pages:
        found = times(page)
        middle, (slowest[page.stem], values) = found[len(found) // 2][0], found[-1]
        print(f"{page.stem}: {middle:.2f} s, at most {slowest[page.stem]:.2f} s at {values}")
    assert max(slowest.values()) <= LONGEST, f"slower than {LONGEST} s: {slowest}"


if __name__ == "__main__":
    main()
