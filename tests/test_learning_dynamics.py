import itertools
import re

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from lecture_utils import laws, sgd
from lecture_utils import learning_dynamics as ld
from lecture_utils.teaching.exercise_sets.learning_dynamics import CHECKERS
from lecture_utils.teaching.verdicts import (
    ks_verdict,
    surmise_verdict,
    two_sample_verdict,
    value_verdict,
)

ACCEPT, POWER = 1e-3, 1e-6  # p-values of a right and of a known-wrong sampler


def matrices(entries):
    d11, d22, d12 = np.moveaxis(entries, -1, 0)
    return np.stack([np.stack([d11, d12], -1), np.stack([d12, d22], -1)], -2)


# ------------------------------------------------------------------- covariances of batches


@pytest.mark.parametrize("batch_size", [1, 2, 7])
def test_cholesky_factors_are_those_of_normal_inputs(batch_size):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((20_000, batch_size, 2))
    plain = x.mT @ x / batch_size
    l11, l21, l22 = ld.cholesky_factors(20_000, batch_size, rng=rng)
    factor = matrices(np.stack([l11, l22, l21], axis=1)) * [[1, 0], [1, 1]]
    quick = factor @ factor.mT
    # Along a generic direction both are chi-squared; the determinant is a second, joint, test.
    direction = np.array([0.6, 0.8])
    along = np.einsum("i,rij,j->r", direction, quick, direction)
    law = stats.chi2(batch_size, scale=1 / batch_size)
    assert ks_verdict(along, law, bound=0.02).p_value > ACCEPT
    wrong = stats.chi2(batch_size + 1, scale=1 / (batch_size + 1))
    assert ks_verdict(along, wrong, bound=0.02).p_value < POWER
    if batch_size > 1:
        a, b = np.linalg.det(plain), np.linalg.det(quick)
        assert two_sample_verdict(a, b, bound=0.02).p_value > ACCEPT
    else:
        np.testing.assert_allclose(np.linalg.det(quick), 0, atol=1e-12)


# ------------------------------------------------------------------- training


def test_runs_on_data_start_where_the_loss_is_least():
    x, errors = np.random.default_rng(2).standard_normal((2, 8, 2))
    still = dict(learning_rate=1.0, batch_size=8, epochs=3, runs=2, replace=False, rng=0)
    start = ld.train_on_data(x, errors, **still)  # the whole data set in one batch: no noise
    inputs = torch.tensor(x)
    w = torch.tensor(2 * np.eye(2) + matrices(start[0]), requires_grad=True)
    (0.5 * ((inputs @ w.T - 2 * inputs - torch.tensor(errors)) ** 2).sum(1).mean()).backward()
    np.testing.assert_allclose(w.grad.numpy() + w.grad.numpy().T, 0, atol=1e-10)


@pytest.mark.parametrize("replace", [True, False])
def test_training_on_data_follows_torch(replace):
    # Two different samples, twice each: few enough that all orders of batches can be listed.
    x, errors = np.array([[0.5, -1.0]] * 4), np.array([[0.3, 0.7]] * 4)
    x[:2], errors[:2] = [1.0, 0.2], [0.0, 0.0]
    setting = dict(learning_rate=0.3, batch_size=1 if replace else 2, epochs=1)
    out = ld.train_on_data(x, errors, runs=200, replace=replace, rng=3, **setting)
    start = ld.train_on_data(
        x, errors, runs=1, replace=False, rng=3, learning_rate=1e-13, batch_size=4, epochs=1
    )
    w0 = torch.tensor(2 * np.eye(2) + matrices(start[0]))

    def torch_steps(order):
        w = w0.clone()
        for batch in order:
            w.requires_grad_()
            xb = torch.tensor(x[list(batch)])
            yb = 2 * xb + torch.tensor(errors[list(batch)])
            loss = 0.5 * ((xb @ w.T - yb) ** 2).sum(1).mean()
            (g,) = torch.autograd.grad(loss, w)
            w = (w - 0.3 * (g + g.T) / 2).detach()
        return w.numpy() - 2 * np.eye(2)

    if replace:
        orders = [[(k,) for k in order] for order in itertools.product(range(4), repeat=4)]
    else:
        orders = [[order[:2], order[2:]] for order in itertools.permutations(range(4))]
    possible = np.array([torch_steps(order) for order in orders]).reshape(-1, 4)
    seen = matrices(out).reshape(-1, 4)
    distance = np.abs(seen[:, None] - possible[None]).max(axis=-1)
    assert distance.min(axis=1).max() < 1e-9  # each run is one of the possible ones
    assert distance.min(axis=0).max() < 1e-9  # and each possible one occurs (power of the test)


@pytest.mark.parametrize("kind", ["labels", "independent"])
def test_training_reaches_its_exact_moments_and_no_other(kind):
    setting = (0.3, 10, 0.7)
    d = ld.train(
        *setting, steps=30, runs=20_000, snapshots=3, start=-0.5, gradient_noise=kind, rng=4
    )[1:]
    x = ld.levels(d) - ld.TEACHER
    u, r = x.mean(axis=-1).ravel(), np.diff(x).ravel() / 2
    exact = ld.stationary_moments(*setting, gradient_noise=kind)
    for measured, expected in (
        (u**2, exact.u2),
        (r**2, exact.r2),
        (u**4, exact.u4),
        (u**2 * r**2, exact.u2r2),
        (r**4, exact.r4),
    ):
        verdict = value_verdict(measured.mean(), stats.sem(measured), expected, bound=0.1)
        assert verdict.p_value > ACCEPT
    leading = ld.leading_sigma(*setting) ** 2
    assert value_verdict(np.mean(r**2), stats.sem(r**2), leading, bound=0.1).p_value < POWER


def test_moments_during_training():
    early = ld.train(0.2, 4, 1.0, steps=5, runs=40_000, start=-2, rng=5)[0]
    x = ld.levels(early) - ld.TEACHER
    u2, r2 = ld.second_moments(1.0, 0.2, 4, 1.0, start=-2, equation="sgd")
    for measured, expected in ((x.mean(axis=1) ** 2, u2), ((np.diff(x) / 2).ravel() ** 2, r2)):
        verdict = value_verdict(measured.mean(), stats.sem(measured), expected, bound=0.1)
        assert verdict.p_value > ACCEPT


def test_levels_are_eigenvalues():
    d = np.random.default_rng(6).standard_normal((3, 5, 3))
    teacher = np.diag([2 - 0.35, 2 + 0.35])
    np.testing.assert_allclose(ld.levels(d, 0.7), np.linalg.eigvalsh(teacher + matrices(d)))


def test_spacings_follow_the_surmise_and_shuffled_levels_do_not():
    d = ld.train(0.2, 400, 1.0, steps=20, runs=20_000, rng=7)[0]
    x = ld.levels(d)
    spacing = x[:, 1] - x[:, 0]
    law = laws.two_level_spacing(ld.stationary_moments(0.2, 400, 1.0).sigma)
    assert ks_verdict(spacing, law, bound=0.02).p_value > ACCEPT
    wrong = laws.two_level_spacing(ld.leading_sigma(0.2, 400, 1.0))
    assert ks_verdict(spacing, wrong, bound=0.02).p_value < POWER
    assert surmise_verdict(spacing[None], bound=0.02, rng=8).p_value > ACCEPT
    stranger = np.abs(x[:, 1] - np.roll(x[:, 0], 1))
    assert surmise_verdict(stranger[None], bound=0.02, rng=8).p_value < POWER


# ------------------------------------------------------------------- theory


@pytest.mark.parametrize("kind", ["labels", "independent"])
@pytest.mark.parametrize(("alpha", "batch_size"), [(0.1, 1), (0.3, 5), (0.6, 40)])
def test_stationary_moments_by_iterating_kronecker_powers(alpha, batch_size, kind):
    # Second algorithm: the linear map on (u, v1, v2), its Kronecker powers averaged over batches
    # by quadrature in three angles and radii, and the moments iterated as tensors.
    c_nodes, c_weights = special.roots_genlaguerre(4, batch_size - 1)
    c_nodes, c_weights = c_nodes / batch_size, c_weights / c_weights.sum()
    if batch_size == 1:
        t_nodes, t_weights = np.ones(1), np.ones(1)
    else:
        y, t_weights = special.roots_jacobi(4, (batch_size - 3) / 2, 0)
        t_nodes, t_weights = np.sqrt((1 + y) / 2), t_weights / t_weights.sum()
    angles = 2 * np.pi * np.arange(8) / 8
    s, eye = alpha**2 * 0.8 / batch_size, np.eye(3)
    steps = []  # weight, linear map, covariance of the noise
    for (c, p), (t, q), angle in itertools.product(
        zip(c_nodes, c_weights, strict=True), zip(t_nodes, t_weights, strict=True), angles
    ):
        w1, w2 = c * t * np.cos(angle), c * t * np.sin(angle)
        pull = np.array([[c, w1, w2], [w1, c, 0], [w2, 0, c]])
        noise = s * (pull if kind == "labels" else eye)
        steps.append((p * q / 8, eye - alpha * pull, noise))
    mean2 = sum(p * np.kron(m, m) for p, m, _ in steps)
    mean4 = sum(p * np.kron(np.kron(m, m), np.kron(m, m)) for p, m, _ in steps)
    added = sum(p * noise for p, _, noise in steps)
    second = np.linalg.solve(np.eye(9) - mean2, added.ravel()).reshape(3, 3)
    kick = sum(
        p
        * (
            np.einsum(k, m @ second @ m.T, noise)
            + np.einsum(k, noise, m @ second @ m.T)
            + np.einsum(k, noise, noise)
        )
        for p, m, noise in steps
        for k in ("ij,kl->ijkl", "ik,jl->ijkl", "il,jk->ijkl")
    )
    fourth = np.linalg.solve(np.eye(81) - mean4, kick.ravel()).reshape(3, 3, 3, 3)
    exact = ld.stationary_moments(alpha, batch_size, 0.8, gradient_noise=kind)
    assert exact.u2 == pytest.approx(second[0, 0])
    assert exact.r2 == pytest.approx(second[1, 1] + second[2, 2])
    assert exact.u4 == pytest.approx(fourth[0, 0, 0, 0])
    assert exact.u2r2 == pytest.approx(fourth[0, 0, 1, 1] + fourth[0, 0, 2, 2])
    r4 = fourth[1, 1, 1, 1] + 2 * fourth[1, 1, 2, 2] + fourth[2, 2, 2, 2]
    assert exact.r4 == pytest.approx(r4)


def test_limits_of_the_moments():
    cold = ld.stationary_moments(1e-4, 1000, 2.0)
    assert cold.binder_cumulant == pytest.approx(-4 / 27, abs=1e-6)
    assert cold.sigma == pytest.approx(ld.leading_sigma(1e-4, 1000, 2.0), rel=1e-4)
    warm = ld.stationary_moments(0.4, 100, 2.0)
    finite = ld.leading_sigma(0.4, 100, 2.0) * ld.finite_step_factor(0.4, 100)
    assert warm.sigma == pytest.approx(finite, rel=(0.4 / 100) ** 2)
    # A traceless component is a scalar quadratic with noise A, up to the square of T.
    scalar = sgd.stationary_variance(0.4, 100, noise_variance=2.0)
    assert warm.r2 / 2 == pytest.approx(scalar, rel=(0.4 / 100) ** 2)
    fourth_lost = ld.stationary_moments(0.45, 1, 1.0)
    assert np.isfinite(fourth_lost.r2)
    assert fourth_lost.binder_cumulant == np.inf
    assert ld.stationary_moments(1.5, 1, 1.0).r2 == np.inf


@pytest.mark.parametrize(("kind", "slope"), [("labels", 4 / 81), ("independent", 145 / 81)])
def test_first_order_of_the_cumulant(kind, slope):
    warm = ld.stationary_moments(1e-4, 10, 1.0, gradient_noise=kind).binder_cumulant
    assert (warm + 4 / 27) / 1e-5 == pytest.approx(slope, rel=2e-3)


def test_the_noise_of_the_labels_is_that_of_plain_training():
    rng, (alpha, batch_size, noise) = np.random.default_rng(20), (0.2, 3, 1.5)
    weights = np.tile(2 * np.eye(2), (40_000, 1, 1))
    for _ in range(3):
        x = rng.standard_normal((40_000, batch_size, 2))
        y = 2 * x + np.sqrt(2 * noise) * rng.standard_normal(x.shape)
        gradient = (x @ weights - y).mT @ x / batch_size
        weights = weights - alpha * (gradient + gradient.mT) / 2
    plain = np.linalg.eigvalsh(weights)
    p_values = {}
    for kind in ("labels", "independent"):
        quick = ld.levels(
            ld.train(alpha, batch_size, noise, steps=3, runs=40_000, gradient_noise=kind, rng=21)[0]
        )
        p_values[kind] = [
            two_sample_verdict(a, b, bound=0.1).p_value
            for a, b in zip(plain.T, quick.T, strict=True)
        ]
    assert min(p_values["labels"]) > ACCEPT
    assert min(p_values["independent"]) < POWER


def test_second_moments_converge_to_the_stationary_ones():
    setting = (0.25, 8, 1.0)
    late = ld.second_moments(100, *setting, start=-2, equation="sgd")
    exact = ld.stationary_moments(*setting)
    np.testing.assert_allclose(late, [exact.u2, exact.r2], rtol=1e-12)


def test_modified_equations_by_numerical_integration_and_their_orders():
    alpha, b, noise = 0.125, 8, 0.5
    for equation, stiff in (("first", 0), ("second", 1)):

        def flow(_, m, stiff=stiff):
            u2, r2 = m
            rate = -2 * (1 + stiff * alpha / 2)
            kick = np.array([u2 + r2 + noise, 2 * u2 + r2 + 2 * noise]) * alpha / b
            return rate * m + kick

        path = integrate.solve_ivp(flow, (0, 1), [4.0, 0.0], rtol=1e-10, atol=1e-12)
        ours = ld.second_moments(1, alpha, b, noise, start=-2, equation=equation)
        np.testing.assert_allclose(ours, path.y[:, -1], rtol=1e-7)
    order = {}
    for equation in ("first", "second"):
        error = [
            ld.second_moments(1, a, b, noise, start=-2, equation=equation)[0]
            - ld.second_moments(1, a, b, noise, start=-2, equation="sgd")[0]
            for a in (2**-9, 2**-10)
        ]
        order[equation] = np.log2(error[0] / error[1])
    assert order["first"] == pytest.approx(1, abs=0.02)
    assert order["second"] == pytest.approx(2, abs=0.02)


def test_reshuffled_variance_is_that_of_the_quadratic_chapter():
    # Scalar limit: inputs that are the same in all samples up to sign leave C constant.
    samples, batch_size, alpha = 16, 2, 0.1
    signs = np.array([[1.0, 1.0], [1.0, -1.0]])
    x = np.tile(signs, (samples // 2, 1))
    errors = np.random.default_rng(9).standard_normal((samples, 2))
    single = -errors[:, 0] * x[:, 0]
    setting = dict(learning_rate=alpha, batch_size=batch_size, runs=8000)
    shuffled = ld.train_on_data(x, errors, epochs=12, replace=False, rng=10, **setting)[:, 0]
    fresh = ld.train_on_data(x, errors, epochs=12, replace=True, rng=11, **setting)[:, 0]
    ratio = shuffled.var() / fresh.var()
    expected = sgd.shuffled_variance(alpha, batch_size, samples, noise_variance=single.var())
    independent = sgd.stationary_variance(alpha, batch_size, noise_variance=single.var())
    assert ratio == pytest.approx(expected[-1] / independent, rel=0.35)
    assert ratio < 0.2


# ------------------------------------------------------------------- bad input

X = np.ones((6, 2))
DATA = dict(learning_rate=0.1, batch_size=3, epochs=1, runs=1, replace=True, rng=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ld.train(0.1, 4, 1.0, steps=0, runs=1, rng=0), "steps must be.*got 0"),
        (lambda: ld.train(0.1, 4, 1.0, steps=1, runs=1, start=np.nan, rng=0), "start must be"),
        (lambda: ld.train(0.1, 4, 1.0, steps=1, runs=1, snapshots=0, rng=0), "snapshots.*got 0"),
        (lambda: ld.train_on_data(X, X[:5], **DATA), r"errors must have shape \(6, 2\)"),
        (lambda: ld.train_on_data(X, X, **DATA | {"batch_size": 4}), "must divide 6.*got 4"),
        (lambda: ld.train_on_data(X, X, **DATA | {"batch_size": 7}), "batch_size.*6.*got 7"),
        (lambda: ld.train_on_data(X * np.nan, X, **DATA), "x must be finite"),
        (lambda: ld.finite_step_factor(1.9, 10), "learning_rate must be below 1.667.*got 1.9"),
        (
            lambda: ld.second_moments(1, 0.3, 4, 1.0, start=0, equation="sgd"),
            "time must be a whole number of steps of 0.3, got 1.0",
        ),
        (
            lambda: ld.second_moments(1, 0.5, 4, 1.0, start=0, equation="third"),
            "equation must be one of.*'third'",
        ),
        (
            lambda: ld.train(0.1, 4, 1.0, steps=1, runs=1, gradient_noise="white", rng=0),
            "gradient_noise must be labels or independent, got 'white'",
        ),
        (
            lambda: ld.stationary_moments(0.1, 4, 1.0, gradient_noise=None),
            "gradient_noise must be labels or independent, got None",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@settings(max_examples=40)
@given(
    position=st.integers(0, 2),
    value=st.one_of(st.integers(-5, 0), st.floats(max_value=0), st.just(np.nan)),
)
def test_no_nonsense_enters_a_setting(position, value):
    setting = [0.1, 4, 1.0]
    setting[position] = value
    name = ("learning_rate", "batch_size", "noise")[position]
    for function in (ld.leading_sigma, ld.stationary_moments):
        with pytest.raises(ValueError, match=name):
            function(*setting)
    with pytest.raises(ValueError, match=name):
        ld.train(*setting, steps=1, runs=1, rng=0)


# ------------------------------------------------------------------- exercises


THETA = sympy.Symbol("theta")
KAPPA, GAMMA, ROWS, COLUMNS, TRACE = sympy.symbols("kappa gamma M N X")


def test_solutions_of_the_exercises_are_accepted():
    a, b, noise, w = sympy.symbols("alpha B A w")
    h = 2 * b / a - b - 1
    answers = {
        "width": 8e-5,
        "noise-of-x": 4 * w**2 * noise,
        "constant-inputs": 2 * a * noise / (b * (2 - a)),
        "exact-width": 2 * noise * (1 + h) / (h**2 - 2),
        "mixed-noise": (4 + 141 * (1 - THETA) ** 2) / 81,
        "five-per-cent": 0.18594,
        "one-column": lambda y: 2 * np.sqrt(y / np.pi) * np.exp(-y),
        "trace-drift": ROWS * COLUMNS * KAPPA**2 - 2 * GAMMA * TRACE,
    }
    assert answers.keys() == CHECKERS.keys()
    for name, answer in answers.items():
        assert CHECKERS[name](answer).correct, name


def test_exact_width_is_the_one_of_the_module():
    a, b, noise = sympy.symbols("alpha B A")
    h = 2 * b / a - b - 1
    exact = 2 * noise * (1 + h) / (h**2 - 2)
    value = float(exact.subs({a: 0.3, b: 7, noise: 1.4}))
    assert ld.stationary_moments(0.3, 7, 1.4).sigma ** 2 == pytest.approx(value)


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("width", 1.6e-4, "V/2"),
        ("width", 8e-6, "ratio"),
        ("noise-of-x", sympy.sympify("2*w*A"), "twice"),
        ("constant-inputs", sympy.sympify("alpha*A/B"), "leading order"),
        ("constant-inputs", sympy.sympify("alpha*A/(2*B*(1-alpha/2))"), "half of"),
        ("exact-width", sympy.sympify("alpha*A/B/(1-alpha*(1+2/B)/2)"), "not exact"),
        ("exact-width", sympy.sympify("alpha*A/B/(1-alpha/2)"), "fluctuate"),
        ("mixed-noise", sympy.Rational(47, 27) * (1 - THETA) ** 2, "stays"),
        ("mixed-noise", (4 + 141 * (1 - THETA)) / 81, "square"),
        ("mixed-noise", (4 + 141 * (1 - THETA**2)) / 81, "cross"),
        ("five-per-cent", 2 * (1 - 1 / 1.05), "square"),
        ("five-per-cent", 1 - 1.05**-2, "α/2"),
        ("one-column", stats.chi2(3), "scale"),
        ("one-column", stats.gamma(2), "power of x"),
        ("trace-drift", -2 * GAMMA * TRACE, "Ito"),
        ("trace-drift", KAPPA**2 * ROWS * COLUMNS - GAMMA * TRACE, "twice"),
    ],
)
def test_typical_mistakes_get_their_hint(name, answer, hint):
    feedback = CHECKERS[name](answer)
    assert not feedback.correct
    assert re.search(hint, feedback.message)
