"""Teacher and student against autograd, the readable step, closed forms and published numbers."""

import json
import os
import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from numba import njit, void
from numba.extending import intrinsic
from scipy import linalg, stats

from lecture_utils import teacher_student as ts
from lecture_utils.teacher_student import _kernels, maps

AGREES, REJECTED = 1e-3, 1e-6


@pytest.fixture(scope="module")
def problem():
    return ts.draw_problem(3, 64, rng=1)


def torch_loss(weights, x, y):
    """Half the mean square error of one network, its weights with gradients."""
    first, middle, last = weights
    output = torch.tanh(torch.tanh(x @ first.T) @ middle.T) @ last.T
    return 0.5 * ((output[:, 0] - y) ** 2).mean()


def torch_weights(weights, run=0):
    return [torch.tensor(w[run], dtype=torch.float64, requires_grad=True) for w in weights]


# --- problems ------------------------------------------------------------------------------------


def test_what_a_run_draws_is_its_own(problem):
    more = ts.draw_problem(5, 64, rng=1)
    for name in ("x", "y", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(more, name)[:3], getattr(problem, name))
    assert len({x[0, 0] for x in more.x}) == 5
    noisy = ts.draw_problem(3, 64, noise=0.5, rng=1)
    np.testing.assert_array_equal(noisy.y_test, problem.y_test)


def test_laws_of_weights_inputs_and_label_noise():
    drawn = ts.draw_problem(200, 50, noise=0.3, rng=2)
    clean = ts.features(drawn.teacher, drawn.x)[2]
    samples = [(drawn.x, 1), (drawn.x_test, 1), (drawn.y - clean, 0.3)]
    for weights in (drawn.teacher, drawn.start):
        samples += zip(weights, (3**-0.5, 32**-0.5, 0.25), strict=True)
    for values, width in samples:
        assert stats.kstest(values.ravel(), stats.norm(0, width).cdf).pvalue > AGREES
        wrong = stats.norm(0, 1.25 * width).cdf
        assert stats.kstest(values.ravel(), wrong).pvalue < REJECTED
    np.testing.assert_array_equal(ts.features(drawn.teacher, drawn.x_test)[2], drawn.y_test)


def test_students_share_what_does_not_learn(problem):
    middle, whole = problem.student(0.5, "middle"), problem.student(0.5, "all")
    for layer, learns in enumerate((False, True, False)):
        own = 0.5 * problem.start[layer]
        np.testing.assert_array_equal(whole[layer], own)
        np.testing.assert_array_equal(middle[layer], own if learns else problem.teacher[layer])


# --- one step ------------------------------------------------------------------------------------


def test_step_is_autograds_in_double_precision(problem):
    weights = problem.student(1.3, "all")
    tensors = torch_weights(weights, run=1)
    for t in range(5):
        batch = slice(4 * t, 4 * t + 4)
        weights = ts.step(weights, problem.x[:, batch], problem.y[:, batch], 0.3)
        x, y = (torch.tensor(a[1, batch]) for a in (problem.x, problem.y))
        slopes = torch.autograd.grad(torch_loss(tensors, x, y), tensors)
        tensors = [
            (w - 0.3 * g).detach().requires_grad_() for w, g in zip(tensors, slopes, strict=True)
        ]
    for ours, theirs in zip(weights, tensors, strict=True):
        np.testing.assert_allclose(ours[1], theirs.detach(), rtol=1e-12, atol=1e-14)


def test_middle_step_is_the_full_step_of_that_layer(problem):
    weights = problem.student(2.0, "middle")
    x, y = problem.x[:, :4], problem.y[:, :4]
    alone = ts.middle_step(weights[1], weights[2], np.tanh(x @ weights[0].mT), y, 0.7)
    np.testing.assert_allclose(alone, ts.step(weights, x, y, 0.7)[1], rtol=1e-13)


# --- compiled kernels ----------------------------------------------------------------------------


@intrinsic
def vector_tanh(typing_context, x, y):
    def generate(context, builder, signature, arguments):
        v = _kernels._Vectors(builder)
        x, y = _kernels._pointers(context, builder, signature, arguments)
        for k, value in enumerate(v.tanh([v.load(x, 16 * k) for k in range(3)])):
            v.store(value, y, 16 * k)
        return context.get_dummy_value()

    return void(x, y), generate


@njit
def apply_tanh(x, y):
    for k in range(len(x)):
        vector_tanh(x[k], y[k])


def compiled_tanh(x):
    x = np.resize(np.asarray(x, np.float32), (-(-len(x) // 48), 48))
    y = np.empty_like(x)
    apply_tanh(x, y)
    return x.ravel(), y.ravel()


def test_compiled_tanh_is_right_saturates_exactly_and_lets_nan_pass():
    x, y = compiled_tanh(np.concatenate([np.linspace(-12, 12, 40_000), np.logspace(-30, 0, 8_000)]))
    exact = np.tanh(x.astype(float))
    np.testing.assert_allclose(y, exact, rtol=8e-7)
    assert np.abs(y).max() == 1
    np.testing.assert_array_equal(compiled_tanh([9.5, 1e5, np.inf])[1], 1)
    np.testing.assert_array_equal(compiled_tanh([-9.5, -1e30, -np.inf])[1], -1)
    assert np.isnan(compiled_tanh([np.nan])[1]).all()


def follow_middle(problem, sigma_w, temperature, updates, batch_size):
    first, middle, last = problem.student(sigma_w, "middle")
    hidden = np.tanh(problem.x @ first.mT)
    batches = problem.x.shape[1] // batch_size
    for t in range(updates):
        batch = slice(t % batches * batch_size, (t % batches + 1) * batch_size)
        rate = temperature * batch_size
        middle = ts.middle_step(middle, last, hidden[:, batch], problem.y[:, batch], rate)
    return middle


@pytest.mark.parametrize("batch_size", [1, 4, 16])
def test_middle_kernel_follows_the_readable_step(problem, batch_size):
    setting = problem, 0.7, 0.2 / batch_size
    trajectory = ts.train_middle(*setting, times=(0, 7, 1_000), batch_size=batch_size)
    for k, updates in enumerate((0, 7, 1_000)):
        readable = follow_middle(*setting, updates, batch_size)
        np.testing.assert_allclose(trajectory.weights[1][:, k], readable, atol=2e-5)
    once = ts.train_middle(*setting, times=[1_000], batch_size=batch_size)
    np.testing.assert_array_equal(once.weights[1][:, 0], trajectory.weights[1][:, 2])
    moved = np.abs(readable - trajectory.start[1]).max()
    assert moved > 0.05  # there was something to follow


@pytest.mark.parametrize("batch_size", [1, 4, 16])
def test_all_kernel_follows_the_readable_step(problem, batch_size):
    setting = dict(times=(0, 5, 300), batch_size=batch_size)
    trajectory = ts.train_all(problem, 0.8, 0.2 / batch_size, rng=3, **setting)
    weights = problem.student(0.8, "all")
    rng = np.random.default_rng(3)
    batches = np.concatenate([rng.integers(64, size=(n, batch_size)) for n in (5, 295)])
    for batch in batches:
        weights = ts.step(weights, problem.x[:, batch], problem.y[:, batch], 0.2)
    for ours, start, readable in zip(
        trajectory.weights, problem.student(0.8, "all"), weights, strict=True
    ):
        np.testing.assert_allclose(ours[:, 0], start, atol=1e-6)
        np.testing.assert_allclose(ours[:, 2], readable, atol=2e-5)
        assert np.abs(readable - start).max() > 0.05


def test_company_changes_no_bit_of_a_run():
    many = ts.draw_problem(19, 16, rng=4)
    few = ts.draw_problem(2, 16, rng=4)
    for fresh in (False, True):
        setting = dict(times=[20], fresh=fresh, rng=5)
        both = [ts.train_all(p, 1.0, 0.1, **setting).weights for p in (many, few)]
        for one, other in zip(*both, strict=True):
            np.testing.assert_array_equal(one[:2], other)


@pytest.mark.parametrize("fresh", [False, True])
def test_watching_changes_no_bit(fresh):
    noisy = ts.draw_problem(2, 16, noise=0.5, rng=4)
    seldom, often = (
        ts.train_all(noisy, 1.0, 0.1, times=times, fresh=fresh, rng=5).weights
        for times in ([703], [0, 1, 8, 500, 703])
    )
    for one, other in zip(seldom, often, strict=True):
        np.testing.assert_array_equal(one[:, -1], other[:, -1])


def test_kernels_agree_without_wide_vectors(problem, tmp_path):
    script = (
        "import sys, numpy as np; from lecture_utils import teacher_student as ts;"
        "p = ts.draw_problem(3, 64, rng=1);"
        "a = ts.train_middle(p, 0.7, 0.05, times=[300]).weights;"
        "b = ts.train_all(p, 0.7, 0.05, times=[300], rng=2).weights;"
        "np.savez(sys.argv[1], a[1], *b)"
    )
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    file = tmp_path / "weights.npz"
    subprocess.run([sys.executable, "-c", script, file], env=os.environ | plain, check=True)
    here = [
        ts.train_middle(problem, 0.7, 0.05, times=[300]).weights[1],
        *ts.train_all(problem, 0.7, 0.05, times=[300], rng=2).weights,
    ]
    with np.load(file) as there:
        for ours, name in zip(here, there.files, strict=True):
            np.testing.assert_allclose(there[name], ours, atol=1e-5)


def test_fresh_batches_have_the_gradient_of_the_whole_distribution():
    drawn = ts.draw_problem(400, 1, noise=1.0, rng=6)
    rate = 16 * 1e-2
    moved = ts.train_all(drawn, 1.0, 1e-2, times=[1], batch_size=16, fresh=True, rng=7)
    start = drawn.student(1.0, "all")
    one, other = (
        ts.gradients(start, x, ts.features(drawn.teacher, x)[2])[2]
        for x in np.random.default_rng(8).standard_normal((2, 400, 200, 3))
    )
    seen = (start[2] - moved.weights[2][:, 0]) / rate
    along, expected = (np.sum(g * one, axis=(1, 2)) for g in (seen, other))
    assert stats.ttest_1samp(along - expected, 0).pvalue > AGREES
    assert stats.ttest_1samp(along - 1.6 * expected, 0).pvalue < REJECTED
    # Label noise of variance one adds <phi^2>/|B| to the variance of each component.
    quiet = replace(drawn, noise=0.0)
    silent = ts.train_all(quiet, 1.0, 1e-2, times=[1], batch_size=16, fresh=True, rng=7)
    kick = (silent.weights[2] - moved.weights[2])[:, 0, 0] / rate
    x = np.random.default_rng(9).standard_normal((400, 200, 3))
    size = np.mean(ts.features(start, x)[1] ** 2, axis=1) / 16
    assert np.mean(kick**2 / size) == pytest.approx(1, abs=0.06)


def test_fresh_batches_are_never_seen_twice():
    # One sample, no noise: a network that sees it again and again learns it and nothing else.
    drawn = ts.draw_problem(8, 1, rng=9)
    loss = {}
    for fresh in (False, True):
        trained = ts.train_all(drawn, 0.8, 0.05, times=[6_000], fresh=fresh, rng=10)
        loss[fresh] = np.median(ts.observables(trained, drawn).test_loss)
    assert loss[True] < 0.05 * loss[False]


# --- divergence ----------------------------------------------------------------------------------


def test_divergence_is_an_outcome_that_neighbours_do_not_feel():
    tame = ts.draw_problem(4, 64, rng=11)
    wild = replace(tame, y=tame.y * np.array([1, 1e6, 1, 1])[:, None])
    setting = dict(sigma_w=1.0, temperature=0.1, times=[0, 300], rng=12)
    calm, mixed = (ts.train_all(p, **setting) for p in (tame, wild))
    seen = ts.observables(mixed, wild)
    np.testing.assert_array_equal(seen.diverged, [[False, r == 1] for r in range(4)])
    for field in fields(seen)[:-1]:
        values = getattr(seen, field.name)
        assert np.isnan(values[1, 1]).all()
        assert np.isfinite(values[[0, 2, 3]]).all()
    for one, other in zip(calm.weights, mixed.weights, strict=True):
        np.testing.assert_array_equal(one[[0, 2, 3]], other[[0, 2, 3]])
    raw, normalised = ts.two_time_correlation(mixed, wild.x_test)
    assert np.isnan(raw[1, 1, 1])
    assert np.isnan(normalised[1, 0, 1])
    assert np.isfinite(raw[0]).all()


def test_a_bounded_network_with_a_frozen_last_layer_does_not_diverge(problem):
    hot = ts.train_middle(problem, 100.0, 64.0, times=[20_000])
    assert not ts.observables(hot, problem).diverged.any()


# --- observables ---------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", ["middle", "all"])
def test_observables_one_by_one(problem, layers):
    noisy = replace(problem, y=problem.y + 0.1)
    if layers == "middle":
        trajectory = ts.train_middle(noisy, 0.9, 0.1, times=[0, 400])
        first, middle, last = trajectory.weights
        weights = first[:, 0], middle[:, 1], last[:, 0]
    else:
        trajectory = ts.train_all(noisy, 0.9, 0.1, times=[0, 400], rng=13)
        weights = tuple(w[:, 1] for w in trajectory.weights)
    seen = ts.observables(trajectory, noisy)
    for r in range(3):
        tensors = torch_weights(weights, r)
        loss = torch_loss(tensors, torch.tensor(noisy.x[r]), torch.tensor(noisy.y[r]))
        slopes = torch.autograd.grad(loss, tensors)
        slopes = slopes if layers == "all" else slopes[1:2]
        assert seen.train_loss[r, 1] == pytest.approx(loss.item())
        norm = torch.cat([g.ravel() for g in slopes]).norm().item()
        assert seen.gradient_norm[r, 1] == pytest.approx(norm)
        x, y = torch.tensor(noisy.x_test[r]), torch.tensor(noisy.y_test[r])
        assert seen.test_loss[r, 1] == pytest.approx(2 * torch_loss(tensors, x, y).item())
        a, b, c = (w[r] for w in weights)
        phi = np.tanh(b @ np.tanh(a @ noisy.x_test[r].T)).T.ravel()
        a0, b0, _ = (w[r] for w in trajectory.start)
        phi0 = np.tanh(b0 @ np.tanh(a0 @ noisy.x_test[r].T)).T.ravel()
        h = np.outer(noisy.y_test[r], c[0]).ravel()
        assert seen.memory[r, 1] == pytest.approx(phi @ phi0 / phi.size)
        assert seen.alignment[r, 1] == pytest.approx(phi @ h / phi.size)
        norms = np.sqrt([phi @ phi, phi0 @ phi0, h @ h])
        assert seen.memory_cosine[r, 1] == pytest.approx(phi @ phi0 / norms[0] / norms[1])
        assert seen.alignment_cosine[r, 1] == pytest.approx(phi @ h / norms[0] / norms[2])
        levels, levels0 = (np.linalg.eigvalsh(m @ m.T) for m in (b, b0))
        growth = np.log(np.ptp(levels) / np.ptp(levels0))
        assert seen.spacing_growth[r, 1] == pytest.approx(growth)
        np.testing.assert_allclose(seen.singular_values[r, 1], np.sqrt(levels))
        moved = np.sqrt(np.sum((b - b0) ** 2) / np.sum(b0**2))
        assert seen.displacement[r, 1] == pytest.approx(moved)
    np.testing.assert_allclose(seen.memory_cosine[:, 0], 1, atol=1e-6)
    np.testing.assert_allclose(seen.displacement[:, 0], 0, atol=1e-6)
    np.testing.assert_allclose(seen.spacing_growth[:, 0], 0, atol=1e-5)


def test_two_time_correlation_is_the_memory_of_each_time(problem):
    trajectory = ts.train_middle(problem, 0.9, 0.1, times=[0, 30, 900])
    raw, normalised = ts.two_time_correlation(trajectory, problem.x_test)
    seen = ts.observables(trajectory, problem)
    np.testing.assert_allclose(raw[:, 0], seen.memory, rtol=1e-5)
    np.testing.assert_allclose(normalised[:, 0], seen.memory_cosine, rtol=1e-5)
    np.testing.assert_allclose(raw, raw.mT)
    np.testing.assert_allclose(np.einsum("rtt->rt", normalised), 1)
    phi = ts.features(trajectory.weights, problem.x_test[:, None])[1]
    assert raw[1, 1, 2] == pytest.approx(np.mean(phi[1, 1] * phi[1, 2]))


# --- what others measured ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sigma_w", "temperature", "losses"),
    [
        (0.125, 0.125, (5.3e-5, 6.7e-6)),  # learning
        (8.0, 0.125, (1.8e-3, 3.1e-4)),
        (64.0, 0.03125, (8.9e-2, 3.3e-2)),  # jammed
        (0.125, 4.0, (1.3e-2, 5.4e-3)),  # too hot
    ],
)
def test_losses_of_an_independent_program(sigma_w, temperature, losses):
    drawn = ts.draw_problem(16, 4_000, rng=14)
    trained = ts.train_middle(drawn, sigma_w, temperature, times=(10**4, 10**5))
    median = np.median(ts.observables(trained, drawn).train_loss, axis=0)
    np.testing.assert_allclose(np.log10(median), np.log10(losses), atol=0.35)


# --- boundaries ----------------------------------------------------------------------------------


def test_output_gradients_are_autograds(problem):
    for layers, kept in (("middle", [1]), ("all", [0, 1, 2])):
        slopes = ts.output_gradients(problem.start, problem.x[:, :5], layers)
        tensors = torch_weights(problem.start, run=2)
        for s in range(5):
            hidden = torch.tanh(torch.tensor(problem.x[2, s]) @ tensors[0].T)
            output = torch.tanh(hidden @ tensors[1].T) @ tensors[2].T
            exact = torch.autograd.grad(output.sum(), tensors)
            exact = torch.cat([exact[k].ravel() for k in kept])
            np.testing.assert_allclose(slopes[2, s], exact, rtol=1e-9, atol=1e-12)


def test_stability_limit_of_equal_samples_and_of_teachers(problem):
    x = np.repeat(problem.x[:, :1], 3, axis=1)
    squares = np.sum(ts.output_gradients(problem.teacher, x, "all")[:, 0] ** 2, axis=-1)
    for batch_size in (1, 4):
        limit = ts.stability_limit(problem.teacher, x, batch_size, "all")
        np.testing.assert_allclose(batch_size * limit, 2 / squares)  # gradient descent's
    drawn = ts.draw_problem(40, 1_000, rng=15)
    limit = np.median(ts.stability_limit(drawn.teacher, drawn.x, 4, "middle"))
    assert limit == pytest.approx(0.142, rel=0.3)  # an independent program's, of few runs
    slopes = ts.output_gradients(problem.teacher, problem.x, "middle")[0]
    curvature = slopes.T @ slopes / 64
    trace, largest = np.trace(curvature), np.linalg.eigvalsh(curvature)[-1]
    ours = ts.stability_limit(problem.teacher, problem.x, 4, "middle")[0]
    assert ours == pytest.approx(2 / (trace + 3 * largest))


def test_cycled_limit_is_where_the_product_of_an_epoch_grows(problem):
    x = np.repeat(problem.x[:, :1], 4, axis=1)
    squares = np.sum(ts.output_gradients(problem.teacher, x, "all")[:, 0] ** 2, axis=-1)
    equal = ts.cycled_stability_limit(problem.teacher, x, 4, "all", epochs=400, rng=20)
    np.testing.assert_allclose(equal, (1 + np.exp(0.02)) / (4 * squares), rtol=0.01)
    x = problem.x[:, :16]
    limit = ts.cycled_stability_limit(problem.teacher, x, 4, "middle", epochs=400, rng=21)
    slopes = ts.output_gradients(problem.teacher, x, "middle")
    for r in range(3):
        growth = []
        for temperature in (0.97 * limit[r], 1.03 * limit[r]):
            product = np.eye(512)
            for batch in slopes[r].reshape(4, 4, 512):
                product -= temperature * batch.T @ (batch @ product)
            growth.append(np.abs(np.linalg.eigvals(product)).max())
        assert growth[0] < np.exp(0.02) < growth[1]


def test_edge_of_stability_follows_the_temperature():
    drawn = ts.draw_problem(6, 1_000, rng=22)
    for temperature, measured in ((0.25, 0.307), (0.5, 0.563)):
        trained = ts.train_middle(drawn, 0.125, temperature, times=[10**5]).weights[1][:, 0]
        weights = drawn.teacher[0], trained, drawn.teacher[2]
        limit = ts.cycled_stability_limit(weights, drawn.x, 4, "middle", epochs=3, rng=23)
        assert np.median(limit) == pytest.approx(measured, rel=0.2)  # an independent program's


def test_kernel_time_by_integrating_the_linearised_flow(problem):
    x, y = problem.x[:, :20], problem.y[:, :20]
    weights = problem.student(1.5, "all")
    slopes = ts.output_gradients(weights, x, "all")
    error = ts.features(weights, x)[2] - y
    target = 0.02 * np.mean(error**2, axis=1).min() / 2
    times = ts.kernel_time(weights, x, y, target, "all")
    for r in range(3):
        flow = linalg.expm(-slopes[r] @ slopes[r].T / 20 * times[r])
        assert np.mean((flow @ error[r]) ** 2) / 2 == pytest.approx(target)
    assert np.all(ts.kernel_time(weights, x, y, 1e3, "all") == 0)
    twins = np.repeat(x[:, :1], 20, axis=1)  # the same input with different targets
    assert np.all(ts.kernel_time(weights, twins, y, 1e-6, "all") == np.inf)


def test_saddle_time_of_aligned_layers_is_exact(problem):
    # Rank one and balanced: each layer has the size a, and a' = s a^2 blows up at 1/(s a).
    rng = np.random.default_rng(16)
    u, v, w = (q / np.linalg.norm(q) for q in map(rng.standard_normal, (32, 16, 3)))
    size = np.array([0.5, 1.0, 2.0])[:, None, None]
    x = np.array([[w, -w, 2 * w]] * 3)
    aligned = replace(
        problem,
        start=tuple(size * m for m in (np.outer(u, w), np.outer(v, u), v[None])),
        x=x,
        y=3 * x @ w,
    )
    strength = 3 * np.mean([1, 1, 4])
    exact = 1 / (strength * size[:, 0, 0]) - 1 / (strength * 300 / np.sqrt(3))
    np.testing.assert_allclose(ts.saddle_time(aligned), exact, rtol=0.01)


def test_saddle_time_is_when_small_weights_escape():
    drawn = ts.draw_problem(16, 512, rng=17)
    expected = np.median(ts.saddle_time(drawn))
    assert expected == pytest.approx(2.25, rel=0.25)
    sigma_w, rate = 0.03, 0.04
    times = np.arange(1, 60) * 250
    path = ts.train_all(drawn, sigma_w, rate / 16, batch_size=16, times=times, rng=18)
    loss = ts.observables(path, drawn).train_loss
    fall = np.argmax(loss < 0.5 * loss[:, :1], axis=1)
    assert np.median(rate * sigma_w * times[fall]) == pytest.approx(expected, rel=0.2)


# --- maps ----------------------------------------------------------------------------------------


def test_a_point_of_a_map_is_its_training():
    setting = dict(times=(10, 50), layers="middle", samples=40, runs=2)
    result = ts.observe_points(0, points=((1.0, 0.1), (4.0, 0.2)), rng=19, **setting)
    drawn = ts.draw_problem(2, 40, rng=19)
    seen = ts.observables(ts.train_middle(drawn, 4.0, 0.2, times=(10, 50)), drawn)
    np.testing.assert_array_equal(result["train_loss"][:, 1], seen.train_loss.astype(np.float32))
    assert result["singular_values"].shape == (2, 2, 2, 16)
    assert result["diverged"].shape == (2, 2, 2)


def test_summary_counts_runs_that_diverged():
    loss = np.array([1e-4, 1e-2, np.nan, 5e-4, 1.0])[:, None, None] * np.ones((1, 2, 1))
    loss[:, 1] = np.nan
    results = [{"train_loss": part, "diverged": np.isnan(part)} for part in (loss[:2], loss[2:])]
    summary = ts.summarise([result | {"cpu_seconds": 1.0} for result in results])
    np.testing.assert_allclose(summary["diverged"], [[0.2], [1.0]])
    np.testing.assert_allclose(summary["learned"], [[0.4], [0.0]])
    expected = np.quantile([1e-4, 5e-4, 1e-2, 1], (0.16, 0.5, 0.84))
    np.testing.assert_allclose(summary["train_loss"][:, 0, 0], expected, rtol=1e-6)
    assert np.isnan(summary["train_loss"][:, 1]).all()


@pytest.mark.parametrize("name", maps.FULL)
def test_the_command_makes_every_map_with_provenance(tmp_path, name, monkeypatch):
    units, setting = maps.FULL[name]
    few = (setting["points"][0], setting["points"][-1])
    monkeypatch.setitem(maps.FULL, name, (units, setting | {"points": few}))
    output = tmp_path / "map.npz"
    command = ["--full", name, "--output", str(output), "--units", "2", "--times", "5", "20"]
    maps.main([*command, "--folder", str(tmp_path / "units"), "--workers", "1"])
    with np.load(output) as file:
        assert file["train_loss"].shape == (3, 2, 2)
        assert not np.any(np.diff(file["train_loss"], axis=0) < 0)
        assert file["points"].shape == (2, 2)
        provenance = json.loads(str(file["provenance"]))
    assert provenance["runs"] == 2 * setting.get("runs", 1)
    assert provenance["seed"] == 2509
    begins = f"python -m lecture_utils.teacher_student --full {name} --output {output}"
    assert provenance["command"].startswith(begins)
    assert len(list((tmp_path / "units").glob("*/*.pickle"))) == 2


def test_the_command_line():
    command = [sys.executable, "-m", "lecture_utils.teacher_student", "--help"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "--full {middle,long,old,all}" in shown


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: ts.draw_problem(0, 4, rng=0), "runs must be a positive integer, got 0"),
        (lambda p: ts.draw_problem(1, 4, noise=-1, rng=0), "noise must be at least zero, got -1"),
        (lambda p: p.student(0, "all"), "sigma_w must be.*got 0"),
        (lambda p: p.student(1, "last"), "layers must be one of middle, all, got 'last'"),
        (lambda p: ts.train_middle(p, 1, 0, times=[1]), "temperature must be.*got 0"),
        (lambda p: ts.train_middle(p, 1, 1, times=[2, 1]), r"times must be ascending.*\[2. 1.\]"),
        (lambda p: ts.train_middle(p, 1, 1, times=[0.5]), "times must be ascending whole"),
        (lambda p: ts.train_middle(p, 1, 1, times=[-1]), "times must be ascending whole"),
        (lambda p: ts.train_middle(p, 1, 1, times=[3, 3]), "times must be ascending whole"),
        (
            lambda p: ts.train_middle(p, 1, 1, times=[1], batch_size=5),
            r"batch_size must divide 64 \(the samples\), got 5",
        ),
        (
            lambda p: ts.train_all(p, 1, 1, times=[1], batch_size=17, rng=0),
            r"batch_size must be at most 16 \(the largest compiled\), got 17",
        ),
        (lambda p: ts.stability_limit(p.start, p.x, 0, "all"), "batch_size.*got 0"),
        (
            lambda p: ts.cycled_stability_limit(p.start, p.x, 3, "all", rng=0),
            r"batch_size must divide 64 \(the samples\), got 3",
        ),
        (lambda p: ts.kernel_time(p.start, p.x, p.y, 0, "all"), "loss must be.*got 0"),
    ],
)
def test_bad_input_is_named(problem, call, message):
    with pytest.raises(ValueError, match=message):
        call(problem)
