"""Answers to the exercises of the chapter on the Coulomb gas."""

from functools import partial

import numpy as np
import sympy

from lecture_utils.coulomb_gas import log_partition_gaussian
from lecture_utils.teaching.exercises import Mistake, check_answer, expression, number

x1, x2 = sympy.symbols("x1 x2", real=True)
sigma, omega, g, mu, lam, n = sympy.symbols("sigma Omega g mu lambda N", positive=True)

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
    "binder-three": number(
        sympy.Rational(-2 * 5, 3 * 4**2),
        mistakes=(
            Mistake(-4 / 27, "That is $N = 2$; put $N = 3$ into both moments."),
            Mistake(-1 / 3, "That is the semicircle, the limit of many levels."),
            Mistake(10 / 48, "The magnitude is right; the lecture's sign is that of ... - 1."),
        ),
    ),
    "metropolis": number(
        3,
        rtol=0.04,
        mistakes=(
            Mistake(1, "Five levels that do not know of each other: where is the repulsion?"),
            Mistake(15, "That is the sum over all levels; give the mean of one."),
            Mistake(5, "Each pair repels once: the weight has $|x_i-x_j|$, not its square."),
        ),
    ),
    "pinned-shift": number(
        1 / 16,
        rtol=0.05,
        mistakes=(
            Mistake(
                1 / 8,
                "That is the gas. Did you draw matrices, with half the variance off the diagonal?",
            ),
            Mistake(-1 / 16, "That is the lower level."),
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
