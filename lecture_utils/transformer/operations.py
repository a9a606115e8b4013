"""Operations on the spectra of K, Q and V, with controls: what may be removed?"""

import numpy as np
import torch

from lecture_utils import tails
from lecture_utils._checks import finite_array, shape_match
from lecture_utils.transformer.model import KINDS, attention_matrices, classes
from lecture_utils.transformer.training import evaluate


def random_part(levels, kinds="KQ", *, quantile=0.8):
    """Mark the levels below the upper edge of the Marchenko-Pastur law of their class.

    Parameters
    ----------
    levels : array_like, shape (runs, layers, 3, heads, n)
    kinds : str
        Of which maps to mark any.
    quantile : float
        As in `tails.marchenko_pastur_bulk`.

    Returns
    -------
    ndarray of bool, shape (runs, layers, 3, heads, n)
    """
    levels = finite_array("levels", levels, ndim=5)
    edges = np.empty((1, *levels.shape[1:3], 1, 1))
    r = 1 / levels.shape[-2]  # a head has width/heads columns and width rows
    for edge, of_class in zip(edges.reshape(-1, 1), classes(levels), strict=True):
        edge[:] = tails.marchenko_pastur_bulk(of_class, r, quantile=quantile).edges[1]
    chosen = np.isin(list(KINDS), list(kinds))[:, None, None]
    return (levels < edges) & chosen


def prune(weights, removed):
    """Set singular values of K, Q, V to zero.

    Parameters
    ----------
    weights : dict of torch.Tensor
    removed : array_like of bool, shape (runs, layers, 3, heads, n)
        Which of the (ascending) `attention_levels`.

    Returns
    -------
    dict of torch.Tensor
        New weights.
    """
    left, values, right = _singular(weights, removed)
    return _with_matrices(weights, (left * np.where(removed, 0, values)[..., None, :]) @ right)


def replace(weights, removed, *, rng):
    """Put a fresh random matrix in the place of marked singular values of K, Q, V.

    Its entries are Gaussian, projected on what is orthogonal to the kept left and right singular
    vectors, and scaled so that the sum of its levels is that of the levels it replaces.

    Parameters
    ----------
    weights, removed
        As in `prune`.
    rng : numpy.random.Generator or int

    Returns
    -------
    dict of torch.Tensor
        New weights.
    """
    left, values, right = _singular(weights, removed)
    kept = ~np.asarray(removed)[..., None, :]
    rows, columns = left * kept, right * kept.mT
    fresh = np.random.default_rng(rng).standard_normal((*left.shape[:-1], right.shape[-1]))
    fresh -= rows @ (rows.mT @ fresh)
    fresh -= (fresh @ columns.mT) @ columns
    wanted = np.sum(np.where(removed, values, 0) ** 2, axis=-1)
    norm = np.maximum(np.sum(fresh**2, axis=(-2, -1)), np.finfo(float).tiny)
    fresh *= np.sqrt(wanted / norm)[..., None, None]
    return _with_matrices(weights, (rows * values[..., None, :]) @ right + fresh)


def surgery(weights, codes, part, *, rng):
    """Measure the loss after operations on a part of the levels, and after controls.

    Parameters
    ----------
    weights : dict of torch.Tensor
    codes : ndarray of int
        Text for `evaluate`.
    part : ndarray of bool, shape (runs, layers, 3, heads, n)
        Such as `random_part`.
    rng : numpy.random.Generator or int

    Returns
    -------
    dict of str to ndarray, shape (runs,)
        Loss of the weights as they are ("intact") and with the part pruned or replaced
        ("part pruned", "part replaced"), with as many levels of each matrix, chosen at random
        ("random pruned", ...), and with the rest of each matrix that the part touches
        ("rest pruned", ...).
    """
    rng = np.random.default_rng(rng)
    part = np.asarray(part)
    touched = part.any(axis=-1, keepdims=True)
    marks = {"part": part, "random": rng.permuted(part, axis=-1), "rest": touched & ~part}
    result = {"intact": evaluate(weights, codes)}
    for name, mark in marks.items():
        result[f"{name} pruned"] = evaluate(prune(weights, mark), codes)
        result[f"{name} replaced"] = evaluate(replace(weights, mark, rng=rng), codes)
    return result


def _singular(weights, removed):
    """Singular vectors and values of all K, Q, V, the values ascending."""
    matrices = attention_matrices(weights).numpy().astype(np.float64)
    shape_match("removed", np.asarray(removed), (*matrices.shape[:-2], matrices.shape[-1]))
    left, values, right = np.linalg.svd(matrices, full_matrices=False)
    return left[..., ::-1], values[..., ::-1], right[..., ::-1, :]


def _with_matrices(weights, matrices):
    kqv = torch.from_numpy(matrices).to(weights["kqv"].dtype).permute(0, 1, 4, 2, 3, 5)
    return weights | {"kqv": kqv.contiguous()}
