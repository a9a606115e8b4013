"""Wild input to public functions: a result without warnings, or a ValueError that names its cause.

Each case takes a call that works and replaces one of its arguments by something that a reader or a
program may hand in by mistake: another type, another memory layout, a hole, nothing at all, numbers
that are huge or tiny, within what double precision can square twice.
"""

import re
import time
import warnings
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from lecture_utils import (
    coulomb_gas,
    dyson,
    ensembles,
    estimates,
    laws,
    learning_dynamics,
    networks,
    sgd,
    spectra,
    spin_glass,
    tails,
)
from lecture_utils.teaching import verdicts
from lecture_utils.teaching.exercises import function

RNG = np.random.default_rng(11)
LEVELS = np.sort(RNG.normal(size=(6, 4)))
POSITIVE = np.exp(LEVELS)
SAMPLE = RNG.normal(size=40)
SETTING = dict(learning_rate=0.1, batch_size=4)
WEIGHTS = [RNG.normal(size=(3, 2)), RNG.normal(size=(1, 3))]
X, Y = RNG.normal(size=(8, 2)), RNG.normal(size=(8, 1))
CLASSES = np.sort(RNG.lognormal(size=(2, 8, 5)))

NUMBERS = st.one_of(
    st.floats(-1e60, 1e60, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-60),
    st.integers(-3, 3),
    st.sampled_from(
        [True, None, "2", b"1", 1 + 2j, 10**400, -(10**400), 1e60, 1e-60, np.nan, np.inf, [], {},
         "one", np.float32(0.5), np.int8(3), np.array(2.0), np.array([1.0]), torch.tensor(0.5)]
    ),
)  # fmt: skip


def harm(array, how, place):
    """A copy of an array in which something is wrong, or only different."""
    array = np.array(array, dtype=float)
    index = tuple(np.unravel_index(place % array.size, array.shape))
    match how:
        case "nan" | "inf":
            array[index] = float(how)
        case "huge" | "tiny":
            array = array * {"huge": 1e60, "tiny": 1e-60}[how]
        case "constant":
            array[...] = 14.3
        case "complex":
            return array + 1j * (np.arange(array.size).reshape(array.shape) == place % array.size)
        case "masked":
            return np.ma.masked_array(array, mask=np.arange(array.size).reshape(array.shape) == 0)
        case "object" | "str" | "float32" | ">f8" | "int64":
            return array.astype(how)
        case "reversed":
            return array[..., ::-1]
        case "fortran":
            return np.asfortranarray(array)
        case "list":
            return array.tolist()
        case "ragged":
            return [array.tolist(), [1.0]]
        case "empty":
            return array[..., :0]
        case "one":
            return array.ravel()[:1]
        case "deep":
            return array[None, None]
        case "flat":
            return array.ravel()
        case "tensor":
            return torch.tensor(array, requires_grad=True)
        case "bfloat16":
            return torch.tensor(array).bfloat16()
    return array


HARMS = [
    *("nan", "inf", "huge", "tiny", "constant", "complex", "masked", "object", "str", "float32"),
    *(">f8", "int64", "reversed", "fortran", "list", "ragged", "empty", "one", "deep", "flat"),
    *("tensor", "bfloat16"),
]

CALLS = {
    laws.wigner_surmise: dict(beta=1.0),
    laws.two_level_spacing: dict(sigma=1.0),
    laws.two_level_density: dict(sigma=1.0),
    laws.semicircle: dict(sigma=1.0, n=3),
    laws.marchenko_pastur: dict(r=0.5, variance=1.0),
    laws.marchenko_pastur_density: dict(x=0.7, r=0.5, variance=1.0, amplitude=0.5),
    laws.spacing_ratio: dict(beta=1.0),
    laws.gaudin: dict(beta=1),
    laws.tracy_widom: dict(beta=1, scale=1.0),
    laws.largest_wishart_level: dict(m=4, n=3, variance=1.0),
    ensembles.gaussian_matrices: dict(samples=2, n=3, beta=1, sigma=1.0, rng=1),
    ensembles.wishart_matrices: dict(samples=2, m=3, n=2, beta=1, sigma=1.0, rng=1),
    ensembles.gaussian_spectra: dict(samples=2, n=3, beta=1.0, sigma=1.0, rng=1),
    ensembles.wishart_spectra: dict(samples=2, m=3, n=2, beta=1.0, sigma=1.0, rng=1),
    ensembles.tridiagonal_levels: dict(diagonal=LEVELS, off_diagonal=LEVELS[:, 1:]),
    spectra.gram: dict(weights=LEVELS),
    spectra.level_spacings: dict(levels=LEVELS),
    spectra.relative_spacings: dict(levels=LEVELS),
    spectra.spacing_ratios: dict(levels=LEVELS),
    spectra.binder_cumulant: dict(levels=LEVELS, rng=1),
    spectra.pair_statistics: dict(levels=np.sort(RNG.normal(size=(6, 3, 2)))),
    spectra.surmise_distance: dict(spacings=POSITIVE),
    spectra.number_variance: dict(unfolded=np.cumsum(POSITIVE, axis=1), lengths=[0.5]),
    spectra.number_variance_exact: dict(lengths=[0.5, 1.0], beta=1),
    estimates.mean_and_error: dict(values=LEVELS),
    estimates.power_law_exponent: dict(x=[1.0, 2, 3], y=[1.0, 4, 9], error=[0.1, 0.1, 0.1]),
    tails.marchenko_pastur_bulk: dict(levels=RNG.gamma(2, size=200), r=0.25, quantile=0.8),
    tails.fit_tail: dict(levels=1 + RNG.pareto(2, size=100), x_min=1.0),
    tails.class_spacings: dict(levels=CLASSES),
    tails.class_distance: dict(levels=CLASSES),
    tails.shuffled: dict(levels=CLASSES, rng=1),
    dyson.ornstein_uhlenbeck: dict(dt=0.1, omega=1.0, g=1.0),
    dyson.exact_step: dict(levels=LEVELS, dt=0.1, omega=1.0, g=1.0, rng=1),
    dyson.level_paths: dict(start=LEVELS, times=[0.1, 0.2], omega=1.0, g=1.0, rng=1),
    dyson.coulomb: dict(levels=LEVELS, smallest_gap=0.1),
    dyson.free_convolution: dict(start=LEVELS[0], variance=0.5, points=60),
    dyson.singular_value_step: dict(
        singular_values=POSITIVE, dt=0.1, rows=5, gamma=1.0, kappa=1.0, rng=1
    ),
    dyson.bru_drift: dict(levels=POSITIVE, rows=5, gamma=1.0, kappa=1.0),
    dyson.singular_value_drift: dict(singular_values=POSITIVE, rows=5, gamma=1.0, kappa=1.0),
    coulomb_gas.gaussian_potential: dict(sigma=1.0),
    coulomb_gas.quartic_density: dict(mu=1.0, lam=1.0),
    coulomb_gas.log_repulsion: dict(levels=LEVELS),
    partial(coulomb_gas.log_density, potential=np.square): dict(levels=LEVELS, beta=1.0),
    partial(coulomb_gas.forces, slope=np.copy): dict(levels=LEVELS, beta=1.0),
    coulomb_gas.log_partition_gaussian: dict(n=3, sigma=1.0, beta=1.0),
    coulomb_gas.log_partition_laguerre: dict(m=4, n=3, sigma=1.0, beta=1.0),
    coulomb_gas.effective_levels: dict(levels=RNG.normal(size=(4, 5, 3))),
    learning_dynamics.leading_sigma: SETTING | dict(noise=1.0),
    learning_dynamics.finite_step_factor: SETTING,
    learning_dynamics.stationary_moments: SETTING | dict(noise=1.0),
    learning_dynamics.train: SETTING | dict(noise=1.0, steps=2, runs=3, rng=1),
    sgd.finite_population_factor: dict(samples=8, batch_size=4),
    partial(sgd.batch_moments, replace=True): dict(per_sample=SAMPLE[:, None], batch_size=4),
    sgd.gradient_noise: dict(per_sample=LEVELS),
    sgd.stationary_variance: SETTING | dict(curvature=1.0, noise_variance=1.0),
    sgd.variance_threshold: dict(batch_size=4, curvature=1.0),
    sgd.stationary_kurtosis: SETTING,
    sgd.tail_exponent: SETTING,
    networks.initial_weights: dict(widths=[2, 3, 1], sigma_w=1.0, networks=2, rng=1),
    partial(networks.pre_activations, WEIGHTS): dict(x=X),
    partial(networks.mse_loss, WEIGHTS): dict(x=X, y=Y),
    partial(networks.gradients, WEIGHTS): dict(x=X, y=Y),
    partial(networks.gaussian_mean, np.tanh): dict(variance=1.0),
    spin_glass.stability: dict(temperature=0.5, j0=1.0),
    spin_glass.at_line: dict(temperature=0.5),
    partial(verdicts.ks_verdict, law=laws.wigner_surmise(1)): dict(sample=POSITIVE, bound=0.1),
    verdicts.two_sample_verdict: dict(a=SAMPLE, b=POSITIVE, bound=0.1),
    verdicts.value_verdict: dict(measured=1.0, error=0.1, expected=1.0, bound=0.1),
    verdicts.mean_verdict: dict(samples=SAMPLE, expected=0.0, bound=0.1),
    verdicts.chi2_verdict: dict(observed=[10, 12], expected_counts=[11.0, 11.0], bound=0.1),
    verdicts.identity_verdict: dict(left=LEVELS, right=LEVELS, bound=0.1),
    verdicts.family_verdict: dict(measured=[1.0], errors=[0.1], expected=[1.0], bound=0.1),
}


def name_of(call):
    function = getattr(call, "func", call)
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


PARAMETERS = [
    pytest.param(call, parameter, id=f"{name_of(call)}-{parameter}")
    for call, arguments in CALLS.items()
    for parameter in arguments
    if parameter != "rng"
]


@pytest.mark.parametrize(("call", "parameter"), PARAMETERS)
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_wild_input_gives_a_result_or_a_name(call, parameter, data):
    arguments = dict(CALLS[call])
    good = arguments[parameter]
    if np.ndim(good):
        how, place = data.draw(st.sampled_from(HARMS)), data.draw(st.integers(0, 30))
        value = harm(good, how, place)
    else:
        value = data.draw(NUMBERS)
    began, refusal = time.monotonic(), parameter
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            call(**arguments | {parameter: value})
        except ValueError as error:
            refusal = str(error)
    assert re.search(rf"\b{parameter}\b", refusal), refusal
    assert time.monotonic() - began < 10


def rude(function):
    """The same function, as somebody may write it: its argument is scratch paper."""

    def in_place(x):
        value = function(x.copy())
        x[...] = 0.1
        return value

    return in_place


CALLABLES = {  # calls of the function that a reader hands in
    "dyson.euler": lambda f: dyson.euler(LEVELS, 1e-3, 9, drift=f(np.negative), rng=1).levels,
    "dyson.strang": lambda f: dyson.strang(LEVELS, 1e-3, 9, drift=f(np.negative), rng=1),
    "coulomb_gas.forces": lambda f: coulomb_gas.forces(LEVELS, f(np.sinh)),
    "coulomb_gas.log_density": lambda f: coulomb_gas.log_density(LEVELS, f(np.square)),
    "coulomb_gas.sample_gas": lambda f: (
        coulomb_gas.sample_gas(f(np.square), LEVELS[0], runs=3, sweeps=9, burn_in=5, rng=1).levels
    ),
    "coulomb_gas.one_cut": lambda f: coulomb_gas.one_cut(f(np.sinh)).support(),
    "spectra.unfold": lambda f: spectra.unfold(LEVELS, f(stats.norm.cdf)),
    "networks.pre_activations": lambda f: np.concatenate(
        [z.ravel() for z in networks.pre_activations(WEIGHTS, X, f(np.tanh))]
    ),
    "networks.gaussian_mean": lambda f: networks.gaussian_mean(f(np.cosh), 0.5),
    "tails.bootstrap": lambda f: tails.bootstrap(f(np.mean), LEVELS, rng=1).error,
    "verdicts.ks_verdict": lambda f: (
        verdicts.ks_verdict(SAMPLE, f(stats.norm.cdf), bound=0.1).effect
    ),
    "exercises.function": lambda f: bool(function(np.square, at=[1, 2])(f(np.square)).correct),
}


@pytest.mark.parametrize("call", CALLABLES.values(), ids=CALLABLES)
def test_a_function_that_works_in_place_changes_no_result(call):
    levels, sample = LEVELS.copy(), SAMPLE.copy()
    polite = call(lambda f: f)
    for _ in range(2):  # nor that of the next call
        np.testing.assert_array_equal(call(rude), polite)
    np.testing.assert_array_equal(call(lambda f: f), polite)
    np.testing.assert_array_equal(LEVELS, levels)
    np.testing.assert_array_equal(SAMPLE, sample)
