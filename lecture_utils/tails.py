r"""Levels of trained matrices: a random bulk, a heavy tail, and spacings of unequal matrices.

A trained matrix differs from a random one in its largest levels. Below them often remains a
Marchenko-Pastur law that holds only a part of the levels (`marchenko_pastur_bulk`); above a
threshold the levels may fall like a power, or like one of its rivals (`fit_tail`, `compare`).
`class_spacings` unfolds matrices whose scales differ, with the null and the control that its
distance from Wigner's surmise needs.

Conventions: levels are positive. The levels of one matrix are correlated, so that errors come from
`bootstrap`, which resamples runs. A *class* is a set of matrices that are samples of one law.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from lecture_utils import ensembles, laws, spectra
from lecture_utils._checks import finite_array, one_of, positive, positive_int

_TINY = np.finfo(float).tiny


# ---------------------------------------------------------------- bulk


@dataclass(frozen=True)
class Bulk:
    """A Marchenko-Pastur law of mass `amplitude`; `variance` and `r` as in `laws`."""

    amplitude: float
    variance: float
    r: float

    @property
    def edges(self):
        """Lower and upper edge."""
        root = np.sqrt(self.r)
        return self.variance * (1 - root) ** 2, self.variance * (1 + root) ** 2

    def pdf(self, x):
        """Density of the bulk, which integrates to `amplitude`."""
        return laws.marchenko_pastur_density(x, self.r, self.variance, self.amplitude)


def marchenko_pastur_bulk(levels, r, *, quantile=0.8):
    r"""Fit ``amplitude`` times Marchenko and Pastur's law to the levels below a quantile.

    Maximum likelihood for the numbers of levels in 20 equal cells below the cut, which are Poisson
    variates with the law's mass times the amplitude as mean, on a background of two per cent of
    the levels. Cells and background forgive the few levels of a small random matrix that are
    outside the edges; for matrices of 64 x 16 the amplitude comes out 0.95.

    Parameters
    ----------
    levels : array_like
        Of any shape.
    r : float
        Columns over rows of the matrices.
    quantile : float
        Fraction of the levels below the cut. The amplitude depends on it: show several.

    Returns
    -------
    Bulk
    """
    x = _positive("levels", levels).ravel()
    quantile = positive("quantile", quantile)
    if quantile > 1:
        raise ValueError(f"quantile must be at most 1, got {quantile}")
    law = laws.marchenko_pastur(r)
    counts, ends = np.histogram(x, 20, (0, np.quantile(x, quantile)))
    data, background = counts / len(x), 0.02 / len(counts)

    def amplitudes_and_likelihoods(variances):
        below = law.cdf(ends / variances[:, None])
        cells, total = np.diff(below), below[:, -1:]
        amplitude = np.ones_like(total)
        for _ in range(30):  # expectation and maximisation
            bulk = amplitude * cells
            share = data * bulk / (bulk + background)
            amplitude = share.sum(axis=1, keepdims=True) / np.maximum(total, _TINY)
        means = amplitude * cells + background
        return amplitude[:, 0], (data * np.log(means) - means).sum(axis=1)

    # Hard edges make many local maxima: grids around the best, each ten times finer.
    variance, width = np.median(x), np.log(5.0)
    while width > 1e-4:
        grid = variance * np.exp(np.linspace(-width, width, 81))
        amplitudes, likelihoods = amplitudes_and_likelihoods(grid)
        best = np.argmax(likelihoods)
        amplitude, variance, width = amplitudes[best], grid[best], width / 10
    return Bulk(float(amplitude), float(variance), float(r))


# ---------------------------------------------------------------- tail

# In y = log(x / x_min) the power law is exponential, and each rival bends it: the density is
# proportional to exp(-slope y - bend h(y)) with these functions h.
_BENDS = {
    "power": np.zeros_like,
    "log-normal": lambda y: y**2 / 2,
    "truncated power": np.expm1,
}
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(120)


@dataclass(frozen=True)
class Tail:
    r"""A law of the levels above `x_min`, with :math:`y=\log(x/x_\min)`.

    ==================  ==================================  =================================
    law                 density in x                        in terms of `exponent`, `bend`
    ==================  ==================================  =================================
    "power"             :math:`x^{-a}`                      a = exponent, bend = 0
    "truncated power"   :math:`x^{-a}e^{-x/c}`              a = exponent, c = x_min / bend
    "log-normal"        :math:`e^{-a y - y^2/2s^2}`         a = exponent, s^2 = 1 / bend
    ==================  ==================================  =================================

    ``log_likelihood`` has an entry for each level above `x_min`, in ascending order of levels.
    """

    law: str
    x_min: float
    exponent: float
    bend: float
    log_likelihood: np.ndarray

    def pdf(self, x):
        """Density at x, zero below `x_min`."""
        x = np.asarray(x, dtype=float)
        y = np.log(np.maximum(x / self.x_min, 1))
        bent = self.bend * _BENDS[self.law](y)
        log_norm, _, _ = _normalisation(self.law, self.exponent - 1, self.bend)
        density = np.exp(-(self.exponent - 1) * y - bent - log_norm) / np.maximum(x, self.x_min)
        return np.where(x < self.x_min, 0.0, density)


def fit_tail(levels, law="power", x_min=None):
    """Fit a law to the levels from a threshold on, by maximum likelihood.

    Parameters
    ----------
    levels : array_like
        Of any shape.
    law : {"power", "truncated power", "log-normal"}
        The rivals contain the power law, as bend zero.
    x_min : float, optional
        Threshold; `power_law_threshold` by default.

    Returns
    -------
    Tail

    References
    ----------
    A. Clauset, C. R. Shalizi and M. E. J. Newman, SIAM Rev. 51 (2009) 661.
    """
    one_of("law", law, _BENDS)
    levels = _positive("levels", levels).ravel()
    x_min = power_law_threshold(levels) if x_min is None else positive("x_min", x_min)
    x = np.sort(levels[levels >= x_min])
    if len(x) < 2 or x[-1] == x_min:
        raise ValueError(f"x_min must be below two different levels at least, got {x_min}")
    y = np.log(x / x_min)
    h = _BENDS[law](y)
    slope, bend = 1 / y.mean(), 0.0
    if law != "power":
        slope, bend = _bent_fit(law, y.mean(), h.mean())
    log_norm, _, _ = _normalisation(law, slope, bend)
    log_density = -slope * y - bend * h - log_norm - np.log(x)
    return Tail(law, float(x_min), float(1 + slope), float(bend), log_density)


def power_law_threshold(levels, *, at_least=30, candidates=400):
    """Choose where a power law starts: the level above which it fits with the least distance.

    Parameters
    ----------
    levels : array_like
        Of any shape.
    at_least : int
        Levels to keep above the threshold.
    candidates : int
        Thresholds to try, spread evenly over the levels in ascending order.

    Returns
    -------
    float
        One of the levels; the distance is Kolmogorov and Smirnov's.

    References
    ----------
    A. Clauset, C. R. Shalizi and M. E. J. Newman, SIAM Rev. 51 (2009) 661.
    """
    x = np.sort(_positive("levels", levels), axis=None)
    last = len(x) - positive_int("at_least", at_least)
    if last < 1:
        raise ValueError(f"levels must be more than {at_least} (at_least), got {len(x)}")
    starts = np.unique(np.linspace(0, last, positive_int("candidates", candidates)).astype(int))
    return float(x[min(starts, key=lambda start: _power_law_distance(x[start:]))])


def compare(first, second):
    """Return the log-likelihood ratio of two tails and a p-value for the hypothesis of no gain.

    If `second` is the power law, which `first` contains as the edge bend = 0, twice the ratio is
    zero or chi-squared with equal odds. Otherwise the p-value is Vuong's, two-sided. Both take
    levels for independent, which the levels of one matrix are not.

    Parameters
    ----------
    first, second : Tail
        Of the same levels above the same threshold.

    Returns
    -------
    ratio, p_value : float
        The ratio is positive where `first` fits better.

    References
    ----------
    Q. H. Vuong, Econometrica 57 (1989) 307; S. G. Self and K.-Y. Liang, J. Am. Stat. Assoc. 82
    (1987) 605.
    """
    if len(first.log_likelihood) != len(second.log_likelihood) or first.x_min != second.x_min:
        raise ValueError(
            f"second must have the threshold and levels of first, {first.x_min} and"
            f" {len(first.log_likelihood)}, got {second.x_min} and {len(second.log_likelihood)}"
        )
    gains = first.log_likelihood - second.log_likelihood
    ratio = float(gains.sum())
    if second.law == "power":
        return ratio, float(stats.chi2.sf(2 * ratio, 1) / 2) if ratio > 0 else 1.0
    return ratio, float(2 * stats.norm.sf(abs(ratio) / (gains.std() * np.sqrt(len(gains)))))


def bootstrap(statistic, runs, *, resamples=100, rng):
    """Return a statistic of independent runs with its error from resampled runs.

    Parameters
    ----------
    statistic : callable
        Takes runs like `runs`, returns a number or an array.
    runs : array_like, shape (runs, ...)
    resamples : int
    rng : numpy.random.Generator or int

    Returns
    -------
    spectra.Estimate
    """
    rng, runs = np.random.default_rng(rng), finite_array("runs", runs)
    picks = rng.integers(len(runs), size=(positive_int("resamples", resamples), len(runs)))
    again = [statistic(runs[pick]) for pick in picks]
    return spectra.Estimate(statistic(runs.copy()), np.std(again, axis=0))


# ---------------------------------------------------------------- spacings


def class_spacings(levels):
    """Unfold spacings of matrices whose scales differ.

    The logarithms of the levels of each matrix are shifted and stretched to mean zero and variance
    one; each gap is then divided by its mean over the class (`spectra.relative_spacings`).

    Parameters
    ----------
    levels : array_like, shape (classes, samples, n)
        Positive, ascending.

    Returns
    -------
    ndarray, shape (classes, samples, n - 1)
    """
    y = np.log(_positive("levels", levels, ndim=3))
    y -= y.mean(axis=-1, keepdims=True)
    width = y.std(axis=-1, keepdims=True)
    if np.any(width < 1e-12):
        raise ValueError("levels must differ within each matrix, got equal ones")
    y /= width
    return np.stack([spectra.relative_spacings(one_class) for one_class in y])


def class_distance(levels):
    """Return the Kolmogorov-Smirnov distance of all `class_spacings` from Wigner's surmise."""
    spacings = class_spacings(levels).ravel()
    return float(stats.kstest(spacings, laws.wigner_surmise().cdf, method="asymp").statistic)


def class_null(shape, rows, *, draws=200, rng):
    """Return values of `class_distance` for Gaussian random matrices, ascending.

    Parameters
    ----------
    shape : tuple of int
        ``(classes, samples, n)`` of the levels that the null is for.
    rows : int
        Rows of the matrices; n is the number of columns.
    draws : int
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (draws,)
    """
    rng = np.random.default_rng(rng)
    matrices = shape[0] * shape[1]
    spectra_of_draws = (
        ensembles.wishart_spectra(matrices, rows, shape[2], rng=rng)
        for _ in range(positive_int("draws", draws))
    )
    return np.sort([class_distance(x.reshape(shape)) for x in spectra_of_draws])


def shuffled(levels, *, rng):
    """Deal the levels of each class out again: their density stays, their correlations go.

    Parameters
    ----------
    levels : array_like, shape (classes, samples, n)
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (classes, samples, n)
        Ascending along the last axis.
    """
    levels = finite_array("levels", levels, ndim=3)
    pools = np.random.default_rng(rng).permuted(levels.reshape(len(levels), -1), axis=1)
    return np.sort(pools.reshape(levels.shape), axis=-1)


# ---------------------------------------------------------------- helpers


def _positive(name, values, ndim=None):
    values = finite_array(name, values, ndim=ndim)
    positive(name, float(values.min()))
    return values


def _power_law_distance(tail):
    """Kolmogorov-Smirnov distance of ascending levels from the power law fitted to them."""
    y = np.log(tail / tail[0])
    if y[-1] == 0:
        return np.inf
    below = -np.expm1(-y / y.mean())
    rank = np.arange(len(y)) / len(y)
    return max(np.max(below - rank), np.max(rank + 1 / len(y) - below))


def _bent_fit(law, mean_y, mean_h):
    """Maximum of the (concave) likelihood: the model's means of y and h are those of the data."""

    def objective(parameters):
        slope, bend = parameters / scale
        log_norm, model_y, model_h = _normalisation(law, slope, bend)
        slopes = np.array([mean_y - model_y, mean_h - model_h])
        return slope * mean_y + bend * mean_h + log_norm, slopes / scale

    scale = np.array([mean_y, mean_h])
    fit = optimize.minimize(
        objective,
        [0.9, 0.1],
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), (1e-9, None)],
        options={"ftol": 1e-14, "gtol": 1e-9},
    )
    return fit.x / scale


def _normalisation(law, slope, bend):
    """Return log of the integral of exp(-slope y - bend h(y)) over y > 0, and means of y and h."""
    h = _BENDS[law]
    if bend == 0:
        return -np.log(slope), 1 / slope, np.nan

    def falls(y):
        return slope * y + bend * h(y) - 45

    end = 1.0
    while falls(end) < 0:
        end *= 2
    end = optimize.brentq(falls, 0, end)
    y = end * (1 + _NODES) / 2
    exponent = -slope * y - bend * h(y)
    top = exponent.max()
    weight = end / 2 * _WEIGHTS * np.exp(exponent - top)
    total = weight.sum()
    return np.log(total) + top, weight @ y / total, weight @ h(y) / total
