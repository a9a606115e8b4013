"""Live figures: a reader moves a slider, the browser computes, no kernel is needed.

Each figure is an ES module next to this file that exports ``render({model, el})``, the front end
that anywidget uses too; `stage.js` holds what they share. A page shows one by ending a cell with,
for example, ``explorables.sgd_quadratic()``.
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

from lecture_utils._checks import finite_array, one_of, positive, positive_int

_HERE = Path(__file__).parent


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
        figure = (_HERE / f"{self.module}.js").read_text(encoding="utf-8")
        figure = re.sub(r'^import [^;]* from "\./stage\.js";$', "", figure, flags=re.MULTILINE)
        stage = (_HERE / "stage.js").read_text(encoding="utf-8")
        state = json.dumps(self.state | {"alt": self.alt})
        name = "explorable-" + hashlib.sha256((self.module + state).encode()).hexdigest()[:12]
        # The same figure may stand twice on a page: take the first place that is still empty.
        script = f"""{stage}
{figure}
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
    return Explorable(
        "sgd_quadratic",
        {"learning_rate": learning_rate, "batch_size": batch_size, "seed": 2025},
        "Histogram of the weights of many learners under stochastic gradient descent, with three "
        "predicted Gaussian curves: exact, constant noise, and leading order.",
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
    return Explorable(
        "signal_propagation",
        {"sigma_w": sigma_w, "width": width, "seed": 2025},
        "Variance of the pre-activations against the layer, on a logarithmic axis: thin lines for "
        "twenty random networks, dots for their mean, a thick line for infinite width.",
    )


def dyson_fan(levels=12, temperature=1.0):
    r"""Dyson Brownian motion from the origin, with the repulsion on or off.

    The levels obey :math:`dx_i=[-x_i+\sum_j\beta T/(x_i-x_j)]dt+\sqrt{2T}\,dB_i` with
    :math:`\beta` = 1 (on) or 0 (off); the edge is :math:`\sqrt{2TN(1-e^{-2t})}`.

    Parameters
    ----------
    levels : int
        First position of the slider, from 2 to 30.
    temperature : float
        First position of the slider, T = g squared over Omega, from 0.1 to 2.

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
    return Explorable(
        "dyson_fan",
        {"levels": levels, "temperature": temperature, "seed": 2025},
        "Levels leave the origin and spread in time like a fan inside a predicted edge; beside it "
        "a histogram of final levels on a semicircle.",
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


def two_levels(levels=2, beta=1):
    r"""Spacings of small Gaussian matrices, in units of their mean, against the law of two levels.

    Real symmetric or complex hermitian matrices, or levels that are independent and normal. The
    spacing of two of them is :math:`\chi_{\beta+1}`; `laws.wigner_surmise`.

    Parameters
    ----------
    levels : int
        First position of the slider, from 2 to 8.
    beta : {0, 1, 2}
        First position of the slider: independent, symmetric or hermitian.

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
    return Explorable(
        "two_levels",
        {"levels": levels, "beta": one_of("beta", beta, (0, 1, 2)), "seed": 2025},
        "Histogram of the spacings of neighbouring levels of random matrices on the law of two "
        "levels, and the levels of two dozen matrices as columns of dots.",
    )


def _power_of_two(name, value):
    if value & (value - 1):
        raise ValueError(f"{name} must be a power of two, got {value}")
