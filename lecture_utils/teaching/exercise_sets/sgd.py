"""Checkers of the exercises of the chapter on stochastic gradient descent."""

from functools import partial

import numpy as np
import sympy

from lecture_utils.sgd import shuffled_variance, stationary_variance
from lecture_utils.teaching.exercises import Mistake, check_answer, expression, number

alpha, b, d, omega, v, k2, k4 = sympy.symbols("alpha B D Omega V k2 k4", positive=True)

# Reshuffled and independent batches of four of 64 numbers, alpha = 0.05.
_EPOCH = shuffled_variance(0.05, 4, 64)
_END, _INDEPENDENT = _EPOCH[-1], stationary_variance(0.05, 4, theory="constant")

CHECKERS = {
    "finite-population": expression(
        v / b * (d - b) / (d - 1),
        mistakes=(
            Mistake(v / b, "That is the result with replacement: two draws are not independent."),
            Mistake(
                v / b * (d - b) / d,
                "With V normalised by 1/D the denominator is not D: try |B| = 1, where nothing "
                "can be gained by not replacing.",
            ),
            Mistake(
                sympy.sqrt(v / b * (d - b) / (d - 1)),
                "That is the standard deviation; the variance is asked for.",
            ),
            Mistake(
                v / b * sympy.sqrt((d - b) / (d - 1)),
                "The root belongs to the standard deviation; here the variance is asked for.",
            ),
        ),
    ),
    "kurtosis": expression(
        k4 / (b * k2**2),
        mistakes=(
            Mistake(k4 / k2**2, "That is one sample: divide by |B| in the cumulants."),
            Mistake(k4 / (b * k2**2) + 3, "That is the kurtosis; the *excess* has 3 taken off."),
            Mistake(
                k4 / (b * k2**2) - 3,
                "A fourth cumulant has the 3 of a Gaussian taken off already.",
            ),
            Mistake(
                k4 / (b**3 * k2**2),
                "The fourth cumulant falls as 1/|B|^3, but the squared variance falls too.",
            ),
        ),
    ),
    "stationary-variance": expression(
        alpha * v / (b * omega * (2 - alpha * omega * (1 + 2 / b))),
        mistakes=(
            Mistake(
                alpha * v / (b * omega * (2 - alpha * omega)),
                "You took the curvature of a batch as constant; it fluctuates, with E[x^4] = 3 "
                "Omega^2.",
            ),
            Mistake(
                alpha * v / (2 * b * omega),
                "That is the leading order in alpha: keep the term of order alpha^2.",
            ),
            Mistake(
                alpha * v / (b * omega * (2 - alpha * omega * (1 + 3 / b))),
                "The variance of x^2 is E[x^4] - E[x^2]^2: two, not three, times Omega^2.",
            ),
        ),
    ),
    "uniform-inputs": number(
        5 / 6,
        rtol=0.03,
        mistakes=(
            Mistake(
                1 / 2,
                "That is noise of constant strength: here the curvature of a batch fluctuates.",
            ),
            Mistake(1 / 4, "That is the leading order in alpha, and alpha is large here."),
            Mistake(np.sqrt(5 / 6), "That is the width; its square is asked for, the variance."),
            Mistake(5 / 16, "That is a batch of four: use batches of two."),
        ),
    ),
    "shuffle": number(
        _END / _INDEPENDENT,
        rtol=0.1,
        mistakes=(
            Mistake(
                1.0, "No difference? Every epoch must use each of the 64 numbers exactly once."
            ),
            Mistake(
                np.mean(_EPOCH) / _INDEPENDENT,
                # The root of the right answer happens to be within the tolerance of this.
                "That is the average over an epoch, or the ratio of the widths: compare the "
                "variances, and at the end of an epoch.",
            ),
            Mistake(_END, "Divide by the variance of the runs that draw afresh."),
        ),
    ),
    "temperature": number(
        [0.2, 0.1 * np.sqrt(2)],
        mistakes=(
            Mistake(
                [0.1 * np.sqrt(2), 0.2],
                "Swapped: the stationary spread depends on alpha/|B|, the kick on alpha/sqrt|B|.",
            ),
            Mistake([0.05, 0.1 / np.sqrt(2)], "A larger batch is quieter: the step must grow."),
            Mistake([0.2, 0.2], "The kick of a single step is alpha/sqrt|B|, not alpha/|B|."),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
