"""Checkers of the exercises of the chapter on the Marchenko-Pastur law."""

from functools import partial

import numpy as np
import sympy
from scipy import special, stats

from lecture_utils.laws import marchenko_pastur
from lecture_utils.teaching.exercises import Mistake, check_answer, expression, function, number

# A torch layer with 64 inputs and 16 outputs: entries uniform on (-1/8, 1/8).
_TORCH_EDGES = np.array(marchenko_pastur(16 / 64, 64 * (1 / 8) ** 2 / 3).support())

_r, _theta = sympy.symbols("r theta", positive=True)
_ROWS = 8
# Mean of Edelman's law, the integral of exp(-y/2 - sqrt(y)).
_SMALLEST = 2 - np.sqrt(2 * np.pi * np.e) * special.erfc(np.sqrt(0.5))

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
    "dropped-rows": number(
        1 + 1 / 2 + 1 / 32,
        rtol=0.01,
        mistakes=(
            Mistake(
                1 + 1 / 4 + 1 / 64,
                "That is a full matrix: set half of the rows to zero, all columns.",
            ),
            Mistake(
                (1 + 1 / 2 + 1 / 32) / 4, "Multiply the rows that are left by the root of two."
            ),
            Mistake(1 + 1 / 4 + 2 / 64, "Rows or columns? W has 64 rows; drop 32 of *them*."),
            Mistake(3 / 2, "That is the limit of large matrices; 32 rows are visibly few."),
            Mistake(1.0, "That is the mean level; its square is asked for."),
        ),
    ),
    "smallest-level": number(
        _SMALLEST,
        rtol=0.05,
        mistakes=(
            Mistake(np.pi**2 / 2, "That is the smallest of independent numbers; levels are not."),
            Mistake(_SMALLEST / 32, "The scale is 1/N², not 1/N: multiply by N²."),
            Mistake(32 * _SMALLEST, "The entries have variance 1/N, not one."),
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
