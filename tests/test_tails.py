"""Bulk, tail and spacings against samples of known laws, quadrature, and controls."""

import numpy as np
import pytest
from scipy import integrate, stats

from lecture_utils import ensembles, laws, tails

AGREES, REJECTED = 1e-3, 1e-6
RNG = 20250916
BENT = ["truncated power", "log-normal"]


def truncated_power(size, exponent, cutoff, x_min, rng):
    """Draw from a density proportional to x^-a exp(-x/c) by rejection from the power law."""
    x = np.empty(0)
    while len(x) < size:
        proposed = x_min * (1 - rng.random(4 * size)) ** (-1 / (exponent - 1))
        x = np.append(x, proposed[rng.random(4 * size) < np.exp(-(proposed - x_min) / cutoff)])
    return x[:size]


# --- bulk ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("amplitude", [1.0, 0.6])
def test_bulk_of_a_mixture_is_found(amplitude):
    rng = np.random.default_rng(RNG)
    law = laws.marchenko_pastur(0.25, 0.4)
    n = 20_000
    bulk = law.rvs(int(amplitude * n), random_state=rng)
    tail = 1.0 + rng.pareto(2.0, n - len(bulk))  # above the edge 0.9
    quantile = 0.8 * amplitude
    found = tails.marchenko_pastur_bulk(np.append(bulk, tail), 0.25, quantile=quantile)
    assert found.amplitude == pytest.approx(amplitude - 0.02, abs=0.015)  # the background
    assert found.variance == pytest.approx(0.4, rel=0.02)
    np.testing.assert_allclose(found.edges, [found.variance / 4, found.variance * 9 / 4])
    mass, _ = integrate.quad(found.pdf, *found.edges)
    assert mass == pytest.approx(found.amplitude, rel=1e-6)
    middle = law.median()
    assert found.pdf(middle) == pytest.approx(amplitude * law.pdf(middle), rel=0.05)


def test_bulk_of_small_random_matrices_has_the_stated_bias():
    levels = ensembles.wishart_spectra(2000, 64, 16, sigma=0.5, rng=RNG).reshape(20, 100, 16)
    found = [tails.marchenko_pastur_bulk(part, 0.25) for part in levels]
    assert np.mean([bulk.amplitude for bulk in found]) == pytest.approx(0.95, abs=0.015)
    assert np.mean([bulk.variance for bulk in found]) == pytest.approx(16, rel=0.05)


@pytest.mark.parametrize("quantile", [0.7, 1.0])
def test_fit_is_the_best_of_its_neighbours(quantile):
    """The Poisson likelihood with scipy's own functions, at the fit and around it."""
    x = np.append(ensembles.wishart_spectra(200, 64, 16, rng=RNG), np.linspace(60, 200, 600))
    found = tails.marchenko_pastur_bulk(x, 0.25, quantile=quantile)
    ends = np.linspace(0, np.quantile(x, quantile), 21)
    counts, _ = np.histogram(x, ends)

    def likelihood(amplitude, variance):
        cells = np.diff(laws.marchenko_pastur(0.25, variance).cdf(ends))
        return stats.poisson(len(x) * (amplitude * cells + 0.02 / 20)).logpmf(counts).sum()

    best = likelihood(found.amplitude, found.variance)
    for step in (-0.01, 0.01):
        assert likelihood(found.amplitude + step, found.variance) < best
        assert likelihood(found.amplitude, found.variance * (1 + step)) < best


def test_bulk_scales_with_the_levels():
    levels = ensembles.wishart_spectra(50, 64, 16, rng=RNG)
    one, ten = (tails.marchenko_pastur_bulk(scale * levels, 0.25) for scale in (1, 10))
    assert ten.amplitude == pytest.approx(one.amplitude, abs=1e-3)
    assert ten.variance == pytest.approx(10 * one.variance, rel=1e-3)


# --- tail ----------------------------------------------------------------------------------------


def test_power_law_is_fitted_and_its_error_is_that_of_theory():
    rng = np.random.default_rng(RNG)
    x = 3.0 * (1 + rng.pareto(1.5, (400, 500)))
    exponents = np.array([tails.fit_tail(row, x_min=3.0).exponent for row in x])
    # The estimate of the rate of an exponential law: an inverse Gamma variate.
    law = stats.invgamma(500, loc=1, scale=500 * 1.5)
    assert stats.kstest(exponents, law.cdf).pvalue > AGREES
    assert stats.kstest(exponents + 0.05, law.cdf).pvalue < REJECTED


def test_truncated_power_law_is_found():
    x = truncated_power(40_000, 1.7, 12.0, 0.5, np.random.default_rng(RNG))
    fit = tails.fit_tail(x, "truncated power", 0.5)
    assert fit.exponent == pytest.approx(1.7, abs=0.03)
    assert fit.x_min / fit.bend == pytest.approx(12.0, rel=0.1)


def test_log_normal_is_found():
    x = np.random.default_rng(RNG).lognormal(0.4, 0.8, 60_000)
    fit = tails.fit_tail(x, "log-normal", 0.9)
    width2 = 1 / fit.bend
    assert width2 == pytest.approx(0.64, rel=0.05)
    # p(x) ~ exp(-(log x - mu)^2 / 2 s^2) / x: its slope at x_min gives mu.
    mu = np.log(0.9) - (fit.exponent - 1) * width2
    assert mu == pytest.approx(0.4, abs=0.04)


@pytest.mark.parametrize(("law", "bend"), [("power", 0), *((law, 0.3) for law in BENT)])
def test_densities_integrate_to_one_and_give_the_likelihood(law, bend):
    rng = np.random.default_rng(RNG)
    x = truncated_power(300, 2.2, 2.0 / max(bend, 0.01), 2.0, rng)
    fit = tails.fit_tail(x, law, 2.0)
    mass, _ = integrate.quad(lambda y: fit.pdf(np.exp(y)) * np.exp(y), np.log(2), 60, limit=200)
    assert mass == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(fit.log_likelihood, np.log(fit.pdf(np.sort(x))), rtol=1e-9)
    np.testing.assert_array_equal(fit.pdf([0.5, 1.99]), 0)


@pytest.mark.parametrize("law", BENT)
def test_fits_are_the_best_of_their_neighbours(law):
    """The likelihood by quadrature, at the fit and around it."""
    x = truncated_power(400, 1.5, 5.0, 1.0, np.random.default_rng(RNG))
    fit = tails.fit_tail(x, law, 1.0)
    bends = {"truncated power": lambda y: np.exp(y) - 1, "log-normal": lambda y: y**2 / 2}

    def likelihood(exponent, bend):
        def weight(y):
            return np.exp(-(exponent - 1) * y - bend * bends[law](y))

        y = np.log(x)
        return np.log(weight(y)).sum() - len(x) * np.log(integrate.quad(weight, 0, 30)[0]) - y.sum()

    best = likelihood(fit.exponent, fit.bend)
    assert best == pytest.approx(fit.log_likelihood.sum(), rel=1e-9)
    for step in (0.01, -0.01):
        assert likelihood(fit.exponent + step, fit.bend) < best
        assert likelihood(fit.exponent, fit.bend + step * fit.bend) < best


def test_a_power_law_needs_no_bend():
    rng = np.random.default_rng(RNG)
    p_values = []
    for _ in range(100):
        x = 1 + rng.pareto(1.2, 400)
        power = tails.fit_tail(x, "power", 1.0)
        p_values += [tails.compare(tails.fit_tail(x, law, 1.0), power)[1] for law in BENT]
    p_values = np.reshape(p_values, (100, 2))
    # Half of the ratios are zero, the others chi-squared: p <= 0.1 in a tenth of the samples.
    assert np.all(stats.binomtest(int((p_values[:, 0] < 0.1).sum()), 100, 0.1).pvalue > AGREES)
    assert np.all(stats.binomtest(int((p_values[:, 1] < 0.1).sum()), 100, 0.1).pvalue > AGREES)
    # At the edge, bend = 0, the p-value is one or nearly one half.
    assert 25 < np.sum(p_values[:, 1] > 0.45) < 75


def test_p_value_of_a_nested_law_is_half_that_of_a_chi_squared():
    power = tails.Tail("power", 1.0, 2.0, 0.0, np.zeros(4))
    for gain, expected in ((0.5, 1 - stats.norm.cdf(2.0)), (-1e-9, 1.0)):
        bent = tails.Tail("log-normal", 1.0, 2.0, 0.1, np.full(4, gain))
        ratio, p_value = tails.compare(bent, power)
        assert ratio == pytest.approx(4 * gain)
        assert p_value == pytest.approx(expected)


def test_rivals_are_told_apart():
    rng = np.random.default_rng(RNG)
    x = rng.lognormal(0.0, 1.0, 4000)
    power, cut, normal = (tails.fit_tail(x, law, 0.5) for law in ("power", *BENT))
    assert tails.compare(normal, power)[1] < REJECTED
    ratio, p_value = tails.compare(normal, cut)
    assert ratio > 0
    assert p_value < 0.05
    assert tails.compare(cut, normal) == (-ratio, p_value)


def test_vuongs_statistic_is_normal_between_equally_wrong_laws():
    first = tails.Tail("log-normal", 1.0, 2.0, 0.1, np.zeros(1000))
    gains = np.random.default_rng(RNG).normal(0.0, 3.0, (500, 1000))
    p_values = [
        tails.compare(first, tails.Tail("truncated power", 1.0, 2.0, 0.1, gain))[1]
        for gain in gains
    ]
    assert stats.kstest(p_values, stats.uniform.cdf).pvalue > AGREES


def test_threshold_is_where_the_power_law_starts():
    rng = np.random.default_rng(RNG)
    x = np.append(rng.uniform(0, 2, 4000), 2 * (1 + rng.pareto(1.5, 1500)))
    x_min = tails.power_law_threshold(x)
    assert 1.9 < x_min < 2.6
    assert x_min in x
    assert tails.fit_tail(x).x_min == x_min
    assert tails.fit_tail(x).exponent == pytest.approx(2.5, abs=0.15)
    assert np.sum(x >= tails.power_law_threshold(x, at_least=1000)) >= 1000


def test_threshold_minimises_the_distance_of_scipy():
    x = np.sort(np.random.default_rng(RNG).lognormal(size=80))
    distances = []
    for start in range(51):
        tail = x[start:]
        exponent = len(tail) / np.log(tail / tail[0]).sum()
        law = stats.pareto(exponent, scale=tail[0])
        distances.append(stats.kstest(tail, law.cdf).statistic)
    assert tails.power_law_threshold(x, at_least=30) == x[np.argmin(distances)]


def test_equal_levels_are_no_tail():
    assert tails.power_law_threshold([1.0, 1.5, 2.0, 3.0, 3.0, 3.0], at_least=3) < 3


def test_bootstrap_gives_the_error_of_a_mean_of_runs():
    rng = np.random.default_rng(RNG)
    runs = rng.normal(size=(200, 1)) + 0.1 * rng.normal(size=(200, 10))  # correlated in a run
    mean = tails.bootstrap(np.mean, runs, resamples=1000, rng=1)
    assert mean.value == runs.mean()
    assert mean.error == pytest.approx(runs.mean(axis=1).std() / np.sqrt(200), rel=0.1)


# --- spacings ------------------------------------------------------------------------------------


def test_spacings_of_unequal_scales_are_unfolded():
    """Stretched by hand, matrix by matrix: only standardised levels give the surmise."""
    rng = np.random.default_rng(RNG)
    levels = ensembles.wishart_spectra(12 * 32, 64, 16, rng=rng).reshape(12, 32, 16)
    scale = np.exp(rng.normal(size=(12, 32, 1)))
    spacings = tails.class_spacings(scale * levels)
    assert spacings.shape == (12, 32, 15)
    np.testing.assert_allclose(spacings.mean(axis=1), 1)
    np.testing.assert_allclose(spacings, tails.class_spacings(levels))
    np.testing.assert_allclose(spacings, tails.class_spacings(levels**1.3))
    null = tails.class_null(levels.shape, 64, draws=100, rng=rng)
    assert tails.class_distance(scale * levels) < null[-1]
    raw = np.diff(scale * levels)
    raw = (raw / raw.mean(axis=1, keepdims=True)).ravel()
    assert stats.kstest(raw, laws.wigner_surmise().cdf).statistic > 3 * null[-1]


def test_the_null_is_ascending_and_holds_for_uniform_entries():
    rng = np.random.default_rng(RNG)
    shape = (2, 16, 16)
    null = tails.class_null(shape, 64, draws=200, rng=rng)
    assert np.all(np.diff(null) >= 0)
    uniform = [
        tails.class_distance(
            np.linalg.svd(rng.uniform(-1, 1, (2, 16, 64, 16)), compute_uv=False)[..., ::-1] ** 2
        )
        for _ in range(200)
    ]
    assert stats.ks_2samp(null, uniform).pvalue > AGREES
    assert stats.ks_2samp(null, 1.5 * np.array(uniform)).pvalue < REJECTED


def test_shuffled_levels_lose_their_repulsion_and_keep_their_density():
    levels = ensembles.wishart_spectra(200, 64, 16, rng=RNG).reshape(2, 100, 16)
    levels[1] += 1000
    dealt = tails.shuffled(levels, rng=RNG)
    np.testing.assert_array_equal(np.sort(dealt.reshape(2, -1)), np.sort(levels.reshape(2, -1)))
    assert np.all(np.diff(dealt) >= 0)
    assert tails.class_distance(dealt) > 0.1 > 3 * tails.class_distance(levels)


# --- bad input -----------------------------------------------------------------------------------


POWER = tails.Tail("power", 1.0, 2.0, 0.0, np.zeros(5))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tails.marchenko_pastur_bulk([0.0, 1.0], 0.25), "levels must be .* got 0.0"),
        (
            lambda: tails.marchenko_pastur_bulk([1.0, 2.0], 0.25, quantile=1.1),
            "quantile .* got 1.1",
        ),
        (lambda: tails.marchenko_pastur_bulk([1.0, 2.0], 0.25, quantile=0), "quantile .* got 0"),
        (lambda: tails.marchenko_pastur_bulk([1.0, 2.0], -1.0), "r must be .* got -1.0"),
        (
            lambda: tails.fit_tail([1.0, 2.0], "exponential", 1.0),
            "law must be one .* 'exponential'",
        ),
        (lambda: tails.fit_tail([1.0, 2.0], "power", 2.0), "x_min must be below two .* got 2.0"),
        (lambda: tails.fit_tail([1.0, 2.0], "power", -1.0), "x_min must be .* got -1.0"),
        (lambda: tails.power_law_threshold(np.ones(30)), "levels must be more than 30 .* got 30"),
        (lambda: tails.power_law_threshold([-1.0, 2.0], at_least=1), "levels must .* got -1.0"),
        (
            lambda: tails.compare(POWER, tails.Tail("power", 1.5, 2.0, 0.0, np.zeros(5))),
            "second must have .* got 1.5 and 5",
        ),
        (
            lambda: tails.compare(POWER, tails.Tail("power", 1.0, 2.0, 0.0, np.zeros(4))),
            "second must have .* got 1.0 and 4",
        ),
        (lambda: tails.bootstrap(np.mean, [1.0, 2.0], resamples=0, rng=1), "resamples .* got 0"),
        (lambda: tails.class_spacings(np.ones((3, 4))), "levels must have 3 dimension"),
        (lambda: tails.class_spacings(np.zeros((1, 2, 3))), "levels must be .* got 0.0"),
        (lambda: tails.class_null((1, 2, 3), 4, draws=0, rng=1), "draws must be .* got 0"),
        (lambda: tails.shuffled(np.ones(3), rng=1), "levels must have 3 dimension"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
