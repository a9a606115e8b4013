import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from lecture_utils import networks
from lecture_utils.teaching.exercise_sets.networks import CHECKERS
from lecture_utils.teaching.verdicts import mean_verdict

ACCEPT, POWER = 1e-3, 1e-6  # p-values of a right and of a known-wrong sampler
WIDTHS = [3, 5, 4, 2]


@pytest.fixture(scope="module")
def problem():
    rng = np.random.default_rng(1)
    weights = networks.initial_weights(WIDTHS, sigma_w=1.4, rng=rng)
    return weights, rng.standard_normal((6, 3)), rng.standard_normal((6, 2))


def torch_network(weights):
    layers = []
    for matrix in weights:
        layer = torch.nn.Linear(*matrix.shape[::-1], bias=False, dtype=torch.float64)
        layer.weight = torch.nn.Parameter(torch.tensor(matrix))
        layers += [layer, torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-1])


# ------------------------------------------------------------------------ function and gradient


def test_network_function_is_that_of_torch(problem):
    weights, x, _ = problem
    theirs = torch_network(weights)(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(networks.predict(weights, x), theirs, rtol=1e-13)


def test_first_layer_is_linear_in_the_input(problem):
    weights, x, _ = problem
    first = networks.pre_activations(weights, x)[0]
    np.testing.assert_allclose(networks.pre_activations(weights, 7 * x)[0], 7 * first, rtol=1e-13)


def test_ensemble_is_its_networks_one_by_one():
    x = np.ones((2, 3))
    ensemble = networks.initial_weights(WIDTHS, networks=4, rng=0)
    together = networks.predict(ensemble, x)
    alone = [networks.predict([matrix[r] for matrix in ensemble], x) for r in range(4)]
    assert together.shape == (4, 2, 2)
    np.testing.assert_allclose(together, alone, rtol=1e-12)


def test_loss_has_half_and_a_mean_over_samples_but_a_sum_over_outputs():
    zero = [np.zeros((2, 3))]
    y = np.array([[1.0, 2.0], [3.0, 0.0]])
    assert networks.mse_loss(zero, np.ones((2, 3)), y) == (1 + 4 + 9) / (2 * 2)


def test_gradients_are_those_of_autograd(problem):
    weights, x, y = problem
    network = torch_network(weights)
    loss = 0.5 * ((network(torch.tensor(x)) - torch.tensor(y)) ** 2).sum(1).mean()
    loss.backward()
    assert networks.mse_loss(weights, x, y) == pytest.approx(loss.item(), rel=1e-13)
    ours = networks.gradients(weights, x, y)
    for gradient, parameter in zip(ours, network.parameters(), strict=True):
        np.testing.assert_allclose(gradient, parameter.grad.numpy(), atol=1e-13)


def test_per_sample_gradients_are_the_gradients_of_single_samples(problem):
    weights, x, y = problem
    rows = networks.per_sample_gradients(weights, x, y)
    assert rows.shape == (6, 3 * 5 + 5 * 4 + 4 * 2)
    for a, row in enumerate(rows):
        alone = networks.gradients(weights, x[a : a + 1], y[a : a + 1])
        np.testing.assert_allclose(row, np.concatenate([g.ravel() for g in alone]), atol=1e-13)


# --------------------------------------------------------------------------- initialisation


def _wick_p_value(scale, rng):
    """Test E tr (W^T W)^2 = M N (M + N + 1) / N^2 of a layer of M rows and N columns."""
    m, n = 6, 4
    (w,) = networks.initial_weights([n, m], networks=20_000, rng=rng)
    x = scale * np.swapaxes(w, 1, 2) @ w
    samples = np.trace(x @ x, axis1=1, axis2=2)
    return mean_verdict(samples, m * n * (m + n + 1) / n**2, bound=0.1).p_value


def test_second_trace_moment_follows_from_wick_contractions():
    assert _wick_p_value(1.0, 0) > ACCEPT
    assert _wick_p_value(4 / 6, 0) < POWER  # variance over rows instead of columns


def test_gaussian_mean_against_adaptive_quadrature():
    for variance in (1e-4, 1.0, 30.0, 1e4):
        s = np.sqrt(variance)
        exact, _ = integrate.quad(
            lambda u, s=s: np.tanh(s * u) ** 2 * stats.norm.pdf(u), 0, 12, points=[1 / s]
        )
        ours = networks.gaussian_mean(lambda z: np.tanh(z) ** 2, variance)
        assert ours == pytest.approx(2 * exact, rel=1e-8)


def test_moments_of_a_linear_network_in_closed_form():
    n, depth = 50, 4
    moments = networks.signal_moments([7, *[n] * depth], sigma_w=1.1, activation=lambda z: z)
    layer = np.arange(depth)
    np.testing.assert_allclose(moments.kernel, 1.1 ** (2 * (layer + 1)), rtol=1e-10)
    np.testing.assert_allclose(moments.mean_shift, 0, atol=1e-10)
    # S is multiplied by an independent chi^2_n / n in each layer: Var S / K^2 = (1 + 2/n)^l - 1.
    np.testing.assert_allclose(moments.excess_kurtosis, 3 * 2 * layer / n, rtol=1e-9)


def test_relu_kurtosis_is_15_over_n():
    moments = networks.signal_moments([1, 20, 1], activation=lambda z: np.maximum(z, 0))
    assert moments.excess_kurtosis[-1] == pytest.approx(15 / 20, rel=1e-5)


def _chain(widths, sigma_w, rng, size=200_000):
    """The variances S themselves, drawn layer by layer without a weight matrix."""
    rng = np.random.default_rng(rng)
    s = np.full(size, sigma_w**2)
    for n in widths[1:-1]:
        z = np.sqrt(s)[:, None] * rng.standard_normal((size, n))
        s = sigma_w**2 * np.mean(np.tanh(z) ** 2, axis=1)
    return s


def test_corrections_to_mean_and_fluctuation_against_the_chain():
    widths = [2, 40, 40, 40, 1]
    moments = networks.signal_moments(widths, sigma_w=1.6)
    s = _chain(widths, 1.6, 3)
    assert s.mean() == pytest.approx(moments.kernel[-1] + moments.mean_shift[-1], rel=2e-3)
    assert abs(s.mean() / moments.kernel[-1] - 1) > 4e-3  # the shift is seen, not lost in noise
    assert s.var() == pytest.approx(moments.fluctuation[-1], rel=0.06)


def _variance_p_value(widths, scale, rng):
    """Test the variance of the first hidden layer and the output over independent networks."""
    weights = networks.initial_weights(widths, sigma_w=1.3, networks=20_000, rng=rng)
    weights = [np.sqrt(scale) * matrix for matrix in weights]
    z = networks.pre_activations(weights, np.ones((1, widths[0])))[-1][:, 0, 0]
    expected = networks.signal_moments(widths, sigma_w=1.3).kernel[-1]
    return mean_verdict(z**2, expected, bound=0.1).p_value


def test_variance_after_one_hidden_layer_is_exact_at_any_width():
    assert _variance_p_value([4, 3, 2], 1.0, 5) > ACCEPT
    assert _variance_p_value([4, 3, 2], 4 / 3, 5) < POWER


# ------------------------------------------------------------------------------------- data


def test_teacher_student_outputs_are_the_teachers():
    data = networks.teacher_student_data([3, 8, 2], 50, rng=4)
    assert data.x.shape == (50, 3)
    np.testing.assert_array_equal(data.y, networks.predict(data.teacher, data.x))


def test_digits_are_standardised_on_the_training_set_and_split_by_class():
    data = networks.digits(rng=0)
    assert len(data.x_train) + len(data.x_test) == 1797
    variance = data.x_train.var(axis=0)
    changing = variance > 0
    np.testing.assert_allclose(variance[changing], 1, rtol=1e-9)
    np.testing.assert_allclose(data.x_train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_array_equal(data.y_test.argmax(axis=1), data.labels_test)
    assert np.all(data.y_train.sum(axis=1) == 1)
    shares = [np.bincount(s) / len(s) for s in (data.labels_train, data.labels_test)]
    np.testing.assert_allclose(*shares, atol=0.005)
    np.testing.assert_array_equal(networks.digits(rng=0).x_test, data.x_test)
    assert not np.array_equal(networks.digits(rng=1).labels_test, data.labels_test)


# --------------------------------------------------------------------------------- training


def _small_training(rng=0, networks_=3, **options):
    data = networks.teacher_student_data([2, 6, 1], 64, rng=7)
    weights = networks.initial_weights([2, 6, 1], networks=networks_, rng=8)
    pair = (data.x, data.y)
    options = {"learning_rate": 0.2, "batch_size": 8, "steps": 60} | options
    return weights, pair, networks.train(weights, pair, pair, rng=rng, **options)


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_training_lowers_the_loss_and_reports_it_in_our_normalisation(optimiser):
    weights, (x, y), run = _small_training(optimiser=optimiser, learning_rate=0.05, records=6)
    np.testing.assert_array_equal(run.step, np.arange(0, 61, 10))
    np.testing.assert_allclose(run.train_loss[:, 0], networks.mse_loss(weights, x, y))
    np.testing.assert_allclose(run.train_loss[:, -1], networks.mse_loss(run.weights, x, y))
    np.testing.assert_array_equal(run.train_loss, run.test_loss)
    assert np.all(run.train_loss[:, -1] < run.train_loss[:, 0])
    assert np.all(np.isnan(run.test_accuracy))
    assert not run.diverged.any()


def test_one_sample_makes_sgd_gradient_descent_by_hand():
    x, y = np.array([[0.5, -1.0]]), np.array([[0.3]])
    ensemble = networks.initial_weights([2, 3, 1], networks=2, rng=0)
    run = networks.train(
        ensemble, (x, y), (x, y), learning_rate=0.1, batch_size=1, steps=20, records=1, rng=0
    )
    for r in range(2):
        weights = [matrix[r] for matrix in ensemble]
        for _ in range(20):
            weights = [
                w - 0.1 * g for w, g in zip(weights, networks.gradients(weights, x, y), strict=True)
            ]
        for matrix, trained in zip(weights, run.weights, strict=True):
            np.testing.assert_allclose(trained[r], matrix, rtol=1e-12)


def test_a_frozen_layer_keeps_its_weights_and_the_others_their_gradient():
    x, y = np.array([[0.5, -1.0]]), np.array([[0.3]])
    ensemble = networks.initial_weights([2, 3, 1], networks=2, rng=0)
    setting = {"learning_rate": 0.1, "batch_size": 1, "steps": 1, "records": 1, "rng": 0}
    run = networks.train(ensemble, (x, y), (x, y), frozen=[0], **setting)
    np.testing.assert_array_equal(run.weights[0], ensemble[0])
    free = networks.train(ensemble, (x, y), (x, y), **setting)
    np.testing.assert_array_equal(run.weights[1], free.weights[1])
    assert np.all(free.weights[0] != ensemble[0])


def test_first_step_of_adam_has_the_size_of_the_learning_rate():
    weights, _, run = _small_training(
        optimiser="adam", learning_rate=1e-3, steps=1, records=1, batch_size=64
    )
    for before, after in zip(weights, run.weights, strict=True):
        # |g| / (|g| + 1e-8) is a little less than one where a gradient is tiny
        np.testing.assert_allclose(np.abs(after - before), 1e-3, rtol=2e-3)


def test_training_follows_its_seed_and_only_its_seed():
    first, again, other = (_small_training(rng)[2].train_loss for rng in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_networks_may_have_their_own_data():
    weights, (x, y), shared = _small_training()
    own = networks.train(
        weights,
        (np.stack([x] * 3), np.stack([y] * 3)),
        (x, y),
        learning_rate=0.2,
        batch_size=8,
        steps=60,
        rng=0,
    )
    np.testing.assert_allclose(own.train_loss, shared.train_loss, rtol=1e-12)


def test_divergence_is_reported():
    run = _small_training(learning_rate=1e3, steps=400)[2]
    assert run.diverged.all()
    assert not np.isfinite(run.train_loss[:, -1]).any()


def test_accuracy_counts_the_largest_output():
    x = np.eye(3)
    weights = [np.eye(3)[None]]
    labels = np.eye(3)[[0, 1, 1]]
    run = networks.train(
        weights,
        (x, labels),
        (x, labels),
        learning_rate=1e-9,
        batch_size=1,
        steps=1,
        records=1,
        rng=0,
    )
    np.testing.assert_allclose(run.test_accuracy, 2 / 3)


# ---------------------------------------------------------------------------------- bad input


def test_bad_input_names_parameter_and_value(problem):
    weights, x, y = problem
    with pytest.raises(ValueError, match=r"sigma_w must be .* got -1"):
        networks.initial_weights(WIDTHS, sigma_w=-1, rng=0)
    with pytest.raises(ValueError, match=r"widths must hold at least input and output, got \[3\]"):
        networks.initial_weights([3], rng=0)
    with pytest.raises(ValueError, match=r"layer 1 must take 4 inputs, got shape \(5, 3\)"):
        networks.predict(weights, np.ones((2, 4)))
    with pytest.raises(ValueError, match=r"y must have shape \(6, 2\).* got \(6, 1\)"):
        networks.mse_loss(weights, x, y[:, :1])
    with pytest.raises(ValueError, match=r"x must be finite, got nan"):
        networks.predict(weights, np.full((1, 3), np.nan))
    with pytest.raises(ValueError, match="single network"):
        networks.gradients([matrix[None] for matrix in weights], x, y)
    with pytest.raises(ValueError, match=r"input_square must be .* got 0"):
        networks.signal_moments(WIDTHS, input_square=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimiser": "newton"}, "optimiser must be one of sgd, adam, got 'newton'"),
        ({"batch_size": 65}, r"batch_size must be at most 64 \(the number of samples\), got 65"),
        ({"learning_rate": 0}, "learning_rate must be .* got 0"),
        ({"steps": 0}, "steps must be a positive integer, got 0"),
        ({"records": 61}, r"records must be at most 60 \(the number of steps\), got 61"),
    ],
)
def test_bad_training_options(options, message):
    with pytest.raises(ValueError, match=message):
        _small_training(**options)


@pytest.mark.parametrize("frozen", [[2], [0, 1], [-1]])
def test_frozen_layers_exist_and_one_learns(frozen):
    with pytest.raises(ValueError, match="frozen must name some, not all, of layers 0 to 1"):
        _small_training(frozen=frozen)


def test_training_wants_an_ensemble_and_data_that_fit(problem):
    weights, x, y = problem
    options = {"learning_rate": 0.1, "batch_size": 2, "steps": 1, "records": 1, "rng": 0}
    with pytest.raises(ValueError, match="ensemble"):
        networks.train(weights, (x, y), (x, y), **options)
    ensemble = [matrix[None] for matrix in weights]
    with pytest.raises(ValueError, match=r"y must have shape \(6, 2\)"):
        networks.train(ensemble, (x, y[:4]), (x, y), **options)
    with pytest.raises(ValueError, match="x must be finite"):
        networks.train(ensemble, (x * np.nan, y), (x, y), **options)


@settings(max_examples=40, deadline=None)
@given(
    widths=st.lists(st.integers(-2, 3), max_size=4),
    sigma_w=st.floats(allow_nan=True, allow_infinity=True),
)
def test_any_widths_and_scale_work_or_raise_value_error(widths, sigma_w):
    good = len(widths) >= 2 and min(widths) > 0 and np.isfinite(sigma_w) and sigma_w > 0
    if good:
        weights = networks.initial_weights(widths, sigma_w=sigma_w, rng=0)
        assert [matrix.shape for matrix in weights] == list(zip(widths[1:], widths, strict=False))
    else:
        with pytest.raises(ValueError, match=r"widths|sigma_w"):
            networks.initial_weights(widths, sigma_w=sigma_w, rng=0)


# ---------------------------------------------------------------------------------- exercises


def _gaussian_expectation(function, variance):
    integrand = lambda z: function(z) * stats.norm.pdf(z, scale=np.sqrt(variance))  # noqa: E731
    return 2 * integrate.quad(integrand, 0, 10 * np.sqrt(variance))[0]


_DEEP = 32 * _gaussian_expectation(lambda z: np.tanh(z) ** 2, 3)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("parameter-count", 624, {673: "biases", 52: "nodes"}),
        (
            "linear-gradient",
            [[1 / 3, -9.5 / 3]],
            {((2 / 3, -19 / 3),): "½", ((1, -9.5),): "mean over", ((-1 / 3, 9.5 / 3),): "uphill"},
        ),
        (
            "saturation",
            stats.chi2.sf(np.arctanh(0.99) ** 2 / _DEEP, 1),
            {
                stats.chi2.sf(np.arctanh(0.99) ** 2 / 3, 1): "first hidden",
                stats.chi2.sf(np.arctanh(0.99) ** 2 / 32, 1): "mean square",
            },
        ),
        (
            "even-part",
            np.mean(np.linspace(-1, 1, 401) ** 2),
            {0.577: "root", 0.0835: "variance", 0.667: "integral", 0.001: "biases"},
        ),
    ],
)
def test_exercises_accept_the_solution_and_explain_mistakes(name, right, wrong):
    assert CHECKERS[name](right).correct
    for answer, hint in wrong.items():
        feedback = CHECKERS[name](answer)
        assert not feedback.correct
        assert hint in feedback.message


@pytest.mark.parametrize(
    "layout",
    [
        lambda a: np.flip(np.flip(a, 0).copy(), 0),  # negative strides
        lambda a: np.asfortranarray(a),
        lambda a: a.astype(">f8"),
        lambda a: a.tolist(),
    ],
)
def test_training_takes_data_in_any_layout(layout):
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 1))
    weights = networks.initial_weights([3, 4, 1], networks=2, rng=rng)
    settings = dict(optimiser="sgd", learning_rate=0.1, steps=3, records=1, batch_size=4, rng=1)
    plain, other = (
        networks.train(weights, pair, pair, **settings) for pair in ((x, y), (layout(x), layout(y)))
    )
    for one, same in zip(plain.weights, other.weights, strict=True):
        np.testing.assert_array_equal(one, same)
