"""Training of many runs at once, and what trained models do: lose and write."""

from dataclasses import dataclass

import numpy as np
import torch
from tqdm import tqdm

from lecture_utils._checks import positive, positive_int
from lecture_utils.transformer.model import (
    Shape,
    attention_levels,
    draw_weights,
    logits,
    losses,
    torch_generators,
)


@dataclass(frozen=True)
class Training:
    """What training left behind.

    ``levels[:, k]`` (of `attention_levels`) belong to iteration ``snapshots[k]``;
    ``train_loss[:, k]`` and ``validation_loss[:, k]`` to ``evaluations[k]``. ``batch_loss`` has
    the shape (runs, iterations), ``weights`` are those at the end.
    """

    weights: dict
    snapshots: np.ndarray
    levels: np.ndarray
    evaluations: np.ndarray
    train_loss: np.ndarray
    validation_loss: np.ndarray
    batch_loss: np.ndarray


def train(
    text,
    *,
    start="default",
    runs=None,
    iterations,
    optimiser="adamw",
    learning_rate=1e-3,
    batch_size=16,
    snapshots=(),
    evaluations=(),
    observe=None,
    rng,
):
    """Train models of different seeds side by side.

    Parameters
    ----------
    text : Corpus
    start : {"default", "gaussian"} or dict of torch.Tensor
        Initialisation of the lecture's model, or weights to start from (which are not changed).
    runs : int, optional
        Number of models, where `start` is an initialisation.
    iterations : int
    optimiser : {"adamw", "sgd"}
        AdamW has PyTorch's other parameters (weight decay 0.01), SGD no momentum.
    learning_rate : float
    batch_size : int
        Windows of letters a batch, drawn with replacement.
    snapshots, evaluations : sequence of int
        Iterations before which levels, and losses (see `evaluate`), are recorded.
    observe : callable, optional
        Called as ``observe(iteration, weights)`` at each evaluation, with a copy of the weights;
        to let the models write, for instance.
    rng : numpy.random.Generator or int

    Returns
    -------
    Training

    Raises
    ------
    FloatingPointError
        If a loss is no longer finite.
    """
    iterations = positive_int("iterations", iterations)
    snapshots = _moments("snapshots", snapshots, iterations)
    evaluations = _moments("evaluations", evaluations, iterations)
    if isinstance(start, str):
        generators = torch_generators(rng, runs)
        weights = draw_weights(generators, start, Shape(vocabulary=len(text.alphabet)))
    else:
        weights = _copy(start)
        generators = torch_generators(rng, len(weights["kqv"]))
    step = _optimiser(optimiser, weights, positive("learning_rate", learning_rate))
    batches = _batches(text.train, generators, batch_size, weights["positions"].shape[1])

    levels, evaluated, batch_loss = [], [], np.empty((len(generators), iterations), np.float32)
    for iteration in tqdm(range(iterations + 1), unit="it", disable=None, leave=False):
        if iteration in snapshots:
            levels.append(attention_levels(weights))
        if iteration in evaluations:
            evaluated.append([evaluate(weights, part) for part in (text.train, text.validation)])
            if observe is not None:
                observe(iteration, _copy(weights))
        if iteration == iterations:
            break
        loss = losses(weights, next(batches))
        step.zero_grad()
        loss.sum().backward()
        step.step()
        batch_loss[:, iteration] = loss.detach()
        if not np.all(np.isfinite(batch_loss[:, iteration])):
            raise FloatingPointError(
                f"training diverged at iteration {iteration} (learning_rate {learning_rate})"
            )
    shape = (len(evaluations), 2, len(generators))
    train_loss, validation_loss = np.reshape(evaluated, shape).transpose(1, 2, 0)
    return Training(
        weights={name: tensor.detach() for name, tensor in weights.items()},
        snapshots=snapshots,
        levels=np.stack(levels, axis=1) if levels else np.empty((len(generators), 0)),
        evaluations=evaluations,
        train_loss=train_loss,
        validation_loss=validation_loss,
        batch_loss=batch_loss,
    )


@torch.no_grad()
def evaluate(weights, codes, *, windows=1280):
    """Return the loss of each run on windows spread evenly over a text.

    Parameters
    ----------
    weights : dict of torch.Tensor
    codes : ndarray of int
        Such as ``text.validation``.
    windows : int

    Returns
    -------
    ndarray, shape (runs,)
    """
    runs, length = weights["positions"].shape[:2]
    _long_enough(codes, length)
    first = np.linspace(0, len(codes) - length - 1, positive_int("windows", windows)).astype(int)
    letters = torch.from_numpy(codes[first[:, None] + np.arange(length + 1)]).long()
    sums = sum(len(part) * losses(weights, part.expand(runs, -1, -1)) for part in letters.split(64))
    return (sums / windows).numpy()


@torch.no_grad()
def generate(weights, text, length, *, prompt="\n", temperature=1.0, rng):
    """Let each run write.

    Parameters
    ----------
    weights : dict of torch.Tensor
    text : Corpus
    length : int
        Letters to write.
    prompt : str
        What to continue; not part of the result.
    temperature : float
        Divides the scores of the next letter: the softmax is a Boltzmann law.
    rng : numpy.random.Generator or int

    Returns
    -------
    list of str
        One for each run.
    """
    runs, context = weights["positions"].shape[:2]
    temperature = positive("temperature", temperature)
    if not prompt:
        raise ValueError(f"prompt must not be empty, got {prompt!r}")
    generators = torch_generators(rng, runs)
    letters = torch.from_numpy(text.encode(prompt)).expand(runs, 1, -1)
    for _ in range(positive_int("length", length)):
        scores = logits(weights, letters[..., -context:])[:, 0, -1] / temperature
        drawn = [
            torch.multinomial(p, 1, generator=generator)
            for p, generator in zip(scores.softmax(-1), generators, strict=True)
        ]
        letters = torch.cat([letters, torch.stack(drawn)[:, None]], dim=-1)
    return [text.decode(row) for row in letters[:, 0, len(prompt) :].tolist()]


def _copy(weights):
    return {name: tensor.detach().clone() for name, tensor in weights.items()}


def _optimiser(name, weights, learning_rate):
    classes = {"adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}
    if name not in classes:
        raise ValueError(f"optimiser must be adamw or sgd, got {name!r}")
    tensors = [tensor.requires_grad_() for tensor in weights.values()]
    return classes[name](tensors, lr=learning_rate, fused=True)


def _batches(codes, generators, batch_size, length):
    """Yield windows (runs, batch, length + 1), each run's chosen by its own generator."""
    batch_size = positive_int("batch_size", batch_size)
    _long_enough(codes, length)
    codes, offsets = torch.from_numpy(codes), torch.arange(length + 1)
    while True:
        first = [torch.randint(len(codes) - length, (batch_size,), generator=g) for g in generators]
        yield codes[torch.stack(first)[..., None] + offsets].long()


def _long_enough(codes, length):
    if len(codes) <= length:
        raise ValueError(f"text must have parts of more than {length} letters, got {len(codes)}")


def _moments(name, values, iterations):
    values = np.unique(np.asarray(values, dtype=int))
    if values.size and not 0 <= values[0] <= values[-1] <= iterations:
        raise ValueError(f"{name} must lie between 0 and {iterations} (the last), got {values}")
    return values
