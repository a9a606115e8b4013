"""Exercises of the chapter on Dyson Brownian motion."""

from functools import partial

import sympy

from lecture_utils.teaching.exercises import Mistake, check_answer, expression

_a, _b, _e, _s, _epsilon = sympy.symbols("a b e s epsilon", positive=True)
_M, _N, _Omega, _beta, _g, _gamma, _kappa, _q, _sigma, _t = sympy.symbols(
    "M N Omega beta g gamma kappa q sigma t", positive=True
)
_forgotten = 1 - sympy.exp(-2 * _Omega * _t)

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
    "trace-variance": expression(
        _N * _sigma**2 * _forgotten,
        mistakes=(
            Mistake(_N * _sigma**2, "This is the stationary value. What is it at time $t$?"),
            Mistake(
                _N**2 * _sigma**2 * _forgotten, "The $N$ noises are independent: variances add."
            ),
            Mistake(
                _N * _sigma**2 * _forgotten / 2,
                "The noise of a level is $\\sqrt2\\,g$, its variance per time $2g^2$.",
            ),
        ),
    ),
    "free-edge": expression(
        2 * _g * sympy.sqrt(_N * _t),
        mistakes=(
            Mistake(
                _g * sympy.sqrt(2 * _t), "This is how far one level diffuses alone. They also push."
            ),
            Mistake(
                _g * sympy.sqrt(2 * _N * _t),
                "The radius is $\\sqrt{2N}$ times the width of a diagonal entry, whose variance"
                " is $2g^2t$.",
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
    "bru-trace": expression(
        _kappa**2 * _M * _N / (2 * _gamma),
        mistakes=(
            Mistake(
                _kappa**2 * (_M - _N + 1) * _N / (2 * _gamma),
                "In the form with $\\kappa^2(M-N+1)$ the Coulomb sum does not cancel:"
                " $\\sum_{i\\ne j}2x_i/(x_i-x_j)=N(N-1)$.",
            ),
            Mistake(
                _kappa**2 * _M * _N / _gamma,
                "Decay acts on both factors of $X=W^TW$: the rate of $X$ is $2\\gamma$.",
            ),
        ),
    ),
    "third-mode": expression(
        sympy.Rational(3, 2) * _sigma**2 * (_N + 1),
        mistakes=(
            Mistake(
                sympy.Rational(3, 2) * _sigma**2 * (_N - 1),
                "You have the push. Ito's rule gives $6g^2\\sum x_i$ more.",
            ),
            Mistake(
                sympy.Rational(3, 2) * _sigma**2 * _N,
                "This is large $N$. Keep the Ito term exactly.",
            ),
            Mistake(
                _sigma**2 * (_N + 1),
                "The drift of $-c\\sum x_i$ is $+c\\,\\Omega\\sum x_i$: keep it.",
            ),
        ),
    ),
}

check = partial(check_answer, CHECKERS)
