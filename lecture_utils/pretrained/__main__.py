"""The microscope as a command, for a network of your own."""

import argparse
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from lecture_utils import laws, spectra
from lecture_utils.pretrained.files import read_weights
from lecture_utils.pretrained.microscope import RATIO_SCATTER, SMALLEST, examine, extract, save

_COLUMNS = (
    "matrix                                            shape  rank   ratio  +-   "
    "MP A    edges            largest  tail a (decades)  p trunc.  p log-n."
)


def main(arguments=None):
    """Measure the levels of all weight matrices in files: a table, a figure, and the levels.

    Returns the number of files that could not be read.
    """
    options = _parser().parse_args(arguments)
    everything, failures = [], 0
    for path in options.files:
        try:
            weights = read_weights(path, trust=options.trust)
        except (OSError, ValueError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            failures += 1
            continue
        weights = {name: w for name, w in weights.items() if fnmatchcase(name, options.match)}
        found, refused = extract(
            weights, Path(path).name, heads=options.heads, smallest=options.smallest
        )
        print(f"{path}: {len(found)} matrices")
        if found:
            print(_COLUMNS)
        for spectrum in found:
            print(table_row(spectrum))
        for reason in dict.fromkeys(refused.values()):
            names = [name for name, other in refused.items() if other == reason]
            more = f" and {len(names) - 2} more" if len(names) > 2 else ""
            print(f"not taken ({reason}): {', '.join(names[:2])}{more}")
        everything += found
    if everything:
        _summarise(everything, options.output)
    return failures


def table_row(spectrum):
    """One line of the table."""
    reading = examine(spectrum)
    low, high = reading.bulk.edges
    heads = len(spectrum.levels)
    shape = f"{spectrum.rows}x{spectrum.columns}" + (f" ({heads})" if heads > 1 else "")
    name = spectrum.name if len(spectrum.name) <= 44 else "..." + spectrum.name[-41:]
    p_values = [p for _, p in reading.gains.values()]
    return (
        f"{name:44} {shape:>12} {spectrum.rank:>4}  {reading.ratio.value:.3f} "
        f"{reading.ratio.error:.3f}  {reading.bulk.amplitude:.2f}  {low:8.2g} {high:8.2g}  "
        f"{reading.largest:8.3g}  {reading.tail.exponent:6.2f} ({reading.decades:.2f})      "
        f"{p_values[0]:8.2g}  {p_values[1]:8.2g}"
    )


def _summarise(found, output):
    ratios = np.concatenate([spectra.spacing_ratios(s.levels).ravel() for s in found])
    print(
        f"all {ratios.size} ratios: {ratios.mean():.4f} +- {RATIO_SCATTER / ratios.size**0.5:.4f}"
        f" (large random matrices {laws.MEAN_SPACING_RATIO[1]:.3f},"
        f" independent levels {laws.MEAN_SPACING_RATIO[0]:.3f})"
    )
    print("p trunc., p log-n.: small where the rival fits the tail better than a power law")
    save(output.with_suffix(".npz"), found)
    draw(found, ratios).savefig(output.with_suffix(".svg"))
    print(f"levels: {output.with_suffix('.npz')}, figure: {output.with_suffix('.svg')}")


def draw(found, ratios):
    """Draw the mean ratio of each matrix, and the histogram of all ratios."""
    figure = Figure(figsize=(9.6, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    counts = np.array([len(s.levels) * (s.rank - 2) for s in found])
    means = [spectra.spacing_ratios(s.levels).mean() for s in found]
    left.errorbar(counts, means, RATIO_SCATTER / np.sqrt(counts), fmt="o", ms=4, alpha=0.7)
    for value, style in ((laws.MEAN_SPACING_RATIO[1], "-"), (laws.MEAN_SPACING_RATIO[0], "--")):
        left.axhline(value, color="black", ls=style, lw=1)
    left.set(xscale="log", xlabel="ratios of a matrix", ylabel="mean spacing ratio")
    left.xaxis.set_minor_formatter("")  # numbers at powers of ten only: others overlap
    right.hist(ratios, np.linspace(0, 1, 41), density=True, alpha=0.45, label="all matrices")
    x = np.linspace(0, 1, 200)
    for law, style, label in (
        (laws.spacing_ratio(1), "-", "random matrix"),
        (laws.poisson_spacing_ratio(), "--", "independent levels"),
    ):
        right.plot(x, law.pdf(x), style, color="black", lw=1, label=label)
    right.set(xlabel="spacing ratio", ylabel="density")
    right.legend()
    return figure


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m lecture_utils.pretrained", description="Levels of weights that you trained."
    )
    command = parser.add_subparsers(required=True).add_parser("extract", help=main.__doc__)
    command.add_argument("files", nargs="+", metavar="FILE", help="safetensors, state dict, ...")
    command.add_argument("--heads", type=int, help="attention heads of keys, queries and values")
    command.add_argument("--match", default="*", help='names to take, such as "encoder.*"')
    command.add_argument("--smallest", type=int, default=SMALLEST, help="fewest levels of a matrix")
    command.add_argument(
        "--trust", action="store_true", help="run the code that a pickle or TorchScript may hold"
    )
    command.add_argument(
        "--output", type=Path, default=Path("levels"), help="stem of the two files written"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
