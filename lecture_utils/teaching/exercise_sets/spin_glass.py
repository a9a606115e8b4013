"""Checkers of the exercises of the chapter on networks as disordered systems."""

from functools import partial

import numpy as np
import sympy

from lecture_utils.teaching.exercises import Mistake, check_answer, expression, number

a, b, p, q, y, temperature = sympy.symbols("a b p q y T", positive=True)

CHECKERS = {
    "triangles": number(
        [0.5, 0, 1],
        mistakes=(
            Mistake(
                [0.5, 0.5, 0.5],
                "The signs of W_i W_j are not independent: multiply the three around a triangle.",
            ),
            Mistake(
                [0.5, 0, 0],
                "Turn the sign of all couplings: a product of three changes its sign too.",
            ),
        ),
    ),
    "force": expression(
        a * y - a * a * p - a * b * q,
        mistakes=(
            Mistake(
                a * y - a * a * p / 2 - a * b * q / 2,
                "Each pair stands twice in the sum, as ij and ji: the one half goes away.",
            ),
            Mistake(
                a * a * p + a * b * q - a * y, "That is the gradient; the force is minus of it."
            ),
            Mistake(
                a * y + a * a * p + a * b * q,
                "The coupling holds the features down: mind the sign of J in the loss.",
            ),
        ),
    ),
    "onset": expression(
        temperature**2 * (1 - temperature**2) / 2,
        mistakes=(
            Mistake(
                3 * temperature**2 * (1 - temperature**2) / 2,
                "The Gaussian mean of x⁴ is three, not one.",
            ),
            Mistake(
                1 - temperature,
                "Right at the transition; keep all powers of T that the second order gives.",
            ),
        ),
    ),
    "glass-line": number(
        [0.5 / (1 - 0.53037), 1.0],
        mistakes=(
            Mistake(
                [0.5 / (1 - np.sqrt(0.53037)), 1.0],
                "The response of a spin is β(1 - q): q is the mean of the square already.",
            ),
            Mistake([0.5, 1.0], "T = J0 is where the paramagnet ends; here q is not zero."),
            Mistake(
                [0.5 / (1 - 0.53037), 0.5 / (1 - 0.53037)],
                "The first is right; in Parisi's solution the susceptibility of the glass is one.",
            ),
        ),
    ),
    "ground-state": number(
        [np.sqrt(2 / np.pi), -np.sqrt(2 / np.pi)],
        mistakes=(
            Mistake(
                [np.sqrt(2 / np.pi), -np.sqrt(1 / (2 * np.pi))],
                "1 - q² = (1 - q)(1 + q), which is twice 1 - q here.",
            ),
            Mistake(
                [1 / np.sqrt(2 * np.pi), -1 / np.sqrt(2 * np.pi)],
                "The integral of 1/cosh² over all numbers is two.",
            ),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
