r"""Learning as stochastic matrix dynamics: a student matrix small enough to be solved exactly.

The model
---------
A teacher multiplies inputs ``x ~ N(0, 1)`` in the plane by ``W_t = 2 * identity``; labels have
errors of variance ``2 A``. A student, a *symmetric* 2 x 2 matrix ``W = W_t + D``, learns them by
SGD on the square loss. With the covariance ``C`` of the ``|B|`` inputs of a fresh batch one step is

.. math:: D' = D - \alpha\Bigl[\tfrac12(DC + CD) + N/\sqrt{|B|}\Bigr],

and ``N``, the noise of the labels, is Gaussian once the inputs are given: it has the law of
:math:`\sqrt{2A}\,(ZL^T+LZ^T)/2` with ``C = L L^T`` and standard normal ``Z``. On average over the
inputs its variance is ``A`` off the diagonal and ``2 A`` on it.

Conventions: a symmetric matrix is stored as its entries ``(11, 22, 12)``, runs come first:
``(runs, 3)``. Levels are ``(..., 2)``, ascending. The mean level is :math:`u`, half the spacing
:math:`r`, so that the levels of D are :math:`u\pm r`. Time is learning rate times number of steps.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from lecture_utils._checks import finite_array, one_of, positive, positive_int, shape_match

#: Both levels of the teacher.
TEACHER = 2.0


@dataclass(frozen=True)
class Moments:
    """Stationary moments of the student: ``u`` mean level less the teacher's, ``r`` half spacing.

    Infinite where the moment does not exist.
    """

    u2: float
    r2: float
    u4: float
    u2r2: float
    r4: float

    @property
    def sigma(self):
        """Scale of the surmise with this mean square spacing, ``<S^2> = 4 sigma^2``."""
        return float(np.sqrt(self.r2))

    @property
    def binder_cumulant(self):
        """``U4`` of the levels, measured from the teacher's."""
        fourth = self.u4 + 6 * self.u2r2 + self.r4
        return fourth / (3 * (self.u2 + self.r2) ** 2) - 1 if np.isfinite(fourth) else np.inf


# ---------------------------------------------------------------- training many students at once


def cholesky_factors(runs, batch_size, *, rng):
    """Cholesky factors L of the covariances of batches of normal inputs, without the inputs.

    Bartlett: the factor of ``|B| C`` has independent entries, the roots of chi-squared variates
    with ``|B|`` and ``|B| - 1`` degrees of freedom and a standard normal number.

    Parameters
    ----------
    runs, batch_size : int
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (3, runs)
        Entries 11, 21, 22 of L, where ``C = L L^T``.

    References
    ----------
    M. S. Bartlett, Proc. R. Soc. Edinburgh 53 (1933) 260.
    """
    runs, batch_size = positive_int("runs", runs), positive_int("batch_size", batch_size)
    rng = np.random.default_rng(rng)
    first, second = (2 * rng.standard_gamma((batch_size - k) / 2, runs) for k in (0, 1))
    corner = rng.standard_normal(runs)
    return np.array([np.sqrt(first), corner, np.sqrt(second)]) / np.sqrt(batch_size)


def train(
    learning_rate,
    batch_size,
    noise,
    *,
    steps,
    runs,
    start=0.0,
    snapshots=1,
    gradient_noise="labels",
    rng,
):
    r"""Train many students side by side, each on its own fresh batches.

    Parameters
    ----------
    learning_rate : float
        :math:`\alpha`.
    batch_size : int
        :math:`|B|`.
    noise : float
        Variance A of an off-diagonal entry of the gradient noise of one sample.
    steps : int
        Updates before each snapshot.
    runs : int
        Number of students.
    start : float
        Start at the teacher plus `start` times the identity; -2 is the student W = 0.
    snapshots : int
        How often to go on for `steps` updates and record.
    gradient_noise : {"labels", "independent"}
        That of the labels, whose covariance follows the inputs of the batch, or Gaussian noise with
        the same mean covariance that knows nothing of the inputs.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (snapshots, runs, 3)
        Displacement D of each student from the teacher, as entries 11, 22, 12.

    Raises
    ------
    ValueError
        If a parameter is not positive, `start` not finite, or `gradient_noise` unknown.
    """
    alpha, batch_size, noise = _setting(learning_rate, batch_size, noise)
    steps, runs = positive_int("steps", steps), positive_int("runs", runs)
    snapshots = positive_int("snapshots", snapshots)
    _checked_gradient_noise(gradient_noise)
    rng = np.random.default_rng(rng)
    kick = np.sqrt(2 * noise / batch_size)
    displacement = np.tile(
        float(finite_array("start", start, 0)) * np.array([1.0, 1, 0]), (runs, 1)
    )
    recorded = np.empty((snapshots, runs, 3))
    for record in recorded:
        for _ in range(steps):
            l11, l21, l22 = cholesky_factors(runs, batch_size, rng=rng)
            covariance = np.stack([l11**2, l21**2 + l22**2, l11 * l21], axis=1)
            gradient = _pull(displacement, covariance)
            if gradient_noise == "independent":
                l11, l21, l22 = 1.0, 0.0, 1.0
            z11, z12, z21, z22 = rng.standard_normal((4, runs))
            off_diagonal = (z11 * l21 + z12 * l22 + z21 * l11) / 2
            gradient += kick * np.stack([z11 * l11, z21 * l21 + z22 * l22, off_diagonal], axis=1)
            displacement -= alpha * gradient
        record[:] = displacement
    return recorded


def train_on_data(x, errors, *, learning_rate, batch_size, epochs, runs, replace, rng):
    """Train students on one finite data set with labels ``2 x + error``.

    Parameters
    ----------
    x, errors : array_like, shape (samples, 2)
        Inputs and label errors. Errors of variance 2 A make gradient noise of the covariance
        described at the top.
    learning_rate : float
    batch_size : int
        Divides the number of samples.
    epochs, runs : int
    replace : bool
        True: every batch is drawn afresh, with replacement. False: the data are reshuffled at the
        start of an epoch and dealt out in batches.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (runs, 3)
        Displacement from the teacher at the end of the last epoch. Runs start where the loss of
        the data set is least.

    Raises
    ------
    ValueError
        If the arrays do not fit or `batch_size` does not divide their length.
    """
    x = finite_array("x", x, ndim=2)
    errors = shape_match("errors", finite_array("errors", errors, ndim=2), (len(x), 2), "as x")
    alpha, samples = positive("learning_rate", learning_rate), len(x)
    batch_size = positive_int("batch_size", batch_size, samples, "the number of samples")
    if samples % batch_size:
        raise ValueError(f"batch_size must divide {samples} (the samples), got {batch_size}")
    epochs, runs = positive_int("epochs", epochs), positive_int("runs", runs)
    rng = np.random.default_rng(rng)
    (x1, x2), (e1, e2) = x.T, errors.T
    columns = (x1**2, x2**2, x1 * x2, -e1 * x1, -e2 * x2, -(e1 * x2 + e2 * x1) / 2)
    table = np.stack(columns, axis=1)
    mean = table.mean(axis=0)
    slope = _pull(np.eye(3), np.tile(mean[:3], (3, 1))).T
    displacement = np.tile(np.linalg.solve(slope, -mean[3:]), (runs, 1))
    shape = (samples // batch_size, runs, batch_size)
    for _ in range(epochs):
        if replace:
            epoch = rng.integers(samples, size=shape)
        else:
            order = np.argsort(rng.random((runs, samples)), axis=1)
            epoch = order.reshape(runs, shape[0], batch_size).swapaxes(0, 1)
        for batch in epoch:
            means = table[batch].mean(axis=1)
            displacement -= alpha * (_pull(displacement, means[:, :3]) + means[:, 3:])
    return displacement


def levels(displacement, splitting=0.0):
    """Levels of the student, ascending.

    Parameters
    ----------
    displacement : array_like, shape (..., 3)
        Entries 11, 22, 12 of D.
    splitting : float
        Distance of the teacher's two levels: ``W_t = diag(2 - splitting/2, 2 + splitting/2)``.

    Returns
    -------
    ndarray, shape (..., 2)
    """
    d11, d22, d12 = np.moveaxis(np.asarray(displacement, dtype=float), -1, 0)
    half = np.hypot((d22 - d11 + splitting) / 2, d12)
    centre = TEACHER + (d11 + d22) / 2
    return np.stack([centre - half, centre + half], axis=-1)


# ---------------------------------------------------------------- what theory says


def leading_sigma(learning_rate, batch_size, noise):
    r"""Scale of the levels at leading order, :math:`\sigma=\sqrt{\alpha A/|B|}`."""
    alpha, batch_size, noise = _setting(learning_rate, batch_size, noise)
    return float(np.sqrt(alpha * noise / batch_size))


def finite_step_factor(learning_rate, batch_size):
    r"""Growth :math:`1/\sqrt{1-\alpha(1+2/|B|)/2}` of the mean spacing at finite learning rate.

    Raises
    ------
    ValueError
        If the learning rate is at or beyond ``2 / (1 + 2/|B|)``, where the factor diverges.
    """
    alpha, batch_size, _ = _setting(learning_rate, batch_size, 1.0)
    limit = 2 / (1 + 2 / batch_size)
    if alpha >= limit:
        raise ValueError(f"learning_rate must be below {limit:.4g} (2/(1 + 2/|B|)), got {alpha}")
    return float(1 / np.sqrt(1 - alpha / limit))


def stationary_moments(learning_rate, batch_size, noise, *, gradient_noise="labels"):
    r"""Exact stationary moments of the student's levels, to fourth order.

    Split D and C into trace and traceless part, ``D = u 1 + v``, ``C = c 1 + w``. In the three
    numbers ``y = (u, v)`` one step is :math:`y' = (1-\alpha M)\,y + n` with

    .. math:: M = \begin{pmatrix}c&w^T\\w&c\,1\end{pmatrix}

    and Gaussian `n` of covariance :math:`\alpha^2A/|B|` times M (labels) or 1 (independent). The
    direction of w is uniform, c is a Gamma variate, and ``w^2/c^2`` an independent Beta variate:
    all averages are elementary, and moments of each order close.

    Parameters
    ----------
    learning_rate, batch_size, noise, gradient_noise
        As in `train`.

    Returns
    -------
    Moments
    """
    alpha, batch_size, noise = _setting(learning_rate, batch_size, noise)
    if alpha < 1e-10:  # one minus it loses the digits that matter
        raise ValueError(f"learning_rate must be at least 1e-10, got {alpha:.3g}")
    labels = _checked_gradient_noise(gradient_noise) == "labels"
    # Moments of c ~ Gamma(|B|)/|B|, and of (w/c)^2 ~ Beta(1, (|B| - 1)/2).
    c1, c2, c3, c4 = np.cumprod(1 + np.arange(4) / batch_size)
    t2, t4 = 2 / (batch_size + 1), 8 / ((batch_size + 1) * (batch_size + 3))
    s = alpha**2 * noise / batch_size
    a2 = 1 - 2 * alpha * c1 + alpha**2 * c2
    w2 = alpha**2 * c2 * t2
    u2, r2 = _fixed_point(np.array([[a2, w2 / 2], [w2, a2]]), s * np.array([1, 2]))
    a4 = 1 - 4 * alpha * c1 + 6 * alpha**2 * c2 - 4 * alpha**3 * c3 + alpha**4 * c4
    a2w2 = alpha**2 * t2 * (c2 - 2 * alpha * c3 + alpha**2 * c4)
    w4 = alpha**4 * t4 * c4
    step = [
        [a4, 3 * a2w2, 3 * w4 / 8],
        [a2w2, a4 + 2 * a2w2 + w4 / 2, a2w2 / 2],
        [w4, 4 * a2w2, a4],
    ]
    # Terms of second and fourth order in the noise. With m = c (labels) or 1 (independent), the
    # noise adds s m in each direction, and for labels s w between u and v.
    if labels:
        a2m = c1 - 2 * alpha * c2 + alpha**2 * c3
        w2m = alpha**2 * c3 * t2
        m2, cross, w2_plain = c2, alpha * t2 * (c2 - alpha * c3), c2 * t2
    else:
        a2m, w2m, m2, cross, w2_plain = a2, w2, 1.0, 0.0, 0.0
    pulled_u2, pulled_r2 = a2m * u2 + w2m * r2 / 2, a2m * r2 + w2m * u2  # averages with weight m
    kick = [
        6 * s * pulled_u2 + 3 * s**2 * m2,
        2 * s * pulled_u2
        + s * pulled_r2
        - 4 * s * cross * (u2 + r2 / 2)
        + 2 * s**2 * (m2 + w2_plain),
        8 * s * pulled_r2 + 8 * s**2 * m2,
    ]
    fourth = _fixed_point(np.array(step), np.array(kick))
    return Moments(*map(float, (u2, r2, *fourth)))


def second_moments(time, learning_rate, batch_size, noise, *, start, equation):
    r"""Mean squares of mean level and half spacing during training, exactly.

    Parameters
    ----------
    time : float
        Learning rate times number of steps.
    learning_rate, batch_size, noise
        As in `train`.
    start : float
        Start at the teacher plus `start` times the identity.
    equation : {"sgd", "first", "second"}
        The updates themselves, or the stochastic modified equation of first or second order:
        drift :math:`-D` or :math:`-(1+\alpha/2)D`, and noise :math:`\sqrt\alpha` times the root of
        the covariance of the gradient.

    Returns
    -------
    ndarray, shape (2,)
        ``<u^2>`` and ``<r^2>``.

    Raises
    ------
    ValueError
        If `equation` is unknown, or `time` is not a whole number of steps of SGD.

    References
    ----------
    Q. Li, C. Tai and W. E, Stochastic modified equations and adaptive stochastic gradient
    algorithms, ICML 2017.
    """
    alpha, batch_size, noise = _setting(learning_rate, batch_size, noise)
    time = positive("time", time)
    one_of("equation", equation, ("sgd", "first", "second"))
    # Mean squares (u^2, r^2, 1): the covariance of the gradient couples them.
    diffusion = np.array([[1, 1, noise], [2, 1, 2 * noise], [0, 0, 0]]) / batch_size
    relaxing = np.diag([1.0, 1.0, 0.0])
    state = np.array([float(start) ** 2, 0.0, 1.0])
    if equation == "sgd":
        steps = round(time / alpha)
        if steps < 1 or abs(steps * alpha - time) > 1e-9 * time:
            raise ValueError(f"time must be a whole number of steps of {alpha}, got {time}")
        one_step = np.eye(3) + (alpha**2 - 2 * alpha) * relaxing + alpha**2 * diffusion
        return (np.linalg.matrix_power(one_step, steps) @ state)[:2]
    drift = -2 if equation == "first" else -2 - alpha
    return (linalg.expm(time * (drift * relaxing + alpha * diffusion)) @ state)[:2]


# ---------------------------------------------------------------- helpers


def _setting(learning_rate, batch_size, noise):
    return (
        positive("learning_rate", learning_rate),
        positive_int("batch_size", batch_size),
        positive("noise", noise),
    )


def _checked_gradient_noise(kind):
    if kind not in ("labels", "independent"):
        raise ValueError(f"gradient_noise must be labels or independent, got {kind!r}")
    return kind


def _pull(d, c):
    """Return (DC + CD)/2 for matrices (runs, 3) given as entries 11, 22, 12."""
    (d11, d22, d12), (c11, c22, c12) = d.T, c.T
    trace = c11 + c22
    return np.stack(
        [d11 * c11 + d12 * c12, d22 * c22 + d12 * c12, (d12 * trace + (d11 + d22) * c12) / 2],
        axis=1,
    )


def _fixed_point(step, source):
    """Solve m = step m + source; infinite where iterating it diverges."""
    if np.max(np.abs(np.linalg.eigvals(step))) >= 1:
        return np.full(len(source), np.inf)
    return np.linalg.solve(np.eye(len(source)) - step, source)
