"""The networks, their data, their gradient and one readable step."""

from dataclasses import dataclass

import numpy as np

from lecture_utils._checks import finite_array, one_of, positive, positive_int

#: Which of the three layers learn.
LAYERS = {"middle": (False, True, False), "all": (True, True, True)}
SHAPES = ((32, 3), (16, 32), (1, 16))
INPUTS = 3


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
            for own, given, learns in zip(self.start, self.teacher, learning(layers), strict=True)
        )


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
            [child.standard_normal(shape) / np.sqrt(shape[1]) for shape in SHAPES] for _ in range(2)
        )
        x = child.standard_normal((samples, INPUTS))
        errors = noise * child.standard_normal(samples)
        drawn.append((*teacher, *start, x, errors, child.standard_normal((test_samples, INPUTS))))
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
    signals, slopes, output = signals_and_slopes(weights, x)
    error = (output - y)[..., None] / x.shape[-2]
    return tuple((error * b).mT @ a for a, b in zip(signals, slopes, strict=True))


def signals_and_slopes(weights, x):
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


def learning(layers):
    """Return which of the three layers learn; `layers` is a key of `LAYERS`."""
    return LAYERS[one_of("layers", layers, LAYERS)]
