"""How the figures of the book look. Everything here draws; nothing here computes."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from IPython import get_ipython
from IPython.display import display
from matplotlib_inline.backend_inline import set_matplotlib_formats

from lecture_utils.teaching._display import in_build
from lecture_utils.teaching.verdicts import ks_verdict

SINGLE = (6.4, 4.0)
"""Size of a figure in the text, in inches."""

WIDE = (9.6, 4.0)
"""Size of a figure with panels side by side, in inches."""

COLORS = {
    "data": "#0072b2",
    "theory": "#d55e00",
    "control": "#cc79a7",
    "accent": "#009e73",
    "muted": "#7f7f7f",
}
"""Colours by meaning, from the Okabe-Ito set that colour-blind readers can tell apart."""

_CYCLE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]


def use_style():
    """Set the style of the book; call it once at the top of a page.

    Backgrounds are transparent so that figures sit on a light and on a dark page, letters are drawn
    as paths so that they look the same everywhere, and identifiers inside the SVG are fixed so that
    the same figure is the same file.
    """
    plt.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=_CYCLE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": "medium",
            "figure.constrained_layout.use": True,
            "figure.dpi": 160,  # of the parts of a figure that are drawn as pixels
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "savefig.facecolor": "none",
            "font.size": 11,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "image.cmap": "viridis",
            "svg.fonttype": "path",
            "svg.hashsalt": "lecture_utils",
        }
    )
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})


def subplots(size=SINGLE, rows=1, cols=1, **kwargs):
    """Return a figure of the given size (inches) and its axes, as `matplotlib.pyplot.subplots`."""
    return plt.subplots(rows, cols, figsize=size, **kwargs)


def histogram(ax, sample, *, bins=60, label, color=None, density=True):
    """Draw a histogram of `sample` (any shape), as a density unless `density` is False."""
    ax.hist(
        np.ravel(sample),
        bins=bins,
        density=density,
        label=label,
        color=color or COLORS["data"],
        alpha=0.45,
    )


def law(ax, law, *, label, span=None):
    """Draw the density of a frozen scipy law as the theory line.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    law : scipy.stats frozen distribution
    label : str
    span : pair of float, optional
        Where to draw; the present limits of the axes, within the support, unless given.
    """
    _draw_density(ax, law, label, span)


def _draw_density(ax, law, label, span=None):
    if span is None:
        span = np.clip(ax.get_xlim(), *law.support())
    x = np.linspace(*span, 600)
    theory_line(ax, x, law.pdf(x), label)


def theory_line(ax, x, y, label):
    """Draw a theory as a solid line in the colour of theories."""
    ax.plot(x, y, color=COLORS["theory"], label=label)


def errorbars(ax, x, y, yerr, label):
    """Draw measured values with their standard errors as points in the colour of data."""
    ax.errorbar(
        x, y, yerr=yerr, label=label, color=COLORS["data"], fmt="o", markersize=4.5, capsize=2.5
    )


_CORNERS = {
    "upper right": (0.98, 0.97, "right", "top"),
    "upper left": (0.02, 0.97, "left", "top"),
    "lower right": (0.98, 0.03, "right", "bottom"),
    "lower left": (0.02, 0.03, "left", "bottom"),
}


def show_verdict(ax, verdict, loc="upper right"):
    """Print the line of a verdict in a corner of the axes."""
    x, y, horizontal, vertical = _CORNERS[loc]
    ax.text(
        x, y, verdict.text(), transform=ax.transAxes, ha=horizontal, va=vertical, fontsize="small"
    )


def compare(ax, sample, law, *, bound, label, law_label, n_eff=None, bins=60, loc="upper right"):
    """Draw a sample over the law it should follow, with the verdict in the axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    sample : array_like
        Any shape.
    law : scipy.stats frozen distribution
    bound, n_eff
        As in `ks_verdict`.
    label, law_label : str
    bins : int or sequence
    loc : str
        Corner of the verdict; the legend is next to it.

    Returns
    -------
    Verdict
    """
    histogram(ax, sample, bins=bins, label=label)
    _draw_density(ax, law, law_label)
    ax.set_ylim(0, 1.3 * ax.get_ylim()[1])  # room for verdict and legend
    verdict = ks_verdict(sample, law, bound=bound, n_eff=n_eff)
    show_verdict(ax, verdict, loc)
    # The legend stands next to the verdict, on the side of the middle.
    ax.legend(loc=loc, bbox_to_anchor=(0, 0 if "upper" in loc else 0.07, 1, 0.93))
    return verdict


def panel(draw, **controls):
    """Show a figure with sliders where a kernel runs; in the built book it is a figure like others.

    Parameters
    ----------
    draw : callable
        ``draw(**values)`` draws one figure.
    **controls : tuple or ipywidgets widget
        One slider each: (value, minimum, maximum, step), whole numbers give whole steps.
    """
    if in_build():
        draw(**{name: _default(control) for name, control in controls.items()})
        display(plt.gcf())
        plt.close()
        return
    display(ipywidgets.interactive(draw, **{n: _widget(c) for n, c in controls.items()}))


def _default(control):
    return control[0] if isinstance(control, tuple) else control.value


def _widget(control):
    if not isinstance(control, tuple):
        return control
    whole = all(isinstance(value, int) for value in control)
    slider = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    value, low, high, step = control
    # Drawing takes longer than a mouse moves: redraw on release only.
    return slider(value=value, min=low, max=high, step=step, continuous_update=False)
