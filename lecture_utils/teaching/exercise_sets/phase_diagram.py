"""Checkers of the exercises of the chapter on the phase diagram."""

from functools import partial

import sympy

from lecture_utils.teaching.exercises import Mistake, check_answer, expression, number

h, b, s, c, w, a, sigma, lam = sympy.symbols("h B s c w_0 alpha sigma lam", positive=True)

CHECKERS = {
    "temperature": number(
        [1.6, 0.25],
        mistakes=(
            Mistake([0.8, 0.25], "The ratio α/|B| is the temperature, not α over the root."),
            Mistake([1.6, 1], "At equal samples larger batches need fewer updates."),
            Mistake([0.1, 0.25], "A larger batch is colder: the learning rate must rise."),
        ),
    ),
    "stability": expression(
        2 / (b * h),
        mistakes=(
            Mistake(2 / h, "That is the limit of α; the temperature is α/B."),
            Mistake(
                1 / (b * h),
                "Beyond 1/h the weight overshoots, and still comes closer.",
            ),
        ),
    ),
    "saturation": expression(
        sympy.sqrt(2 / sympy.pi) / s,
        mistakes=(
            Mistake(
                1 / (sympy.sqrt(2 * sympy.pi) * s), "That is the density; the window is two wide."
            ),
            Mistake(
                sympy.sqrt(2 / sympy.pi) / s**2, "The density at zero falls as 1/s, not as 1/s²."
            ),
        ),
    ),
    "patience": number(
        32,
        mistakes=(
            Mistake(64, "Right for the same temperature; it was doubled."),
            Mistake(4 ** (1 / 3) / 2, "The width is the cube root of Tt: turn it around."),
            Mistake(128, "Heating helps: the product Tt counts."),
        ),
    ),
    "saddle": expression(
        1 / (c * w),
        mistakes=(
            Mistake(1 / (3 * c * w), "Each weight has its own gradient: c w², without the three."),
            Mistake(1 / (2 * c * w), "Integrate dw/w²: it gives -1/w, without a half."),
        ),
    ),
    "equipartition": expression(
        a * sigma**2 / (b * (2 - a * lam)),
        mistakes=(
            Mistake(a * sigma**2 / (2 * b), "That is the limit of small steps: keep (αλ)²."),
            Mistake(
                a * sigma**2 / (b * lam * (2 - a * lam)),
                "The noise has the variance σ²λ along this direction: the level cancels.",
            ),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
