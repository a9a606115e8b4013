"""Checkers of the exercises of the chapter on transformers."""

from functools import partial

import numpy as np
import sympy

from lecture_utils.teaching.exercises import Mistake, check_answer, expression, number

width, context, letters, layers = sympy.symbols("c T V L", positive=True)
level, noise = sympy.symbols("x s", positive=True)
parameters = layers * (12 * width**2 + 10 * width) + width * (2 * letters + context + 2) + letters

#: The sample of the exercise on tails, and where its tail begins.
SAMPLE = (0.31, 0.05, 0.12, 1.9, 0.26, 0.08, 0.44, 0.21, 0.73, 0.02, 0.15, 0.24)
THRESHOLD = 0.2
_logs = np.log(np.array([x for x in SAMPLE if x >= THRESHOLD]) / THRESHOLD)
_all_logs = np.log(np.array(SAMPLE) / min(SAMPLE))

CHECKERS = {
    "parameter-count": expression(
        parameters,
        mistakes=(
            Mistake(
                parameters - 4 * width * layers - 2 * width,
                "The normalisations learn a scale and a shift each: two in a layer, one at the "
                "end.",
            ),
            Mistake(
                parameters + 3 * width * layers, "K, Q and V have no biases; all other maps do."
            ),
            Mistake(
                parameters - width * context,
                "Without a vector for each position the model could not tell an order.",
            ),
            Mistake(
                parameters - width * letters - letters,
                "The last map, from the stream to the scores of the letters, is not the transposed "
                "embedding here: it has weights and biases of its own.",
            ),
        ),
    ),
    "edges": number(
        [[1 / 12, 3 / 4], [0.0064, 0.0576]],
        mistakes=(
            Mistake(
                [[1 / 768, 9 / 768], [0.0001, 0.0009]],
                "The edges are those of M σ², with M = 64 rows: X is not divided by M.",
            ),
            Mistake(
                [[1 / 4, 9 / 4], [0.0064, 0.0576]],
                "A uniform number between -b and b has the variance b²/3.",
            ),
            Mistake(
                [[1 / 3, 3], [0.0256, 0.2304]],
                "r = N/M is at most one: 16 columns over 64 rows.",
            ),
        ),
    ),
    "iteration-zero": number(
        [1, 2, 0],
        mistakes=(
            Mistake(
                [1, 1, 1],
                "Count how many numbers must vanish for two levels to meet: it depends on the "
                "matrix.",
            ),
            Mistake(
                [2, 3, 1],
                "If n numbers must vanish at once, P(S) begins like the surface of a sphere in n "
                "dimensions: with the power n - 1.",
            ),
            Mistake(
                [0, 0, 0],
                "Independent entries do not make independent levels: only in a diagonal matrix do "
                "they.",
            ),
        ),
    ),
    "gauge": number(
        3**-0.5,
        mistakes=(
            Mistake(1 / 3, "A level is the square of a singular value: a enters as a²."),
            Mistake(3**0.5, "That is the other way round: K must become smaller."),
            Mistake(1 / 9, "K grows by a², Q falls by a²: together that is the fourth power."),
        ),
    ),
    "noise-of-x": expression(
        4 * level * noise**2,
        mistakes=(
            Mistake(2 * level * noise**2, "The two terms are equal: the factor 2 is squared."),
            Mistake(4 * level**2 * noise**2, "The singular value enters once: its square is x."),
            Mistake(noise**2, "That is the variance of ξ; x = ξ² moves by 2ξ times as much."),
            Mistake(
                64 * 4 * level * noise**2,
                "u and v have length one: u·δW·v has the variance of one entry.",
            ),
        ),
    ),
    "tail-exponent": number(
        1 + 1 / _logs.mean(),
        mistakes=(
            Mistake(
                1 / _logs.mean(),
                "That is the exponent of the fraction above x; the density has one more.",
            ),
            Mistake(
                1 + np.log(10) / _logs.mean(),
                "Natural logarithms: the derivative of x^(-a) with respect to a is -ln x.",
            ),
            Mistake(1 + 1 / _all_logs.mean(), "Only what is above the threshold is tail."),
        ),
    ),
    "same-temperature": number(
        [0.1, 240],
        mistakes=(
            Mistake([1.6, 15], "The ratio α/|B| is to stay: a smaller batch needs a smaller step."),
            Mistake([0.1, 60], "The time α × iterations is to stay too."),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
