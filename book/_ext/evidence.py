"""The directive ``{evidence}``: a table of every claim of the book, made from the executed pages.

A claim leaves its data in the metadata of its output, under `CLAIM_KEY`. The page with the directive
is read last, so that all other pages have been executed, and again whenever one of them has changed.

The exact claims of one page form one family of tests. Each must pass alone, or its page would not
have been built; here their p-values are adjusted for the size of the family (Holm), and one that
falls below the family's level is a warning, which fails a strict build.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from jupyter_cache import get_cache
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from execution import cached_record, read_page
from lecture_utils.teaching.verdicts import (
    CLAIM_KEY,
    CONTROL_LEVEL,
    FAMILY_LEVEL,
    Verdict,
    holm,
    power_text,
    with_error,
)

logger = logging.getLogger(__name__)

HEADINGS = ("Claim", "Measured, expected", "Effect", "p, in its family", "Verdict")
VERDICTS = {"agree": "✓ agrees", "within": "✓ in bound", "reject": "✗ rejected, as it must"}


@dataclass(frozen=True)
class Row:
    """One claim, as its page left it, and its p-value adjusted for the page's family."""

    id: str
    statement: str
    expect: str
    passed: bool
    repeated: bool
    figure: str | None
    lecture: str | None
    verdict: Verdict
    adjusted: float | None

    @property
    def verdict_text(self) -> str:
        text = VERDICTS[self.expect] if self.passed else "FAILED"
        return text + (" (repeated once)" if self.repeated else "")


# ------------------------------------------------------------------ what the pages have left


def claims_of(notebook) -> list[dict]:
    """Data of the claims in a notebook with outputs, in the order of the page."""
    return [
        output.metadata[CLAIM_KEY]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if CLAIM_KEY in output.get("metadata", {})
    ]


def rows_of(claims: list[dict]) -> list[Row]:
    """Rows of one page, with p-values adjusted for the family of its exact claims."""
    fields = set(Verdict.__dataclass_fields__)
    verdicts = [Verdict(**{k: v for k, v in c["verdict"].items() if k in fields}) for c in claims]
    family = [
        index
        for index, (claim, verdict) in enumerate(zip(claims, verdicts, strict=True))
        if claim["expect"] == "agree" and verdict.p_value is not None
    ]
    p_values = [verdicts[index].p_value for index in family]
    adjusted = dict(zip(family, holm(p_values) if family else (), strict=True))
    own = set(Row.__dataclass_fields__) - {"verdict", "adjusted"}
    return [
        Row(**{k: claim[k] for k in own}, verdict=verdict, adjusted=adjusted.get(index))
        for index, (claim, verdict) in enumerate(zip(claims, verdicts, strict=True))
    ]


# ------------------------------------------------------------------ showing them


def count_text(rows: list[Row]) -> str:
    """How many claims of which kind: "7 claims: 4 exact, 1 approximate, 2 negative controls"."""
    kinds = Counter(row.expect for row in rows)
    counts = [
        (kinds["agree"], "exact"),
        (kinds["within"], "approximate"),
        (kinds["reject"], "negative control" + "s" * (kinds["reject"] > 1)),
    ]
    parts = ", ".join(f"{count} {kind}" for count, kind in counts if count)
    return f"{len(rows)} claim{'s' * (len(rows) > 1)}: {parts}"


def p_value_text(rows: list[Row]) -> str:
    """How the p-values of all exact claims are spread: a check of the checks."""
    p_values = [row.verdict.p_value for row in rows if row.adjusted is not None]
    if not p_values:
        return ""
    low = sum(p < 0.1 for p in p_values)
    return (
        f"Of the {len(p_values)} p-values of exact claims, {low} lie below 0.1; if every theory "
        f"and every error bar is right, chance alone puts about {0.1 * len(p_values):.1f} there."
    )


class Evidence(SphinxDirective):
    """Claims of all pages, chapter by chapter, in the order of the table of contents."""

    def run(self):
        chapters = {name: rows for name in self.pages() if (rows := self.rows(name))}
        everything = [row for rows in chapters.values() for row in rows]
        for id, times in Counter(row.id for row in everything).items():
            if times > 1:
                logger.warning(
                    "the claim %s is made %d times", id, times, location=self.env.docname
                )
        summary = f"**{count_text(everything)}.** {p_value_text(everything)}"
        return [
            nodes.paragraph("", "", *self.inline(summary)),
            *(self.chapter(name, rows) for name, rows in chapters.items()),
        ]

    def pages(self) -> list[str]:
        """Pages in the order of the table of contents."""
        ordered, waiting = [], [self.config.root_doc]
        while waiting:
            name = waiting.pop()
            ordered.append(name)
            waiting.extend(reversed(self.env.toctree_includes.get(name, [])))
        return ordered

    def rows(self, name: str) -> list[Row]:
        path, root = Path(self.env.doc2path(name)), Path(self.env.srcdir)
        page = read_page(name, path, root, self.env.myst_config)
        if page is None:  # no code, no claims
            return []
        cache = get_cache(self.env.mystnb_config.execution_cache_path)
        if cached_record(cache, page) is None:
            logger.warning("not executed: its claims are missing from the table", location=name)
            return []
        rows = rows_of(claims_of(cache.merge_match_into_notebook(page.notebook)[1]))
        for row in rows:
            if row.adjusted is not None and row.adjusted < FAMILY_LEVEL:
                logger.warning(
                    "claim %s: p = %.1e after Holm's adjustment, below the family's level %g",
                    row.id,
                    row.adjusted,
                    FAMILY_LEVEL,
                    location=name,
                )
        return rows

    def chapter(self, name: str, rows: list[Row]) -> nodes.section:
        title = self.env.titles[name].astext()
        table = nodes.table(
            "",
            nodes.tgroup(
                "",
                *(nodes.colspec(colwidth=1) for _ in HEADINGS),
                nodes.thead("", nodes.row("", *map(self.entry, HEADINGS))),
                nodes.tbody("", *map(self.row, rows)),
                cols=len(HEADINGS),
            ),
            classes=["evidence"],
        )
        link = f"{{doc}}`To the chapter </{name}>`. {count_text(rows)}."
        return nodes.section(
            "",
            nodes.title("", title),
            nodes.paragraph("", "", *self.inline(link)),
            table,
            ids=[nodes.make_id(f"evidence-{name}")],
            names=[nodes.fully_normalize_name(f"evidence {name}")],
        )

    def row(self, row: Row) -> nodes.row:
        verdict = row.verdict
        see = [f"{{numref}}`{row.figure}`"] if row.figure else []
        see += [f"slide “{row.lecture}”"] if row.lecture else []
        values = []
        if verdict.measured is not None:
            values = [with_error(verdict.measured, verdict.error), f"{verdict.expected:.4g}"]
        p_values = []
        if verdict.p_value is not None:
            p_values = [verdict.p_text().removeprefix("p ").removeprefix("= ")]
        if row.adjusted is not None:
            p_values.append(power_text(row.adjusted))
        kind = row.expect if row.passed else "failed"
        return nodes.row(
            "",
            self.entry(row.statement, " · ".join([*see, f"`{row.id}`"])),
            self.entry(*(value.replace("-", "−") for value in values)),
            self.entry(verdict.effect_text()),
            self.entry(*p_values),
            self.entry(row.verdict_text),
            ids=[nodes.make_id(f"claim-{row.id}")],
            classes=[f"claim-{kind}"],
        )

    def entry(self, *lines: str) -> nodes.entry:
        return nodes.entry("", *(nodes.paragraph("", "", *self.inline(line)) for line in lines))

    def inline(self, text: str) -> list[nodes.Node]:
        return self.parse_inline(text)[0]


class EvidenceLevels(SphinxDirective):
    """The levels by which claims are judged, as the code has them."""

    def run(self):
        text = (
            f"- a claim of **exact** agreement stands if its effect is within its bound and p is "
            f"above {power_text(FAMILY_LEVEL)};\n"
            f"- a claim of **approximate** agreement stands if its effect is within its bound;\n"
            f"- a **negative control** stands if its effect is beyond its bound and p is below "
            f"{power_text(CONTROL_LEVEL)}."
        )
        return self.parse_text_to_nodes(text)


# ------------------------------------------------------------------ reading the page last


def read_again(app, env, added, changed, removed) -> list[str]:
    """Without a page its claims must go."""
    return [app.config.evidence_page] if removed else []


def read_last(app, env, docnames: list[str]) -> None:
    """Whenever any page is read, read the page of evidence after it."""
    page = app.config.evidence_page
    if docnames and page in env.found_docs:
        docnames[:] = [name for name in docnames if name != page] + [page]


def setup(app):
    app.add_config_value("evidence_page", "book/evidence", "env")
    app.add_directive("evidence", Evidence)
    app.add_directive("evidence-levels", EvidenceLevels)
    app.connect("env-get-outdated", read_again)
    app.connect("env-before-read-docs", read_last)
    # Read in one process: a page read by another one is not known here yet.
    return {"parallel_read_safe": False, "parallel_write_safe": True}
