"""Numbers with error bars: what independent repetitions say about a mean and about an exponent."""

import numpy as np
from scipy import stats

from lecture_utils._checks import finite_array, shape_match


def mean_and_error(values):
    """Mean of all values, with its standard error from the scatter between independent runs.

    Values of one run need not be independent of each other: a run counts as one number, its mean.

    Parameters
    ----------
    values : array_like, shape (runs, ...)

    Returns
    -------
    mean, error : float

    Raises
    ------
    ValueError
        If there are fewer than two runs.

    Examples
    --------
    >>> mean_and_error([[1.0, 1.0], [3.0, 3.0]])
    (2.0, 1.0)
    """
    values = finite_array("values", values)
    if values.ndim == 0 or len(values) < 2:
        raise ValueError(f"values must hold at least two runs, got shape {values.shape}")
    runs = values.reshape(len(values), -1).mean(axis=1)
    scatter = runs - runs.mean()
    scale = np.max(np.abs(scatter)) or 1.0  # squares of numbers near one do not overflow
    return float(runs.mean()), float(scale * stats.sem(scatter / scale))


def power_law_exponent(x, y, error):
    r"""Exponent s of :math:`y = c\,x^s`, by weighted least squares in the logarithms.

    Parameters
    ----------
    x, y, error : array_like, shape (n,)
        Positive points, values and their standard errors. Errors must be small against the values.

    Returns
    -------
    exponent, error : float
        The error follows from those of the values.

    Examples
    --------
    >>> power_law_exponent([1, 2, 4], [3.0, 12.0, 48.0], [0.03, 0.12, 0.48])[0]
    2.0
    """
    x = finite_array("x", x, ndim=1)
    y, error = (
        shape_match(name, finite_array(name, values), x.shape, "one per x")
        for name, values in (("y", y), ("error", error))
    )
    for name, values in (("x", x), ("y", y), ("error", error)):
        if values.min() <= 0:
            raise ValueError(f"{name} must be above zero, got {values.min()}")
    if np.unique(x).size < 2:
        raise ValueError(f"x must hold at least two different points, got {x}")
    fit, covariance = np.polyfit(np.log(x), np.log(y), 1, w=y / error, cov="unscaled")
    return float(fit[0]), float(np.sqrt(covariance[0, 0]))
