"""Live figures: their physics agrees with closed forms, and they work in a real browser."""

import json
import re
from functools import partial

import numpy as np
import pytest
from scipy import integrate, stats

from lecture_utils import laws
from lecture_utils import teacher_student as ts
from lecture_utils.ensembles import gaussian_spectra
from lecture_utils.teaching import explorables
from lecture_utils.teaching.verdicts import chi2_verdict, ks_verdict, value_verdict

LOSSES = np.geomspace(1e-6, 1, 288).reshape(12, 12, 2)
FIGURES = {
    "sgd_quadratic": explorables.sgd_quadratic,
    "signal_propagation": explorables.signal_propagation,
    "dyson_fan": explorables.dyson_fan,
    "phase_diagram": lambda: explorables.phase_diagram(LOSSES),
    "marchenko_pastur": explorables.marchenko_pastur,
    "two_levels": explorables.two_levels,
}
LEVEL = 1e-3
POWER = 1e-6


# --- the physics, run by node --------------------------------------------------------------------


@pytest.fixture(scope="session")
def javascript(run_javascript):
    """Evaluate a JavaScript expression."""
    return partial(
        run_javascript,
        {
            "stage": "stage",
            "sgd": "sgd_quadratic",
            "net": "signal_propagation",
            "map": "phase_diagram",
            "fan": "dyson_fan",
            "spectra": "spectra",
            "mp": "marchenko_pastur",
            "levels": "two_levels",
        },
    )


def test_random_numbers_are_normal(javascript):
    draw = "(seed) => { const g = stage.gaussian(seed); return Array.from({length: 50000}, g); }"
    first, again, other = javascript(f"[1, 1, 2].map({draw})")
    assert first == again != other
    verdict = ks_verdict(first, stats.norm(), bound=0.01)
    assert verdict.within
    assert verdict.p_value > LEVEL
    assert ks_verdict(first, stats.norm(scale=1.05), bound=1).p_value < POWER
    # Neighbours are independent: they meet in the four quadrants equally often.
    signs = (np.array(first).reshape(-1, 2) > 0) @ [1, 2]
    counts = np.bincount(signs, minlength=4)
    assert chi2_verdict(counts, np.full(4, len(signs) / 4), bound=0.03).p_value > LEVEL


def sgd_variance(javascript, rate, batch):
    """Mean of w^2, and its error from independent learners, after relaxation."""
    squares = javascript(
        "(() => { const g = stage.gaussian(7), w = new Float64Array(4000).fill(0);"
        f"for (let t = 0; t < {int(12 / rate)}; t++) sgd.step(w, {rate}, {batch}, g);"
        "return Array.from(w, (x) => x * x); })()"
    )
    return np.mean(squares), np.std(squares) / np.sqrt(len(squares))


@pytest.mark.parametrize(("rate", "batch"), [(0.5, 4), (0.2, 1), (1.2, 16)])
def test_sgd_has_the_exact_variance(javascript, rate, batch):
    theory = javascript(f"sgd.variances({rate}, {batch})")
    measured = sgd_variance(javascript, rate, batch)
    assert value_verdict(*measured, theory["exact"], bound=0.1).p_value > LEVEL
    assert value_verdict(*measured, theory["leading"], bound=0.1).p_value < POWER


@pytest.mark.parametrize("batch", [1, 4, 64])
def test_exact_variance_is_the_fixed_point_of_one_step(javascript, batch):
    # w' = w (1 - rate S) + rate n: S is a mean of `batch` squares, so that <S> = 1 and
    # <S^2> = 1 + 2 / batch, and n has variance 1 / batch. The moments of S from scipy:
    mean, variance = stats.chi2(batch, scale=1 / batch).stats("mv")
    rate = 0.4
    contraction = 1 - 2 * rate * mean + rate**2 * (variance + mean**2)
    theory = javascript(f"sgd.variances({rate}, {batch})")
    assert theory["exact"] == pytest.approx(rate**2 / batch / (1 - contraction))
    assert theory["constant"] == pytest.approx(rate**2 / batch / (1 - (1 - rate) ** 2))
    assert theory["leading"] == pytest.approx(rate / (2 * batch))
    # JSON has no infinity: it arrives as None.
    limit = javascript(f"sgd.largestRate({batch})")
    assert 1 - 2 * limit * mean + limit**2 * (variance + mean**2) == pytest.approx(1)
    below, beyond = javascript(f"[0.999, 1.001].map((f) => sgd.variances(f * {limit}, {batch}))")
    assert below["exact"] > 50 / batch
    assert beyond["exact"] is None


def test_recursion_agrees_with_quadrature(javascript):
    for q in (1e-3, 0.5, 9.0):
        exact, _ = integrate.quad(
            lambda g, q=q: np.tanh(np.sqrt(q) * g) ** 2 * stats.norm.pdf(g), -12, 12, epsabs=1e-13
        )
        assert javascript(f"net.tanhSquared({q})") == pytest.approx(exact, rel=1e-9)
    first, second, third = javascript("net.recursion(1.3, 3)")
    assert first == pytest.approx(1.69)
    assert [second, third] == pytest.approx(
        javascript(f"[{first}, {second}].map((q) => 1.69 * net.tanhSquared(q))")
    )


def test_networks_propagate_like_numpy(javascript):
    weights, result = javascript(
        "((w) => [w.map((m) => Array.from(m)), net.propagate(w, 8, 1.5)])"
        "(net.network(8, stage.gaussian(3), 4))"
    )
    signal = np.ones(8)
    for matrix, variance in zip(weights, result, strict=True):
        z = 1.5 / np.sqrt(8) * np.reshape(matrix, (8, 8)) @ signal
        assert variance == pytest.approx(np.mean(z**2))
        signal = np.tanh(z)


def test_wide_networks_follow_the_recursion_and_narrow_ones_do_not(javascript):
    def second_layer(width, runs):
        values = javascript(
            f"(() => {{ const g = stage.gaussian(11); return Array.from({{length: {runs}}}, () =>"
            f"net.propagate(net.network({width}, g, 3), {width}, 2)[2]); }})()"
        )
        return np.mean(values), np.std(values) / np.sqrt(runs)

    theory = javascript("net.recursion(2, 3)[2]")
    wide = value_verdict(*second_layer(128, 400), theory, bound=0.03)
    assert wide.within
    assert wide.p_value > LEVEL
    assert value_verdict(*second_layer(2, 20_000), theory, bound=0.03).p_value < POWER


def trained(javascript, problem, sigma_w, temperature, updates):
    """Weights, loss, memory and levels of a network that the live phase diagram trained."""
    (first, middle, last), (_, start, _) = problem.teacher, problem.start
    arrays = [
        a[0].ravel().tolist() for a in (first, middle, last, start, problem.x, problem.x_test)
    ]
    seen = javascript(
        "((lab, arrays) => { const network = lab.begin(lab.problem(...arrays), "
        f"{sigma_w}); lab.train(network, {temperature}, {updates}); return "
        "{ weights: Array.from(network.weights), ...lab.observe(network) }; })"
        f"(map.laboratory(), {json.dumps(arrays)})"
    )
    return np.reshape(seen.pop("weights"), (16, 32)), seen


@pytest.mark.parametrize(("sigma_w", "temperature"), [(1.0, 0.25), (0.125, 0.5), (64.0, 0.5)])
@pytest.mark.parametrize("updates", [1, 200])
def test_browser_trains_like_numpy_in_double_precision(javascript, sigma_w, temperature, updates):
    problem = ts.draw_problem(1, 40, test_samples=8, rng=22)
    first, start, last = (w[0] for w in problem.student(sigma_w, "middle"))
    hidden = np.tanh(problem.x[0] @ first.T).reshape(10, 4, 32)
    y = problem.y[0].reshape(10, 4)
    expected = start
    for k in range(updates):
        expected = ts.middle_step(expected, last, hidden[k % 10], y[k % 10], 4 * temperature)
    found, seen = trained(javascript, problem, sigma_w, temperature, updates)
    bound = max(sigma_w, 1) * (3e-7 if updates == 1 else 1e-5)
    np.testing.assert_allclose(found, expected, rtol=0, atol=bound)
    hotter, _ = trained(javascript, problem, sigma_w, 1.01 * temperature, updates)
    assert np.abs(hotter - expected).max() > 10 * bound

    phi = ts.features((first, found, last), problem.x_test[0])[1]
    before = ts.features((first, start, last), problem.x_test[0])[1]
    cosine = np.sum(phi * before) / np.linalg.norm(phi) / np.linalg.norm(before)
    error = ts.features((first, found, last), problem.x[0])[2] - problem.y[0]
    assert seen["loss"] == pytest.approx(np.mean(error**2) / 2, rel=1e-4)
    assert seen["memory"] == pytest.approx(cosine, rel=1e-5)
    assert seen["levels"] == pytest.approx(ts.singular_values(found), rel=1e-9)


def test_tanh_of_the_browser_agrees_with_numpy(javascript):
    x = np.linspace(-12, 12, 2001)
    found = javascript(f"{x.tolist()}.map(map.laboratory().tanh)")
    np.testing.assert_allclose(found, np.tanh(x), rtol=3e-7)
    assert javascript("map.laboratory().tanh(NaN)") is None


def test_browser_draws_networks_of_unit_scale(javascript):
    draw = "((p) => [p.middle, p.start].map((w) => Array.from(w)))"
    entries = javascript(f"{draw}(map.laboratory().draw(stage.gaussian(5)))")
    z = np.sqrt(32) * np.ravel(entries)
    assert ks_verdict(z, stats.norm(), bound=0.1).p_value > LEVEL
    assert ks_verdict(2 * z, stats.norm(), bound=0.1).p_value < POWER


@pytest.mark.parametrize(
    ("sigma_w", "temperature", "regime"),
    [(0.125, 0.125, "ferromagnet"), (0.125, 16, "paramagnet"), (256, 1 / 32, "jam")],
)
def test_browser_finds_the_three_regimes(javascript, sigma_w, temperature, regime):
    phases = javascript(
        "((lab) => [1, 2, 3].map((seed) => { const network = lab.begin(lab.draw("
        f"stage.gaussian(seed)), {sigma_w}); lab.train(network, {temperature}, 10000);"
        "const { loss, memory } = lab.observe(network); return map.phase(loss, memory); }))"
        "(map.laboratory())"
    )
    assert phases == 3 * [regime]


def test_median_is_that_of_numpy(javascript):
    for values in ([3.0], [5, 1, 10], [4, 1, 3, 10]):
        assert javascript(f"map.median({values})") == np.median(values)


@pytest.mark.parametrize("beta", [0, 1, 2, 4])
def test_law_of_two_levels_agrees_with_scipy(javascript, beta):
    law = stats.halfnorm(scale=np.sqrt(np.pi / 2)) if beta == 0 else laws.wigner_surmise(beta)
    s = np.linspace(0, 8, 161)
    density, distribution = javascript(
        "[spectra.spacingDensity, spectra.spacingDistribution]"
        f".map((f) => {s.tolist()}.map((s) => f({beta}, s)))"
    )
    np.testing.assert_allclose(density, law.pdf(s), rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(distribution, law.cdf(s), rtol=1e-9, atol=1e-15)
    draws = law.rvs(500, random_state=1)
    expected = stats.kstest(draws, law.cdf).statistic
    found = javascript(
        f"spectra.distance({draws.tolist()}, (s) => spectra.spacingDistribution({beta}, s))"
    )
    assert found == pytest.approx(expected)


def numbers_of(rows, beta):
    """Real symmetric rows as the matrix of real, complex or quaternion numbers behind them."""
    blocks = np.reshape(rows, (len(rows) // beta, beta, -1, beta)).swapaxes(1, 2)
    a, b, c, d = np.pad(blocks[..., 0], ((0, 0), (0, 0), (0, 4 - beta)))[..., :4].transpose(2, 0, 1)
    if beta < 4:
        return a + 1j * b
    return np.block([[a + 1j * b, c + 1j * d], [-c + 1j * d, a - 1j * b]])


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_levels_of_the_browser_are_those_of_numpy(javascript, beta):
    rows, found = javascript(
        f"((rows) => [rows.map((r) => Array.from(r)), Array.from(spectra.levels(rows))])"
        f"(levels.draw(5, {beta}, stage.gaussian(4)))"
    )
    np.testing.assert_allclose(rows, np.transpose(rows))
    np.testing.assert_allclose(found, np.linalg.eigvalsh(rows), atol=1e-12)
    numbers = numbers_of(rows, beta)
    np.testing.assert_allclose(numbers, numbers.conj().T)
    whole = np.linalg.eigvalsh(numbers)
    np.testing.assert_allclose(np.repeat(whole, len(rows) // len(whole)), found, atol=1e-12)


@pytest.mark.parametrize(
    "matrix",
    [
        np.zeros((3, 3)),
        np.ones((4, 4)),
        np.diag([3.0, -1.0, 2.0, 2.0]),
        np.eye(6)[::-1],
        np.diag(np.ones(30), 1) + np.diag(np.ones(30), -1),
        np.diag(np.geomspace(1e-9, 1e9, 7)) + 1.0,
        [[5.0]],
    ],
)
def test_levels_of_special_matrices(javascript, matrix):
    rows = json.dumps(np.asarray(matrix).tolist())
    found = javascript(f"Array.from(spectra.levels({rows}.map((row) => Float64Array.from(row))))")
    expected = np.linalg.eigvalsh(matrix)
    np.testing.assert_allclose(found, expected, atol=1e-13 * max(np.ptp(expected), 1))


@pytest.mark.parametrize("n", [2, 5])
@pytest.mark.parametrize("beta", [1, 2, 4])
def test_browser_draws_the_gaussian_ensembles(javascript, n, beta):
    spectra = np.array(
        javascript(
            "((g) => Array.from({ length: 3000 }, () => Array.from("
            f"levels.spectrum({n}, {beta}, g))))(stage.gaussian(9))"
        )
    )
    assert spectra.shape == (3000, n)
    other = gaussian_spectra(20_000, n, beta=beta, rng=9)
    for k in range(n):
        assert stats.ks_2samp(spectra[:, k], other[:, k]).pvalue > LEVEL
    wrong = gaussian_spectra(20_000, n, beta=1 if beta > 1 else 2, rng=9)
    assert stats.ks_2samp(spectra[:, -1], wrong[:, -1]).pvalue < POWER


@pytest.mark.parametrize("r", [0.1, 0.25, 2 / 3, 1, 1.5, 2])
def test_marchenko_pastur_agrees_with_the_law(javascript, r):
    law = laws.marchenko_pastur(r)
    assert javascript(f"mp.edges({r})[1]") == pytest.approx(law.support()[1], rel=1e-12)
    assert javascript(f"mp.atom({r})") == pytest.approx(law.cdf(0), abs=1e-12)
    low, high = (1 - np.sqrt(r)) ** 2, (1 + np.sqrt(r)) ** 2
    x = np.concatenate([np.linspace(0.001, 6.5, 300), low + np.geomspace(1e-9, 1e-3, 9), [high]])
    density, distribution = javascript(
        f"[mp.density, mp.distribution].map((f) => {x.tolist()}.map((x) => f({r}, x)))"
    )
    np.testing.assert_allclose(density, law.pdf(x), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(distribution, law.cdf(x), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("rows", "columns"), [(64, 16), (32, 32), (16, 32)])
def test_largest_level_without_a_plant_is_that_of_tracy_and_widom(javascript, rows, columns):
    law = laws.largest_wishart_level(rows, columns)
    assert javascript(f"mp.largest({rows}, {columns})") == pytest.approx(law.mean(), rel=1e-9)


@pytest.mark.parametrize(("r", "strength"), [(0.25, 1.0), (0.1, 0.7), (1.0, 1.2), (2.0, 1.5)])
def test_outlier_solves_its_equation(javascript, r, strength):
    """theta^2 x G(x) g(x) = 1 with the two resolvents, by quadrature over the law."""
    x, threshold = javascript(f"[mp.outlier({r}, {strength}), mp.threshold({r})]")
    assert strength > threshold
    big = laws.marchenko_pastur(r).expect(lambda level: 1 / (x - level))
    small = r * big + (1 - r) / x
    assert strength**2 * x * big * small == pytest.approx(1, rel=1e-6)
    edge = laws.marchenko_pastur(r).support()[1]
    assert javascript(f"mp.outlier({r}, {threshold})") == pytest.approx(edge)


@pytest.mark.parametrize(
    ("kind", "law", "wrong"),
    [
        (0, stats.norm(), stats.norm(scale=1.1)),
        (1, stats.uniform(-np.sqrt(3), 2 * np.sqrt(3)), stats.norm()),
        (3, stats.t(3, scale=1 / np.sqrt(3)), stats.t(4, scale=1 / np.sqrt(2))),
        (4, stats.cauchy(), stats.t(2)),
    ],
)
def test_entries_follow_their_laws(javascript, kind, law, wrong):
    draws = javascript(
        f"((g) => Array.from({{ length: 50000 }}, () => mp.ENTRIES[{kind}].draw(g)))"
        "(stage.gaussian(6))"
    )
    assert ks_verdict(draws, law, bound=0.01).p_value > LEVEL
    assert ks_verdict(draws, wrong, bound=1).p_value < POWER


NUMPY_ENTRIES = [
    lambda rng, size: rng.normal(size=size),
    lambda rng, size: rng.uniform(-np.sqrt(3), np.sqrt(3), size),
    lambda rng, size: rng.choice([-1.0, 1.0], size),
    lambda rng, size: rng.standard_t(3, size) / np.sqrt(3),
    lambda rng, size: rng.standard_cauchy(size),
]


@pytest.mark.parametrize("kind", range(5))
@pytest.mark.parametrize(("rows", "columns", "strength"), [(24, 8, 0.0), (24, 8, 1.0), (6, 9, 1.5)])
def test_browser_draws_levels_of_rectangular_matrices(javascript, kind, rows, columns, strength):
    def browser(strength):
        draw = f"mp.spectrum({rows}, {columns}, {kind}, {strength}, g)"
        return np.array(
            javascript(
                f"((g) => Array.from({{ length: 3000 }}, () => Array.from({draw})))"
                "(stage.gaussian(8))"
            )
        )

    rng = np.random.default_rng(8)
    w = NUMPY_ENTRIES[kind](rng, (6000, rows, columns))
    if kind == 4:
        w /= np.sqrt(np.mean(w**2, axis=(1, 2), keepdims=True))
    u, v = np.full(rows, rows**-0.5), np.full(columns, columns**-0.5)
    w = w / np.sqrt(rows) + strength * np.outer(u, v)
    expected = np.linalg.svd(w, compute_uv=False)[:, ::-1] ** 2
    found = browser(strength)
    assert found.shape == (3000, min(rows, columns))
    for k in range(found.shape[1]):
        assert stats.ks_2samp(found[:, k], expected[:, k]).pvalue > LEVEL
    assert stats.ks_2samp(browser(2 - strength / 2)[:, -1], expected[:, -1]).pvalue < POWER


@pytest.mark.parametrize("beta", [0, 1, 2, 4])
@pytest.mark.parametrize("omega", [0, 0.5, 2])
def test_edge_of_the_fan_is_that_of_its_levels(javascript, omega, beta):
    """It is that of a semicircle whose scale comes from the noise of all times before, by hand."""
    n, temperature, t = 7, 0.6, 0.8
    growth, _ = integrate.quad(lambda s: 2 * temperature * np.exp(-2 * omega * (t - s)), 0, t)
    spread, edge = javascript(
        f"[fan.spread({temperature}, {omega}, {t}), fan.edge({n}, {temperature}, {omega}, {beta}, "
        f"{t})]"
    )
    assert spread == pytest.approx(growth, rel=1e-9)
    assert edge == pytest.approx(laws.semicircle(np.sqrt(growth * max(beta, 1)), n).support()[1])


@pytest.mark.parametrize("beta", [0, 1, 2, 4])
def test_laws_of_the_gaps_agree_with_scipy(javascript, beta):
    law = laws.wigner_surmise(beta) if beta else stats.expon()
    s = np.linspace(0, 6, 61)
    density, distribution = javascript(
        f"[fan.gapDensity, fan.gapDistribution].map((f) => {s.tolist()}.map((s) => f({beta}, s)))"
    )
    np.testing.assert_allclose(density, law.pdf(s), rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(distribution, law.cdf(s), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("beta", [0, 1, 2, 4])
@pytest.mark.parametrize("omega", [0, 1.5])
def test_fan_ends_as_the_levels_of_matrices(javascript, beta, omega):
    """The equation of the levels against the exact law of the matrix: Gaussian at any time."""
    n, temperature, runs = 5, 0.7, 1500
    found = np.sort(
        javascript(
            f"((g) => Array.from({{ length: {runs} }}, () => {{ const x = new Float64Array({n});"
            f"for (let k = 0; k < 400; k++) fan.step(x, 0.0025, {temperature}, {omega}, {beta}, g);"
            "return Array.from(x); }))(stage.gaussian(3))"
        )
    )
    scale = np.sqrt(javascript(f"fan.spread({temperature}, {omega}, 1)"))
    rng = np.random.default_rng(3)

    def exact(beta):
        if beta:
            return gaussian_spectra(20_000, n, beta=beta, sigma=scale, rng=rng)
        return np.sort(scale * rng.normal(size=(20_000, n)))

    expected = exact(beta)
    for k in range(n):
        assert stats.ks_2samp(found[:, k], expected[:, k]).pvalue > LEVEL
    for k in range(n - 1):
        gaps = np.diff(found)[:, k], np.diff(expected)[:, k]
        assert stats.ks_2samp(*gaps).pvalue > LEVEL
    assert stats.ks_2samp(found[:, -1], exact(1 if beta != 1 else 2)[:, -1]).pvalue < POWER


@pytest.mark.parametrize("beta", [1, 2, 4])
def test_pair_is_pushed_exactly_in_one_long_step(javascript, beta):
    """The gap of a matrix of two levels is the length of a vector in noise of 1 + beta axes."""
    rng = np.random.default_rng(5)
    for gap in (0, 0.3):
        found = javascript(
            "((g) => Array.from({ length: 20000 }, () => {"
            f"const x = Float64Array.of(0, {gap}); fan.step(x, 0.1, 0.7, 0, {beta}, g);"
            "return x[1] - x[0]; }))(stage.gaussian(5))"
        )
        noise = np.sqrt(4 * 0.7 * 0.1)  # that of the difference of two levels
        vectors = noise * rng.normal(size=(20_000, beta + 1))
        vectors[:, 0] += gap
        assert stats.ks_2samp(found, np.linalg.norm(vectors, axis=1)).pvalue > LEVEL
        # Control: its mean push, without the scatter.
        mean = np.sqrt(vectors[:, 0] ** 2 + beta * noise**2)
        assert stats.ks_2samp(found, mean).pvalue < POWER


def test_many_levels_of_the_fan_come_as_close_as_those_of_matrices(javascript):
    """Among thirty levels a step moves neighbours as far as they are apart."""
    n, runs = 30, 300
    found = np.array(
        javascript(
            f"((g) => Array.from({{ length: {runs} }}, () => {{ const x = new Float64Array({n});"
            "for (let k = 0; k < 400; k++) fan.step(x, 0.0025, 2, 2, 1, g);"
            "return Array.from(x); }))(stage.gaussian(4))"
        )
    )
    scale = np.sqrt(javascript("fan.spread(2, 2, 1)"))
    rng = np.random.default_rng(4)
    exact, other = (gaussian_spectra(3_000, n, beta=b, sigma=scale, rng=rng) for b in (1, 2))

    def small(levels):
        gaps = np.diff(np.sort(levels))
        return (gaps < 0.2 * gaps.mean(axis=0)).mean()

    error = np.sqrt(small(exact) / (runs * (n - 1)))
    assert abs(small(found) - small(exact)) < 4 * error
    assert abs(small(found) - small(other)) > 8 * error


def test_ticks_are_round_and_few(javascript):
    for low, high in [(-1.26, 1.26), (0, 2.04), (0, 17), (-3e-3, 3e-3)]:
        marks = [value for value, _ in javascript(f"stage.ticks({low}, {high})")]
        assert 3 <= len(marks) <= 6
        assert low <= marks[0] < marks[-1] <= high
    assert [text for _, text in javascript("stage.ticks(-0.1, 0.1)")] == ["−0.1", "0", "0.1"]


# --- the HTML ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIGURES)
def test_html_is_small_self_contained_and_the_same_every_time(name):
    html = FIGURES[name]()._repr_html_()
    assert html == FIGURES[name]()._repr_html_()
    assert len(html) < 30_000
    assert html.count("</script>") == 1
    assert "import " not in html
    assert "http" not in html.replace("http://www.w3.org", "")


def test_nothing_in_the_state_can_end_the_script():
    nasty = explorables.Explorable("signal_propagation", {"x": "</script><b>"}, "<alt> & more")
    html = nasty._repr_html_()
    assert html.count("</script>") == 1
    assert "&lt;alt&gt; &amp; more" in html


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: explorables.sgd_quadratic(learning_rate=2.5), "learning_rate must be at most 1.9"),
        (lambda: explorables.sgd_quadratic(learning_rate=0), "learning_rate must be .* got 0"),
        (
            lambda: explorables.sgd_quadratic(batch_size=3),
            "batch_size must be a power of two, got 3",
        ),
        (lambda: explorables.sgd_quadratic(batch_size=128), "batch_size must be at most 64, got"),
        (lambda: explorables.signal_propagation(sigma_w=0.1), "sigma_w must lie .* got 0.1"),
        (lambda: explorables.signal_propagation(width=2), "width must be at least 4, got 2"),
        (lambda: explorables.signal_propagation(width=12), "width must be a power of two, got 12"),
        (lambda: explorables.marchenko_pastur(r=0.05), "r must lie between 0.1 and 2, got 0.05"),
        (lambda: explorables.marchenko_pastur(r=3), "r must lie between 0.1 and 2, got 3"),
        (
            lambda: explorables.marchenko_pastur(strength=-1),
            "strength must lie between 0 and 2, got -1",
        ),
        (lambda: explorables.two_levels(levels=1), "levels must be at least 2, got 1"),
        (lambda: explorables.two_levels(levels=9), "levels must be at most 8, got 9"),
        (lambda: explorables.two_levels(beta=3), "beta must be one of 0, 1, 2, 4, got 3"),
        (lambda: explorables.phase_diagram(LOSSES[..., 0]), "losses must have 3 dim"),
        (
            lambda: explorables.phase_diagram(LOSSES[1:]),
            r"the shape \(12, 12, 2\), got \(11, 12, 2",
        ),
        (lambda: explorables.phase_diagram(0 * LOSSES), "losses must be positive, got 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- in a browser --------------------------------------------------------------------------------


def test_sliders_obey_the_keyboard(show):
    page = show(FIGURES["signal_propagation"](sigma_w=1.0)._repr_html_())
    before = page.locator("p").inner_text()
    slider = page.get_by_label("σ_W")
    slider.focus()
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "1.05"
    assert page.locator("p").inner_text() != before
    page.get_by_label("width n").press("Home")
    assert page.get_by_label("width n").get_attribute("aria-valuetext") == "4"
    page.keyboard.press("Tab")
    before = page.locator("p").inner_text()
    page.keyboard.press("Enter")
    assert page.locator("p").inner_text() != before


@pytest.mark.parametrize("name", FIGURES)
def test_jupyterlab_leaves_the_keys_to_sliders_and_buttons(name, show):
    """Its shortcuts look for this attribute from the focused element upwards."""
    page = show(FIGURES[name]()._repr_html_())
    inputs = page.locator("input, button, select, a, [tabindex]")
    assert inputs.count() >= 3
    assert page.locator("[data-lm-suppress-shortcuts=true]").count() == inputs.count()


def test_sgd_runs_measures_and_says_when_it_diverges(show):
    page = show(FIGURES["sgd_quadratic"]()._repr_html_())
    status = page.locator("p")
    page.wait_for_function("!document.querySelector('p').textContent.includes('not yet')")
    assert "exact 0.100, constant noise 0.0833, leading order 0.0625." in status.inner_text()
    assert "Heavy tails" not in status.inner_text()
    page.get_by_label("learning rate").press("End")
    page.wait_for_function("document.querySelector('p').textContent.includes('ran away')")
    assert "no finite value, because α is not below 1.33" in status.inner_text()
    near = show(explorables.sgd_quadratic(1.2)._repr_html_())
    assert "Heavy tails" in near.locator("p").inner_text()


def test_sgd_pauses_on_request_and_off_the_screen(show):
    page = show(FIGURES["sgd_quadratic"]()._repr_html_() + "<div style='height:3000px'></div>")
    bars = "document.querySelector('svg path[fill-opacity]').getAttribute('d')"

    def moves():
        before = page.evaluate(bars)
        page.wait_for_timeout(300)
        return page.evaluate(bars) != before

    page.wait_for_function("!document.querySelector('p').textContent.includes('not yet')")
    assert moves()
    page.get_by_role("button", name="Pause").click()
    assert not moves()
    page.get_by_role("button", name="Run").click()
    assert moves()
    page.evaluate("scrollTo(0, 2000)")
    page.wait_for_timeout(200)
    assert not moves()


def test_reduced_motion_starts_paused(show):
    page = show(FIGURES["sgd_quadratic"]()._repr_html_(), reduced_motion="reduce")
    page.wait_for_timeout(200)
    assert page.get_by_role("button", name="Run").is_visible()
    assert "not yet known" in page.locator("p").inner_text()


def test_two_of_the_same_live_side_by_side_at_phone_width(show):
    html = FIGURES["signal_propagation"]()._repr_html_()
    page = show(html + html, viewport={"width": 360, "height": 800})
    assert page.get_by_role("slider").count() == 4
    assert page.locator("svg").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 800, "height": 800})
    page.wait_for_function("document.querySelector('svg').clientWidth > 700")


def test_phase_diagram_trains_where_mouse_and_keyboard_point(show):
    page = show(FIGURES["phase_diagram"]()._repr_html_())
    status, grid = page.locator("p"), page.get_by_role("application")
    done = "document.querySelector('p').textContent.includes('median of 4')"
    page.wait_for_function(done)
    assert status.inner_text().startswith("T = 1/8, σ_W = 1/8, median")
    assert "It learns: the ferromagnet." in status.inner_text()
    curves = page.locator("svg polyline").count()
    grid.focus()
    for key, point in {
        "ArrowUp": "T = 1/4, σ_W = 1/8",
        "ArrowLeft": "T = 1/4, σ_W = 1/4",
        "ArrowDown": "T = 1/8, σ_W = 1/4",
        "ArrowRight": "T = 1/8, σ_W = 1/8",
    }.items():
        before = grid.inner_html()
        grid.press(key)
        assert status.inner_text().startswith(f"{point}: 4 networks")
        assert grid.inner_html() != before
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + 255)  # the lower left corner
    assert status.inner_text().startswith("T = 1/32, σ_W = 256: 4 networks")
    page.wait_for_function(done)
    assert "the jam." in status.inner_text()
    assert page.locator("svg polyline").count() == curves
    before = status.inner_text()
    page.get_by_role("button", name="Other networks").click()
    page.wait_for_function(done)
    assert status.inner_text() != before


def test_phase_diagram_draws_the_whole_map_and_stops_when_told(show):
    page = show(FIGURES["phase_diagram"]()._repr_html_())
    status, squares = page.locator("p"), page.locator("svg rect")
    assert squares.count() == 144 + 2
    page.get_by_role("button", name="Draw the whole map").press("Enter")
    page.wait_for_function("document.querySelectorAll('svg rect').length > 150")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(300)
    seen = squares.count()
    page.wait_for_timeout(300)
    assert squares.count() == seen < 2 * 144 + 2
    page.get_by_role("button", name="Run").click()
    page.wait_for_function("document.querySelector('p').textContent.includes(': 144 of 144')")
    assert squares.count() == 2 * 144 + 2
    learned = int(status.inner_text().partition("10⁻³ at ")[2].partition(" ")[0])
    assert 10 < learned < 50
    page.get_by_role("application").press("ArrowUp")
    assert squares.count() == 144 + 2


def test_phase_diagram_without_motion_or_scripts(show, browser):
    html = FIGURES["phase_diagram"]()._repr_html_()
    page = show(html, reduced_motion="reduce", viewport={"width": 360, "height": 800})
    page.wait_for_timeout(300)
    assert "on their way" in page.locator("p").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    plain = browser.new_page(java_script_enabled=False)
    plain.set_content(html)
    assert plain.locator("img").bounding_box()["width"] == 240
    assert "10⁻⁶ (dark)" in plain.locator("body").inner_text()
    plain.close()


def test_two_levels_obey_mouse_and_keyboard(show):
    page = show(FIGURES["two_levels"]()._repr_html_())
    status, figure = page.locator("p"), page.locator("svg")

    def measure():
        """Let it draw for a while; distance and what chance alone gives."""
        page.wait_for_function("parseInt(document.querySelector('p').textContent) > 8000")
        distance, chance = re.findall(r"0\.\d+", status.inner_text())
        return float(distance), float(chance)

    distance, chance = measure()
    assert distance < 2.5 * chance
    assert "χ₂" in status.inner_text()
    assert "exact" in status.inner_text()
    before = figure.inner_html()
    page.get_by_role("slider", name="matrices").press("ArrowLeft")
    assert (
        page.get_by_role("slider", name="matrices").get_attribute("aria-valuetext") == "independent"
    )
    assert figure.inner_html() != before
    assert "χ₁" in status.inner_text()
    slider = page.get_by_label("levels N").bounding_box()
    page.mouse.click(slider["x"] + slider["width"] - 8, slider["y"] + slider["height"] / 2)
    assert page.get_by_label("levels N").get_attribute("aria-valuetext") == "8"
    assert "exact" not in status.inner_text()
    distance, chance = measure()
    assert distance > 5 * chance
    page.get_by_role("slider", name="matrices").press("End")
    assert "χ₅" in status.inner_text()
    distance, _ = measure()
    assert distance < 0.03
    page.get_by_role("button", name="Pause").click()
    before = figure.inner_html()
    page.get_by_role("button", name="Other matrices").press("Enter")
    assert figure.inner_html() != before


def test_marchenko_pastur_obeys_mouse_and_keyboard(show):
    page = show(FIGURES["marchenko_pastur"](r=0.25)._repr_html_())
    status, figure = page.locator("p"), page.locator("svg")

    def measure():
        """Let it draw for a while; distance, mean of the largest level, error, prediction."""
        page.wait_for_function("parseInt(document.querySelector('p').textContent) > 200")
        found = re.search(
            r"law: ([\d.]+). Largest level: ([\d.]+) ± ([\d.]+), predicted: about ([\d.]+)",
            status.inner_text(),
        )
        return map(float, found.groups())

    assert "matrices of 128 × 32" in status.inner_text()
    distance, mean, error, predicted = measure()
    assert distance < 0.03
    assert abs(mean - predicted) < 5 * error
    assert predicted == pytest.approx(laws.largest_wishart_level(128, 32).mean(), abs=1e-3)

    planted = page.get_by_label("signal θ")
    before = figure.inner_html()
    planted.press("ArrowRight")
    assert "below its threshold 0.71: the larger the matrices" in status.inner_text()
    assert re.search(r"predicted: about [\d.]+ without the signal,", status.inner_text())
    assert figure.inner_html() != before
    box = planted.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    assert planted.get_attribute("aria-valuetext") == "2.00"
    assert "above its threshold 0.71, and its level, one of 32" in status.inner_text()
    distance, mean, error, predicted = measure()
    assert predicted == pytest.approx(5 * 4.25 / 4, abs=1e-3)
    assert abs(mean - predicted) < 0.05 + 4 * error
    assert 0.03 < distance < 0.06

    planted.press("Home")
    page.get_by_label("r = N/M").press("End")
    assert "matrices of 16 × 32" in status.inner_text()
    assert "zeros, 50 %" in figure.inner_html()
    page.get_by_label("columns N").press("Home")
    assert "matrices of 8 × 16" in status.inner_text()
    page.get_by_label("r = N/M").press("Home")
    assert "matrices of 160 × 16" in status.inner_text()
    entries = page.get_by_role("slider", name="entries")
    for name in ("uniform", "±1", "Student t, ν = 3", "Cauchy"):
        before = figure.inner_html()
        entries.press("ArrowRight")
        assert entries.get_attribute("aria-valuetext") == name
        assert figure.inner_html() != before
        assert re.search(r"predicted: about [\d.]+ for Gaussian entries,", status.inner_text())
    planted.press("End")
    assert "threshold" not in status.inner_text()
    planted.press("Home")
    assert "no variance" in status.inner_text()
    distance, mean, _, predicted = measure()
    assert distance > 0.3
    assert mean > 2 * predicted
    page.get_by_role("button", name="Pause").click()
    before = figure.inner_html()
    page.get_by_role("button", name="Other matrices").press("Enter")
    assert figure.inner_html() != before


def test_dyson_fan_obeys_mouse_and_keyboard(show):
    page = show(FIGURES["dyson_fan"]()._repr_html_())
    status, fan, gaps = page.locator("p"), page.locator("svg").first, page.locator("svg").last

    def slide(label, key):
        slider = page.get_by_label(label)
        before = fan.inner_html(), gaps.inner_html()
        slider.press(key)
        assert fan.inner_html() != before[0]
        assert gaps.inner_html() != before[1]
        return slider.get_attribute("aria-valuetext")

    def edge():
        return float(re.search(r"Edge [^:]*: ([\d.]+)\.", status.inner_text())[1])

    def distances():
        """Let it draw for a while; distance of the gaps, and what chance alone gives."""
        page.wait_for_function(
            "+document.querySelector('p').textContent.match(/mean of ([0-9]+) fans/)[1] >= 128"
        )
        found = re.search(r"\)?: (0\.\d+)\. Chance .* about (0\.\d+)", status.inner_text())
        return map(float, found.groups())

    assert edge() == 4.89
    distance, chance = distances()
    assert distance < 3 * chance
    assert slide("repulsion β", "ArrowRight") == "2"
    assert edge() == 6.92
    assert "surmise for β = 2" in gaps.inner_html()
    assert slide("repulsion β", "End") == "4"
    distance, chance = distances()
    assert distance < 3 * chance
    assert slide("springs Ω", "Home") == "0.0"
    assert edge() == 24.0
    assert slide("noise g²", "Home") == "0.1"
    assert edge() == 7.59
    box = page.get_by_label("levels N").bounding_box()
    page.mouse.click(box["x"] + 8, box["y"] + box["height"] / 2)
    assert page.get_by_label("levels N").get_attribute("aria-valuetext") == "2"
    assert edge() == 3.1
    assert slide("repulsion β", "Home") == "off"
    assert "that repel (β = 1)" in status.inner_text()
    assert "exp(−s)" in gaps.inner_html()
    distance, chance = distances()
    assert distance > 0.05  # two levels on their own are half-normal
    page.get_by_role("button", name="Pause").click()
    before = fan.inner_html()
    page.get_by_role("button", name="Start again").press("Enter")
    assert fan.inner_html() != before


@pytest.mark.parametrize("name", sorted(FIGURES.keys() - {"phase_diagram"}))
def test_every_slider_obeys_keyboard_and_mouse(name, show):
    """What stands still, for those who want no motion, changes with each slider and only then."""
    page = show(FIGURES[name]()._repr_html_(), reduced_motion="reduce")

    def seen():
        return page.locator("p").inner_text(), [
            svg.inner_html() for svg in page.locator("svg").all()
        ]

    sliders = page.get_by_role("slider").all()
    assert len(sliders) >= 2
    for slider in sliders:
        for mouse in (False, True):
            value, (words, pictures) = slider.get_attribute("aria-valuetext"), seen()
            page.wait_for_timeout(50)
            assert seen() == (words, pictures)
            right = slider.evaluate("e => 2 * e.value < +e.min + +e.max")
            if mouse:
                box = slider.bounding_box()
                across = box["width"] * (0.8 if right else 0.2)
                page.mouse.click(box["x"] + across, box["y"] + box["height"] / 2)
            else:
                slider.press("ArrowRight" if right else "ArrowLeft")
            assert slider.get_attribute("aria-valuetext") != value
            now, drawn = seen()
            assert now != words
            for before, after in zip(pictures, drawn, strict=True):
                assert before != after


@pytest.mark.parametrize("name", FIGURES)
def test_without_scripts_there_is_a_picture_and_what_it_shows(name, browser):
    figure = FIGURES[name]()
    page = browser.new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.set_content(f'<html lang="en"><body>{figure._repr_html_()}</body></html>')
    box = page.locator("svg[role=img], img").bounding_box()
    assert box["width"] >= 240
    assert box["height"] >= 160
    assert figure.alt in page.locator("body").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


@pytest.mark.parametrize("name", FIGURES)
def test_at_least_thirty_frames_a_second(name, show):
    """Software rendering. Half as many are asked for: the machine may be busy."""
    page = show(FIGURES[name]()._repr_html_())
    page.wait_for_timeout(500)
    frames = page.evaluate(
        """new Promise((done) => {
        const start = performance.now();
        let frames = 0;
        const count = () => {
            frames++;
            const seconds = (performance.now() - start) / 1000;
            seconds < 2 ? requestAnimationFrame(count) : done(frames / seconds);
        };
        requestAnimationFrame(count);
    })"""
    )
    print(f"{name}: {frames:.0f} frames a second")
    assert frames > 15
