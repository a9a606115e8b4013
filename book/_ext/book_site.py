"""Let the site work from any web server, without a request to another host.

* Formulas are typeset by the MathJax bundle of the installed package `sphinx-mathjax-offline`. Only
  the bundle and its fonts are copied to the site (2 MB); the package, used as an extension, would
  copy all of MathJax (24 MB).
* Scripts from other hosts are taken off every page, and so is sphinx-thebe's inline script: it
  declares its constants twice, which is an error in the browser's console, for a button that this
  book does not have.
* Headings in the docstring of a module become rubrics: two modules may both have "Conventions", one
  page cannot have two sections of that name.
"""

from __future__ import annotations

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from sphinx.errors import ExtensionError

# All of TeX's packages in one file: nothing is loaded piece by piece later on.
BUNDLE = "tex-chtml-full.js"
FONTS = "output/chtml/fonts/woff-v2"


def mathjax_folder() -> Path:
    """Folder of MathJax in the installed package."""
    spec = find_spec("sphinx-mathjax-offline")
    if spec is None:
        raise ExtensionError("sphinx-mathjax-offline is not installed: see requirements.txt")
    return Path(spec.submodule_search_locations[0], "static", "mathjax")


def configure(app, config) -> None:
    """Point Sphinx at the site's own MathJax."""
    config.mathjax_path = f"mathjax/{BUNDLE}"
    mathjax = config.mathjax3_config or {}
    # The contextual menu would fetch further parts of MathJax that are not on the site. Formulas
    # are still written out for screen readers.
    config.mathjax3_config = mathjax | {"options": {"enableMenu": False} | mathjax.get("options", {})}


def copy_mathjax(app, exception) -> None:
    """Copy the bundle and the fonts into the site."""
    if exception is not None or app.builder.format != "html":
        return
    source, target = mathjax_folder(), Path(app.outdir, "_static", "mathjax")
    (target / FONTS).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source / BUNDLE, target / BUNDLE)
    shutil.copytree(source / FONTS, target / FONTS, dirs_exist_ok=True)


def is_wanted(script) -> bool:
    """Tell whether a script of the site belongs on its pages."""
    filename = str(script.filename or "")
    is_remote = "//" in filename
    is_thebe = "sphinx-thebe" in filename or "THEBE_JS_URL" in script.attributes.get("body", "")
    return not (is_remote or is_thebe)


def keep_own_scripts(app, pagename, templatename, context, doctree) -> None:
    """Remove unwanted scripts from a page. In place: Sphinx and the theme hold the same list."""
    context["script_files"][:] = [s for s in context["script_files"] if is_wanted(s)]


def headings_to_rubrics(app, what, name, obj, options, lines) -> None:
    """Turn underlined headings of a module's docstring into rubrics."""
    if what == "module":
        text = re.sub(r"^(\S.*)\n-{3,}$", r".. rubric:: \1", "\n".join(lines), flags=re.MULTILINE)
        lines[:] = text.split("\n")


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("config-inited", configure)
    app.connect("autodoc-process-docstring", headings_to_rubrics, priority=400)  # before napoleon
    app.connect("html-page-context", keep_own_scripts, priority=1000)
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
