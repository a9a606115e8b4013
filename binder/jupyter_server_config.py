"""JupyterLab for this book, on Binder and by `make lab`."""

import os
import re

from jupytext import AsyncTextFileContentsManager

FOLDED = {"hide-input", "remove-cell"}
GATE = re.compile(r"^`{3,}\{solution-(start|end)\}", re.MULTILINE)


def fold(cells):
    """Close what the site closes: code that distracts, and solutions."""
    solution = False
    for cell in cells:
        code = cell["cell_type"] == "code"
        gates = [] if code else list(GATE.finditer(cell["source"]))
        if gates:
            solution = gates[-1][1] == "start"
        # Text stays open if something else stands before the solution.
        closed = solution and not (gates and gates[-1].start())
        tags = cell["metadata"].get("tags", [])
        cell["metadata"]["jupyter"] = {
            "source_hidden": closed or not FOLDED.isdisjoint(tags),
            "outputs_hidden": closed and code,
        }


class Pages(AsyncTextFileContentsManager):
    """Pages as notebooks. What is folded here is not written into a page: see jupytext.toml."""

    async def get(self, path, content=True, **options):
        model = await super().get(path, content=content, **options)
        if content and model["type"] == "notebook":
            fold(model["content"]["cells"])
        return model


c = get_config()  # noqa: F821
c.ServerApp.contents_manager_class = Pages

# Zero, the default, lets kernels live. See `start`.
c.MappingKernelManager.cull_idle_timeout = int(os.environ.get("BOOK_KERNEL_IDLE_SECONDS", 0))
c.MappingKernelManager.cull_interval = 60
c.MappingKernelManager.cull_connected = True  # an open page is not work
