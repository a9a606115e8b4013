"""The table of claims: families, counts, and what must fail a strict build."""

from dataclasses import replace

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from evidence import (
    claims_of,
    count_text,
    histogram_svg,
    p_value_text,
    p_values_of,
    read_last,
    rows_of,
)
from lecture_utils.teaching.claims import CLAIM_KEY, Claim
from lecture_utils.teaching.verdicts import Verdict


def verdict(p_value, effect=0.01):
    return Verdict("z", 1.0, None, p_value, effect, 0.02, "difference")


def made(name, p_value, expect="agree", effect=0.01):
    return Claim(f"page.{name}", "x", verdict(p_value, effect), expect, None, None)


@pytest.fixture
def claims():
    return [
        made("first", 0.02),
        made("approximate", 1e-9, "within"),
        made("second", 0.01),
        made("control", 1e-30, "reject", effect=0.5),
        made("identity", None),
    ]


def test_claims_are_found_in_the_order_of_the_page(claims):
    strips = ([c.payload() for c in claims[:3]], [c.payload() for c in claims[3:]])
    outputs = [new_output("display_data", metadata={CLAIM_KEY: strip}) for strip in strips]
    notebook = new_notebook(
        cells=[
            new_markdown_cell("text"),
            new_code_cell(outputs=[new_output("stream", text="noise"), outputs[0]]),
            new_code_cell(outputs=outputs[1:]),
        ]
    )
    assert claims_of(notebook) == claims


def test_claims_without_a_figure_belong_to_the_one_right_before(claims):
    def cell(figure=None, *shown):
        strip = {CLAIM_KEY: [claim.payload() for claim in shown]}
        return new_code_cell(
            metadata={"mystnb": {"figure": {"name": figure}}} if figure else {},
            outputs=[new_output("display_data", metadata=strip)],
        )

    named, nowhere = replace(claims[1], figure="fig-named"), replace(claims[0], figure="")
    notebook = new_notebook(
        cells=[cell("fig-a"), cell(None, claims[0], named, nowhere), cell(None, claims[2]),
               cell("fig-b", claims[3])]
    )  # fmt: skip
    assert [claim.figure for claim in claims_of(notebook)] == [
        *("fig-a", "fig-named", "", None, "fig-b")
    ]


def test_only_exact_claims_form_the_family(claims):
    # Holm by hand: the smaller of two p-values counts double, the larger cannot be below it.
    adjusted = [row.adjusted for row in rows_of(claims)]
    assert adjusted[0] == pytest.approx(0.02)
    assert adjusted[2] == pytest.approx(0.02)
    assert [adjusted[i] for i in (1, 3, 4)] == [None, None, None]


def test_a_page_without_claims_has_no_rows():
    assert rows_of([]) == []


def test_controls_are_shown_as_controls(claims):
    texts = [row.verdict_text for row in rows_of(claims)]
    assert texts[3].startswith("✗ rejected")
    assert all(text.startswith("✓") for text in texts[:3] + texts[4:])


def test_failed_claims_say_so():
    (row,) = rows_of([made("wrong", 0.5, effect=0.3)])
    assert row.verdict_text == "FAILED"


def test_counts(claims):
    rows = rows_of(claims)
    assert count_text(rows) == "5 claims: 3 exact, 1 approximate, 1 negative control"
    assert count_text(rows[:1]) == "1 claim: 1 exact"


def test_the_spread_of_p_values_is_that_of_exact_claims(claims):
    p_values = p_values_of(rows_of(claims))
    assert sorted(p_values) == [0.01, 0.02]
    # Two values below 0.02: D = 0.98, and 0.02 squared is the chance of something like it.
    text = p_value_text(p_values)
    assert "The 2 p-values" in text
    assert "D = 0.98" in text
    assert "not spread" in text
    assert "not spread" not in p_value_text(np.linspace(0.01, 0.99, 50))
    assert p_values_of(rows_of(claims[3:])).size == 0


def test_the_histogram_says_in_words_what_it_shows():
    svg = histogram_svg(np.array([0.05, 0.06, 0.31, 1.0]), bins=4)
    assert 'aria-label="Histogram of 4 p-values in 4 bins: 2, 1, 0, 1."' in svg
    assert svg.count("<rect") == 4


def test_evidence_is_read_last_and_whenever_a_page_is_read():
    class Environment:
        found_docs = frozenset({"book/index", "book/evidence", "book/zeta"})

    class App:
        class config:
            evidence_page = "book/evidence"

    for docnames, expected in (
        (["book/evidence", "book/zeta"], ["book/zeta", "book/evidence"]),
        (["book/index"], ["book/index", "book/evidence"]),
        ([], []),
    ):
        read_last(App, Environment, docnames)
        assert docnames == expected


def test_p_values_of_a_true_theory_survive_their_family():
    p_values = np.random.default_rng(2025).uniform(size=200)
    rows = rows_of([made(f"n{i}", float(p)) for i, p in enumerate(p_values) if p > 1e-4])
    assert min(row.adjusted for row in rows) > 1e-3
