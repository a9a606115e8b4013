"""The target and the machine: laws, samples, likelihood."""

import numpy as np

from lecture_utils._checks import finite_array, positive, positive_int

# ------------------------------------------------------------------ the target


def lattice_kernel(n, mass):
    """Kernel (n, n) of a free scalar field of this mass on a ring of n sites."""
    eye = np.eye(positive_int("n", n))
    return (positive("mass", mass) ** 2 + 2) * eye - np.roll(eye, 1, 0) - np.roll(eye, -1, 0)


def dispersion(n, mass):
    r"""Eigenvalues :math:`m^2+2-2\cos(2\pi k/n)` of `lattice_kernel`, *descending*, shape (n,).

    The order is that of ascending levels: the infrared mode k = 0 is last.
    """
    return positive("mass", mass) ** 2 + 2 - 2 * np.cos(2 * np.pi * _wave_numbers(n) / n)


def fourier_basis(n):
    """Real orthonormal eigenvectors of `lattice_kernel` as columns (n, n), ordered as `dispersion`.

    In a pair the sine comes first, then the cosine.
    """
    k, site = _wave_numbers(n), np.arange(n)
    first = np.append(k[1:] == k[:-1], False)  # the first of two equal wave numbers
    angle = 2 * np.pi * np.outer(site, k) / n
    basis = np.where(first, np.sin(angle), np.cos(angle))
    return basis / np.linalg.norm(basis, axis=0)


def degenerate_pairs(n):
    """Positions (pairs, 2) of the degenerate pairs among n ascending levels, infrared first."""
    upper = n - 2 - 2 * np.arange((positive_int("n", n) - 1) // 2)
    return np.stack([upper - 1, upper], axis=1)


def _wave_numbers(n):
    index = np.arange(positive_int("n", n))
    return np.sort(np.minimum(index, n - index))[::-1]


# ------------------------------------------------------------------ the machine


def kernel(weights, *, mu2=9.0, sigma_h=1.0):
    """Kernel of the visible units once the hidden ones are integrated out.

    Parameters
    ----------
    weights : array_like, shape (..., n_visible, n_hidden)
    mu2, sigma_h : float

    Returns
    -------
    ndarray, shape (..., n_visible, n_visible)
        Not positive definite where the machine has no normalisable density.
    """
    weights = finite_array("weights", weights)
    mu2, s2 = positive("mu2", mu2), positive("sigma_h", sigma_h) ** 2
    return mu2 * np.eye(weights.shape[-2]) - s2 * weights @ weights.mT


def action(visible, hidden, weights, *, mu2=9.0, sigma_h=1.0):
    """Action S of configurations (samples, n_visible) and (samples, n_hidden); shape (samples,)."""
    masses = positive("mu2", mu2) * np.sum(visible**2, -1)
    masses += np.sum(hidden**2, -1) / positive("sigma_h", sigma_h) ** 2
    return masses / 2 - np.sum((visible @ weights) * hidden, -1)


def sample_hidden(visible, weights, *, sigma_h=1.0, rng):
    """Draw hidden units (samples, n_hidden) given visible ones (samples, n_visible)."""
    mean = positive("sigma_h", sigma_h) ** 2 * visible @ weights
    return mean + sigma_h * np.random.default_rng(rng).standard_normal(mean.shape)


def sample_visible(hidden, weights, *, mu2=9.0, rng):
    """Draw visible units (samples, n_visible) given hidden ones (samples, n_hidden)."""
    mean = hidden @ weights.T / positive("mu2", mu2)
    return mean + np.random.default_rng(rng).standard_normal(mean.shape) / np.sqrt(mu2)


def gibbs(visible, weights, sweeps, *, mu2=9.0, sigma_h=1.0, rng):
    """Carry chains (samples, n_visible) on by whole sweeps: hidden units, then visible ones."""
    rng = np.random.default_rng(rng)
    for _ in range(positive_int("sweeps", sweeps)):
        hidden = sample_hidden(visible, weights, sigma_h=sigma_h, rng=rng)
        visible = sample_visible(hidden, weights, mu2=mu2, rng=rng)
    return visible


def sample(weights, samples, *, mu2=9.0, sigma_h=1.0, rng):
    """Draw independent visible units (samples, n_visible) from the exact density."""
    factor = _factor(kernel(finite_array("weights", weights, 2), mu2=mu2, sigma_h=sigma_h))
    shape = (len(factor), positive_int("samples", samples))
    return np.linalg.solve(factor.T, np.random.default_rng(rng).standard_normal(shape)).T


def log_likelihood(visible, weights, *, mu2=9.0, sigma_h=1.0):
    """Exact log density (samples,) of visible units (samples, n_visible)."""
    visible = finite_array("visible", visible, 2)
    factor = _factor(kernel(finite_array("weights", weights, 2), mu2=mu2, sigma_h=sigma_h))
    normal = np.sum(np.log(np.diag(factor))) - len(factor) / 2 * np.log(2 * np.pi)
    return normal - np.sum((visible @ factor) ** 2, axis=1) / 2


def gradient(weights, covariance, *, mu2=9.0, sigma_h=1.0):
    r"""Gradient of the mean log-likelihood, :math:`\sigma_h^2\,(C-K^{-1})\,W`.

    Parameters
    ----------
    weights : array_like, shape (..., n_visible, n_hidden)
    covariance : array_like, shape (n_visible, n_visible)
        Second moments C of the data.
    mu2, sigma_h : float

    Returns
    -------
    ndarray, shape of `weights`
    """
    k = kernel(weights, mu2=mu2, sigma_h=sigma_h)
    _factor(k)
    return sigma_h**2 * (covariance - np.linalg.inv(k)) @ weights


def _factor(k):
    try:
        return np.linalg.cholesky(k)
    except np.linalg.LinAlgError as error:
        least = np.linalg.eigvalsh(k).min()
        raise ValueError(
            f"weights must leave the kernel positive definite, got its least eigenvalue {least:.4g}"
        ) from error
