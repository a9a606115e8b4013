"""Exercises of the chapter on Dyson Brownian motion."""

from functools import partial

import numpy as np
import sympy

from lecture_utils.teaching.exercises import Mistake, check_answer, expression, number

_a, _b, _e, _s, _epsilon = sympy.symbols("a b e s epsilon", positive=True)
_Omega, _beta, _g, _q = sympy.symbols("Omega beta g q", positive=True)

_grown = -np.expm1(-1.0)  # 1 - exp(-2 Omega t) at the time 1/2

CHECKERS = {
    "second-order": expression(
        _e**2 / (_a - _b),
        mistakes=(
            Mistake(_e**2 / (_b - _a), "Levels repel: the shift points away from the other one."),
            Mistake(
                _e / (_a - _b), "This is the admixture of the other eigenvector. And the shift?"
            ),
        ),
    ),
    "squared-gap": expression(
        4 * (_beta + 1) * _g**2 - 2 * _Omega * _q,
        mistakes=(
            Mistake(
                4 * _beta * _g**2 - 2 * _Omega * _q,
                "This is ordinary calculus. Ito adds $(dS)^2$ to $2S\\,dS$.",
            ),
            Mistake(
                (4 * _beta + 2) * _g**2 - 2 * _Omega * _q,
                "The gap has the noise of both levels: $(dS)^2=4g^2dt$.",
            ),
        ),
    ),
    "hermitian-return": expression(
        _epsilon / _s,
        mistakes=(
            Mistake(_s / _epsilon, "A probability is at most one."),
            Mistake(
                sympy.Integer(1), "True in the plane, for $\\beta=1$. In space a walk may escape."
            ),
        ),
    ),
    "shaken": number(
        10.5 * _grown,
        rtol=0.04,
        mistakes=(
            Mistake(_grown, "This is the diagonal alone. Shake all entries: something must push."),
            Mistake(10.5, "This is the stationary value. Stop at the time 1/2."),
        ),
    ),
    "thrown": number(
        0.302 * np.sqrt(0.02) / 6,  # h_0 of the page's boundary layer
        rtol=0.2,
        mistakes=(Mistake(0.0, "No tail: is the gap in the force bounded from below?"),),
    ),
}

check = partial(check_answer, CHECKERS)
