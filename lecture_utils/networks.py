"""Feed-forward networks: the function, its gradient, its statistics at initialisation, training.

Conventions of the whole module
-------------------------------
A network of widths ``[n_0, ..., n_L]`` is the list of its weight matrices ``W[l-1]`` of shape
``(n_l, n_{l-1})``; there are no biases.  An *ensemble* of networks carries one leading axis,
``(networks, n_l, n_{l-1})``, and every function of the forward pass accepts either.  Samples come
first: ``x`` has shape ``(samples, n_0)``.  Theory is done in float64 numpy, training in float64
torch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from lecture_utils._checks import (
    finite,
    finite_array,
    one_of,
    positive,
    positive_int,
    shape_match,
)

Activation = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class TeacherStudent:
    """Inputs ``x`` (samples, n_0), outputs ``y`` (samples, n_L) and the ``teacher`` behind them."""

    x: np.ndarray
    y: np.ndarray
    teacher: list[np.ndarray]


@dataclass(frozen=True)
class Digits:
    """Handwritten digits: ``x_*`` (samples, 64) standardised, ``y_*`` (samples, 10) one-hot."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    labels_train: np.ndarray
    labels_test: np.ndarray


@dataclass(frozen=True)
class SignalMoments:
    r"""Moments of the pre-activations at initialisation, layers 1 to L, each of shape (L,).

    Attributes
    ----------
    kernel
        Variance :math:`K^{(l)}` of a pre-activation in the limit of infinite width.
    mean_shift
        First correction to the variance, so that ``kernel + mean_shift`` is right to 1/n.
    fluctuation
        Variance, over networks, of the variance inside one network: :math:`V^{(l)}/n_{l-1}`.
    """

    kernel: np.ndarray
    mean_shift: np.ndarray
    fluctuation: np.ndarray

    @property
    def excess_kurtosis(self) -> np.ndarray:
        """Leading excess kurtosis of one pre-activation, ``3 fluctuation / kernel**2``."""
        return 3 * self.fluctuation / self.kernel**2


@dataclass(frozen=True)
class TrainingRun:
    """Learning curves of an ensemble; ``curves`` have shape (networks, records).

    A network whose loss stops being finite is flagged in ``diverged`` and its curves keep the
    non-finite values: nothing is hidden.
    """

    step: np.ndarray
    train_loss: np.ndarray
    test_loss: np.ndarray
    test_accuracy: np.ndarray
    diverged: np.ndarray
    weights: list[np.ndarray]


def initial_weights(
    widths: Sequence[int], *, sigma_w: float = 1.0, networks: int | None = None, rng
) -> list[np.ndarray]:
    r"""Draw Gaussian weights, :math:`W^{(l)}_{ij} \sim N(0, \sigma_W^2 / n_{l-1})`.

    Parameters
    ----------
    widths
        ``[n_0, ..., n_L]``, at least two of them.
    sigma_w
        Scale of the weights; the layer width is divided out here.
    networks
        Number of independent networks; ``None`` gives one network without the leading axis.
    rng
        ``numpy.random.Generator`` or seed.

    Returns
    -------
    list of numpy.ndarray
        L matrices of shape ``(n_l, n_{l-1})`` or ``(networks, n_l, n_{l-1})``.

    Raises
    ------
    ValueError
        For fewer than two widths, a width or number of networks that is not a positive integer,
        or a ``sigma_w`` that is not positive.
    """
    widths = _checked_widths(widths)
    sigma_w = positive("sigma_w", sigma_w)
    lead = () if networks is None else (positive_int("networks", networks),)
    rng = np.random.default_rng(rng)
    return [
        sigma_w / np.sqrt(n_in) * rng.standard_normal((*lead, n_out, n_in))
        for n_in, n_out in pairwise(widths)
    ]


def pre_activations(
    weights: Sequence[np.ndarray], x: np.ndarray, activation: Activation = np.tanh
) -> list[np.ndarray]:
    r"""Pre-activations of every layer.

    :math:`z^{(1)} = W^{(1)} x` and :math:`z^{(l+1)} = W^{(l+1)} \phi(z^{(l)})`.

    Returns
    -------
    list of numpy.ndarray
        L arrays of shape ``(samples, n_l)``, or ``(networks, samples, n_l)`` for an ensemble.

    Raises
    ------
    ValueError
        When ``x`` is not a finite (samples, n_0) array or two neighbouring layers do not fit.
    """
    layers, signal = [], _checked_input(weights, x)
    for matrix in weights:
        layers.append(signal @ matrix.mT)
        signal = activation(layers[-1].copy())
    return layers


def predict(
    weights: Sequence[np.ndarray], x: np.ndarray, activation: Activation = np.tanh
) -> np.ndarray:
    """Network function: the last pre-activation, linear in the features of the layer before."""
    return pre_activations(weights, x, activation)[-1]


def mse_loss(weights: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray) -> np.ndarray | float:
    r"""Mean squared error :math:`\frac{1}{2|D|}\sum_\alpha\sum_i (y_{i\alpha}-\hat y_{i\alpha})^2`.

    Sum over outputs, mean over samples, factor one half; one number per network.
    """
    residual = predict(weights, x) - _checked_target(weights, x, y)
    loss = 0.5 * np.mean(np.sum(residual**2, axis=-1), axis=-1)
    return float(loss) if loss.ndim == 0 else loss


def backpropagate(
    weights: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    r"""Signals that enter each layer, and errors :math:`\partial\ell_a/\partial z^{(l)}` behind it.

    The gradient of the loss of one sample is the outer product of the two. One network or an
    ensemble, with data shared or one set for each network. The inner loop of every training:
    arrays are not checked here but by those who call it.

    Returns
    -------
    signals, errors : lists of numpy.ndarray
        L arrays each, of shape ``(..., samples, n_{l-1})`` and ``(..., samples, n_l)``.
    """
    signals = [x]
    for matrix in weights[:-1]:
        signals.append(np.tanh(signals[-1] @ matrix.mT))
    errors = [signals[-1] @ weights[-1].mT - y]
    for matrix, feature in zip(weights[:0:-1], signals[:0:-1], strict=True):
        # tanh' = 1 - tanh^2, with the feature already at hand
        errors.insert(0, (errors[0] @ matrix) * (1 - feature**2))
    return signals, errors


def _backpropagate_checked(weights, x, y):
    if any(matrix.ndim != 2 for matrix in weights):
        raise ValueError("weights must be those of a single network: matrices of two axes")
    return backpropagate(weights, _checked_input(weights, x), _checked_target(weights, x, y))


def gradients(weights: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Gradient of :func:`mse_loss` by back-propagation, a list shaped like ``weights``."""
    signals, errors = _backpropagate_checked(weights, x, y)
    return [error.T @ signal / len(signal) for signal, error in zip(signals, errors, strict=True)]


def per_sample_gradients(weights: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Gradient of the loss of each sample alone; its mean over samples is the full gradient.

    Returns
    -------
    numpy.ndarray
        Shape (samples, parameters): the layers one after the other, each matrix row by row.
    """
    signals, errors = _backpropagate_checked(weights, x, y)
    return np.concatenate(
        [
            np.einsum("si,sj->sij", error, signal).reshape(len(signal), -1)
            for signal, error in zip(signals, errors, strict=True)
        ],
        axis=1,
    )


def gaussian_mean(function: Activation, variance: float) -> float:
    r"""Expectation :math:`\langle f(z) \rangle` for :math:`z \sim N(0, \mathrm{variance})`.

    Trapezoidal rule on twenty standard deviations: geometric convergence for smooth functions, and,
    unlike Gauss-Hermite quadrature, at ease with a tanh much steeper than the Gaussian is wide.
    """
    variance = finite("variance", variance)
    if variance < 0:
        raise ValueError(f"variance must not be negative, got {variance}")
    u, spacing = np.linspace(-10, 10, 8001, retstep=True)
    density = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    return float(spacing * np.sum(density * function(np.sqrt(variance) * u)))


def signal_moments(
    widths: Sequence[int],
    *,
    sigma_w: float = 1.0,
    input_square: float = 1.0,
    activation: Activation = np.tanh,
) -> SignalMoments:
    r"""Variance of the pre-activations layer by layer, with its first finite-width corrections.

    Inside one network, given the layer before, pre-activations are independent Gaussians of
    variance :math:`S^{(l)}`, and :math:`S^{(1)}, S^{(2)}, \dots` is a Markov chain with conditional
    mean :math:`f(S) = \sigma_W^2\langle\phi^2\rangle_S` and conditional variance
    :math:`v(S)/n_l = \sigma_W^4 (\langle\phi^4\rangle_S - \langle\phi^2\rangle_S^2) / n_l`.
    Expanding around the infinite-width value K = f(K of the layer before)

    * mean shift: :math:`m' = f'(K) m + f''(K) \kappa / 2`,
    * fluctuation: :math:`\kappa' = v(K) / n_l + f'(K)^2 \kappa`.

    Parameters
    ----------
    input_square
        Mean square of the input components, :math:`|x|^2 / n_0`.

    References
    ----------
    Roberts, Yaida, Hanin, The Principles of Deep Learning Theory (2022), chapter 4:
    :math:`\kappa^{(l)} = V^{(l)}/n_{l-1}` is their four-point vertex for a single input.
    """
    widths = _checked_widths(widths)
    sigma_w = positive("sigma_w", sigma_w)
    kernel, shift, fluctuation = [sigma_w**2 * positive("input_square", input_square)], [0.0], [0.0]
    for width in widths[1:-1]:
        k, m, kappa = kernel[-1], shift[-1], fluctuation[-1]
        square, fourth, slope, curvature = _response(activation, k)
        kernel.append(sigma_w**2 * square)
        shift.append(sigma_w**2 * (slope * m + curvature * kappa / 2))
        fluctuation.append(sigma_w**4 * ((fourth - square**2) / width + slope**2 * kappa))
    return SignalMoments(np.array(kernel), np.array(shift), np.array(fluctuation))


def _response(activation, k):
    """Means of phi^2 and phi^4 at variance k, and the first two k-derivatives of the former."""

    def mean(power, polynomial=np.ones_like):
        def integrand(z):
            return activation(z.copy()) ** power * polynomial(z / np.sqrt(k))

        return gaussian_mean(integrand, k)

    # A derivative with respect to the variance is an expectation with a Hermite polynomial.
    slope = mean(2, lambda u: u**2 - 1) / (2 * k)
    curvature = mean(2, lambda u: u**4 - 6 * u**2 + 3) / (4 * k**2)
    return mean(2), mean(4), slope, curvature


def teacher_student_data(widths: Sequence[int], samples: int, *, rng) -> TeacherStudent:
    """Gaussian inputs, labelled by a random network with weights N(0, 1 / n_{l-1})."""
    widths = _checked_widths(widths)
    samples = positive_int("samples", samples)
    rng = np.random.default_rng(rng)
    teacher = initial_weights(widths, rng=rng)
    x = rng.standard_normal((samples, widths[0]))
    return TeacherStudent(x, predict(teacher, x), teacher)


def digits(*, rng) -> Digits:
    """Split the 1797 digits of scikit-learn, one fifth for testing, classes balanced.

    Each pixel is shifted and scaled to mean 0 and variance 1 *on the training set*; a pixel that
    never changes there becomes 0.
    """
    images, labels = load_digits(return_X_y=True)
    seed = int(np.random.default_rng(rng).integers(2**32))
    x_train, x_test, labels_train, labels_test = train_test_split(
        images, labels, test_size=0.2, stratify=labels, random_state=seed
    )
    scaler = StandardScaler().fit(x_train)
    one_hot = np.eye(10)
    return Digits(
        scaler.transform(x_train),
        one_hot[labels_train],
        scaler.transform(x_test),
        one_hot[labels_test],
        labels_train,
        labels_test,
    )


def train(
    weights: Sequence[np.ndarray],
    data: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    *,
    learning_rate: float,
    batch_size: int,
    steps: int,
    optimiser: str = "sgd",
    activation: Callable[[torch.Tensor], torch.Tensor] = torch.tanh,
    frozen: Sequence[int] = (),
    records: int = 40,
    rng,
) -> TrainingRun:
    """Train an ensemble of networks by SGD or Adam on random mini-batches.

    The networks learn side by side and independently: each has its own weights and its own
    batches, drawn with replacement.  The loss that is differentiated is the *sum* over networks,
    so that each receives exactly its own gradient.

    Parameters
    ----------
    weights
        Ensemble of initial weights, ``initial_weights(..., networks=...)``.
    data, test
        Pairs ``(x, y)`` for training and testing, each array (samples, n) when all networks share
        it, (networks, samples, n) when each has its own.
    optimiser
        ``"sgd"`` (no momentum) or ``"adam"`` (torch's defaults but for the learning rate).
    frozen
        Layers that keep their weights, counted from zero. Batches do not depend on it.
    records
        Number of recorded points, spread evenly over the steps, beside the one at the start.

    Returns
    -------
    TrainingRun
        Losses in the normalisation of :func:`mse_loss`; accuracy is the fraction of test samples
        whose largest output stands where the largest target does, NaN for a single output.

    Raises
    ------
    ValueError
        For an unknown optimiser, sizes or rates that are not positive, a batch larger than the
        data, layers that do not exist, or shapes that do not fit.

    References
    ----------
    Kingma, Ba, Adam: a method for stochastic optimization, ICLR (2015).
    """
    if any(matrix.ndim != 3 for matrix in weights):
        raise ValueError("weights must be an ensemble: matrices of three axes")
    networks = len(weights[0])
    x, y = _training_pair(data, weights)
    x_test, y_test = _training_pair(test, weights)
    positive("learning_rate", learning_rate)
    positive_int("steps", steps)
    positive_int("records", records, at_most=steps, why="the number of steps")
    positive_int("batch_size", batch_size, at_most=x.shape[1], why="the number of samples")
    optimisers = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    one_of("optimiser", optimiser, optimisers)

    learning = set(range(len(weights))) - set(frozen)
    if not (set(frozen) < set(range(len(weights)))):
        raise ValueError(
            f"frozen must name some, not all, of layers 0 to {len(weights) - 1}, got {frozen}"
        )
    parameters = [
        torch.tensor(np.ascontiguousarray(matrix), requires_grad=layer in learning)
        for layer, matrix in enumerate(weights)
    ]
    step_rule = optimisers[optimiser]([parameters[i] for i in sorted(learning)], lr=learning_rate)
    batches = torch.Generator().manual_seed(int(np.random.default_rng(rng).integers(2**63)))

    def outputs(signal):
        for matrix in parameters[:-1]:
            signal = activation(signal @ matrix.mT)
        return signal @ parameters[-1].mT

    def losses(prediction, target):
        return 0.5 * ((prediction - target) ** 2).sum(-1).mean(-1)

    @torch.no_grad()
    def record():
        prediction = outputs(x_test)
        accuracy = (prediction.argmax(-1) == y_test.argmax(-1)).double().mean(-1)
        if y.shape[-1] == 1:
            accuracy *= torch.nan
        return losses(outputs(x), y).numpy(), losses(prediction, y_test).numpy(), accuracy.numpy()

    own = torch.arange(networks)[:, None]
    when = np.unique(np.linspace(0, steps, records + 1).round().astype(int))
    curves = [record()]
    for step in range(1, steps + 1):
        chosen = torch.randint(x.shape[1], (networks, batch_size), generator=batches)
        step_rule.zero_grad()
        losses(outputs(x[own, chosen]), y[own, chosen]).sum().backward()
        step_rule.step()
        if step in when:
            curves.append(record())
    train_loss, test_loss, accuracy = np.moveaxis(np.array(curves), 0, -1)
    return TrainingRun(
        when,
        train_loss,
        test_loss,
        accuracy,
        ~np.isfinite(train_loss).all(axis=-1),
        [matrix.detach().numpy() for matrix in parameters],
    )


def _checked_widths(widths):
    if len(widths) < 2:
        raise ValueError(f"widths must hold at least input and output, got {list(widths)}")
    return [positive_int("widths", n) for n in widths]


def _checked_input(weights, x):
    x = finite_array("x", x, ndim=2)
    inputs = x.shape[-1]
    for number, matrix in enumerate(weights, start=1):
        if matrix.shape[-1] != inputs:
            raise ValueError(
                f"weights of layer {number} must take {inputs} inputs, got shape {matrix.shape}"
            )
        inputs = matrix.shape[-2]
    return x


def _checked_target(weights, x, y):
    outputs = weights[-1].shape[-2]
    y = finite_array("y", y, ndim=2)
    return shape_match("y", y, (len(x), outputs), "one row per sample, one column per output")


def _training_pair(pair, weights):
    """Tensors x (networks, samples, n_0) and y (networks, samples, n_L); shared data are views."""
    x, y = (finite_array(name, a, ndim=(2, 3)) for name, a in zip("xy", pair, strict=True))
    networks, samples = len(weights[0]), x.shape[-2]
    tensors = []
    for name, array, width in (
        ("x", x, weights[0].shape[-1]),
        ("y", y, weights[-1].shape[-2]),
    ):
        shape = (networks, samples, width)
        shape_match(name, array, shape[-array.ndim :], "networks, samples, components")
        tensors.append(torch.tensor(np.ascontiguousarray(array)).expand(shape))
    return tensors
