"""Checkers of the exercises of the chapter on stochastic gradient descent."""

from functools import partial

import numpy as np
import sympy

from lecture_utils.teaching.exercises import Mistake, check_answer, expression, number

alpha, b, d, omega, v, k2, k4 = sympy.symbols("alpha B D Omega V k2 k4", positive=True)

CHECKERS = {
    "batch-std": number(
        0.3 / np.sqrt(64),
        mistakes=(
            Mistake(0.3 / 64, "It is the variance that falls as 1/|B|; take the root."),
            Mistake(0.3, "That is the noise of a single sample; a batch averages 64 of them."),
            Mistake(0.3 * np.sqrt(64), "An average is quieter than one sample, not louder."),
        ),
    ),
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
    "threshold": number(
        2 / (1 + 2 / 4) / 2.5,
        mistakes=(
            Mistake(2 / 2.5, "That is plain gradient descent; a batch of four feels its noise."),
            Mistake(2 / (1 + 2 / 4), "That is the threshold of alpha Omega: here Omega = 2.5."),
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
