r"""The lecture's transformer: nano-GPT reads Shakespeare, several seeds side by side.

The model
---------
Letters and positions become vectors of 64 numbers; four layers of causal attention (four heads
each) and of a perceptron with ReLU add to them; a last linear map gives the next letter. In each
head the maps K, Q and V are matrices of 64 x 16. Normalisation stands before each part; K, Q and V
have no bias, all else has: 209 729 parameters.

Conventions: weights are a dictionary of tensors, *runs first, then layers*; every product acts on
all runs at once by ``baddbmm``. Vectors are rows, so that a map of 64 inputs and 16 outputs is
64 x 16. Levels are the eigenvalues of ``W.T @ W``, ascending, of shape
``(runs, layers, 3, heads, 16)``; the axis of length three is K, Q, V. Training is in float32,
singular values in float64. Run r depends on `rng` and r alone, not on how many runs go together.
"""

import argparse
import json
import lzma
import platform
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np
import torch
import torch.nn.functional as F
from tqdm import tqdm

import lecture_utils
from lecture_utils import spectra, sweep, tails
from lecture_utils._checks import finite_array, positive, positive_int, shape_match

#: Shakespeare's plays; shakespeare.provenance.txt beside it tells where they come from.
PLAYS = Path(__file__).parents[1] / "book" / "data" / "shakespeare.txt.xz"

KINDS = ("K", "Q", "V")
INITIALISATIONS = ("default", "gaussian")


# ---------------------------------------------------------------- the text


@dataclass(frozen=True)
class Corpus:
    """A text in numbers: ``alphabet[code]`` is a letter. `train` and `validation` are int16."""

    train: np.ndarray
    validation: np.ndarray
    alphabet: str

    def encode(self, text):
        """Return the codes of the letters of `text`, an array of int64."""
        unknown = sorted(set(text) - set(self.alphabet))
        if unknown:
            raise ValueError(f"text must use letters of the alphabet only, got {unknown}")
        return np.array([self.alphabet.index(letter) for letter in text], dtype=np.int64)

    def decode(self, codes):
        """Return the text of an array of codes."""
        return "".join(self.alphabet[code] for code in codes)


def corpus(path=None):
    """Read a text to learn: Shakespeare's 37 plays, or a file of the reader.

    The last tenth of every play is kept for validation.

    Parameters
    ----------
    path : path_like, optional
        A text in UTF-8, plain or compressed (``.xz``). Form feeds separate what counts as a play.

    Returns
    -------
    Corpus
        Its alphabet holds the letters of the text in order of their code points.
    """
    path = PLAYS if path is None else Path(path)
    opened = (lzma.open if path.suffix == ".xz" else open)(path, "rt", encoding="utf-8")
    with opened as file:
        plays = [play for play in file.read().split("\f") if play]
    if not plays:
        raise ValueError(f"path must be a file with letters in it, got {path}")
    points = np.frombuffer("".join(plays).encode("utf-32-le"), dtype=np.uint32)
    present = np.bincount(points) > 0
    codes = (np.cumsum(present) - 1).astype(np.int16)[points]
    lengths = np.array([len(play) for play in plays])
    ends = np.cumsum(lengths)
    cuts = ends - lengths + 9 * lengths // 10
    pieces = np.split(codes, np.column_stack([cuts, ends]).ravel()[:-1])
    alphabet = "".join(map(chr, np.flatnonzero(present)))
    return Corpus(np.concatenate(pieces[::2]), np.concatenate(pieces[1::2]), alphabet)


# ---------------------------------------------------------------- the model


@dataclass(frozen=True)
class Shape:
    """Sizes of the model; the defaults are the lecture's."""

    vocabulary: int = 65
    context: int = 32
    width: int = 64
    heads: int = 4
    layers: int = 4


def parameter_shapes(shape=Shape()):
    """Return the shape of each parameter by its name; those of a layer begin with the layers.

    ``kqv`` holds all K, Q, V: ``kqv[layer, :, kind, head, :]`` is one matrix.
    """
    c, heads = shape.width, positive_int("heads", shape.heads)
    if c % heads:
        raise ValueError(f"width must be a multiple of {heads} (the heads), got {c}")
    layer = {
        "norm1_scale": (c,),
        "norm1_shift": (c,),
        "kqv": (c, 3, heads, c // heads),
        "out": (c, c),
        "out_bias": (c,),
        "norm2_scale": (c,),
        "norm2_shift": (c,),
        "up": (c, 4 * c),
        "up_bias": (4 * c,),
        "down": (4 * c, c),
        "down_bias": (c,),
    }
    return {
        "tokens": (shape.vocabulary, c),
        "positions": (shape.context, c),
        **{name: (shape.layers, *size) for name, size in layer.items()},
        "final_scale": (c,),
        "final_shift": (c,),
        "head": (c, shape.vocabulary),
        "head_bias": (shape.vocabulary,),
    }


def initial_weights(runs, initialisation="default", *, shape=Shape(), rng):
    r"""Draw the weights of untrained models.

    Parameters
    ----------
    runs : int
    initialisation : {"default", "gaussian"}
        "default" is PyTorch's: linear maps and their biases uniform in
        :math:`\pm1/\sqrt{\text{inputs}}`, so that the variance of K, Q, V is 1/192, and standard
        normal embeddings. "gaussian": all weights N(0, 0.02), all biases zero.
    shape : Shape
    rng : numpy.random.Generator or int

    Returns
    -------
    dict of torch.Tensor
        As in `parameter_shapes`, with the runs in front.
    """
    return _initial_weights(_generators(rng, runs), initialisation, shape)


def losses(weights, windows):
    """Return the mean cross entropy of the next letter for each run, in nats.

    Parameters
    ----------
    weights : dict of torch.Tensor
    windows : torch.Tensor of int64, shape (runs, batch, letters + 1)
        Each letter but the last is input, each but the first is to be predicted.

    Returns
    -------
    torch.Tensor, shape (runs,)
    """
    scores = logits(weights, windows[..., :-1])
    targets = windows[..., 1:].reshape(-1)
    loss = F.cross_entropy(scores.flatten(0, -2), targets, reduction="none")
    return loss.view(len(windows), -1).mean(1)


def logits(weights, letters):
    """Return the scores of the next letter after each letter of `letters`.

    Parameters
    ----------
    weights : dict of torch.Tensor
    letters : torch.Tensor of int64, shape (runs, batch, letters)

    Returns
    -------
    torch.Tensor, shape (runs, batch, letters, vocabulary)
    """
    runs, batch, length = letters.shape
    tokens = weights["tokens"]
    first = tokens.shape[1] * torch.arange(runs)[:, None, None]  # of each run in the joint table
    stream = F.embedding(letters + first, tokens.flatten(0, 1))
    stream = (stream + weights["positions"][:, None, :length]).flatten(1, 2)
    names = [name for name in weights if name in _IN_LAYERS]
    for tensors in zip(*(weights[name].unbind(1) for name in names), strict=True):
        layer = dict(zip(names, tensors, strict=True))
        normed = _norm(stream, layer["norm1_scale"], layer["norm1_shift"])
        heads = _attention(normed, layer["kqv"], batch)
        stream = stream + _linear(heads, layer["out"], layer["out_bias"])
        normed = _norm(stream, layer["norm2_scale"], layer["norm2_shift"])
        hidden = _linear(normed, layer["up"], layer["up_bias"]).relu_()
        stream = stream + _linear(hidden, layer["down"], layer["down_bias"])
    stream = _norm(stream, weights["final_scale"], weights["final_shift"])
    scores = _linear(stream, weights["head"], weights["head_bias"])
    return scores.view(runs, batch, length, -1)


def attention_matrices(weights):
    """Return K, Q and V of every head, a view of shape (runs, layers, 3, heads, 64, 16)."""
    return weights["kqv"].detach().permute(0, 1, 3, 4, 2, 5)


def attention_levels(weights):
    """Return the levels of ``W.T @ W`` for W = K, Q, V: (runs, layers, 3, heads, 16), ascending."""
    return spectra.gram(attention_matrices(weights).numpy())


def classes(levels):
    """Bring levels that belong to one law together: same layer and kind, any run and head.

    Parameters
    ----------
    levels : array_like, shape (runs, layers, 3, heads, n)

    Returns
    -------
    ndarray, shape (3 * layers, runs * heads, n)
        Classes in the order K, Q, V of the first layer, K, Q, V of the second, ...
    """
    levels = finite_array("levels", levels, ndim=5)
    runs, layers, kinds, heads, n = levels.shape
    return levels.transpose(1, 2, 0, 3, 4).reshape(layers * kinds, runs * heads, n)


# ---------------------------------------------------------------- training


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
        generators = _generators(rng, runs)
        weights = _initial_weights(generators, start, Shape(vocabulary=len(text.alphabet)))
    else:
        weights = _copy(start)
        generators = _generators(rng, len(weights["kqv"]))
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
    generators = _generators(rng, runs)
    letters = torch.from_numpy(text.encode(prompt)).expand(runs, 1, -1)
    for _ in range(positive_int("length", length)):
        scores = logits(weights, letters[..., -context:])[:, 0, -1] / temperature
        drawn = [
            torch.multinomial(p, 1, generator=generator)
            for p, generator in zip(scores.softmax(-1), generators, strict=True)
        ]
        letters = torch.cat([letters, torch.stack(drawn)[:, None]], dim=-1)
    return [text.decode(row) for row in letters[:, 0, len(prompt) :].tolist()]


# ---------------------------------------------------------------- the temperature


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


# ---------------------------------------------------------------- surgery


def random_part(levels, kinds="KQ", *, quantile=0.8):
    """Mark the levels below the upper edge of the Marchenko-Pastur law of their class.

    Parameters
    ----------
    levels : array_like, shape (runs, layers, 3, heads, n)
    kinds : str
        Of which maps to mark any.
    quantile : float
        As in `tails.marchenko_pastur_bulk`.

    Returns
    -------
    ndarray of bool, shape (runs, layers, 3, heads, n)
    """
    levels = finite_array("levels", levels, ndim=5)
    edges = np.empty((1, *levels.shape[1:3], 1, 1))
    r = 1 / levels.shape[-2]  # a head has width/heads columns and width rows
    for edge, of_class in zip(edges.reshape(-1, 1), classes(levels), strict=True):
        edge[:] = tails.marchenko_pastur_bulk(of_class, r, quantile=quantile).edges[1]
    chosen = np.isin(list(KINDS), list(kinds))[:, None, None]
    return (levels < edges) & chosen


def prune(weights, removed):
    """Set singular values of K, Q, V to zero.

    Parameters
    ----------
    weights : dict of torch.Tensor
    removed : array_like of bool, shape (runs, layers, 3, heads, n)
        Which of the (ascending) `attention_levels`.

    Returns
    -------
    dict of torch.Tensor
        New weights.
    """
    left, values, right = _singular(weights, removed)
    return _with_matrices(weights, (left * np.where(removed, 0, values)[..., None, :]) @ right)


def replace(weights, removed, *, rng):
    """Put a fresh random matrix in the place of marked singular values of K, Q, V.

    Its entries are Gaussian, projected on what is orthogonal to the kept left and right singular
    vectors, and scaled so that the sum of its levels is that of the levels it replaces.

    Parameters
    ----------
    weights, removed
        As in `prune`.
    rng : numpy.random.Generator or int

    Returns
    -------
    dict of torch.Tensor
        New weights.
    """
    left, values, right = _singular(weights, removed)
    kept = ~np.asarray(removed)[..., None, :]
    rows, columns = left * kept, right * kept.mT
    fresh = np.random.default_rng(rng).standard_normal((*left.shape[:-1], right.shape[-1]))
    fresh -= rows @ (rows.mT @ fresh)
    fresh -= (fresh @ columns.mT) @ columns
    wanted = np.sum(np.where(removed, values, 0) ** 2, axis=-1)
    norm = np.maximum(np.sum(fresh**2, axis=(-2, -1)), np.finfo(float).tiny)
    fresh *= np.sqrt(wanted / norm)[..., None, None]
    return _with_matrices(weights, (rows * values[..., None, :]) @ right + fresh)


def surgery(weights, codes, part, *, rng):
    """Measure the loss after operations on a part of the levels, and after controls.

    Parameters
    ----------
    weights : dict of torch.Tensor
    codes : ndarray of int
        Text for `evaluate`.
    part : ndarray of bool, shape (runs, layers, 3, heads, n)
        Such as `random_part`.
    rng : numpy.random.Generator or int

    Returns
    -------
    dict of str to ndarray, shape (runs,)
        Loss of the weights as they are ("intact") and with the part pruned or replaced
        ("part pruned", "part replaced"), with as many levels of each matrix, chosen at random
        ("random pruned", ...), and with the rest of each matrix that the part touches
        ("rest pruned", ...).
    """
    rng = np.random.default_rng(rng)
    part = np.asarray(part)
    touched = part.any(axis=-1, keepdims=True)
    marks = {"part": part, "random": rng.permuted(part, axis=-1), "rest": touched & ~part}
    result = {"intact": evaluate(weights, codes)}
    for name, mark in marks.items():
        result[f"{name} pruned"] = evaluate(prune(weights, mark), codes)
        result[f"{name} replaced"] = evaluate(replace(weights, mark, rng=rng), codes)
    return result


# ---------------------------------------------------------------- full statistics

#: Models that the command trains side by side.
BLOCK = 4

#: For each optimiser the common time, and learning rates with their batch sizes.
TEMPERATURES = {
    "sgd": (24.0, {0.4: (4, 8, 16, 32), 0.2: (4, 8, 16), 0.1: (4, 8), 0.05: (4,)}),
    "adamw": (0.25, {2e-3: (4, 8, 16, 32), 1e-3: (4, 8, 16), 5e-4: (4, 8)}),
}


def main(arguments=None):
    """Train many models, and replicas of one, and write their levels to a file."""
    parser = argparse.ArgumentParser(
        prog="python -m lecture_utils.transformer", description=main.__doc__
    )
    parser.add_argument("--full", type=Path, required=True, metavar="OUTPUT.npz")
    parser.add_argument("--seeds", type=int, default=16, help=f"a multiple of {BLOCK}")
    parser.add_argument("--iterations", type=int, default=5000, help="a multiple of 10")
    parser.add_argument("--replicas", type=int, default=6, help="for the temperature")
    parser.add_argument("--seed", type=int, default=1, help="of all random numbers")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    options = parser.parse_args(arguments)
    if options.seeds < BLOCK or options.seeds % BLOCK:
        parser.error(f"--seeds must be a positive multiple of {BLOCK}, got {options.seeds}")
    where = {
        "seed": options.seed,
        "workers": options.workers,
        "folder": options.full.with_suffix(".parts"),
    }
    spectra_units = [
        (name, block) for name in INITIALISATIONS for block in range(options.seeds // BLOCK)
    ]
    trained = sweep.run(
        partial(_train_block, iterations=options.iterations), spectra_units, **where
    )
    replica_units = [
        (optimiser, alpha, batch)
        for optimiser, (_, settings) in TEMPERATURES.items()
        for alpha, batches in settings.items()
        for batch in batches
    ]
    task = partial(_train_setting, replicas=options.replicas, start_seed=options.seed)
    cooled = sweep.run(task, replica_units, **where)

    arrays = {"iterations": trained[0]["iterations"]}
    for name in INITIALISATIONS:
        parts = [r for (of, _), r in zip(spectra_units, trained, strict=True) if of == name]
        for key in ("levels", "train_loss", "validation_loss"):
            arrays[f"{name}_{key}"] = np.concatenate([part[key] for part in parts])
    for name in TEMPERATURES:
        parts = [(u, r) for u, r in zip(replica_units, cooled, strict=True) if u[0] == name]
        arrays[f"{name}_settings"] = np.array([unit[1:] for unit, _ in parts])
        arrays[f"{name}_levels"] = np.stack([result["levels"] for _, result in parts])
    provenance = {
        "command": f"{parser.prog} {' '.join(sys.argv[1:] if arguments is None else arguments)}",
        "seed": options.seed,
        "cpu_seconds": round(sum(result["cpu_seconds"] for result in trained + cooled)),
        "versions": {
            "lecture_utils": lecture_utils.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": torch.__version__,
        },
    }
    np.savez_compressed(options.full, provenance=json.dumps(provenance), **arrays)


def _train_block(unit, *, iterations, rng):
    """Train a block of models: `unit` is an initialisation and the number of the block."""
    initialisation, _ = unit
    began = process_time()
    moments = np.linspace(0, iterations, 11).round().astype(int)
    training = train(
        corpus(),
        start=initialisation,
        runs=BLOCK,
        iterations=iterations,
        snapshots=moments,
        evaluations=moments,
        rng=rng,
    )
    return {
        "iterations": training.snapshots,
        "levels": training.levels.astype(np.float32),
        "train_loss": training.train_loss,
        "validation_loss": training.validation_loss,
        "cpu_seconds": process_time() - began,
    }


def _train_setting(unit, *, replicas, start_seed, rng):
    """Train replicas: `unit` is optimiser, learning rate, and batch size."""
    optimiser, alpha, batch = unit
    began = process_time()
    trained = train_replicas(
        corpus(),
        [(alpha, batch)],
        start=initial_weights(1, rng=start_seed),
        time=TEMPERATURES[optimiser][0],
        replicas=replicas,
        optimiser=optimiser,
        rng=rng,
    )
    levels = trained.levels[0].astype(np.float32)
    return {"levels": levels, "cpu_seconds": process_time() - began}


# ---------------------------------------------------------------- helpers

_IN_LAYERS = frozenset(n for n, size in parameter_shapes(Shape(layers=7)).items() if size[0] == 7)


def _copy(weights):
    return {name: tensor.detach().clone() for name, tensor in weights.items()}


def _generators(rng, runs):
    streams = np.random.default_rng(rng).spawn(positive_int("runs", runs))
    return [torch.Generator().manual_seed(int(stream.integers(2**63))) for stream in streams]


def _initial_weights(generators, initialisation, shape):
    if initialisation not in INITIALISATIONS:
        raise ValueError(f"initialisation must be default or gaussian, got {initialisation!r}")
    sizes = parameter_shapes(shape)
    drawn = [
        {name: _draw(name, size, shape.width, initialisation, g) for name, size in sizes.items()}
        for g in generators
    ]
    return {name: torch.stack([weights[name] for weights in drawn]) for name in sizes}


def _draw(name, size, width, initialisation, generator):
    if name.endswith("_scale"):
        return torch.ones(size)
    if name.endswith("_shift"):
        return torch.zeros(size)
    if initialisation == "gaussian":
        if name.endswith("_bias"):
            return torch.zeros(size)
        return 0.02 * torch.randn(size, generator=generator)
    if name in ("tokens", "positions"):
        return torch.randn(size, generator=generator)
    inputs = 4 * width if name.startswith("down") else width
    return (2 * torch.rand(size, generator=generator) - 1) / inputs**0.5


def _norm(stream, scale, shift):
    return torch.addcmul(shift[:, None], F.layer_norm(stream, stream.shape[-1:]), scale[:, None])


def _linear(stream, weight, bias):
    return torch.baddbmm(bias[:, None], stream, weight)


def _attention(stream, kqv, batch):
    """Causal attention of all heads: (runs, batch * letters, width) in and out."""
    runs, width, kinds, heads, _ = kqv.shape
    projected = torch.bmm(stream, kqv.flatten(2))
    projected = projected.view(runs * batch, -1, kinds, heads, width // heads)
    key, query, value = projected.permute(2, 0, 3, 1, 4)  # each (runs * batch, heads, letters, 16)
    mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    return mixed.transpose(1, 2).reshape(runs, -1, width)


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


def _singular(weights, removed):
    """Singular vectors and values of all K, Q, V, the values ascending."""
    matrices = attention_matrices(weights).numpy().astype(np.float64)
    shape_match("removed", np.asarray(removed), (*matrices.shape[:-2], matrices.shape[-1]))
    left, values, right = np.linalg.svd(matrices, full_matrices=False)
    return left[..., ::-1], values[..., ::-1], right[..., ::-1, :]


def _with_matrices(weights, matrices):
    kqv = torch.from_numpy(matrices).to(weights["kqv"].dtype).permute(0, 1, 4, 2, 3, 5)
    return weights | {"kqv": kqv.contiguous()}


if __name__ == "__main__":
    # The workers of the sweep know the functions of the module by its real name.
    from lecture_utils import transformer

    transformer.main()
