"""Error bars cover, and exponents are found."""

import numpy as np
import pytest
from scipy import stats

from lecture_utils.estimates import mean_and_error, power_law_exponent


def test_runs_are_the_independent_unit():
    mean, error = mean_and_error([[1.0, 1.0], [3.0, 3.0]])
    assert (mean, error) == (2.0, 1.0)
    # Copies within a run add nothing.
    runs = np.random.default_rng(1).normal(size=50)
    assert mean_and_error(runs) == pytest.approx(mean_and_error(np.repeat(runs, 7).reshape(50, 7)))


def pulls(estimate, truth, repeats=2000):
    """Deviations in units of the error that is given."""
    values, errors = np.array([estimate(k) for k in range(repeats)]).T
    return (values - truth) / errors


def test_the_error_of_the_mean_covers():
    rng = np.random.default_rng(2)
    seen = pulls(lambda _: mean_and_error(3 + rng.normal(size=(400, 2))), 3)
    assert stats.kstest(seen, "norm").pvalue > 1e-3
    assert stats.kstest(seen / np.sqrt(2), "norm").pvalue < 1e-6  # errors too large by root two


def test_the_error_of_the_exponent_covers():
    rng, x = np.random.default_rng(3), np.array([1.0, 2.0, 4.0, 16.0])
    error = 0.01 * x**-1.5 * np.array([1, 2, 1, 3])
    seen = pulls(lambda _: power_law_exponent(x, x**-1.5 + error * rng.normal(size=4), error), -1.5)
    assert stats.kstest(seen, "norm").pvalue > 1e-3
    assert stats.kstest(seen / np.sqrt(2), "norm").pvalue < 1e-6


def test_an_exact_power_is_found_whatever_the_weights():
    x = np.array([0.1, 1.0, 3.0])
    assert power_law_exponent(x, 7 * x**2.5, [1, 2, 3])[0] == pytest.approx(2.5)
    assert power_law_exponent([1, 10], [5, 500], [1, 1])[0] == pytest.approx(2)  # two points do


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_and_error(3.0), r"at least two runs, got shape \(\)"),
        (lambda: mean_and_error([[1.0, 2.0]]), r"at least two runs, got shape \(1, 2\)"),
        (lambda: mean_and_error([1.0, np.nan]), "values must be finite"),
        (lambda: power_law_exponent([1, 2], [1, 2, 3], [1, 1]), "y must have shape"),
        (lambda: power_law_exponent([1, 2], [1, -2], [1, 1]), "y must be above zero, got -2"),
        (lambda: power_law_exponent([1, 2], [1, 2], [0, 1]), "error must be above zero, got 0"),
        (lambda: power_law_exponent([0, 2], [1, 2], [1, 1]), "x must be above zero, got 0"),
        (lambda: power_law_exponent([2, 2], [1, 2], [1, 1]), "x must hold at least two"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
