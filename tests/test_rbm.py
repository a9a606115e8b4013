"""The Gaussian machine against closed forms, autograd, a plain trainer, and other algorithms."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
import sympy
import torch
from scipy import integrate, linalg, stats

from lecture_utils import laws, rbm
from lecture_utils.rbm import _kernels
from lecture_utils.rbm import full as full_module
from lecture_utils.teaching.exercise_sets.rbm import CHECKERS

AGREES, REJECTED = 1e-3, 1e-6  # p-values of a right and of a known-wrong sampler
RNG = 20250801


def p_of_mean(values, expected):
    return stats.ttest_1samp(values, expected).pvalue


def p_of_difference(a, b):
    return stats.ttest_ind(a, b, equal_var=False).pvalue


def random_weights(visible, hidden, seed=0):
    return 0.6 * np.random.default_rng(seed).standard_normal((visible, hidden))


# --- the target ----------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 10])
@pytest.mark.parametrize("mass", [0.5, 2.0])
def test_basis_and_dispersion_diagonalise_the_lattice(n, mass):
    kernel, kappa, basis = (
        rbm.lattice_kernel(n, mass),
        rbm.dispersion(n, mass),
        rbm.fourier_basis(n),
    )
    np.testing.assert_allclose(basis.T @ basis, np.eye(n), atol=1e-14)
    np.testing.assert_allclose(kernel @ basis, basis * kappa, atol=1e-12)
    np.testing.assert_allclose(kappa, np.linalg.eigvalsh(kernel)[::-1], atol=1e-12)
    field = np.random.default_rng(n).standard_normal(n)
    gradient = np.roll(field, 1) - field  # the action of a free field, written as a sum over links
    assert field @ kernel @ field == pytest.approx(mass**2 * field @ field + gradient @ gradient)
    pairs = rbm.degenerate_pairs(n)
    assert len(pairs) == (n - 1) // 2
    np.testing.assert_allclose(kappa[pairs[:, 0]], kappa[pairs[:, 1]])
    assert np.all(np.diff(kappa[pairs[:, 0]]) > 0)  # infrared first
    alone = np.setdiff1d(np.arange(n), pairs)
    assert np.unique(kappa[alone].round(9)).size == alone.size


def test_targets_of_the_published_machine_and_the_modes_out_of_reach():
    setting = rbm.Setting(0.1, 16)
    np.testing.assert_allclose(
        setting.targets,
        np.repeat([1, 1.382, 2.382, 3.618, 4.618, 5], [1, 2, 2, 2, 2, 1]),
        atol=5e-4,
    )
    regulated = rbm.Setting(0.1, 16, mu2=7, sigma_h=2).targets
    assert np.count_nonzero(regulated == 0) == 3
    assert regulated[-1] == pytest.approx(3 / 4)
    narrow = rbm.Setting(0.1, 16, n_hidden=4).targets
    np.testing.assert_array_equal(narrow[:6], 0)
    np.testing.assert_array_equal(narrow[6:], setting.targets[6:])


# --- the machine ---------------------------------------------------------------------------------


def joint_precision(weights, mu2, sigma_h):
    """Second derivatives of the action, by autograd."""
    visible, hidden = weights.shape
    w = torch.tensor(weights)

    def of_all(units):
        v, h = units[None, :visible], units[None, visible:]
        return mu2 * (v**2).sum() / 2 + (h**2).sum() / (2 * sigma_h**2) - (v @ w * h).sum()

    precision = torch.autograd.functional.hessian(of_all, torch.zeros(visible + hidden).double())
    units = np.random.default_rng(3).standard_normal((5, visible + hidden))
    ours = rbm.action(units[:, :visible], units[:, visible:], weights, mu2=mu2, sigma_h=sigma_h)
    expected = [of_all(torch.tensor(u)).item() for u in units]
    np.testing.assert_allclose(ours, expected, rtol=1e-12)
    return precision.numpy()


def test_integrating_the_hidden_units_out():
    weights = random_weights(3, 2)
    precision = joint_precision(weights, 4.0, 0.7)
    marginal = np.linalg.inv(np.linalg.inv(precision)[:3, :3])
    np.testing.assert_allclose(rbm.kernel(weights, mu2=4.0, sigma_h=0.7), marginal, atol=1e-12)
    many = rbm.kernel(np.stack([weights, 2 * weights]), mu2=4.0, sigma_h=0.7)
    np.testing.assert_allclose(many[0], marginal, atol=1e-12)


@pytest.mark.parametrize("unit", ["hidden", "visible"])
def test_conditional_laws_are_those_of_the_joint_density(unit):
    weights, mu2, sigma_h = random_weights(3, 2), 4.0, 0.7
    precision = joint_precision(weights, mu2, sigma_h)
    visible, hidden = np.arange(3), np.arange(3, 5)
    given, drawn = (visible, hidden) if unit == "hidden" else (hidden, visible)
    fixed = np.linspace(-1, 2, given.size)
    own = precision[np.ix_(drawn, drawn)]
    mean = -np.linalg.solve(own, precision[np.ix_(drawn, given)] @ fixed)
    repeated = np.tile(fixed, (40_000, 1))
    if unit == "hidden":
        samples = rbm.sample_hidden(repeated, weights, sigma_h=sigma_h, rng=RNG)
    else:
        samples = rbm.sample_visible(repeated, weights, mu2=mu2, rng=RNG)
    white = (samples - mean) @ np.linalg.cholesky(own)
    for column in white.T:
        assert stats.kstest(column, stats.norm.cdf).pvalue > AGREES
        assert stats.kstest(column * 1.1, stats.norm.cdf).pvalue < REJECTED
    assert abs(np.corrcoef(white.T) - np.eye(drawn.size)).max() < 4 / np.sqrt(40_000)


def test_exact_samples_and_gibbs_sampling_agree_and_the_density_is_scipys():
    weights, model = random_weights(3, 2), dict(mu2=4.0, sigma_h=0.7)
    law = stats.multivariate_normal(cov=np.linalg.inv(rbm.kernel(weights, **model)))
    exact = rbm.sample(weights, 20_000, **model, rng=RNG)
    np.testing.assert_allclose(
        rbm.log_likelihood(exact[:50], weights, **model), law.logpdf(exact[:50]), rtol=1e-12
    )
    factor = np.linalg.cholesky(np.linalg.inv(law.cov))
    chains = rbm.gibbs(np.ones((20_000, 3)), weights, 30, **model, rng=RNG + 1)
    too_short = rbm.gibbs(3 * np.ones((20_000, 3)), weights, 1, **model, rng=RNG + 1)
    for samples in (exact, chains):
        for column in (samples @ factor).T:
            assert stats.kstest(column, stats.norm.cdf).pvalue > AGREES
    p = [stats.kstest(column, stats.norm.cdf).pvalue for column in (too_short @ factor).T]
    assert min(p) < REJECTED


def test_gradient_of_the_exact_likelihood():
    weights, model = random_weights(4, 3), dict(mu2=7.0, sigma_h=0.8)
    data = np.random.default_rng(4).standard_normal((6, 4))
    w = torch.tensor(weights, requires_grad=True)
    k = 7 * torch.eye(4) - 0.64 * w @ w.T
    law = torch.distributions.MultivariateNormal(torch.zeros(4).double(), precision_matrix=k)
    likelihood = law.log_prob(torch.tensor(data)).mean()
    likelihood.backward()
    ours = rbm.gradient(weights, data.T @ data / 6, **model)
    np.testing.assert_allclose(ours, w.grad.numpy(), rtol=1e-9)
    assert rbm.log_likelihood(data, weights, **model).mean() == pytest.approx(likelihood.item())
    step = np.zeros((4, 3))
    step[2, 1] = 1e-5
    up, down = (rbm.log_likelihood(data, weights + s * step, **model).mean() for s in (1, -1))
    assert (up - down) / 2e-5 == pytest.approx(ours[2, 1], rel=1e-6)


# --- training by sampling ------------------------------------------------------------------------


def plain_training(setting, updates, runs, start, rng, rows=None):
    """Persistent contrastive divergence as one would write it down, hidden units and all."""
    rng = np.random.default_rng(rng)
    s = setting
    covariance = np.linalg.inv(rbm.lattice_kernel(s.n_visible, s.mass))
    if start == "target":
        levels, vectors = np.linalg.eigh(s.mu2 * np.eye(s.n_visible) - np.linalg.inv(covariance))
        best = vectors[:, -s.n_hidden :] * np.sqrt(levels[-s.n_hidden :]) / s.sigma_h
        w = np.tile(best, (runs, 1, 1))
        spread = np.linalg.inv(s.mu2 * np.eye(s.n_visible) - s.sigma_h**2 * best @ best.T)
        v = rng.standard_normal((runs, s.batch_size, s.n_visible)) @ np.linalg.cholesky(spread).T
    else:
        w = start * rng.standard_normal((runs, s.n_visible, s.n_hidden))
        v = np.ones((runs, s.batch_size, s.n_visible))
    alive = np.full(runs, True)
    for _ in range(updates):
        for _ in range(s.sweeps):
            h = s.sigma_h**2 * v @ w
            h += s.sigma_h * rng.standard_normal(h.shape)
            v = h @ w.mT / s.mu2
            v += rng.standard_normal(v.shape) / np.sqrt(s.mu2)
        data = covariance
        if s.data == "batches":
            x = rng.standard_normal(v.shape) @ np.linalg.cholesky(covariance).T
            if rows is not None:
                x = rows[rng.integers(len(rows), size=(runs, s.batch_size))]
            data = x.mT @ x / s.batch_size
        elif rows is not None:
            data = rows.T @ rows / len(rows)
        w = w + s.learning_rate * s.sigma_h**2 * (data - v.mT @ v / s.batch_size) @ w
        alive &= np.linalg.eigvalsh(w @ w.mT)[:, -1] < s.mu2 / s.sigma_h**2
        w[~alive] = 0
    return w[alive] @ w[alive].mT


def summary(products):
    """Numbers (runs, 4) in which two ensembles of matrices may differ."""
    levels = np.linalg.eigvalsh(products)
    others = levels[:, 1], products[:, 0, 1], np.log(levels[:, 1:]).sum(axis=1)
    return np.stack([levels[:, -1], *others], axis=1)  # three hidden units: one level is zero


ROWS = 0.5 * np.random.default_rng(5).standard_normal((6, 4))
ENGINES = {  # settings, rows, explicit chains
    "square root of the Gram matrix": (dict(batch_size=9), None, False),
    "explicit chains": (dict(batch_size=9), None, True),
    "few more chains than units": (dict(batch_size=5), None, False),
    "fewer chains than units": (dict(batch_size=2), None, False),
    "one sweep, fresh data": (dict(batch_size=6, sweeps=1, data="batches"), None, False),
    "fresh data, small batches": (dict(batch_size=3, data="batches"), None, False),
    "data set, replaced": (dict(batch_size=5, data="batches"), ROWS, False),
    "data set, whole": (dict(batch_size=5), ROWS, True),
    "one batch an epoch": (dict(batch_size=6, data="epochs"), ROWS, False),
}


@pytest.mark.parametrize("start", ["target", 0.5])
@pytest.mark.parametrize("name", ENGINES)
def test_training_has_the_law_of_the_plain_algorithm(name, start):
    options, rows, explicit = ENGINES[name]
    setting = rbm.Setting(0.3, **options, n_visible=4, n_hidden=3, mu2=9.5, sigma_h=1.1, mass=1.5)
    runs = 2000
    ours = rbm.train(
        setting, [10], runs=runs, start=start, data_set=rows, explicit=explicit, rng=RNG
    )
    found = ours.products[ours.survived, 0]
    plain = plain_training(setting, 10, runs, start, RNG + 1, rows)
    lost = [[runs - len(found), len(found)], [runs - len(plain), len(plain)]]
    assert stats.fisher_exact(lost).pvalue > AGREES
    for a, b in zip(summary(found).T, summary(plain).T, strict=True):
        assert stats.ks_2samp(a, b).pvalue > AGREES


@pytest.mark.parametrize("wrong", [dict(batch_size=8), dict(sweeps=1), dict(data="batches")])
def test_another_algorithm_is_told_apart(wrong):
    options = dict(batch_size=6, sweeps=3, n_visible=4, n_hidden=3)
    found = rbm.train(rbm.Setting(0.1, **options), [20], runs=4000, start="target", rng=RNG)
    plain = plain_training(rbm.Setting(0.1, **options | wrong), 20, 4000, "target", RNG + 1)
    good = summary(found.products[found.survived, 0])
    p = [stats.ks_2samp(a, b).pvalue for a, b in zip(good.T, summary(plain).T, strict=True)]
    assert min(p) < REJECTED


def test_batches_of_an_epoch_are_dealt_without_repetition_and_in_any_order():
    rng, order, position = np.random.default_rng(6), np.arange(4), 0
    rows, moments, seen = np.eye(4), np.empty((4, 4)), []
    for _ in range(3000):
        epoch = np.zeros((4, 4))
        first = None
        for _ in range(2):
            position = _kernels._deal(rng, order, position, 2, False, rows, moments)
            first = np.flatnonzero(np.diag(moments)) if first is None else first
            epoch += 2 * moments
        np.testing.assert_allclose(epoch, np.eye(4))
        seen.append(tuple(first))
    counts = [seen.count(pair) for pair in itertools.combinations(range(4), 2)]
    assert stats.chisquare(counts).pvalue > AGREES


def test_a_run_depends_on_its_number_alone():
    setting = rbm.Setting(0.2, 20)
    whole = rbm.train(setting, [3, 10], runs=5, rng=RNG)
    part = rbm.train(setting, [3, 10], runs=range(3, 5), rng=RNG)
    np.testing.assert_array_equal(whole.products[3:], part.products)
    np.testing.assert_array_equal(whole.weights[3:], part.weights)
    assert not np.array_equal(whole.products[0], whole.products[1])
    np.testing.assert_allclose(whole.products[:, -1], whole.weights @ whole.weights.mT, rtol=1e-10)
    generator = np.random.default_rng(1)
    once, again = (rbm.train(setting, [3], runs=2, rng=generator) for _ in range(2))
    assert not np.array_equal(once.products, again.products)


def test_only_the_product_of_weights_and_width_of_hidden_units_matters():
    a = rbm.train(rbm.Setting(0.2, 20, sigma_h=2.0), [8], runs=3, start=0.1, rng=RNG)
    b = rbm.train(rbm.Setting(0.8, 20, sigma_h=1.0), [8], runs=3, start=0.2, rng=RNG)
    np.testing.assert_allclose(4 * a.products, b.products, rtol=1e-9)


def test_random_weights_start_as_marchenko_pastur_and_the_target_where_it_is_best():
    setting = rbm.Setting(0.1, 20, n_visible=40, n_hidden=60)
    begin = rbm.train(setting, [0], runs=40, start=0.05, rng=RNG).levels.ravel()
    law = laws.marchenko_pastur(40 / 60, variance=0.05**2)
    edges = np.quantile(begin / 60, [0.1, 0.5, 0.9])  # W W^T of 60 columns
    np.testing.assert_allclose(edges, law.ppf([0.1, 0.5, 0.9]), rtol=0.03)
    for hidden in (6, 10, 13):
        setting = rbm.Setting(0.1, 20, n_hidden=hidden)
        start = rbm.train(setting, [0], runs=1, start="target", rng=RNG)
        np.testing.assert_allclose(start.levels[0, 0], setting.targets, atol=1e-12)
        best = rbm.in_basis(start.products[0, 0])
        np.testing.assert_allclose(best, np.diag(setting.targets), atol=1e-12)


def test_chains_start_in_equilibrium_with_the_target():
    # One update with a tiny rate changes the levels by what the chains' second moments are.
    setting = rbm.Setting(1e-4, 50)
    after = rbm.train(setting, [1], runs=2000, start="target", rng=RNG).products[:, 0]
    change = np.einsum("rii->ri", rbm.in_basis(after)) - setting.targets
    noise = change / (2 * 1e-4 * setting.targets)
    variance = 2 / (50 * setting.kappa**2)
    for column, expected in zip(noise.T, variance, strict=True):
        assert p_of_mean(column, 0) > AGREES
        assert p_of_mean(column**2, expected) > AGREES


def test_a_lost_run_is_recorded_and_never_goes_on():
    record = rbm.log_spaced_steps(200, 30)
    trained = rbm.train(rbm.Setting(1.5, 8), record, runs=40, rng=RNG)
    lost = ~trained.survived
    assert lost.sum() > 10
    for products, at, weights in zip(
        trained.products, trained.lost_at, trained.weights, strict=True
    ):
        gone = record >= (at if at >= 0 else 201)
        assert np.isnan(products[gone]).all()
        assert np.linalg.eigvalsh(products[~gone])[:, -1].max() < 9
        assert at < 0 or np.linalg.eigvalsh(rbm.kernel(weights))[0] <= 0
    np.testing.assert_array_equal(np.isnan(trained.levels), np.isnan(trained.products[..., 0]))
    assert rbm.train(rbm.Setting(0.1, 8), [5], runs=1, start=5.0, rng=RNG).lost_at[0] == 0
    huge = rbm.train(rbm.Setting(1e200, 8), [5], runs=2, rng=RNG)
    np.testing.assert_array_equal(huge.lost_at, [1, 1])
    calm = rbm.train(rbm.Setting(0.01, 64), [50], runs=5, rng=RNG)
    assert calm.survived.all()


def test_log_spaced_steps():
    steps = rbm.log_spaced_steps(1000, 4)
    np.testing.assert_array_equal(steps, [1, 10, 100, 1000])
    crowded = rbm.log_spaced_steps(20, 50)
    assert np.all(np.diff(crowded) > 0)
    assert crowded[-1] == 20


# --- exact gradients -----------------------------------------------------------------------------


def test_flow_of_a_mode_solves_its_equation_and_its_time_is_the_inverse():
    setting = rbm.Setting(0.1, 16, sigma_h=0.9, mu2=8.5)
    s2, kappa = 0.81, setting.kappa
    times = np.array([0.0, 0.3, 5.0, 40.0, 400.0])
    path = integrate.solve_ivp(
        lambda _, x: 2 * s2 * x * (1 / kappa - 1 / (8.5 - s2 * x)),
        (0, 400),
        np.full(10, 0.02),
        t_eval=times,
        rtol=1e-11,
        atol=1e-12,
    )
    flow = setting.flow(times, 0.02)
    np.testing.assert_allclose(flow, path.y.T, rtol=1e-7)
    np.testing.assert_allclose(
        setting.flow_time(flow[1:4], 0.02), np.tile(times[1:4, None], (1, 10)), rtol=1e-6
    )
    assert np.all(np.diff(setting.flow_time(setting.targets / 2, 0.02)) <= 1e-12)  # infrared first


def test_exact_training_follows_the_flow_and_ends_at_the_target():
    setting = rbm.Setting(0.002, 1)
    basis = rbm.fourier_basis(10)
    record = np.array([0, 500, 5000])
    aligned = rbm.train_exactly(setting, record, 0.3 * basis[None])
    flow = setting.flow(record * 0.002, 0.09)
    np.testing.assert_allclose(aligned.levels[0], flow, rtol=2e-3)
    fast = rbm.Setting(0.5, 1, n_hidden=7, mu2=8.5)
    start = 0.1 * np.random.default_rng(7).standard_normal((2, 10, 7))
    done = rbm.train_exactly(fast, [3000], start)
    np.testing.assert_allclose(done.levels[:, 0], np.tile(fast.targets, (2, 1)), atol=1e-6)
    other = np.diag(np.linspace(0.13, 0.2, 10))
    learnt = rbm.train_exactly(rbm.Setting(0.5, 1), [4000], 0.3 * basis[None], covariance=other)
    expected = np.sort(9 - 1 / np.diag(other))
    np.testing.assert_allclose(learnt.levels[0, 0], expected, atol=1e-5)


def test_exact_training_reports_lost_runs():
    start = np.stack([0.3 * np.eye(10), 4 * np.eye(10)])
    trained = rbm.train_exactly(rbm.Setting(0.01, 1), [0, 3], start)
    np.testing.assert_array_equal(trained.lost_at, [-1, 0])
    assert np.isnan(trained.levels[1]).all()
    wild = rbm.train_exactly(rbm.Setting(50.0, 1), [30], start[:1])
    assert 0 < wild.lost_at[0] < 30


def test_relaxation_of_exact_training():
    setting = rbm.Setting(0.01, 1)
    weights = rbm.fourier_basis(10) * np.sqrt(setting.targets + 1e-4)
    later = rbm.train_exactly(setting, [500], weights[None]).levels[0, 0] - setting.targets
    np.testing.assert_allclose(later, 1e-4 * np.exp(-500 / setting.relaxation_steps), rtol=0.015)


# --- theory --------------------------------------------------------------------------------------

SETTINGS = [
    rbm.Setting(0.7, 40, sweeps=1, sigma_h=0.8, mu2=8.8),
    rbm.Setting(0.3, 64, sweeps=2, data="batches"),
    rbm.Setting(1.1, 300, mass=1.7, n_visible=7),
]


@pytest.mark.parametrize("setting", SETTINGS)
def test_variances_solve_the_linear_recursion(setting):
    s2, x, kappa = setting.sigma_h**2, setting.targets, setting.kappa
    variances = setting.variances
    for i, j in itertools.product(range(setting.n_visible), repeat=2):
        p = (s2 * s2 * x[i] * x[j] / setting.mu2**2) ** setting.sweeps
        a = setting.learning_rate * s2 * (x[i] + x[j])
        b = s2 / (kappa[i] * kappa[j])
        unit = (1 + (i == j)) / (setting.batch_size * kappa[i] * kappa[j])
        step = np.array([[p, (1 - p) * b], [-a * p, 1 - a * (1 - p) * b]])
        kicks = np.array([[1, 0], [-a, a * (setting.data == "batches")]])
        noise = kicks @ np.diag([(1 - p * p) * unit, unit]) @ kicks.T
        expected = linalg.solve_discrete_lyapunov(step, noise)
        assert variances[i, j] == pytest.approx(expected[1, 1])
        chains, lag = setting._moments()[1:3]
        assert chains[i, j] == pytest.approx(expected[0, 0])
        assert lag[i, j] == pytest.approx(expected[0, 1])


def test_limits_of_the_variance():
    slow = rbm.Setting(1e-7, 16, sweeps=60)
    np.testing.assert_allclose(slow.sigma2, 2 * slow.targets * 1e-7 / 16, rtol=1e-5)
    inside = slow.variances[7:9, 7:9]
    np.testing.assert_allclose(inside, inside[0, 0] * np.array([[1, 0.5], [0.5, 1]]))
    for setting in (rbm.Setting(1e-7, 16), rbm.Setting(1e-7, 16, data="batches")):
        slope = setting.noise2 / np.diag(setting.rates)
        np.testing.assert_allclose(setting.sigma2, slope * 1e-7 / 16, rtol=1e-5)
    doubled = rbm.Setting(1e-7, 16, sweeps=60, data="batches").sigma2
    np.testing.assert_allclose(doubled, 2 * slow.sigma2, rtol=1e-5)


def test_theory_does_not_know_how_the_hidden_units_are_scaled():
    a, b = rbm.Setting(0.2, 30, sigma_h=2.0), rbm.Setting(0.8, 30)
    for name, power in dict(
        targets=1, variances=2, noise2=2, shifts=1, level_shifts=1, squeeze=0, relaxation_steps=0
    ).items():
        factor = 4.0**power / (16 if name == "noise2" else 1)  # noise2 is per learning rate squared
        np.testing.assert_allclose(factor * getattr(a, name), getattr(b, name), rtol=1e-10)


def test_level_shifts_and_squeeze_are_perturbation_theory_of_the_linear_matrix():
    setting = rbm.Setting(0.05, 400)
    products = rbm.linearised_products(setting, 40_000, rng=RNG)
    levels, matrices = np.linalg.eigvalsh(products), rbm.in_basis(products)
    diagonal = np.einsum("rii->ri", matrices)
    for column, expected in zip((diagonal - setting.targets).T, setting.shifts, strict=True):
        assert p_of_mean(column, expected) > AGREES
    for i, j in [(0, 0), (9, 9), *setting.pairs]:
        push = (levels - diagonal)[:, [i, j]].mean(axis=1)  # most of the noise cancels
        assert p_of_mean(push, (setting.level_shifts - setting.shifts)[i]) > AGREES
        assert p_of_mean(push, 0) < REJECTED
    sorted_levels, blocks = rbm.pair_spacings(levels) ** 2, rbm.block_spacings(products) ** 2
    change = (sorted_levels - blocks).mean(axis=0) / blocks.mean(axis=0)
    np.testing.assert_allclose(change, setting.squeeze, rtol=0.15)
    sigma2 = setting.sigma2[setting.pairs[:, 0]]
    for column, expected in zip(blocks.T, 4 * sigma2, strict=True):
        assert p_of_mean(column, expected) > AGREES


@pytest.mark.parametrize("data", ["exact", "batches"])
def test_shifts_of_two_modes_with_a_long_memory(data):
    setting = rbm.Setting(0.4, 200, sweeps=1, n_visible=2, data=data)
    record = 300 + 60 * np.arange(300)
    trained = rbm.train(setting, record, runs=150, start="target", rng=RNG)
    diagonal = np.einsum("rtii->rti", rbm.in_basis(trained.products))
    shift = (diagonal - setting.targets).mean(axis=1)
    for column, expected in zip(shift.T, setting.shifts, strict=True):
        assert p_of_mean(column, expected) > AGREES
    forgetful = rbm.Setting(0.4, 200, sweeps=60, n_visible=2, data=data)
    assert p_of_mean(shift[:, 1], forgetful.shifts[1]) < AGREES


def test_spread_of_the_pairs_without_a_free_parameter():
    setting = rbm.Setting(0.5, 800, sweeps=1)
    trained = rbm.stationary(setting, runs=500, snapshots=4, rng=RNG)
    spacings = rbm.block_spacings(trained.products)
    found = (spacings**2).mean(axis=1) / 4
    expected = setting.sigma2[setting.pairs[:, 0]]
    leading = (2 * setting.targets * 0.5 / 800)[setting.pairs[:, 0]]
    for column, theory, simple in zip(found.T, expected, leading, strict=True):
        assert column.mean() == pytest.approx(theory, rel=0.1)
        assert p_of_mean(column, theory) > AGREES
        assert simple < theory
    assert p_of_mean(found[:, 0], leading[0]) < REJECTED
    law = laws.two_level_spacing(np.sqrt(expected[1]))
    assert stats.kstest(spacings[:, 0, 1], law.cdf).pvalue > AGREES


@pytest.mark.parametrize("rate", [0.06, 0.1])
def test_published_mean_spacings(rate):
    trained = rbm.stationary(rbm.Setting(rate, 16), runs=150, snapshots=4, rng=RNG)
    spacings = rbm.pair_spacings(trained.levels).mean(axis=1)
    mean, error = spacings.mean(axis=0), stats.sem(spacings)
    published = np.array(rbm.PUBLISHED[rate])
    combined = np.hypot(error, 0.05 * published)
    np.testing.assert_array_less(abs(mean - published), 3 * combined)
    assert np.all(error < 0.05 * published)
    # The leading slope is a different number for the first pair.
    assert np.sqrt(2 * np.pi * rate / 16 * 4.618) > mean[0] + 4 * error[0]


# --- the levels alone ----------------------------------------------------------------------------


def test_levels_alone_follow_training_once_eigenvectors_are_pinned():
    setting = rbm.Setting(0.5, 800)
    trained = rbm.stationary(setting, runs=600, snapshots=2, rng=RNG).levels.reshape(-1, 10)
    steps = 2.5 * setting.relaxation_steps[0]
    good = rbm.dyson_levels(setting, steps, runs=250, rng=RNG + 1)
    free = rbm.dyson_levels(setting, 2 * steps, runs=250, corrected=False, rng=RNG + 1)
    p = [stats.ks_2samp(a, b).pvalue for a, b in zip(good.T, trained.T, strict=True)]
    assert min(p) > AGREES
    gaps = rbm.pair_spacings(good), rbm.pair_spacings(free)
    for a, b, c in zip(gaps[0].T, gaps[1].T, rbm.pair_spacings(trained).T, strict=True):
        assert stats.ks_2samp(a, c).pvalue > AGREES
        assert stats.ks_2samp(b, c).pvalue > AGREES
    assert stats.ks_2samp(free[:, 0], trained[:, 0]).pvalue < REJECTED


def test_corrections_of_the_levels_alone_are_ito_and_the_lag_of_eigenvectors():
    setting, instant = rbm.Setting(0.5, 8000, data="batches"), 5e-5  # less than one step
    begin = np.linalg.eigvalsh(rbm.linearised_products(setting, 4, rng=np.random.default_rng(9)))
    end = [
        rbm.dyson_levels(setting, instant, runs=4, corrected=c, rng=np.random.default_rng(9))
        for c in (True, False)
    ]
    kappa, kicks = setting.kappa, (1 + np.eye(10)) * 2 / 8000
    ito = 0.25 * kicks / np.outer(kappa, kappa) @ setting.targets
    lag = np.zeros_like(begin)
    for i, j in itertools.permutations(range(10), 2):
        if not np.any(np.all(np.sort([i, j]) == setting.pairs, axis=1)):
            push = 2 * 0.5 * setting.variances[i, j] / (kappa[i] * kappa[j])
            lag[:, i] += push * begin[:, i] / (begin[:, i] - begin[:, j])
    np.testing.assert_allclose((end[0] - end[1]) / instant, ito - lag, rtol=1e-3, atol=1e-8)


def test_levels_alone_know_batches_of_data_and_the_scale_of_hidden_units():
    a = rbm.Setting(0.2, 2000, sigma_h=2.0, data="batches")
    b = rbm.Setting(0.8, 2000, data="batches")
    levels = [rbm.dyson_levels(s, 30, runs=5, rng=RNG) for s in (a, b)]
    np.testing.assert_allclose(4 * levels[0], levels[1], rtol=1e-6)
    assert np.all(np.diff(levels[1]) > 0)
    spread = rbm.dyson_levels(b, 300, runs=200, rng=RNG)[:, -1].var(ddof=1)
    chi2 = 199 * spread / b.sigma2[-1]
    assert AGREES < stats.chi2(199).cdf(chi2) < 1 - AGREES


# --- command, bad input --------------------------------------------------------------------------


def test_command_prints_four_mean_spacings(capsys):
    full_module.main(
        ["--learning-rate", "0.1", "--batch-size", "64", "--runs", "20", "--seed", "3"]
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("lost (kernel not positive definite): 0")
    setting = rbm.Setting(0.1, 64)
    trained = rbm.stationary(setting, runs=20, snapshots=3, rng=3)
    runs = np.diff(trained.levels, axis=-1)[..., [7, 5, 3, 1]].mean(axis=1)
    for line, run in zip(lines[2:], runs.T, strict=True):
        printed = [float(text) for text in line.split()[1:3]]
        assert printed == [round(run.mean(), 4), round(stats.sem(run), 4)]


def test_full_statistics_are_kept_with_their_provenance(tmp_path, monkeypatch):
    settings = ((0.8, 16, "exact"), (0.8, 640, "batches"))
    full = dict(settings=settings, runs=2, seed=5, folder=tmp_path / "parts")
    rbm.full_statistics(tmp_path / "first.npz", **full)
    monkeypatch.setattr(full_module, "stationary", None)  # everything comes from the folder
    monkeypatch.setattr(full_module, "FULL", settings)
    rbm.full_statistics(tmp_path / "out.npz", **full)
    with np.load(tmp_path / "out.npz") as file, np.load(tmp_path / "first.npz") as first:
        out = dict(file)
        for name in set(out) - {"provenance"}:
            np.testing.assert_array_equal(out[name], first[name])
    about = json.loads(str(out["provenance"]))
    assert (about["seed"], about["runs"], about["snapshots"]) == (5, 40, 15)
    assert 0 <= about["cpu_seconds"] < 300
    assert out["data"].tolist() == ["exact", "batches"]
    setting = rbm.Setting(0.8, 640, data="batches")
    i = setting.pairs[:, 0]
    samples = 600
    for name, expected in (
        ("block_sigma2", setting.sigma2[i]),
        ("spacing_sigma2", setting.sigma2[i] * (1 + setting.squeeze)),
    ):
        deviation = (out[name] - expected)[1] / out[f"{name}_error"][1]
        assert abs(deviation).max() < 5, name
    np.testing.assert_allclose(
        out["squeeze"][1], out["spacing_sigma2"][1] / out["block_sigma2"][1] - 1, atol=0.01
    )
    assert np.all(out["squeeze_error"][1] < out["spacing_sigma2_error"][1] / setting.sigma2[i])
    centre = out["level_mean"][1][setting.pairs].mean(axis=1) - setting.targets[i]
    error = np.hypot.reduce(out["level_mean_error"][1][setting.pairs], axis=1)
    assert abs((centre - setting.level_shifts[i]) / error).max() < 5
    assert abs(centre / error).max() > 5
    assert out["lost"][0] > 0 == out["lost"][1]
    counts = out["spacing_counts"][1]
    assert counts.shape == (4, 80)
    assert np.all(counts.sum(axis=1) > 0.99 * samples)
    centres = (out["spacing_edges"][1:] + out["spacing_edges"][:-1]) / 2
    unit = np.sqrt(2 * np.pi * setting.targets[i] * 0.8 / 640)
    mean = counts @ centres / counts.sum(axis=1) * unit
    np.testing.assert_allclose(mean, out["spacing_mean"][1], rtol=0.01)
    width = np.sqrt(2 * setting.targets[i] * 0.8 / 640)
    centres = (out["level_edges"][1:] + out["level_edges"][:-1]) / 2
    level = out["level_counts"][1] @ centres / (2 * samples) * width + setting.targets[i]
    np.testing.assert_allclose(level, out["level_mean"][1][setting.pairs].mean(axis=1), atol=2e-3)
    assert out["level_variance"].shape == (2, 10)


def test_cumulant_of_a_pair_is_that_of_two_levels():
    unit = (0.8, 1280, "exact", 0)
    found = rbm.group_statistics(unit, runs=1000, snapshots=2, rng=RNG)["binder"]
    np.testing.assert_allclose(found, -4 / 27, atol=0.06)
    assert found.mean() == pytest.approx(-4 / 27, abs=0.03)


def test_command_runs_the_full_statistics(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(
        full_module, "full_statistics", lambda output, **options: calls.append((output, options))
    )
    full_module.main(["--full", "a.npz", "--workers", "1", "--seed", "4"])
    assert calls == [("a.npz", dict(seed=4, folder="a.npz.parts", workers=1))]


def test_published_settings_are_all_in_the_full_command():
    assert {setting[0] for setting in rbm.FULL if setting[1] == 16} >= set(rbm.PUBLISHED)
    assert len(set(rbm.FULL)) == len(rbm.FULL)
    for setting in rbm.FULL:
        rbm.Setting(*setting[:2], data=setting[2]).variances  # noqa: B018


def test_shipped_statistics_are_those_of_the_full_command():
    file = Path(__file__).parents[1] / "book" / "data" / "rbm.npz"
    with np.load(file) as data:
        settings = zip(data["learning_rate"], data["batch_size"], data["data"], strict=True)
        assert tuple((float(a), int(b), str(d)) for a, b, d in settings) == rbm.FULL
        about = json.loads(str(data["provenance"]))
        assert about["runs"] * about["snapshots"] == 7500
        assert f"--seed {about['seed']}" in about["command"]
        assert data["spacing_counts"].sum(axis=2).max() <= 7500
        assert not data["lost"].any()


GOOD = rbm.Setting(0.1, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rbm.Setting(0, 4), "learning_rate must be.*got 0"),
        (lambda: rbm.Setting(0.1, 2.5), "batch_size must be a positive integer, got 2.5"),
        (lambda: rbm.Setting(0.1, 4, sweeps=0), "sweeps.*got 0"),
        (lambda: rbm.Setting(0.1, 4, n_hidden=-1), "n_hidden.*got -1"),
        (lambda: rbm.Setting(0.1, 4, mu2=np.nan), "mu2.*got nan"),
        (lambda: rbm.Setting(0.1, 4, data="some"), "data must be one of exact, .*got 'some'"),
        (lambda: rbm.Setting(9.0, 4).variances, "learning_rate must be below 3.3.*got 9"),
        (lambda: rbm.Setting(0.1, 4, mu2=8).variances, "mu2 must exceed 8 .*got 8"),
        (lambda: rbm.Setting(0.1, 4, n_hidden=9).shifts, "n_hidden reach 10 .*and 9"),
        (lambda: GOOD.flow([1.0], 1.1), "start must lie between 0.*1.1"),
        (lambda: GOOD.flow_time(np.full(10, 0.0), 0.1), "x and start must lie"),
        (lambda: rbm.kernel([[np.inf]]), "weights must be finite"),
        (lambda: rbm.sample(3.0 * np.eye(2), 5, rng=0), "positive definite, got.* 0"),
        (lambda: rbm.gradient(4.0 * np.eye(2), np.eye(2)), "positive definite, got.*-7"),
        (lambda: rbm.gibbs(np.ones((1, 2)), np.eye(2), 0, rng=0), "sweeps.*got 0"),
        (lambda: rbm.train(GOOD, [1], runs=0, rng=0), "runs.*got 0"),
        (lambda: rbm.train(GOOD, [1], runs=range(2, 2), rng=0), "runs.*got 0"),
        (lambda: rbm.train(GOOD, [2, 2], runs=1, rng=0), r"record.*got \[2, 2\]"),
        (lambda: rbm.train(GOOD, [0.5], runs=1, rng=0), r"record.*got \[0.5\]"),
        (lambda: rbm.train(GOOD, [-1], runs=1, rng=0), r"record.*got \[-1\]"),
        (lambda: rbm.train(GOOD, [1], runs=1, start=-1, rng=0), "start.*got -1"),
        (
            lambda: rbm.train(rbm.Setting(0.1, 4, data="epochs"), [1], runs=1, rng=0),
            "data_set must be given.*None",
        ),
        (
            lambda: rbm.train(
                rbm.Setting(0.1, 4, data="epochs"), [1], runs=1, data_set=np.eye(10), rng=0
            ),
            "batch_size must divide 10 .*got 4",
        ),
        (
            lambda: rbm.train(GOOD, [1], runs=1, data_set=np.ones((19, 9)), rng=0),
            r"data_set must have shape \(any, 10\).*got \(19, 9\)",
        ),
        (
            lambda: rbm.train(GOOD, [1], runs=2, data_set=np.ones((3, 19, 10)), rng=0),
            r"data_set must have shape \(2, any, 10\).*got \(3, 19, 10\)",
        ),
        (
            lambda: rbm.train_exactly(GOOD, [1], np.ones((1, 10, 9))),
            r"weights must have shape \(any, 10, 10\)",
        ),
        (
            lambda: rbm.stationary(rbm.Setting(0.1, 4, n_visible=2), runs=1, rng=0),
            "n_visible must be at least 3.*got 2",
        ),
        (lambda: rbm.dyson_levels(GOOD, 0, runs=1, rng=0), "steps.*got 0"),
        (lambda: rbm.degenerate_pairs(0), "n must be.*got 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- exercises -----------------------------------------------------------------------------------


def parse(text):
    return sympy.sympify(text, locals={name: sympy.Symbol(name) for name in "Bbcgsw"})


def test_solutions_of_the_exercises_are_accepted():
    setting = rbm.Setting(0.1, 16, n_hidden=4)
    short = rbm.Setting(1e-9, 16, sweeps=1)
    answers = {
        "hidden": parse("mu2 - (s*w)**2"),
        "fixed-points": 8,
        "time": parse("kappa**2/(alpha*(2*mu2 - 2*kappa))"),
        "slope": 0.250663,
        "memory": short.sigma2[-1] / (2 * 5 * 1e-9 / 16),
        "pair": parse("b**2/g + c**2/g"),
        "narrow": setting.targets[-4:],
        "shift": parse("alpha*(kappa - 2*mu2)/(B*kappa)"),
    }
    assert answers.keys() == CHECKERS.keys()
    for name, answer in answers.items():
        assert CHECKERS[name](answer).correct, name


def test_solutions_are_those_of_the_module():
    setting = rbm.Setting(1e-7, 40, sweeps=60, n_visible=1, mass=2.0, mu2=7.0)
    values = dict(alpha=1e-7, B=40, kappa=setting.kappa[0], mu2=7.0)
    shift = parse("alpha/B*(1 - 2*mu2/kappa)").subs(values)
    assert setting.shifts[0] == pytest.approx(float(shift), rel=1e-4)
    steps = parse("kappa**2/(2*alpha*(mu2 - kappa))").subs(values)
    assert setting.relaxation_steps[0] == pytest.approx(float(steps))
    b, c, g = 1e-3, 2e-3, 1.5
    levels = np.linalg.eigvalsh([[2, 0, b], [0, 2, c], [b, c, 2 - g]])
    np.testing.assert_allclose(levels[1:], [2, 2 + (b**2 + c**2) / g], atol=1e-10)


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("hidden", parse("mu2 + s**2*w**2"), "sign"),
        ("hidden", parse("mu2 - w**2/s**2"), "completed"),
        ("hidden", parse("mu2 - s**2*w**2/2"), "one half"),
        ("hidden", parse("mu2 - w**2"), "variance s²"),
        ("fixed-points", 1, "stable one"),
        ("fixed-points", 2, "each mode"),
        ("fixed-points", 6, "multiply"),
        ("fixed-points", 4, "which"),
        ("fixed-points", 7, "W = 0"),
        ("time", parse("kappa*mu2/(2*alpha*(mu2 - kappa))"), "beginning"),
        ("time", parse("kappa**2/(alpha*(mu2 - kappa))"), "square of the weights"),
        ("time", parse("kappa**2/(2*(mu2 - kappa))"), "one step"),
        ("time", parse("2*alpha*(mu2 - kappa)/kappa**2"), "inverse"),
        ("slope", np.sqrt(0.02), "mean spacing"),
        ("slope", np.sqrt(0.01 * np.pi), "Wick"),
        ("slope", 0.2 * np.sqrt(np.pi), "exact"),
        ("slope", 0.02 * np.pi, "square of the answer"),
        ("memory", 3.5, "square x/μ²"),
        ("memory", 81 / 56, "forwards and backwards"),
        ("memory", 1.0606, "three sweeps"),
        ("pair", 2 * parse("sqrt(b**2 + c**2)"), "second order"),
        ("pair", parse("(b**2 - c**2)/g"), "bc/g"),
        ("pair", parse("2*(b**2 + c**2)/g"), "does not move"),
        ("pair", parse("2*b*c/g"), "diagonal"),
        ("narrow", [4.618034, 4.618034, 5, 5], "once"),
        ("narrow", [1, 1.381966, 1.381966, 2.381966], "likelihood"),
        ("narrow", [4, 4.381966, 4.381966, 5.381966], "levels are"),
        ("narrow", [5, 4.618034, 4.618034, 3.618034], "ascending"),
        ("shift", parse("-2*alpha*mu2/(B*kappa)"), "Ito"),
        ("shift", parse("alpha/(2*B)*(1 - 2*mu2/kappa)"), "twice"),
        ("shift", parse("-alpha/B"), "second order"),
    ],
)
def test_typical_mistakes_get_their_hint(name, answer, hint):
    feedback = CHECKERS[name](answer)
    assert not feedback.correct
    assert re.search(hint, feedback.message)
