"""Zeros of zeta against mpmath; lattice operators against symmetries and the random limit."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lecture_utils import found_spectra, laws, spectra


def test_zeros_of_zeta_are_those_of_mpmath():
    ours = found_spectra.riemann_zeros(10, 240)
    assert len(ours) == mpmath.nzeros(240)
    for n, tolerance in ((1, 2e-4), (30, 1e-6), (100, 1e-8)):
        assert ours[n - 1] == pytest.approx(float(mpmath.zetazero(n).imag), abs=tolerance)
    height = float(mpmath.zetazero(10_000).imag)
    assert found_spectra.riemann_zeros(height - 0.3, height + 0.3) == pytest.approx([height])


def test_no_zero_is_missed():
    # Lehmer's pair, where two zeros nearly meet, lies in this window.
    low, high = 6900.0, 7100.0
    zeros = found_spectra.riemann_zeros(low, high)
    assert len(zeros) == mpmath.nzeros(high) - mpmath.nzeros(low)
    assert np.min(np.diff(zeros)) < 0.05


def test_smooth_count_is_the_argument_of_mpmath():
    heights = np.array([20.0, 1234.5])
    expected = [float(mpmath.siegeltheta(t) / mpmath.pi) + 1 for t in heights]
    np.testing.assert_allclose(found_spectra.riemann_count(heights), expected, rtol=1e-12)
    assert abs(found_spectra.riemann_count(1000.0) - mpmath.nzeros(1000)) < 1


@pytest.mark.parametrize(("group", "beta"), [("Z2", 1), ("U1", 2), ("SU2", 4)])
def test_gauge_group_sets_the_symmetry_class(group, beta):
    levels = found_spectra.staggered_dirac_levels(80, group=group, rng=1)
    assert levels.shape == (80, 128)
    assert np.all(np.diff(levels) > 0)
    bulk = spectra.level_spacings(spectra.unfold(levels))[:, 13:-13].ravel()
    distance = {k: stats.kstest(bulk, laws.gaudin(k).cdf).statistic for k in (1, 2, 4)}
    assert distance[beta] < 0.025
    assert all(d > 0.06 for k, d in distance.items() if k != beta)


@pytest.mark.parametrize("group", ["Z2", "U1", "SU2"])
def test_sum_of_squared_levels_counts_the_links(group):
    # tr D^dagger D: every site has 2 d neighbours, each with a unitary link over 2.
    levels = found_spectra.staggered_dirac_levels(3, group=group, dimension=3, rng=2)
    np.testing.assert_allclose(np.mean(levels**2, axis=1), 2 * 3 / 4)


def test_one_dimensional_dirac_operator_is_a_ring():
    # A gauge transformation leaves one phase: levels |sin(k + phase / side)|.
    levels = found_spectra.staggered_dirac_levels(1, group="U1", side=6, dimension=1, rng=3)[0]
    assert levels.shape == (3,)
    momenta = 2 * np.pi * np.arange(3) / 6

    def ring(shift):
        return np.sort(np.abs(np.sin(momenta + shift)))

    shifts = np.linspace(0, np.pi, 100_001)
    assert min(np.abs(ring(s) - levels).max() for s in shifts[::10]) < 1e-3


def test_clean_lattice_has_plane_waves():
    levels = found_spectra.anderson_levels(1, disorder=1e-12, side=4, rng=4)[0]
    cosines = -2 * np.cos(2 * np.pi * np.arange(4) / 4)
    exact = np.sort((cosines[:, None, None] + cosines[:, None] + cosines).ravel())
    np.testing.assert_allclose(levels, exact, atol=1e-10)


def test_flux_gives_hofstadter_levels():
    # Half a flux quantum per plaquette: +-2 sqrt(cos^2 kx + cos^2 ky) -2 cos kz.
    levels = found_spectra.anderson_levels(1, disorder=1e-12, side=4, flux=0.5, rng=5)[0]
    k = np.pi / 2 * np.arange(4)
    plane = 2 * np.sqrt(np.cos(k[:2, None]) ** 2 + np.cos(k) ** 2)
    layer = np.concatenate([plane.ravel(), -plane.ravel()])
    exact = np.sort((layer[:, None] - 2 * np.cos(k)).ravel())
    np.testing.assert_allclose(levels, exact, atol=1e-10)


@pytest.mark.parametrize(
    ("disorder", "flux", "expected"), [(6.0, 0, 0.5307), (6.0, 1 / 8, 0.5996), (80, 0, 0.3863)]
)
def test_disorder_metal_and_insulator(disorder, flux, expected):
    levels = found_spectra.anderson_levels(20, disorder=disorder, flux=flux, rng=6)
    ratios = spectra.spacing_ratios(levels)[:, 170:-170].mean(axis=1)
    assert ratios.mean() == pytest.approx(expected, abs=4 * stats.sem(ratios) + 0.006)


@given(bad=st.one_of(st.integers(max_value=0), st.floats(), st.none()))
def test_bad_sizes_are_named(bad):
    with pytest.raises(ValueError, match="samples must be"):
        found_spectra.anderson_levels(bad, disorder=1.0, rng=0)
    with pytest.raises(ValueError, match="samples must be"):
        found_spectra.staggered_dirac_levels(bad, group="U1", rng=0)
    with pytest.raises(ValueError, match="dimension must be"):
        found_spectra.staggered_dirac_levels(1, group="U1", dimension=bad, rng=0)
    with pytest.raises(ValueError, match="side must be"):
        found_spectra.anderson_levels(1, disorder=1.0, side=bad, rng=0)


@given(side=st.sampled_from([1, 2, 3, 5, 7]))
def test_dirac_lattices_have_even_sides(side):
    with pytest.raises(ValueError, match=f"side must be an even number .* got {side}"):
        found_spectra.staggered_dirac_levels(1, group="U1", side=side, rng=0)


def test_other_bad_input_is_named():
    with pytest.raises(ValueError, match="group must be one of Z2, U1, SU2, got 'SU3'"):
        found_spectra.staggered_dirac_levels(1, group="SU3", rng=0)
    with pytest.raises(ValueError, match="side must be at least 3"):
        found_spectra.anderson_levels(1, disorder=1.0, side=2, rng=0)
    with pytest.raises(ValueError, match="disorder must be"):
        found_spectra.anderson_levels(1, disorder=0.0, rng=0)
    with pytest.raises(ValueError, match="flux must be a multiple of 1/side = 1/4"):
        found_spectra.anderson_levels(1, disorder=1.0, side=4, flux=0.1, rng=0)
    for low, high in ((5, 20), (30, 20)):
        with pytest.raises(ValueError, match="low must lie between"):
            found_spectra.riemann_zeros(low, high)
    with pytest.raises(ValueError, match="high must be"):
        found_spectra.riemann_zeros(10, np.inf)
