"""Dyson Brownian motion against closed forms, whole matrices, quadrature, and controls."""

import re
import shutil
import subprocess

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from lecture_utils import dyson, ensembles, laws, spectra
from lecture_utils.teaching import explorables
from lecture_utils.teaching.exercise_sets.dyson import check

AGREES, REJECTED = 1e-3, 1e-6
RNG = 20250701


def p_of_mean(samples, expected):
    return stats.ttest_1samp(samples, expected).pvalue


def springs(x):
    return -x


# --- the exact step ------------------------------------------------------------------------------


@pytest.mark.parametrize(("dt", "omega", "g"), [(0.0, 1.0, 2.0), (0.3, 2.0, 0.7), (50.0, 1.0, 1.5)])
def test_memory_and_noise_add_up_to_the_stationary_variance(dt, omega, g):
    memory, noise = dyson.ornstein_uhlenbeck(dt, omega, g)
    assert memory == pytest.approx(np.exp(-omega * dt))
    assert noise**2 + memory**2 * g**2 / omega == pytest.approx(g**2 / omega)


def test_weak_springs_join_free_motion():
    free = dyson.ornstein_uhlenbeck(0.4, 0.0, 1.3)
    assert free == (1.0, pytest.approx(1.3 * np.sqrt(0.8)))
    assert dyson.ornstein_uhlenbeck(0.4, 1e-9, 1.3) == pytest.approx(free)


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_steps_of_any_length_from_zero_give_the_gaussian_ensemble(beta):
    paths = dyson.level_paths(
        np.zeros((20_000, 3)), [0.01, 0.5, 0.7], omega=2.0, g=1.5, beta=beta, rng=RNG
    )
    _, width = dyson.ornstein_uhlenbeck(0.7, 2.0, 1.5)
    reference = ensembles.gaussian_spectra(20_000, 3, beta=beta, sigma=width, rng=RNG + 1)
    for moved, drawn in zip(paths[:, -1].T, reference.T, strict=True):
        assert stats.ks_2samp(moved, drawn).pvalue > AGREES
    too_early = paths[:, 1]
    assert stats.ks_2samp(too_early[:, 2], reference[:, 2]).pvalue < REJECTED


def test_the_spacing_of_two_levels_is_the_surmise_and_a_wrong_width_is_seen():
    levels = dyson.exact_step(np.zeros((30_000, 2)), 0.3, rng=RNG)
    gaps = spectra.level_spacings(levels).ravel()
    _, width = dyson.ornstein_uhlenbeck(0.3)
    assert stats.kstest(gaps, laws.two_level_spacing(width).cdf).pvalue > AGREES
    assert stats.kstest(gaps, laws.two_level_spacing(1.05 * width).cdf).pvalue < REJECTED


def test_levels_alone_and_whole_matrices_have_the_same_law():
    start, times = np.array([-1.0, 0.2, 0.9]), [0.1, 0.4]
    matrices = np.tile(np.diag(start), (20_000, 1, 1))
    whole = np.linalg.eigvalsh(dyson.matrix_paths(matrices, times, omega=1.5, g=0.6, rng=RNG))
    alone = dyson.level_paths(np.tile(start, (20_000, 1)), times, omega=1.5, g=0.6, rng=RNG + 1)
    assert whole.shape == alone.shape == (20_000, 2, 3)
    for combination in ([1, 0, 0], [0, 1, 0], [0, -1, 1]):
        # The change between the two times sees the memory of both, not only one snapshot.
        a, b = ((path @ combination) @ [-1, 1] for path in (whole, alone))
        assert stats.ks_2samp(a, b).pvalue > AGREES


def test_a_step_of_no_time_changes_nothing():
    levels = np.array([[0.0, 1.0, 5.0]])
    np.testing.assert_array_equal(dyson.exact_step(levels, 0.0, rng=1), levels)


def test_results_depend_on_the_seed_alone():
    start = ensembles.gaussian_spectra(3 * dyson.BLOCK // 16**2, 16, rng=1)  # three blocks
    first, again, other = (dyson.exact_step(start, 0.1, rng=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_trace_of_an_ornstein_uhlenbeck_matrix():
    """The Coulomb pushes cancel: the trace is a process of its own, of known variance."""
    start = np.tile([0.0, 1.0, 2.0, 4.0], (20_000, 1))
    trace = dyson.exact_step(start, 0.6, omega=0.5, g=0.8, rng=RNG).sum(axis=1)
    memory = np.exp(-0.3)
    assert p_of_mean(trace, 7 * memory) > AGREES
    scaled = (trace - 7 * memory) / np.sqrt(4 * 0.64 / 0.5 * (1 - memory**2))
    assert stats.kstest(scaled, stats.norm.cdf).pvalue > AGREES


# --- perturbation theory -------------------------------------------------------------------------


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_second_order_shift_is_the_coulomb_push(beta):
    """Plus and minus the same noise: the first order cancels, and single pushes become visible."""
    x, dt = np.array([-1.0, -0.3, 0.8, 1.2]), 1e-5
    _, spread = dyson.ornstein_uhlenbeck(dt)
    noise = ensembles.gaussian_matrices(20_000, 4, beta=beta, sigma=spread, rng=RNG)
    start = np.diag(np.tile(x, noise.shape[-1] // 4))
    solve = ensembles.kramers_levels if beta == 4 else np.linalg.eigvalsh
    up, down = solve(start + noise), solve(start - noise)
    push = ((up + down) / 2 - x) / dt
    for measured, predicted in zip(push.T, beta * dyson.coulomb(x), strict=True):
        assert p_of_mean(measured, predicted) > AGREES
    assert p_of_mean(push[:, 3], 0.9 * beta * dyson.coulomb(x)[3]) < REJECTED
    kicks = (up - down) / 2 / np.sqrt(2 * dt)
    np.testing.assert_allclose(np.cov(kicks.T), np.eye(4), atol=0.05)


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_mean_square_after_a_step_from_anywhere(beta):
    x, omega, g = np.array([-1.0, 0.5, 3.0]), 0.7, 0.4
    memory, noise = dyson.ornstein_uhlenbeck(0.9, omega, g)
    moved = dyson.exact_step(np.tile(x, (10_000, 1)), 0.9, omega=omega, g=g, beta=beta, rng=RNG)
    square = (moved**2).sum(axis=1)
    pairs = 3 * 2 / 2
    expected = memory**2 * np.sum(x**2) + noise**2 * (3 + beta * pairs)
    assert p_of_mean(square, expected) > AGREES
    assert p_of_mean(square, expected - noise**2 * pairs) < REJECTED


def test_coulomb_force_against_a_double_loop():
    x = np.sort(np.random.default_rng(1).standard_normal((3, 6)))
    force = [[sum(1 / (a - b) for b in row if b != a) for a in row] for row in x]
    np.testing.assert_allclose(dyson.coulomb(x), force)
    np.testing.assert_allclose(dyson.coulomb(x).sum(axis=1), 0, atol=1e-9 * np.abs(force).max())
    np.testing.assert_allclose((x * dyson.coulomb(x)).sum(axis=1), 15)  # one for each pair


def test_coulomb_force_of_close_levels_is_clipped():
    np.testing.assert_allclose(dyson.coulomb([0.0, 1e-9], 0.1), [-10, 10])
    assert np.all(np.isinf(dyson.coulomb([1.0, 1.0])))


# --- integrators ---------------------------------------------------------------------------------


def test_clipped_euler_agrees_with_the_exact_step_and_naive_euler_does_not():
    start = ensembles.gaussian_spectra(10_000, 2, rng=RNG)
    runs = {
        clip: dyson.euler(start, 0.02, 200, drift=springs, clip=clip, rng=RNG + 1)
        for clip in (0.0, 0.5)
    }
    law = laws.two_level_spacing(1.0)
    distance = {
        c: stats.kstest(spectra.level_spacings(r.levels).ravel(), law.cdf) for c, r in runs.items()
    }
    assert distance[0.5].statistic < 0.03
    assert distance[0.0].statistic > 0.03
    assert distance[0.0].pvalue < REJECTED
    assert np.abs(runs[0.5].levels).max() < 6
    assert np.abs(runs[0.0].levels).max() > 30  # the tail 1/X
    assert not runs[0.0].diverged.any()


def test_euler_without_repulsion_is_independent_diffusion():
    """The sum of the levels does not feel the sorting: a mean and a variance in closed form."""
    run = dyson.euler(
        np.zeros((20_000, 2)), 0.5, 1, drift=lambda x: x + 1, beta=0.0, g=0.3, rng=RNG
    )
    sum_of_levels = run.levels.sum(axis=1)
    assert stats.kstest(sum_of_levels, stats.norm(1.0, np.sqrt(2 * 0.09)).cdf).pvalue > AGREES


def test_euler_reports_divergence():
    start = np.array([[-1.0, 1.0], [-30.0, 30.0]])
    run = dyson.euler(start, 0.1, 40, drift=lambda x: -(x**3), rng=1)
    np.testing.assert_array_equal(run.diverged, [False, True])
    assert np.isnan(run.levels[1]).all()
    assert np.isfinite(run.levels[0]).all()


def test_strang_splitting_obeys_the_virial_theorem_in_a_quartic_potential():
    start = 0.7 * ensembles.gaussian_spectra(6_000, 5, rng=RNG)
    levels = dyson.strang(start, 0.03, 40, drift=lambda x: -(x**3), g=0.9, rng=RNG)
    virial = (levels**4).sum(axis=1)
    expected = 0.9**2 * 5 * 6 / 2
    assert virial.mean() == pytest.approx(expected, rel=0.02)
    assert p_of_mean(virial, expected) > AGREES
    assert p_of_mean(virial, 0.9**2 * 5 * 5 / 2) < REJECTED


def exact_flow(x, t):
    return x / np.sqrt(1 + 2 * t * x**2)  # of dx/dt = -x^3


def midpoint_flow(x, t):
    return x - t * (x - t / 2 * x**3) ** 3  # as in dyson.strang


def scheme_error(dt, flow=exact_flow, split=0.5, nodes=50):
    """Relative error of <sum x^4> of two levels in x^4/4, in the stationary law of a splitting.

    Without chance: a step of free noise moves the centre by a Gaussian and the gap by Rice's law,
    so on quadrature nodes it is a matrix. `split` is the part of the flow that comes after it:
    1/2 for Strang, 0 for Lie.
    """
    points, weights = np.polynomial.legendre.leggauss(nodes)
    centre, gap = 2.6 * points, 3.2 * (1 + points)
    weight = np.outer(weights, weights).ravel()
    levels = centre[:, None, None] + gap[:, None] * np.array([-0.5, 0.5])
    end = flow(levels, split * dt).reshape(-1, 2)
    before = flow(end, (1 - split) * dt)
    to_centre = stats.norm.pdf(centre[:, None], before.mean(axis=1), np.sqrt(dt))
    size = np.diff(before)[:, 0]
    to_gap = stats.rice.pdf(gap[:, None], size / np.sqrt(4 * dt), scale=np.sqrt(4 * dt))
    density = np.ones(weight.size)
    for _ in range(round(5 / dt)):
        density = np.einsum("ik,jk->ij", to_centre * (density * weight), to_gap, optimize=True)
        density = density.ravel() / (density.ravel() @ weight)
    return density @ (weight * (end**4).sum(axis=1)) / 3 - 1


def test_strang_splitting_is_of_second_order_and_lie_splitting_is_not():
    strang = [scheme_error(dt) for dt in (0.02, 0.04)]
    lie = [scheme_error(dt, split=0.0) for dt in (0.02, 0.04)]
    assert np.log2(strang[1] / strang[0]) == pytest.approx(2, abs=0.04)
    assert np.log2(lie[1] / lie[0]) == pytest.approx(1, abs=0.2)
    rng = np.random.default_rng(RNG)
    start = 0.8 * ensembles.gaussian_spectra(40_000, 2, rng=rng)
    levels = dyson.strang(start, 0.08, 25, drift=lambda x: -(x**3), rng=rng)
    fourth = (levels**4).sum(axis=1)
    assert p_of_mean(fourth, 3 * (1 + scheme_error(0.08, midpoint_flow))) > AGREES
    assert p_of_mean(fourth, 3 * (1 + scheme_error(0.08, split=0.0))) < REJECTED


def test_strang_splitting_of_a_quadratic_potential_is_a_second_algorithm_for_the_exact_step():
    start = np.tile([0.0, 1.0, 3.0], (10_000, 1))
    split = dyson.strang(start, 0.05, 10, drift=lambda x: -0.7 * x, omega=0.3, rng=RNG)
    exact = dyson.exact_step(start, 0.5, rng=RNG + 1)
    for a, b in zip(split.T, exact.T, strict=True):
        assert stats.ks_2samp(a, b).pvalue > AGREES


def test_strang_reports_levels_that_run_away():
    with pytest.raises(FloatingPointError, match="levels ran away in 1 of 2 replicas"):
        dyson.strang(np.array([[0.0], [100.0]]), 0.5, 20, drift=lambda x: -(x**3), rng=1)


# --- first passage -------------------------------------------------------------------------------


def test_mean_first_passage_is_the_logarithm():
    times = dyson.first_passage(2.0, 0.2, 20_000, omega=2.0, g=np.sqrt(2), resolution=0.2, rng=RNG)
    assert p_of_mean(times, np.log(10) / 2) > AGREES
    looks = dyson.first_passage(
        2.0, 0.2, 20_000, omega=2.0, g=np.sqrt(2), resolution=0.2, bridge=False, rng=RNG
    )
    assert p_of_mean(looks, np.log(10) / 2) < REJECTED
    assert looks.mean() > np.log(10) / 2


@pytest.mark.parametrize("beta", [0, 2])
def test_mean_first_passage_for_other_dimensions(beta):
    """The mean time T(S) solves 2 T'' + (2 beta/S - S) T' = -1 for g = Omega = 1: quadrature."""

    def slope(gap):
        weight = integrate.quad(lambda z: z**beta * np.exp((gap**2 - z**2) / 4), gap, np.inf)[0]
        return weight / (2 * gap**beta)

    expected = integrate.quad(slope, 0.5, 2.0)[0]
    times = dyson.first_passage(2.0, 0.5, 8_000, beta=beta, resolution=0.15, rng=RNG)
    assert p_of_mean(times, expected) > AGREES
    assert p_of_mean(times, np.log(4)) < REJECTED


# --- free convolution ----------------------------------------------------------------------------


def test_from_zero_comes_the_semicircle():
    density = dyson.free_convolution(np.zeros(1), 0.25)
    law = stats.semicircular(scale=1.0)
    x = np.linspace(-1.1, 1.1, 200)
    np.testing.assert_allclose(density.cdf(x), law.cdf(x), atol=1e-4)
    np.testing.assert_allclose(density.pdf(x)[20:-20], law.pdf(x)[20:-20], rtol=1e-3)
    np.testing.assert_allclose(density.support(), law.support(), atol=5e-3)  # the grid


def test_semicircles_add_their_variances():
    start = stats.semicircular(scale=1.2).ppf((np.arange(2000) + 0.5) / 2000)
    density = dyson.free_convolution(start, 0.5)
    law = stats.semicircular(scale=np.sqrt(1.2**2 + 4 * 0.5))
    x = np.linspace(-2, 2, 100)
    np.testing.assert_allclose(density.cdf(x), law.cdf(x), atol=5e-4)


def test_moments_and_pastur_equation_of_a_skewed_start():
    start, v = np.array([-1.0, 0.0, 0.1, 3.0]), 0.6
    density = dyson.free_convolution(start, v, points=4001)
    moment = [np.trapezoid(density.values * density.x**k, density.x) for k in range(4)]
    mean = start.mean()
    np.testing.assert_allclose(moment[:2], [1, mean], atol=1e-4)
    # Free cumulants add: variance + v, and the third one is that of the start.
    assert moment[2] - mean**2 == pytest.approx(start.var() + v, abs=1e-3)
    central = moment[3] - 3 * mean * moment[2] + 2 * mean**3
    assert central == pytest.approx(np.mean((start - mean) ** 3), abs=5e-3)
    # The Stieltjes transform solves Pastur's equation off the real line.
    z = 0.7 + 0.9j
    G = np.trapezoid(density.values / (z - density.x), density.x)
    np.testing.assert_allclose(G, np.mean(1 / (z - v * G - start)), atol=1e-4)


def test_levels_far_apart_stay_two_separate_semicircles():
    density = dyson.free_convolution([-10.0, 10.0], 0.02, points=4001)
    assert density.pdf(0.0) == 0
    assert density.cdf(0.0) == pytest.approx(0.5, abs=1e-3)


def test_large_matrices_follow_it_and_not_a_wrong_variance():
    start = laws.marchenko_pastur(0.5).ppf((np.arange(60) + 0.5) / 60)
    moved = dyson.exact_step(np.tile(start, (100, 1)), 0.4, g=0.1, rng=RNG)
    memory, spread = dyson.ornstein_uhlenbeck(0.4, g=0.1)
    right = dyson.free_convolution(memory * start, 60 * spread**2 / 2)
    wrong = dyson.free_convolution(memory * start, 60 * spread**2)
    assert stats.kstest(moved.ravel(), right.cdf).statistic < 0.01
    assert stats.kstest(moved.ravel(), wrong.cdf).pvalue < REJECTED


# --- rectangular weights -------------------------------------------------------------------------


def test_singular_values_alone_and_whole_weights_have_the_same_law():
    xi, rows, gamma, kappa, dt = np.array([0.2, 0.9, 1.5]), 5, 0.8, 0.5, 0.7
    alone = dyson.singular_value_step(
        np.tile(xi, (20_000, 1)), dt, rows=rows, gamma=gamma, kappa=kappa, rng=RNG
    )
    # The same start behind random rotations, entry by entry as an Ornstein-Uhlenbeck process.
    left = stats.ortho_group(rows, seed=1).rvs()[:, :3]
    right = stats.ortho_group(3, seed=2).rvs()
    memory = np.exp(-gamma * dt)
    std = kappa * np.sqrt((1 - memory**2) / (2 * gamma))
    noise = np.random.default_rng(RNG + 1).standard_normal((20_000, rows, 3))
    levels = spectra.gram(memory * (left * xi) @ right + std * noise)
    for a, b in zip((alone**2).T, levels.T, strict=True):
        assert stats.ks_2samp(a, b).pvalue > AGREES
    assert stats.ks_2samp(1.03 * alone[:, 2] ** 2, levels[:, 2]).pvalue < REJECTED


def test_weights_relax_to_the_wishart_ensemble():
    moved = dyson.singular_value_step(np.ones((10_000, 3)), 20.0, rows=4, kappa=np.sqrt(2), rng=RNG)
    drawn = ensembles.wishart_spectra(10_000, 4, 3, rng=RNG + 1)
    for a, b in zip((moved**2).T, drawn.T, strict=True):
        assert stats.ks_2samp(a, b).pvalue > AGREES


def test_bru_and_singular_value_drifts_are_the_same_by_ito():
    xi, rows, gamma, kappa = np.array([0.3, 0.8, 1.1, 2.0]), 6, 0.7, 0.4
    drift = dyson.singular_value_drift(xi, rows, gamma=gamma, kappa=kappa)
    np.testing.assert_allclose(
        dyson.bru_drift(xi**2, rows, gamma=gamma, kappa=kappa), 2 * xi * drift + kappa**2
    )


def test_bru_drift_has_no_mean_in_the_stationary_state():
    levels = ensembles.wishart_spectra(40_000, 6, 3, sigma=0.5, rng=RNG)
    drift = dyson.bru_drift(levels, 6, gamma=2.0, kappa=1.0)  # s^2 = kappa^2 / 2 gamma = 1/4
    assert p_of_mean(drift.sum(axis=1), 0.0) > AGREES
    # Generator on the sum of squares: 2 x drift + 4 kappa^2 x.
    assert p_of_mean((2 * levels * drift + 4 * levels).sum(axis=1), 0.0) > AGREES
    wrong = dyson.bru_drift(levels, 5, gamma=2.0, kappa=1.0)
    assert p_of_mean(wrong.sum(axis=1), 0.0) < REJECTED


# --- bad input -----------------------------------------------------------------------------------

LEVELS = np.array([[0.0, 1.0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dyson.ornstein_uhlenbeck(-0.1), "dt must be .* got -0.1"),
        (lambda: dyson.ornstein_uhlenbeck(0.1, -1.0), "omega must be .* got -1.0"),
        (lambda: dyson.ornstein_uhlenbeck(0.1, 1.0, 0.0), "g must be .* got 0.0"),
        (lambda: dyson.exact_step([0.0, 1.0], 0.1, rng=0), "levels must have 2 dimension"),
        (lambda: dyson.exact_step([[0.0, np.nan]], 0.1, rng=0), "levels must be finite, got nan"),
        (lambda: dyson.exact_step(LEVELS, 0.1, beta=3, rng=0), "beta must be 1, 2 or 4 .* got 3"),
        (lambda: dyson.level_paths(LEVELS, [0.2, 0.1], rng=0), "times must ascend"),
        (lambda: dyson.level_paths(LEVELS, [-0.2, 0.1], rng=0), "times must ascend"),
        (lambda: dyson.matrix_paths(np.ones((2, 2, 3)), [1.0], rng=0), "symmetric"),
        (lambda: dyson.matrix_paths([[[0, 1], [2, 0]]], [1.0], rng=0), "symmetric"),
        (lambda: dyson.coulomb(LEVELS, -1.0), "smallest_gap must be .* got -1.0"),
        (lambda: dyson.euler(LEVELS, 0.0, 1, drift=springs, rng=0), "dt must be .* got 0.0"),
        (lambda: dyson.euler(LEVELS, 0.1, 0, drift=springs, rng=0), "steps must be .* got 0"),
        (
            lambda: dyson.euler(LEVELS, 0.1, 1, drift=springs, clip=-1, rng=0),
            "clip must be .* got -1",
        ),
        (
            lambda: dyson.euler(LEVELS, 0.1, 1, drift=springs, beta=-1, rng=0),
            "beta must be .* got -1",
        ),
        (lambda: dyson.strang(LEVELS, 0.1, 1.5, drift=springs, rng=0), "steps must be .* got 1.5"),
        (
            lambda: dyson.first_passage(1.0, 1.0, 5, rng=0),
            "threshold must be below the gap 1.0, got 1.0",
        ),
        (
            lambda: dyson.first_passage(1.0, 0.5, 5, beta=3, rng=0),
            "beta must be 0, 1, 2 or 4, got 3",
        ),
        (
            lambda: dyson.first_passage(1.0, 0.5, 5, resolution=1, rng=0),
            "resolution must lie .* got 1",
        ),
        (lambda: dyson.first_passage(1.0, 0.5, 0, rng=0), "replicas must be .* got 0"),
        (lambda: dyson.free_convolution([], 1.0), "start must not be empty"),
        (lambda: dyson.free_convolution([1.0], 0.0), "variance must be .* got 0.0"),
        (
            lambda: dyson.singular_value_step(LEVELS, 0.1, rows=1, rng=0),
            "rows must be at least 2 .* got 1",
        ),
        (lambda: explorables.dyson_fan(levels=31), "levels must be at most 30, got 31"),
        (lambda: explorables.dyson_fan(levels=1), "levels must be at least 2, got 1"),
        (lambda: explorables.dyson_fan(temperature=3.0), "temperature must lie .* got 3.0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_repulsion_does_not_care_for_the_order():
    np.testing.assert_allclose(dyson.coulomb([3.0, 1.0, 0.0], 0.1), [5 / 6, 1 / 2, -4 / 3])
    xi = np.linalg.svd(np.random.default_rng(3).standard_normal((5, 3)), compute_uv=False)
    for drift in (dyson.singular_value_drift, dyson.bru_drift):
        np.testing.assert_allclose(drift(xi, 5), drift(xi[::-1], 5)[::-1])


@given(st.one_of(st.floats(max_value=0, exclude_max=True), st.just(np.inf), st.just(np.nan)))
def test_no_time_step_that_is_no_time(dt):
    with pytest.raises(ValueError, match="dt"):
        dyson.exact_step(LEVELS, dt, rng=0)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=5), st.floats(0.01, 10), st.integers(0, 99))
def test_levels_come_out_ascending_and_finite(levels, dt, seed):
    moved = dyson.exact_step([sorted(levels)], dt, rng=seed)
    assert np.all(np.isfinite(moved))
    assert np.all(np.diff(moved) >= 0)


# --- the live figure and the exercises -----------------------------------------------------------


def test_the_live_figure_integrates_the_same_equation():
    """The JavaScript step against the exact mean square (N+1)/2 T, and its edge against ours."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    html = explorables.dyson_fan()._repr_html_()
    script = re.search(r"<script type=\"module\">(.*)</script>", html, re.DOTALL)[1]
    module = script[: script.index("const state =")].replace("<\\/", "</")
    harness = """
const normal = gaussian(7);
const x = new Float64Array(4);
const T = 0.5;
for (const beta of [1, 0]) {
  let sum = 0;
  for (let k = 0; k < 400000; k++) {
    step(x, 0.005, T, 1, beta, normal);
    for (const value of x) sum += value * value / 4 / 400000;
  }
  console.log(sum);
}
console.log(edge(4, T, 1, 1, 0.3));
"""
    done = subprocess.run(
        [node, "--input-type=module", "-"],
        input=module + harness,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    repelling, free, edge = map(float, done.stdout.split())
    assert repelling == pytest.approx(0.5 * (4 + 1) / 2, rel=0.04)
    assert free == pytest.approx(0.5, rel=0.04)
    assert edge == pytest.approx(np.sqrt(2 * 4) * dyson.ornstein_uhlenbeck(0.3, g=np.sqrt(0.5))[1])


def symbol(names):
    return sympy.symbols(names, positive=True)


a, b, e, s, epsilon = symbol("a b e s epsilon")
Omega, beta_, g_, q = symbol("Omega beta g q")
RIGHT = {
    "second-order": e**2 / (a - b),
    "squared-gap": 4 * g_**2 + 4 * beta_ * g_**2 - 2 * Omega * q,
    "hermitian-return": epsilon / s,
    "shaken": 6.6,
    "thrown": 0.0075,
}
WRONG = [
    ("second-order", -(e**2) / (a - b), "Levels repel"),
    ("squared-gap", 4 * beta_ * g_**2 - 2 * Omega * q, "Ito adds"),
    ("hermitian-return", 1, "may escape"),
    ("shaken", 0.632, "something must push"),
    ("thrown", 0.0, "bounded from below"),
]


@pytest.mark.parametrize("name", RIGHT)
def test_solutions_are_accepted(name):
    assert check(name, RIGHT[name]).correct


@pytest.mark.parametrize(("name", "answer", "hint"), WRONG)
def test_typical_mistakes_get_their_hint(name, answer, hint):
    feedback = check(name, answer)
    assert not feedback.correct
    assert hint in feedback.message


def test_free_convolution_resolves_levels_that_stand_far_apart():
    apart = dyson.free_convolution([0.0, 100.0], 0.01)
    assert np.trapezoid(apart.values, apart.x) == pytest.approx(1, abs=1e-3)
    # Each level alone becomes a semicircle of half the mass and half the variance.
    assert apart.pdf(0.0) == pytest.approx(0.5 / (np.pi * np.sqrt(0.005)), rel=1e-3)
    assert apart.pdf(50.0) == 0
    few = dyson.free_convolution([0.0, 1.0], 0.01, points=2)
    assert np.trapezoid(few.values, few.x) == pytest.approx(1, abs=0.01)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 100), st.floats(-8, 1), st.integers(1, 500))
def test_free_convolution_keeps_its_mass(seed, size, log_variance, points):
    levels = np.random.default_rng(seed).standard_cauchy(size)
    density = dyson.free_convolution(levels, 10.0**log_variance, points)
    assert np.trapezoid(density.values, density.x) == pytest.approx(1, abs=0.01)
    assert np.all(np.diff(density.x) >= 0)
