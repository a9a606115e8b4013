"""Replicas of one model that differ in their batches: do they feel a temperature?"""

from dataclasses import dataclass

import numpy as np

from lecture_utils import spectra
from lecture_utils._checks import positive, positive_int, shape_match
from lecture_utils.transformer.training import train


@dataclass(frozen=True)
class Replicas:
    """Levels after the same time from the same weights, with different batches.

    ``learning_rates`` and ``batch_sizes`` have the shape (settings,), ``levels`` the shape
    (settings, replicas, layers, 3, heads, n).
    """

    learning_rates: np.ndarray
    batch_sizes: np.ndarray
    levels: np.ndarray


def train_replicas(text, settings, *, start, time, replicas, optimiser, rng):
    """Train replicas of one model, which differ only in their batches, for the same time.

    Parameters
    ----------
    text : Corpus
    settings : sequence of (float, int)
        Learning rates and batch sizes.
    start : dict of torch.Tensor
        Weights of one run.
    time : float
        Learning rate times iterations.
    replicas : int
    optimiser : {"adamw", "sgd"}
    rng : numpy.random.Generator or int

    Returns
    -------
    Replicas
    """
    replicas, time = positive_int("replicas", replicas), positive("time", time)
    shape_match("start['kqv']", start["kqv"], (1,) + (None,) * 5, "one run")
    copies = {name: tensor.expand(replicas, *tensor.shape[1:]) for name, tensor in start.items()}
    levels = []
    for (alpha, batch), stream in zip(
        settings, np.random.default_rng(rng).spawn(len(settings)), strict=True
    ):
        iterations = round(time / positive("learning_rate", alpha))
        if iterations < 1 or abs(iterations * alpha - time) > 1e-9 * time:
            raise ValueError(f"time must be a whole number of steps of {alpha}, got {time}")
        training = train(
            text,
            start=copies,
            iterations=iterations,
            optimiser=optimiser,
            learning_rate=alpha,
            batch_size=batch,
            snapshots=[iterations],
            rng=stream,
        )
        levels.append(training.levels[:, 0])
    alphas, batches = map(np.array, zip(*settings, strict=True))
    return Replicas(alphas, batches, np.stack(levels))


def temperature_exponents(replicas):
    r"""Fit the variance of levels over replicas by :math:`\alpha^a|B|^b`.

    The logarithm of the variance is averaged over all levels, so that each counts alike (large
    levels vary most), and fitted by least squares. Errors come from a jackknife: the fit is
    repeated without one replica of one setting. With six replicas they are a third too large. (A
    bootstrap repeats replicas, and with few of them that alone makes the variance scatter.)

    Parameters
    ----------
    replicas : Replicas
        At least three for each setting.

    Returns
    -------
    spectra.Estimate
        Arrays ``(a, b)``. Stochastic gradient descent at small learning rate has (1, -1).
    """
    settings, copies = replicas.levels.shape[:2]
    if copies < 3:
        raise ValueError(f"replicas must be at least 3 for each setting, got {copies}")
    ones = np.ones(settings)
    design = np.stack([ones, np.log(replicas.learning_rates), np.log(replicas.batch_sizes)], 1)
    if np.linalg.matrix_rank(design) < 3:
        raise ValueError("replicas must vary learning rate and batch size independently")
    fit = np.linalg.pinv(design)[1:]
    levels = replicas.levels.reshape(settings, copies, -1)

    def log_variance(some):
        return np.log(some.var(axis=1, ddof=1)).mean(axis=1)

    without = [log_variance(np.delete(levels, k, axis=1)) for k in range(copies)]
    scatter = (copies - 1) * np.var(without, axis=0)  # of the log-variance of each setting
    return spectra.Estimate(fit @ log_variance(levels), np.sqrt(fit**2 @ scatter))
