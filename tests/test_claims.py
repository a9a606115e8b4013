"""Claims obey their verdicts, stop a build when they fail, and share the strip of their cell."""

import json
from functools import partial

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from scipy import stats

from lecture_utils.teaching.claims import (
    CLAIM_KEY,
    Claim,
    ClaimFailed,
    Statement,
    make_claim,
    stream,
)
from lecture_utils.teaching.verdicts import (
    chi2_verdict,
    identity_verdict,
    ks_verdict,
    mean_verdict,
    two_sample_verdict,
    value_verdict,
)

GOOD = value_verdict(0.1001, 0.0003, 0.1, bound=0.02)
FAR = value_verdict(0.12, 0.0003, 0.1, bound=0.02)
UNLIKELY = value_verdict(0.101, 0.0001, 0.1, bound=0.02)
NOISY = value_verdict(0.12, 0.02, 0.1, bound=0.02)
EXACT = identity_verdict([1.0], [1.0], bound=1e-12)
BROKEN = identity_verdict([1.0], [1.1], bound=1e-12)
CLAIMS = {"x": Statement("It holds."), "shuffled": Statement("Shuffled.", "reject")}
claim = partial(make_claim, "page", CLAIMS)


def made(verdict, statement="", expect="agree", figure=None, lecture=None):
    return Claim("page.x", statement, verdict, expect, figure, lecture)


@pytest.mark.parametrize(
    ("verdict", "agree", "within", "reject"),
    [
        (GOOD, True, True, False),
        (FAR, False, False, True),
        (UNLIKELY, False, True, False),
        (NOISY, False, False, False),
        (EXACT, True, True, False),
        (BROKEN, False, False, True),
    ],
)
def test_what_passes(verdict, agree, within, reject):
    for expect, passes in (("agree", agree), ("within", within), ("reject", reject)):
        assert made(verdict, expect=expect).passed is passes


def test_a_failed_claim_stops_a_build_but_not_a_reader(monkeypatch, capsys):
    claim("x", FAR)
    assert "FAILED" in capsys.readouterr().out
    monkeypatch.setenv("LECTURE_UTILS_BUILD", "1")
    with pytest.raises(ClaimFailed, match=r"page.x: ✗ FAILED: It holds\. — measured 0\.1200\(3\)"):
        claim("x", FAR)
    claim("x", GOOD)
    assert "✓ It holds." in capsys.readouterr().out


def test_a_control_that_is_not_rejected_fails(monkeypatch, capsys):
    monkeypatch.setenv("LECTURE_UTILS_BUILD", "1")
    with pytest.raises(ClaimFailed):
        claim("shuffled", GOOD)
    claim("shuffled", FAR)
    assert capsys.readouterr().out.startswith("✗ rejected, as it must be: Shuffled. — measured")


def test_a_p_value_stands_only_where_it_means_something():
    assert "p = " in made(GOOD).text()
    assert "p < " in made(FAR, expect="reject").text()
    assert "p = " not in made(GOOD, expect="within").text()


def test_the_claims_of_a_cell_share_one_strip():
    """What Jupyter stores: one output a cell, its claims in the metadata."""
    cells = (
        "import lecture_utils.teaching.claims as c, lecture_utils.teaching.verdicts as v\n"
        "good = v.value_verdict(1.0, 0.1, 1.0, bound=1)\n"
        "far = v.value_verdict(9.0, 0.1, 1.0, bound=1)\n"
        "said = {name: c.Statement(name) for name in 'bde'}\n"
        "said['a'] = c.Statement('For $a<b$ & c', figure='fig-x', lecture='A slide')\n"
        "said['c'] = c.Statement('C.', 'reject')\n"
        "def claim(*of):\n"
        "    c.make_claim('page', said, *of)",
        'claim("a", good)\nclaim("b", good)\nclaim("c", far)',
        'claim("d", far)\nclaim("e", good)',
    )
    new = nbformat.v4
    notebook = new.new_notebook(cells=[new.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (first,), (second,) = (cell.outputs for cell in notebook.cells[1:])
    html = first.data["text/html"]
    assert "✓ 2 claims hold, 1 control is rejected" in html
    assert html.count("<li") == 3
    assert " open" not in html
    assert r"For \(a&lt;b\) &amp; c" in html
    assert "mathjax_process" in html
    assert [c["id"] for c in first.metadata[CLAIM_KEY]] == ["page.a", "page.b", "page.c"]
    assert first.metadata[CLAIM_KEY][0]["figure"] == "fig-x"
    assert "✗ 1 claim FAILS, 1 claim holds<" in second.data["text/html"]
    assert "<details open" in second.data["text/html"].replace(' class="claims', "").replace(
        ' claim-failed mathjax_process"', ""
    )


def test_a_claim_survives_its_payload():
    sample = np.random.default_rng(9).normal(size=100)
    kinds = [
        ks_verdict(sample, stats.norm(), bound=1),
        two_sample_verdict(sample, sample, bound=1),
        mean_verdict(sample, 0, bound=1),
        chi2_verdict([9, 9], [9, 9], bound=1),
        EXACT,
    ]
    for verdict in kinds:
        original = made(verdict, "For $a<b$", figure="fig-x", lecture="A slide")
        stored = json.loads(json.dumps(original.payload(), allow_nan=False))
        assert Claim.from_payload(stored) == original


def test_a_stream_belongs_to_its_name():
    # A promise: the same on every machine and in every process.
    assert stream("page.x").random() == pytest.approx(0.06732449877074076)
    assert stream("page.x").random() != stream("page.y").random()
    with pytest.raises(ValueError, match=r'name must look like "page.dash-words"'):
        stream("x")


@pytest.mark.parametrize("name", ["", "under_score", "Capital", "x.y"])
def test_bad_names(name):
    with pytest.raises(ValueError, match="name must look like"):
        make_claim("page", {name: Statement("")}, name, GOOD)
    with pytest.raises(ValueError, match="name must be one of x, shuffled, got 'unheard-of'"):
        claim("unheard-of", GOOD)


def test_bad_expectation():
    with pytest.raises(ValueError, match=r"expect must be one of .*, got 'hope'"):
        Statement("", "hope")
