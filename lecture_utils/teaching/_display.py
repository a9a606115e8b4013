"""Small things shared by everything that is displayed: where we run, and text as HTML."""

import html
import os
import re


def in_build():
    """Tell whether the book is being built (then wrong results must stop it)."""
    return os.environ.get("LECTURE_UTILS_BUILD") == "1"


def to_html(text):
    r"""Escape `text` for HTML and turn ``$...$`` into ``\(...\)``.

    The parentheses are the one form of inline mathematics that both JupyterLab and the MathJax of
    the built site read; on the site the surrounding element needs the class ``mathjax_process``.
    """
    return re.sub(r"\$([^$]+)\$", r"\\(\1\\)", html.escape(text, quote=False))
