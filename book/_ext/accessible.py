"""Pages for a keyboard, a screen reader, and a browser without scripts.

What other extensions write is mended here where their HTML is at fault; what only the browser can
know (which equations scroll) is left to ``accessible.js``.
"""

from __future__ import annotations

from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode

WITHOUT_SCRIPTS = (
    '<noscript><p class="no-scripts">Without scripts the formulas of this page appear as they are'
    " typed, in TeX.</p></noscript>\n"
)


class Dropdown(nodes.Admonition, nodes.Element):
    """A box that opens on request: ``details``, which needs no script."""


class DropdownTitle(nodes.TextElement):
    """Its title, the part that one presses."""


def close_dropdowns(app, document, docname) -> None:
    """Turn admonitions and solutions of the class dropdown into ones that fold by themselves."""
    if app.builder.format != "html":
        return
    for node in list(document.findall(nodes.Admonition)):
        if "dropdown" in node.get("classes", []) and isinstance(node.next_node(), nodes.title):
            title, *content = node.children
            for link in list(title.findall(nodes.reference)):  # no link within what one presses
                link.replace_self(link.children)
            summary = DropdownTitle("", "", *title.children)
            node.replace_self(Dropdown("", summary, *content, **node.attributes))


def visit_dropdown(self, node) -> None:
    self.body.append(self.starttag(node, "details", CLASS="admonition"))


def depart_dropdown(self, node) -> None:
    self.body.append("</details>\n")


def visit_title(self, node) -> None:
    self.body.append('<summary class="admonition-title">')


def depart_title(self, node) -> None:
    self.body.append("</summary>\n")


def visit_folded_code(self, node) -> None:
    """Like MyST-NB, without a name that hides the words which are there to read."""
    classes, show, hide = " ".join(node["classes"]), node["prompt_show"], node["prompt_hide"]
    self.body.append(
        f'<details class="admonition hide {classes}">\n<summary>\n'
        f'<p class="collapsed admonition-title">{escape(show)}</p>\n'
        f'<p class="expanded admonition-title">{escape(hide)}</p>\n'
        "</summary>\n"
    )


def visit_citation(self, node) -> None:
    """Without the roles that docutils gives: one is deprecated, the other forbids the anchors."""
    self.body.append(self.starttag(node, "div", CLASS="citation"))


def depart_citation(self, node) -> None:
    self.body.append("</div>\n")


def visit_entry(self, node) -> None:
    """A cell of a table; an empty corner is no heading."""
    type(self).visit_entry(self, node)
    if not node.astext().strip() and self.body[-1].startswith("<th"):
        self.body[-1] = self.body[-1].replace("<th", "<td", 1)
        self.context[-1] = "</td>\n"


def say_what_needs_scripts(app, pagename, templatename, context, doctree) -> None:
    if 'class="math' in context.get("body", ""):
        context["body"] = WITHOUT_SCRIPTS + context["body"]


def setup(app):
    app.setup_extension("myst_nb")
    app.add_node(Dropdown, html=(visit_dropdown, depart_dropdown))
    app.add_node(DropdownTitle, html=(visit_title, depart_title))
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_code, depart_dropdown))
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.add_node(nodes.entry, override=True, html=(visit_entry, None))
    app.connect("doctree-resolved", close_dropdowns, priority=900)
    app.connect("html-page-context", say_what_needs_scripts)
    app.add_js_file("accessible.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
