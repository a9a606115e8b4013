"""An input line under each exercise of the site, which answers without Python.

On a page the cell ``check("name", ...)`` after an exercise asks for its answer. The site asks in
the exercise itself (``answers.js``), with what the checker of that name tells of itself, and folds
the cell, which stays for notebooks. The checkers are those from which the page imports its `check`.
"""

from __future__ import annotations

import base64
import json
import re
from html import escape
from importlib import import_module

from docutils import nodes
from sphinx_exercise.nodes import exercise_title, is_exercise_node, is_solution_node

from lecture_utils.teaching.exercises import SENTENCES, SIMPLE_FACTORS

IMPORT = re.compile(r"^from (lecture_utils\.teaching\.exercise_sets\.\w+) import check$", re.M)
# A cell that asks, what stands in it besides, and the form of a list that it may name.
QUESTION = re.compile(
    r'(?P<before>.*?)\s*check\("(?P<name>[\w-]+)", \.\.\.\)(\s*# (?P<form>\[.*\]))?[^\n]*', re.S
)
SYMBOLS = re.compile(r"([\w, ]+ = sympy\.[sS]ymbols?\([^()]*\))?")


def is_cell(node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def code_of(cell) -> str:
    return next(cell.findall(nodes.literal_block)).astext()


def cells_after(exercise):
    """Code cells between an exercise and what comes next."""
    for node in exercise.parent.children[exercise.parent.index(exercise) + 1 :]:
        if is_exercise_node(node) or is_solution_node(node):
            return
        if is_cell(node):
            yield node


def form(name: str, title: str, ask: str) -> str:
    """HTML of a line for the answer; it shows up when the script has come to life."""
    here = f"answer-{name}"
    return (
        f'<form class="answer mathjax_process" data-exercise="{name}" hidden>'
        f'<label for="{here}">Your answer<span class="visually-hidden"> to {escape(title)}</span>'
        f'</label><input id="{here}" placeholder="{escape(ask)}" title="{escape(ask)}"'
        ' maxlength="1000" autocomplete="off" autocapitalize="off" spellcheck="false">'
        '<button type="submit">Check</button>'
        f'<output for="{here}" aria-live="polite"></output><p class="answer-read"></p></form>'
    )


def encoded(page: str, checkers: dict) -> str:
    """What the script needs to know about a page; one does not read it by accident."""
    book = {
        "page": page,
        "sentences": SENTENCES,
        "factors": SIMPLE_FACTORS,
        "checkers": {name: checker.to_payload() for name, checker in checkers.items()},
    }
    return base64.b64encode(json.dumps(book, allow_nan=False).encode()).decode()


def ask_on_the_page(app, document) -> None:
    """Put a form into each exercise that is followed by a question, and the data on the page."""
    source = "\n".join(code_of(cell) for cell in document.findall(is_cell))
    if not (found := IMPORT.search(source)):
        return
    checkers, asked = import_module(found[1]).CHECKERS, {}
    for exercise in document.findall(is_exercise_node):
        for cell in cells_after(exercise):
            if question := QUESTION.fullmatch(code_of(cell)):
                name = question["name"]
                asked[name] = checkers[name]
                ask = checkers[name].ask
                if question["form"]:
                    ask = f"{ask.partition(':')[0]}: {question['form']}"
                title = next(exercise.findall(exercise_title)).children[-1].astext()
                exercise += nodes.raw("", form(name, title, ask), format="html")
                if SYMBOLS.fullmatch(question["before"]):  # nothing that a reader must see
                    cell["hide_mode"] = "all"
                    cell["prompt_show"], cell["prompt_hide"] = "in Python", "hide"
    if asked:
        data = encoded(app.env.docname.rpartition("/")[2], asked)
        document += nodes.raw(
            "", f'<script type="text/plain" class="answers">{data}</script>', format="html"
        )


def load_script(app, pagename, templatename, context, doctree) -> None:
    """Load the script on pages that ask."""
    if 'class="answers"' in context.get("body", ""):
        app.add_js_file("answers.js", loading_method="defer")
        app.add_css_file("answers.css")


def setup(app):
    app.connect("doctree-read", ask_on_the_page)
    app.connect("html-page-context", load_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
