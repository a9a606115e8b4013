"""The directive ``{evidence}``: a table of every claim of the book, made from the executed pages.

A claim leaves its data in the metadata of its output, under `CLAIM_KEY`. The page with the
directive is read last, so that all other pages have been executed, and again whenever one of them
has changed.

The exact claims of one page form one family of tests. Each must pass alone, or its page would not
have been built; here their p-values are adjusted for the size of the family (Holm), and one that
falls below the family's level is a warning, which fails a strict build.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from docutils import nodes
from scipy import stats
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from execution import Store, code_cells, read_page
from lecture_utils.teaching.claims import CLAIM_KEY, CONTROL_LEVEL, FAMILY_LEVEL, Claim
from lecture_utils.teaching.verdicts import holm, power_text, with_error

logger = logging.getLogger(__name__)

HEADINGS = ("Claim", "Measured, expected", "Effect", "p, in its family", "Verdict")
VERDICTS = {"agree": "✓ agrees", "within": "✓ in bound", "reject": "✗ rejected, as it must"}


@dataclass(frozen=True)
class Row:
    """One claim, and its p-value adjusted for the family of its page where it belongs to one."""

    claim: Claim
    adjusted: float | None

    @property
    def verdict_text(self) -> str:
        return VERDICTS[self.claim.expect] if self.claim.passed else "FAILED"


# ------------------------------------------------------------------ what the pages have left


def claims_of(notebook) -> list[Claim]:
    """Claims in a notebook with outputs, in the order of the page.

    A claim that says nothing of figures belongs to that of its cell or of the code cell before.
    """
    claims, before = [], None
    for cell in code_cells(notebook):
        figure = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        for output in cell.outputs:
            for payload in output.get("metadata", {}).get(CLAIM_KEY, []):
                made = Claim.from_payload(payload)
                if made.figure is None:
                    made = replace(made, figure=figure or before)
                claims.append(made)
        before = figure
    return claims


def rows_of(claims: list[Claim]) -> list[Row]:
    """Rows of one page, with p-values adjusted for the family of its exact claims."""
    family = [c for c in claims if c.expect == "agree" and c.verdict.p_value is not None]
    p_values = [c.verdict.p_value for c in family]
    adjusted = dict(zip([c.id for c in family], holm(p_values) if family else (), strict=True))
    return [Row(c, adjusted.get(c.id)) for c in claims]


# ------------------------------------------------------------------ showing them


def count_text(rows: list[Row]) -> str:
    """How many claims of which kind: "7 claims: 4 exact, 1 approximate, 2 negative controls"."""
    kinds = Counter(row.claim.expect for row in rows)
    counts = [
        (kinds["agree"], "exact"),
        (kinds["within"], "approximate"),
        (kinds["reject"], "negative control" + "s" * (kinds["reject"] > 1)),
    ]
    parts = ", ".join(f"{count} {kind}" for count, kind in counts if count)
    return f"{len(rows)} claim{'s' * (len(rows) > 1)}: {parts}"


def p_values_of(rows: list[Row]) -> np.ndarray:
    """The p-values of exact claims, not adjusted."""
    return np.array([row.claim.verdict.p_value for row in rows if row.adjusted is not None])


def p_value_text(p_values: np.ndarray) -> str:
    """How the p-values of exact claims are spread: a check of the checks."""
    spread = stats.kstest(p_values, "uniform")
    reading = (
        "they are spread as chance alone would spread them"
        if spread.pvalue > 0.01
        else "they are not spread as chance alone would spread them"
    )
    return (
        f"The {p_values.size} p-values of exact claims: where every theory and every error bar is "
        f"right they are uniform between 0 and 1. Their distance from uniform is D = "
        f"{power_text(spread.statistic)} (p = {power_text(spread.pvalue)}, as if no two claims "
        f"shared their data): {reading}."
    )


def histogram_svg(p_values: np.ndarray, bins: int = 10) -> str:
    """Histogram of p-values in the colours of the page, with the uniform expectation as a line."""
    counts, _ = np.histogram(p_values, bins, (0, 1))
    level, top = p_values.size / bins, max(counts.max(), 1)
    width, height, foot = 360, 120, 22
    step, scale = width / bins, height / top
    bars = "".join(
        f'<rect x="{i * step + 1:.1f}" y="{height - n * scale:.1f}" width="{step - 2:.1f}"'
        f' height="{n * scale:.1f}"><title>{n}</title></rect>'
        for i, n in enumerate(counts)
    )
    labels = "".join(
        f'<text x="{x * width:.0f}" y="{height + 16}" text-anchor="{anchor}">{x:g}</text>'
        for x, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))
    )
    line = height - level * scale
    alt = f"Histogram of {p_values.size} p-values in {bins} bins: {', '.join(map(str, counts))}."
    return (
        f'<svg class="p-values" role="img" aria-label="{alt}"'
        f' viewBox="0 0 {width} {height + foot}">{bars}'
        f'<line x1="0" x2="{width}" y1="{line:.1f}" y2="{line:.1f}"/>{labels}</svg>'
    )


class Evidence(SphinxDirective):
    """Claims of all pages, chapter by chapter, in the order of the table of contents."""

    def run(self):
        chapters = {name: rows for name in self.pages() if (rows := self.rows(name))}
        everything = [row for rows in chapters.values() for row in rows]
        for id, times in Counter(row.claim.id for row in everything).items():
            if times > 1:
                logger.warning(
                    "the claim %s is made %d times", id, times, location=self.env.docname
                )
        p_values = p_values_of(everything)
        spread = []
        if p_values.size:
            spread = [
                nodes.paragraph("", "", *self.inline(p_value_text(p_values))),
                nodes.raw("", histogram_svg(p_values), format="html"),
            ]
        return [
            nodes.paragraph("", "", *self.inline(f"**{count_text(everything)}.**")),
            *spread,
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
        page = read_page(name, Path(self.env.doc2path(name)), self.env.myst_config)
        if page is None:  # no code, no claims
            return []
        store = Store(Path(self.env.srcdir))
        if store.find(page.notebook) is None:
            logger.warning("not executed: its claims are missing", location=name)
            return []
        rows = rows_of(claims_of(store.merge_match_into_notebook(page.notebook)[1]))
        for row in rows:
            if row.adjusted is not None and row.adjusted < FAMILY_LEVEL:
                logger.warning(
                    "claim %s: p = %.1e after Holm's adjustment, below the family's level %g",
                    row.claim.id,
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
        claim, verdict = row.claim, row.claim.verdict
        see = [f"{{numref}}`{claim.figure}`"] if claim.figure else []
        see += [f"slide “{claim.lecture}”"] if claim.lecture else []
        values = []
        if verdict.measured is not None:
            values = [with_error(verdict.measured, verdict.error), f"{verdict.expected:.4g}"]
        p_values = []
        if verdict.p_value is not None and claim.expect != "within":
            p_values = [verdict.p_text().removeprefix("p ").removeprefix("= ")]
        if row.adjusted is not None:
            p_values.append(power_text(row.adjusted))
        kind = claim.expect if claim.passed else "failed"
        return nodes.row(
            "",
            self.entry(claim.statement, " · ".join([*see, f"`{claim.id}`"])),
            self.entry(*(value.replace("-", "−") for value in values)),
            self.entry(verdict.effect_text()),
            self.entry(*p_values),
            self.entry(row.verdict_text),
            ids=[nodes.make_id(f"claim-{claim.id}")],
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
