"""Verdicts: how far numbers are from a law, how much would still agree, and how surprising it is.

A *verdict* compares numbers with a law. It always holds an effect size, which says how far the two
are apart, and (where there is chance) a p-value, which says how surprising that distance is.
`lecture_utils.teaching.claims` turns verdicts into sentences that a page stands by.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from lecture_utils._checks import finite_array, positive, positive_int, shape_match
from lecture_utils.estimates import mean_and_error
from lecture_utils.spectra import surmise_distance, surmise_null

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


# --- numbers as text -----------------------------------------------------------------------------


def power_text(value):
    """Write a number that is not negative with two digits: 0.31, 300, 4.2·10⁵, 10⁻⁷."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    value = float(f"{value:.2g}")
    exponent = math.floor(math.log10(value))
    if -4 < exponent < 4:
        return f"{value:.0f}" if exponent > 0 else f"{value:g}"
    mantissa = f"{value / 10.0**exponent:.1f}".removesuffix(".0")
    power = "10" + str(exponent).translate(_SUPERSCRIPTS)
    return power if mantissa == "1" else f"{mantissa}·{power}"


def with_error(value, error):
    """Write a value with its standard error on the last digits: 0.1001(3), 2.999(26).

    The error keeps two digits when it starts with 1 or 2, otherwise one.
    """
    if not (math.isfinite(value) and math.isfinite(error)):
        return f"{value:g} ± {error:g}"
    decimals, power = _rounding(value, error)
    error = round(error / 10.0**power, decimals)
    in_last_digits = f"{error * 10 ** max(decimals, 0):.0f}"
    return _rounded(value, decimals, power, f"({in_last_digits})")


def _rounding(value, error):
    """Decimals that `error` leaves to `value`, and the power of ten that both are written in."""
    largest = math.floor(math.log10(max(abs(value), error)))
    power = 0 if -4 < largest < 6 else largest
    two_digits = f"{error / 10.0**power:.1e}"
    return (two_digits[0] in "12") - int(two_digits.split("e")[1]), power


def _rounded(value, decimals, power, error=""):
    digits = f"{round(value / 10.0**power, decimals):.{max(decimals, 0)}f}"
    return digits + error + (f"·10{str(power).translate(_SUPERSCRIPTS)}" if power else "")


# --- verdicts ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """Outcome of one comparison.

    Attributes
    ----------
    test : str
        "KS", "z", "t", "chi2" or "identity".
    statistic : float
        Value of the test statistic.
    n_eff : float or None
        Number of independent data that the p-value assumes.
    p_value : float or None
        Two-sided; None where nothing is random.
    effect, bound : float
        Distance between data and law, and the largest distance that counts as agreement.
    effect_name : str
        What `effect` is. A "relative deviation" is shown in per cent.
    measured, error, expected : float or None
        The value compared, its standard error, and its theory, where there is one.
    """

    test: str
    statistic: float
    n_eff: float | None
    p_value: float | None
    effect: float
    bound: float
    effect_name: str
    measured: float | None = None
    error: float | None = None
    expected: float | None = None

    @property
    def within(self):
        """Whether the effect stays within its bound."""
        return self.effect <= self.bound

    def values_text(self):
        """The measured value with its error, and the expected one to as many decimals."""
        measured = with_error(self.measured, self.error)
        if not (math.isfinite(self.measured) and math.isfinite(self.error)):
            return measured, f"{self.expected:g}"
        return measured, _rounded(self.expected, *_rounding(self.measured, self.error))

    def effect_text(self):
        """Effect against its bound: ``KS D = 0.004 ≤ 0.02``."""
        sign = "≤" if self.within else ">"
        if self.effect_name == "relative deviation":
            effect, bound = power_text(100 * self.effect), power_text(100 * self.bound)
            return f"deviation {effect} % {sign} {bound} %"
        return f"{self.effect_name} = {power_text(self.effect)} {sign} {power_text(self.bound)}"

    def p_text(self):
        """The p-value: ``p = 0.31``, or ``p < 10⁻³⁰⁰`` where it is too small for a float."""
        return f"p = {power_text(self.p_value)}" if self.p_value > 1e-300 else "p < 10⁻³⁰⁰"

    def text(self):
        """One line for the axes of a figure: ``KS D = 0.004 ≤ 0.02, n = 10⁵``."""
        parts = []
        if self.measured is not None:
            parts.append(" vs ".join(self.values_text()))
        parts.append(self.effect_text())
        if self.n_eff is not None:
            parts.append(f"n = {power_text(self.n_eff)}")
        return ", ".join(parts)


def ks_verdict(sample, law, *, bound, n_eff=None):
    """Compare a sample with a continuous law by the Kolmogorov-Smirnov distance.

    Parameters
    ----------
    sample : array_like
        Any shape; all values are used.
    law : scipy.stats frozen distribution or callable
        The law, or its cumulative distribution function. None of its parameters may be fitted to
        the sample: the p-value would be too large.
    bound : float
        Largest distance that counts as agreement.
    n_eff : float, optional
        Number of independent values; all of them unless given.

    Returns
    -------
    Verdict
        Its p-value is exact for independent values.

    Raises
    ------
    ValueError
        If the sample is empty or not finite, or `bound` or `n_eff` is not positive.
    """
    sample = np.ravel(finite_array("sample", sample))
    cdf = law.cdf if hasattr(law, "cdf") else law
    n_eff = sample.size if n_eff is None else positive("n_eff", n_eff)
    distance = float(stats.kstest(sample, cdf, mode="asymp").statistic)
    return Verdict(
        test="KS",
        statistic=distance,
        n_eff=float(n_eff),
        p_value=_ks_p_value(distance, n_eff),
        effect=distance,
        bound=positive("bound", bound),
        effect_name="KS D",
    )


def two_sample_verdict(a, b, *, bound, n_eff=None):
    """Compare two samples by the Kolmogorov-Smirnov distance.

    Parameters
    ----------
    a, b : array_like
        Any shapes.
    bound : float
        Largest distance that counts as agreement.
    n_eff : pair of float, optional
        Numbers of independent values in `a` and `b`; all of them unless given.

    Returns
    -------
    Verdict
        Its `n_eff` is n_a n_b / (n_a + n_b), the size of a single sample of the same power.

    Raises
    ------
    ValueError
        If a sample is empty or not finite, or `bound` or a value of `n_eff` is not positive.
    """
    a, b = (np.ravel(finite_array(name, values)) for name, values in (("a", a), ("b", b)))
    n_a, n_b = (a.size, b.size) if n_eff is None else (positive("n_eff", n) for n in n_eff)
    distance = float(stats.ks_2samp(a, b, method="asymp").statistic)
    together = n_a * n_b / (n_a + n_b)
    return Verdict(
        test="KS",
        statistic=distance,
        n_eff=together,
        p_value=_ks_p_value(distance, together),
        effect=distance,
        bound=positive("bound", bound),
        effect_name="KS D",
    )


def _ks_p_value(distance, n):
    return float(stats.kstwo.sf(distance, max(round(n), 1)))


def value_verdict(measured, error, expected, *, bound):
    """Compare a value of known Gaussian error with its theory: a two-sided z test.

    Parameters
    ----------
    measured, error, expected : float
        The value, its standard error and the theory.
    bound : float
        Largest relative deviation (absolute where `expected` is zero) that counts as agreement.

    Raises
    ------
    ValueError
        If a number is not finite, or `error` or `bound` is not positive.
    """
    return _location_verdict("z", measured, error, expected, bound, stats.norm(), None)


def mean_verdict(samples, expected, *, bound):
    """Compare a mean over independent runs with its theory: a two-sided t test.

    Parameters
    ----------
    samples : array_like, shape (runs, ...)
        Values of one run may depend on each other: a run counts as one number, its mean.
    expected : float
    bound : float
        Largest relative deviation (absolute where `expected` is zero) that counts as agreement.

    Raises
    ------
    ValueError
        If there are fewer than two runs, or they do not differ.
    """
    samples = finite_array("samples", samples)
    if samples.ndim == 0 or len(samples) < 2:
        raise ValueError(f"samples must hold at least two runs, got shape {samples.shape}")
    measured, error = mean_and_error(samples)
    if error <= 8 * np.finfo(float).eps * np.max(np.abs(samples)):  # no more than rounding
        raise ValueError(f"samples must vary, got the constant {samples.flat[0]}")
    runs = len(samples)
    return _location_verdict("t", measured, error, expected, bound, stats.t(runs - 1), runs)


def _location_verdict(test, measured, error, expected, bound, null, n_eff):
    measured, expected = (
        float(finite_array(name, value, ndim=0))
        for name, value in (("measured", measured), ("expected", expected))
    )
    error = positive("error", error)
    statistic = (measured - expected) / error
    difference = abs(measured - expected)
    return Verdict(
        test=test,
        statistic=statistic,
        n_eff=n_eff,
        p_value=float(2 * null.sf(abs(statistic))),
        effect=difference / abs(expected) if expected else difference,
        bound=positive("bound", bound),
        effect_name="relative deviation" if expected else "difference",
        measured=measured,
        error=error,
        expected=expected,
    )


def chi2_verdict(observed, expected_counts, *, bound, fitted=0):
    """Compare counts of independent events with expected counts: Pearson's test.

    Parameters
    ----------
    observed, expected_counts : array_like, shape (bins,)
        With equal sums; every expected count must be at least 5.
    bound : float
        Largest Cohen's w, the root of chi2 over the number of events, that counts as agreement.
    fitted : int
        Number of parameters of the law that were fitted to the counts.

    Raises
    ------
    ValueError
        If shapes or sums differ, an expected count is below 5, or no degree of freedom is left.
    """
    observed = finite_array("observed", observed, ndim=1)
    expected_counts = finite_array("expected_counts", expected_counts, ndim=1)
    shape_match("expected_counts", expected_counts, observed.shape, "one per observed count")
    if expected_counts.min() < 5:
        raise ValueError(
            f"expected_counts must be at least 5 in every bin, got {expected_counts.min():.3g}"
        )
    if not np.isclose(observed.sum(), expected_counts.sum(), rtol=1e-8):
        raise ValueError(
            f"expected_counts must add up to the {observed.sum():g} observed, "
            f"got {expected_counts.sum():g}"
        )
    freedom = observed.size - 1 - fitted
    positive_int("bins - 1 - fitted", freedom)
    chi2, p_value = stats.chisquare(observed, expected_counts, ddof=fitted)
    total = float(observed.sum())
    return Verdict(
        test="chi2",
        statistic=float(chi2),
        n_eff=total,
        p_value=float(p_value),
        effect=float(np.sqrt(chi2 / total)),
        bound=positive("bound", bound),
        effect_name="Cohen's w",
    )


def identity_verdict(left, right, *, bound):
    """Compare two sides of an exact identity, where nothing is random.

    The effect is the largest difference over the largest absolute value of `right` (the largest
    difference itself where `right` is zero).

    Raises
    ------
    ValueError
        If the shapes differ or a value is not finite.
    """
    left, right = finite_array("left", left), finite_array("right", right)
    shape_match("left", left, right.shape, "the shape of right")
    scale = np.max(np.abs(right))
    effect = float(np.max(np.abs(left - right)) / (scale if scale > 0 else 1.0))
    return Verdict(
        test="identity",
        statistic=effect,
        n_eff=None,
        p_value=None,
        effect=effect,
        bound=positive("bound", bound),
        effect_name="largest difference",
    )


def family_verdict(measured, errors, expected, *, bound):
    """Compare independent values of known Gaussian errors with their theories: chi squared.

    Parameters
    ----------
    measured, errors : array_like, shape (n,)
    expected : float or array_like, shape (n,)
    bound : float
        Largest relative deviation (absolute where the theory is zero) that counts as agreement.

    Returns
    -------
    Verdict
    """
    measured = finite_array("measured", measured, ndim=1)
    errors = shape_match("errors", finite_array("errors", errors), measured.shape, "as measured")
    expected = np.broadcast_to(finite_array("expected", expected, ndim=(0, 1)), measured.shape)
    positive("the smallest of errors", errors.min())
    chi2 = float(np.sum(((measured - expected) / errors) ** 2))
    return Verdict(
        test="chi2",
        statistic=chi2,
        n_eff=None,
        p_value=float(stats.chi2.sf(chi2, measured.size)),
        effect=float(np.max(np.abs(measured - expected) / np.where(expected, abs(expected), 1))),
        bound=positive("bound", bound),
        effect_name="largest deviation",
    )


def surmise_verdict(spacings, *, bound, rng):
    """Compare families of spacings, each in units of its own mean, with Wigner's surmise.

    Scaling a sample by its own mean brings it closer to the law; the null is that of samples
    treated alike (`lecture_utils.spectra.surmise_null`), and the p-value that of the worst family.

    Parameters
    ----------
    spacings : array_like, shape (families, n)
        Independent spacings.
    bound : float
        Largest distance that counts as agreement.
    rng : numpy.random.Generator or int
        For the null.

    Returns
    -------
    Verdict
    """
    spacings = finite_array("spacings", spacings, ndim=2)
    families, n = spacings.shape
    distance = surmise_distance(spacings).max()
    null = surmise_null(rng=rng)
    tail = np.quantile(null, 0.99)
    if distance <= tail:
        single = np.mean(null >= distance)
    else:  # counting cannot give a small p-value: beyond 99 % the null falls as a Gaussian
        rate = 1 / np.mean(null[null > tail] ** 2 - tail**2)
        single = 0.01 * np.exp(-rate * (distance**2 - tail**2))
    return Verdict(
        test="KS",
        statistic=float(distance),
        n_eff=float(n),
        p_value=float(-np.expm1(families * np.log1p(-single))),
        effect=float(distance / np.sqrt(n)),
        bound=positive("bound", bound),
        effect_name="largest KS D" if families > 1 else "KS D",
    )


def worst(verdicts):
    """Return the verdict whose effect is largest in units of its bound, without a p-value.

    The largest of several distances is no draw from the law of one: its p-value would mean nothing.

    Parameters
    ----------
    verdicts : iterable of Verdict

    Returns
    -------
    Verdict
    """
    return replace(max(verdicts, key=lambda v: v.effect / v.bound), p_value=None)


def holm(p_values):
    """Adjust the p-values of one family of tests for their number (Holm's step-down method).

    Parameters
    ----------
    p_values : array_like, shape (tests,)

    Returns
    -------
    numpy.ndarray, shape (tests,)
        Reject where the adjusted value is below the family's level, in the order given.

    Raises
    ------
    ValueError
        If a value is outside [0, 1].

    References
    ----------
    S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 65
    (1979).
    """
    p_values = finite_array("p_values", p_values, ndim=1)
    if p_values.min() < 0 or p_values.max() > 1:
        raise ValueError(f"p_values must lie between 0 and 1, got {p_values}")
    order = np.argsort(p_values)
    steps = p_values[order] * np.arange(p_values.size, 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
