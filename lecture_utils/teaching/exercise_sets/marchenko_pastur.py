"""Checkers of the exercises of the chapter on the Marchenko-Pastur law."""

from functools import partial

import numpy as np
import sympy
from scipy import stats

from lecture_utils.laws import marchenko_pastur
from lecture_utils.teaching.exercises import Mistake, check_answer, expression, function, number

# A torch layer with 64 inputs and 16 outputs: entries uniform on (-1/8, 1/8).
_TORCH_EDGES = np.array(marchenko_pastur(16 / 64, 64 * (1 / 8) ** 2 / 3).support())

_r, _M, _N, _theta = sympy.symbols("r M N theta", positive=True)
_ROWS = 8


def _quarter_circle(xi):
    return np.sqrt(4 - xi**2) / np.pi


CHECKERS = {
    "torch-edges": number(
        _TORCH_EDGES,
        mistakes=(
            Mistake(3 * _TORCH_EDGES, "A uniform number on (-a, a) has variance a²/3, not a²."),
            Mistake(
                _TORCH_EDGES / 4, "A uniform number on (-a, a) has variance a²/3: its width is 2a."
            ),
            Mistake(
                64 / 192 * (1 - np.array([1, -1]) * 2.0) ** 2,
                "Which is r? The columns over the rows of W, at most one here.",
            ),
            Mistake(np.sqrt(_TORCH_EDGES), "Those are singular values; levels are their squares."),
        ),
    ),
    "zero-levels": number(
        1 - 30 / 100,
        mistakes=(
            Mistake(30 / 100, "That is the fraction that is *not* zero."),
            Mistake(70, "That is their number; the fraction of all levels is asked for."),
            Mistake(1 - (30 / 100) ** 2, "No square is needed: count the rank."),
        ),
    ),
    "third-moment": expression(
        1 + 3 * _r + _r**2,
        mistakes=(
            Mistake(
                1 + _r + _r**2,
                "Go through the recursion once more: the middle term collects three pairings.",
            ),
            Mistake(
                sympy.Integer(5), "That is r = 1, a Catalan number; keep each power of r apart."
            ),
            Mistake(
                1 + 3 * _r + 3 * _r**2,
                "The coefficients are the same read backwards: W and its transpose share them.",
            ),
        ),
    ),
    "second-moment": expression(
        1 + _N / _M + 1 / _M,
        mistakes=(
            Mistake(1 + _N / _M, "That is the limit of large matrices: one pairing is missing."),
            Mistake(
                1 + _N / _M + 2 / _M, "The twisted pairing occurs once: count index loops again."
            ),
            Mistake(
                1 + _N / _M + 1 / _N,
                "Each σ² is 1/M, so the twisted pairing leaves 1/M: check the number of loops.",
            ),
        ),
    ),
    "one-column": function(
        stats.chi2(_ROWS, scale=1 / _ROWS),
        at=np.linspace(0.1, 3, 30),
        mistakes=(
            Mistake(stats.chi2(_ROWS), "The entries have variance 1/M: rescale, mean one."),
            Mistake(
                stats.chi2(_ROWS - 1, scale=1 / _ROWS),
                "No mean is subtracted: all M squares are independent.",
            ),
            Mistake(
                marchenko_pastur(1 / _ROWS), "That is the limit of large N; here N is one, exactly."
            ),
        ),
    ),
    "singular-values": function(
        _quarter_circle,
        at=np.linspace(0.05, 1.95, 30),
        mistakes=(
            Mistake(
                lambda xi: _quarter_circle(xi) / 2,
                "That is the full semicircle; singular values are positive, so double it.",
            ),
            Mistake(
                lambda xi: marchenko_pastur(1).pdf(xi**2),
                "Change of variable: multiply by the derivative dx/dξ = 2ξ.",
            ),
        ),
    ),
    "outlier": expression(
        (1 + _theta**2) * (_r + _theta**2) / _theta**2,
        mistakes=(
            Mistake(_theta**2, "That would be the level without noise; noise pushes it out."),
            Mistake(
                1 + _theta**2, "Only the rows' share of the push: the columns give a factor too."
            ),
            Mistake(
                sympy.sqrt((1 + _theta**2) * (_r + _theta**2)) / _theta,
                "That is the singular value; its square is asked for.",
            ),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
