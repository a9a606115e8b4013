"""Training many machines at once."""

from dataclasses import dataclass

import numpy as np

from lecture_utils._checks import finite_array, positive, positive_int, shape_match
from lecture_utils.rbm._kernels import train_run
from lecture_utils.rbm.machine import fourier_basis, gradient, kernel, lattice_kernel, sample
from lecture_utils.rbm.theory import DATA


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
    for r, stream in enumerate(run_streams(rng, which)):
        weights[r], chains = _initial(setting, start, stream)
        if not explicit and setting.batch_size > setting.n_visible:
            chains = _root(chains @ chains.T)
        exact = target.copy() if data_set is None else rows[r].T @ rows[r] / rows.shape[1]
        lost_at[r] = train_run(
            stream,
            weights[r],
            chains,
            record,
            setting.learning_rate,
            setting.batch_size,
            setting.sweeps,
            setting.mu2,
            setting.sigma_h**2,
            DATA.index(setting.data),
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


def run_streams(rng, which):
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
