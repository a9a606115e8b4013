"""Levels without training, and pairs of levels."""

import numpy as np

from lecture_utils._checks import positive, positive_int
from lecture_utils.rbm._kernels import dyson_run
from lecture_utils.rbm.machine import degenerate_pairs, fourier_basis
from lecture_utils.rbm.training import run_streams

# ------------------------------------------------------------------ without training


def linearised_products(setting, samples, *, rng):
    r"""Draw :math:`WW^T` from the stationary law of the linearised matrix dynamics.

    Independent normal elements in the target's basis: means `targets` + `shifts`, `variances`.

    Returns
    -------
    ndarray, shape (samples, n_visible, n_visible)
    """
    n = setting.n_visible
    shape = (positive_int("samples", samples), n, n)
    normal = np.tril(np.random.default_rng(rng).standard_normal(shape))
    symmetric = (normal + np.tril(normal, -1).mT) * np.sqrt(setting.variances)
    symmetric += np.diag(setting.targets + setting.shifts)
    basis = fourier_basis(n)
    return basis @ symmetric @ basis.T


def dyson_levels(setting, steps, *, runs, corrected=True, rng):
    r"""Simulate the stochastic equation of the levels alone: drift, Coulomb repulsion and noise.

    .. math:: dx_i = \Bigl[2\alpha\sigma_h^2x_i\Bigl(\frac1{\kappa_i}-\frac1{K_i}\Bigr)
              +\sum_{j\ne i}\frac{v_{ij}}{x_i-x_j}\Bigr]dt+\sqrt{2v_{ii}}\,dB_i,
              \qquad K_i=\mu^2-\sigma_h^2x_i,

    with :math:`v_{ij}=(\alpha^2\sigma_h^4/|B|)(x_i+x_j)^2/K_iK_j` for exact data and no memory; t
    counts steps of training. This form thinks that eigenvectors point anywhere. Those of different
    :math:`\kappa` are pinned by the target, and lag a little behind it; `corrected` adds what
    follows: :math:`-2\alpha\sigma_h^4x_iV_{ij}/[(x_i-x_j)\kappa_i\kappa_j]` for each j outside
    the pair, V the `variances`, which undoes half of the repulsion, and Ito's drift
    :math:`\alpha^2\sum_j\langle G_{ij}^2\rangle x_j` of the gradient noise G.

    Steps adapt to the relaxation and to the gaps.

    Parameters
    ----------
    setting : Setting
    steps : float
        Steps of training to simulate, from the linearised law.
    runs : int
    corrected : bool
        False: the equation as written above.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (runs, n_visible)
        Ascending.
    """
    alpha, s2, kappa = setting.learning_rate, setting.sigma_h**2, setting.kappa
    steps, runs = positive("steps", steps), positive_int("runs", runs)
    variance = setting.variances
    p, x, n = setting.memory, setting.targets, setting.n_visible
    model = (1 + p) / (1 - p)
    slow = alpha / setting.batch_size * np.add.outer(x, x) / 2 * (1 + np.eye(n))
    scale = variance / (slow * (model + setting._data_noise)) / setting.batch_size
    kick = (1 + np.eye(n)) * s2**2 * (1 + setting._data_noise) / np.outer(kappa, kappa)
    ito = alpha**2 / setting.batch_size * (kick * x).sum(axis=1)
    lag = 2 * alpha * s2**2 * variance / np.outer(kappa, kappa) * (setting._inverse_gaps() != 0)
    rng = np.random.default_rng(rng)
    levels = np.linalg.eigvalsh(linearised_products(setting, runs, rng=rng))
    for stream, run in zip(run_streams(rng, range(runs)), levels, strict=True):
        dyson_run(
            stream,
            run,
            steps,
            0.02 / (alpha * np.diag(setting.rates).max()),
            alpha,
            setting.mu2 / s2,
            kappa / s2,
            scale * model,
            scale * setting._data_noise,
            ito * corrected,
            lag * corrected,
        )
    return levels


# ------------------------------------------------------------------ pairs of levels


def in_basis(products):
    """Matrices (..., n, n) on the lattice in the target's basis, ordered as the levels."""
    products = np.asarray(products, dtype=float)
    basis = fourier_basis(products.shape[-1])
    return basis.T @ products @ basis


def pair_blocks(products):
    """Blocks (..., pairs, 2, 2) of the pairs in the target's basis, infrared first.

    Parameters
    ----------
    products : array_like, shape (..., n, n)
        :math:`WW^T`.
    """
    matrices = in_basis(products)
    pairs = degenerate_pairs(matrices.shape[-1])
    return matrices[..., pairs[:, :, None], pairs[:, None, :]]


def pair_spacings(levels):
    """Spacings (..., pairs) inside the pairs of sorted levels (..., n), infrared first."""
    levels = np.asarray(levels, dtype=float)
    lower, upper = degenerate_pairs(levels.shape[-1]).T
    return levels[..., upper] - levels[..., lower]


def block_spacings(products):
    r"""Spacings (..., pairs) of the two levels of each block alone, blind to other levels.

    Their mean square is :math:`4\sigma^2`, up to corrections of relative order
    :math:`\alpha/|B|`: the mean element is displaced. Their law is the surmise at any noise, by the
    symmetry of the lattice.
    """
    blocks = pair_blocks(products)
    return np.hypot(blocks[..., 1, 1] - blocks[..., 0, 0], 2 * blocks[..., 0, 1])
