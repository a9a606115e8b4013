import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from lecture_utils import coulomb_gas, laws
from lecture_utils.ensembles import gaussian_spectra, wishart_spectra
from lecture_utils.teaching.exercise_sets.coulomb_gas import CHECKERS
from lecture_utils.teaching.verdicts import ks_verdict, two_sample_verdict, value_verdict

ACCEPT, POWER = 1e-3, 1e-6  # p-values of a right and of a known-wrong sampler


def one_of_each_run(levels, rng):
    last = levels[:, -1]
    return last[np.arange(len(last)), rng.integers(0, last.shape[1], len(last))]


# ------------------------------------------------------------------- density and forces


def test_log_density_by_hand():
    levels = np.array([[0.0, 1.0, 3.0], [2.0, -1.0, 0.5]])
    expected = []
    for x, y, z in levels:
        repulsion = abs((x - y) * (x - z) * (y - z))
        expected.append(2 * np.log(repulsion) - (x**2 + y**2 + z**2) / (2 * 0.7**2))
    got = coulomb_gas.log_density(levels, coulomb_gas.gaussian_potential(0.7), beta=2)
    np.testing.assert_allclose(got, expected)


def test_coinciding_levels_have_no_weight_and_no_force():
    assert coulomb_gas.log_density([1.0, 1.0], coulomb_gas.gaussian_potential(1.0)) == -np.inf
    with pytest.raises(ValueError, match="levels must be distinct"):
        coulomb_gas.forces([1.0, 1.0], lambda x: x)


@pytest.mark.parametrize("beta", [1.0, 2.5])
def test_forces_are_the_gradient_of_the_log_density(beta):
    x = sympy.symbols("x1:4")
    gaps = (x[1] - x[0]) * (x[2] - x[0]) * (x[2] - x[1])
    log_p = beta * sympy.log(gaps) - sum(3 * (-(y**2) / 2 + y**4 / 8) for y in x)
    point = (-1.2, 0.3, 0.9)
    at = dict(zip(x, point, strict=True))
    expected = [float(log_p.diff(y).subs(at)) for y in x]
    got = coulomb_gas.forces(point, lambda y: 3 * (-y + y**3 / 2), beta)
    np.testing.assert_allclose(got, expected)
    potential = coulomb_gas.quartic_potential(-1.0, 0.5, 3)
    np.testing.assert_allclose(
        coulomb_gas.log_density(point, potential, beta), float(log_p.subs(at)), rtol=1e-12
    )


@pytest.mark.parametrize("n", [2, 5, 20])
def test_no_force_at_the_zeros_of_hermite_polynomials(n):
    zeros = special.roots_hermite(n)[0]
    got = coulomb_gas.forces(1.7 * zeros * np.sqrt(2), lambda x: x / 1.7**2, beta=2)
    np.testing.assert_allclose(got, 0, atol=1e-9)


# ------------------------------------------------------------------- partition functions


@pytest.mark.parametrize("beta", [1.0, 2.0, 4.0, 0.6])
def test_gaussian_partition_function_by_quadrature(beta):
    potential = coulomb_gas.gaussian_potential(0.8)

    def weight(y, x):
        return np.exp(coulomb_gas.log_density([x, y], potential, beta))

    half, _ = integrate.dblquad(weight, -8, 8, -8, lambda x: x, epsabs=1e-8)
    z = np.exp(coulomb_gas.log_partition_gaussian(2, 0.8, beta))
    np.testing.assert_allclose(2 * half, z, rtol=1e-5)


def test_gaussian_partition_function_at_beta_two_is_a_determinant_of_moments():
    # Andreief's identity: Z = N! det of the moments of the weight.
    n, sigma = 6, 1.3
    moments = [stats.norm(scale=sigma).moment(k) * np.sqrt(2 * np.pi) * sigma for k in range(11)]
    hankel = np.array([[moments[i + j] for j in range(n)] for i in range(n)])
    expected = special.gammaln(n + 1) + np.linalg.slogdet(hankel)[1]
    assert coulomb_gas.log_partition_gaussian(n, sigma, 2) == pytest.approx(expected, rel=1e-9)


def test_lectures_normalisation():
    n, sigma = 7, 0.6
    expected = 2 ** (3 * n / 2) * sigma ** (n * (n + 1) / 2)
    expected *= np.prod([special.gamma(1 + j / 2) for j in range(1, n + 1)])
    assert np.exp(coulomb_gas.log_partition_gaussian(n, sigma)) == pytest.approx(expected)
    two = 4 * np.sqrt(np.pi) * sigma**3
    assert np.exp(coulomb_gas.log_partition_gaussian(2, sigma)) == pytest.approx(two)


@pytest.mark.parametrize(("m", "beta"), [(3, 1.0), (6, 1.0), (4, 2.0)])
def test_laguerre_partition_function_by_quadrature(m, beta):
    potential = coulomb_gas.laguerre_potential(m, 2, 0.7, beta)

    def weight(y, x):
        return np.exp(coulomb_gas.log_density([x, y], potential, beta))

    half, _ = integrate.dblquad(weight, 0, 60, 0, lambda x: x, epsabs=1e-9)
    z = np.exp(coulomb_gas.log_partition_laguerre(m, 2, 0.7, beta))
    np.testing.assert_allclose(2 * half, z, rtol=1e-4)


def test_one_laguerre_level_is_a_squared_length():
    x = np.linspace(0.1, 20, 30)
    log_z = coulomb_gas.log_partition_laguerre(5, 1, 1.4)
    density = np.exp(-coulomb_gas.laguerre_potential(5, 1, 1.4)(x) - log_z)
    np.testing.assert_allclose(density, stats.chi2(5, scale=1.4**2).pdf(x))
    assert coulomb_gas.laguerre_potential(5, 1, 1.4)(np.array([-1.0, 0.0])).tolist() == [np.inf] * 2


# ------------------------------------------------------------------- sampler


def gas(potential, start, rng, **kwargs):
    options = {"runs": 5000, "sweeps": 1} | kwargs
    return coulomb_gas.sample_gas(potential, start, rng=rng, **options)


@pytest.mark.parametrize(("beta", "wrong_beta"), [(1.0, 1.3), (2.0, 1.5)])
def test_sampler_agrees_with_tridiagonal_matrices_and_a_wrong_beta_is_caught(beta, wrong_beta):
    rng = np.random.default_rng(1)
    start = np.linspace(-2, 2, 4)
    sample = gas(coulomb_gas.gaussian_potential(0.9), start, rng, beta=beta)
    exact = gaussian_spectra(20_000, 4, beta=beta, sigma=0.9, rng=rng)
    wrong = gaussian_spectra(20_000, 4, beta=wrong_beta, sigma=0.9, rng=rng)
    largest, spread = sample.levels[:, 0, -1], np.ptp(sample.levels[:, 0], axis=1)
    assert two_sample_verdict(largest, exact[:, -1], bound=1).p_value > ACCEPT
    assert two_sample_verdict(spread, np.ptp(exact, axis=1), bound=1).p_value > ACCEPT
    assert two_sample_verdict(spread, np.ptp(wrong, axis=1), bound=1).p_value < POWER
    assert 0.3 < sample.acceptance < 0.6


def test_sampler_agrees_with_wishart_levels():
    rng = np.random.default_rng(2)
    sample = gas(coulomb_gas.laguerre_potential(6, 3, 0.5), [0.5, 1.5, 3.0], rng)
    exact = wishart_spectra(20_000, 6, 3, sigma=0.5, rng=rng)
    for i in range(3):
        verdict = two_sample_verdict(sample.levels[:, 0, i], exact[:, i], bound=1)
        assert verdict.p_value > ACCEPT


def test_two_levels_follow_the_laws_of_the_lecture():
    rng = np.random.default_rng(3)
    levels = gas(coulomb_gas.gaussian_potential(1.0), [-1.0, 1.0], rng).levels
    gaps = np.diff(levels[:, 0])
    assert ks_verdict(gaps, laws.two_level_spacing(1.0), bound=1).p_value > ACCEPT
    one = one_of_each_run(levels, rng)
    assert ks_verdict(one, laws.two_level_density(1.0), bound=1).p_value > ACCEPT
    assert ks_verdict(one, laws.semicircle(1.0, 2), bound=1).p_value < POWER


@pytest.mark.parametrize(("mu", "mirror"), [(1.0, False), (-3.0, True)])
def test_virial_theorem_in_a_quartic_well(mu, mirror):
    n = 6
    sample = gas(
        coulomb_gas.quartic_potential(mu, 1.0, n),
        np.linspace(-1.5, 1.5, n),
        4,
        runs=400,
        sweeps=200,
        mirror=mirror,
    )
    x = sample.levels
    rows = n * (mu * x**2 + x**4).mean(axis=(1, 2))
    assert value_verdict(rows.mean(), stats.sem(rows), (n + 1) / 2, bound=1).p_value > ACCEPT
    wrong = value_verdict(rows.mean(), stats.sem(rows), n / 2, bound=1)  # no volume term
    assert wrong.p_value < POWER


def test_mirror_moves_let_a_level_alone_visit_both_wells():
    deep = coulomb_gas.quartic_potential(-40.0, 10.0, 1)
    stuck = gas(deep, [2.0], 5, runs=200, sweeps=50)
    free = gas(deep, [2.0], 5, runs=200, sweeps=50, mirror=True)
    assert np.all(stuck.levels > 0)
    assert abs(np.mean(free.levels > 0) - 0.5) < 0.1


def test_potential_may_differ_from_level_to_level():
    kappa = np.array([0.0, 20.0])
    sample = gas(lambda x: (x - kappa) ** 2 / 2, kappa, 6, runs=2000, sweeps=50)
    # Two levels: the gap has weight S exp(-(S - d)^2 / 4), mean d + 2 / d.
    rows = np.diff(sample.levels).mean(axis=(1, 2))
    assert value_verdict(rows.mean(), stats.sem(rows), 20 + 2 / 20, bound=1).p_value > ACCEPT


def test_effective_sample_sizes():
    sample = gas(coulomb_gas.gaussian_potential(1.0), [0.0], 7, runs=2000, sweeps=100)
    rows = (sample.levels**2).mean(axis=(1, 2))
    assert sample.n_eff == pytest.approx(2 / rows.var() * 2000, rel=0.1)  # Var(x^2) = 2
    assert 2000 < sample.n_eff < 200_000
    assert 2000 < coulomb_gas.effective_levels(sample.levels) < 200_000
    independent = np.random.default_rng(8).normal(size=(1000, 10, 1))
    assert coulomb_gas.effective_levels(independent) > 8000
    # A chain that does not move holds one value a run, whatever its length.
    stuck = np.repeat(independent[:, :1], 50, axis=1)
    assert coulomb_gas.effective_levels(stuck) == pytest.approx(1000, rel=0.01)
    assert gas(coulomb_gas.gaussian_potential(1.0), [0.0], 7, runs=1).n_eff == 1
    assert gas(coulomb_gas.gaussian_potential(1.0), [0.0], 7, runs=2, sweeps=50).n_eff > 1


def test_sampler_is_reproducible_and_keeps_shapes():
    options = {"runs": 7, "sweeps": 20, "every": 5, "burn_in": 10}
    a = gas(coulomb_gas.gaussian_potential(1.0), [-1.0, 0.0, 1.0], 9, **options)
    b = gas(
        coulomb_gas.gaussian_potential(1.0), [-1.0, 0.0, 1.0], np.random.default_rng(9), **options
    )
    assert a.levels.shape == (7, 4, 3)
    np.testing.assert_array_equal(a.levels, b.levels)
    assert np.all(np.diff(a.levels) > 0)


# ------------------------------------------------------------------- two levels in time


def test_pair_of_equal_noise_relaxes_to_the_surmise():
    x = coulomb_gas.simulate_pair((0.49, 0.49), (0.7, 0.7), runs=5000, time=4.0, steps=800, rng=10)
    assert np.all(x[:, 1] > x[:, 0])
    gaps = x[:, 1] - x[:, 0]
    assert ks_verdict(gaps, laws.two_level_spacing(0.7), bound=1).p_value > ACCEPT
    assert ks_verdict(gaps, laws.two_level_spacing(0.8), bound=1).p_value < POWER


def test_pair_of_unequal_noise_keeps_its_centre_if_forces_are_opposite():
    g1, g2 = 0.6, 1.4
    law = stats.norm(scale=np.sqrt(g1**2 + g2**2) / 2)
    both = (g1**2 + g2**2) / 2
    x = coulomb_gas.simulate_pair((both, both), (g1, g2), runs=5000, time=4.0, steps=400, rng=11)
    assert ks_verdict(x.mean(axis=1), law, bound=1).p_value > ACCEPT
    x = coulomb_gas.simulate_pair((g1**2, g2**2), (g1, g2), runs=5000, time=4.0, steps=400, rng=11)
    assert ks_verdict(x.mean(axis=1), law, bound=1).p_value < POWER


# ------------------------------------------------------------------- equilibrium densities


@pytest.mark.parametrize("mu", [2.0, -1.0, -np.sqrt(2 * 0.7), -2.5])
def test_quartic_density_balances_the_force(mu):
    lam = 0.7
    law = coulomb_gas.quartic_density(mu, lam)
    low, high = law.support()
    x = np.linspace(low, high, 4001)
    np.testing.assert_allclose(integrate.trapezoid(law.pdf(x), x), 1, atol=1e-4)
    np.testing.assert_allclose(
        integrate.cumulative_trapezoid(law.pdf(x), x, initial=0), law.cdf(x), atol=1e-4
    )
    assert law.var() == pytest.approx(integrate.trapezoid(x**2 * law.pdf(x), x), abs=1e-3)
    np.testing.assert_allclose(law.cdf(law.ppf([0.1, 0.4, 0.8])), [0.1, 0.4, 0.8], atol=1e-8)
    for at in np.array([0.7, 0.85, 0.95]) * high:
        field = integrate.quad(law.pdf, low, high, weight="cauchy", wvar=at, limit=400)[0]
        assert -field == pytest.approx(mu * at + lam * at**3, abs=2e-3)


def test_quartic_density_is_the_papers_formula():
    mu, lam, x = 0.5, 1.2, np.linspace(-0.9, 0.9, 9)
    law = coulomb_gas.quartic_density(mu, lam)
    a = law.support()[1]
    assert mu * a**2 / 2 + 3 * lam * a**4 / 8 == pytest.approx(1)
    density = (lam * x**2 + mu + lam * a**2 / 2) * np.sqrt(a**2 - x**2) / np.pi
    np.testing.assert_allclose(law.pdf(x), density)
    mu, x = -3.0, np.linspace(-2, 2, 41)
    law = coulomb_gas.quartic_density(mu, lam)
    b2, a2 = -mu / lam + np.sqrt(2 / lam), -mu / lam - np.sqrt(2 / lam)
    inside = np.maximum((b2 - x**2) * (x**2 - a2), 0)
    np.testing.assert_allclose(law.pdf(x), lam * np.abs(x) * np.sqrt(inside) / np.pi, atol=1e-12)


def test_one_cut_finds_the_known_laws():
    x = np.linspace(-3, 3, 61)
    np.testing.assert_allclose(
        coulomb_gas.one_cut(lambda y: (y - 0.5) / 3, beta=2).cdf(x),
        stats.semicircular(loc=0.5, scale=np.sqrt(12)).cdf(x),
        atol=1e-9,
    )
    found = coulomb_gas.one_cut(lambda y: 0.3 * y + 0.8 * y**3)
    known = coulomb_gas.quartic_density(0.3, 0.8)
    np.testing.assert_allclose(found.pdf(x), known.pdf(x), atol=1e-7)
    r, x = 0.4, np.linspace(0, 3, 50)
    found = coulomb_gas.one_cut(lambda y: (1 - (1 - r) / y) / (2 * r), start=(1.4, 1.2))
    np.testing.assert_allclose(found.cdf(x), laws.marchenko_pastur(r).cdf(x), atol=1e-7)


def test_gas_of_twenty_levels_lies_on_the_saddle_point_density():
    n, law = 20, coulomb_gas.quartic_density(-3.0, 1.0)
    start = law.ppf((np.arange(n) + 0.5) / n)
    sample = gas(
        coulomb_gas.quartic_potential(-3.0, 1.0, n), start, 12, runs=200, sweeps=100, mirror=True
    )
    n_eff = coulomb_gas.effective_levels(sample.levels)
    assert ks_verdict(sample.levels, law, bound=0.015, n_eff=n_eff).within
    wrong = stats.semicircular(scale=2 * law.std())
    assert ks_verdict(sample.levels, wrong, bound=1, n_eff=n_eff).p_value < POWER


# ------------------------------------------------------------------- bad input


@given(st.one_of(st.floats(max_value=0), st.sampled_from([np.nan, np.inf])))
@settings(max_examples=25, deadline=None)
def test_what_must_be_positive_is_named(bad):
    for name, call in {
        "sigma": lambda: coulomb_gas.gaussian_potential(bad),
        "lam": lambda: coulomb_gas.quartic_density(0.0, bad),
        "beta": lambda: coulomb_gas.log_partition_gaussian(3, 1.0, bad),
        "stiffness": lambda: coulomb_gas.simulate_pair(
            (1, 1), (1, 1), stiffness=bad, runs=1, time=1.0, steps=10, rng=0
        ),
    }.items():
        with pytest.raises(ValueError, match=name):
            call()


@given(st.integers(max_value=0))
@settings(max_examples=10, deadline=None)
def test_sizes_must_be_positive(bad):
    for name in ("runs", "sweeps", "burn_in", "every"):
        options = {"runs": 2, "sweeps": 2, "rng": 0, name: bad}
        with pytest.raises(ValueError, match=name):
            coulomb_gas.sample_gas(coulomb_gas.gaussian_potential(1.0), [0.0, 1.0], **options)
    with pytest.raises(ValueError, match="n must be"):
        coulomb_gas.log_partition_laguerre(3, bad, 1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: coulomb_gas.log_partition_laguerre(3, 4, 1.0), "n must be at most 3"),
        (lambda: coulomb_gas.quartic_potential(np.nan, 1.0, 3), "mu must be finite"),
        (lambda: gas(lambda x: 0 * x, [0.0, 1.0], 0), "potential must confine 2 levels"),
        (lambda: gas(lambda x: -(x**2), [0.0, 1.0], 0), "potential must confine"),
        (lambda: gas(lambda x: x, [0.0, 1.0], 0), "potential must confine"),
        (
            lambda: gas(lambda x: 1.5 * np.log1p(x**2), [0.0, 1.0, 2.0], 0),
            "potential must confine 3 levels",
        ),
        (lambda: gas(coulomb_gas.gaussian_potential(1.0), [1.0, 1.0], 0), "start must be distinct"),
        (lambda: gas(coulomb_gas.laguerre_potential(4, 2, 1.0), [-1.0, 1.0], 0), "start must be"),
        (lambda: gas(lambda x: x.sum(), [0.0, 1.0], 0), "potential.levels. must have shape"),
        (lambda: gas(lambda x: np.log(-(x**2) - 1), [0.0, 1.0], 0), "potential must be a number"),
        (lambda: coulomb_gas.one_cut(lambda x: 0 * x), "slope must balance"),
        (lambda: coulomb_gas.one_cut(lambda x: np.nan * x), "slope must be finite"),
        (lambda: coulomb_gas.one_cut(lambda x: -3 * x + x**3, (0.0, 2.2)), "more than one cut"),
        (lambda: coulomb_gas.effective_levels(np.ones((1, 2, 3))), "at least 2 runs"),
        (
            lambda: coulomb_gas.simulate_pair((1, 1), (1, 1), runs=1, time=1.0, steps=5, rng=0),
            "steps must be at least 10",
        ),
        (
            lambda: coulomb_gas.simulate_pair((1, 1, 1), (1, 1), runs=1, time=1.0, steps=20, rng=0),
            "repulsion must have shape",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_bad_input_is_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_logarithm_strong_enough_confines():
    sample = gas(lambda x: 5 * np.log1p(x**2), [0.0, 1.0, 2.0], 0, runs=10)
    assert np.all(np.isfinite(sample.levels))


# ------------------------------------------------------------------- exercises

x1, x2 = sympy.symbols("x1 x2", real=True)
sigma, omega, g, mu, lam, n = sympy.symbols("sigma Omega g mu lambda N", positive=True)

ANSWERS = {
    "zero-flux": (1 / (x1 - x2) - omega * x1 / g**2, -omega * x1 + g**2 / (x1 - x2), "divide"),
    "partition-two": (
        4 * sympy.sqrt(sympy.pi) * sigma**3,
        2 * sympy.sqrt(sympy.pi) * sigma**3,
        "whole plane",
    ),
    "binder-three": (-10 / 48, -1 / 3, "semicircle"),
    "metropolis": (3.04, 1.0, "repulsion"),
    "pinned-shift": (0.063, 0.125, "gas"),
    "critical-temperature": (mu**2 / (2 * lam * n), mu**2 / (4 * lam), "barrier"),
}


@pytest.mark.parametrize("name", CHECKERS)
def test_exercises_accept_the_solution_and_explain_a_mistake(name):
    right, wrong, hint = ANSWERS[name]
    assert CHECKERS[name](right).correct
    feedback = CHECKERS[name](wrong)
    assert not feedback.correct
    assert hint in feedback.message
