"""Spectral statistics against exact values, quadrature and spectra whose answer is known."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import integrate, stats

from lecture_utils import ensembles, laws, spectra


def poisson_levels(samples, n, rng):
    """Uncorrelated levels, uniform on [0, n]."""
    return np.sort(np.random.default_rng(rng).uniform(0, n, (samples, n)))


def semicircle(n, beta=1):
    return stats.semicircular(scale=np.sqrt(2 * beta * n))


# --- levels --------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(6, 4), (3, 6, 4), (2, 3, 4, 4), (5, 2, 4)])
def test_gram_gives_the_eigenvalues_of_the_product(shape):
    weights = np.random.default_rng(0).standard_normal(shape)
    levels = spectra.gram(weights)
    product = weights.swapaxes(-1, -2) @ weights
    assert levels.shape == (*shape[:-2], 4)
    np.testing.assert_allclose(levels, np.linalg.eigvalsh(product), atol=1e-12)
    assert np.all(np.diff(levels) >= 0)
    assert np.all(levels >= 0)


def test_gram_works_in_float64():
    weights = np.diag([1.0, 1e-6]).astype(np.float32)
    np.testing.assert_allclose(spectra.gram(weights), [1e-12, 1.0], rtol=1e-6)


@given(hnp.arrays(float, (4, 7), elements=st.floats(-1e3, 1e3)))
def test_spacings_sum_to_the_span(values):
    levels = np.sort(values)
    spacings = spectra.level_spacings(levels)
    assert spacings.shape == (4, 6)
    assert np.all(spacings >= 0)
    np.testing.assert_allclose(spacings.sum(axis=1), np.ptp(levels, axis=1), atol=1e-9)


def test_relative_spacings_have_mean_one_at_each_position():
    levels = ensembles.gaussian_spectra(500, 6, rng=1)
    np.testing.assert_allclose(spectra.relative_spacings(levels).mean(axis=0), 1)


def test_two_levels_give_the_wigner_surmise_exactly():
    s = spectra.relative_spacings(ensembles.gaussian_spectra(100_000, 2, rng=2)).ravel()
    # The scale comes from the same sample, which makes the textbook p-value too large, never small.
    assert stats.kstest(s, stats.rayleigh(scale=np.sqrt(2 / np.pi)).cdf).pvalue > 1e-3
    assert stats.kstest(s, stats.expon.cdf).pvalue < 1e-6


# --- unfolding -----------------------------------------------------------------------------------


def test_unfolding_by_the_law_makes_levels_uniform():
    rng = np.random.default_rng(3)
    levels = np.sort(stats.semicircular.rvs(size=(2_000, 50), random_state=rng))
    by_law = spectra.unfold(levels, stats.semicircular())
    np.testing.assert_array_equal(by_law, spectra.unfold(levels, stats.semicircular.cdf))
    assert stats.kstest(by_law.ravel(), stats.uniform(0, 50).cdf).pvalue > 1e-3
    raw = 50 * (levels + 1) / 2
    assert stats.kstest(raw.ravel(), stats.uniform(0, 50).cdf).pvalue < 1e-6


@pytest.mark.parametrize(
    ("draw", "law"),
    [
        (lambda samples: poisson_levels(samples, 20, 4), stats.uniform(0, 20)),
        (
            lambda samples: np.sort(stats.semicircular.rvs(size=(samples, 20), random_state=5)),
            stats.semicircular(),
        ),
    ],
)
def test_empirical_unfolding_is_unbiased_and_converges(draw, law):
    spread = []
    for samples in (500, 8_000):
        levels = draw(samples)
        exact, empirical = spectra.unfold(levels, law), spectra.unfold(levels)
        assert empirical.min() > 0
        assert empirical.max() < 20
        # Kolmogorov's law bounds the distance of the two distribution functions.
        distance = np.abs(empirical - exact).max() / 20
        assert distance < stats.kstwobign.isf(1e-3) / np.sqrt(20 * samples)
        error = spectra.level_spacings(empirical) - spectra.level_spacings(exact)
        assert abs(error.mean()) < 2 / np.sqrt(20 * samples)
        spread.append(error.std())
    assert spread[1] < spread[0] / 2  # a sample 16 times larger: a quarter expected


def test_empirical_unfolding_of_small_matrices_keeps_the_spacings():
    # The lecture's 64 x 16: the raw spacings fail, unfolded by the ensemble they do not.
    levels = ensembles.wishart_spectra(4_000, 64, 16, rng=6)
    law = stats.rayleigh(scale=np.sqrt(2 / np.pi))

    def distance(s):
        return stats.kstest((s / s.mean()).ravel(), law.cdf).statistic

    assert distance(spectra.level_spacings(levels)) > 0.05
    assert distance(spectra.level_spacings(spectra.unfold(levels))) < 0.015
    assert distance(spectra.relative_spacings(levels)) < 0.015


# --- spacing ratios ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beta", "expected"),
    # Three levels, exactly (Atas et al., table I).
    [
        (1, 4 - 2 * np.sqrt(3)),
        (2, 2 * np.sqrt(3) / np.pi - 1 / 2),
        (4, 32 * np.sqrt(3) / (15 * np.pi) - 1 / 2),
    ],
)
def test_mean_ratio_of_three_levels(beta, expected):
    ratios = spectra.spacing_ratios(ensembles.gaussian_spectra(100_000, 3, beta=beta, rng=6))
    assert ratios.shape == (100_000, 1)
    assert ratios.mean() == pytest.approx(expected, abs=4 * stats.sem(ratios, axis=None))


@pytest.mark.parametrize(("beta", "expected"), [(1, 0.5307), (2, 0.5996), (4, 0.6744)])
def test_mean_ratio_of_many_levels(beta, expected):
    levels = ensembles.gaussian_spectra(1_500, 100, beta=beta, rng=7)[:, 20:80]
    ratios = spectra.spacing_ratios(levels).mean(axis=1)
    assert ratios.mean() == pytest.approx(expected, abs=4 * stats.sem(ratios))
    assert stats.ttest_1samp(ratios, 2 * np.log(2) - 1).pvalue < 1e-6


def test_mean_ratio_of_uncorrelated_levels():
    ratios = spectra.spacing_ratios(poisson_levels(2_000, 60, 8)).mean(axis=1)
    assert ratios.mean() == pytest.approx(2 * np.log(2) - 1, abs=4 * stats.sem(ratios))
    assert stats.ttest_1samp(ratios, 0.5307).pvalue < 1e-6


@given(hnp.arrays(float, (3, 6), elements=st.floats(-10, 10), unique=True))
def test_ratios_do_not_depend_on_scale(values):
    levels = np.sort(values)
    if np.any(np.diff(levels) < 1e-6):
        return
    ratios = spectra.spacing_ratios(levels)
    assert np.all((ratios >= 0) & (ratios <= 1))
    np.testing.assert_allclose(spectra.spacing_ratios(3 * levels), ratios, rtol=1e-6)


# --- Binder cumulant -----------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 3, 5, 10, 50])
def test_binder_cumulant_of_goe_levels(n):
    samples = 60_000 if n <= 10 else 3_000
    estimate = spectra.binder_cumulant(ensembles.gaussian_spectra(samples, n, rng=9), rng=10)
    expected = -(n - 1) * (n + 2) / (3 * (n + 1) ** 2)
    assert estimate.value == pytest.approx(expected, abs=4 * estimate.error)
    assert estimate.error < 0.004
    assert abs(estimate.value) > 5 * estimate.error  # not Gaussian


def test_binder_error_is_that_of_matrices_not_of_levels():
    levels = ensembles.gaussian_spectra(4_000, 10, sigma=3.0, rng=11)
    estimate = spectra.binder_cumulant(levels, resamples=400, rng=12)
    # Second way: propagate the covariance of the two moments of each matrix.
    second, fourth = np.mean(levels**2, axis=1), np.mean(levels**4, axis=1)
    slope = np.array([-2 * fourth.mean() / second.mean() ** 3, 1 / second.mean() ** 2]) / 3
    covariance = np.cov(second, fourth) / len(levels)
    assert estimate.error == pytest.approx(np.sqrt(slope @ covariance @ slope), rel=0.15)
    # Third way: the spread of repeated experiments.
    repeats = [
        spectra.binder_cumulant(block, resamples=2, rng=0).value
        for block in ensembles.gaussian_spectra(60 * 4_000, 10, rng=13).reshape(60, 4_000, 10)
    ]
    assert estimate.error == pytest.approx(np.std(repeats, ddof=1), rel=0.35)


def test_binder_cumulant_of_gaussian_numbers_vanishes():
    numbers = np.random.default_rng(14).standard_normal((20_000, 3))
    estimate = spectra.binder_cumulant(numbers, rng=15)
    assert estimate.value == pytest.approx(0, abs=4 * estimate.error)


# --- number variance -----------------------------------------------------------------------------


def cluster_function(r, beta):
    """Two-level cluster functions in the bulk (Mehta 2004), by quadrature where needed."""

    def sine(x):
        return np.sinc(x)

    def slope(x):
        return 0.0 if x == 0 else (np.cos(np.pi * x) - np.sinc(x)) / x

    if beta == 2:
        return sine(r) ** 2
    if beta == 1:
        return sine(r) ** 2 + slope(r) * (0.5 - integrate.quad(sine, 0, r)[0])
    return sine(2 * r) ** 2 - 2 * slope(2 * r) * integrate.quad(lambda x: sine(2 * x), 0, r)[0]


@pytest.mark.parametrize("beta", [1, 2, 4])
@pytest.mark.parametrize("length", [0.1, 1.0, 3.7])
def test_exact_number_variance_is_the_integral_of_the_cluster_function(beta, length):
    overlap, _ = integrate.quad(
        lambda r: (length - r) * cluster_function(r, beta), 0, length, limit=200
    )
    exact = spectra.number_variance_exact(length, beta=beta)
    assert exact == pytest.approx(length - 2 * overlap, rel=1e-6)


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_measured_number_variance_follows_the_exact_curve(beta):
    n, lengths = 160, np.array([0.3, 1.0, 2.5, 6.0])
    levels = ensembles.gaussian_spectra(1_200, n, beta=beta, rng=16)
    measured = spectra.number_variance(
        spectra.unfold(levels, semicircle(n, beta)), lengths, margin=0.2
    )
    exact = spectra.number_variance_exact(lengths, beta=beta)
    np.testing.assert_array_less(abs(measured.value - exact), 4 * measured.error + 0.002)
    assert np.all(np.abs(measured.value - lengths) > 20 * measured.error)


def test_number_variance_of_controls():
    # A binomial count: L (1 - L / n).
    n, lengths = 100, np.array([1.0, 7.3])
    poisson = spectra.number_variance(poisson_levels(2_000, n, 17), lengths, margin=0)
    expected = lengths * (1 - lengths / n)
    np.testing.assert_array_less(abs(poisson.value - expected), 4 * poisson.error)
    fence = np.arange(n) + np.array([[0.5], [0.5]])
    np.testing.assert_allclose(spectra.number_variance(fence, [1.0, 5.0]).value, 0, atol=1e-12)


def test_number_variance_grows_with_the_logarithm():
    lengths = np.array([50.0, 100.0])
    for beta in (1, 2, 4):
        slope = np.diff(spectra.number_variance_exact(lengths, beta=beta))[0] / np.log(2)
        assert slope == pytest.approx(2 / (beta * np.pi**2), rel=0.02)


# --- bad input -----------------------------------------------------------------------------------


def test_bad_input_is_named():
    good = np.arange(8.0).reshape(2, 4)
    with pytest.raises(ValueError, match="weights must have at least 2 dimensions, got 1"):
        spectra.gram([1.0, 2.0])
    with pytest.raises(ValueError, match="levels must have at least 2 levels"):
        spectra.level_spacings([1.0])
    with pytest.raises(ValueError, match="levels must have at least 2 levels"):
        spectra.level_spacings(1.0)
    with pytest.raises(ValueError, match="levels must have at least 3 levels"):
        spectra.spacing_ratios([1.0, 2.0])
    with pytest.raises(ValueError, match="three equal levels"):
        spectra.spacing_ratios([1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="at least 2 samples"):
        spectra.binder_cumulant(good[:1], rng=0)
    with pytest.raises(ValueError, match="resamples must be"):
        spectra.binder_cumulant(good, resamples=0, rng=0)
    with pytest.raises(ValueError, match="margin must be"):
        spectra.number_variance(good, 1.0, margin=0.5)
    with pytest.raises(ValueError, match="unfolded must have at least 2 samples"):
        spectra.number_variance(good[:1], 1.0)
    for length in (0.0, -1.0, 5.0):
        with pytest.raises(ValueError, match="lengths must lie in"):
            spectra.number_variance(good, length)
    with pytest.raises(ValueError, match="beta must be 1, 2 or 4, got 3"):
        spectra.number_variance_exact(1.0, beta=3)
    with pytest.raises(ValueError, match="lengths must be"):
        spectra.number_variance_exact([1.0, 0.0], beta=1)


@given(bad=st.sampled_from([np.nan, np.inf, -np.inf]), row=st.integers(0, 2))
def test_levels_that_are_not_numbers_are_named(bad, row):
    levels = np.arange(12.0).reshape(3, 4)
    levels[row, 1] = bad
    for statistic in (
        spectra.level_spacings,
        spectra.relative_spacings,
        spectra.spacing_ratios,
        spectra.unfold,
        partial(spectra.binder_cumulant, rng=0),
    ):
        with pytest.raises(ValueError, match="levels must be finite"):
            statistic(levels)


def test_levels_must_ascend():
    for statistic in (spectra.level_spacings, spectra.relative_spacings, spectra.unfold):
        with pytest.raises(ValueError, match="levels must ascend"):
            statistic([[2.0, 1.0, 3.0]])


# --- pairs, and the surmise with an estimated scale


def test_distance_is_scipys_and_does_not_know_the_scale():
    s = np.random.default_rng(12).gamma(2, size=(3, 400))
    ours = spectra.surmise_distance(s)
    for row, value in zip(s, ours, strict=True):
        d = stats.kstest(row / row.mean(), laws.wigner_surmise(1).cdf).statistic
        assert value == pytest.approx(np.sqrt(400) * d, rel=1e-12)
    np.testing.assert_allclose(spectra.surmise_distance(7 * s), ours, rtol=1e-12)


def test_null_has_the_quantiles_of_an_estimated_scale_not_the_textbook_ones():
    null = spectra.surmise_null(20_000, 1000, rng=13)
    assert null.shape == (20_000,)
    assert np.all(np.diff(null) >= 0)
    tabulated = [0.665, 0.901, 0.982]  # from a simulation of larger samples
    np.testing.assert_allclose(np.quantile(null, [0.5, 0.9, 0.95]), tabulated, rtol=0.02)
    assert stats.kstest(null, stats.kstwobign.cdf).pvalue < 1e-6


def goe_pairs(runs, rng):
    return ensembles.gaussian_spectra(runs, 2, sigma=0.7, rng=rng)


def test_pairs_of_two_by_two_matrices():
    found = spectra.pair_statistics(goe_pairs(200_000, 20))
    expected = (np.sqrt(np.pi) * 0.7, 4 / np.pi, -4 / 27)
    estimates = (found.spacing, found.square, found.cumulant)
    for estimate, value in zip(estimates, expected, strict=True):
        assert abs(estimate.value - value) < 4 * estimate.error
        assert estimate.error < 0.01


def test_errors_of_pair_statistics_cover_and_runs_are_the_unit():
    rng, pulls = np.random.default_rng(21), []
    for _ in range(400):
        found = spectra.pair_statistics(goe_pairs(1500, rng))
        estimates = (found.spacing, found.square, found.cumulant)
        values = (np.sqrt(np.pi) * 0.7, 4 / np.pi, -4 / 27)
        pulls.append([(e.value - v) / e.error for e, v in zip(estimates, values, strict=True)])
    for column in np.transpose(pulls):
        assert column.std() == pytest.approx(1, abs=0.15)
    pairs = goe_pairs(500, 22)
    twice = spectra.pair_statistics(np.stack([pairs, pairs], axis=1))
    assert twice.cumulant == spectra.pair_statistics(pairs).cumulant


def test_pairs_have_two_levels():
    with pytest.raises(ValueError, match="levels must have shape"):
        spectra.pair_statistics(np.arange(6.0).reshape(2, 3))


def test_equal_levels_have_no_relative_spacings():
    with pytest.raises(ValueError, match="levels must not coincide"):
        spectra.relative_spacings([[1.0, 1.0, 2.0], [3.0, 3.0, 5.0]])
    with pytest.raises(ValueError, match="spacings must have a mean above zero"):
        spectra.surmise_distance([0.0, 0.0])


def test_estimates_of_arrays_can_be_compared():
    one, same, other = (spectra.Estimate(np.array([1.0, x]), np.ones(2)) for x in (2, 2, 3))
    assert one == same
    assert one != other
    assert one != 1.0
