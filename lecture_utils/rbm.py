r"""The Gaussian restricted Boltzmann machine: trained, sampled, and predicted without a fit.

The model
---------
Visible units :math:`\phi` and hidden units h have the joint density :math:`e^{-S}/Z`,

.. math:: S(\phi, h) = \tfrac12\mu^2\phi^T\phi + \frac{h^Th}{2\sigma_h^2} - \phi^TWh .

Integrating h out leaves a Gaussian with kernel (inverse covariance)
:math:`K=\mu^2-\sigma_h^2WW^T`: the machine exists as long as K is positive definite. The target
is a free scalar field on a ring; the eigenvalues :math:`\kappa` of its kernel, :math:`m^2` plus the
Laplacian of the lattice, come in degenerate pairs. A perfect machine has levels
:math:`x^*=(\mu^2-\kappa)/\sigma_h^2` of :math:`WW^T`. One update is

.. math:: W' = W + \alpha\,\sigma_h^2\,(C_\mathrm{data}-C_\mathrm{model})\,W,

with h averaged out, and :math:`C_\mathrm{model}` the second moments of :math:`|B|` Markov chains
which k sweeps carry on from the last update (persistent contrastive divergence).

Conventions: :math:`W` is (visible, hidden), runs come first, levels last and ascending; so the
softest, infrared mode is the *last* level. Pairs are numbered from the infrared.

References
----------
G. Aarts, B. Lucini and C. Park, Phys. Rev. D 109 (2024) 034521 (the model, the regulator) and
Phys. Rev. E 111 (2025) 015303 (its matrix dynamics, the published spacings).
"""

import argparse
import json
import time
from dataclasses import KW_ONLY, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numba import njit
from scipy import stats
from scipy.optimize.elementwise import find_root

import lecture_utils
from lecture_utils import sweep
from lecture_utils._checks import finite_array, positive, positive_int, shape_match
from lecture_utils.estimates import mean_and_error

# Compiled sums may be reordered; infinity and NaN keep their meaning.
_FAST = {"reassoc", "contract"}
_DATA = ("exact", "batches", "epochs")


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


# ------------------------------------------------------------------ a setting and its theory


@dataclass(frozen=True)
class Setting:
    r"""What is trained, how, and what theory says about it.

    Theory is linear response around the target, with one factor of batch noise: good to first
    order in :math:`\alpha/|B|`, exact in the memory of the chains, and exact in :math:`\alpha`
    where `variances` is concerned. Arrays follow the ascending levels, (n_visible,).

    Parameters
    ----------
    learning_rate : float
        :math:`\alpha`.
    batch_size : int
        :math:`|B|`: number of persistent chains, and size of a batch of data.
    sweeps : int
        k, Gibbs sweeps of the chains before each update.
    mu2, sigma_h, mass : float
    n_visible : int
    n_hidden : int, optional
        As `n_visible` if not given.
    data : {"exact", "batches", "epochs"}
        Data term: the covariance itself; batches of independent samples; or a finite data set
        that is reshuffled and dealt out in batches (theory then counts no noise from data).
    """

    learning_rate: float
    batch_size: int
    _: KW_ONLY
    sweeps: int = 3
    mu2: float = 9.0
    sigma_h: float = 1.0
    mass: float = 2.0
    n_visible: int = 10
    n_hidden: int | None = None
    data: str = "exact"

    def __post_init__(self):
        """Check all fields and fill in `n_hidden`."""
        for name in ("learning_rate", "mu2", "sigma_h", "mass"):
            object.__setattr__(self, name, positive(name, getattr(self, name)))
        if self.n_hidden is None:
            object.__setattr__(self, "n_hidden", self.n_visible)
        for name in ("batch_size", "sweeps", "n_visible", "n_hidden"):
            object.__setattr__(self, name, positive_int(name, getattr(self, name)))
        if self.data not in _DATA:
            raise ValueError(f"data must be one of {', '.join(_DATA)}, got {self.data!r}")

    @property
    def kappa(self):
        """Eigenvalues of the target's kernel, descending."""
        return dispersion(self.n_visible, self.mass)

    @property
    def targets(self):
        r"""Levels of the best machine: :math:`x^*`, or 0 for modes out of its reach.

        Out of reach are modes with :math:`\kappa>\mu^2`, and the stiffest ones if there are fewer
        hidden than visible units.
        """
        x = np.maximum(self.mu2 - self.kappa, 0) / self.sigma_h**2
        x[: max(0, self.n_visible - self.n_hidden)] = 0
        return x

    @property
    def pairs(self):
        """Positions (pairs, 2) of the degenerate pairs, infrared first."""
        return degenerate_pairs(self.n_visible)

    @property
    def rates(self):
        r"""Relaxation :math:`\Omega_{ij}=\sigma_h^4(x_i+x_j)/\kappa_i\kappa_j` of :math:`Y_{ij}`.

        Shape (n_visible, n_visible), per unit of learning rate times steps.
        """
        x = self._reached()
        return self.sigma_h**4 * np.add.outer(x, x) / np.outer(self.kappa, self.kappa)

    @property
    def memory(self):
        r"""Part :math:`p_{ij}` of the chains' second moments that survives k sweeps, (n, n)."""
        r = self.sigma_h**2 * self.targets / self.mu2
        return np.outer(r, r) ** self.sweeps

    @property
    def variances(self):
        r"""Stationary variances of the elements of :math:`WW^T` in the target's basis, (n, n).

        In a degenerate pair the diagonal is :math:`\sigma^2`, the rest half of it: GOE.
        """
        return self._moments()[0]

    @property
    def sigma2(self):
        r""":math:`\sigma_i^2`; :math:`2x_i\alpha/|B|` at leading order, exact data and p = 0."""
        return np.diag(self.variances)

    @property
    def noise2(self):
        r""":math:`\tilde g_i^2=4\sigma_h^4x_i^2/\kappa_i^2\,[(1+p)/(1-p)+\text{data}]`.

        The noise of a level in the slow limit: ``sigma2`` tends to learning_rate/batch_size times
        ``noise2 / diag(rates)``.
        """
        p = np.diag(self.memory)
        single = (self._reached() / self.kappa) ** 2
        return 4 * self.sigma_h**4 * single * ((1 + p) / (1 - p) + self._data_noise)

    @property
    def shifts(self):
        r"""Mean of :math:`(WW^T)_{ii}` less its target: there is no perfect learning."""
        variance, chains, post, noise = self._moments()
        s2, kappa, k = self.sigma_h**2, self.kappa, self.sweeps
        r = s2 * self.targets / self.mu2
        # Derivative of the k-th power of a matrix with eigenvalues r.
        powers = r[:, None, None] ** np.arange(k) * r[:, None] ** np.arange(k)[::-1]
        mixing = 2 * (r**k / (1 - r ** (2 * k)))[:, None] * s2 / self.mu2 * powers.sum(axis=-1)
        lag = mixing * (post - s2 * variance / np.outer(kappa, kappa))
        mean_chains = -self.learning_rate * s2 / 2 * (chains + noise).sum(axis=1)
        curvature = s2**2 * (variance / kappa).sum(axis=1) / kappa**2
        return kappa**2 / s2 * (mean_chains - curvature - lag.sum(axis=1))

    @property
    def level_shifts(self):
        """Mean of each level less its target; for a pair, of the mean of its two levels.

        The `shifts`, and the push of all levels that are not in the same pair.
        """
        return self.shifts + (self.variances * self._inverse_gaps()).sum(axis=1)

    @property
    def squeeze(self):
        r"""Relative change of a pair's mean square spacing by its neighbours, (pairs,).

        Sorted levels feel the elements of :math:`WW^T` that connect a pair to other levels;
        the block of the pair alone does not. Degenerate perturbation theory to third order, for
        normal elements: :math:`-\sum_j\bigl(2V_j-V_j^2/V\bigr)/(x-x_j)^2`, V inside the pair, off
        the diagonal. Third cumulants of real training add to it at the same order.
        """
        i, partner = self.pairs.T
        v, inside = self.variances[i], self.variances[i, partner][:, None]
        return -((2 * v - v**2 / inside) * self._inverse_gaps()[i] ** 2).sum(axis=1)

    @property
    def relaxation_steps(self):
        """Steps after which a deviation of each level has fallen by a factor e."""
        return 1 / (self.learning_rate * np.diag(self.rates))

    def flow(self, time, start):
        """Level of each mode under exact gradients, eigenvectors aligned with the target.

        Parameters
        ----------
        time : array_like, shape (times,)
            Learning rate times number of steps.
        start : float
            Level at time zero, below all targets.

        Returns
        -------
        ndarray, shape (times, n_visible)
        """
        time = finite_array("time", time, 1)[:, None]
        self.flow_time(start, start)
        # As a function of y = log(x/(x* - x)) time is smooth, with a slope that never vanishes.
        origin = np.log(start / (self.targets - start))
        reach = 4 * self.sigma_h**4 * self.targets / self.kappa**2 * np.abs(time).max() + 1
        end = find_root(
            lambda y, late, *mode: self._time_of(y, *mode) - late,
            (origin - reach, origin + reach),
            args=(time + self._time_of(origin, self.targets, self.kappa), self.targets, self.kappa),
        )
        return self.targets / (1 + np.exp(-end.x))

    def flow_time(self, x, start):
        r"""Time of each mode from level `start` to level x under exact gradients, closed form.

        :math:`\dot x=2\sigma_h^4x(x^*-x)/[\kappa(\mu^2-\sigma_h^2x)]`, hence
        :math:`t=\frac{\kappa}{2\sigma_h^4x^*}\bigl[\mu^2\ln\frac{x}{x_0}
        -\kappa\ln\frac{x^*-x}{x^*-x_0}\bigr]`.

        Parameters
        ----------
        x : array_like, shape (..., n_visible)
            Between zero and the targets.
        start : float

        Returns
        -------
        ndarray, shape (..., n_visible)
        """
        target = self._reached()
        start = positive("start", start)
        x = finite_array("x", x)
        if start >= target.min() or np.any(x <= 0) or np.any(x >= target):
            raise ValueError(
                f"x and start must lie between 0 and the targets {target}, got {x} and {start}"
            )
        ends = np.log(start / (target - start)), np.log(x / (target - x))
        begin, end = (self._time_of(y, target, self.kappa) for y in ends)
        return end - begin

    def _time_of(self, y, target, kappa):
        """Time at which a mode reaches y = log(x/(x* - x)), up to a constant."""
        logs = kappa * np.logaddexp(0, y) - self.mu2 * np.logaddexp(0, -y)
        return kappa / (2 * self.sigma_h**4 * target) * logs

    @property
    def _data_noise(self):
        return 1.0 if self.data == "batches" else 0.0

    def _reached(self):
        """Return the targets; theory needs all of them above zero."""
        x = self.targets
        if x.min() <= 0:
            raise ValueError(
                f"mu2 must exceed {self.kappa.max():.4g} (the largest kappa) and n_hidden reach"
                f" {self.n_visible} (n_visible) for theory, got {self.mu2} and {self.n_hidden}"
            )
        return x

    def _inverse_gaps(self):
        """1/(x_i - x_j), zero inside a pair; (n, n)."""
        gaps = np.subtract.outer(self.targets, self.targets)
        apart = np.abs(gaps) > 1e-9 * self.mu2
        return np.divide(1.0, gaps, out=np.zeros_like(gaps), where=apart)

    def _moments(self):
        r"""Stationary second moments of the linear recursion for each element ij, all (n, n).

        With :math:`a=\alpha\sigma_h^2(x_i+x_j)`, :math:`b=\sigma_h^2/\kappa_i\kappa_j`:
        chains :math:`c'=pc+(1-p)by+\zeta`, then :math:`y'=y-a(c'-d)`. Returns the variances of y
        and c, their covariance after an update, and the variance of the data's noise d.
        """
        p, step = self.memory, self.learning_rate * self.rates
        x, kappa, data = self.targets, self.kappa, self._data_noise
        single = (1 + np.eye(self.n_visible)) / (self.batch_size * np.outer(kappa, kappa))
        m = (1 + p) / (1 - p)
        if np.any(step >= 2 * m):
            raise ValueError(
                f"learning_rate must be below {self.learning_rate * np.min(2 * m / step):.4g}"
                f" (the limit of stability), got {self.learning_rate}"
            )
        a = self.learning_rate * self.sigma_h**2 * np.add.outer(x, x)
        chains = single * (1 + step * data / 2) / (1 - step / (2 * m))
        noise = data * single
        variance = a**2 / (2 * step) * (m * chains + noise)
        return variance, chains, a * (noise - chains) / 2, noise


# ------------------------------------------------------------------ training


@dataclass(frozen=True)
class Training:
    """What was recorded of many runs.

    Attributes
    ----------
    steps : ndarray, shape (times,)
        Numbers of updates after which was recorded.
    products : ndarray, shape (runs, times, n_visible, n_visible)
        :math:`WW^T`; NaN once a run is lost.
    lost_at : ndarray, shape (runs,)
        Number of updates after which the kernel was not positive definite any more; -1 for runs
        that lived to the end. To leave lost runs out is to condition on survival: say how many.
    weights : ndarray, shape (runs, n_visible, n_hidden)
        At the end, or when the run was lost.
    """

    steps: np.ndarray
    products: np.ndarray
    lost_at: np.ndarray
    weights: np.ndarray

    @property
    def survived(self):
        """Which runs lived to the end, (runs,)."""
        return self.lost_at < 0

    @property
    def levels(self):
        """Eigenvalues of the products, (runs, times, n_visible), ascending."""
        alive = np.isfinite(self.products[..., 0, 0])
        levels = np.full(self.products.shape[:-1], np.nan)
        levels[alive] = np.linalg.eigvalsh(self.products[alive])
        return levels


def log_spaced_steps(last, points=50):
    """Different whole numbers from 1 to `last`, about evenly spaced in their logarithms."""
    last = positive_int("last", last)
    return np.unique(np.geomspace(1, last, positive_int("points", points)).round().astype(int))


def train(setting, record, *, runs, start=0.1, data_set=None, explicit=False, rng):
    r"""Train many machines by persistent contrastive divergence.

    The k sweeps of a chain are one Gaussian step, :math:`\phi'=M^k\phi+\sqrt Q\,z` with
    :math:`M=\sigma_h^2WW^T/\mu^2`, :math:`Q=\mu^{-2}\sum_{l<2k}M^l`, and the update needs the
    chains' Gram matrix only. If there are more chains than visible units they are carried along as
    a square root of it, with Bartlett's Wishart noise for the columns that are left out: the same
    law, at a cost that does not grow with :math:`|B|`.

    Parameters
    ----------
    setting : Setting
    record : array_like of int, shape (times,)
        Ascending numbers of updates after which to record; the last one ends the training.
    runs : int or range
        How many, or which: the random stream of run r depends on `rng` and r alone, so that
        ``range(50)`` and ``range(50, 100)`` with one integer `rng` are ``100`` in two parts.
    start : float or "target"
        Standard deviation of normal initial weights (Marchenko and Pastur's levels), with chains
        at :math:`\phi=1`; or the best machine, with chains in equilibrium with it.
    data_set : array_like, shape (samples, n_visible) or (runs, samples, n_visible), optional
        Rows to learn from in place of the target: all in every update for "exact", drawn with
        replacement for "batches". Needed for "epochs".
    explicit : bool
        Carry every chain along.
    rng : numpy.random.Generator or int

    Returns
    -------
    Training
    """
    record = _record(record)
    which = runs if isinstance(runs, range) else range(positive_int("runs", runs))
    shape = (positive_int("runs", len(which)), setting.n_visible, setting.n_hidden)
    if start != "target":
        start = positive("start", start)
    rows, target = _rows(setting, data_set, len(which)), _target_covariance(setting)
    factor = np.linalg.cholesky(target)
    products = np.full((shape[0], len(record), shape[1], shape[1]), np.nan)
    weights, lost_at = np.empty(shape), np.empty(shape[0], dtype=int)
    for r, stream in enumerate(_streams(rng, which)):
        weights[r], chains = _initial(setting, start, stream)
        if not explicit and setting.batch_size > setting.n_visible:
            chains = _root(chains @ chains.T)
        exact = target.copy() if data_set is None else rows[r].T @ rows[r] / rows.shape[1]
        lost_at[r] = _train_run(
            stream,
            weights[r],
            chains,
            record,
            setting.learning_rate,
            setting.batch_size,
            setting.sweeps,
            setting.mu2,
            setting.sigma_h**2,
            _DATA.index(setting.data),
            exact,
            factor,
            rows[r],
            products[r],
        )
    return Training(record, products, lost_at, weights)


def stationary(setting, *, runs, snapshots=1, rng):
    """Train from the target until the pairs have forgotten it, and on.

    The first record comes after six relaxation times of the slowest pair, the others follow at
    distances of three, so that snapshots of one run are all but independent.

    Parameters
    ----------
    setting : Setting
    runs : int or range
    snapshots : int
        Records of each run.
    rng : numpy.random.Generator or int

    Returns
    -------
    Training
    """
    if not setting.pairs.size:
        raise ValueError(f"n_visible must be at least 3 (one pair), got {setting.n_visible}")
    slowest = setting.relaxation_steps[setting.pairs].max()
    waits = 3 * slowest * np.arange(2, 2 + positive_int("snapshots", snapshots))
    return train(setting, np.ceil(waits), runs=runs, start="target", rng=rng)


def train_exactly(setting, record, weights, *, covariance=None):
    """Follow exact gradients, without any noise; the batch size plays no part.

    Parameters
    ----------
    setting : Setting
    record : array_like of int, shape (times,)
    weights : array_like, shape (runs, n_visible, n_hidden)
        At the start.
    covariance : array_like, shape (n_visible, n_visible), optional
        Of the data; the target's if not given.

    Returns
    -------
    Training
        Runs are lost if the learning rate is too large.
    """
    record = _record(record)
    weights = finite_array("weights", weights, 3).copy()
    shape_match("weights", weights, (None, setting.n_visible, setting.n_hidden))
    model = dict(mu2=setting.mu2, sigma_h=setting.sigma_h)
    covariance = _target_covariance(setting) if covariance is None else covariance
    products = np.full((len(weights), len(record), *covariance.shape), np.nan)
    lost_at = np.full(len(weights), -1)
    alive = np.arange(len(weights))
    for step in range(record[-1] + 1):
        least = np.linalg.eigvalsh(kernel(weights[alive], **model))[:, 0]
        lost_at[alive[least <= 0]] = step
        alive = alive[least > 0]
        if not alive.size:
            break
        if step in record:
            products[alive, record.searchsorted(step)] = weights[alive] @ weights[alive].mT
        if step < record[-1]:
            weights[alive] += setting.learning_rate * gradient(weights[alive], covariance, **model)
    return Training(record, products, lost_at, weights)


def _record(record):
    steps = finite_array("record", record, 1)
    if steps[0] < 0 or np.any(np.diff(steps) <= 0) or np.any(steps != np.rint(steps)):
        raise ValueError(f"record must hold ascending whole numbers, got {record}")
    return steps.astype(int)


def _rows(setting, data_set, runs):
    n = setting.n_visible
    if data_set is None:
        if setting.data == "epochs":
            raise ValueError("data_set must be given for data = 'epochs', got None")
        return np.broadcast_to(np.empty((0, n)), (runs, 0, n))
    rows = finite_array("data_set", data_set, (2, 3))
    samples = rows.shape[-2]
    shape_match("data_set", rows, (*(runs,) * (rows.ndim - 2), None, n), "runs, samples, n_visible")
    if setting.data == "epochs" and samples % setting.batch_size:
        raise ValueError(f"batch_size must divide {samples} (rows), got {setting.batch_size}")
    return np.broadcast_to(rows, (runs, samples, n))


def _target_covariance(setting):
    return np.linalg.inv(lattice_kernel(setting.n_visible, setting.mass))


def _streams(rng, which):
    """Generators of the runs `which`: they depend on `rng` and the number of the run alone."""
    if isinstance(rng, np.random.Generator):
        root = rng.bit_generator.seed_seq.spawn(1)[0]
    else:
        root = np.random.SeedSequence(rng)
    for r in which:
        yield np.random.default_rng(
            np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, r))
        )


def _initial(setting, start, stream):
    """Weights (n_visible, n_hidden) and chains (n_visible, batch_size) at the start."""
    shape = (setting.n_visible, setting.n_hidden)
    if start != "target":
        return start * stream.standard_normal(shape), np.ones((shape[0], setting.batch_size))
    kept = min(shape)
    best = fourier_basis(shape[0])[:, -kept:] * np.sqrt(setting.targets[-kept:])
    weights = np.hstack([best, np.zeros((shape[0], shape[1] - kept))])
    model = dict(mu2=setting.mu2, sigma_h=setting.sigma_h)
    return weights, sample(weights, setting.batch_size, **model, rng=stream).T.copy()


def _root(gram):
    """Square root of a positive semidefinite matrix, which may be singular."""
    levels, vectors = np.linalg.eigh(gram)
    return vectors * np.sqrt(np.maximum(levels, 0))


@njit(fastmath=_FAST)
def _times(a, b, out):
    """out = a b."""
    for i in range(a.shape[0]):
        out[i] = 0.0
        for k in range(a.shape[1]):
            factor = a[i, k]
            for j in range(b.shape[1]):
                out[i, j] += factor * b[k, j]


@njit(fastmath=_FAST)
def _outer(a, out):
    """out = a a^T."""
    for i in range(a.shape[0]):
        for j in range(i + 1):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * a[j, k]
            out[i, j] = total
            out[j, i] = total


@njit(fastmath=_FAST)
def _cholesky(a, out):
    """Lower triangular out with a = out out^T; False if there is none."""
    n = a.shape[0]
    for j in range(n):
        pivot = a[j, j]
        for k in range(j):
            pivot -= out[j, k] ** 2
        if not pivot > 0:
            return False
        out[j, j] = np.sqrt(pivot)
        for i in range(j + 1, n):
            total = a[i, j]
            for k in range(j):
                total -= out[i, k] * out[j, k]
            out[i, j] = total / out[j, j]
            out[j, i] = 0.0
    return True


@njit
def _bartlett(rng, dof, out, first):
    """Fill columns from `first` on so that their product with the transpose is Wishart."""
    for i in range(out.shape[0]):
        for j in range(out.shape[1] - first):
            if i < j or j >= dof:
                out[i, first + j] = 0.0
            elif i == j:
                out[i, first + j] = np.sqrt(2 * rng.standard_gamma((dof - j) / 2))
            else:
                out[i, first + j] = rng.standard_normal()


@njit
def _deal(rng, order, position, batch, replace, rows, moments):
    """Second moments of a batch of rows; returns the position in the epoch after it."""
    n = moments.shape[0]
    for i in range(n):
        for j in range(n):
            moments[i, j] = 0.0
    for _ in range(batch):
        if replace:
            row = int(rng.random() * rows.shape[0])
        else:
            position %= order.size
            other = position + int(rng.random() * (order.size - position))  # a step of a shuffle
            row, order[other] = order[other], order[position]
            order[position] = row
            position += 1
        for i in range(n):
            for j in range(n):
                moments[i, j] += rows[row, i] * rows[row, j] / batch
    return position


@njit(fastmath=_FAST)
def _sweep_matrices(product, sweeps, mu2, s2, power, spread, once, work):
    """M^k and Q of `train`; product = W W^T."""
    n = product.shape[0]
    for i in range(n):
        for j in range(n):
            once[i, j] = s2 / mu2 * product[i, j]
            power[i, j] = once[i, j]
            spread[i, j] = 1.0 if i == j else 0.0
    for _ in range(sweeps - 1):  # spread = 1 + M + ... + M^(k-1)
        for i in range(n):
            for j in range(n):
                spread[i, j] += power[i, j]
                work[i, j] = power[i, j]
        _times(work, once, power)
    _times(power, spread, work)
    for i in range(n):
        for j in range(n):
            spread[i, j] = (spread[i, j] + work[i, j]) / mu2


@njit(fastmath=_FAST)
def _train_run(
    rng, weights, chains, record, rate, batch, sweeps, mu2, s2, mode, data, factor, rows, products
):
    """Train one run in place; returns the step at which the kernel was lost, or -1.

    `data` starts as the exact second moments, and is overwritten where batches are drawn.
    """
    n, explicit = chains.shape
    hidden = batch - explicit  # chains of which only the Gram matrix is known
    product, shifted, root = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    power, spread, second = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    once, work, update = np.zeros((n, n)), np.zeros((n, n)), np.zeros(weights.shape)
    noise = np.zeros((n, explicit + min(n, hidden)))
    moved, carried = np.zeros(noise.shape), np.zeros((n, explicit))
    order, position, recorded = np.arange(rows.shape[0]), 0, 0
    for step in range(record[-1] + 1):
        _outer(weights, product)
        for i in range(n):
            for j in range(n):
                shifted[i, j] = -s2 * product[i, j]
            shifted[i, i] += mu2
        if not _cholesky(shifted, root):
            return step
        if step == record[recorded]:
            for i in range(n):
                for j in range(n):
                    products[recorded, i, j] = product[i, j]
            recorded += 1
        if step == record[-1]:
            break
        # the chains
        _sweep_matrices(product, sweeps, mu2, s2, power, spread, once, work)
        _cholesky(spread, root)
        for i in range(n):
            for b in range(explicit):
                noise[i, b] = rng.standard_normal()
        if hidden > 0:
            _bartlett(rng, hidden, noise, explicit)
        _times(root, noise, moved)
        _times(power, chains, carried)
        for i in range(n):
            for b in range(explicit):
                moved[i, b] += carried[i, b]
                chains[i, b] = moved[i, b]
        _outer(moved, second)
        if hidden > 0:
            _cholesky(second, chains)
        # the data
        if mode > 0 and rows.shape[0] > 0:
            position = _deal(rng, order, position, batch, mode == 1, rows, data)
        elif mode == 1:
            _bartlett(rng, batch, work, 0)
            _times(factor, work, root)
            _outer(root, data)
            for i in range(n):
                for j in range(n):
                    data[i, j] /= batch
        for i in range(n):
            for j in range(n):
                work[i, j] = data[i, j] - second[i, j] / batch
        _times(work, weights, update)
        for i in range(n):
            for j in range(weights.shape[1]):
                weights[i, j] += rate * s2 * update[i, j]
    return -1


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
    for stream, run in zip(_streams(rng, range(runs)), levels, strict=True):
        _dyson_run(
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


@njit(fastmath=_FAST)
def _dyson_run(rng, x, steps, longest, rate, mu2, kappa, model, data, ito, lag):
    """Move the levels x of one run in place; kernels are in units of sigma_h^2."""
    n, time = x.size, 0.0
    drift, noise = np.zeros(n), np.zeros(n)
    while time < steps:
        dt = min(longest, steps - time)
        for i in range(n):
            k = mu2 - x[i]
            drift[i] = 2 * rate * x[i] * (1 / kappa[i] - 1 / k) + ito[i]
            for j in range(n):
                v = model[i, j] / (k * (mu2 - x[j])) + data[i, j] / (kappa[i] * kappa[j])
                v *= (rate * (x[i] + x[j])) ** 2
                if i == j:
                    noise[i] = np.sqrt(2 * v)
                else:
                    gap = x[i] - x[j]
                    # Closer than noise moves them in the shortest step, levels push no harder.
                    drift[i] += (v - lag[i, j] * x[i]) * gap / (gap**2 + 0.002 * longest * v)
                    dt = min(dt, max(0.05 * gap**2 / v, 0.001 * longest))
        for i in range(n):
            x[i] += drift[i] * dt + noise[i] * np.sqrt(dt) * rng.standard_normal()
        x.sort()
        time += dt


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

    Their mean square is :math:`4\sigma^2` however large the noise, by the symmetry of the lattice.
    """
    blocks = pair_blocks(products)
    return np.hypot(blocks[..., 1, 1] - blocks[..., 0, 0], 2 * blocks[..., 0, 1])


# ------------------------------------------------------------------ the command

#: Mean spacings of the four pairs as published, |B| = 16, by learning rate.
PUBLISHED = {
    0.01: (0.1354, 0.1183, 0.0913, 0.0764),
    0.02: (0.1880, 0.1699, 0.1212, 0.1043),
    0.04: (0.2568, 0.2412, 0.1682, 0.1351),
    0.06: (0.2984, 0.2887, 0.2242, 0.1735),
    0.08: (0.3465, 0.3217, 0.2551, 0.1863),
    0.10: (0.3743, 0.3623, 0.2810, 0.2083),
}

#: Settings (learning rate, batch size, data) of the command `--full`.
FULL = (
    *((rate, 16, "exact") for rate in PUBLISHED),
    *((0.1, batch_size, "exact") for batch_size in (4, 8, 32, 64)),
    *((rate, round(800 * rate), "exact") for rate in (0.04, 0.08, 0.16, 0.32, 0.64, 1.28)),
    *((0.5, batch_size, "exact") for batch_size in (400, 800, 1600, 3200, 6400)),
    *((rate, round(640 * rate), "batches") for rate in (0.1, 0.2, 0.4)),
)
_GROUPS, _SNAPSHOTS = 20, 15
_BINS = {"spacing": np.linspace(0, 4, 81), "level": np.linspace(-6, 6, 121)}


def group_statistics(unit, *, runs, snapshots, rng):
    r"""Statistics of one group of runs, a dictionary of arrays.

    Units of the counts: for spacings their leading mean :math:`\sqrt{2\pi x\alpha/|B|}`; for
    levels of a pair, measured from the target, the leading :math:`\sigma=\sqrt{2x\alpha/|B|}`.

    Parameters
    ----------
    unit : tuple
        Learning rate, batch size, data term, and a number that tells groups apart.
    runs, snapshots : int
    rng : numpy.random.Generator or int
    """
    begin = time.process_time()
    setting = Setting(*unit[:2], data=unit[2])
    trained = stationary(setting, runs=runs, snapshots=snapshots, rng=rng)
    products = trained.products[trained.survived].reshape(-1, *trained.products.shape[2:])
    levels = np.linalg.eigvalsh(products)
    spacings, blocks = pair_spacings(levels), block_spacings(products)
    pairs = setting.pairs
    sigma = np.sqrt(2 * setting.targets[pairs[:, 0]] * setting.learning_rate / setting.batch_size)
    centred = levels[:, pairs] - levels.mean(axis=0)[pairs].mean(axis=1, keepdims=True)
    scaled = (levels - setting.targets)[:, pairs] / sigma[:, None]
    return {
        "seconds": time.process_time() - begin,
        "lost": np.count_nonzero(~trained.survived),
        "level_mean": levels.mean(axis=0),
        "level_variance": levels.var(axis=0),
        "spacing_mean": spacings.mean(axis=0),
        "spacing_sigma2": (spacings**2).mean(axis=0) / 4,
        "block_sigma2": (blocks**2).mean(axis=0) / 4,
        "binder": (centred**4).mean(axis=(0, 2)) / (3 * (centred**2).mean(axis=(0, 2)) ** 2) - 1,
        "spacing_counts": _counts(spacings / (np.sqrt(np.pi) * sigma), "spacing"),
        "level_counts": _counts(np.moveaxis(scaled, 1, 2), "level"),
    }


def _counts(values, kind):
    columns = values.reshape(-1, values.shape[-1]).T
    return np.stack([np.histogram(column, _BINS[kind])[0] for column in columns])


def full_statistics(output, *, settings=FULL, runs=25, seed=1, folder=None, workers=None):
    """Measure `settings` with 20 groups of `runs` runs and 15 snapshots, and save them.

    Parameters
    ----------
    output : path_like
        An ``npz`` file: a mean and an error (of the mean over groups) for each statistic of
        `group_statistics`, first axis the settings; sums of counts; and ``provenance`` as JSON.
    settings : sequence of tuple
    runs : int
    seed, folder, workers
        As in `lecture_utils.sweep.run`.
    """
    units = [(*setting, group) for setting in settings for group in range(_GROUPS)]
    work = partial(group_statistics, runs=runs, snapshots=_SNAPSHOTS)
    results = sweep.run(work, units, seed=seed, folder=folder, workers=workers)
    arrays = {f"{kind}_edges": edges for kind, edges in _BINS.items()}
    columns = zip(("learning_rate", "batch_size", "data"), zip(*settings, strict=True), strict=True)
    arrays |= {name: np.array(values) for name, values in columns}
    for name in results[0].keys() - {"seconds"}:
        values = np.array([group[name] for group in results])
        values = values.reshape(len(settings), _GROUPS, *values.shape[1:])
        if name == "lost" or name.endswith("counts"):
            arrays[name] = values.sum(axis=1)
        else:
            arrays[name] = values.mean(axis=1)
            arrays[f"{name}_error"] = stats.sem(values, axis=1)
    provenance = {
        "command": f"python -m lecture_utils.rbm --full {Path(output).name} --seed {seed}",
        "seed": seed,
        "version": lecture_utils.__version__,
        "numpy": np.__version__,
        "runs": _GROUPS * runs,
        "snapshots": _SNAPSHOTS,
        "cpu_seconds": round(sum(group["seconds"] for group in results)),
    }
    np.savez_compressed(output, provenance=json.dumps(provenance), **arrays)


def main(arguments=None):
    """Print the mean spacings at one setting, or save the full statistics of many."""
    parser = argparse.ArgumentParser(prog="python -m lecture_utils.rbm", description=main.__doc__)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", metavar="OUTPUT.npz", help="all settings, 7500 samples of each")
    parser.add_argument("--folder", help="keep finished parts here, and go on from them")
    parser.add_argument("--workers", type=int, default=-1, help="processes; -1: all cores")
    options = parser.parse_args(arguments)
    if options.full:
        storage = dict(folder=options.folder or f"{options.full}.parts", workers=options.workers)
        full_statistics(options.full, seed=options.seed, **storage)
        return
    setting = Setting(options.learning_rate, options.batch_size)
    trained = stationary(setting, runs=options.runs, snapshots=3, rng=options.seed)
    spacings = pair_spacings(trained.levels[trained.survived])
    linear = np.sqrt(np.pi * setting.sigma2[setting.pairs[:, 0]])
    print(f"runs {options.runs}, of which lost (kernel not positive definite): ", end="")
    print(np.count_nonzero(~trained.survived))
    print("pair  mean spacing  error    linear theory")
    for pair, theory in enumerate(linear):
        mean, error = mean_and_error(spacings[..., pair])
        print(f"{pair + 1:<4}  {mean:<12.4f}  {error:<7.4f}  {theory:.4f}")


if __name__ == "__main__":
    # The module by its name, so that worker processes compile its kernels once.
    from lecture_utils.rbm import main

    main()
