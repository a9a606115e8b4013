"""The live figure of ten modes: its machines are those of `lecture_utils.rbm`, in a browser too."""

import json
import re
from functools import cache

import numpy as np
import pytest
from scipy import stats

from lecture_utils import laws, rbm
from lecture_utils.teaching import explorables
from lecture_utils.teaching.verdicts import ks_verdict, value_verdict

BASIS = rbm.fourier_basis(10)
LEVEL = 1e-3
POWER = 1e-6
FIGURE = explorables.rbm_modes


@pytest.fixture(scope="module")
def javascript(run_javascript):
    """Evaluate the body of a JavaScript function that knows the module."""
    modules = {"stage": "stage", "modes": "rbm_modes"}

    @cache
    def evaluate(body):
        return run_javascript(modules, f"(() => {{ {body} }})()")

    return evaluate


# --- theory --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("alpha", "batch"), [(0.02, 1024), (0.16, 128), (1.28, 16)])
def test_predictions_are_those_of_the_package(javascript, alpha, batch):
    setting = rbm.Setting(alpha, batch)
    kappa, targets, variances, squeeze, relaxation = javascript(
        "const all = modes.TARGETS.map((_, i) => i); return [modes.KAPPA, modes.TARGETS, "
        f"all.map((i) => all.map((j) => modes.variance(i, j, {alpha}, {batch}))), "
        f"[7, 5, 3, 1].map((i) => modes.squeeze(i, {alpha}, {batch})), modes.relaxation({alpha})];"
    )
    np.testing.assert_allclose(kappa, setting.kappa, rtol=1e-9)
    np.testing.assert_allclose(targets, setting.targets, rtol=1e-9)
    np.testing.assert_allclose(variances, setting.variances, rtol=1e-9)
    np.testing.assert_allclose(squeeze, setting.squeeze, rtol=1e-9)
    assert relaxation == pytest.approx(setting.relaxation_steps[setting.pairs].max())


def test_flow_is_that_of_the_package(javascript):
    times = np.append(0, np.geomspace(0.01, 2000, 40))
    found = javascript(
        f"return {times.tolist()}.map((t) => modes.TARGETS.map((_, i) => modes.flow(i, t, 0.1)));"
    )
    np.testing.assert_allclose(found, rbm.Setting(0.1, 16).flow(times, 0.1), rtol=1e-9)


# --- training ------------------------------------------------------------------------------------


def numpy_training(weights, chains, noises, alpha, batch):
    """Train on the lattice, by `rbm.kernel`'s conventions, with given noise; sweep by sweep."""
    target = np.linalg.inv(rbm.lattice_kernel(10, 2.0))
    for noise in noises:
        model = weights @ weights.T / 9
        spread = sum(np.linalg.matrix_power(model, k) for k in range(6)) / 9
        # The root that the browser takes is triangular in the basis of waves.
        root = BASIS @ np.linalg.cholesky(BASIS.T @ spread @ BASIS)
        chains = root @ noise + np.linalg.matrix_power(model, 3) @ chains
        weights = weights + alpha * (target - chains @ chains.T / batch) @ weights
        if chains.shape[1] > 10:  # only their second moments are kept
            gram = BASIS.T @ chains @ chains.T @ BASIS
            chains = np.pad(BASIS @ np.linalg.cholesky(gram), ((0, 0), (0, 10)))
    return weights


@pytest.mark.parametrize(("alpha", "batch"), [(0.16, 4), (0.16, 10), (0.16, 16), (0.64, 512)])
@pytest.mark.parametrize("updates", [1, 300])
def test_browser_trains_like_numpy_with_the_same_noise(javascript, alpha, batch, updates):
    start, noises, end, levels = javascript(
        f"const m = modes.machine({batch}, stage.gaussian(1), false);"
        "const start = [...m.weights], noises = [];"
        f"for (let k = 0; k < {updates}; k++) {{ if (!modes.step(m, {alpha})) return null; "
        "noises.push([...m.fresh, ...m.rest]); } "
        "return [start, noises, [...m.weights], [...modes.spectrum(m.weights)]];"
    )
    noises = np.reshape(noises, (updates, 2, 10, 10)).transpose(0, 2, 1, 3)
    noises = noises.reshape(updates, 10, 20)
    if batch <= 10:
        assert np.all(noises[..., batch:] == 0)
        noises = noises[..., :batch]
        chains = np.ones((10, batch))
    else:
        chains = np.zeros((10, 20))
        chains[:, 0] = np.sqrt(batch)
    lattice = BASIS @ np.reshape(start, (10, 10))
    expected = numpy_training(lattice, chains, noises, alpha, batch)
    found = BASIS @ np.reshape(end, (10, 10))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(levels, np.linalg.eigvalsh(found @ found.T), atol=1e-12)
    other = numpy_training(lattice, chains, noises, 1.001 * alpha, batch)
    assert np.abs(found - other).max() > 1e-6


def test_exact_gradients_are_those_of_the_package(javascript):
    start, end, lost = javascript(
        "const m = modes.machine(Infinity, stage.gaussian(5), false), start = [...m.weights];"
        "for (let k = 0; k < 400; k++) modes.step(m, 0.3); const end = [...m.weights];"
        "m.weights[0] = 3.1; return [start, end, [modes.step(m, 0.3), m.weights[0]]];"
    )
    weights = BASIS @ np.reshape(start, (10, 10))
    expected = rbm.train_exactly(rbm.Setting(0.3, 1), [400], weights[None]).products[0, 0]
    found = BASIS @ np.reshape(end, (10, 10))
    np.testing.assert_allclose(found @ found.T, expected, atol=1e-9)
    assert lost == [False, 3.1]  # the kernel is lost, and nothing moves


@pytest.mark.parametrize("batch", [16, 128])
def test_noise_has_the_second_moments_of_the_whole_batch(javascript, batch):
    draws = javascript(
        f"const m = modes.machine({batch}, stage.gaussian(6), false); "
        "return Array.from({ length: 2000 }, () => { modes.draw(m); return [...m.rest]; });"
    )
    rest = np.reshape(draws, (2000, 10, 10))
    moments = rest @ rest.mT
    # Wishart: x'Ax / x'x is chi square for any fixed x; the determinant is a product of them.
    for x in (np.eye(10)[0], np.ones(10), np.arange(10) - 4.5):
        ratio = np.einsum("i,sij,j->s", x, moments, x) / (x @ x)
        assert ks_verdict(ratio, stats.chi2(batch - 10), bound=0.1).p_value > LEVEL
        assert ks_verdict(ratio, stats.chi2(1.1 * batch), bound=1).p_value < POWER
    if batch > 20:
        columns = np.random.default_rng(6).standard_normal((5000, 10, batch - 10))
        log_volumes = np.linalg.slogdet(columns @ columns.mT)[1]
        found = np.linalg.slogdet(moments)[1]
        assert stats.ks_2samp(found, log_volumes).pvalue > LEVEL
        assert stats.ks_2samp(found + 1, log_volumes).pvalue < POWER


def test_first_weights_follow_marchenko_and_pastur(javascript):
    levels = javascript(
        "const normal = stage.gaussian(8); return Array.from({ length: 500 }, () => "
        "[...modes.spectrum(modes.machine(16, normal, false).weights)]);"
    )
    law = laws.marchenko_pastur(1.0, variance=0.1)
    assert ks_verdict(np.ravel(levels), law, bound=0.03).within
    assert not ks_verdict(1.2 * np.ravel(levels), law, bound=0.03).within


def stationary(javascript, alpha, batch, snapshots):
    """Spacings (snapshots, 4) of one machine in equilibrium, as the figure takes them."""
    return np.array(
        javascript(
            f"const m = modes.machine({batch}, stage.gaussian(9), true);"
            f"const wait = modes.relaxation({alpha}), seen = [];"
            f"for (let age = 0; seen.length < {snapshots}; age++) {{"
            f"if (!modes.step(m, {alpha})) return null;"
            "if (age > 3 * wait * (2 + seen.length)) seen.push(modes.spacings("
            "modes.spectrum(m.weights))); } return seen;"
        )
    )


def test_pairs_keep_the_predicted_distance(javascript):
    alpha, batch = 0.5, 1600
    found = stationary(javascript, alpha, batch, 4000)
    mean, error = found.mean(axis=0), stats.sem(found, axis=0)
    setting = rbm.Setting(alpha, batch)
    sigma2 = setting.sigma2[setting.pairs[:, 0]]
    # First order in T = 1/3200: what follows is of relative order 1e-3.
    for pair in range(4):
        expected = np.sqrt(np.pi * sigma2[pair] * (1 + setting.squeeze[pair]))
        assert value_verdict(mean[pair], error[pair], expected, bound=0.05).p_value > LEVEL
    leading = np.sqrt(2 * np.pi * setting.targets[setting.pairs[0, 0]] * alpha / batch)
    assert value_verdict(mean[0], error[0], leading, bound=0.05).p_value < POWER


@pytest.mark.parametrize(("alpha", "batch"), [(0.16, 8), (0.32, 16), (1.28, 256)])
def test_equilibrium_is_that_of_the_package(javascript, alpha, batch):
    found = stationary(javascript, alpha, batch, 1000)
    for factor, judge in ((1, lambda p: p > LEVEL), (4, lambda p: p < POWER)):
        trained = rbm.stationary(rbm.Setting(alpha, factor * batch), runs=200, snapshots=5, rng=9)
        assert trained.survived.all()
        other = rbm.pair_spacings(trained.levels).reshape(-1, 4)
        assert all(judge(stats.ks_2samp(found[:, k], other[:, k]).pvalue) for k in range(4))


# --- the figure ----------------------------------------------------------------------------------


def test_html_is_small_self_contained_and_the_same_every_time():
    html = FIGURE()._repr_html_()
    assert html == FIGURE()._repr_html_()
    assert len(html.encode()) < 30_000
    assert html.count("</script>") == 1
    assert "import " not in html


def test_the_still_picture_is_the_flow():
    curves = re.findall(r'points="([^"]*)"', FIGURE(0.32).still)
    across, down = np.array([c.split() for c in curves], dtype=float).reshape(6, -1, 2).T
    part = (across[:, 0] - across.min()) / np.ptp(across)
    updates = 10 ** (part * np.log10(500 / 0.32))
    expected = rbm.Setting(0.32, 16).flow(0.32 * updates, 0.1)[:, [9, 8, 6, 4, 2, 0]]
    height = (expected - expected.min()) / np.ptp(expected)
    np.testing.assert_allclose((down.max() - down) / np.ptp(down), height, atol=0.01)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(learning_rate=0.1), "learning_rate must be one of 0.02, .*, 1.28, got 0.1"),
        (dict(batch_size=24), "batch_size must be one of 4, .*, 1024, got 24"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        FIGURE(**arguments)


def says(page, words):
    page.wait_for_function(
        f"document.querySelector('p').textContent.includes({json.dumps(words)})", timeout=60_000
    )
    return page.locator("p").inner_text()


def measured(text):
    """Means, errors and predictions of the four pairs in a status line."""
    return np.array(re.findall(r"pair \d (\S+) ± (\S+) \((\S+)\)", text), dtype=float)


def test_the_status_line_measures_what_is_predicted(show):
    page = show(FIGURE()._repr_html_())
    says(page, "from ")
    page.wait_for_function("/from \\d{3,} snapshots/.test(document.querySelector('p').textContent)")
    numbers = measured(page.locator("p").inner_text())
    assert numbers.shape == (4, 3)
    means, errors, predicted = numbers.T
    np.testing.assert_allclose(means, predicted, atol=5 * errors.max())
    setting = rbm.Setting(0.16, 128)
    expected = np.sqrt(np.pi * setting.sigma2[setting.pairs[:, 0]] * (1 + setting.squeeze))
    np.testing.assert_allclose(predicted, expected, atol=6e-4)


def test_sliders_obey_mouse_and_keyboard(show):
    page = show(FIGURE()._repr_html_())
    picture = page.locator("svg").first
    page.get_by_role("button", name="Pause").press("Enter")

    def changes(action):
        status, drawn = page.locator("p").inner_text(), picture.inner_html()
        action()
        return page.locator("p").inner_text() != status and picture.inner_html() != drawn

    rate, size = page.get_by_label("learning rate"), page.get_by_label("batch size")
    assert changes(lambda: rate.press("ArrowRight"))
    assert rate.get_attribute("aria-valuetext") == "0.32"
    assert changes(lambda: size.press("ArrowLeft"))
    assert size.get_attribute("aria-valuetext") == "64"
    assert "α = 0.32, |B| = 64." in page.locator("p").inner_text()

    def click(slider, part):
        box = slider.bounding_box()
        page.mouse.click(box["x"] + part * box["width"], box["y"] + box["height"] / 2)

    assert changes(lambda: click(rate, 0.95))
    assert "too large for a prediction" in page.locator("p").inner_text()
    assert not len(measured(page.locator("p").inner_text()))
    assert "target" not in picture.inner_html()
    assert changes(lambda: click(size, 0.75))
    assert rate.get_attribute("aria-valuetext") == "1.28"
    assert len(measured(page.locator("p").inner_text())) == 4
    assert "target" in picture.inner_html()
    assert changes(page.get_by_role("button", name="Other machine").click)


def test_without_noise_pairs_close_and_with_too_much_machines_diverge(show):
    page = show(FIGURE()._repr_html_())
    size, rate = page.get_by_label("batch size"), page.get_by_label("learning rate")
    size.press("End")
    assert size.get_attribute("aria-valuetext") == "∞"
    assert "nothing keeps a pair apart" in says(page, "are below 10⁻")
    size.press("Home")
    rate.press("End")
    text = says(page, "machines diverged")
    assert "NaN" not in text + page.content()
    assert "✕" in page.locator("svg").first.inner_html()


def test_reduced_motion_starts_paused_with_a_full_picture(show):
    page = show(
        FIGURE()._repr_html_(), reduced_motion="reduce", viewport={"width": 390, "height": 800}
    )
    assert page.get_by_role("button", name="Run").is_visible()
    assert page.locator("svg").count() == 2
    assert page.locator("svg").first.locator("polyline").count() >= 10
    longest = (
        page.locator("svg")
        .first.locator("polyline")
        .evaluate_all("all => Math.max(...all.map((l) => l.points.length))")
    )
    assert longest == 241
    assert len(measured(page.locator("p").inner_text())) == 4
    before = page.locator("svg").first.inner_html()
    page.wait_for_timeout(300)
    assert page.locator("svg").first.inner_html() == before
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_thirty_frames_a_second_and_none_off_the_screen(show):
    page = show(FIGURE(0.02)._repr_html_() + "<div style='height: 3000px'></div>")
    count = (
        "() => new Promise((done) => { let frames = 0; const end = performance.now() + 1000;"
        "const tick = (now) => (now > end ? done(frames) : (frames++,"
        "requestAnimationFrame(tick))); requestAnimationFrame(tick); })"
    )
    assert any(page.evaluate(count) > 30 for _ in range(10))  # others use this machine, too
    page.evaluate("scrollTo(0, 2000)")
    page.wait_for_timeout(300)
    before = page.content()
    page.wait_for_timeout(500)
    assert page.content() == before


def test_without_scripts_the_flow_is_drawn(browser):
    page = browser.new_page(java_script_enabled=False)
    page.set_content(FIGURE()._repr_html_())
    assert page.locator("noscript svg polyline").count() == 6
    page.close()
