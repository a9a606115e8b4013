"""Figures draw what they are given, look the same everywhere, and never leave a dead slider."""

import io

import ipywidgets
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from nbclient import NotebookClient
from scipy import stats

from lecture_utils.teaching import plotting
from lecture_utils.teaching.verdicts import ks_verdict, value_verdict


@pytest.fixture(autouse=True)
def style():
    plt.switch_backend("agg")
    with plt.rc_context():
        plotting.use_style()
        yield
    plt.close("all")


SAMPLE = np.random.default_rng(1).exponential(size=(100, 20))
LAW = stats.expon()


def svg(draw):
    fig, ax = plotting.subplots()
    draw(ax)
    file = io.StringIO()
    fig.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def test_the_same_figure_is_the_same_file_with_letters_as_paths():
    def draw(ax):
        plotting.compare(ax, SAMPLE, LAW, bound=0.1, label="data", law_label="law")

    first = svg(draw)
    assert first == svg(draw)
    assert "<text" not in first
    assert "<dc:date>" not in first


def luminance(color):
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("name", plotting.COLORS)
def test_colours_stand_out_on_a_white_page(name):
    # Web Content Accessibility Guidelines 2.1, 1.4.11: graphics need a contrast of three.
    assert 1.05 / (luminance(plotting.COLORS[name]) + 0.05) >= 3


@pytest.mark.parametrize("size", [plotting.SINGLE, plotting.WIDE])
def test_sizes_and_transparency(size):
    fig, axes = plotting.subplots(size, cols=2)
    assert tuple(fig.get_size_inches()) == size
    assert axes.shape == (2,)
    assert fig.get_facecolor()[3] == axes[0].get_facecolor()[3] == 0


def test_histogram_is_a_density_or_counts():
    _, ax = plotting.subplots()
    plotting.histogram(ax, SAMPLE, label="data", bins=17)
    assert sum(p.get_height() * p.get_width() for p in ax.patches) == pytest.approx(1)
    _, ax = plotting.subplots()
    plotting.histogram(ax, SAMPLE, label="data", density=False, color="k")
    assert sum(p.get_height() for p in ax.patches) == SAMPLE.size
    assert ax.patches[0].get_facecolor()[:3] == (0, 0, 0)


def test_law_draws_the_density_within_the_support():
    _, ax = plotting.subplots()
    ax.set_xlim(-1, 3)
    plotting.law(ax, LAW, label="law")
    plotting.law(ax, LAW, label="law", span=(1, 2))
    for line, span in zip(ax.lines, [(0, 3), (1, 2)], strict=True):
        x, y = line.get_data()
        assert (x[0], x[-1]) == span
        np.testing.assert_allclose(y, np.exp(-x))


def test_points_and_lines():
    _, ax = plotting.subplots()
    plotting.errorbars(ax, [1, 2], [3, 4], [0.5, 0.25], "data")
    plotting.theory_line(ax, [1, 2], [3, 4], "theory")
    (bars,) = ax.containers[0].lines[2]
    np.testing.assert_allclose([s[:, 1] for s in bars.get_segments()], [[2.5, 3.5], [3.75, 4.25]])
    assert ax.lines[-1].get_color() == plotting.COLORS["theory"]
    assert ax.get_legend_handles_labels()[1] == ["theory", "data"]


@pytest.mark.parametrize("loc", ["upper right", "upper left", "lower right", "lower left"])
def test_the_verdict_stands_inside_the_axes_and_clear_of_the_legend(loc):
    fig, ax = plotting.subplots()
    verdict = plotting.compare(ax, SAMPLE, LAW, bound=0.1, label="a", law_label="b", loc=loc)
    assert verdict == ks_verdict(SAMPLE, LAW, bound=0.1)
    fig.canvas.draw()
    (text,) = ax.texts
    assert text.get_text() == verdict.text()
    words, legend, frame = (
        artist.get_window_extent() for artist in (text, ax.get_legend(), ax.patch)
    )
    assert frame.x0 <= words.x0 < words.x1 <= frame.x1
    assert frame.y0 <= words.y0 < words.y1 <= frame.y1
    assert not words.overlaps(legend)


def test_compare_passes_on_the_effective_size():
    _, ax = plotting.subplots()
    verdict = plotting.compare(ax, SAMPLE, LAW, bound=0.1, label="a", law_label="b", n_eff=50)
    assert verdict.n_eff == 50


def test_show_verdict():
    _, ax = plotting.subplots()
    verdict = value_verdict(1, 0.1, 1, bound=1)
    plotting.show_verdict(ax, verdict)
    assert ax.texts[0].get_text() == verdict.text()


# --- panels --------------------------------------------------------------------------------------


@pytest.fixture
def panel(monkeypatch):
    """Make a panel; returns what it displayed and the values it drew."""
    shown, drawn = [], []
    monkeypatch.setattr(plotting, "display", lambda *objects: shown.extend(objects))

    def draw(n, sigma):
        drawn.append((n, sigma))
        plotting.subplots()

    def make():
        slider = ipywidgets.FloatSlider(value=0.5, min=0, max=1)
        plotting.panel(draw, n=(4, 1, 8, 1), sigma=slider)
        return shown, drawn

    return make


def test_a_panel_in_a_build_is_one_figure_and_nothing_else(monkeypatch, panel):
    monkeypatch.setenv("LECTURE_UTILS_BUILD", "1")
    (figure,), drawn = panel()
    assert drawn == [(4, 0.5)]
    assert isinstance(figure, plt.Figure)
    assert not plt.get_fignums()


def test_a_panel_with_a_kernel_has_sliders(monkeypatch, panel):
    monkeypatch.delenv("LECTURE_UTILS_BUILD", raising=False)
    (live,), drawn = panel()
    slider, own, _ = live.children
    assert isinstance(slider, ipywidgets.IntSlider)
    assert (slider.value, slider.min, slider.max, slider.step) == (4, 1, 8, 1)
    assert not slider.continuous_update
    assert slider.description == "n"
    live.update()
    slider.value, own.value = 7, 0.25
    assert drawn[-1] == (7, 0.25)


def test_a_tuple_of_floats_makes_a_float_slider(panel):
    shown = panel()[0]
    plotting.panel(lambda x: None, x=(0.5, 0, 1, 0.1))
    slider = shown[-1].children[0]
    assert isinstance(slider, ipywidgets.FloatSlider)
    assert slider.step == 0.1


PAGE = """
from lecture_utils.teaching import plotting
plotting.use_style()
---
fig, ax = plotting.subplots()
fig;
---
plotting.panel(lambda a: plotting.subplots(), a=(1, 0, 2, 1))
"""


def test_in_a_kernel(monkeypatch):
    """What Jupyter stores of a build: figures as SVG without a date, no widget, no word of one."""
    monkeypatch.setenv("LECTURE_UTILS_BUILD", "1")
    cells = [nbformat.v4.new_code_cell(source) for source in PAGE.split("---\n")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    _, (figure,), (panel,) = (cell.outputs for cell in notebook.cells)
    for output in (figure, panel):
        assert "image/png" not in output.data
        assert "<dc:date>" not in output.data["image/svg+xml"]
