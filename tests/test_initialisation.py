"""The exercises of the chapter: right answers are accepted, typical wrong ones get their hint.

The physics of the chapter is in `lecture_utils.networks` and has its tests in `test_networks`.
"""

import numpy as np
import pytest
import sympy
from scipy import integrate, stats

from lecture_utils.teaching.exercise_sets.initialisation import CHECKERS

n, l = sympy.symbols("n l")  # noqa: E741


def tanh_square(variance):
    def integrand(z):
        return np.tanh(z) ** 2 * stats.norm.pdf(z, scale=np.sqrt(variance))

    return 2 * integrate.quad(integrand, 0, 10 * np.sqrt(variance))[0]


def tenth_layer():
    """Infinite width, by another quadrature than that of the package."""
    variance = 1 / 3
    for _ in range(9):
        variance = tanh_square(variance) / 3
    return variance


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        (
            "tanh-layer",
            tanh_square(1),
            {np.tanh(1) ** 2: "function of the mean", 1.0: "squeezes"},
        ),
        ("relu-kurtosis", 15 / n, {6 / n: "silent", 5 / n: "one more factor"}),
        ("critical-decay", 1 / (2 * l), {1 / l: "coefficient", sympy.exp(-2 * l): "exponential"}),
        ("torch-depth", tenth_layer(), {3.0**-10: "linear", 0.00299: "root", 2.67e-5: "missing"}),
        ("joint-nodes", 0.158, {0.0: "same", 1.25: "eight", 0.406: "product", 0.1875: "1/2"}),
    ],
)
def test_exercises_accept_the_solution_and_explain_mistakes(name, right, wrong):
    assert CHECKERS[name](right).correct
    for answer, hint in wrong.items():
        feedback = CHECKERS[name](answer)
        assert not feedback.correct
        assert hint in feedback.message


def test_two_nodes_share_the_fluctuation_of_their_layer():
    """The expected covariance against random networks of one hidden ReLU layer of eight."""
    rng = np.random.default_rng(3)
    hidden = np.maximum(rng.standard_normal((200_000, 8)), 0)
    last = rng.standard_normal((200_000, 2, 8)) / np.sqrt(8)
    a, b = (np.einsum("rij,rj->ri", last, hidden) ** 2).T
    assert CHECKERS["joint-nodes"](np.cov(a, b)[0, 1]).correct
    assert not CHECKERS["joint-nodes"](np.cov(a[1:], b[:-1])[0, 1]).correct
