"""Checkers of the exercises of the chapter on networks that others trained."""

from functools import partial

import numpy as np
import sympy

from lecture_utils.teaching.exercises import Mistake, check_answer, expression, number

spread, correlation = sympy.symbols("s rho", positive=True)
_low, _high = 512 * 0.02**2 * (1 - 8**-0.5) ** 2, 512 * 0.02**2 * (1 + 8**-0.5) ** 2

CHECKERS = {
    "shape": number(
        [65536, 128, 128 / 65536],
        mistakes=(
            Mistake(
                [1024, 128, 128 / 1024],
                "The kernel counts: an output of a convolution sees 64 places of every channel.",
            ),
            Mistake(
                [128, 65536, 65536 / 128],
                "M is the larger side here; the other order only adds levels that are zero.",
            ),
        ),
    ),
    "edges": number(
        [_low, _high],
        mistakes=(
            Mistake(
                [_low / 512, _high / 512], "M σ² is the scale, with M = 512: X is not divided by M."
            ),
            Mistake(
                [0.02**2 * 64 * (1 - 8**0.5) ** 2 / 8, 0.02**2 * 64 * (1 + 8**0.5) ** 2 / 8],
                "M is the larger side, 512, and r = 1/8.",
            ),
            Mistake([0.0, 4 * 512 * 0.02**2], "Those are the edges of the square matrix."),
        ),
    ),
    "correlated": expression(
        spread * sympy.sqrt(1 + 2 * correlation),
        mistakes=(
            Mistake(
                spread * sympy.sqrt(1 + correlation),
                "Each ratio has a neighbour on both sides: a pair (i, j) counts as (j, i) too.",
            ),
            Mistake(
                spread**2 * (1 + 2 * correlation),
                "That is the variance; the standard deviation is asked for.",
            ),
            Mistake(spread, "That would be right for independent ratios."),
        ),
    ),
    "bare-basis": number(
        [[128, 254], [256, 2]],
        mistakes=(
            Mistake(
                [[128, 256], [256, 2]],
                "256 columns have 256 levels in all: count those at 128 again.",
            ),
            Mistake(
                [[128, 256], [256, 0]],
                "Frequency zero and the highest one have a cosine of full size at every place: "
                "what do they add?",
            ),
            Mistake(
                [[128, 255], [256, 1]],
                "Two rows are special: frequency zero, and the highest one, with alternating "
                "signs.",
            ),
        ),
    ),
    "excess": number(
        (0.42 - 0.516) / (0.255 / np.sqrt(192)),
        rtol=0.02,
        mistakes=(
            Mistake(
                (0.42 - 0.516) / 0.255,
                "The error of a mean of 192 ratios is smaller than the scatter of one.",
            ),
            Mistake(
                (0.42 - 0.516) / (0.307 / np.sqrt(192)),
                "0.307 belongs to neighbours in one matrix; these ratios come from 192 matrices.",
            ),
        ),
    ),
    "your-own": number(
        [6, 15],
        mistakes=(
            Mistake([6, 6], "With heads=4, each of K, Q and V is four matrices."),
            Mistake(
                [4, 13],
                "K, Q and V are stacked in one tensor, in_proj_weight, but are three matrices.",
            ),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
