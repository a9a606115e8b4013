r"""Spectral statistics: from matrices to levels, spacings, ratios, moments and rigidity.

Shapes: samples (matrices, runs) first, levels last and ascending. A *level* :math:`x_i` is an
eigenvalue, a *spacing* is :math:`S_i = x_{i+1} - x_i`, and unfolded levels have mean spacing one.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from lecture_utils._checks import finite_array, positive, positive_int, shape_match
from lecture_utils.estimates import mean_and_error

__all__ = [
    "Estimate",
    "PairStatistics",
    "binder_cumulant",
    "gram",
    "level_spacings",
    "number_variance",
    "number_variance_exact",
    "pair_statistics",
    "relative_spacings",
    "spacing_ratios",
    "surmise_distance",
    "surmise_null",
    "unfold",
]


@dataclass(frozen=True)
class Estimate:
    """A measured number, or array of numbers, with one standard error."""

    value: float | np.ndarray
    error: float | np.ndarray

    def __eq__(self, other):
        if not isinstance(other, Estimate):
            return NotImplemented
        return np.array_equal(self.value, other.value) and np.array_equal(self.error, other.error)


def gram(weights):
    r"""Return the levels of :math:`X = W^TW` for one weight matrix or a batch.

    The levels are the squared singular values :math:`x_i = \xi_i^2` of W, computed in float64. If
    W has fewer rows than columns, X has exact zero levels, and they are included.

    Parameters
    ----------
    weights : array_like, shape (..., m, n)

    Returns
    -------
    ndarray, shape (..., n)
        Levels, ascending.

    Raises
    ------
    ValueError
        If ``weights`` is not a finite array of at least two dimensions.

    Examples
    --------
    >>> gram([[3.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    array([1., 9.])
    """
    weights = finite_array("weights", weights)
    if weights.ndim < 2:
        raise ValueError(f"weights must have at least 2 dimensions, got {weights.ndim}")
    m, n = weights.shape[-2:]
    levels = np.linalg.svd(weights, compute_uv=False)[..., ::-1] ** 2
    if m < n:
        levels = np.concatenate([np.zeros((*levels.shape[:-1], n - m)), levels], axis=-1)
    return levels


def level_spacings(levels):
    """Return the spacings of neighbouring levels.

    Parameters
    ----------
    levels : array_like, shape (..., n)
        Ascending levels, n >= 2.

    Returns
    -------
    ndarray, shape (..., n - 1)

    Raises
    ------
    ValueError
        If there are fewer than two levels or they do not ascend.

    Examples
    --------
    >>> level_spacings([0.0, 1.0, 3.0])
    array([1., 2.])
    """
    return np.diff(_ascending("levels", levels, at_least=2))


def relative_spacings(levels):
    r"""Return each spacing divided by its own ensemble mean, :math:`s_i = S_i/\langle S_i\rangle`.

    This unfolds the smallest matrices: the i-th gap of every sample sits at the same place of the
    spectrum, so that its mean over samples is the local scale. It needs samples which are
    equivalent, that is, drawn from one law.

    Parameters
    ----------
    levels : array_like, shape (samples, n)

    Returns
    -------
    ndarray, shape (samples, n - 1)
        Spacings with mean one at each position.

    Raises
    ------
    ValueError
        If ``levels`` is not a two-dimensional array of ascending levels.
    """
    spacings = level_spacings(_samples("levels", levels))
    mean = spacings.mean(axis=0)
    if not mean.min() > 0:
        raise ValueError("levels must not coincide in every sample, got a mean spacing of zero")
    return spacings / mean


def unfold(levels, law=None):
    r"""Map levels to unit mean spacing: :math:`u = n F(x)`.

    Parameters
    ----------
    levels : array_like, shape (samples, n)
    law : scipy.stats frozen distribution or callable, optional
        The density of a single level, through its cumulative distribution F. Without it F is the
        empirical distribution of all levels of the ensemble, which takes nothing for granted but
        needs n x samples >> n: its error of a spacing is of order ``samples ** -0.5``.

    Returns
    -------
    ndarray, shape (samples, n)
        Unfolded levels in [0, n], ascending.

    Raises
    ------
    ValueError
        If ``levels`` is not a two-dimensional array of ascending levels.

    Examples
    --------
    >>> unfold([[0.25, 0.5]], stats.uniform())
    array([[0.5, 1. ]])
    """
    levels = _samples("levels", levels)
    if law is None:
        ranks = stats.rankdata(levels).reshape(levels.shape)
        return levels.shape[1] * (ranks - 0.5) / levels.size
    cdf = law.cdf if hasattr(law, "cdf") else law
    return levels.shape[1] * cdf(levels.copy())


def spacing_ratios(levels):
    r"""Return :math:`\min(S_i, S_{i+1})/\max(S_i, S_{i+1})`, which needs no unfolding.

    Parameters
    ----------
    levels : array_like, shape (..., n)
        Ascending levels, n >= 3, no two spacings in a row zero.

    Returns
    -------
    ndarray, shape (..., n - 2)
        Ratios in [0, 1].

    Raises
    ------
    ValueError
        If there are fewer than three levels, they do not ascend, or three coincide.

    References
    ----------
    Atas et al., Phys. Rev. Lett. 110 (2013) 084101.

    Examples
    --------
    >>> spacing_ratios([0.0, 1.0, 3.0])
    array([0.5])
    """
    spacings = np.diff(_ascending("levels", levels, at_least=3))
    left, right = spacings[..., :-1], spacings[..., 1:]
    larger = np.maximum(left, right)
    if np.any(larger == 0):
        raise ValueError("levels must not contain three equal levels, got a threefold one")
    return np.minimum(left, right) / larger


def binder_cumulant(levels, *, resamples=200, rng):
    r"""Return the lecture's cumulant :math:`U_4 = \langle x^4\rangle/(3\langle x^2\rangle^2) - 1`.

    It vanishes for a Gaussian. Beware: most of the literature on critical phenomena uses the
    opposite sign. The levels of one matrix are correlated, so that the error comes from a
    bootstrap which resamples whole matrices.

    Parameters
    ----------
    levels : array_like, shape (samples, n)
        Levels measured from the centre of their spectrum: no mean is subtracted.
    resamples : int
        Number of bootstrap samples.
    rng : numpy.random.Generator or int
        For the bootstrap.

    Returns
    -------
    Estimate
        U4 and its standard error.

    Raises
    ------
    ValueError
        If ``levels`` is not a finite two-dimensional array of at least two samples, or
        ``resamples`` is not positive.
    """
    levels = finite_array("levels", levels, ndim=2)
    if len(levels) < 2:
        raise ValueError(f"levels must have at least 2 samples (rows), got {len(levels)}")
    if not np.any(levels):
        raise ValueError("levels must not all be zero")
    squares = levels**2
    moments = squares.mean(axis=1), (squares**2).mean(axis=1)

    def cumulant(second, fourth, axis=-1):
        with np.errstate(invalid="ignore"):  # resampled matrices may all be zero
            return fourth.mean(axis=axis) / (3 * second.mean(axis=axis) ** 2) - 1

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)  # of an interval not used
        bootstrap = stats.bootstrap(
            moments,
            cumulant,
            paired=True,
            vectorized=True,
            method="percentile",
            n_resamples=positive_int("resamples", resamples),
            batch=max(1, 2_000_000 // len(levels)),  # bounds the memory
            rng=np.random.default_rng(rng),
        )
    return Estimate(float(cumulant(*moments)), float(bootstrap.standard_error))


@dataclass(frozen=True)
class PairStatistics:
    """What the two levels of many pairs have in common: values and errors.

    Attributes
    ----------
    spacing : Estimate
        Mean spacing.
    square : Estimate
        Mean square of the spacing in units of its mean; 4/pi for the surmise.
    cumulant : Estimate
        The lecture's U4 of the levels; -4/27 for two levels of a Gaussian matrix.
    """

    spacing: Estimate
    square: Estimate
    cumulant: Estimate


def pair_statistics(levels):
    """Mean spacing, mean square spacing and U4 of pairs of levels, with errors.

    Levels are measured from their common mean. Only different runs count as independent: errors of
    ratios come from the linearised averages of each run.

    Parameters
    ----------
    levels : array_like, shape (runs, ..., 2)
        Ascending pairs; what stands between the axes are further pairs of the same run, such as
        snapshots.

    Returns
    -------
    PairStatistics
    """
    levels = _ascending("levels", levels, at_least=2)
    shape_match("levels", levels, (*[None] * (levels.ndim - 1), 2), "pairs")
    spacing = levels[..., 1] - levels[..., 0]
    if len(levels) < 2:
        raise ValueError(f"levels must hold at least two runs, got shape {levels.shape}")
    if not np.any(spacing):
        raise ValueError("levels must differ within pairs, got equal ones in all")
    x = levels - levels.mean()
    second, fourth = (x**2).mean(axis=-1), (x**4).mean(axis=-1)
    mean, error = mean_and_error(spacing)
    s = spacing / mean
    square, u4 = (s**2).mean(), fourth.mean() / (3 * second.mean() ** 2) - 1
    _, square_error = mean_and_error(s**2 - 2 * square * s)
    _, u4_error = mean_and_error(fourth / fourth.mean() - 2 * second / second.mean())
    return PairStatistics(
        Estimate(mean, error),
        Estimate(float(square), square_error),
        Estimate(float(u4), (1 + float(u4)) * u4_error),
    )


def surmise_distance(spacings):
    r"""Return :math:`\sqrt n\,D` of spacings in units of their own mean against Wigner's surmise.

    Parameters
    ----------
    spacings : array_like, shape (..., n)

    Returns
    -------
    ndarray, shape (...)
    """
    spacings = finite_array("spacings", spacings)
    n = spacings.shape[-1]
    if not spacings.mean(axis=-1).min() > 0:
        raise ValueError("spacings must have a mean above zero")
    s = np.sort(spacings / spacings.mean(axis=-1, keepdims=True), axis=-1)
    above = np.exp(-np.pi / 4 * s**2)  # one minus the surmise's distribution function
    rank = np.arange(n)
    low, high = above - 1 + (rank + 1) / n, 1 - above - rank / n
    return np.sqrt(n) * np.maximum(low.max(axis=-1), high.max(axis=-1))


def surmise_null(samples=5_000, n=2_000, *, rng):
    r"""Values of `surmise_distance` where the surmise is true, ascending.

    The mean comes from the same sample, which brings the sample closer to the law: the textbook
    distribution of Kolmogorov is too generous.

    Parameters
    ----------
    samples : int
        How many values.
    n : int
        Spacings in each; the result hardly depends on it.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (samples,)
    """
    samples, n = positive_int("samples", samples), positive_int("n", n)
    rng = np.random.default_rng(rng)
    rayleigh = stats.rayleigh()  # the surmise, but for its scale
    blocks = np.array_split(np.arange(samples), max(1, samples * n // 2**20))
    values = [
        surmise_distance(rayleigh.rvs((b.size, n), random_state=rng)) for b in blocks if b.size
    ]
    return np.sort(np.concatenate(values))


def number_variance(unfolded, lengths, *, margin=0.1):
    r"""Measure the variance of the number of levels in a window of given length.

    Adjoining windows cover the central part of each spectrum; the error treats spectra, not
    windows, as independent. The mean number of unfolded levels in a window is its length L, so
    the variance is the mean of :math:`(\text{count} - L)^2`.

    Parameters
    ----------
    unfolded : array_like, shape (samples, n)
        Levels with unit mean spacing that fill [0, n], as `unfold` returns.
    lengths : array_like, shape (k,)
        Lengths L of the windows, in mean spacings.
    margin : float
        Fraction of the spectrum left out at each end.

    Returns
    -------
    Estimate
        Arrays of shape (k,).

    Raises
    ------
    ValueError
        If a window is longer than the part of the spectrum that is used, there are fewer than
        two samples, or an argument is out of range.
    """
    unfolded = _samples("unfolded", unfolded)
    lengths = np.atleast_1d(finite_array("lengths", lengths, ndim=(0, 1)))
    if not 0 <= margin < 0.5:
        raise ValueError(f"margin must be at least 0 and below 0.5, got {margin}")
    samples, n = unfolded.shape
    if samples < 2:
        raise ValueError(f"unfolded must have at least 2 samples (rows), got {samples}")
    start, stop = margin * n, (1 - margin) * n
    shortest = 1e-6 * (stop - start)  # more windows than that would fill the memory
    if np.min(lengths) < shortest or np.max(lengths) > stop - start:
        raise ValueError(f"lengths must lie in [{shortest:g}, {stop - start:g}], got {lengths}")
    per_sample = np.stack(
        [_window_variance(unfolded, start, stop, length) for length in lengths], axis=-1
    )
    return Estimate(per_sample.mean(axis=0), stats.sem(per_sample, axis=0))


def number_variance_exact(lengths, *, beta):
    r"""Return the number variance of GOE, GUE or GSE levels in the bulk, n to infinity.

    Parameters
    ----------
    lengths : array_like
        Lengths L of the windows in mean spacings, positive.
    beta : {1, 2, 4}
        Symmetry class.

    Returns
    -------
    ndarray
        The variance; for uncorrelated levels it would be L.

    Raises
    ------
    ValueError
        If a length is not positive or ``beta`` is not 1, 2 or 4.

    References
    ----------
    Mehta, *Random Matrices* (3rd ed., 2004), chapter 16.

    Examples
    --------
    >>> round(float(number_variance_exact(1.0, beta=2)), 4)
    0.3442
    """
    lengths = finite_array("lengths", lengths)
    positive("lengths", lengths.min())
    if beta not in (1, 2, 4):
        raise ValueError(f"beta must be 1, 2 or 4, got {beta!r}")
    if beta == 4:
        sine, _ = special.sici(2 * np.pi * lengths)
        return _number_variance_gue(2 * lengths) / 2 + (sine / (2 * np.pi)) ** 2
    if beta == 2:
        return _number_variance_gue(lengths)
    sine, _ = special.sici(np.pi * lengths)
    return 2 * _number_variance_gue(lengths) + (sine / np.pi) ** 2 - sine / np.pi


def _number_variance_gue(lengths):
    phase = 2 * np.pi * lengths
    sine, cosine = special.sici(phase)
    logarithm = np.log(phase) + np.euler_gamma + 1 - np.cos(phase) - cosine
    return logarithm / np.pi**2 + lengths * (1 - 2 * sine / np.pi)


def _window_variance(unfolded, start, stop, length):
    """Return the mean of (count - length)^2 over the windows of each sample."""
    windows = max(1, int((stop - start) / length) - 1)
    samples, n = unfolded.shape
    # The windows of each sample begin elsewhere: the density of a finite ensemble ripples with
    # period one (visibly so for beta = 4), and windows in step with it would be biased.
    slack = stop - start - windows * length
    first = start + slack * (np.arange(samples)[:, None] + 0.5) / samples
    edges = first + length * np.arange(windows + 1)
    # Moving sample k by k (n + 1) makes one sorted array, and one search serves all samples.
    offsets = (n + 1) * np.arange(samples)[:, None]
    below = np.searchsorted((unfolded + offsets).ravel(), edges + offsets)
    return np.mean((np.diff(below) - length) ** 2, axis=1)


def _ascending(name, levels, *, at_least):
    levels = finite_array(name, levels)
    if levels.ndim < 1 or levels.shape[-1] < at_least:
        raise ValueError(f"{name} must have at least {at_least} levels, got shape {levels.shape}")
    if np.any(np.diff(levels) < 0):
        raise ValueError(f"{name} must ascend along the last axis, got a negative spacing")
    return levels


def _samples(name, levels):
    return _ascending(name, finite_array(name, levels, ndim=2), at_least=1)
