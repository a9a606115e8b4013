"""Write pages as jupytext does: saving one in JupyterLab then changes what was edited, no more.

``python book/tidy.py PAGES`` rewrites pages, ``python book/tidy.py --check PAGES`` names those that
it would rewrite. Only headers and the metadata of cells change; nothing is executed again.
"""

import argparse
import re
import sys
from pathlib import Path

import jupytext
from jupytext.config import load_jupytext_config

# The name that ipykernel gives to its kernel, and that JupyterLab writes when it saves.
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
FORM = {
    "text_representation": {"extension": ".md", "format_name": "myst"},
    "default_lexer": "ipython3",  # stands at each code cell, not in the header
}


def unwrapped(value):
    """Join the lines of each paragraph in metadata: jupytext wraps text in its own way."""
    match value:
        case dict():
            return {key: unwrapped(item) for key, item in value.items()}
        case list():
            return [unwrapped(item) for item in value]
        case str():
            paragraphs = re.split(r"\n\s*\n", value.strip())
            return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    return value


def tidied(text: str, config=None) -> str:
    """Return the text of a page in jupytext's form; pages without code stay as they are."""
    if not text.startswith("---\njupytext:"):
        return text
    notebook = jupytext.reads(text, "md:myst", config=config)
    others = {k: v for k, v in notebook.metadata.items() if k not in ("jupytext", "kernelspec")}
    notebook.metadata = {"jupytext": FORM, "kernelspec": KERNEL} | others
    for cell in notebook.cells:
        cell.metadata = unwrapped(cell.metadata)
    return jupytext.writes(notebook, "md:myst", config=config)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("pages", nargs="+", type=Path)
    arguments = parser.parse_args()
    different = []
    for path in arguments.pages:
        text = path.read_text(encoding="utf-8")
        new = tidied(text, load_jupytext_config(str(path)))
        if new != text:
            different.append(path)
            if not arguments.check:
                path.write_text(new, encoding="utf-8")
    outcome = "is not as jupytext writes it: make tidy" if arguments.check else "tidied"
    for path in different:
        print(f"{path}: {outcome}")
    return arguments.check and bool(different)


if __name__ == "__main__":
    sys.exit(main())
