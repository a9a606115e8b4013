"""The spin glass against quadrature, enumeration of all states, and the literature."""

import itertools
import re

import numpy as np
import pytest
import sympy
import torch
from scipy import integrate, stats

from lecture_utils import spin_glass as sg
from lecture_utils import teacher_student
from lecture_utils.teaching.exercise_sets.spin_glass import CHECKERS

AGREES, REJECTED = 1e-3, 1e-6


def gaussian_mean(function):
    def integrand(x):
        return stats.norm.pdf(x) * function(x)

    parts = [integrate.quad(integrand, a, a + 1, epsabs=1e-13)[0] for a in range(-9, 9)]
    return sum(parts)


def free_energy_beta(beta, j0, m, q):
    """Replica-symmetric free energy of one spin, times the inverse temperature."""
    coupled = beta * j0 * m**2 / 2 - beta**2 * (1 - q) ** 2 / 4
    entropy = gaussian_mean(
        lambda x: np.logaddexp(beta * (j0 * m + np.sqrt(q) * x), -beta * (j0 * m + np.sqrt(q) * x))
    )
    return coupled - entropy


# --- theory --------------------------------------------------------------------------------------

POINTS = [(0.3, 0.0), (0.3, 1.5), (0.7, 1.2), (1.2, 1.8), (0.1, 3.0)]


@pytest.mark.parametrize(("temperature", "j0"), POINTS)
def test_equations_hold_by_another_quadrature(temperature, j0):
    m, q = map(float, sg.replica_symmetric(temperature, j0))
    local = lambda x: np.tanh((j0 * m + np.sqrt(q) * x) / temperature)  # noqa: E731
    assert gaussian_mean(local) == pytest.approx(m, abs=1e-9)
    assert gaussian_mean(lambda x: local(x) ** 2) == pytest.approx(q, abs=1e-9)
    assert q > 0.01
    assert (m > 0.01) == (j0 > 0)


def test_overlaps_of_the_literature():
    m, q = sg.replica_symmetric([0.5, 0.9], 0.0)
    np.testing.assert_allclose(q, [0.53037, 0.10270], atol=5e-6)
    np.testing.assert_allclose(m, 0, atol=1e-12)


def test_phases_and_shapes():
    temperature, j0 = np.array([[0.5], [0.99], [1.01], [2.0]]), np.array([0.0, 0.9, 2.5])
    m, q = sg.replica_symmetric(temperature, j0)
    assert m.shape == q.shape == (4, 3)
    np.testing.assert_array_equal(m > 1e-3, [[0, 0, 1]] * 4)
    np.testing.assert_array_equal(q > 1e-3, [[1, 1, 1]] * 2 + [[0, 0, 1]] * 2)
    unmagnetised, glass = sg.replica_symmetric(0.5, 2.5, magnetised=False)
    assert unmagnetised == pytest.approx(0, abs=1e-12)
    assert glass == pytest.approx(sg.replica_symmetric(0.5, 0.0)[1])
    # Just below its temperatures of onset: q = 1 - T, and m^2 for the ferromagnet.
    assert sg.replica_symmetric(0.999, 0.0)[1] == pytest.approx(0.001, rel=0.01)
    assert np.all(np.array(sg.replica_symmetric(1.0, [0.0, 0.9, 1.0])) < 1e-6)


def test_the_critical_magnetisation_of_a_strong_ferromagnet_is_curie_and_weiss():
    # The disorder is negligible for large J0: m = tanh(J0 m/T).
    m, _ = sg.replica_symmetric(50.0, 100.0)
    assert m == pytest.approx(np.tanh(2 * m), rel=1e-3)


@pytest.mark.parametrize(("temperature", "j0"), POINTS)
def test_energy_is_the_derivative_of_the_free_energy(temperature, j0):
    def value(beta):
        return free_energy_beta(beta, j0, *map(float, sg.replica_symmetric(1 / beta, j0)))

    beta, step = 1 / temperature, 1e-4
    slope = (value(beta + step) - value(beta - step)) / (2 * step)
    solution = sg.replica_symmetric(temperature, j0)
    assert sg.energy(temperature, j0, *solution) == pytest.approx(slope, abs=1e-6)


def test_ground_state_energy_of_replica_symmetry():
    low = sg.energy(0.02, 0.0, *sg.replica_symmetric(0.02, 0.0))
    assert low == pytest.approx(-np.sqrt(2 / np.pi), abs=2e-3)


def test_boundaries_of_the_literature():
    line = sg.glass_to_ferromagnet([0.2, 0.5, 0.8])
    np.testing.assert_allclose(line, [1.1626, 1.0647, 1.0113], atol=6e-5)
    assert sg.glass_to_ferromagnet(0.02) == pytest.approx(np.sqrt(np.pi / 2), abs=0.012)
    np.testing.assert_allclose(sg.at_line([0.2, 0.5, 0.8]), [1.647, 1.2204, 1.0361], atol=2e-4)


def test_the_magnetisation_appears_at_its_line():
    line = float(sg.glass_to_ferromagnet(0.5))
    below, above = sg.replica_symmetric(0.5, np.array([0.999, 1.001]) * line)[0]
    assert below < 1e-6
    assert above > 0.02


def test_stability_by_another_quadrature_and_where_it_is_known():
    np.testing.assert_allclose(sg.stability([1.3, 2.0], 0.5), [1.3**2 - 1, 3.0])
    assert np.all(sg.stability([0.2, 0.7], 0.3) < 0)
    m, q = map(float, sg.replica_symmetric(0.7, 1.2))
    fourth = gaussian_mean(lambda x: np.cosh((1.2 * m + np.sqrt(q) * x) / 0.7) ** -4.0)
    assert sg.stability(0.7, 1.2) == pytest.approx(0.49 - fourth, abs=1e-9)
    line = float(sg.at_line(0.6))
    unstable, stable = sg.stability(0.6, np.array([0.999, 1.001]) * line)
    assert unstable < 0 < stable


# --- simulation ----------------------------------------------------------------------------------


def test_couplings_are_those_of_sherrington_and_kirkpatrick():
    drawn = sg.draw_couplings(200, 40, 1.5, rng=1)
    np.testing.assert_array_equal(drawn, drawn.mT)
    assert not np.einsum("sii->si", drawn).any()
    values = drawn[:, *np.triu_indices(40, 1)].ravel()
    assert stats.kstest(values, stats.norm(1.5 / 40, 40**-0.5).cdf).pvalue > AGREES
    assert stats.kstest(values, stats.norm(0, 40**-0.5).cdf).pvalue < REJECTED


def enumerate_states(couplings, temperatures):
    """Exact m^2, q^2, energy of one spin, and the rate of swaps between neighbours."""
    n = len(couplings)
    states = np.array(list(itertools.product([-1, 1], repeat=n)))
    energies = -np.einsum("si,ij,sj->s", states, couplings, states) / 2
    weights = np.exp(-np.subtract.outer(1 / temperatures, np.zeros(2**n)) * energies)
    weights /= weights.sum(axis=1, keepdims=True)
    m2 = weights @ (states.mean(axis=1) ** 2)
    pairs = np.einsum("ts,si,sj->tij", weights, states, states)
    rates = [
        np.sum(
            np.outer(cold, hot) * np.minimum(1, np.exp(gap * np.subtract.outer(energies, energies)))
        )
        for cold, hot, gap in zip(
            weights[:-1], weights[1:], -np.diff(1 / temperatures), strict=True
        )
    ]
    return m2, np.mean(pairs**2, axis=(1, 2)), weights @ energies / n, np.array(rates)


def test_tempering_by_enumeration_of_all_states():
    temperatures = np.array([0.3, 0.6, 1.0, 1.7])
    couplings = sg.draw_couplings(1, 8, 0.7, rng=2)
    copies = np.tile(couplings, (60, 1, 1))
    seen = sg.parallel_tempering(copies, temperatures, burn_in=200, sweeps=2_000, rng=3)
    exact = enumerate_states(couplings[0], temperatures)
    wrong = enumerate_states(couplings[0], 1.07 * temperatures)
    measured = seen.magnetisation2, seen.overlap2, seen.energy, seen.swap_rate
    names = "m2", "q2", "e", "swaps"
    for name, values, right, false in zip(names, measured, exact, wrong, strict=True):
        assert np.all(stats.ttest_1samp(values, right).pvalue > AGREES / 4), name
        if name != "swaps":
            assert np.all(stats.ttest_1samp(values, false).pvalue < REJECTED), name
    assert stats.ttest_1samp(seen.swap_rate, 1.1 * exact[3]).pvalue.max() < REJECTED


def test_tempering_reaches_theory_in_a_ferromagnet():
    drawn = sg.draw_couplings(12, 64, 3.0, rng=4)
    seen = sg.parallel_tempering(drawn, [0.5, 1.0], burn_in=200, sweeps=500, rng=5)
    m, q = sg.replica_symmetric([0.5, 1.0], 3.0)
    np.testing.assert_allclose(np.sqrt(seen.magnetisation2.mean(axis=0)), m, atol=0.02)
    np.testing.assert_allclose(np.sqrt(seen.overlap2.mean(axis=0)), q, atol=0.02)
    exact = sg.energy([0.5, 1.0], 3.0, m, q)
    np.testing.assert_allclose(seen.energy.mean(axis=0), exact, atol=0.08)


def test_a_sample_does_not_know_the_others():
    drawn = sg.draw_couplings(3, 10, 0.0, rng=6)
    setting = dict(burn_in=5, sweeps=20, rng=7)
    together = sg.parallel_tempering(drawn, [0.5, 1.0, 1.5], **setting)
    alone = sg.parallel_tempering(drawn[:1], [0.5, 1.0, 1.5], **setting)
    np.testing.assert_array_equal(together.energy[:1], alone.energy)
    assert together.overlap2.shape == (3, 3)
    assert together.swap_rate.shape == (3, 2)


# --- the network as a spin model -----------------------------------------------------------------


@pytest.mark.parametrize("outputs", [1, 3])
def test_the_loss_of_a_network_term_by_term(outputs):
    rng = np.random.default_rng(8)
    last, y = rng.standard_normal((outputs, 16)), rng.standard_normal((50, outputs))
    phi = torch.tensor(np.tanh(rng.standard_normal((50, 16))), requires_grad=True)
    loss = outputs * torch.nn.functional.mse_loss(phi @ torch.tensor(last).T, torch.tensor(y)) / 2
    (slope,) = torch.autograd.grad(loss, phi)
    couplings, fields = sg.network_couplings(last), sg.network_fields(last, y)
    values = phi.detach().numpy()
    terms = sg.loss_terms(values, couplings, fields, y)
    assert sum(terms) == pytest.approx(loss.item(), rel=1e-13)
    np.testing.assert_allclose((values @ couplings - fields) / 50, slope.numpy(), rtol=1e-10)
    assert terms[0] > 0  # the couplings hold the features down, the field lifts them
    assert sg.loss_terms(0 * values, couplings, fields, y)[2] == np.mean(np.sum(y**2, 1)) / 2
    assert np.linalg.matrix_rank(couplings) == outputs


def test_many_networks_at_once():
    rng = np.random.default_rng(9)
    last, y = rng.standard_normal((4, 1, 16)), rng.standard_normal((4, 20, 1))
    phi = rng.standard_normal((4, 20, 16))
    couplings, fields = sg.network_couplings(last), sg.network_fields(last, y)
    together = np.array(sg.loss_terms(phi, couplings, fields, y))
    for r in range(4):
        alone = sg.loss_terms(phi[r], couplings[r], fields[r], y[r])
        np.testing.assert_allclose(together[:, r], alone)


def test_the_loss_of_trained_networks_is_their_energy():
    problem = teacher_student.draw_problem(3, 200, rng=11)
    trained = teacher_student.train_middle(problem, 1.0, 0.1, times=[0, 2_000])
    last, y = trained.weights[2], problem.y[:, None, :, None]
    phi = teacher_student.features(trained.weights, problem.x[:, None])[1]
    couplings, fields = sg.network_couplings(last), sg.network_fields(last, y)
    terms = sg.loss_terms(phi, couplings, fields, y)
    loss = teacher_student.observables(trained, problem).train_loss
    np.testing.assert_allclose(sum(terms), loss, rtol=1e-9)
    assert np.all(loss[:, 1] < 0.5 * loss[:, 0])


# --- bad input -----------------------------------------------------------------------------------

J = sg.draw_couplings(1, 4, 0.0, rng=10)
SHORT = dict(burn_in=1, sweeps=1, rng=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sg.replica_symmetric([0.5, -0.1], 0), "temperature must be above zero, got -0.1"),
        (lambda: sg.replica_symmetric(1, np.nan), "j0 must be finite, got nan"),
        (lambda: sg.glass_to_ferromagnet(1.0), "temperature must be between.*got 1.0"),
        (lambda: sg.at_line([0.5, 0.0]), "temperature must be between.*got 0.0"),
        (lambda: sg.draw_couplings(0, 4, 0, rng=0), "samples must be a positive integer, got 0"),
        (lambda: sg.parallel_tempering(J[0], [1.0], **SHORT), "couplings must have 3 dim"),
        (lambda: sg.parallel_tempering(J[:, :3], [1.0], **SHORT), "couplings must have shape"),
        (lambda: sg.parallel_tempering(np.triu(J), [1.0], **SHORT), "must be symmetric"),
        (lambda: sg.parallel_tempering(J + np.eye(4), [1.0], **SHORT), "zeros on the diagonal"),
        (lambda: sg.parallel_tempering(J, [1.0, 0.5], **SHORT), "temperatures must be ascending"),
        (lambda: sg.parallel_tempering(J, [0.0, 0.5], **SHORT), "temperatures must be ascending"),
        (lambda: sg.parallel_tempering(J, [0.5, 0.5], **SHORT), "temperatures must be ascending"),
        (lambda: sg.at_line([0.5, 0.001]), "temperature must lie between 0.01 and 0.997"),
        (lambda: sg.at_line(0.999), "temperature must lie between 0.01 and 0.997"),
        (lambda: sg.parallel_tempering(J, [1], **SHORT | {"sweeps": 0}), "sweeps.*got 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- exercises -----------------------------------------------------------------------------------


def test_solutions_of_the_exercises_are_accepted():
    answers = {
        "triangles": [0.5, 0, 1],
        "force": sympy.sympify("a*(y - a*p - b*q)"),
        "onset": sympy.sympify("(T**2 - T**4)/2"),
        "glass-line": [1.06467, 1],
        "ground-state": [0.79788, -0.79788],
    }
    assert answers.keys() == CHECKERS.keys()
    for name, answer in answers.items():
        assert CHECKERS[name](answer).correct, name


def test_the_onset_of_the_exercise_is_that_of_the_equations():
    onset = 0.998**2 * (1 - 0.998**2) / 2
    assert sg.replica_symmetric(0.998, 0.0)[1] == pytest.approx(onset, rel=0.01)


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("triangles", [0.5, 0.5, 0.5], "not independent"),
        ("triangles", [0.5, 0, 0], "product of three"),
        ("force", sympy.sympify("a*y - a**2*p/2 - a*b*q/2"), "twice"),
        ("force", sympy.sympify("a*(a*p + b*q - y)"), "minus"),
        ("force", sympy.sympify("a*(y + a*p + b*q)"), "holds the features down"),
        ("onset", sympy.sympify("3*(T**2 - T**4)/2"), "three"),
        ("onset", 1 - sympy.Symbol("T"), "all powers"),
        ("glass-line", [0.5 / (1 - np.sqrt(0.53037)), 1], "square"),
        ("glass-line", [0.5, 1], "paramagnet"),
        ("glass-line", [1.06467, 1.06467], "Parisi"),
        ("ground-state", [0.79788, -0.39894], "twice"),
        ("ground-state", [0.39894, -0.39894], "two"),
    ],
)
def test_typical_mistakes_get_their_hint(name, answer, hint):
    feedback = CHECKERS[name](answer)
    assert not feedback.correct
    assert re.search(hint, feedback.message)
