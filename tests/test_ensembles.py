"""Ensembles: scales, exact laws, agreement of dense and tridiagonal samplers, and their power."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats

from lecture_utils import ensembles

SAMPLES = 100_000
SIGMA = 0.7


def two_level_spacings(spectra):
    return spectra[:, 1] - spectra[:, 0]


def spacing_law(beta, sigma):
    """Exact law of the spacing of two levels: S^beta exp(-S^2 / 4 sigma^2), a chi law."""
    return stats.chi(beta + 1, scale=sigma * np.sqrt(2))


def joint_density(x, y, sigma, beta):
    return abs(x - y) ** beta * np.exp(-(x**2 + y**2) / (2 * sigma**2))


def level_cdf(sigma, beta):
    """Distribution of one of two levels, by quadrature of the joint density."""
    x = np.linspace(-8 * sigma, 8 * sigma, 2001)
    density = integrate.simpson(joint_density(x[:, None], x, sigma, beta), x=x, axis=1)
    mass = integrate.cumulative_simpson(density, x=x, initial=0)
    return lambda value: np.interp(value, x, mass / mass[-1])


# --- the joint law and its scale -----------------------------------------------------------------


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_joint_density_of_two_levels_integrates_to_the_partition_function(beta):
    # Mehta's integral, with the weight of this package.
    expected = (
        2 * np.pi * SIGMA ** (2 + beta) * special.gamma(1 + beta) / special.gamma(1 + beta / 2)
    )
    volume, _ = integrate.dblquad(
        lambda y, x: joint_density(x, y, SIGMA, beta), -9 * SIGMA, 9 * SIGMA, -9 * SIGMA, 9 * SIGMA
    )
    assert volume == pytest.approx(expected, rel=1e-6)
    if beta == 1:
        assert volume == pytest.approx(4 * np.sqrt(np.pi) * SIGMA**3, rel=1e-6)


@pytest.mark.parametrize("beta", [0.5, 1, 2, 2.7, 4])
def test_two_levels_follow_the_joint_density(beta):
    spectra = ensembles.gaussian_spectra(SAMPLES, 2, beta=beta, sigma=SIGMA, rng=1)
    assert stats.kstest(two_level_spacings(spectra), spacing_law(beta, SIGMA).cdf).pvalue > 1e-3
    one_of_two = np.where(np.random.default_rng(2).random(SAMPLES) < 0.5, *spectra.T)
    assert stats.kstest(one_of_two, level_cdf(SIGMA, beta)).pvalue > 1e-3


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_dense_two_level_matrices_follow_the_joint_density(beta):
    matrices = ensembles.gaussian_matrices(SAMPLES, 2, beta=beta, sigma=SIGMA, rng=3)
    levels = np.linalg.eigvalsh(matrices) if beta < 4 else ensembles.kramers_levels(matrices)
    assert stats.kstest(two_level_spacings(levels), spacing_law(beta, SIGMA).cdf).pvalue > 1e-3


@pytest.mark.parametrize("beta", [0.5, 1, 2, 4])
def test_weight_of_a_single_level_does_not_depend_on_beta(beta):
    level = ensembles.gaussian_spectra(SAMPLES, 1, beta=beta, sigma=SIGMA, rng=19)[:, 0]
    assert stats.kstest(level, stats.norm(0, SIGMA).cdf).pvalue > 1e-3
    assert stats.kstest(level, stats.norm(0, np.sqrt(2) * SIGMA).cdf).pvalue < 1e-6


def test_half_the_diagonal_variance_is_rejected():
    rng = np.random.default_rng(4)
    diagonal = rng.standard_normal((SAMPLES, 2)) / np.sqrt(2)
    off_diagonal = np.sqrt(rng.chisquare(1, (SAMPLES, 1)) / 2)
    wrong = SIGMA * ensembles.tridiagonal_levels(diagonal, off_diagonal)
    assert stats.kstest(two_level_spacings(wrong), spacing_law(1, SIGMA).cdf).pvalue < 1e-6
    one_of_two = np.where(rng.random(SAMPLES) < 0.5, *wrong.T)
    assert stats.kstest(one_of_two, level_cdf(SIGMA, 1)).pvalue < 1e-6


def test_doubled_symplectic_levels_are_rejected():
    matrices = ensembles.gaussian_matrices(2_000, 2, beta=4, sigma=SIGMA, rng=5)
    doubled = np.linalg.eigvalsh(matrices)
    assert stats.kstest(two_level_spacings(doubled), spacing_law(4, SIGMA).cdf).pvalue < 1e-6


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_entries_have_the_stated_variances(beta):
    matrices = ensembles.gaussian_matrices(SAMPLES, 3, beta=beta, sigma=SIGMA, rng=6)
    np.testing.assert_array_equal(matrices, matrices.conj().swapaxes(1, 2))
    entries = {0: matrices[:, 1, 1].real, 1: matrices[:, 0, 1].real}
    if beta > 1:
        entries[2] = matrices[:, 0, 1].imag
    if beta == 4:
        entries |= {3: matrices[:, 0, 4].real, 4: matrices[:, 0, 4].imag}
    for k, entry in entries.items():
        variance = SIGMA**2 if k == 0 else SIGMA**2 / 2
        assert stats.kstest(entry, stats.norm(0, np.sqrt(variance)).cdf).pvalue > 1e-3
        assert stats.kstest(entry, stats.norm(0, np.sqrt(1.5 * variance)).cdf).pvalue < 1e-6


def test_quaternion_matrices_are_self_dual():
    matrices = ensembles.gaussian_matrices(20, 3, beta=4, rng=7)
    unit = np.kron([[0, 1], [-1, 0]], np.eye(3))
    np.testing.assert_allclose(unit @ matrices.conj() @ unit.T, matrices, atol=1e-15)


@pytest.mark.parametrize("beta", [1, 2, 3.3, 4])
def test_second_moment_at_any_size(beta):
    # Trace of the square: n diagonal entries, n (n-1)/2 off-diagonal ones counted twice.
    n = 12
    spectra = ensembles.gaussian_spectra(20_000, n, beta=beta, sigma=SIGMA, rng=8)
    second = np.mean(spectra**2, axis=1)
    expected = SIGMA**2 * (1 + beta * (n - 1) / 2)
    assert second.mean() == pytest.approx(expected, abs=4 * stats.sem(second))


@pytest.mark.parametrize(
    ("beta", "tracy_widom_mean"),
    # For beta = 4 the tabulated mean belongs to a variable larger by 2^(1/6).
    [(1, -1.2065335745820), (2, -1.771086807411), (4, -2.306884893241 / 2 ** (1 / 6))],
)
def test_largest_level_sits_at_the_edge(beta, tracy_widom_mean):
    n = 200
    largest = ensembles.gaussian_spectra(2_000, n, beta=beta, sigma=SIGMA, rng=9)[:, -1]
    scale = SIGMA * np.sqrt(beta)
    expected = scale * (np.sqrt(2 * n) + tracy_widom_mean / np.sqrt(2) * n ** (-1 / 6))
    # The next correction is of relative order n^(-2/3) of the shift.
    assert largest.mean() == pytest.approx(expected, abs=4 * stats.sem(largest) + 0.02 * scale)
    assert largest.mean() < SIGMA * np.sqrt(2 * beta * n)


# --- dense and tridiagonal samplers agree ------------------------------------------------------


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_dense_and_tridiagonal_gaussian_levels_agree(beta):
    samples, n = 20_000, 5
    matrices = ensembles.gaussian_matrices(samples, n, beta=beta, rng=10)
    dense = np.linalg.eigvalsh(matrices) if beta < 4 else ensembles.kramers_levels(matrices)
    tridiagonal = ensembles.gaussian_spectra(samples, n, beta=beta, rng=11)
    assert dense.shape == tridiagonal.shape == (samples, n)
    for a, b in zip(dense.T, tridiagonal.T, strict=True):
        assert stats.ks_2samp(a, b).pvalue > 1e-3
    assert stats.ks_2samp(dense[:, 0], 1.05 * tridiagonal[:, 0]).pvalue < 1e-6


@pytest.mark.parametrize("beta", [1, 2])
def test_dense_and_bidiagonal_wishart_levels_agree(beta):
    samples, m, n = 20_000, 7, 4
    dense = np.linalg.eigvalsh(
        ensembles.wishart_matrices(samples, m, n, beta=beta, sigma=SIGMA, rng=12)
    )
    levels = ensembles.wishart_spectra(samples, m, n, beta=beta, sigma=SIGMA, rng=13)
    for a, b in zip(dense.T, levels.T, strict=True):
        assert stats.ks_2samp(a, b).pvalue > 1e-3
    swapped = ensembles.wishart_spectra(samples, m + 1, n, beta=beta, sigma=SIGMA, rng=14)
    assert stats.ks_2samp(dense[:, 0], swapped[:, 0]).pvalue < 1e-6


@pytest.mark.parametrize("beta", [1, 2, 4, 1.5])
def test_wishart_trace_and_single_level_are_chi_squared(beta):
    levels = ensembles.wishart_spectra(SAMPLES, 5, 3, beta=beta, sigma=SIGMA, rng=15)
    law = stats.chi2(beta * 5 * 3, scale=SIGMA**2)
    assert stats.kstest(levels.sum(axis=1), law.cdf).pvalue > 1e-3
    single = ensembles.wishart_spectra(SAMPLES, 5, 1, beta=beta, sigma=SIGMA, rng=16)[:, 0]
    assert stats.kstest(single, stats.chi2(5 * beta, scale=SIGMA**2).cdf).pvalue > 1e-3
    assert stats.kstest(single, stats.chi2(5.2 * beta, scale=SIGMA**2).cdf).pvalue < 1e-6


def test_wishart_determinant_of_square_weights():
    # log det X is a sum of independent log chi^2; the smallest levels must be accurate for it.
    n = 6
    levels = ensembles.wishart_spectra(50_000, n, n, rng=17)
    assert np.all(levels >= 0)
    assert np.all(np.diff(levels, axis=1) >= 0)
    log_determinant = np.log(levels).sum(axis=1)
    degrees = np.arange(1, n + 1)
    expected = np.sum(special.digamma(degrees / 2) + np.log(2))
    assert log_determinant.mean() == pytest.approx(expected, abs=4 * stats.sem(log_determinant))
    variance = np.sum(special.polygamma(1, degrees / 2))
    assert log_determinant.var() == pytest.approx(variance, rel=0.03)


def test_wide_weights_leave_exact_zero_levels():
    levels = np.linalg.eigvalsh(ensembles.wishart_matrices(4, 2, 5, rng=18))
    np.testing.assert_allclose(levels[:, :3], 0, atol=1e-14)
    assert np.all(levels[:, 3:] > 1e-6)


# --- tridiagonal eigenvalues -------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 9, 10, 60])
def test_tridiagonal_levels_of_a_chain(n):
    # A chain of n sites with unit hopping: 2 cos(pi k / (n + 1)).
    exact = np.sort(2 * np.cos(np.pi * np.arange(1, n + 1) / (n + 1)))
    diagonal = np.array([[0.0], [3.0]]) * np.ones(n)
    levels = ensembles.tridiagonal_levels(diagonal, np.ones((2, n - 1)))
    np.testing.assert_allclose(levels, [exact, 3 + exact], atol=1e-13)


def test_inputs_are_left_alone():
    diagonal, off_diagonal = np.arange(24.0).reshape(2, 12), np.ones((2, 11))
    copies = diagonal.copy(), off_diagonal.copy()
    ensembles.tridiagonal_levels(diagonal, off_diagonal)
    np.testing.assert_array_equal(diagonal, copies[0])
    np.testing.assert_array_equal(off_diagonal, copies[1])


# --- generators and bad input ------------------------------------------------------------------

SAMPLERS = [
    ensembles.gaussian_matrices,
    ensembles.gaussian_spectra,
    lambda samples, n, **options: ensembles.wishart_matrices(samples, 2 * n, n, **options),
    lambda samples, n, **options: ensembles.wishart_spectra(samples, 2 * n, n, **options),
]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_seed_and_generator(sampler):
    np.testing.assert_array_equal(sampler(3, 4, rng=5), sampler(3, 4, rng=np.random.default_rng(5)))
    rng = np.random.default_rng(5)
    assert not np.array_equal(sampler(3, 4, rng=rng), sampler(3, 4, rng=rng))
    np.testing.assert_allclose(
        np.sqrt(np.abs(sampler(3, 4, sigma=2.0, rng=5) / sampler(3, 4, rng=5))),
        np.sqrt(2.0) if sampler in SAMPLERS[:2] else 2.0,
    )


@given(bad=st.one_of(st.integers(max_value=0), st.floats(), st.just("3"), st.none()))
def test_bad_sizes_are_named(bad):
    for sampler in SAMPLERS[:2]:
        with pytest.raises(ValueError, match="samples must be"):
            sampler(bad, 3, rng=0)
        with pytest.raises(ValueError, match="n must be"):
            sampler(3, bad, rng=0)
    for sampler in (ensembles.wishart_matrices, ensembles.wishart_spectra):
        with pytest.raises(ValueError, match="m must be"):
            sampler(3, bad, 2, rng=0)


@given(bad=st.one_of(st.floats(max_value=0), st.sampled_from([np.nan, np.inf, "x", None])))
def test_bad_scales_are_named(bad):
    for sampler in SAMPLERS:
        with pytest.raises(ValueError, match="sigma must be"):
            sampler(3, 2, sigma=bad, rng=0)
    for sampler in SAMPLERS[1::2]:
        with pytest.raises(ValueError, match="beta must be"):
            sampler(3, 2, beta=bad, rng=0)


def test_other_bad_input_is_named():
    with pytest.raises(ValueError, match=r"beta must be 1, 2 or 4 .* got 3"):
        ensembles.gaussian_matrices(2, 2, beta=3, rng=0)
    with pytest.raises(ValueError, match=r"beta must be 1 or 2 .* got 4"):
        ensembles.wishart_matrices(2, 3, 2, beta=4, rng=0)
    with pytest.raises(ValueError, match=r"n must be at most 2 \(the number of rows m\), got 3"):
        ensembles.wishart_spectra(2, 2, 3, rng=0)
    with pytest.raises(ValueError, match="off_diagonal must have shape"):
        ensembles.tridiagonal_levels(np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="off_diagonal must be finite"):
        ensembles.tridiagonal_levels(np.zeros((2, 3)), np.full((2, 2), np.nan))
    with pytest.raises(ValueError, match="even size, got 3"):
        ensembles.kramers_levels(np.eye(3))
    with pytest.raises(ValueError, match="doubly degenerate"):
        ensembles.kramers_levels(np.diag([0.0, 1.0]))


def test_a_large_neighbour_does_not_hide_an_unpaired_matrix():
    paired = 1e12 * np.eye(4)
    with pytest.raises(ValueError, match="doubly degenerate levels, got a pair split by 1"):
        ensembles.kramers_levels([paired, np.diag([0.0, 1.0, 2.0, 3.0])])
