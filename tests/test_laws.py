"""The laws against closed forms, quadrature, a second algorithm, and matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from lecture_utils import laws

LAWS = {
    "surmise 1": laws.wigner_surmise(),
    "surmise 2": laws.wigner_surmise(2),
    "surmise 0.5": laws.wigner_surmise(0.5),
    "two-level spacing": laws.two_level_spacing(0.7),
    "semicircle": laws.semicircle(0.7, 10),
    "two-level density": laws.two_level_density(0.7),
    "MP 1/4": laws.marchenko_pastur(0.25),
    "MP 0.9": laws.marchenko_pastur(0.9, 0.3),
    "MP 1": laws.marchenko_pastur(1),
    "ratio 1": laws.spacing_ratio(),
    "ratio 2.5": laws.spacing_ratio(2.5),
    "ratio Poisson": laws.poisson_spacing_ratio(),
    "Gaudin 1": laws.gaudin(1),
    "Gaudin 2": laws.gaudin(2),
    "Gaudin 4": laws.gaudin(4),
    "TW 1": laws.tracy_widom(1),
    "TW 2": laws.tracy_widom(2, loc=3, scale=0.5),
    "Wishart edge": laws.largest_wishart_level(64, 16),
}
each_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())


def mass_between(law, low, high):
    """Integral of the density, with the ends of an interval softened for square-root edges."""

    def integrand(angle):
        x = low + (high - low) * np.sin(angle) ** 2
        return law.pdf(x) * (high - low) * np.sin(2 * angle)

    return integrate.quad(integrand, 1e-9, np.pi / 2 - 1e-9, epsabs=1e-11, limit=400)[0]


# What every law must do


@each_law
def test_cdf_is_the_integral_of_the_density(law):
    low, high = (np.clip(end, -9, 14) for end in law.support())
    for x in law.ppf([0.03, 0.4, 0.97]):
        assert mass_between(law, low, x) == pytest.approx(law.cdf(x), abs=2e-8)
    assert mass_between(law, low, high) == pytest.approx(1, abs=2e-8)


@each_law
def test_ppf_inverts_cdf(law):
    q = np.array([1e-6, 0.01, 0.3, 0.5, 0.77, 0.99, 1 - 1e-6])
    assert law.cdf(law.ppf(q)) == pytest.approx(q, rel=1e-7, abs=1e-10)


@each_law
def test_samples_follow_the_cdf_and_the_harness_sees_a_wrong_law(law):
    sample = law.rvs(20000, random_state=11)
    assert stats.kstest(sample, law.cdf).pvalue > 1e-3
    wrong = law.mean() + 1.1 * (sample - law.mean()) + 0.05 * law.std()
    assert stats.kstest(wrong, law.cdf).pvalue < 1e-6


@each_law
def test_moments_are_integrals_of_the_density(law):
    low, high = (np.clip(end, -9, 14) for end in law.support())
    angle, weight = np.polynomial.legendre.leggauss(400)
    angle, weight = np.pi / 4 * (1 + angle), np.pi / 4 * weight
    x = low + (high - low) * np.sin(angle) ** 2
    weight = weight * (high - low) * np.sin(2 * angle) * law.pdf(x)
    mean = np.sum(weight * x)
    assert law.mean() == pytest.approx(mean, abs=1e-7)
    assert law.var() == pytest.approx(np.sum(weight * (x - mean) ** 2), rel=1e-6)


@each_law
def test_shapes_and_integer_input(law):
    grid = np.linspace(*law.ppf([0.1, 0.9]), 6)
    for function in (law.pdf, law.cdf):
        assert np.shape(function(1)) == ()
        assert function(grid.reshape(2, 3)).shape == (2, 3)
        assert np.array_equal(function(grid.reshape(2, 3)).ravel(), function(grid))
        assert np.array_equal(function(np.array([0, 1, 2])), function(np.array([0.0, 1.0, 2.0])))
    assert law.ppf(np.full((2, 3), 0.5)).shape == law.rvs((2, 3), random_state=0).shape == (2, 3)


@each_law
def test_nothing_outside_the_support(law):
    low, high = law.support()
    for x, below in ((low - 1, 0), (high + 1, 1)):
        if np.isfinite(x):
            assert law.pdf(x) == 0
            assert law.cdf(x) == below
    assert law.cdf(low) == pytest.approx(0, abs=1e-12)
    assert law.cdf(high) == pytest.approx(1, abs=1e-11)


@each_law
def test_reproducible(law):
    assert np.array_equal(law.rvs(5, random_state=3), law.rvs(5, random_state=3))


# Spacings


@given(st.floats(0.05, 12))
@settings(deadline=None, max_examples=30)
def test_surmise_has_mean_one_and_rises_as_a_power(beta):
    law = laws.wigner_surmise(beta)
    assert law.mean() == pytest.approx(1)
    s = 1e-4
    assert np.log(law.pdf(2 * s) / law.pdf(s)) / np.log(2) == pytest.approx(beta, abs=1e-5)


def test_surmise_in_its_textbook_forms():
    s = np.linspace(0, 4, 50)
    textbook = {
        1: np.pi / 2 * s * np.exp(-np.pi * s**2 / 4),
        2: 32 / np.pi**2 * s**2 * np.exp(-4 * s**2 / np.pi),
        4: 2**18 / (3**6 * np.pi**3) * s**4 * np.exp(-64 * s**2 / (9 * np.pi)),
    }
    for beta, density in textbook.items():
        assert laws.wigner_surmise(beta).pdf(s) == pytest.approx(density)


def test_two_level_spacing_is_the_lecture_formula():
    sigma, s = 0.7, np.linspace(0, 5, 40)
    law = laws.two_level_spacing(sigma)
    assert law.pdf(s) == pytest.approx(s / (2 * sigma**2) * np.exp(-(s**2) / (4 * sigma**2)))
    assert law.mean() == pytest.approx(np.sqrt(np.pi) * sigma)
    assert law.moment(2) == pytest.approx(4 * sigma**2)
    scaled = laws.wigner_surmise(1)
    assert law.cdf(s) == pytest.approx(scaled.cdf(s / law.mean()))


def two_by_two_levels(sigma, samples, rng, diagonal=1.0):
    """Levels of 2 x 2 matrices from a general eigenvalue routine."""
    matrices = np.zeros((samples, 2, 2))
    matrices[:, [0, 1], [0, 1]] = rng.normal(scale=sigma * np.sqrt(diagonal), size=(samples, 2))
    matrices[:, 0, 1] = matrices[:, 1, 0] = rng.normal(scale=sigma / np.sqrt(2), size=samples)
    return np.linalg.eigvalsh(matrices)


def test_two_level_laws_against_matrices():
    levels = two_by_two_levels(0.7, 40000, np.random.default_rng(5))
    one_of_two = levels[np.arange(40000), np.arange(40000) % 2]
    assert stats.kstest(np.diff(levels)[:, 0], laws.two_level_spacing(0.7).cdf).pvalue > 1e-3
    assert stats.kstest(one_of_two, laws.two_level_density(0.7).cdf).pvalue > 1e-3
    # A sampler with half the diagonal variance must be noticed.
    wrong = two_by_two_levels(0.7, 40000, np.random.default_rng(5), diagonal=0.5)
    one_of_wrong = wrong[np.arange(40000), np.arange(40000) % 2]
    assert stats.kstest(np.diff(wrong)[:, 0], laws.two_level_spacing(0.7).cdf).pvalue < 1e-6
    assert stats.kstest(one_of_wrong, laws.two_level_density(0.7).cdf).pvalue < 1e-6


def test_two_level_density_is_the_lecture_formula_with_its_moments():
    sigma, x = 1.3, np.linspace(-6, 6, 61)
    law = laws.two_level_density(sigma)
    gauss = np.exp(-(x**2) / (2 * sigma**2))
    bracket = 2 * gauss + np.sqrt(2 * np.pi) * x / sigma * special.erf(x / (np.sqrt(2) * sigma))
    assert law.pdf(x) == pytest.approx(gauss / (4 * np.sqrt(np.pi) * sigma) * bracket)
    second, fourth = law.moment(2), law.moment(4)
    assert second == pytest.approx(3 * sigma**2 / 2)
    assert fourth == pytest.approx(23 * sigma**4 / 4)
    assert fourth / (3 * second**2) - 1 == pytest.approx(-4 / 27)
    assert law.cdf(x) + law.cdf(-x) == pytest.approx(np.ones_like(x))


def test_gaudin_known_values():
    # Variances: Mehta, Random Matrices; slopes at the origin: pi^2 s/6 and pi^2 s^2/3.
    for beta, variance in {1: 0.286, 2: 0.180, 4: 0.104}.items():
        law = laws.gaudin(beta)
        assert law.mean() == pytest.approx(1, abs=1e-9)
        assert law.var() == pytest.approx(variance, abs=6e-4)
    s = np.array([0.01, 0.02])
    assert laws.gaudin(1).pdf(s) == pytest.approx(np.pi**2 * s / 6, rel=1e-3)
    assert laws.gaudin(2).pdf(s) == pytest.approx(np.pi**2 * s**2 / 3, rel=1e-3)


@pytest.mark.parametrize(
    ("beta", "pdf_error", "cdf_error", "exact", "surmise"),
    [
        (1, 0.0164, 0.0066, 0.2855, 0.2732),
        (2, 0.0052, 0.0016, 0.1800, 0.1781),
        (4, 0.0021, 0.0005, 0.1041, 0.1045),
    ],
)
def test_how_good_the_surmise_is(beta, pdf_error, cdf_error, exact, surmise):
    s = np.linspace(0, 4, 4001)
    law, approximation = laws.gaudin(beta), laws.wigner_surmise(beta)
    assert np.max(np.abs(law.pdf(s) - approximation.pdf(s))) == pytest.approx(pdf_error, abs=6e-5)
    assert np.max(np.abs(law.cdf(s) - approximation.cdf(s))) == pytest.approx(cdf_error, abs=6e-5)
    assert law.var() == pytest.approx(exact, abs=6e-5)
    assert approximation.var() == pytest.approx(surmise, abs=6e-5)


def test_gaudin_against_the_whole_sine_kernel():
    """beta = 2: the determinant of the unsplit kernel, differentiated by finite differences."""
    nodes, weights = np.polynomial.legendre.leggauss(60)

    def no_level(s):
        x = s * (1 + nodes) / 2
        root = np.sqrt(s * weights / 2)
        return np.linalg.det(np.eye(60) - np.outer(root, root) * np.sinc(np.subtract.outer(x, x)))

    h = 1e-3
    for s in (0.3, 1.0, 2.2):
        steps = [no_level(s + k * h) for k in (-2, -1, 0, 1, 2)]
        second = np.dot([-1, 16, -30, 16, -1], steps) / (12 * h**2)
        assert laws.gaudin(2).pdf(s) == pytest.approx(second, abs=1e-8)


# Ratios of spacings


def test_spacing_ratio_is_the_published_formula():
    r = np.linspace(0, 1, 21)
    normalisation = {1: 8 / 27, 2: 4 * np.pi / (81 * 3**0.5), 4: 4 * np.pi / (729 * 3**0.5)}
    for beta, z in normalisation.items():
        published = 2 / z * (r + r**2) ** beta / (1 + r + r**2) ** (1 + 1.5 * beta)
        assert laws.spacing_ratio(beta).pdf(r) == pytest.approx(published)


def test_mean_spacing_ratios():
    closed = {
        1: 4 - 2 * np.sqrt(3),
        2: 2 * np.sqrt(3) / np.pi - 0.5,
        4: 32 * np.sqrt(3) / (15 * np.pi) - 0.5,
    }
    for beta, mean in closed.items():
        assert laws.spacing_ratio(beta).mean() == pytest.approx(mean)
        assert laws.MEAN_SPACING_RATIO[beta] == pytest.approx(mean, abs=0.006)
    assert laws.poisson_spacing_ratio().mean() == pytest.approx(laws.MEAN_SPACING_RATIO[0])


def smaller_over_larger(levels):
    gaps = np.diff(levels)
    return np.min(gaps, axis=1) / np.max(gaps, axis=1)


def test_spacing_ratio_against_matrices_and_exponentials():
    rng = np.random.default_rng(8)
    a = rng.normal(size=(20000, 3, 3))
    ratios = smaller_over_larger(np.linalg.eigvalsh(a + a.swapaxes(1, 2)))
    assert stats.kstest(ratios, laws.spacing_ratio(1).cdf).pvalue > 1e-3
    assert stats.kstest(ratios, laws.spacing_ratio(2).cdf).pvalue < 1e-6
    uncorrelated = smaller_over_larger(np.cumsum(rng.exponential(size=(20000, 3)), axis=1))
    assert stats.kstest(uncorrelated, laws.poisson_spacing_ratio().cdf).pvalue > 1e-3
    assert stats.kstest(uncorrelated, laws.spacing_ratio(1).cdf).pvalue < 1e-6


def test_large_matrices_have_the_large_matrix_ratio():
    rng = np.random.default_rng(9)
    a = rng.normal(size=(150, 120, 120))
    middle = np.diff(np.linalg.eigvalsh(a + a.swapaxes(1, 2))[:, 30:90])
    ratio = np.minimum(middle[:, 1:], middle[:, :-1]) / np.maximum(middle[:, 1:], middle[:, :-1])
    error = np.std(ratio.mean(axis=1)) / np.sqrt(len(a))
    assert abs(ratio.mean() - laws.MEAN_SPACING_RATIO[1]) < 4 * error


# Semicircle


def test_semicircle_edge_and_moments():
    sigma, n = 0.7, 10
    law = laws.semicircle(sigma, n)
    assert law.support() == pytest.approx((-sigma * np.sqrt(2 * n), sigma * np.sqrt(2 * n)))
    assert law.var() == pytest.approx(sigma**2 * n / 2)
    assert law.moment(4) / (3 * law.var() ** 2) - 1 == pytest.approx(-1 / 3)


# Marchenko and Pastur


@given(st.floats(1e-3, 4), st.floats(1e-3, 50))
@settings(deadline=None, max_examples=40)
def test_marchenko_pastur_mass_mean_and_variance(r, variance):
    law = laws.marchenko_pastur(r, variance)
    low, high = variance * (1 - np.sqrt(r)) ** 2, variance * (1 + np.sqrt(r)) ** 2
    assert law.support()[1] == pytest.approx(high)
    assert mass_between(law, low, high) == pytest.approx(min(1, 1 / r), abs=1e-5)
    assert law.mean() == pytest.approx(variance)
    assert law.var() == pytest.approx(r * variance**2)
    assert law.cdf(high) == pytest.approx(1)


def test_marchenko_pastur_moments_are_narayana_polynomials():
    r, v = 0.4, 1.7
    law = laws.marchenko_pastur(r, v)
    assert law.moment(3) == pytest.approx(v**3 * (1 + 3 * r + r**2))
    assert law.moment(4) == pytest.approx(v**4 * (1 + 6 * r + 6 * r**2 + r**3))
    fifth = law.expect(lambda x: x**5)
    assert law.moment(5) == pytest.approx(fifth)
    # r = 1: Catalan numbers.
    catalan = [laws.marchenko_pastur(1).moment(k) for k in range(1, 6)]
    assert catalan == pytest.approx([1, 2, 5, 14, 42])


def test_marchenko_pastur_at_its_edges():
    law = laws.marchenko_pastur(0.25)
    low, high = law.support()
    assert (low, high) == (0.25, 2.25)
    assert law.pdf([low, high, 0, -1]) == pytest.approx(np.zeros(4))
    assert law.cdf([low, high, 0, -1]) == pytest.approx([0, 1, 0, 0])
    assert law.ppf([0, 1]) == pytest.approx([low, high])
    hard = laws.marchenko_pastur(1)
    assert hard.pdf(0) == np.inf
    assert hard.cdf(0) == 0
    x = np.array([1e-8, 1e-6])
    assert hard.pdf(x) * np.pi * np.sqrt(x) == pytest.approx(np.ones(2), rel=1e-5)
    assert hard.cdf(x) == pytest.approx(2 * np.sqrt(x) / np.pi, rel=1e-5)


def test_square_matrix_is_the_square_of_a_semicircle():
    x = np.linspace(0.01, 3.99, 30)
    semicircle = stats.semicircular(scale=2)
    squared = semicircle.cdf(np.sqrt(x)) - semicircle.cdf(-np.sqrt(x))
    assert laws.marchenko_pastur(1).cdf(x) == pytest.approx(squared)


def test_atom_of_a_wide_matrix():
    r, v = 2.5, 0.8
    law = laws.marchenko_pastur(r, v)
    atom = 1 - 1 / r
    assert law.cdf([-0.1, 0, 0.01]) == pytest.approx([0, atom, atom])
    assert law.pdf(0) == 0
    assert law.ppf([0.1, atom]) == pytest.approx([0, 0])
    sample = law.rvs(50000, random_state=2)
    assert np.mean(sample == 0) == pytest.approx(atom, abs=0.01)
    others = laws.marchenko_pastur(1 / r, v * r)
    assert stats.kstest(sample[sample > 0], others.cdf).pvalue > 1e-3
    x = np.linspace(0.1, 5, 30)
    assert law.pdf(x) == pytest.approx(others.pdf(x) / r)
    assert law.cdf(x) == pytest.approx(atom + others.cdf(x) / r)
    assert law.moment(2) == pytest.approx(others.moment(2) / r)


@pytest.mark.parametrize("shape", [(400, 100), (300, 300), (100, 250)])
def test_marchenko_pastur_against_matrices(shape):
    rows, columns = shape
    w = np.random.default_rng(4).normal(scale=np.sqrt(1.3 / rows), size=shape)
    levels = np.linalg.svd(w, compute_uv=False) ** 2
    law = laws.marchenko_pastur(
        min(shape) / max(shape), 1.3 * max(shape) / rows
    )  # the levels that are not zero
    # Levels of one matrix are far more regular than independent numbers.
    assert stats.kstest(levels, law.cdf).statistic < 0.025
    wrong = laws.marchenko_pastur(min(shape) / max(shape), 1.5 * max(shape) / rows)
    assert stats.kstest(levels, wrong.cdf).statistic > 0.05
    assert laws.marchenko_pastur(columns / rows, 1.3).mean() == pytest.approx(
        levels.sum() / columns, rel=0.05
    )


def test_amplitude_of_the_slide():
    x = np.linspace(-1, 3, 41)
    r, sigma_squared, amplitude = 0.25, 0.9, 0.77
    edges = sigma_squared * (1 + np.array([-1, 1]) * np.sqrt(r)) ** 2
    inside = (x > edges[0]) & (x < edges[1])
    slide = np.zeros_like(x)
    slide[inside] = (
        amplitude
        / (2 * np.pi * sigma_squared * r * x[inside])
        * np.sqrt((edges[1] - x[inside]) * (x[inside] - edges[0]))
    )
    density = laws.marchenko_pastur_density(x, r, sigma_squared, amplitude)
    assert density == pytest.approx(slide)


# Tracy and Widom


def test_tracy_widom_known_values():
    # Bornemann 2010 (F_2(-2), moments) and Johnstone 2001 (percentiles for beta = 1).
    one, two = laws.tracy_widom(1), laws.tracy_widom(2)
    assert two.cdf(-2) == pytest.approx(0.41322414250512257, abs=1e-11)
    assert one.stats("mvsk") == pytest.approx(
        (-1.2065335745820, 1.607781034581, 0.29346452408, 0.1652429384), abs=1e-7
    )
    assert two.stats("mvsk") == pytest.approx(
        (-1.771086807411, 0.8131947928329, 0.224084203610, 0.0934480876), abs=1e-6
    )
    assert one.ppf([0.5, 0.95, 0.99]) == pytest.approx([-1.2686, 0.9793, 2.0234], abs=2e-4)


def test_tracy_widom_against_the_airy_kernel():
    """beta = 2 from the unsplit kernel (Ai Ai' - Ai' Ai)/(x - y), another determinant."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    for s in (-4.0, -2.0, 0.0):
        x = s + 8 * (1 + nodes)
        ai, slope = special.airy(x)[:2]
        distance = np.subtract.outer(x, x) + np.eye(60)
        kernel = (np.outer(ai, slope) - np.outer(slope, ai)) / distance
        kernel[np.diag_indices(60)] = slope**2 - x * ai**2
        root = np.sqrt(8 * weights)
        expected = np.linalg.det(np.eye(60) - np.outer(root, root) * kernel)
        assert laws.tracy_widom(2).cdf(s) == pytest.approx(expected, abs=1e-11)


def test_tracy_widom_solves_painleve():
    """(log F_2)'' = -q^2 with q'' = s q + 2 q^3, q ~ Ai: the historical definition."""
    start = 5.0
    solution = integrate.solve_ivp(
        lambda s, q: [q[1], s * q[0] + 2 * q[0] ** 3, q[0] ** 2, q[2]],
        (start, -2.0),
        [*special.airy(start)[:2], 0.0, 0.0],
        rtol=1e-11,
        atol=1e-14,
    )
    assert np.exp(-solution.y[3, -1]) == pytest.approx(laws.tracy_widom(2).cdf(-2), rel=1e-6)


def test_largest_wishart_level_against_matrices():
    rng = np.random.default_rng(12)
    m, n, variance = 60, 20, 1.4
    w = rng.normal(scale=np.sqrt(variance / m), size=(4000, m, n))
    top = np.linalg.eigvalsh(w.swapaxes(1, 2) @ w)[:, -1]
    law = laws.largest_wishart_level(m, n, variance)
    assert stats.kstest(top, law.cdf).pvalue > 1e-3
    # The limit law without the halves, and the edge of the wrong variance, are told apart.
    for wrong in (
        laws.largest_wishart_level(m + 2, n + 2, variance * (m + 2) / m),
        laws.largest_wishart_level(m, n, 1.02 * variance),
    ):
        assert stats.kstest(top, wrong.cdf).pvalue < 1e-6


# Bad input


@given(st.one_of(st.floats(max_value=0), st.just(np.nan), st.just(np.inf), st.text(max_size=3)))
@settings(deadline=None, max_examples=40)
def test_bad_scales_are_named(bad):
    if isinstance(bad, str) and bad.strip().isdecimal():
        return
    for call, name in (
        (laws.wigner_surmise, "beta"),
        (laws.spacing_ratio, "beta"),
        (laws.two_level_spacing, "sigma"),
        (laws.two_level_density, "sigma"),
        (lambda value: laws.semicircle(value, 3), "sigma"),
        (laws.marchenko_pastur, "r"),
        (lambda value: laws.marchenko_pastur(0.5, value), "variance"),
        (lambda value: laws.marchenko_pastur_density(0, 0.5, 1, value), "amplitude"),
        (lambda value: laws.tracy_widom(1, scale=value), "scale"),
        (lambda value: laws.largest_wishart_level(3, 3, value), "variance"),
    ):
        with pytest.raises(ValueError, match=f"{name} must be a finite number above zero"):
            call(bad)


@pytest.mark.parametrize("n", [0, -3, 2.5])
def test_bad_sizes_are_named(n):
    with pytest.raises(ValueError, match=f"n must be a positive integer, got {n}"):
        laws.semicircle(1.0, n)
    with pytest.raises(ValueError, match="m must be a positive integer"):
        laws.largest_wishart_level(n, 3)


def test_bad_index_is_named():
    with pytest.raises(ValueError, match="beta must be one of 1, 2, 4, got 3"):
        laws.gaudin(3)
    with pytest.raises(ValueError, match="beta must be one of 1, 2, got 4"):
        laws.tracy_widom(4)


def test_both_tails_of_two_levels_are_right_relative_to_themselves():
    law = laws.two_level_density(1.0)
    for x in (3.0, 9.0, 30.0):
        tail, _ = integrate.quad(law.pdf, x, x + 10, epsabs=0, epsrel=1e-12)
        assert law.sf(x) == pytest.approx(tail, rel=1e-9)
        assert law.sf(x) == law.cdf(-x)
    assert law.sf(9.0) == pytest.approx(9.11e-19, rel=1e-3)
    assert law.isf(law.sf(5.0)) == pytest.approx(5.0, rel=1e-9)
    assert law.pdf(np.inf) == 0


@pytest.mark.parametrize("r", [0.01, 0.25, 0.999, 1.0, 1.7, 4.0])
@pytest.mark.parametrize("depth", [1e-6, 1e-3, 0.3])
def test_marchenko_pastur_near_its_edges_against_quadrature(r, depth):
    law = laws.marchenko_pastur(r)
    low, high = (1 - np.sqrt(r)) ** 2, (1 + np.sqrt(r)) ** 2

    def mass(of_depth):  # x - low or high - x is width u^2: the roots at both edges go away
        def integrand(u):
            x = of_depth(u)
            return 2 * (high - low) ** 2 * u**2 * np.sqrt(1 - u**2) / (2 * np.pi * r * x)

        return integrate.quad(integrand, 0, np.sqrt(depth), epsabs=0, epsrel=1e-11)[0]

    width = high - low
    below = mass(lambda u: low + width * u**2)
    above = mass(lambda u: high - width * u**2)
    atom = max(1 - 1 / r, 0)
    x_low, x_high = low + depth * width, high - depth * width
    assert law.cdf(x_low) == pytest.approx(atom + below, rel=1e-8)
    assert law.sf(x_high) == pytest.approx(above, rel=1e-8)
    assert law.isf(above) == pytest.approx(x_high, rel=1e-12)
    assert law.ppf(atom + below) == pytest.approx(x_low, rel=1e-6)


def test_marchenko_pastur_where_differences_would_cancel():
    np.testing.assert_allclose(
        laws.marchenko_pastur(1).ppf([1e-8, 1e-9]), [2.467401e-16, 2.467401e-18], rtol=1e-6
    )
    assert laws.marchenko_pastur(0.01).logsf(1.209999999999997) < -40
    mean, variance, skewness, kurtosis = laws.marchenko_pastur(1e-8, 2).stats("mvsk")
    np.testing.assert_allclose([mean, variance, skewness, kurtosis], [2, 4e-8, 1e-4, 1e-8 - 1])


def test_the_atom_of_marchenko_pastur_counts_everywhere():
    law = laws.marchenko_pastur(4, 0.3)
    continuous, _ = integrate.quad(lambda x: np.cos(x) * law.pdf(x), 0.3, 2.7)
    assert law.expect(np.cos) == pytest.approx(0.75 + continuous, abs=1e-7)
    assert law.expect() == pytest.approx(0.3, abs=1e-7)
    assert law.expect(np.cos, lb=0.1) == pytest.approx(continuous, abs=1e-7)
    assert law.expect(np.cos, ub=0.1, conditional=True) == pytest.approx(1)
    assert law.expect(lb=0.1, conditional=True) == pytest.approx(0.3 / 0.25, abs=1e-6)
    assert list(law.ppf([0, 0.5, 0.75])) == [0, 0, 0]
    assert law.isf(1) == law.isf(0.3) == 0
    assert law.sf(0) == 0.25
    assert law.entropy() == -np.inf
    density = laws.marchenko_pastur(0.25)
    own, _ = integrate.quad(lambda x: special.entr(density.pdf(x)), 0.25, 2.25)
    assert density.entropy() == pytest.approx(own, abs=1e-7)


def test_upper_tail_of_tracy_and_widom_is_right_relative_to_itself():
    np.testing.assert_allclose(laws.tracy_widom(2).sf([8, 10]), [6.5e-17, 2.9e-22], rtol=0.02)
    for beta in (1, 2):
        law = laws.tracy_widom(beta)
        for x in (-0.5, 3.0, 8.0):
            tail, _ = integrate.quad(law.pdf, x, 14, epsabs=0, epsrel=1e-10)
            rest = law.sf(13.999)
            assert law.sf(x) == pytest.approx(tail + rest, rel=1e-7)
            assert law.isf(law.sf(x)) == pytest.approx(x, rel=1e-9)
        # The two forms of the survival function meet.
        assert law.sf(-1 + 1e-9) == pytest.approx(1 - law.cdf(-1 + 1e-9), rel=1e-9)
    # First term of the expansion for beta = 2: the trace of the Airy kernel.
    airy, slope, _, _ = special.airy(8.0)
    trace = (2 * 64 * airy**2 - 2 * 8 * slope**2 - airy * slope) / 3
    assert laws.tracy_widom(2).sf(8.0) == pytest.approx(trace, rel=1e-7)
