"""Training with the compiled kernels, many runs at once."""

from dataclasses import dataclass

import numpy as np

from lecture_utils._checks import finite_array, positive, positive_int
from lecture_utils.teacher_student import _kernels
from lecture_utils.teacher_student.network import INPUTS, SHAPES, features


@dataclass(frozen=True)
class Trajectory:
    """Weights at given times of a training, ``(runs, time, ...)``, and ``start`` before it.

    A layer that does not learn has one time only. Weights of a run that diverged are not finite.
    """

    times: np.ndarray
    weights: tuple
    start: tuple
    layers: str


def train_middle(problem, sigma_w, temperature, *, times, batch_size=4):
    """Train the middle matrices, with the data in their order, over and over.

    Parameters
    ----------
    problem : Problem
        The number of its samples is a multiple of `batch_size`.
    sigma_w, temperature : float
    times : array_like of int, ascending
        Numbers of updates after which to record; 0 is before training. The others have no
        influence on what is found at one time.
    batch_size : int
        At most 16.

    Returns
    -------
    Trajectory
    """
    times, batch_size, rate = _schedule(times, batch_size, temperature)
    runs, samples = problem.y.shape
    if samples % batch_size:
        raise ValueError(f"batch_size must divide {samples} (the samples), got {batch_size}")
    start = problem.student(sigma_w, "middle")
    hidden = np.tanh(problem.x @ start[0].mT).reshape(runs, -1, batch_size, 32)
    targets = problem.y.reshape(runs, -1, batch_size)
    hidden, targets, last = (_single(array) for array in (hidden, targets, start[2][:, 0]))
    kernel = _kernels.middle_kernel(batch_size)
    recorded = np.empty((runs, len(times), 16, 32))
    for r in range(runs):
        now, weights = 0, _single(start[1][r].T)
        for k, then in enumerate(times):
            kernel(weights, hidden[r], targets[r], last[r], rate, then - now, now)
            now, recorded[r, k] = then, weights.T
    weights = (start[0][:, None], recorded, start[2][:, None])
    return Trajectory(times, weights, start, "middle")


def train_all(problem, sigma_w, temperature, *, times, batch_size=4, fresh=False, rng):
    """Train all layers, on batches with replacement or on fresh data.

    Parameters
    ----------
    problem, sigma_w, temperature, times, batch_size
        As in `train_middle`; any number of samples.
    fresh : bool
        True: every sample is new, with label noise as in `problem`. False: batches are drawn
        from the data of `problem` with replacement, at the same positions for all runs, whose
        data are independent.
    rng : numpy.random.Generator or int

    Returns
    -------
    Trajectory
    """
    times, batch_size, rate = _schedule(times, batch_size, temperature)
    runs, samples = problem.y.shape
    rng = np.random.default_rng(rng)
    sources = [child.spawn(2) for child in rng.spawn(runs)] if fresh else []
    start = problem.student(sigma_w, "all")
    blocks = [_lanes(array) for array in start]
    data = _lanes(problem.x), _lanes(problem.y)
    kernel = _kernels.all_kernel(batch_size)
    recorded = [np.empty((runs, len(times), *shape)) for shape in SHAPES]
    now = 0
    for k, then in enumerate(times):
        while now < then:
            updates = min(then - now, 500)  # fresh data take memory
            if fresh:
                batches = np.arange(updates * batch_size).reshape(updates, batch_size)
                data = _fresh_data(problem, updates * batch_size, sources)
            else:
                batches = rng.integers(samples, size=(updates, batch_size))
            for first, middle, last, x, y in zip(*blocks, *data, strict=True):
                kernel(first, middle, last[0], x, y, batches, rate)
            now += updates
        for record, block in zip(recorded, blocks, strict=True):
            record[:, k] = _runs(block, runs)
    return Trajectory(times, tuple(recorded), start, "all")


def _fresh_data(problem, samples, sources):
    """Draw inputs and labels, from two generators for each run."""
    x = np.stack([inputs.standard_normal((samples, INPUTS)) for inputs, _ in sources])
    errors = np.stack([labels.standard_normal(samples) for _, labels in sources])
    return _lanes(x), _lanes(features(problem.teacher, x)[2] + problem.noise * errors)


def _schedule(times, batch_size, temperature):
    times = finite_array("times", times, 1)
    if np.any(times != np.round(times)) or times[0] < 0 or np.any(np.diff(times) <= 0):
        raise ValueError(f"times must be ascending whole numbers from zero on, got {times}")
    largest = _kernels.LARGEST_BATCH
    batch_size = positive_int("batch_size", batch_size, largest, "the largest compiled")
    return times.astype(int), batch_size, positive("temperature", temperature) * batch_size


def _single(array):
    return np.ascontiguousarray(array, dtype=np.float32)


def _lanes(array):
    """Turn (runs, ...) into blocks of sixteen, (blocks, ..., 16); the last run fills the rest."""
    runs = len(array)
    blocks = -(-runs // _kernels.LANES)
    members = np.minimum(np.arange(blocks * _kernels.LANES), runs - 1)
    blocks = np.asarray(array, np.float32)[members].reshape(-1, _kernels.LANES, *array.shape[1:])
    return _single(np.moveaxis(blocks, 1, -1))


def _runs(blocks, runs):
    return np.moveaxis(blocks, -1, 1).reshape(-1, *blocks.shape[1:-1])[:runs]
