"""Checkers of the exercises of the chapter on learning as Dyson dynamics."""

from functools import partial

import numpy as np
import sympy
from scipy import stats

from lecture_utils.teaching.exercises import Mistake, check_answer, expression, function, number

a, b, noise, theta, w = sympy.symbols("alpha B A theta w", positive=True)
kappa, gamma, rows, cols, trace = sympy.symbols("kappa gamma M N X", positive=True)
h = b * (2 - a - a / b) / a

CHECKERS = {
    "width": number(
        0.1 / 25 * 0.08 / (2 * 2),
        mistakes=(
            Mistake(0.1 / 25 * 0.08 / 2, "The noise of a level is sqrt(2) g: g² = V/2, not V."),
            Mistake(0.1 / 25 * np.sqrt(0.08) / 2, "V is a variance already; no root of it is due."),
            Mistake(
                0.1**2 / 25 * 0.08 / (2 * 2),
                "One α is used up: the drift carries it too, and only the ratio matters.",
            ),
        ),
    ),
    "noise-of-x": expression(
        4 * w**2 * noise,
        mistakes=(
            Mistake(2 * w * noise, "The factor multiplies the noise; the variance takes it twice."),
            Mistake(
                2 * w**2 * noise,
                "The two terms are not independent: W is symmetric, both hold the same number.",
            ),
        ),
    ),
    "constant-inputs": expression(
        a * noise / b / (1 - a / 2),
        mistakes=(
            Mistake(a * noise / b, "That is the leading order: keep the square of the step."),
            Mistake(
                a * noise / (2 * b) / (1 - a / 2),
                "That is the variance of an entry off the diagonal: half of σ².",
            ),
        ),
    ),
    "exact-width": expression(
        2 * noise * (1 + h) / (h**2 - 2),
        mistakes=(
            Mistake(
                a * noise / b / (1 - a * (1 + 2 / b) / 2),
                "Very good, but not exact: it sets p = q. Solve the two equations together.",
            ),
            Mistake(
                noise * (1 + h) / (h**2 - 2), "That is q; the surmise has σ² = 2q, as <S²> = 8q."
            ),
            Mistake(a * noise / b / (1 - a / 2), "The inputs fluctuate too: C is not its mean."),
        ),
    ),
    "mixed-noise": expression(
        sympy.Rational(4, 81) + sympy.Rational(47, 27) * (1 - theta) ** 2,
        mistakes=(
            Mistake(
                sympy.Rational(47, 27) * (1 - theta) ** 2,
                "The mean level is wider than the spacing for any noise: 4/81 stays.",
            ),
            Mistake(
                sympy.Rational(4, 81) + sympy.Rational(47, 27) * (1 - theta),
                "A fourth cumulant takes the square of the fluctuation.",
            ),
            Mistake(
                sympy.Rational(4, 81) + sympy.Rational(47, 27) * (1 - theta**2),
                "Do not forget the cross term: (θ - 1)², not 1 - θ².",
            ),
        ),
    ),
    "five-per-cent": number(
        2 * (1 - 1.05**-2),
        mistakes=(
            Mistake(2 * (1 - 1 / 1.05), "σ grows as the root of that: square the 1.05."),
            Mistake(1 - 1.05**-2, "Near: the term in the denominator is α/2."),
        ),
    ),
    "one-column": function(
        stats.gamma(3 / 2, scale=1),
        at=np.linspace(0.05, 6, 40),
        mistakes=(
            Mistake(stats.chi2(3), "Look at the scale: s² = 1/2, not one."),
            Mistake(
                stats.gamma(2, scale=1),
                "The power of x is (M-N-1)/2, from the polar coordinates of W in three dimensions.",
            ),
        ),
    ),
    "trace-drift": expression(
        kappa**2 * rows * cols - 2 * gamma * trace,
        mistakes=(
            Mistake(-2 * gamma * trace, "Ito: the square of the noise has a mean."),
            Mistake(
                kappa**2 * cols * (rows - cols + 1) - 2 * gamma * trace,
                "The Coulomb terms do not cancel in the sum: their coefficient is 2κ²x_i, not "
                "constant.",
            ),
            Mistake(
                kappa**2 * rows * cols - gamma * trace, "W decays at rate γ, its square at twice."
            ),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
