"""From tensors to levels, and what the levels of one matrix say."""

import re
from dataclasses import dataclass

import numpy as np
import torch

from lecture_utils import ensembles, spectra, tails
from lecture_utils._checks import finite_array, positive_int
from lecture_utils.estimates import mean_and_error

SMALLEST = 24
"""Fewest levels of a matrix that is looked at."""

RATIO_SCATTER = 0.307
"""Standard deviation of the mean of n neighbouring spacing ratios of a random matrix, times the
root of n. It exceeds that of one ratio, 0.255: neighbours share a spacing, and their correlation is
0.24."""

_ATTENTION = re.compile(r"(^|[._])(q|k|v|query|key|value)(_proj|_lin)?\.weight$")


@dataclass(frozen=True)
class Spectrum:
    """Levels of one matrix, or of the heads that it consists of.

    Attributes
    ----------
    source, name : str
        File or network, and the tensor's name in it.
    rows : int
        Larger side of the matrix, or of one head.
    levels : ndarray, shape (heads, columns)
        Ascending, above rounding: fewer than the smaller side where the rank is lower.
    columns : int
        Smaller side.
    """

    source: str
    name: str
    rows: int
    columns: int
    levels: np.ndarray

    @property
    def r(self):
        """Columns over rows, at most one."""
        return self.columns / self.rows

    @property
    def rank(self):
        """Number of levels above rounding."""
        return self.levels.shape[1]


def extract(weights, source="", *, heads=None, smallest=SMALLEST):
    """Levels of all matrices among the tensors of a network.

    A matrix with exactly the levels of an earlier one is the same matrix under another name, as
    where embedding and decoder are tied: it is not counted twice.

    Parameters
    ----------
    weights : dict of str to torch.Tensor or ndarray
    source : str
        Name of the network.
    heads : int, optional
        Number of attention heads: cuts keys, queries and values into one matrix each.
    smallest : int
        Fewest levels of a matrix.

    Returns
    -------
    found : list of Spectrum
    refused : dict of str to str
        For each other tensor the reason.
    """
    heads = None if heads is None else positive_int("heads", heads)
    if positive_int("smallest", smallest) < 10:
        raise ValueError(f"smallest must be at least 10, got {smallest}")
    found, refused = [], {}
    for name, tensor in weights.items():
        for part, matrices in _matrices(name, torch.as_tensor(tensor), heads):
            try:
                spectrum = _spectrum(source, part, matrices, smallest)
            except ValueError as reason:
                refused[part] = str(reason)
                continue
            twins = [s.name for s in found if np.array_equal(s.levels, spectrum.levels)]
            if twins:
                refused[part] = f"the same matrix as {twins[0]}"
            else:
                found.append(spectrum)
    return found, refused


def _matrices(name, tensor, heads):
    """Yield names and stacks (heads, out, in) of the matrices that a tensor consists of."""
    if tensor.ndim < 2 or tensor.layout != torch.strided or tensor.is_quantized:
        yield name, tensor
        return
    parts = {name: tensor}
    if name.endswith("in_proj_weight") and len(tensor) % 3 == 0:
        stem = name.removesuffix("in_proj_weight")
        parts = {
            f"{stem}{kind}.weight": part
            for kind, part in zip(("query", "key", "value"), tensor.chunk(3), strict=True)
        }
    for part, matrix in parts.items():
        cut = heads if heads and _ATTENTION.search(part) and len(matrix) % heads == 0 else 1
        yield part, matrix.reshape(cut, len(matrix) // cut, -1) if matrix.numel() else matrix


def _spectrum(source, name, matrices, smallest):
    if matrices.layout != torch.strided:
        raise ValueError("sparse")
    if matrices.is_quantized or not matrices.is_floating_point():
        raise ValueError(f"numbers of type {str(matrices.dtype).removeprefix('torch.')}")
    if matrices.ndim < 2:
        raise ValueError("a vector, not a matrix")
    rows, columns = max(matrices.shape[-2:]), min(matrices.shape[-2:])
    if columns < smallest:
        raise ValueError(f"smaller side {columns} below {smallest}")
    values = finite_array("entries", matrices)
    singular = np.linalg.svd(values, compute_uv=False)[:, ::-1]
    rounding = torch.finfo(matrices.dtype).eps * singular[:, -1:]
    rank = int((singular > rounding).sum(axis=1).min())
    if rank < smallest:
        raise ValueError(f"rank {rank} below {smallest}")
    singular = singular[:, columns - rank :]
    if np.any(np.ptp(singular, axis=1) <= 8 * rounding[:, 0]):
        raise ValueError("all levels equal, but for rounding")
    spectra.spacing_ratios(singular)  # refuses three equal levels
    return Spectrum(source, name, rows, columns, singular**2)


# ---------------------------------------------------------------- statistics


@dataclass(frozen=True)
class Reading:
    """What the levels of one matrix say.

    Attributes
    ----------
    ratio : spectra.Estimate
        Mean ratio of neighbouring spacings, with the error of a random matrix (`RATIO_SCATTER`).
    bulk : tails.Bulk
        Marchenko-Pastur law fitted below the 80 % quantile.
    largest : float
        Largest level, the mean over heads.
    tail : tails.Tail
        Power law above the threshold that suits it best.
    decades : float
        Length of the tail, from its threshold to the largest level.
    gains : dict of str to (float, float)
        For each rival of the power law its gain in log-likelihood, and the p-value for no gain.
    """

    ratio: spectra.Estimate
    bulk: tails.Bulk
    largest: float
    tail: tails.Tail
    decades: float
    gains: dict


def examine(spectrum):
    """Take the readings of a spectrum.

    Parameters
    ----------
    spectrum : Spectrum

    Returns
    -------
    Reading
    """
    ratios = spectra.spacing_ratios(spectrum.levels)
    x_min = tails.power_law_threshold(spectrum.levels, at_least=_tail_size(spectrum.levels.size))
    power = tails.fit_tail(spectrum.levels, x_min=x_min)
    rivals = [
        tails.fit_tail(spectrum.levels, law, x_min) for law in ("truncated power", "log-normal")
    ]
    return Reading(
        ratio=spectra.Estimate(float(ratios.mean()), RATIO_SCATTER / np.sqrt(ratios.size)),
        bulk=tails.marchenko_pastur_bulk(spectrum.levels, spectrum.r),
        largest=float(spectrum.levels[:, -1].mean()),
        tail=power,
        decades=float(np.log10(spectrum.levels.max() / x_min)),
        gains={rival.law: tails.compare(rival, power) for rival in rivals},
    )


def _tail_size(levels):
    """Thirty levels make a tail, or a third of a small spectrum."""
    return min(30, levels // 3)


def wishart_ratio(rows, columns, *, samples, rng):
    """Mean spacing ratio of Gaussian random matrices, with its error.

    Parameters
    ----------
    rows, columns : int
        ``columns`` at most ``rows``.
    samples : int
        At least two.
    rng : numpy.random.Generator or int

    Returns
    -------
    spectra.Estimate
    """
    levels = ensembles.wishart_spectra(samples, rows, columns, rng=rng)
    return spectra.Estimate(*mean_and_error(spectra.spacing_ratios(levels)))


# ---------------------------------------------------------------- files of levels


def save(path, found):
    """Write spectra to an ``.npz`` file: singular values, and nothing that gives back weights.

    Parameters
    ----------
    path : str or path
    found : sequence of Spectrum
    """
    np.savez_compressed(
        path,
        sources=[s.source for s in found],
        names=[s.name for s in found],
        shapes=[(s.rows, s.columns, *s.levels.shape) for s in found],
        singular_values=np.sqrt(np.concatenate([s.levels.ravel() for s in found])),
    )


def load(path):
    """Read spectra that `save` wrote.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    list of Spectrum
    """
    with np.load(path) as file:
        shapes, levels = file["shapes"], file["singular_values"] ** 2
        blocks = np.split(levels, np.cumsum(shapes[:-1, 2] * shapes[:-1, 3]))
        return [
            Spectrum(str(source), str(name), int(rows), int(columns), block.reshape(heads, rank))
            for source, name, (rows, columns, heads, rank), block in zip(
                file["sources"], file["names"], shapes, blocks, strict=True
            )
        ]
