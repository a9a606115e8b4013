"""The table of claims: families, counts, and what must fail a strict build."""

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from evidence import claims_of, count_text, p_value_text, read_last, rows_of
from lecture_utils.teaching.verdicts import CLAIM_KEY, Verdict, claim


def verdict(p_value, effect=0.01):
    return Verdict("z", 1.0, None, p_value, effect, 0.02, "difference")


def payload(name, p_value, expect="agree", effect=0.01):
    return claim(f"page.{name}", "x", verdict(p_value, effect), expect=expect).payload()


@pytest.fixture
def claims():
    return [
        payload("first", 0.02),
        payload("approximate", 1e-9, "within"),
        payload("second", 0.01),
        payload("control", 1e-30, "reject", effect=0.5),
        payload("identity", None),
    ]


def test_claims_are_found_in_the_order_of_the_page(claims):
    outputs = [new_output("display_data", metadata={CLAIM_KEY: data}) for data in claims]
    notebook = new_notebook(
        cells=[
            new_markdown_cell("text"),
            new_code_cell(outputs=[new_output("stream", text="noise"), *outputs[:2]]),
            new_code_cell(outputs=outputs[2:]),
        ]
    )
    assert claims_of(notebook) == claims


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


def test_failed_and_repeated_claims_say_so():
    failed = claim("page.wrong", "x", verdict(0.5, 0.1), repeat=lambda rng, n: verdict(0.5, 0.3))
    (row,) = rows_of([failed.payload()])
    assert row.verdict_text == "FAILED (repeated once)"


def test_counts(claims):
    rows = rows_of(claims)
    assert count_text(rows) == "5 claims: 3 exact, 1 approximate, 1 negative control"
    assert count_text(rows[:1]) == "1 claim: 1 exact"


def test_spread_of_p_values_counts_exact_claims_only(claims):
    assert "Of the 2 p-values of exact claims, 2 lie below 0.1" in p_value_text(rows_of(claims))
    assert p_value_text(rows_of(claims[3:])) == ""


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
    rows = rows_of([payload(f"n{i}", float(p)) for i, p in enumerate(p_values) if p > 1e-4])
    assert min(row.adjusted for row in rows) > 1e-3
