"""Let the site work from any web server, without a request to another host.

* Formulas are typeset by the MathJax bundle of the installed package `sphinx-mathjax-offline`. Only
  the bundle and its fonts are copied to the site (2 MB); the package, used as an extension, would
  copy all of MathJax (24 MB).
* Scripts and styles from other hosts are taken off every page. Scripts run when the page is there,
  formulas are typeset a paragraph at a time, and drawings keep their place before they arrive: a
  page can be read and scrolled from the start, on a slow phone too.
* The theme's script of icons, for which every page waits, keeps those that the site shows (80 kB of
  1.5 MB).
* Code is written without a span around each name and bracket: these have the colour of plain text
  in any case, and were up to 40 % of a page.
* sphinx-thebe, which Jupyter Book always loads, is silenced: this book has no such button, and its
  inline script, put on every page twice, is an error in the browser's console.
"""

from __future__ import annotations

import re
import shutil
from importlib.util import find_spec
from pathlib import Path, PurePath

from pygments.formatters import HtmlFormatter
from pygments.token import Name, Punctuation, Text, Whitespace
from sphinx.errors import ExtensionError
from sphinx.highlighting import PygmentsBridge

# All of TeX's packages in one file: nothing is loaded piece by piece later on.
BUNDLE = "tex-chtml-full.js"
FONTS = "output/chtml/fonts/woff-v2"

# Between two paragraphs the browser may answer its reader. Timers of a hidden page are slow.
TYPESET = r"""if (window.MathJax) MathJax.startup = {
  async pageReady() {
    for (const part of document.querySelectorAll("article section > :not(section), nav")) {
      if (!/\\[([]/.test(part.textContent)) continue;
      await MathJax.typesetPromise([part]);
      if (!document.hidden) await new Promise((resume) => setTimeout(resume));
    }
  },
};"""

# What scripts in the text of a page call at once.
AT_ONCE = {"documentation_options.js", "doctools.js"}

DRAWING = re.compile(r'<img (?=[^>]*src="[^"]*_images/([^"]+\.svg)")')
SIZE = re.compile(r'<svg [^>]*\bwidth="([\d.]+)pt" height="([\d.]+)pt"')

ICONS = "static/scripts/fontawesome.js"
# An entry of its tables, such as  bars:[448,512,["navicon"],"f0c9","M0 96C0 78.3..."],
ICON = re.compile(
    r'("?)([a-z0-9-]+)\1:\[\d+,\d+,\[[^\]]*\],"[0-9a-f]*",(?:"[^"]*"|\[(?:"[^"]*",?)+\])\],?'
)

# Kinds of code that both styles of the theme show in the colour of plain text.
PLAIN = {Name, Name.Namespace, Name.Other, Punctuation, Punctuation.Marker, Whitespace}


class LeanFormatter(HtmlFormatter):
    """Code with a span around what has a colour of its own, and no other."""

    def format_unencoded(self, tokensource, outfile) -> None:
        tokens = ((Text if kind in PLAIN else kind, text) for kind, text in tokensource)
        super().format_unencoded(tokens, outfile)


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
    config.mathjax3_config = mathjax | {
        "options": {"enableMenu": False} | mathjax.get("options", {})
    }


def copy_mathjax(app, exception) -> None:
    """Copy the bundle and the fonts into the site."""
    if exception is not None or app.builder.format != "html":
        return
    source, target = mathjax_folder(), Path(app.outdir, "_static", "mathjax")
    (target / FONTS).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source / BUNDLE, target / BUNDLE)
    shutil.copytree(source / FONTS, target / FONTS, dirs_exist_ok=True)


def keep_used_icons(app, exception) -> None:
    """Take the icons that no page and no script names out of the theme's script."""
    if exception is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    target = site / f"_{ICONS}"
    naming = {*site.rglob("*.html"), *site.glob("_static/*.js"), *target.parent.glob("*.js")}
    named = " ".join(path.read_text(encoding="utf-8") for path in naming - {target})
    used = set(re.findall(r"fa-([a-z0-9-]+)", named))
    theme = Path(find_spec("pydata_sphinx_theme").origin).parent / "theme" / "pydata_sphinx_theme"
    icons = (theme / ICONS).read_text(encoding="utf-8")
    target.write_text(ICON.sub(lambda m: m[0] if m[2] in used else "", icons), encoding="utf-8")


def silence_thebe(app, config) -> None:
    """Disconnect all that sphinx-thebe does in a build."""
    for listeners in list(app.events.listeners.values()):
        for listener in list(listeners):
            if listener.handler.__module__ == "sphinx_thebe":
                app.disconnect(listener.id)


def keep_own_files(app, pagename, templatename, context, doctree) -> None:
    """Remove what is not ours from a page. In place: Sphinx and the theme hold the same lists."""
    for kind in ("script_files", "css_files"):
        context[kind][:] = [file for file in context[kind] if is_wanted(str(file.filename or ""))]
    for script in context["script_files"]:
        if script.filename and PurePath(script.filename).name not in AT_ONCE:
            script.attributes["defer"] = "defer"


def give_drawings_their_size(app, pagename, templatename, context, doctree) -> None:
    """Write the size of each drawing into the page: nothing jumps when it arrives."""
    files = {name: file for file, name in app.builder.images.items()}

    def sized(image) -> str:
        size = SIZE.search(Path(app.srcdir, files[image[1]]).read_text(encoding="utf-8"))
        if size is None:  # it was not drawn by matplotlib
            return image[0]
        width, height = (round(float(points) * 4 / 3) for points in size.groups())
        return f'{image[0]}width="{width}" height="{height}" '

    if "body" in context:
        context["body"] = DRAWING.sub(sized, context["body"])


def is_wanted(filename: str) -> bool:
    """Tell whether a page may load a script or a style: not from elsewhere, and not for thebe."""
    return "//" not in filename and "sphinx-thebe" not in filename


def make_static_folder(app) -> None:
    """Make the folder into which the theme copies the logo: without it, the logo takes its name."""
    Path(app.outdir, "_static").mkdir(parents=True, exist_ok=True)


def setup(app):
    PygmentsBridge.html_formatter = LeanFormatter
    app.connect("config-inited", configure)
    app.connect("config-inited", silence_thebe)
    app.connect("builder-inited", make_static_folder, priority=100)
    app.connect("html-page-context", keep_own_files, priority=1000)
    app.connect("html-page-context", give_drawings_their_size)
    app.add_js_file(None, body=TYPESET, priority=900)  # after the settings of MathJax
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", keep_used_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
