"""Checkers of the exercises of the chapter on initialisation and the infinite-width limit."""

from functools import partial

import numpy as np
import sympy

from lecture_utils.networks import gaussian_mean, signal_moments
from lecture_utils.teaching.exercises import Mistake, check_answer, expression, number

_TANH_SQUARE = gaussian_mean(lambda z: np.tanh(z) ** 2, 1.0)
_n, _l = sympy.symbols("n l")

# Ten layers of 64 with the default weights of torch, and an input of ones.
_DEEP = signal_moments([64] * 11, sigma_w=3**-0.5)
_TENTH = _DEEP.kernel[-1] + _DEEP.mean_shift[-1]

CHECKERS = {
    "tanh-layer": number(
        _TANH_SQUARE,
        mistakes=(
            Mistake(np.tanh(1.0) ** 2, "The mean of a function is not the function of the mean."),
            Mistake(1.0, "That would be a linear layer; tanh squeezes the signal."),
            Mistake(
                np.sqrt(_TANH_SQUARE), "That is the standard deviation; the variance is asked for."
            ),
        ),
    ),
    "relu-kurtosis": expression(
        15 / _n,
        mistakes=(
            Mistake(6 / _n, "That is the linear network: half of the nodes are silent here."),
            Mistake(
                5 / _n, "That is the relative variance of S; the kurtosis has one more factor."
            ),
            Mistake(
                18 / _n, "Subtract the square of the mean: the variance of the square is needed."
            ),
        ),
    ),
    "critical-decay": expression(
        1 / (2 * _l),
        mistakes=(
            Mistake(1 / _l, "Look at the coefficient of K²: tanh² z = z² - 2z⁴/3, and ⟨z⁴⟩ = 3K²."),
            Mistake(2 / _l, "Integrate dK/dl once more: the coefficient ends up downstairs."),
            Mistake(
                sympy.exp(-2 * _l),
                "No linear term is left at the critical point, so the decay is no exponential.",
            ),
        ),
    ),
    "torch-depth": number(
        _TENTH,
        rtol=0.06,
        mistakes=(
            Mistake(
                3.0**-10, "That is a linear network; tanh takes its share in the first layers."
            ),
            Mistake(np.sqrt(_TENTH), "That is the root mean square; its square is asked for."),
            Mistake(
                _DEEP.kernel[-2] + _DEEP.mean_shift[-2], "One layer is missing: count ten matrices."
            ),
            Mistake(
                signal_moments([64] * 11).kernel[-1],
                "A uniform number on (-a, a) has variance a²/3: the scale is below one.",
            ),
        ),
    ),
    "joint-nodes": number(
        5 / 32,
        rtol=0.06,
        mistakes=(
            Mistake(0.0, "Uncorrelated? Both nodes must see the *same* hidden layer."),
            Mistake(5 / 4, "That is v; the mean over eight nodes divides it by eight."),
            Mistake(5 / 32 + 1 / 4, "Subtract the product of the means."),
            Mistake(3 / 16, "The variance of the square is needed: subtract the square of 1/2."),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
