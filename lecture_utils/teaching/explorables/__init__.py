"""Live figures: a reader moves a slider, the browser computes, no kernel is needed.

Each figure is an ES module next to this file that exports ``render({model, el})``, the front end
that anywidget uses too; `stage.js` and `spectra.js` hold what they share. A page shows one by
ending a cell with, for example, ``explorables.sgd_quadratic()``.
"""

import base64
import hashlib
import html
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import image
from matplotlib.ticker import MaxNLocator
from scipy import stats

from lecture_utils import laws
from lecture_utils._checks import finite, finite_array, one_of, positive, positive_int

_HERE = Path(__file__).parent
_DATA, _THEORY, _MUTED = "#0f83c4", "#d55e00", "#8a8a8a"  # as in stage.js
_IMPORT = re.compile(r'^import [^;]* from "\./(\w+)\.js";$', flags=re.MULTILINE)


@dataclass(frozen=True)
class Explorable:
    """A live figure that carries all its code: it works on the static site and in JupyterLab.

    Attributes
    ----------
    module : str
        Name of the JavaScript file without its ending.
    state : dict
        What ``model.get(name)`` returns; plain JSON types.
    alt : str
        What the figure shows, for those who do not see it; ``model.get("alt")``.
    still : str
        HTML of a picture for readers whose browser runs no scripts.
    """

    module: str
    state: dict
    alt: str
    still: str = ""

    def _repr_html_(self):
        figure = _read(self.module)
        shared = "\n".join(map(_read, _IMPORT.findall(figure)))
        state = json.dumps(self.state | {"alt": self.alt})
        name = "explorable-" + hashlib.sha256((self.module + state).encode()).hexdigest()[:12]
        # The same figure may stand twice on a page: take the first place that is still empty.
        script = f"""{shared}
{_IMPORT.sub("", figure)}
const state = {state};
const el = document.querySelector(".{name}:empty");
render({{ model: {{ get: (name) => state[name] }}, el }});
""".replace("</", "<\\/")
        alt = html.escape(self.alt)
        return (
            f'<div class="explorable {name}" role="group" aria-label="Live figure"></div>'
            f"<noscript>{self.still}Live figure, needs JavaScript. {alt}</noscript>"
            f'<script type="module">{script}</script>'
        )


def _read(module):
    """Source of a module without indentation and whole lines of comment."""
    source = (_HERE / f"{module}.js").read_text(encoding="utf-8")
    source = re.sub(r"^ *(//.*|/\*\*(.|\n)*?\*/)\n", "", source, flags=re.MULTILINE)
    return re.sub(r"^ +", "", source, flags=re.MULTILINE)


def _still(x_label, y_label, *curves):
    """The theory of a figure as a small SVG, for browsers that run no scripts.

    Each curve is (name, colour, x, y), where `y` may have several rows.
    """
    top = 10 + 16 * len(curves)
    bottom = top + 130
    xs, ys = (np.concatenate([np.ravel(curve[k]) for curve in curves]) for k in (2, 3))

    def across(x):
        return np.round(44 + 300 * (x - xs.min()) / np.ptp(xs), 1)

    def down(y):
        return np.round(bottom - 128 * (y - ys.min()) / np.ptp(ys), 1)

    def text(x, y, words, anchor="middle"):
        return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'

    def ticks(values):
        marks = MaxNLocator(5).tick_values(values.min(), values.max())
        return marks[(marks >= values.min()) & (marks <= values.max())].round(9) + 0.0

    parts = [f'<path d="M44 {top}V{bottom}H344" fill="none" stroke="currentColor"/>']
    parts += [text(across(x), bottom + 16, f"{x:g}") for x in ticks(xs)]
    parts += [text(40, down(y) + 4, f"{y:g}", "end") for y in ticks(ys)]
    parts += [text(194, bottom + 34, x_label), text(4, 12, y_label, "start")]
    for k, (name, colour, x, y) in enumerate(curves):
        style = f'fill="none" stroke="{colour}" stroke-width="2"'
        for values in np.atleast_2d(y):
            points = np.column_stack([across(x), down(values)]).ravel()
            parts.append(f'<polyline points="{" ".join(map(str, points))}" {style}/>')
        parts.append(f'<path d="M214 {8 + 16 * k}h20" {style}/>')
        parts.append(text(240, 12 + 16 * k, name, "start"))
    return (
        f'<svg viewBox="0 0 360 {bottom + 40}" width="360" style="max-width: 100%" font-size="12" '
        f'font-family="sans-serif" fill="currentColor" role="img" aria-label="Theory: {y_label} '
        f'against {x_label}">{"".join(parts)}</svg><br>'
    )


def sgd_quadratic(learning_rate=0.5, batch_size=4):
    r"""Stochastic gradient descent on a quadratic, against three predictions of its variance.

    Learners minimise :math:`(wx-y)^2/2` with standard normal `x` and `y`, fresh in every batch.

    Parameters
    ----------
    learning_rate : float
        First position of the slider, at most 1.9.
    batch_size : int
        First position of the slider, a power of two up to 64.

    Returns
    -------
    Explorable

    Raises
    ------
    ValueError
        If a value is off its slider.
    """
    if positive("learning_rate", learning_rate) > 1.9:
        raise ValueError(f"learning_rate must be at most 1.9, got {learning_rate}")
    batch_size = positive_int("batch_size", batch_size, at_most=64)
    _power_of_two("batch_size", batch_size)
    scale = learning_rate / batch_size
    curves = [
        ("exact", _THEORY, scale / (2 - learning_rate * (1 + 2 / batch_size))),
        ("constant noise", "currentColor", scale / (2 - learning_rate)),
        ("leading order", _MUTED, scale / 2),
    ]
    w = np.linspace(-4, 4, 101) * np.sqrt(scale / 2)
    return Explorable(
        "sgd_quadratic",
        {"learning_rate": learning_rate, "batch_size": batch_size, "seed": 2025},
        "Histogram of the weights of many learners under stochastic gradient descent, with three "
        "predicted Gaussian curves: exact, constant noise, and leading order.",
        _still(
            "weight w",
            "density",
            *(
                (name, colour, w, stats.norm.pdf(w, scale=np.sqrt(variance)))
                for name, colour, variance in curves
                if variance > 0
            ),
        ),
    )


def signal_propagation(sigma_w=1.0, width=32):
    r"""Variance of the pre-activations, layer by layer, of random tanh networks.

    Twenty networks without biases are compared with the recursion of infinite width,
    :math:`q_{l+1} = \sigma_W^2 \langle\tanh^2(\sqrt{q_l}\,g)\rangle`.

    Parameters
    ----------
    sigma_w : float
        First position of the slider, from 0.5 to 3.
    width : int
        First position of the slider, a power of two from 4 to 128.

    Returns
    -------
    Explorable

    Raises
    ------
    ValueError
        If a value is off its slider.
    """
    if not 0.5 <= positive("sigma_w", sigma_w) <= 3:
        raise ValueError(f"sigma_w must lie between 0.5 and 3, got {sigma_w}")
    width = positive_int("width", width, at_most=128)
    _power_of_two("width", width)
    if width < 4:
        raise ValueError(f"width must be at least 4, got {width}")
    node, weight = np.polynomial.hermite_e.hermegauss(80)
    variance = [sigma_w**2]
    for _ in range(9):
        mean_square = weight @ np.tanh(np.sqrt(variance[-1]) * node) ** 2 / weight.sum()
        variance.append(sigma_w**2 * mean_square)
    return Explorable(
        "signal_propagation",
        {"sigma_w": sigma_w, "width": width, "seed": 2025},
        "Variance of the pre-activations against the layer, on a logarithmic axis: thin lines for "
        "twenty random networks, dots for their mean, a thick line for infinite width.",
        _still(
            "layer",
            "variance of the pre-activations",
            ("infinite width", _THEORY, np.arange(1, 11), variance),
        ),
    )


def dyson_fan(levels=12, temperature=1.0):
    r"""Dyson Brownian motion from the origin: levels that repel, or do not, held by springs.

    The levels obey :math:`dx_i=[-\Omega x_i+\sum_j\beta g^2/(x_i-x_j)]dt+\sqrt2\,g\,dB_i`; the edge
    is :math:`g\sqrt{2\beta N(1-e^{-2\Omega t})/\Omega}`. At first :math:`\Omega=\beta=1`.

    Parameters
    ----------
    levels : int
        First position of the slider, from 2 to 30.
    temperature : float
        First position of the slider, g squared, from 0.1 to 2.

    Returns
    -------
    Explorable

    Raises
    ------
    ValueError
        If a value is off its slider.
    """
    levels = positive_int("levels", levels, at_most=30)
    if levels < 2:
        raise ValueError(f"levels must be at least 2, got {levels}")
    if not 0.1 <= positive("temperature", temperature) <= 2:
        raise ValueError(f"temperature must lie between 0.1 and 2, got {temperature}")
    t = np.linspace(0, 3**0.5, 21) ** 2
    edge = np.sqrt(-2 * temperature * levels * np.expm1(-2 * t))
    places = laws.semicircle(2**-0.5, 1).ppf((np.arange(levels) + 0.5) / levels)
    return Explorable(
        "dyson_fan",
        {"levels": levels, "temperature": temperature, "seed": 2025},
        "Levels leave the origin and spread in time like a fan inside a predicted edge; beside it "
        "a histogram of final levels on a semicircle, below it one of their gaps on its law.",
        _still(
            "time t",
            "level x",
            ("levels", _DATA, t, np.outer(places, edge)),
            ("edge", _THEORY, t, (-edge, edge)),
        ),
    )


def phase_diagram(losses):
    r"""Phase diagram of the teacher and the student, at any point of which the reader trains.

    Networks [3, 32, 16, 1] whose middle matrix learns, batches of four, 4000 inputs in a fixed
    order: the set-up of `lecture_utils.teacher_student`, in single precision, in two workers.

    Parameters
    ----------
    losses : array_like, shape (12, 12, 2)
        Median training loss of a map made before: initial width 1/8 to 256, temperature 1/32 to
        64, after :math:`10^4` and :math:`10^5` updates.

    Returns
    -------
    Explorable

    Raises
    ------
    ValueError
        If `losses` is not such an array of positive numbers.
    """
    losses = finite_array("losses", losses, 3)
    if losses.shape != (12, 12, 2):
        raise ValueError(f"losses must have the shape (12, 12, 2), got {losses.shape}")
    if losses.min() <= 0:
        raise ValueError(f"losses must be positive, got {losses.min()}")
    maps = np.log10(losses).round(2)
    still = io.BytesIO()
    # As on the page: small widths on the right, high temperatures at the top.
    image.imsave(still, maps[::-1, ::-1, 1].T, vmin=-6, vmax=0, cmap="viridis", format="png")
    picture = base64.b64encode(still.getvalue()).decode()
    return Explorable(
        "phase_diagram",
        {"maps": maps.reshape(144, 2).T.tolist(), "column": 0, "row": 2, "seed": 2025},
        "Map of the training loss over inverse initial width and temperature, from dark (it "
        "learns) to bright; beside it loss, singular values and memory of networks trained at "
        "the chosen point.",
        f'<img src="data:image/png;base64,{picture}" width="240" height="240" '
        'style="image-rendering: pixelated" alt="Twelve by twelve squares, dark at lower right">'
        "<p>Loss after 10⁵ updates, from 10⁻⁶ (dark) to 1 (bright): 1/σ_W from 1/256 (left) to 8, "
        "T from 1/32 (below) to 64.</p>",
    )


def marchenko_pastur(r=0.25, strength=0.0):
    r"""Levels of random matrices on the law of Marchenko and Pastur, with a planted direction.

    ``W`` has M rows, N columns and independent entries of variance 1/M, to which
    :math:`\theta uv^T` is added with unit vectors u and v; levels are eigenvalues of ``W.T @ W``.

    Parameters
    ----------
    r : float
        First position of the slider, N / M, from 0.1 to 2.
    strength : float
        First position of the slider, :math:`\theta`, from 0 (none) to 2.

    Returns
    -------
    Explorable

    Raises
    ------
    ValueError
        If a value is off its slider.
    """
    if not 0.1 <= positive("r", r) <= 2:
        raise ValueError(f"r must lie between 0.1 and 2, got {r}")
    if not 0 <= finite("strength", strength) <= 2:
        raise ValueError(f"strength must lie between 0 and 2, got {strength}")
    law = laws.marchenko_pastur(r)
    x = np.linspace(*law.support(), 121)
    return Explorable(
        "marchenko_pastur",
        {"r": r, "strength": strength, "seed": 2025},
        "Histogram of the levels of random matrices on the Marchenko-Pastur curve, the largest "
        "level of each marked, with a dashed line where its mean is predicted.",
        _still("level x", "density", (f"r = {r:g}", _THEORY, x, np.minimum(law.pdf(x), 2))),
    )


def two_levels(levels=2, beta=1):
    r"""Spacings of small Gaussian matrices, in units of their mean, against the law of two levels.

    Symmetric, hermitian or quaternion matrices, or levels that are independent and normal. The
    spacing of two of them is :math:`\chi_{\beta+1}`; `laws.wigner_surmise`.

    Parameters
    ----------
    levels : int
        First position of the slider, from 2 to 8.
    beta : {0, 1, 2, 4}
        First position of the slider: independent, symmetric, hermitian or quaternion.

    Returns
    -------
    Explorable

    Raises
    ------
    ValueError
        If a value is off its slider.
    """
    levels = positive_int("levels", levels, at_most=8)
    if levels < 2:
        raise ValueError(f"levels must be at least 2, got {levels}")
    s = np.linspace(0, 3.5, 101)
    normal_numbers = one_of("beta", beta, (0, 1, 2, 4)) + 1
    law = stats.chi(normal_numbers, scale=1 / stats.chi.mean(normal_numbers))
    return Explorable(
        "two_levels",
        {"levels": levels, "beta": beta, "seed": 2025},
        "Histogram of the spacings of neighbouring levels of random matrices on the law of two "
        "levels, and the levels of two dozen matrices as columns of dots.",
        _still(
            "spacing / mean",
            "density",
            ("two levels", _THEORY, s, law.pdf(s)),
            ("independent", _MUTED, s, np.exp(-s)),
        ),
    )


def rbm_modes(learning_rate=0.16, batch_size=128):
    r"""Ten modes of a Gaussian restricted Boltzmann machine, learnt by persistent chains.

    The machine of `lecture_utils.rbm`: ten visible and ten hidden units, :math:`\mu^2=9`, mass 2,
    three sweeps an update, exact data. Targets, flow and width of the pairs are predicted.

    Parameters
    ----------
    learning_rate : float
        First position of the slider, a hundredth times a power of two, from 0.02 to 1.28.
    batch_size : int
        First position of the slider, a power of two from 4 to 1024.

    Returns
    -------
    Explorable

    Raises
    ------
    ValueError
        If a value is off its slider.
    """
    rates = tuple(2**k / 100 for k in range(1, 8))
    sizes = tuple(2**k for k in range(2, 11))
    learning_rate = one_of("learning_rate", learning_rate, rates)
    # Time as a function of the level: `rbm.Setting.flow_time`, from 0.1 to (almost) the target.
    part = 1 / (1 + np.exp(-np.linspace(-4, 9, 60)))
    log_updates = np.linspace(0, np.log10(500 / learning_rate), 30)
    flow = []
    for kappa in 6 - 2 * np.cos(np.pi * np.arange(6) / 5):
        target = 9 - kappa
        x = part[part * target > 0.1] * target
        logs = 9 * np.log(x / 0.1) - kappa * np.log((target - x) / (target - 0.1))
        time = kappa / (2 * target) * logs
        flow.append(np.interp(learning_rate * 10**log_updates, time, x))
    return Explorable(
        "rbm_modes",
        {
            "learning_rate": learning_rate,
            "batch_size": one_of("batch_size", batch_size, sizes),
            "seed": 2025,
        },
        "Ten levels leave the law of Marchenko and Pastur for their targets, on a logarithmic axis "
        "of updates, near the predicted flow; four pairs stay split. Beside it a histogram of the "
        "spacings of pairs on the surmise.",
        _still("log₁₀ of updates", "level", ("exact flow", _THEORY, log_updates, flow)),
    )


def _power_of_two(name, value):
    if value & (value - 1):
        raise ValueError(f"{name} must be a power of two, got {value}")
