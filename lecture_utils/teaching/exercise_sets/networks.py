"""Checkers of the exercises of the chapter on feed-forward networks."""

from functools import partial

import numpy as np
from scipy import stats

from lecture_utils.networks import gaussian_mean
from lecture_utils.teaching.exercises import Mistake, check_answer, number

_WIDTHS = np.array([3, 32, 16, 1])
_PARAMETERS = int(np.sum(_WIDTHS[1:] * _WIDTHS[:-1]))

# One linear layer on three samples: x (3, 2), y (3, 1), W (1, 2).
_X = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 1.0]])
_Y = np.array([[1.0], [0.0], [2.0]])
_W = np.array([[0.5, -1.0]])
_SLOPE = (_X @ _W.T - _Y).T @ _X / len(_X)


def _saturated(variance):
    """Probability that |tanh z| > 0.99 for z ~ N(0, variance)."""
    return 2 * stats.norm.sf(np.arctanh(0.99), scale=np.sqrt(variance))


_SECOND_LAYER = 32 * gaussian_mean(lambda z: np.tanh(z) ** 2, 3.0)

CHECKERS = {
    "parameter-count": number(
        _PARAMETERS,
        rtol=1e-9,
        mistakes=(
            Mistake(_PARAMETERS + _WIDTHS[1:].sum(), "That counts biases; this network has none."),
            Mistake(_WIDTHS.sum(), "Those are the nodes; the parameters sit on the links."),
        ),
    ),
    "linear-gradient": number(
        _SLOPE,
        mistakes=(
            Mistake(2 * _SLOPE, "The ½ in the loss cancels the 2 of the derivative."),
            Mistake(3 * _SLOPE, "The loss is a mean over the samples: divide by their number."),
            Mistake(-_SLOPE, "That is the downhill direction: the gradient points uphill."),
        ),
    ),
    "saturation": number(
        _saturated(_SECOND_LAYER),
        rtol=1e-2,
        mistakes=(
            Mistake(
                _saturated(3.0), "That is the first hidden layer; the second one is asked for."
            ),
            Mistake(
                _saturated(32.0),
                "The features of the first layer are not all ±1: use their mean square.",
            ),
            Mistake(1 - _saturated(_SECOND_LAYER), "That is the rest, which is not saturated."),
            Mistake(
                _saturated(_SECOND_LAYER) / 2, "Both ends of tanh count: the modulus is asked for."
            ),
        ),
    ),
    "even-part": number(
        1 / 3,
        rtol=0.02,
        mistakes=(
            Mistake(np.sqrt(1 / 3), "That is the root of the mean square; leave the root away."),
            Mistake(
                1 / 12, "That is the variance of |x|; an odd function cannot even fit its mean."
            ),
            Mistake(2 / 3, "That is an integral over (-1, 1); the mean is asked for."),
            Mistake(0.0, "With biases, yes. Take only the features of x."),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
