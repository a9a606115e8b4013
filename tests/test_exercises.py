"""Checkers take an answer in any form a physicist would give, and say what is wrong with it."""

import re
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lecture_utils.teaching import exercises
from lecture_utils.teaching.exercises import (
    Mistake,
    WrongAnswer,
    check_answer,
    expression,
    function,
    number,
)

ALPHA, BATCH, X = sympy.symbols("alpha B x")

HALF = number(0.5, mistakes=[Mistake(0.3, "Mind the floor."), Mistake(7, "Seven is too many.")])
RADII = number([1.0, 2.0, 3.0], mistakes=[Mistake([1.0, 4.0, 9.0], "Take the root.")])
NORMAL = function(
    stats.norm(),
    at=np.linspace(-3, 3, 13),
    mistakes=[Mistake(lambda x: np.exp(-(x**2) / 2), "Normalise it.")],
)
VARIANCE = expression(
    ALPHA / (BATCH * (2 - ALPHA)),
    mistakes=[Mistake(ALPHA / (2 * BATCH), "This is only the leading order.")],
)


def hint(checker, answer):
    feedback = checker(answer)
    assert not feedback.correct
    return feedback.message


# --- right answers in many forms -----------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        0.5,
        np.float64(0.5),
        np.float32(0.5),
        Fraction(1, 2),
        sympy.Rational(1, 2),
        sympy.sin(sympy.pi / 6),
        np.array(0.5),
        torch.tensor(0.5),
        0.50001,
    ],
)
def test_numbers_in_any_form(answer):
    assert HALF(answer).correct


def test_arrays():
    assert RADII([1, 2, 3]).correct
    assert RADII(torch.tensor([1, 2, 3])).correct
    assert number(0)(1e-4).correct


@pytest.mark.parametrize(
    "answer",
    [
        stats.norm(),
        stats.norm.pdf,
        lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi),
        lambda x: float(stats.norm.pdf(x)) if x > 0 else float(stats.norm.pdf(-x)),
        sympy.exp(-(X**2) / 2) / sympy.sqrt(2 * sympy.pi),
        sympy.exp(-(ALPHA**2) / 2) / sympy.sqrt(2 * sympy.pi),
        lambda x: torch.distributions.Normal(0, 1).log_prob(torch.tensor(x)).exp(),
    ],
)
def test_functions_in_any_form(answer):
    assert NORMAL(answer).correct


def test_constant_functions():
    one = function(lambda x: np.ones_like(x), at=[0.1, 0.5])
    assert one(lambda x: 1).correct
    assert one(sympy.Integer(1)).correct
    assert one(stats.uniform()).correct


@pytest.mark.parametrize(
    "answer",
    [
        ALPHA / BATCH / (2 - ALPHA),
        1 / (2 * BATCH / ALPHA - BATCH),
        sympy.apart(ALPHA / (BATCH * (2 - ALPHA)), ALPHA),
        sympy.Symbol("alpha", positive=True)
        / (sympy.Symbol("B", integer=True) * (2 - sympy.Symbol("alpha", positive=True))),
        sympy.sqrt(ALPHA**2) / (BATCH * (2.0 - ALPHA)),
    ],
)
def test_expressions_in_any_form(answer):
    assert VARIANCE(answer).correct


def test_numbers_as_expressions():
    assert expression(sympy.sqrt(2) / 2)(1 / sympy.sqrt(2)).correct
    assert expression(sympy.Rational(1, 2))(0.5).correct


@given(st.floats(1e-6, 1e6), st.floats(-0.9, 0.9))
def test_tolerance(expected, fraction):
    checker = number(expected, rtol=1e-2)
    margin = 1e-2 * expected
    assert checker(expected + fraction * margin).correct
    assert not checker(expected + (2 + fraction) * margin).correct


# --- wrong answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checker", "answer", "message"),
    [
        (HALF, 0.3, "Mind the floor."),
        (HALF, 7.001, "Seven is too many."),
        (HALF, -0.5, "sign is wrong"),
        (HALF, 1.0, "simple factor"),
        (HALF, 0.5 / np.sqrt(np.pi), "simple factor"),
        (HALF, 0.51, "Close"),
        (HALF, 123, "Not yet"),
        (HALF, "0.5", "'0.5': write it without quotes"),
        (HALF, True, "A number is expected, not True"),
        (HALF, 0.5j, "A real number is expected, not a complex"),
        (HALF, np.complex128(0.5), "A real number is expected, not a complex128"),
        (HALF, sympy.I, "A real number is expected"),
        (HALF, ALPHA / 2, "alpha still stands in your answer"),
        (HALF, lambda: 0.5, "A real number is expected, not a function"),
        (HALF, torch.tensor(0.5, requires_grad=True), "not a Tensor"),
        (HALF, np.nan, "not finite"),
        (HALF, [0.5, 0.5], r"shape should be \(\), yours is \(2,\)"),
        (RADII, [1, 4, 9], "Take the root."),
        (RADII, [2, 4, 6], "check the normalisation"),
        (RADII, [1, 2], r"shape should be \(3,\), yours is \(2,\)"),
        (RADII, [1, np.inf, 3], "not finite"),
        (number(0.0), 1.0, "Not yet"),
        (NORMAL, lambda x: np.exp(-(x**2) / 2), "Normalise it."),
        (NORMAL, lambda x: np.exp(-(x**2) / 2) / 2, "check the normalisation"),
        (NORMAL, lambda x: -stats.norm.pdf(x), "sign is wrong"),
        (NORMAL, stats.norm(1), "Not yet"),
        (NORMAL, lambda x: np.log(x), "not finite"),
        (NORMAL, lambda x: 1 / 0, "Your function fails: ZeroDivisionError"),
        (NORMAL, lambda: 1, "Your function fails: TypeError"),
        (NORMAL, 0.4, "give f itself"),
        (NORMAL, "exp(-x**2/2)", "A function of one variable is expected, not a str"),
        (NORMAL, X * ALPHA, "yours are alpha, x"),
        (VARIANCE, ALPHA / 2 / BATCH, "leading order"),
        (VARIANCE, ALPHA / (BATCH * (ALPHA - 2)), "sign is wrong"),
        (VARIANCE, 2 * ALPHA / (BATCH * (2 - ALPHA)), "check the normalisation"),
        (VARIANCE, sympy.Symbol("T") / 2, "Unknown symbol T: use only B, alpha."),
        (VARIANCE, ALPHA, "Not yet"),
        (VARIANCE, "alpha/B", "no quotes"),
        (VARIANCE, lambda a: a, "A sympy expression is expected"),
        (VARIANCE, [ALPHA], "A sympy expression is expected, not a list"),
        (VARIANCE, np.ones(2), "A sympy expression is expected, not a ndarray"),
        (VARIANCE, sympy.Eq(BATCH, ALPHA), "no equation"),
        (VARIANCE, sympy.Function("f")(ALPHA), "no undefined function"),
        (VARIANCE, 1 / (ALPHA - ALPHA), "not finite"),
    ],
)
def test_what_is_wrong_is_said(checker, answer, message):
    assert re.search(message, hint(checker, answer))


@given(
    st.one_of(
        st.none(), st.text(), st.binary(), st.floats(), st.complex_numbers(), st.lists(st.floats())
    )
)
def test_no_answer_raises(answer):
    """A reader who tries anything gets a sentence, never a traceback."""
    for checker in (HALF, RADII, NORMAL, VARIANCE):
        assert isinstance(checker(answer).message, str)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_solution_is_never_printed(answer):
    secret = number(0.73105857863)
    assert "0.73" not in secret(answer).message.replace(repr(answer), "")


def test_authors_are_told_of_impossible_checkers():
    with pytest.raises(ValueError, match=r"mistakes must differ from expected, .* 'oops'"):
        number(1.0, mistakes=[Mistake(1.00001, "oops")])
    with pytest.raises(ValueError, match="expected must be finite"):
        function(lambda x: np.full_like(x, np.inf), at=[0.0, 1.0])
    with pytest.raises(ValueError, match="Your function fails: KeyError"):
        function({}.__getitem__, at=[0.0])


def test_numbers_in_brackets_per_cent_and_what_is_too_large():
    assert HALF([0.5]).correct
    assert hint(HALF, 50).startswith("Per cent?")
    assert not number(624, rtol=1e-9)(624.5).correct
    assert "not finite" in hint(HALF, 10**400)
    # Close means within fifty tolerances and five per cent, however coarse the tolerance.
    assert hint(number(10.0), 10.4).startswith("Close")
    assert not hint(number(10.0), 10.6).startswith("Close")
    assert not hint(number(0.7, rtol=0.01), 0.5).startswith("Close")


# --- check ---------------------------------------------------------------------------------------


check = partial(check_answer, {"half": HALF, "variance": VARIANCE})


def test_check_finds_the_checker():
    assert check("half", 0.5).correct
    assert not check("variance", ALPHA).correct


def test_unknown_exercises_are_named():
    with pytest.raises(ValueError, match="name must be one of half, variance, got 'third'"):
        check("third", 0.5)


def test_a_build_stops_at_a_wrong_solution_but_not_at_an_open_question(monkeypatch):
    monkeypatch.setenv("LECTURE_UTILS_BUILD", "1")
    for nothing in (None, ...):
        assert check("half", nothing).message.startswith("No answer yet")
    assert check("half", 0.5).correct
    with pytest.raises(WrongAnswer, match=r"half: Mind the floor"):
        check("half", 0.3)


def test_feedback_is_one_safe_line_of_html():
    html = exercises.Feedback(False, "Is $a<b$ & <b>?")._repr_html_()
    assert r"✗ Is \(a&lt;b\) &amp; &lt;b&gt;?" in html
    assert "✓" in exercises.Feedback(True, "Correct.")._repr_html_()
    nothing = check("half", ...)._repr_html_()  # no cross before anyone has tried
    assert "…" in nothing
    assert "✗" not in nothing


def test_a_mistaken_zero_is_only_what_is_near_zero_beside_the_right_answer():
    checker = number(0.007, rtol=0.2, mistakes=(Mistake(0.0, "No tail?"),))
    assert checker(0.001).message == "No tail?"
    assert checker(0.1).message != "No tail?"
