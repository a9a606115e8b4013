"""The exercises of the chapter: right answers are accepted, typical wrong ones get their hint."""

import numpy as np
import pytest
import sympy
from scipy import integrate, stats

from lecture_utils.spectra import gram
from lecture_utils.teaching.exercise_sets.marchenko_pastur import CHECKERS, check

r, theta = sympy.symbols("r theta")

RIGHT = {
    "torch-edges": [1 / 12, 3 / 4],
    "third-moment": (r + sympy.Rational(3, 2)) ** 2 - sympy.Rational(5, 4),
    "one-column": stats.gamma(4, scale=1 / 4),
    "dropped-rows": 1.53,
    "smallest-level": 0.69,
    "outlier": theta**2 + 1 + r + r / theta**2,
}

WRONG = {
    "torch-edges": [
        ([1 / 4, 9 / 4], "variance a²/3, not a²"),
        ([1 / 48, 3 / 16], "its width is 2a"),
        (np.sqrt([1 / 12, 3 / 4]), "singular values"),
    ],
    "third-moment": [
        (1 + r + r**2, "three pairings"),
        (5, "Catalan"),
        (1 + 3 * r + 3 * r**2, "backwards"),
    ],
    "one-column": [
        (stats.chi2(8), "rescale"),
        (stats.chi2(7, scale=1 / 8), "No mean is subtracted"),
    ],
    "dropped-rows": [
        (1.266, "full matrix"),
        (0.383, "root of two"),
        (1.5, "limit of large"),
        (1.0, "mean level"),
    ],
    "smallest-level": [(4.9, "independent"), (0.0215, "multiply by N"), (22.0, "variance 1/N")],
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
    dropped = rng.normal(scale=32**-0.5, size=(20000, 64, 16))
    dropped[:, ::2] = 0
    second = np.mean(gram(dropped) ** 2, axis=1)
    assert CHECKERS["dropped-rows"](second.mean()).correct
    survival = integrate.quad(lambda u: 2 * u * np.exp(-(u**2) / 2 - u), 0, np.inf)[0]
    assert CHECKERS["smallest-level"](survival).correct
    large = rng.normal(scale=800**-0.5, size=(800, 200))
    third = np.mean(gram(large) ** 3)
    assert third == pytest.approx(float(RIGHT["third-moment"].subs(r, 0.25)), rel=0.03)
    strength = 1.3
    large[0, 0] += strength
    outlier = float(RIGHT["outlier"].subs({r: 0.25, theta: strength}))
    assert gram(large)[-1] == pytest.approx(outlier, rel=0.06)
