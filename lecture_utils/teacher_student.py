r"""A student network learns from a teacher: many runs at once, for phase diagrams.

Teacher and student are networks [3, 32, 16, 1] with tanh and without biases,

.. math:: \hat y = W_3\,\phi, \qquad \phi = \tanh(W_2\tanh(W_1 x)),

with weights :math:`N(0, \sigma_W^2/n_{\rm in})` (teacher: :math:`\sigma_W = 1`), inputs
:math:`N(0, 1)`, loss :math:`\tfrac12\langle(\hat y-y)^2\rangle` and plain SGD. Two set-ups:

* ``layers="middle"``, the published phase diagram: the student has the teacher's first and last
  layer and learns only the middle matrix; a fixed data set is cycled in the same order.
* ``layers="all"``: all layers learn.

Conventions: the temperature is :math:`T=\alpha/|B|`, time counts updates. Weights are a triple
``(first, middle, last)`` of arrays ``(runs, 32, 3)``, ``(runs, 16, 32)``, ``(runs, 1, 16)``, and
``(runs, time, ...)`` along a training. The published diagram is in arXiv:2509.01349.

``python -m lecture_utils.teacher_student --help`` tells how to make the maps at full statistics.
"""

import time
from dataclasses import dataclass, fields

import numpy as np

from lecture_utils import _kernels
from lecture_utils._checks import finite_array, positive, positive_int

#: Which of the three layers learn.
LAYERS = {"middle": (False, True, False), "all": (True, True, True)}
_SHAPES = ((32, 3), (16, 32), (1, 16))
_INPUTS = 3


@dataclass(frozen=True)
class Problem:
    """Teachers, students and data of many runs, each run with its own.

    ``teacher`` and ``start`` are weights, the latter of a student with ``sigma_w = 1``; ``x``
    (runs, samples, 3) and ``y`` (runs, samples) are for training, with label noise of the
    standard deviation ``noise``; ``x_test`` and ``y_test`` are clean.
    """

    teacher: tuple
    start: tuple
    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    noise: float

    def student(self, sigma_w, layers):
        """Weights of the students before training, float64."""
        sigma_w = positive("sigma_w", sigma_w)
        return tuple(
            sigma_w * own if learns else given
            for own, given, learns in zip(self.start, self.teacher, _learning(layers), strict=True)
        )


@dataclass(frozen=True)
class Trajectory:
    """Weights at given times of a training, ``(runs, time, ...)``, and ``start`` before it.

    A layer that does not learn has one time only. Weights of a run that diverged are not finite.
    """

    times: np.ndarray
    weights: tuple
    start: tuple
    layers: str


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


# ---------------------------------------------------------------- the network


def draw_problem(runs, samples, *, noise=0.0, test_samples=128, rng):
    """Draw teachers, students and data.

    Parameters
    ----------
    runs, samples, test_samples : int
    noise : float
        Standard deviation of the noise on the labels for training.
    rng : numpy.random.Generator or int
        Each run gets a child generator: what it draws does not depend on the number of runs.

    Returns
    -------
    Problem
    """
    runs, samples = positive_int("runs", runs), positive_int("samples", samples)
    test_samples = positive_int("test_samples", test_samples)
    noise = float(finite_array("noise", noise, 0))
    if noise < 0:
        raise ValueError(f"noise must be at least zero, got {noise}")
    drawn = []
    for child in np.random.default_rng(rng).spawn(runs):
        teacher, start = (
            [child.standard_normal(shape) / np.sqrt(shape[1]) for shape in _SHAPES]
            for _ in range(2)
        )
        x = child.standard_normal((samples, _INPUTS))
        errors = noise * child.standard_normal(samples)
        drawn.append((*teacher, *start, x, errors, child.standard_normal((test_samples, _INPUTS))))
    *weights, x, errors, x_test = map(np.stack, zip(*drawn, strict=True))
    teacher, start = tuple(weights[:3]), tuple(weights[3:])
    y, y_test = features(teacher, x)[2] + errors, features(teacher, x_test)[2]
    return Problem(teacher, start, x, y, x_test, y_test, noise)


def features(weights, x):
    """Return the features of both hidden layers and the output.

    Parameters
    ----------
    weights : triple of ndarray, shapes (..., 32, 3), (..., 16, 32), (..., 1, 16)
    x : ndarray, shape (..., samples, 3)

    Returns
    -------
    hidden, phi, output : ndarray
        Shapes (..., samples, 32), (..., samples, 16) and (..., samples).
    """
    first, middle, last = weights
    hidden = np.tanh(x @ first.mT)
    phi = np.tanh(hidden @ middle.mT)
    return hidden, phi, (phi @ last.mT)[..., 0]


def gradients(weights, x, y):
    """Gradient of half the mean square error, by back-propagation.

    Parameters
    ----------
    weights, x
        As in `features`.
    y : ndarray, shape (..., samples)

    Returns
    -------
    tuple of ndarray
        Of the shapes of `weights`.
    """
    signals, slopes, output = _signals_and_slopes(weights, x)
    error = (output - y)[..., None] / x.shape[-2]
    return tuple((error * b).mT @ a for a, b in zip(signals, slopes, strict=True))


def _signals_and_slopes(weights, x):
    """What enters each layer, the output's derivatives by what leaves it, and the output."""
    _, middle, last = weights
    hidden, phi, output = features(weights, x)
    delta = last * (1 - phi**2)
    below = (delta @ middle) * (1 - hidden**2)
    return (x, hidden, phi), (below, delta, np.ones_like(phi[..., :1])), output


def step(weights, x, y, learning_rate):
    """Return the weights after one update of all layers, for all runs at once.

    The readable form of what `train` does with compiled kernels; same parameters as `gradients`.
    """
    slopes = gradients(weights, x, y)
    return tuple(w - learning_rate * slope for w, slope in zip(weights, slopes, strict=True))


def middle_step(middle, last, hidden, y, learning_rate):
    """Return the middle matrix after one update that leaves the other layers alone.

    Parameters
    ----------
    middle, last : ndarray, shapes (..., 16, 32), (..., 1, 16)
    hidden : ndarray, shape (..., |B|, 32)
        First layer's features of the batch, which never change.
    y : ndarray, shape (..., |B|)
    learning_rate : float

    Returns
    -------
    ndarray, shape (..., 16, 32)
    """
    phi = np.tanh(hidden @ middle.mT)
    error = phi @ last.mT - y[..., None]
    delta = error * last * (1 - phi**2)
    return middle - learning_rate / y.shape[-1] * (delta.mT @ hidden)


# ---------------------------------------------------------------- training


def train_middle(problem, sigma_w, temperature, *, times, batch_size=4):
    """Train the middle matrices, with the data in their order, over and over.

    Parameters
    ----------
    problem : Problem
        The number of its samples is a multiple of `batch_size`.
    sigma_w, temperature : float
    times : array_like of int, ascending
        Numbers of updates after which to record; 0 is before training.
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
    children = rng.spawn(runs) if fresh else []
    start = problem.student(sigma_w, "all")
    blocks = [_lanes(array) for array in start]
    data = _lanes(problem.x), _lanes(problem.y)
    kernel = _kernels.all_kernel(batch_size)
    recorded = [np.empty((runs, len(times), *shape)) for shape in _SHAPES]
    now = 0
    for k, then in enumerate(times):
        while now < then:
            updates = min(then - now, 2_500)
            if fresh:
                batches = np.arange(updates * batch_size).reshape(updates, batch_size)
                data = _fresh_data(problem, updates * batch_size, children)
            else:
                batches = rng.integers(samples, size=(updates, batch_size))
            for first, middle, last, x, y in zip(*blocks, *data, strict=True):
                kernel(first, middle, last[0], x, y, batches, rate)
            now += updates
        for record, block in zip(recorded, blocks, strict=True):
            record[:, k] = _runs(block, runs)
    return Trajectory(times, tuple(recorded), start, "all")


def _fresh_data(problem, samples, generators):
    x = np.stack([child.standard_normal((samples, _INPUTS)) for child in generators])
    errors = np.stack([child.standard_normal(samples) for child in generators])
    return _lanes(x), _lanes(features(problem.teacher, x)[2] + problem.noise * errors)


def _schedule(times, batch_size, temperature):
    times = finite_array("times", times, 1)
    if np.any(times != np.round(times)) or times[0] < 0 or np.any(np.diff(times) <= 0):
        raise ValueError(f"times must be ascending whole numbers from zero on, got {times}")
    largest = _kernels.LARGEST_BATCH
    batch_size = positive_int("batch_size", batch_size, largest, "the largest compiled")
    return times.astype(int), batch_size, positive("temperature", temperature) * batch_size


def _learning(layers):
    if layers not in LAYERS:
        raise ValueError(f"layers must be one of {', '.join(LAYERS)}, got {layers!r}")
    return LAYERS[layers]


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


# ---------------------------------------------------------------- what is seen


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
        learning = zip(gradients(weights, x, y), _learning(trajectory.layers), strict=True)
        gradient = np.sqrt(sum(np.sum(g**2, axis=(-2, -1)) for g, learns in learning if learns))
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


# ---------------------------------------------------------------- boundaries


def output_gradients(weights, x, layers):
    """Derivatives of the output for each sample by all weights that learn.

    Parameters
    ----------
    weights : triple of ndarray, (runs, ...)
    x : ndarray, shape (runs, samples, 3)
    layers : {"middle", "all"}

    Returns
    -------
    ndarray, shape (runs, samples, parameters)
    """
    signals, slopes, _ = _signals_and_slopes(weights, x)
    learning = zip(signals, slopes, _learning(layers), strict=True)
    products = [b[..., :, None] * a[..., None, :] for a, b, learns in learning if learns]
    return np.concatenate([p.reshape(*x.shape[:2], -1) for p in products], axis=-1)


def stability_limit(weights, x, batch_size, layers):
    r"""Temperature above which SGD leaves a minimum with these weights.

    :math:`T = 2/(\mathrm{tr}\,H + (|B|-1)\lambda_{\max})`, where :math:`H` is the curvature
    :math:`\langle g g^T\rangle` of output gradients. It takes the gradients of the samples to be
    parallel or orthogonal, and noise and curvature to be aligned.

    Parameters
    ----------
    weights, x, layers
        As in `output_gradients`.
    batch_size : int

    Returns
    -------
    ndarray, shape (runs,)
    """
    batch_size = positive_int("batch_size", batch_size)
    slopes = output_gradients(weights, x, layers)
    tall = slopes.shape[1] > slopes.shape[2]
    curvature = (slopes.mT @ slopes if tall else slopes @ slopes.mT) / x.shape[1]
    trace = np.trace(curvature, axis1=-2, axis2=-1)
    return 2 / (trace + (batch_size - 1) * np.linalg.eigvalsh(curvature)[..., -1])


def cycled_stability_limit(weights, x, batch_size, layers, *, epochs=4, rng):
    """Temperature above which SGD leaves a minimum with these weights, without estimates.

    The linearised updates of the batches, cycled in their order, are multiplied: beyond the limit
    a random direction grows in the product, by more than two per cent an epoch.

    Parameters
    ----------
    weights, x, layers
        As in `output_gradients`.
    batch_size : int
        Divides the number of samples.
    epochs : int
        Over which growth is measured, after one more; where batches are few take many.
    rng : numpy.random.Generator or int

    Returns
    -------
    ndarray, shape (runs,)
        Between 0.01 and 100, within half a per cent.
    """
    runs, samples = x.shape[:2]
    batch_size = positive_int("batch_size", batch_size)
    if samples % batch_size:
        raise ValueError(f"batch_size must divide {samples} (the samples), got {batch_size}")
    epochs = positive_int("epochs", epochs)
    slopes = output_gradients(weights, x, layers)
    batches = slopes.reshape(runs, -1, batch_size, slopes.shape[-1]).swapaxes(0, 1).copy()
    start = np.random.default_rng(rng).standard_normal((runs, slopes.shape[-1], 1))

    def grows(temperature):
        rate, direction, growth = temperature[:, None, None], start, 0.0
        for epoch in range(epochs + 1):
            for batch in batches:
                direction = direction - rate * (batch.mT @ (batch @ direction))
                size = np.linalg.norm(direction, axis=1, keepdims=True)
                direction = direction / size
                growth = growth + (epoch > 0) * np.log(size)
        return growth[:, 0, 0] > 0.02 * epochs

    return _first(grows, 0.01, 100.0, runs, halvings=11)


def kernel_time(weights, x, y, loss, layers):
    r"""Time :math:`\alpha t` after which the linearised network reaches a loss.

    With the tangent kernel at these weights all errors decay exponentially; the line
    :math:`T = \alpha t/(|B|t)` in the phase diagram is where learning is just possible.

    Parameters
    ----------
    weights, x, layers
        As in `output_gradients`.
    y : ndarray, shape (runs, samples)
    loss : float
        Half the mean square error to be reached.

    Returns
    -------
    ndarray, shape (runs,)
        Zero where the loss is small from the start, infinite where it never becomes so.
    """
    loss = positive("loss", loss)
    slopes = output_gradients(weights, x, layers)
    rates, modes = np.linalg.eigh(slopes @ slopes.mT / x.shape[1])
    rates = np.maximum(rates, 0)[..., None]
    error = features(weights, x)[2] - y
    parts = (modes.mT @ error[..., None]) ** 2 / (2 * x.shape[1])

    def reached(time):
        decay = np.exp(-2 * rates * time[:, None, None])
        return np.sum(parts * decay, axis=(-2, -1)) <= loss

    never, always = ~reached(np.full(len(x), 1e20)), reached(np.zeros(len(x)))
    time = _first(reached, 1e-12, 1e20, len(x), halvings=60)
    return np.select([always, never], [0.0, np.inf], time)


def _first(holds, low, high, runs, *, halvings):
    """Smallest argument for each run at which `holds`, by halving on a logarithmic scale."""
    low, high = np.full(runs, np.log(low)), np.full(runs, np.log(high))
    for _ in range(halvings):
        middle = (low + high) / 2
        below = holds(np.exp(middle))
        low, high = np.where(below, low, middle), np.where(below, middle, high)
    return np.exp(high)


def saddle_time(problem, *, step=0.02, norm=300.0):
    r"""Time :math:`\alpha t\,\sigma_W` after which small weights leave the saddle at zero.

    Near zero the network is linear and grows like :math:`\dot w\sim w^2`: it blows up at a time
    that is inversely proportional to :math:`\sigma_W`. All layers learn, by gradient flow on the
    correlation of inputs and targets.

    Parameters
    ----------
    problem : Problem
    step : float
        Step of the integration in units of the inverse norm of the weights.
    norm : float
        Blown up is what has this norm.

    Returns
    -------
    ndarray, shape (runs,)
    """
    signal = np.mean(problem.y[..., None] * problem.x, axis=1)[:, None]  # (runs, 1, 3)

    def flow(first, middle, last):
        path = last @ middle
        return path.mT @ signal, last.mT @ (signal @ first.mT), signal @ (middle @ first).mT

    weights, elapsed = problem.start, np.zeros(len(signal))
    strength = np.linalg.norm(signal, axis=(-2, -1))
    while True:
        size = np.sqrt(sum(np.sum(w**2, axis=(-2, -1)) for w in weights))
        growing = size < norm
        if not growing.any():
            return elapsed
        dt = np.where(growing, step / (size * strength), 0.0)
        wide = dt[:, None, None]
        half = tuple(w + wide / 2 * f for w, f in zip(weights, flow(*weights), strict=True))
        weights = tuple(w + wide * f for w, f in zip(weights, flow(*half), strict=True))
        elapsed += dt


# ---------------------------------------------------------------- maps at full statistics


def observe_points(unit, *, points, times, layers, samples, runs, rng):
    """Train at all points of a map and measure: one unit of a sweep.

    Parameters
    ----------
    unit : int
        Number of the unit; its problem belongs to it and is the same at all points.
    points : sequence of (sigma_w, temperature)
    times, layers, samples
        Of the training; batches of four.
    runs : int
        Runs in this unit.
    rng : numpy.random.Generator or int

    Returns
    -------
    dict
        Each observable as ``float32``, shape (runs, points, time, ...), and ``cpu_seconds``.
    """
    began = time.process_time()
    rng = np.random.default_rng(rng)
    problem = draw_problem(runs, samples, rng=rng)
    seen = []
    for sigma_w, temperature in points:
        if layers == "middle":
            trajectory = train_middle(problem, sigma_w, temperature, times=times)
        else:
            trajectory = train_all(problem, sigma_w, temperature, times=times, rng=rng)
        seen.append(observables(trajectory, problem))
    result = {
        field.name: np.stack([getattr(s, field.name) for s in seen], 1).astype(np.float32)
        for field in fields(Observables)
    }
    return result | {"cpu_seconds": time.process_time() - began}


def summarise(results):
    """Median and 16 and 84 per cent quantiles over the surviving runs of `observe_points`.

    Parameters
    ----------
    results : list of dict

    Returns
    -------
    dict
        Each observable, shape (3, points, time, ...), quantiles ascending, and ``diverged`` and
        ``learned`` (training loss below 1e-3), shape (points, time): fractions of all runs.
    """
    joined = {
        name: np.concatenate([result[name] for result in results])
        for name in results[0]
        if name != "cpu_seconds"
    }
    diverged = joined.pop("diverged")
    learned = joined["train_loss"] < 1e-3  # false for NaN
    alive = diverged.mean(axis=0) < 1
    summary = {}
    for name, values in joined.items():
        summary[name] = np.full((3, *values.shape[1:]), np.nan, np.float32)
        quantiles = np.nanquantile(values[:, alive], (0.16, 0.5, 0.84), axis=0)
        summary[name][:, alive] = quantiles
    return summary | {"diverged": diverged.mean(axis=0), "learned": learned.mean(axis=0)}


if __name__ == "__main__":
    from lecture_utils._maps import main

    main()
