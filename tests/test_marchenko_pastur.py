"""The exercises of the chapter: right answers are accepted, typical wrong ones get their hint."""

import numpy as np
import pytest
import sympy
from scipy import stats

from lecture_utils.spectra import gram
from lecture_utils.teaching.exercise_sets.marchenko_pastur import CHECKERS, check

r, M, N, theta = sympy.symbols("r M N theta")

RIGHT = {
    "torch-edges": [1 / 12, 3 / 4],
    "zero-levels": 0.7,
    "third-moment": (r + sympy.Rational(3, 2)) ** 2 - sympy.Rational(5, 4),
    "second-moment": (M + N + 1) / M,
    "one-column": stats.gamma(4, scale=1 / 4),
    "singular-values": lambda xi: 2 * stats.semicircular(scale=2).pdf(xi),
    "outlier": theta**2 + 1 + r + r / theta**2,
}

WRONG = {
    "torch-edges": [
        ([1 / 4, 9 / 4], "variance a²/3, not a²"),
        ([1 / 48, 3 / 16], "its width is 2a"),
        (np.sqrt([1 / 12, 3 / 4]), "singular values"),
    ],
    "zero-levels": [(0.3, "not\\* zero"), (70, "their number"), (0.91, "count the rank")],
    "third-moment": [
        (1 + r + r**2, "three pairings"),
        (5, "Catalan"),
        (1 + 3 * r + 3 * r**2, "backwards"),
    ],
    "second-moment": [
        (1 + N / M, "one pairing is missing"),
        (1 + (N + 2) / M, "occurs once"),
        (1 + N / M + 1 / N, "leaves 1/M"),
    ],
    "one-column": [
        (stats.chi2(8), "rescale"),
        (stats.chi2(7, scale=1 / 8), "No mean is subtracted"),
    ],
    "singular-values": [
        (lambda xi: np.sqrt(4 - xi**2) / (2 * np.pi), "full semicircle"),
        (lambda xi: np.sqrt(4 - xi**2) / (2 * np.pi * xi), "multiply by the derivative"),
    ],
    "outlier": [
        (theta**2, "without noise"),
        (1 + theta**2, "Only the rows"),
        (sympy.sqrt(theta**2 + 1 + r + r / theta**2), "singular value"),
    ],
}


def test_every_exercise_is_tested():
    assert set(RIGHT) == set(WRONG) == set(CHECKERS)


@pytest.mark.parametrize("name", RIGHT)
def test_right_answer(name):
    assert check(name, RIGHT[name]).correct


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [(name, answer, hint) for name, cases in WRONG.items() for answer, hint in cases],
)
def test_wrong_answer_gets_its_hint(name, answer, hint):
    feedback = CHECKERS[name](answer)
    assert not feedback.correct
    assert hint.replace("\\", "") in feedback.message


def test_expected_values_against_matrices():
    """The checkers know the truth: moments and the outlier measured on random matrices."""
    rng = np.random.default_rng(7)
    rows, columns = 40, 10
    levels = gram(rng.normal(scale=rows**-0.5, size=(20000, rows, columns)))
    ratio = {r: columns / rows, M: rows, N: columns}
    second = np.mean(levels**2, axis=1)
    assert abs(second.mean() - float(RIGHT["second-moment"].subs(ratio))) < 4 * stats.sem(second)
    large = rng.normal(scale=800**-0.5, size=(800, 200))
    third = np.mean(gram(large) ** 3)
    assert third == pytest.approx(float(RIGHT["third-moment"].subs(r, 0.25)), rel=0.03)
    strength = 1.3
    large[0, 0] += strength
    outlier = float(RIGHT["outlier"].subs({r: 0.25, theta: strength}))
    assert gram(large)[-1] == pytest.approx(outlier, rel=0.06)
