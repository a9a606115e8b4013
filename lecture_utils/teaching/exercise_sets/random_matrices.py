"""Answers to the exercises of the chapter on random matrix theory."""

import math
from functools import partial

import numpy as np
import sympy

from lecture_utils.laws import MEAN_SPACING_RATIO, two_level_density, wigner_surmise
from lecture_utils.teaching.exercises import Mistake, check_answer, expression, function, number

S = sympy.symbols("S", positive=True)

_two = two_level_density(1.0)
_u4 = _two.moment(4) / (3 * _two.moment(2) ** 2) - 1
_s = np.linspace(0.05, 3.0, 40)
_catalan = [math.comb(2 * k, k) / (k + 1) for k in range(1, 5)]

CHECKERS = {
    "jacobian": expression(
        S,
        mistakes=(
            Mistake(S / 2, "The angle enters as $2\\theta$: each derivative by it brings a 2."),
            Mistake(S**2, "Only one of the three columns of the determinant is proportional to S."),
            Mistake(2 * S, "Check $X_{11} + X_{22} = x_1 + x_2$: it has no factor 2 to give."),
        ),
    ),
    "surmise-unitary": function(
        wigner_surmise(2),
        at=_s,
        mistakes=(
            Mistake(wigner_surmise(1), "This is $\\beta = 1$: a plane vector. Add a dimension."),
            Mistake(wigner_surmise(4), "This is $\\beta = 4$: three components are enough."),
        ),
    ),
    "binder-two-levels": number(
        _u4,
        mistakes=(
            Mistake(-_u4, "The magnitude is right. The lecture's sign is that of $\\ldots - 1$."),
            Mistake(-1 / 3, "This is the semicircle, the limit of many levels. Here are two."),
            Mistake(0.0, "Zero belongs to a Gaussian; the two levels are broader and flatter."),
        ),
    ),
    "semicircle-moments": number(
        _catalan,
        mistakes=(
            Mistake(
                [1, 3, 15, 105],
                "These count all pairings, as for a Gaussian: drop the crossed ones.",
            ),
            Mistake(
                [1, 1, 2, 5], "Right numbers, shifted by one: the first moment asked for is $m_2$."
            ),
        ),
    ),
    "coins": number(
        MEAN_SPACING_RATIO[1],
        rtol=0.015,
        mistakes=(
            Mistake(MEAN_SPACING_RATIO[0], "Uncorrelated: is the matrix more than its diagonal?"),
            Mistake(MEAN_SPACING_RATIO[2], "The signs are real: for this value they are phases."),
        ),
    ),
    "superposed": number(
        0.4234,  # Giraud, Macé, Vernier and Alet, Phys. Rev. X 12, 011006 (2022)
        rtol=0.015,
        mistakes=(
            Mistake(MEAN_SPACING_RATIO[1], "One spectrum alone: merge the two, and sort."),
            Mistake(MEAN_SPACING_RATIO[0], "No repulsion at all? Each spectrum keeps its own."),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
