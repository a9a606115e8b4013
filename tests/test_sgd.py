import itertools
import re

import mpmath
import numpy as np
import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from lecture_utils import networks, sgd
from lecture_utils.teaching.exercise_sets.sgd import CHECKERS
from lecture_utils.teaching.verdicts import two_sample_verdict, value_verdict

ACCEPT, POWER = 1e-3, 1e-6  # p-values of a right and of a known-wrong sampler
WIDTHS = [3, 4, 2]


@pytest.fixture(scope="module")
def problem():
    data = networks.teacher_student_data(WIDTHS, 40, rng=1)
    return networks.initial_weights(WIDTHS, rng=2), data.x, data.y


def copies(weights, runs):
    return [np.repeat(w[None], runs, axis=0) for w in weights]


# ------------------------------------------------------------------- gradient noise, exactly


def test_gradient_noise_is_numpys_population_covariance(problem):
    g = networks.per_sample_gradients(*problem)
    noise = sgd.gradient_noise(g)
    np.testing.assert_allclose(noise.covariance, np.cov(g.T, bias=True), atol=1e-12)
    full = np.concatenate([w.ravel() for w in networks.gradients(*problem)])
    np.testing.assert_allclose(noise.mean, full, atol=1e-12)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5])
@pytest.mark.parametrize("replace", [True, False])
def test_batch_moments_by_enumeration_of_all_batches(batch_size, replace):
    values = np.random.default_rng(3).exponential(size=(6, 2))
    if replace:
        every = itertools.product(range(6), repeat=batch_size)
    else:
        every = itertools.combinations(range(6), batch_size)
    means = values[np.array(list(every))].mean(axis=1)
    exact = sgd.batch_moments(values, batch_size, replace=replace)
    np.testing.assert_allclose(exact.variance, means.var(axis=0), rtol=1e-10)
    np.testing.assert_allclose(exact.skewness, stats.skew(means), rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(exact.excess_kurtosis, stats.kurtosis(means), rtol=1e-9)


@given(st.integers(2, 10**6), st.data())
def test_finite_population_factor_lies_between_its_ends(samples, data):
    batch_size = data.draw(st.integers(1, samples))
    factor = sgd.finite_population_factor(samples, batch_size)
    assert 0 <= factor <= 1
    assert (factor == 0) == (batch_size == samples)
    assert (factor == 1) == (batch_size == 1)


@pytest.mark.parametrize("replace", [True, False])
def test_drawn_batches_have_the_predicted_variance_and_the_wrong_rule_is_caught(replace):
    values = np.random.default_rng(4).gamma(0.7, size=(50, 1))
    batches = sgd.draw_batches(50, 30, 20_000, replace=replace, rng=5)
    assert batches.shape == (20_000, 30)
    means = sgd.batch_means(values, batches)[:, 0]

    def p_value(replace):
        law = sgd.batch_moments(values, 30, replace=replace)
        measured = means.var()
        error = measured * np.sqrt((2 + stats.kurtosis(means)) / means.size)
        return value_verdict(measured, error, law.variance[0], bound=0.05).p_value

    assert p_value(replace) > ACCEPT
    assert p_value(not replace) < POWER


def test_batches_without_replacement_are_fair_and_do_not_repeat():
    batches = sgd.draw_batches(12, 5, 4000, replace=False, rng=6)
    assert all(np.unique(row).size == 5 for row in batches[:200])
    counts = np.bincount(batches.ravel(), minlength=12)
    scale = np.sqrt(4000 * 5 / 12 * 7 / 12)
    assert np.all(np.abs(counts - 4000 * 5 / 12) < 5 * scale)
    np.testing.assert_array_equal(
        np.sort(sgd.draw_batches(12, 12, 3, replace=False, rng=0)), np.tile(np.arange(12), (3, 1))
    )


def test_batch_means_equal_the_means_of_the_gathered_rows():
    values = np.random.default_rng(7).standard_normal((20, 3))
    batches = sgd.draw_batches(20, 8, 50, replace=True, rng=8)
    np.testing.assert_allclose(sgd.batch_means(values, batches), values[batches].mean(axis=1))


# ------------------------------------------------------------------- many networks at once


def test_weighted_gradients_agree_with_torch(problem):
    _, x, y = problem
    rng = np.random.default_rng(9)
    weights = [rng.standard_normal((3, 4, 3)), rng.standard_normal((3, 2, 4))]
    c = rng.standard_normal((3, len(x)))
    ours = sgd.weighted_gradients(weights, x, y, c)
    tensors = [torch.tensor(w, requires_grad=True) for w in weights]
    out = torch.tanh(torch.tensor(x) @ tensors[0].mT) @ tensors[1].mT
    (0.5 * torch.tensor(c)[..., None] * (out - torch.tensor(y)) ** 2).sum().backward()
    for g, t in zip(ours, tensors, strict=True):
        np.testing.assert_allclose(g, t.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_training_without_noise_is_gradient_descent(problem):
    weights, x, y = problem
    ours = sgd.train(
        copies(weights, 2), x, y, learning_rate=0.3, batch_size=1, steps=5, noise="none", rng=0
    )
    by_hand = weights
    for _ in range(5):
        steps = networks.gradients(by_hand, x, y)
        by_hand = [w - 0.3 * g for w, g in zip(by_hand, steps, strict=True)]
    for many, one in zip(ours, by_hand, strict=True):
        np.testing.assert_allclose(many, np.repeat(one[None], 2, axis=0), rtol=1e-10)


def one_step_noise(problem, noise, batch_size=4, runs=20_000):
    """Gradients (runs, P) implied by one step of each run."""
    weights, x, y = problem
    moved = sgd.train(
        copies(weights, runs),
        x,
        y,
        learning_rate=0.5,
        batch_size=batch_size,
        steps=1,
        noise=noise,
        rng=10,
    )
    change = [(w - m) / 0.5 for w, m in zip(weights, moved, strict=True)]
    return np.concatenate([c.reshape(runs, -1) for c in change], axis=1)


@pytest.mark.parametrize("noise", ["batch", "gaussian", "diagonal"])
def test_one_step_has_the_stated_mean_and_covariance(problem, noise):
    noise_law = sgd.gradient_noise(networks.per_sample_gradients(*problem))
    expected = noise_law.covariance / 4
    if noise == "diagonal":
        expected = np.diag(np.diag(expected))
    g = one_step_noise(problem, noise)
    # Every mean and every entry of the covariance within five standard errors.
    sigma = np.sqrt(np.diag(expected))
    assert np.all(np.abs(g.mean(axis=0) - noise_law.mean) < 5 * sigma / np.sqrt(len(g)))
    products = (g - noise_law.mean)[:, :, None] * (g - noise_law.mean)[:, None, :]
    error = products.std(axis=0) / np.sqrt(len(g))
    assert np.all(np.abs(products.mean(axis=0) - expected) < 5 * error)


def test_surrogate_is_gaussian_and_the_real_step_is_not(problem):
    law = sgd.gradient_noise(networks.per_sample_gradients(*problem))
    scale = np.sqrt(law.covariance[0, 0])

    def p_value(noise):
        g = one_step_noise(problem, noise, batch_size=1)[:, 0]
        return stats.kstest(g, stats.norm(law.mean[0], scale).cdf).pvalue

    assert p_value("gaussian") > ACCEPT
    assert p_value("batch") < POWER


def test_a_diverging_run_is_an_outcome_not_an_error(problem):
    weights, x, y = problem
    lost = sgd.train(copies(weights, 3), x, y, learning_rate=50, batch_size=2, steps=400, rng=0)
    assert not np.isfinite(lost[1]).any()


def hessian_by_torch(weights, x, y):
    sizes = [w.size for w in weights]
    x_t, y_t = torch.tensor(x), torch.tensor(y)

    def loss(flat):
        first, second = (
            part.reshape(w.shape) for part, w in zip(flat.split(sizes), weights, strict=True)
        )
        return 0.5 * ((torch.tanh(x_t @ first.T) @ second.T - y_t) ** 2).sum(1).mean()

    flat = torch.tensor(np.concatenate([w.ravel() for w in weights]))
    return torch.autograd.functional.hessian(loss, flat)


def test_largest_curvature_is_the_top_of_torchs_hessian(problem):
    exact = torch.linalg.eigvalsh(hessian_by_torch(*problem))[-1].item()
    assert sgd.largest_curvature(*problem, rng=0) == pytest.approx(exact, rel=1e-9)


def test_largest_curvature_knows_no_scale(problem):
    weights, x, y = problem
    first = weights[0].size
    block = torch.linalg.eigvalsh(hessian_by_torch(weights, x, y)[:first, :first])[-1].item()
    # Inputs a million times larger, first weights smaller: the same function, and their block of
    # the Hessian is 10^12 times larger.
    far = sgd.largest_curvature([weights[0] / 1e6, weights[1]], 1e6 * x, y, rng=0)
    assert far == pytest.approx(1e12 * block, rel=1e-6)


def test_one_weight_has_a_curvature_too():
    one = sgd.largest_curvature([np.array([[0.3]])], [[2.0], [1.0]], [[0.0], [1.0]], rng=0)
    assert one == pytest.approx(2.5)  # mean of x squared


@pytest.mark.parametrize(
    ("shapes", "targets", "message"),
    [
        ([(5, 4, 3), (5, 2, 4)], (8, 1), r"y must have shape \(8, 2\)"),
        ([(4, 3), (2, 4)], (8, 2), "an ensemble: matrices of 3 axes"),
        ([(5, 4, 2), (5, 2, 4)], (8, 2), r"x must have shape \(any, 2\)"),
    ],
)
def test_nothing_is_broadcast_in_training(shapes, targets, message):
    weights = [np.zeros(shape) for shape in shapes]
    with pytest.raises(ValueError, match=message):
        sgd.train(
            weights,
            np.ones((8, 3)),
            np.ones(targets),
            learning_rate=0.1,
            batch_size=2,
            steps=1,
            rng=0,
        )


def test_nothing_is_broadcast_in_the_curvature(problem):
    weights, x, _ = problem
    with pytest.raises(ValueError, match="y must have shape"):
        sgd.largest_curvature(weights, x, np.ones((1, 1)), rng=0)
    with pytest.raises(ValueError, match="a single network: matrices of 2 axes"):
        sgd.largest_curvature([w[None] for w in weights], x, np.ones((len(x), 1)), rng=0)


# ------------------------------------------------------------------- the quadratic


def variance_p_value(runs, expected):
    u = runs.survivors
    error = np.sqrt(np.var(u**2) / u.size)
    return value_verdict(np.mean(u**2), error, expected, bound=0.1).p_value


@pytest.mark.parametrize(("multiplicative", "theory"), [(True, "sgd"), (False, "constant")])
def test_simulated_quadratic_has_its_exact_variance_and_no_other(multiplicative, theory):
    setting = dict(curvature=2.0, noise_variance=0.7)
    runs = sgd.simulate_quadratic(
        learning_rate=0.25,
        batch_size=4,
        steps=80,
        runs=20_000,
        multiplicative=multiplicative,
        rng=11,
        **setting,
    )
    assert not runs.diverged.any()
    for name in ("leading", "constant", "sgd"):
        p = variance_p_value(runs, sgd.stationary_variance(0.25, 4, theory=name, **setting))
        assert p > ACCEPT if name == theory else p < POWER


def test_kurtosis_of_the_quadratic_by_iterating_its_moments():
    # Second route: E[u^2] and E[u^4] iterated, expectations over the batch by quadrature.
    alpha, b = 0.6, 3
    m = stats.chi2(b, scale=1 / b)

    def expectation(i, j):
        return m.expect(lambda t: (1 - alpha * t) ** i * t**j)

    e = {powers: expectation(*powers) for powers in [(2, 0), (4, 0), (2, 1), (0, 1), (0, 2)]}
    second = fourth = 0.0
    for _ in range(2000):
        fourth = (
            e[4, 0] * fourth
            + 6 * second * alpha**2 / b * e[2, 1]
            + 3 * (alpha**2 / b) ** 2 * e[0, 2]
        )
        second = e[2, 0] * second + alpha**2 / b * e[0, 1]
    assert sgd.stationary_variance(alpha, b) == pytest.approx(second)
    assert sgd.stationary_kurtosis(alpha, b) == pytest.approx(fourth / second**2 - 3)


def test_the_thresholds_fit_together():
    edge = sgd.variance_threshold(4, curvature=2.0)
    assert edge == pytest.approx(2 / 3)
    assert sgd.stationary_variance(1.001 * edge, 4, curvature=2.0) == np.inf
    assert np.isfinite(sgd.stationary_variance(0.999 * edge, 4, curvature=2.0))
    assert sgd.tail_exponent(edge, 4, curvature=2.0) == pytest.approx(2, abs=1e-6)
    assert sgd.stationary_kurtosis(1.01 * edge, 4, curvature=2.0) == np.inf
    # The kurtosis diverges exactly where the tail exponent passes four.
    low, high = 0.1, edge
    for _ in range(40):
        middle = (low + high) / 2
        finite = np.isfinite(sgd.stationary_kurtosis(middle, 4, curvature=2.0))
        low, high = (middle, high) if finite else (low, middle)
    assert sgd.tail_exponent(low, 4, curvature=2.0) == pytest.approx(4, abs=1e-4)
    # Far beyond the edge the exponent is small, and at last nothing stationary is left.
    assert 0 < sgd.tail_exponent(2.5 / 2, 4, curvature=2.0) < 0.2
    with pytest.raises(ValueError, match="learning_rate must allow a stationary state"):
        sgd.tail_exponent(3.0, 4)


@pytest.mark.parametrize("replace", [True, False])
def test_a_constant_gradient_has_no_shape(replace):
    table = np.column_stack([np.full(7, 14.3), [1.0, 2, 4, 8, 16, 32, 64]])
    moments = sgd.batch_moments(table, 4, replace=replace)
    assert moments.variance[0] == 0
    assert np.isnan([moments.skewness[0], moments.excess_kurtosis[0]]).all()
    assert np.isfinite([moments.skewness[1], moments.excess_kurtosis[1]]).all()


@pytest.mark.parametrize(("alpha", "batch_size"), [(0.1, 4), (0.5, 64), (1.2, 4), (0.7, 1)])
def test_tail_exponent_solves_kestens_equation(alpha, batch_size):
    # Second way: the moment in closed form, with Kummer's functions, to thirty digits.
    kappa = sgd.tail_exponent(alpha, batch_size)
    with mpmath.workdps(30):
        k, z = mpmath.mpf(batch_size) / 2, batch_size / (2 * mpmath.mpf(alpha))
        below = mpmath.beta(k, kappa + 1) * mpmath.hyp1f1(k, k + kappa + 1, -z)
        above = (
            mpmath.exp(-z) * mpmath.gamma(kappa + 1) * mpmath.hyperu(kappa + 1, kappa + 1 + k, z)
        )
        moment = z**k / mpmath.gamma(k) * (below + above)
    assert abs(mpmath.log(moment)) < 1e-6
    assert kappa > 0.1


def test_tail_exponents_of_tiny_steps():
    # Only a batch with y = alpha m > 2 makes |A| > 1. Its cost is B y / 2 alpha, its gain is
    # kappa log(y - 1); for the cheapest y, log(y - 1) = y / (y - 1), kappa = B (y - 1) / 2 alpha.
    y = optimize.brentq(lambda y: (y - 1) * np.log(y - 1) - y, 2.5, 10)
    for alpha, batch_size in ((1e-5, 64), (1e-4, 4)):
        kappa = sgd.tail_exponent(alpha, batch_size)
        assert kappa * alpha / batch_size == pytest.approx((y - 1) / 2, rel=1e-3)


def test_runs_beyond_every_threshold_are_reported_as_diverged():
    runs = sgd.simulate_quadratic(learning_rate=8.0, batch_size=2, steps=100, runs=50, rng=12)
    assert runs.diverged.all()
    assert runs.survivors.size == 0
    assert np.isfinite(runs.displacement).all()


def test_shuffled_variance_through_the_epoch_by_enumeration():
    # D = 4, B = 1: iterate the covariance over all 24 orders instead of trusting the formula.
    noise = np.array([1.0, -2.0, 0.5, 0.5])
    alpha, factor = 0.3, 0.7
    orders = noise[np.array(list(itertools.permutations(range(4))))]
    kicks = np.zeros((24, 5))
    for k in range(4):
        kicks[:, k + 1] = factor * kicks[:, k] + alpha * orders[:, k]
    start = kicks[:, 4].var() / (1 - factor**8)
    expected = factor ** (2 * np.arange(1, 5)) * start + kicks[:, 1:].var(axis=0)
    ours = sgd.shuffled_variance(alpha, 1, 4, noise_variance=noise.var())
    np.testing.assert_allclose(ours, expected, rtol=1e-12)


# ------------------------------------------------------------------- two samples, power


def test_full_and_diagonal_noise_are_told_apart(problem):
    weights, x, y = problem

    def spread(noise, rng):
        out = sgd.train(
            copies(weights, 600),
            x,
            y,
            learning_rate=0.3,
            batch_size=2,
            steps=40,
            noise=noise,
            rng=rng,
        )
        return sum(((w - w.mean(axis=0)) ** 2).sum(axis=(1, 2)) for w in out)

    real = spread("batch", 13)
    again = two_sample_verdict(real, spread("batch", 14), bound=0.2)
    wrong = two_sample_verdict(real, spread("diagonal", 15), bound=0.2)
    assert again.p_value > ACCEPT
    assert wrong.p_value < POWER


# ------------------------------------------------------------------- bad input

X, Y = np.zeros((5, 3)), np.zeros((5, 2))
NET = [np.zeros((1, 4, 3)), np.zeros((1, 2, 4))]
GOOD = dict(learning_rate=0.1, batch_size=2, steps=1, rng=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sgd.gradient_noise([[np.nan]]), "per_sample"),
        (lambda: sgd.gradient_noise([1.0, 2.0]), "per_sample"),
        (lambda: sgd.finite_population_factor(1, 1), "samples must be at least 2, got 1"),
        (
            lambda: sgd.draw_batches(512, 1024, 1, replace=False, rng=0),
            r"batch_size must be at most 512 \(the number of samples\), got 1024",
        ),
        (lambda: sgd.batch_means(X, [[0, 5]]), r"indices must lie in 0 \.\.\. 4.*0 \.\.\. 5"),
        (lambda: sgd.batch_moments(X[:3], 1, replace=True), "per_sample.*got 3"),
        (lambda: sgd.batch_moments(X, 5, replace=False), "batch_size must be at most 4.*got 5"),
        (lambda: sgd.train(NET, X, Y[:4], **GOOD), r"y must have shape \(5, 2\).*got \(4, 2\)"),
        (lambda: sgd.train(NET, X, Y, noise="pink", **GOOD), "noise must be one of.*'pink'"),
        (lambda: sgd.train(NET, X, Y, **(GOOD | {"batch_size": 6})), "batch_size.*5.*got 6"),
        (lambda: sgd.train(NET, X * np.nan, Y, **GOOD), "x must be finite"),
        (lambda: sgd.stationary_variance(0.1, 4, theory="best"), "theory must be.*'best'"),
        (lambda: sgd.shuffled_variance(0.1, 3, 8), "batch_size must divide 8.*got 3"),
        (lambda: sgd.shuffled_variance(0.1, 8, 8), "batch_size must divide 8.*got 8"),
        (lambda: sgd.shuffled_variance(2.5, 2, 8), "learning_rate must be below 2.*got 2.5"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@settings(max_examples=40)
@given(
    name=st.sampled_from(["learning_rate", "batch_size", "curvature", "noise_variance"]),
    value=st.one_of(st.integers(-5, 0), st.floats(max_value=0), st.just(np.nan)),
)
def test_no_nonsense_enters_the_quadratic(name, value):
    arguments = dict(learning_rate=0.1, batch_size=4, curvature=1.0, noise_variance=1.0)
    with pytest.raises(ValueError, match=name):
        sgd.stationary_variance(**(arguments | {name: value}))
    with pytest.raises(ValueError, match=name):
        sgd.simulate_quadratic(steps=1, runs=1, rng=0, **(arguments | {name: value}))


# ------------------------------------------------------------------- exercises


def test_solutions_of_the_exercises_are_accepted():
    a, b, d, o, v, k2, k4 = sympy.symbols("alpha B D Omega V k2 k4")
    answers = {
        "finite-population": v * (1 - (b - 1) / (d - 1)) / b,
        "kurtosis": k4 / b / k2**2,
        "stationary-variance": a * v / (2 * b * o - a * o**2 * (b + 2)),
        "uniform-inputs": 1 / 2 / (2 - 1 - (9 / 5 - 1) / 2),  # E[x^4] = 9/5
        "shuffle": 0.0528,
        "temperature": [0.2, 0.1 * 2**0.5],
    }
    assert answers.keys() == CHECKERS.keys()
    for name, answer in answers.items():
        assert CHECKERS[name](answer).correct, name


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("finite-population", sympy.sympify("V/B"), "independent"),
        ("finite-population", sympy.sympify("V/B*(D-B)/D"), "B.* = 1"),
        ("kurtosis", sympy.sympify("k4/k2**2"), "one sample"),
        ("kurtosis", sympy.sympify("k4/(B**3*k2**2)"), "squared variance"),
        ("stationary-variance", sympy.sympify("alpha*V/(2*B*Omega)"), "leading order"),
        ("stationary-variance", sympy.sympify("alpha*V/(B*Omega*(2-alpha*Omega))"), "fluctuates"),
        ("uniform-inputs", 0.5, "curvature of a batch"),
        ("uniform-inputs", 0.25, "leading order"),
        ("shuffle", 0.99, "exactly once"),
        ("shuffle", 0.23, "average over an epoch"),
        ("temperature", [0.2, 0.2], "single step"),
        ("temperature", [0.05, 0.1 / 2**0.5], "must grow"),
    ],
)
def test_typical_mistakes_get_their_hint(name, answer, hint):
    feedback = CHECKERS[name](answer)
    assert not feedback.correct
    assert re.search(hint, feedback.message)
