"""Verdicts are calibrated under the null, and have power against wrong laws."""

import itertools
import math
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import signal, stats

from lecture_utils.teaching import verdicts
from lecture_utils.teaching.verdicts import (
    chi2_verdict,
    holm,
    identity_verdict,
    ks_verdict,
    mean_verdict,
    power_text,
    two_sample_verdict,
    value_verdict,
    with_error,
)

LEVEL = 1e-3
POWER = 1e-6


def autoregression(rho, shape, rng):
    """Stationary AR(1) series of unit variance along the last axis."""
    noise = rng.normal(size=shape)
    noise[..., 1:] *= np.sqrt(1 - rho**2)
    return signal.lfilter([1], [1, -rho], noise, axis=-1)


# --- p-values ------------------------------------------------------------------------------------

GAUSS = np.array([0.1, 0.2, 0.4, 0.2, 0.1])

NULL = {
    "ks": lambda rng: ks_verdict(rng.normal(size=200), stats.norm(), bound=1),
    "two-sample": lambda rng: two_sample_verdict(
        rng.normal(size=300), rng.normal(size=400), bound=1
    ),
    "value": lambda rng: value_verdict(rng.normal(2, 0.1), 0.1, 2, bound=1),
    "mean": lambda rng: mean_verdict(rng.normal(2, 1, size=300), 2, bound=1),
    "mean of few runs": lambda rng: mean_verdict(autoregression(0.7, (4, 100), rng), 0, bound=1),
    "chi2": lambda rng: chi2_verdict(rng.multinomial(4000, GAUSS), 4000 * GAUSS, bound=1),
}

WRONG = {
    "ks": lambda rng: ks_verdict(rng.normal(size=200), stats.norm(scale=1.15), bound=1),
    "two-sample": lambda rng: two_sample_verdict(
        rng.normal(size=300), rng.normal(0.2, size=400), bound=1
    ),
    "value": lambda rng: value_verdict(rng.normal(2, 0.1), 0.07, 2, bound=1),
    "mean": lambda rng: mean_verdict(rng.normal(2, 1, size=300), 2.05, bound=1),
    "mean of few runs": lambda rng: mean_verdict(  # one run, taken for a hundred
        autoregression(0.7, 100, rng), 0, bound=1
    ),
    "chi2": lambda rng: chi2_verdict(
        rng.multinomial(4000, GAUSS[[0, 1, 2, 4, 3]] * 0.1 + GAUSS * 0.9), 4000 * GAUSS, bound=1
    ),
}


def uniformity(experiment, seed, repeats=800):
    """p-value of the hypothesis that the p-values of an experiment are uniform."""
    rng = np.random.default_rng(seed)
    return stats.kstest([experiment(rng).p_value for _ in range(repeats)], "uniform").pvalue


@pytest.mark.parametrize("name", NULL)
def test_p_values_are_uniform_where_the_theory_holds(name):
    assert uniformity(NULL[name], 1) > LEVEL


@pytest.mark.parametrize("name", WRONG)
def test_p_values_are_not_uniform_where_it_is_slightly_wrong(name):
    assert uniformity(WRONG[name], 1) < POWER


def test_ks_rejects_a_wrong_law_and_reports_the_distance():
    sample = np.random.default_rng(2).standard_t(3, size=(100, 200))
    verdict = ks_verdict(sample, stats.norm(), bound=0.02)
    assert verdict.p_value < POWER
    assert not verdict.within
    # The largest difference of two cdfs, found on a fine grid.
    x = np.linspace(-10, 10, 20001)
    distance = np.max(np.abs(stats.t(3).cdf(x) - stats.norm.cdf(x)))
    assert verdict.effect == pytest.approx(distance, abs=0.01)
    assert verdict.n_eff == sample.size


def test_ks_takes_a_cdf_and_agrees_with_scipy():
    sample = np.random.default_rng(3).normal(size=77)
    outside = stats.kstest(sample, "norm")
    for law in (stats.norm(), stats.norm.cdf):
        verdict = ks_verdict(sample, law, bound=0.1)
        assert (verdict.effect, verdict.p_value) == pytest.approx(outside, rel=1e-9)


def test_ks_with_fewer_effective_values_is_more_careful():
    sample = np.repeat(np.random.default_rng(4).normal(size=400), 25)
    naive = ks_verdict(sample, stats.norm(), bound=0.1)
    honest = ks_verdict(sample, stats.norm(), bound=0.1, n_eff=400)
    assert naive.p_value < LEVEL < honest.p_value
    assert honest.effect == naive.effect


def test_two_samples_agree_with_scipy_and_know_their_effective_size():
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=300), rng.normal(0.1, size=(20, 10))
    verdict = two_sample_verdict(a, b, bound=0.1)
    outside = stats.ks_2samp(a, b.ravel(), method="asymp")
    assert (verdict.effect, verdict.p_value) == pytest.approx(outside, rel=1e-9)
    assert verdict.n_eff == pytest.approx(120)
    assert two_sample_verdict(a, b, bound=0.1, n_eff=(30, 60)).n_eff == pytest.approx(20)


def test_a_value_two_errors_away():
    verdict = value_verdict(1.2, 0.1, 1.0, bound=0.3)
    assert verdict.p_value == pytest.approx(math.erfc(math.sqrt(2)))
    assert verdict.effect == pytest.approx(0.2)
    assert verdict.within
    absolute = value_verdict(-0.2, 0.1, 0.0, bound=0.1)
    assert absolute.effect == pytest.approx(0.2)
    assert absolute.effect_name == "difference"
    assert not absolute.within


def test_chi2_of_two_bins_is_a_squared_z():
    verdict = chi2_verdict([540, 460], [500, 500], bound=0.1)
    z = 40 / math.sqrt(1000 / 4)
    assert verdict.statistic == pytest.approx(z**2)
    assert verdict.p_value == pytest.approx(2 * stats.norm.sf(z))
    assert verdict.effect == pytest.approx(z / math.sqrt(1000))


def test_chi2_pays_for_fitted_parameters():
    observed, expected = [30, 50, 20, 40], [35, 35, 35, 35]
    free = chi2_verdict(observed, expected, bound=1)
    fitted = chi2_verdict(observed, expected, bound=1, fitted=1)
    assert fitted.p_value == pytest.approx(stats.chi2(2).sf(free.statistic))


def test_identity_has_no_p_value():
    verdict = identity_verdict([1.0, 2.0], [1.0, 2.002], bound=0.01)
    assert verdict.p_value is None
    assert verdict.effect == pytest.approx(0.002 / 2.002)
    assert identity_verdict([0.5], [0.0], bound=1).effect == 0.5


# --- families of tests ---------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_is_the_closed_bonferroni_test(p_values):
    # Reject i if Bonferroni rejects every intersection of hypotheses that contains i.
    m = len(p_values)
    subsets = [s for k in range(1, m + 1) for s in itertools.combinations(range(m), k)]
    closed = [
        max(min(1, len(s) * min(p_values[j] for j in s)) for s in subsets if i in s)
        for i in range(m)
    ]
    np.testing.assert_allclose(holm(p_values), closed)


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ks_verdict([], stats.norm(), bound=0.1), "sample must not be empty"),
        (
            lambda: ks_verdict([1, np.nan], stats.norm(), bound=0.1),
            "sample must be finite, got nan",
        ),
        (lambda: ks_verdict([1], stats.norm(), bound=0), "bound must be .* above zero, got 0"),
        (lambda: ks_verdict([1], stats.norm(), bound=1, n_eff=-3), "n_eff .* above zero, got -3"),
        (lambda: two_sample_verdict([1], [np.inf], bound=1), "b must be finite, got inf"),
        (lambda: two_sample_verdict([1], [1], bound=1, n_eff=(1, 0)), "n_eff .* got 0"),
        (lambda: value_verdict(1, 0, 1, bound=1), "error must be .* above zero, got 0"),
        (lambda: value_verdict(np.nan, 1, 1, bound=1), "measured must be finite, got nan"),
        (lambda: value_verdict([1, 2], 1, 1, bound=1), "measured must have 0 dimension"),
        (lambda: mean_verdict([[1, 2]], 1, bound=1), "samples must hold at least two runs"),
        (lambda: mean_verdict([3, 3], 1, bound=1), "must vary, got the constant 3"),
        (lambda: chi2_verdict([9, 9], [9, 9, 9], bound=1), "expected_counts must have shape"),
        (lambda: chi2_verdict([9, 1], [6, 4], bound=1), "at least 5 in every bin, got 4"),
        (lambda: chi2_verdict([9, 9], [9, 9], bound=1, fitted=1), "bins - 1 - fitted must be"),
        (
            lambda: chi2_verdict([9, 9], [9, 8], bound=1),
            "expected_counts must add up to the 18 observed, got 17",
        ),
        (lambda: identity_verdict([1], [1, 2], bound=1), "left must have shape"),
        (lambda: identity_verdict([np.nan], [1], bound=1), "left must be finite"),
        (lambda: holm([0.1, 1.2]), "p_values must lie between 0 and 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.10012, 0.0003, "0.1001(3)"),
        (2.999, 0.026, "2.999(26)"),
        (1234, 40, "1230(40)"),
        (1.2e-8, 3e-10, "1.20(3)·10⁻⁸"),
        (1e-4, 0.02, "0.000(20)"),
        (5, 0.0996, "5.00(10)"),
        (-0.1489, 0.0012, "-0.1489(12)"),
        (7, 2.4, "7.0(24)"),
    ],
)
def test_values_with_errors(value, error, text):
    assert with_error(value, error) == text


def read_back(text):
    """Value and error of text such as 1.20(3)·10⁻⁸."""
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    value, error, power = re.fullmatch(r"(-?[\d.]+)\((\d+)\)(?:·10(.+))?", text).groups()
    scale = 10.0 ** int((power or "0").translate(digits))
    decimals = len(value.partition(".")[2])
    return float(value) * scale, int(error) * 10.0**-decimals * scale


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e9))
def test_values_with_errors_can_be_read_back(value, error):
    assume(error / max(abs(value), error) > 1e-9)
    value_read, error_read = read_back(with_error(value, error))
    assert error_read == pytest.approx(error, rel=0.18)
    assert abs(value_read - value) <= 0.18 * error


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.31, "0.31"), (1, "1"), (99.7, "100"), (3e-7, "3·10⁻⁷"), (1e5, "10⁵")],
)
def test_numbers_with_two_digits(value, text):
    assert power_text(value) == text


def test_the_line_for_the_axes():
    ks = verdicts.Verdict("KS", 0.004, 1e5, 0.31, 0.004, 0.02, "KS D")
    assert ks.text() == "KS D = 0.004 ≤ 0.02, n = 10⁵"
    value = value_verdict(0.1001, 0.0003, 0.1, bound=0.02)
    assert value.text() == "0.1001(3) vs 0.1000, deviation 0.1 % ≤ 2 %"
    assert value_verdict(1, 1e-3, 0, bound=0.1).p_text() == "p < 10⁻³⁰⁰"
    assert value.p_text() == "p = 0.74"
    assert identity_verdict([1], [1], bound=1e-9).text() == "largest difference = 0 ≤ 10⁻⁹"


def test_the_worst_of_several_is_judged_by_its_distance_alone():
    near, far = value_verdict(1.1, 0.1, 1.0, bound=0.2), value_verdict(2.0, 0.1, 1.0, bound=10)
    assert verdicts.worst([far, near]).measured == 1.1
    assert verdicts.worst([near]).p_value is None


def test_the_surmise_with_an_estimated_scale_has_a_null_of_its_own():
    rng, law = np.random.default_rng(11), stats.rayleigh(scale=0.2)
    p_values = [
        verdicts.surmise_verdict(
            law.rvs((3, 400), random_state=rng), bound=0.2, rng=np.random.default_rng(12)
        ).p_value
        for _ in range(60)
    ]
    assert stats.kstest(p_values, "uniform").pvalue > 1e-3
    wrong = stats.maxwell.rvs(size=(3, 2000), random_state=rng)  # the unitary class
    assert verdicts.surmise_verdict(wrong, bound=0.01, rng=13).p_value < 1e-6


def test_one_wrong_family_is_enough():
    spacings = stats.rayleigh.rvs(size=(4, 2000), random_state=np.random.default_rng(14))
    good = verdicts.surmise_verdict(spacings, bound=0.05, rng=15)
    assert good.within
    spacings[2] = stats.expon.rvs(size=2000, random_state=np.random.default_rng(16))
    bad = verdicts.surmise_verdict(spacings, bound=0.05, rng=15)
    assert bad.p_value < 1e-6
    assert not bad.within
    assert bad.effect_name == "largest KS D"


def test_a_family_of_values():
    rng, expected = np.random.default_rng(17), np.array([1.0, 2.0, -3.0])
    errors = np.array([0.1, 0.2, 0.05])
    p_values = [
        verdicts.family_verdict(rng.normal(expected, errors), errors, expected, bound=9).p_value
        for _ in range(800)
    ]
    assert stats.kstest(p_values, "uniform").pvalue > 1e-3
    far = verdicts.family_verdict([1.0, 2.0, -3.6], errors, expected, bound=0.1)
    assert far.p_value < 1e-6
    assert far.effect == pytest.approx(0.2)
    assert verdicts.family_verdict([2.0, 2.1], [0.1, 0.1], 2.0, bound=0.1).within
    assert verdicts.family_verdict([0.3, -0.4], [1, 1], 0.0, bound=1).effect == pytest.approx(0.4)
    with pytest.raises(ValueError, match="errors must have shape"):
        verdicts.family_verdict([1.0, 2.0], [0.1], 1.0, bound=0.1)
    with pytest.raises(ValueError, match="the smallest of errors must be"):
        verdicts.family_verdict([1.0], [0.0], 1.0, bound=0.1)


@pytest.mark.parametrize(("offset", "scale"), [(1.7e9, 10.0), (0.0, 1e-200), (0.0, 1e200)])
def test_means_far_from_zero_and_of_any_scale(offset, scale):
    x = np.random.default_rng(18).normal(size=400)
    verdict = mean_verdict(offset + scale * x, offset, bound=scale)
    assert verdict.p_value == pytest.approx(mean_verdict(x, 0, bound=1).p_value, rel=1e-4)
    with pytest.raises(ValueError, match="samples must vary"):
        mean_verdict(np.full(50, 0.1 + 0.2) * (scale + offset), offset, bound=scale)


def test_the_mean_of_runs_is_that_of_students_test():
    x = np.random.default_rng(20).normal(size=7)
    verdict = mean_verdict(np.stack([x - 1, x + 1], axis=1), 0.3, bound=1)
    assert verdict.p_value == pytest.approx(stats.ttest_1samp(x, 0.3).pvalue)
    assert verdict.n_eff == 7


def test_a_family_of_laws_is_taken_as_its_standard_member():
    sample = np.random.default_rng(1).standard_normal(100)
    assert ks_verdict(sample, stats.norm, bound=0.2) == ks_verdict(sample, stats.norm(), bound=0.2)


def test_zero_a_full_bin_and_per_cent():
    assert power_text(0) == "0"
    assert chi2_verdict([5, 5], [5.0, 5.0], bound=1).within  # five events are enough
    assert value_verdict(1.95, 0.01, 1.0, bound=0.99).effect_text() == "deviation 95 % ≤ 99 %"


def test_what_is_not_a_number_has_a_text():
    assert power_text(np.nan) == "nan"
    assert power_text(np.inf) == "inf"
    assert with_error(np.nan, 0.1) == "nan ± 0.1"
    lost = verdicts.Verdict("KS", np.nan, None, None, np.nan, 0.1, "KS D")
    assert "nan" in lost.text()
    assert not lost.within
    lost = verdicts.Verdict("z", np.nan, None, None, np.nan, 0.1, "deviation", np.nan, 1.0, 2.0)
    assert lost.values_text() == ("nan ± 1", "2")
