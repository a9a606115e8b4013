"""Checkers of the exercises of the chapter on restricted Boltzmann machines."""

from functools import partial

import numpy as np
import sympy

from lecture_utils.teaching.exercises import Mistake, check_answer, expression, number

mu2, s, w, kappa, alpha, batch = sympy.symbols("mu2 s w kappa alpha B", positive=True)
b, c, g = sympy.symbols("b c g", positive=True)
unit = 0.05 / 20
golden = (1 + np.sqrt(5)) / 2  # 2 cos 36 degrees
pair_1, pair_2, pair_3, pair_4 = 3 + golden, 2 + golden, 4 - golden, 3 - golden

CHECKERS = {
    "hidden": expression(
        mu2 - s**2 * w**2,
        mistakes=(
            Mistake(mu2 + s**2 * w**2, "Mind the sign: the hidden unit softens the visible one."),
            Mistake(mu2 - w**2 / s**2, "The square is completed with h - s² w φ: s² multiplies."),
            Mistake(
                mu2 - s**2 * w**2 / 2, "The one half belongs to the action: S = K φ²/2, K without."
            ),
            Mistake(mu2 - w**2, "The hidden unit has the variance s², not one."),
        ),
    ),
    "fixed-points": number(
        8,
        mistakes=(
            Mistake(1, "That is the stable one. Unstable fixed points are asked for as well."),
            Mistake(2, "Two for each mode: and there are three modes."),
            Mistake(6, "Two choices for each mode multiply, they do not add."),
            Mistake(4, "Not only how many modes are learnt counts, but also which."),
            Mistake(7, "Do not forget W = 0."),
        ),
    ),
    "time": expression(
        kappa**2 / (2 * alpha * (mu2 - kappa)),
        mistakes=(
            Mistake(
                kappa * mu2 / (2 * alpha * (mu2 - kappa)),
                "That is how fast a small level grows at the beginning; look near the target.",
            ),
            Mistake(
                kappa**2 / (alpha * (mu2 - kappa)),
                "x is a square of the weights: its logarithm changes twice as fast as theirs.",
            ),
            Mistake(kappa**2 / (2 * (mu2 - kappa)), "That is the time; one step takes α of it."),
            Mistake(
                2 * alpha * (mu2 - kappa) / kappa**2, "That is the rate; the time is its inverse."
            ),
        ),
    ),
    "slope": number(
        np.sqrt(2 * np.pi * 4 * unit),
        mistakes=(
            Mistake(np.sqrt(2 * 4 * unit), "That is σ; the mean spacing is √π σ."),
            Mistake(np.sqrt(np.pi * 4 * unit), "σ² is 2xα/|B|: Wick's theorem gives the two."),
            Mistake(
                np.sqrt(4 * np.pi * 4 * unit),
                "Only the chains are noisy here: the data term is exact.",
            ),
            Mistake(2 * np.pi * 4 * unit, "That is the square of the answer."),
        ),
    ),
    "memory": number(
        (1 + 25 / 81) / (1 - 25 / 81),
        mistakes=(
            Mistake((1 + 5 / 9) / (1 - 5 / 9), "The update sees second moments: square x/μ²."),
            Mistake(1 / (1 - 25 / 81), "Correlations reach forwards and backwards: (1+p)/(1-p)."),
            Mistake(
                (1 + (5 / 9) ** 6) / (1 - (5 / 9) ** 6), "That is for three sweeps; here is one."
            ),
        ),
    ),
    "pair": expression(
        (b**2 + c**2) / g,
        mistakes=(
            Mistake(
                2 * sympy.sqrt(b**2 + c**2),
                "b and c couple to a distant level: divide by its distance, second order.",
            ),
            Mistake(
                (b**2 - c**2) / g,
                "Do not forget the element bc/g that couples the two of the pair.",
            ),
            Mistake(
                2 * (b**2 + c**2) / g,
                "One of the two levels does not move: the other by b²+c² / g.",
            ),
            Mistake(2 * b * c / g, "The diagonal of H differs as well: b²/g and c²/g."),
        ),
    ),
    "narrow": number(
        [pair_2, pair_1, pair_1, 5],
        mistakes=(
            Mistake([pair_1, pair_1, 5, 5], "The single infrared mode occurs once."),
            Mistake(
                [1, pair_4, pair_4, pair_3],
                "Infrared modes are kept: they raise the likelihood most.",
            ),
            Mistake([4, 6 - golden, 6 - golden, 7 - golden], "Those are the κ; levels are μ² - κ."),
            Mistake([5, pair_1, pair_1, pair_2], "The right numbers; ascending, please."),
        ),
    ),
    "shift": expression(
        alpha / batch * (1 - 2 * mu2 / kappa),
        mistakes=(
            Mistake(
                -2 * alpha * mu2 / (batch * kappa),
                "Ito: the square of the noise, α x <Δ²>, has a mean too.",
            ),
            Mistake(
                alpha / (2 * batch) * (1 - 2 * mu2 / kappa),
                "On the diagonal Wick's theorem gives twice 1/(|B| κ²).",
            ),
            Mistake(
                -alpha / batch,
                "Expand 1/(κ-y) to second order: the mean of y² is not zero.",
            ),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
