"""Answers to the exercises of the chapter on random matrix theory."""

import math
from functools import partial

import numpy as np
import sympy
from scipy import stats

from lecture_utils.laws import two_level_density, wigner_surmise
from lecture_utils.teaching.exercises import Mistake, check_answer, expression, function, number

S, sigma = sympy.symbols("S sigma", positive=True)

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
    "normalisation": expression(
        1 / (2 * sigma**2),
        mistakes=(
            Mistake(
                1 / (4 * sigma**2),
                "The integral of $S e^{-S^2/4\\sigma^2}$ is $2\\sigma^2$: substitute $u = S^2$.",
            ),
            Mistake(
                1 / (sigma * sympy.sqrt(4 * sympy.pi)),
                "That normalises a Gaussian on the whole line: here S is positive and a factor S "
                "stands in front.",
            ),
        ),
    ),
    "mean-spacing": expression(
        sympy.sqrt(sympy.pi) * sigma,
        mistakes=(
            Mistake(2 * sigma, "This is the root of $\\langle S^2\\rangle$, not the mean of S."),
            Mistake(
                sympy.sqrt(2) * sigma,
                "This is where $P(S)$ is largest, not the mean: the law leans to the right.",
            ),
            Mistake(
                sympy.sqrt(sympy.pi) * sigma / 2,
                "The Gaussian integral runs over half the line, but $\\int_0^\\infty S^2 "
                "e^{-aS^2}dS = \\sqrt\\pi/(4 a^{3/2})$ with $a = 1/4\\sigma^2$.",
            ),
        ),
    ),
    "surmise": function(
        wigner_surmise(1),
        at=_s,
        mistakes=(
            Mistake(stats.expon().pdf, "These are uncorrelated levels: nothing repels."),
            Mistake(
                stats.rayleigh(scale=np.sqrt(2)),
                "This is $P(S)$ with $\\sigma = 1$: divide S by its mean, and mind the Jacobian.",
            ),
            Mistake(wigner_surmise(2), "This is the unitary class: your exponent of s is two."),
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
    "poisson-ratio": number(
        2 * math.log(2) - 1,
        mistakes=(
            Mistake(
                math.log(2) - 0.5,
                "A factor 2: either of the two spacings may be the smaller one.",
            ),
            Mistake(0.5, "The ratio is not uniform on [0, 1]: small ratios are more likely."),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
