"""Answers to the exercises of the chapter on the Coulomb gas."""

from functools import partial

import numpy as np
import sympy
from scipy import stats

from lecture_utils.coulomb_gas import log_partition_gaussian
from lecture_utils.laws import semicircle, two_level_density
from lecture_utils.teaching.exercises import Mistake, check_answer, expression, function, number

x1, x2 = sympy.symbols("x1 x2", real=True)
sigma, omega, g, mu, lam, tau, n = sympy.symbols("sigma Omega g mu lambda tau N", positive=True)

_levels = np.linspace(-3.0, 3.0, 41)
_squares = np.linspace(0.2, 12.0, 40)
_z2 = sympy.nsimplify(np.exp(log_partition_gaussian(2, 1.0)) / np.sqrt(np.pi), tolerance=1e-9)

CHECKERS = {
    "zero-flux": expression(
        -omega * x1 / g**2 + 1 / (x1 - x2),
        mistakes=(
            Mistake(
                -omega * x1 + g**2 / (x1 - x2),
                "That is the effective drift: the flux vanishes when $g^2\\partial_1P$ equals "
                "drift times P, so divide.",
            ),
            Mistake(
                -omega * x1 / g**2 - 1 / (x1 - x2),
                "With this sign the levels attract each other.",
            ),
            Mistake(
                -omega * x1 / g**2 + 1 / (g**2 * (x1 - x2)),
                "The Coulomb term already contains $g^2$: it cancels, and repulsion does not "
                "depend on the noise.",
            ),
        ),
    ),
    "partition-two": expression(
        _z2 * sympy.sqrt(sympy.pi) * sigma**3,
        mistakes=(
            Mistake(
                2 * sympy.sqrt(sympy.pi) * sigma**3,
                "You have integrated over $x_1 > x_2$ only: Z covers the whole plane.",
            ),
            Mistake(
                4 * sympy.sqrt(sympy.pi) * sigma**2,
                "Count powers: two integrals and one gap make three lengths.",
            ),
            Mistake(
                2 * sympy.pi * sigma**2, "That is the integral without the factor $|x_1 - x_2|$."
            ),
        ),
    ),
    "two-level-density": function(
        two_level_density(1.0),
        at=_levels,
        mistakes=(
            Mistake(stats.norm(), "These are levels that do not repel each other."),
            Mistake(semicircle(1.0, 2), "This is the limit of many levels; here are two."),
            Mistake(
                lambda x: 2 * two_level_density(1.0).pdf(x),
                "Your density counts both levels: normalise it to one.",
            ),
        ),
    ),
    "binder-three": number(
        sympy.Rational(-2 * 5, 3 * 4**2),
        mistakes=(
            Mistake(-4 / 27, "That is $N = 2$; put $N = 3$ into both moments."),
            Mistake(-1 / 3, "That is the semicircle, the limit of many levels."),
            Mistake(10 / 48, "The magnitude is right; the lecture's sign is that of ... - 1."),
        ),
    ),
    "virial-quartic": expression(
        tau * (n + 1) / 2,
        mistakes=(
            Mistake(
                tau * n * (n + 1) / 2, "That is the sum over all levels; give the mean of one."
            ),
            Mistake(tau, "That is one level alone: the pairs bring $(N-1)/2$ more."),
            Mistake(
                tau * n,
                "Each *pair* brings 1 in all, not each of its two levels: there are $N(N-1)/2$.",
            ),
            Mistake(
                2 * tau * (n + 1), "Check the slope: $x\\,U'(x) = x^4/\\tau$, with no factor 4."
            ),
        ),
    ),
    "laguerre-one-column": function(
        stats.chi2(4),
        at=_squares,
        mistakes=(
            Mistake(stats.chi2(3), "The exponent of x is $(M-N-1)/2$ with $N = 1$: $M/2 - 1$."),
            Mistake(stats.expon(scale=2.0), "That is $M = 2$: the power of x is missing."),
            Mistake(
                stats.chi(4),
                "That is the law of the singular value $\\xi$; the level is its square.",
            ),
        ),
    ),
    "critical-temperature": expression(
        mu**2 / (2 * lam * n),
        mistakes=(
            Mistake(
                mu**2 / (2 * lam),
                "That is $NT_c$: the weight is $e^{-N\\sum u}$, so $u = \\tilde V/(NT)$.",
            ),
            Mistake(
                mu**2 / (4 * lam),
                "That is the height of the barrier between the wells. The gas splits where its "
                "repulsion cannot fill them any more.",
            ),
            Mistake(
                2 * lam * n / mu**2, "Upside down: higher wells or weaker repulsion split earlier."
            ),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
