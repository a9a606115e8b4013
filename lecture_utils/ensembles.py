r"""Random-matrix ensembles: matrices and, much faster, their levels alone.

Conventions
-----------
One rule fixes every scale: *each independent real component of an off-diagonal entry has variance*
:math:`\sigma^2/2`, *each diagonal entry has variance* :math:`\sigma^2`. The symmetry class only
decides how many components there are, :math:`\beta = 1, 2, 4` (real, complex, quaternion). Hence

.. math::

    P(x_1, \dots, x_n) = \frac1Z \prod_{i<j} |x_i - x_j|^\beta\; e^{-\sum_i x_i^2/(2\sigma^2)},
    \qquad \text{edge} \simeq \sigma\sqrt{2\beta n}.

For :math:`\beta = 1` this is the stationary law of the lecture. The weight of a single level does
not depend on :math:`\beta`: it belongs to the potential, while :math:`\beta` belongs to the
repulsion. The same rule scales the Laguerre (Wishart) ensemble :math:`X = W^\dagger W`: each real
component of an entry of :math:`W` has variance :math:`\sigma^2`.

Shapes: samples first, levels last and ascending, ``(samples, n)``.
"""

import numpy as np
from scipy.linalg.lapack import dsterf

from lecture_utils._checks import finite_array, positive, positive_int, shape_match

__all__ = [
    "gaussian_matrices",
    "gaussian_spectra",
    "kramers_levels",
    "tridiagonal_levels",
    "wishart_matrices",
    "wishart_spectra",
]

# Up to this size the batched dense solver is quicker than a Python loop over dsterf.
_SMALL = 9


def gaussian_matrices(samples, n, *, beta=1, sigma=1.0, rng):
    r"""Draw dense matrices of the Gaussian ensembles: GOE, GUE or GSE.

    Parameters
    ----------
    samples, n : int
        Number of matrices, and number of (distinct) levels of each.
    beta : {1, 2, 4}
        Symmetry class: real symmetric, complex hermitian, quaternion self-dual.
    sigma : float
        Standard deviation of a diagonal entry; each real component of an off-diagonal entry has
        variance ``sigma**2 / 2``.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (samples, n, n), or (samples, 2 n, 2 n) for ``beta=4``
        The quaternion matrices come in their complex representation, in which each level appears
        twice; `kramers_levels` counts it once.

    Raises
    ------
    ValueError
        If a size or ``sigma`` is not positive, or ``beta`` is not 1, 2 or 4.

    References
    ----------
    Mehta, *Random Matrices* (3rd ed., 2004), chapter 2.

    Examples
    --------
    >>> gaussian_matrices(3, 2, beta=4, rng=0).shape
    (3, 4, 4)
    """
    samples, n = positive_int("samples", samples), positive_int("n", n)
    if beta not in (1, 2, 4):
        raise ValueError(
            f"beta must be 1, 2 or 4 for dense matrices (real, complex, quaternion), got {beta!r}"
        )
    scale = positive("sigma", sigma) / 2
    rng = np.random.default_rng(rng)

    square = _normal((samples, n, n), components=min(beta, 2), rng=rng)
    hermitian = scale * (square + _dagger(square))
    if beta < 4:
        return hermitian
    square = _normal((samples, n, n), components=2, rng=rng)
    antisymmetric = scale * (square - square.swapaxes(-1, -2))
    return np.block([[hermitian, antisymmetric], [-antisymmetric.conj(), hermitian.conj()]])


def wishart_matrices(samples, m, n, *, beta=1, sigma=1.0, rng):
    r"""Draw :math:`X = W^\dagger W` with an m x n Gaussian matrix W, real or complex.

    Parameters
    ----------
    samples, m, n : int
        Number of matrices; W has m rows and n columns. For m < n the matrix X has n - m zero
        levels.
    beta : {1, 2}
        1: real entries, 2: complex entries.
    sigma : float
        Standard deviation of each real component of an entry of W.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (samples, n, n)

    Raises
    ------
    ValueError
        If a size or ``sigma`` is not positive, or ``beta`` is not 1 or 2.
    """
    sizes = {"samples": samples, "m": m, "n": n}
    shape = tuple(positive_int(name, value) for name, value in sizes.items())
    if beta not in (1, 2):
        raise ValueError(f"beta must be 1 or 2 (real or complex entries), got {beta!r}")
    rng = np.random.default_rng(rng)
    weights = positive("sigma", sigma) * _normal(shape, components=beta, rng=rng)
    return _dagger(weights) @ weights


def gaussian_spectra(samples, n, *, beta=1.0, sigma=1.0, rng):
    r"""Draw the levels of the Gaussian beta ensemble, for any real beta > 0.

    The levels are those of a random tridiagonal matrix with diagonal
    :math:`\mathcal N(0, \sigma^2)` and off-diagonal
    :math:`\sigma\,\chi_{\beta(n-1)}/\sqrt2, \dots, \sigma\,\chi_{\beta}/\sqrt2`: no dense matrix
    is ever made. For beta = 1, 2, 4 the law is exactly that of GOE, GUE and GSE.

    Parameters
    ----------
    samples, n : int
        Number of spectra, number of levels of each.
    beta : float
        Strength of the repulsion.
    sigma : float
        Width of the single-level weight :math:`e^{-x^2/2\sigma^2}`.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (samples, n)
        Levels, ascending.

    Raises
    ------
    ValueError
        If a size, ``beta`` or ``sigma`` is not positive.

    References
    ----------
    Dumitriu and Edelman, J. Math. Phys. 43 (2002) 5830, with their weight
    :math:`e^{-\lambda^2/2}`, that is sigma = 1.

    Examples
    --------
    >>> gaussian_spectra(5, 3, rng=0).shape
    (5, 3)
    """
    samples, n = positive_int("samples", samples), positive_int("n", n)
    beta, sigma = positive("beta", beta), positive("sigma", sigma)
    rng = np.random.default_rng(rng)
    diagonal = rng.standard_normal((samples, n))
    # chi_k / sqrt(2) is the root of a Gamma(k/2) variate: all of them in one call.
    off_diagonal = np.sqrt(rng.standard_gamma(beta / 2 * np.arange(n - 1, 0, -1), (samples, n - 1)))
    return sigma * tridiagonal_levels(diagonal, off_diagonal)


def wishart_spectra(samples, m, n, *, beta=1.0, sigma=1.0, rng):
    r"""Draw the levels of the Laguerre (Wishart) beta ensemble, for any real beta > 0.

    For beta = 1 these are the eigenvalues of :math:`X = W^TW`, with W an m x n matrix of
    independent :math:`\mathcal N(0, \sigma^2)` entries. In general

    .. math::

        P(x) \propto \prod_{i<j}|x_i-x_j|^\beta \prod_i x_i^{\beta(m-n+1)/2-1} e^{-x_i/2\sigma^2}.

    Parameters
    ----------
    samples, m, n : int
        Number of spectra; rows and columns of W, with n <= m.
    beta, sigma : float
        Strength of the repulsion; standard deviation of a real component of W.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (samples, n)
        Levels of X, ascending, never negative.

    Raises
    ------
    ValueError
        If an argument is not positive, or n > m.

    References
    ----------
    Dumitriu and Edelman, J. Math. Phys. 43 (2002) 5830 (bidiagonal model).
    """
    samples, m = positive_int("samples", samples), positive_int("m", m)
    n = positive_int("n", n, at_most=m, why="the number of rows m")
    beta, sigma = positive("beta", beta), positive("sigma", sigma)
    rng = np.random.default_rng(rng)
    # The bidiagonal matrix, read diagonal, subdiagonal, diagonal, ..., is the off-diagonal of a
    # symmetric tridiagonal matrix with levels +-(singular value). Unlike forming B^T B this keeps
    # the smallest levels accurate and non-negative.
    degrees = np.empty(2 * n - 1)
    degrees[::2] = beta * np.arange(m, m - n, -1)
    degrees[1::2] = beta * np.arange(n - 1, 0, -1)
    chi = np.sqrt(2 * rng.standard_gamma(degrees / 2, (samples, 2 * n - 1)))
    singular_values = tridiagonal_levels(np.zeros((samples, 2 * n)), chi)[:, n:]
    return np.sort((sigma * singular_values) ** 2)


def tridiagonal_levels(diagonal, off_diagonal):
    """Return the eigenvalues of a batch of real symmetric tridiagonal matrices.

    Parameters
    ----------
    diagonal : array_like, shape (samples, n)
    off_diagonal : array_like, shape (samples, n - 1)

    Returns
    -------
    ndarray, shape (samples, n)
        Eigenvalues, ascending.

    Raises
    ------
    ValueError
        If the shapes do not belong together or an entry is not finite.

    Examples
    --------
    >>> tridiagonal_levels([[0.0, 0.0]], [[1.0]])
    array([[-1.,  1.]])
    """
    diagonal = finite_array("diagonal", diagonal, ndim=2)
    samples, n = diagonal.shape
    if n == 1:
        return diagonal.copy()
    off_diagonal = finite_array("off_diagonal", off_diagonal)
    shape_match("off_diagonal", off_diagonal, (samples, n - 1), "one less than diagonal")
    if n <= _SMALL:
        # eigvalsh reads the lower triangle only.
        dense = np.zeros((samples, n, n))
        index = np.arange(n)
        dense[:, index, index] = diagonal
        dense[:, index[1:], index[:-1]] = off_diagonal
        return np.linalg.eigvalsh(dense)
    levels = np.empty((samples, n))
    for row, d, e in zip(levels, diagonal, off_diagonal, strict=True):
        row[:], _ = dsterf(d, e)
    return levels


def kramers_levels(matrices):
    """Return the levels of quaternion self-dual matrices, each Kramers pair counted once.

    Parameters
    ----------
    matrices : array_like, shape (..., 2 n, 2 n)
        Hermitian matrices whose levels are doubly degenerate by symmetry.

    Returns
    -------
    ndarray, shape (..., n)
        Levels, ascending.

    Raises
    ------
    ValueError
        If the levels do not come in pairs.
    """
    levels = np.linalg.eigvalsh(matrices)
    if levels.shape[-1] % 2:
        raise ValueError(f"matrices must have an even size, got {levels.shape[-1]}")
    splitting = np.max(levels[..., 1::2] - levels[..., ::2], axis=-1)
    unpaired = splitting > 1e-9 * np.max(np.abs(levels), axis=-1)  # each by its own scale
    if np.any(unpaired):
        raise ValueError(
            "matrices must have doubly degenerate levels, got a pair split by "
            f"{np.max(splitting[unpaired]):.3g}"
        )
    return levels[..., ::2]


def _normal(shape, *, components, rng):
    """Return normal entries with unit variance for each real component."""
    real = rng.standard_normal(shape)
    return real if components == 1 else real + 1j * rng.standard_normal(shape)


def _dagger(matrices):
    return matrices.conj().swapaxes(-1, -2)
