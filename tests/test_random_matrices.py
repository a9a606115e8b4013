"""Exercises of the chapter on random matrices: solutions accepted, typical slips recognised."""

import numpy as np
import pytest
import sympy

from lecture_utils import laws
from lecture_utils.teaching.exercise_sets.random_matrices import check

S, sigma, s = sympy.symbols("S sigma s", positive=True)

SOLUTIONS = {
    "jacobian": S,
    "normalisation": 1 / sympy.integrate(S * sympy.exp(-(S**2) / (4 * sigma**2)), (S, 0, sympy.oo)),
    "mean-spacing": sympy.integrate(
        S**2 * sympy.exp(-(S**2) / (4 * sigma**2)) / (2 * sigma**2), (S, 0, sympy.oo)
    ),
    "surmise": sympy.pi / 2 * s * sympy.exp(-sympy.pi * s**2 / 4),
    "surmise-unitary": 32 / sympy.pi**2 * s**2 * sympy.exp(-4 * s**2 / sympy.pi),
    "binder-two-levels": sympy.Rational(-4, 27),
    "semicircle-moments": [1, 2, 5, 14],
    "poisson-ratio": 2 * np.log(2) - 1,
}

SLIPS = [
    ("jacobian", S / 2, "angle"),
    ("jacobian", S**2, "columns"),
    ("normalisation", 1 / (4 * sigma**2), "substitute"),
    ("mean-spacing", 2 * sigma, "root"),
    ("mean-spacing", sympy.sqrt(2) * sigma, "largest"),
    ("surmise", sympy.exp(-s), "uncorrelated"),
    ("surmise", laws.two_level_spacing(1.0), "divide S by its mean"),
    ("surmise-unitary", laws.wigner_surmise(1), "dimension"),
    ("binder-two-levels", 4 / 27, "sign"),
    ("binder-two-levels", -1 / 3, "semicircle"),
    ("semicircle-moments", [1, 3, 15, 105], "crossed"),
    ("poisson-ratio", np.log(2) - 1 / 2, "factor 2"),
    ("poisson-ratio", 0.5, "uniform"),
]


@pytest.mark.parametrize("name", SOLUTIONS)
def test_solutions_are_accepted(name):
    assert check(name, SOLUTIONS[name]).correct


@pytest.mark.parametrize(("name", "answer", "hint"), SLIPS)
def test_typical_slips_are_recognised(name, answer, hint):
    feedback = check(name, answer)
    assert not feedback.correct
    assert hint in feedback.message


def test_every_exercise_has_a_solution():
    from lecture_utils.teaching.exercise_sets.random_matrices import CHECKERS

    assert set(CHECKERS) == set(SOLUTIONS)
