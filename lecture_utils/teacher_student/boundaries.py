"""Where theory expects learning to begin and to end."""

import numpy as np

from lecture_utils._checks import positive, positive_int
from lecture_utils.teacher_student.network import features, learning, signals_and_slopes


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
    signals, slopes, _ = signals_and_slopes(weights, x)
    layered = zip(signals, slopes, learning(layers), strict=True)
    products = [b[..., :, None] * a[..., None, :] for a, b, learns in layered if learns]
    return np.concatenate([p.reshape(*x.shape[:2], -1) for p in products], axis=-1)


def stability_limit(weights, x, batch_size, layers):
    r"""Temperature above which SGD leaves a minimum with these weights.

    :math:`T = 2/(\mathrm{tr}\,H + (|B|-1)\lambda_{\max})`, where :math:`H` is the curvature
    :math:`\langle g g^T\rangle` of output gradients. An estimate, exact for equal samples: near a
    teacher as good as `cycled_stability_limit`, but a factor of 1.7 to 4 too high for networks
    that were trained at temperatures of one to two.

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


def saddle_time(problem):
    r"""Time :math:`\alpha t\,\sigma_W` after which small weights leave the saddle at zero.

    Near zero the network is linear and grows like :math:`\dot w\sim w^2`: it blows up at a time
    that is inversely proportional to :math:`\sigma_W`. All layers learn, by gradient flow on the
    correlation of inputs and targets.

    Parameters
    ----------
    problem : Problem

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
        growing = size < 300  # from here on the remaining time is negligible
        if not growing.any():
            return elapsed
        dt = np.where(growing, 0.02 / (size * strength), 0.0)
        wide = dt[:, None, None]
        half = tuple(w + wide / 2 * f for w, f in zip(weights, flow(*weights), strict=True))
        weights = tuple(w + wide * f for w, f in zip(weights, flow(*half), strict=True))
        elapsed += dt
