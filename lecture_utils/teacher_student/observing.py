"""What is seen of a training."""

from dataclasses import dataclass, fields

import numpy as np

from lecture_utils.teacher_student.network import features, gradients, learning


@dataclass(frozen=True)
class Observables:
    """What is seen of each run at each time: arrays ``(runs, time)``; NaN where a run diverged.

    Averages over features are taken on the test inputs. ``phi`` are the features of the last
    layer, ``h = y W_3`` the field on them.
    """

    train_loss: np.ndarray  #: half the mean square error on the training data
    test_loss: np.ndarray  #: mean square error on the test data, *without* the half, as published
    gradient_norm: np.ndarray  #: of the loss on all training data, for the layers that learn
    memory: np.ndarray  #: mean of phi(0) phi(t)
    memory_cosine: np.ndarray  #: the same divided by the norms
    alignment: np.ndarray  #: mean of h phi
    alignment_cosine: np.ndarray  #: the same divided by the norms
    spacing_growth: np.ndarray  #: log of the range of levels of W_2 W_2^T in units of the initial
    displacement: np.ndarray  #: Frobenius norm of W_2(t) - W_2(0) in units of that of W_2(0)
    singular_values: np.ndarray  #: (runs, time, 16), of W_2, ascending
    diverged: np.ndarray  #: bool


def observables(trajectory, problem):
    """Measure everything of a training.

    Parameters
    ----------
    trajectory : Trajectory
    problem : Problem
        The one that was trained on.

    Returns
    -------
    Observables
    """
    weights = trajectory.weights
    x, y = problem.x[:, None], problem.y[:, None]
    first, middle, last = (np.isfinite(w).all(axis=(-2, -1)) for w in weights)
    diverged = ~(first & middle & last)
    with np.errstate(all="ignore"):  # a run that diverged is NaN, and counted
        error = features(weights, x)[2] - y
        slopes = zip(gradients(weights, x, y), learning(trajectory.layers), strict=True)
        gradient = np.sqrt(sum(np.sum(g**2, axis=(-2, -1)) for g, learns in slopes if learns))
        _, phi, output = features(weights, problem.x_test[:, None])
        phi0 = features(trajectory.start, problem.x_test)[1][:, None]
        field = problem.y_test[:, None, :, None] * weights[2]
        memory, memory_cosine = _overlap(phi0, phi)
        alignment, alignment_cosine = _overlap(field, phi)
        test_loss = np.mean((output - problem.y_test[:, None]) ** 2, axis=-1)
        train_loss = np.mean(error**2, axis=-1) / 2
        diverged = diverged | ~np.isfinite(train_loss)
        levels = singular_values(weights[1])
        moved = np.linalg.norm(weights[1] - trajectory.start[1][:, None], axis=(-2, -1))
    first_levels = singular_values(trajectory.start[1])[:, None]
    seen = Observables(
        train_loss=train_loss,
        test_loss=test_loss,
        gradient_norm=gradient,
        memory=memory,
        memory_cosine=memory_cosine,
        alignment=alignment,
        alignment_cosine=alignment_cosine,
        spacing_growth=np.log(_range(levels) / _range(first_levels)),
        displacement=moved / np.linalg.norm(trajectory.start[1], axis=(-2, -1))[:, None],
        singular_values=levels,
        diverged=diverged,
    )
    for field in fields(seen)[:-1]:
        getattr(seen, field.name)[diverged] = np.nan
    return seen


def singular_values(middle):
    """Singular values of the middle matrices, ascending; NaN for a matrix that is not finite.

    Parameters
    ----------
    middle : ndarray, shape (..., 16, 32)

    Returns
    -------
    ndarray, shape (..., 16)
    """
    finite = np.isfinite(middle).all(axis=(-2, -1))
    values = np.full((*middle.shape[:-2], 16), np.nan)
    values[finite] = np.linalg.svd(middle[finite], compute_uv=False)[..., ::-1]
    return values


def two_time_correlation(trajectory, x):
    r"""Return :math:`G(t,t')=\langle\phi_i(t)\phi_i(t')\rangle` of all times, raw and normalised.

    Parameters
    ----------
    trajectory : Trajectory
    x : ndarray, shape (runs, samples, 3)

    Returns
    -------
    raw, normalised : ndarray, shape (runs, time, time)
        The second has ones on its diagonal.
    """
    with np.errstate(all="ignore"):
        phi = features(trajectory.weights, x[:, None])[1]
        raw = np.einsum("rtsi,rusi->rtu", phi, phi, optimize=True) / phi[0, 0].size
        size = np.sqrt(np.einsum("rtt->rt", raw))
        return raw, raw / (size[:, :, None] * size[:, None, :])


def _overlap(a, b):
    """Mean product over samples and features, raw and as a cosine."""
    raw, aa, bb = (np.mean(u * v, axis=(-2, -1)) for u, v in ((a, b), (a, a), (b, b)))
    return raw, raw / np.sqrt(aa * bb)


def _range(singular):
    return singular[..., -1] ** 2 - singular[..., 0] ** 2
