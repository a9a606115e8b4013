"""JupyterLab for this book, on Binder and by `make lab`."""

import os
import re
from pathlib import Path

import yaml
from jupytext import AsyncTextFileContentsManager, writes
from nbformat import from_dict
from nbformat.v4 import new_markdown_cell
from pybtex.database import parse_file

FOLDED = {"hide-input", "remove-cell"}
GATE = re.compile(r"^`{3,}\{solution-(start|end)\}", re.MULTILINE)

# What JupyterLab leaves as names in a text, and the form in which it is shown instead: a link whose
# title is the role, or an expression that the kernel evaluates (see `numbers.py`).
ROLE = re.compile(r"\{(numref|eq|doc|run-time|cite|glue:text)\}`([^`]+)`")
LINK = re.compile(r'\[[^\[\]]*\]\(\S* "(\{[a-z-]+\}`[^`]+`)"\)')
CITED = re.compile(r"\[(?:(?:; )?\{cite\}`[^`]+`)+\]")
NUMBER = re.compile(r'\{eval\}`glued_number\("([^`]+)"\)`')
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
LABELLED = {
    "Fig. {}": re.compile(r"^    name: (fig-\S+)$", re.MULTILINE),
    "({})": re.compile(r"^ *\$\$ \((eq-\S+)\)$", re.MULTILINE),
}


class Book:
    """What the pages refer to, counted as on the site."""

    def __init__(self, root):
        parts = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))["parts"]
        numbered = [part["chapters"] for part in parts if part.get("numbered")]
        chapters = [chapter["file"] for part in numbered for chapter in part]
        self.labels, self.titles = {}, {}
        for page in (root / "book").glob("*.md"):
            text, file = page.read_text(encoding="utf-8"), f"book/{page.stem}"
            chapter = f"{chapters.index(file) + 1}." if file in chapters else ""
            self.titles[page.stem] = next(iter(TITLE.findall(text)), page.stem)
            for form, label in LABELLED.items():
                for n, name in enumerate(label.findall(text), 1):
                    self.labels[name] = page.name, form.format(f"{chapter}{n}")
        self.works = parse_file(root / "book" / "references.bib").entries

    def refer(self, role, target, page):
        """Words and address of a reference in a page."""
        if role == "doc":
            return self.titles[target], f"{target}.md"
        if role == "run-time":  # how long it takes is known to a build only
            return "less than five minutes", f"{target}.md"
        if role == "cite":
            return _cited(self.works[target])
        home, words = self.labels[target]
        return words, f"#{target}" if home == page else f"{home}#{target}"

    def show(self, text, page):
        """Text in which references and numbers of a page are sentences; `written` undoes it."""

        def shown(match):
            role, target = match.groups()
            if role == "glue:text":
                return f'{{eval}}`glued_number("{target}")`'
            if role == "eq" and self.labels.get(target, "")[:1] == (page,):
                return match[0]  # its number here is JupyterLab's
            try:
                links = [
                    '[{}]({} "{{{}}}`{}`")'.format(*self.refer(role, one, page), role, one)
                    for one in target.split(",")
                ]
            except KeyError:  # there is no such label
                return match[0]
            return f"[{'; '.join(links)}]" if role == "cite" else links[0]

        return ROLE.sub(shown, text)


def _cited(work):
    names = [
        " ".join(map(str, person.rich_prelast_names + person.rich_last_names))
        for person in work.persons["author"]
    ]
    names = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
    fields, address = work.fields, "references.bib"
    if "doi" in fields:
        address = f"https://doi.org/{fields['doi']}"
    elif "eprint" in fields:
        address = f"https://arxiv.org/abs/{fields['eprint']}"
    return f"{names}, {fields['year']}", address


def written(text):
    """Text of a page, of what `Book.show` made of it."""
    text = NUMBER.sub(r"{glue:text}`\1`", LINK.sub(r"\1", text))
    return CITED.sub(
        lambda several: "{cite}`" + ",".join(re.findall("`(.+?)`", several[0])) + "`", text
    )


def with_sentences(cells, book, page):
    """Cells of a page as they are shown; each figure is followed by its number and caption."""
    for cell in cells:
        if cell["cell_type"] == "markdown":
            cell["source"] = book.show(cell["source"], page)
        yield cell
        figure = cell["metadata"].get("mystnb", {}).get("figure", {})
        if figure.get("name") in book.labels:
            caption = book.show(figure["caption"], page)
            number = book.labels[figure["name"]][1]
            yield new_markdown_cell(
                f"({figure['name']})=\n**{number}** {caption}",
                metadata={"caption": True, "editable": False, "deletable": False},
            )


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
            notebook, root = model["content"], Path(self.root_dir)
            if (root / "_toc.yml").is_file():
                page = Path(path).name
                notebook["cells"] = list(with_sentences(notebook["cells"], Book(root), page))
            fold(notebook["cells"])
        return model

    async def save(self, model, path=""):
        if model["type"] == "notebook":
            notebook = from_dict(model["content"])
            notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("caption")]
            for cell in notebook.cells:
                if cell.cell_type == "markdown":
                    cell.source = written(cell.source)
            model["content"] = notebook
            settings = notebook.metadata.get("jupytext", {})
            if settings.get("notebook_metadata_filter") == "-all":
                # A page without a header: jupytext.toml would give it one.
                model = {"type": "file", "format": "text", "content": writes(notebook, "md")}
        return await super().save(model, path)


c = get_config()  # noqa: F821
c.ServerApp.contents_manager_class = Pages

# Zero, the default, lets kernels live. See `start`.
c.MappingKernelManager.cull_idle_timeout = int(os.environ.get("BOOK_KERNEL_IDLE_SECONDS", 0))
c.MappingKernelManager.cull_interval = 60
c.MappingKernelManager.cull_connected = True  # an open page is not work
