"""Exercises of the chapter on random matrices: solutions accepted, typical slips recognised."""

import numpy as np
import pytest
import sympy

from lecture_utils import laws
from lecture_utils.teaching.exercise_sets.random_matrices import check

S, s = sympy.symbols("S s", positive=True)

SOLUTIONS = {
    "jacobian": S,
    "surmise-unitary": 32 / sympy.pi**2 * s**2 * sympy.exp(-4 * s**2 / sympy.pi),
    "binder-two-levels": sympy.Rational(-4, 27),
    "semicircle-moments": [1, 2, 5, 14],
    "coins": 0.532,
    "superposed": 0.424,
}

SLIPS = [
    ("jacobian", S / 2, "angle"),
    ("jacobian", S**2, "columns"),
    ("surmise-unitary", laws.wigner_surmise(1), "dimension"),
    ("binder-two-levels", 4 / 27, "sign"),
    ("binder-two-levels", -1 / 3, "semicircle"),
    ("semicircle-moments", [1, 3, 15, 105], "crossed"),
    ("coins", 2 * np.log(2) - 1, "diagonal"),
    ("superposed", 0.5307, "merge"),
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
