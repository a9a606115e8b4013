"""The model of many runs at once: its weights, its scores, its matrices and their levels."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from lecture_utils import spectra
from lecture_utils._checks import finite_array, positive_int

KINDS = ("K", "Q", "V")
INITIALISATIONS = ("default", "gaussian")


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
    return draw_weights(torch_generators(rng, runs), initialisation, shape)


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


_IN_LAYERS = frozenset(n for n, size in parameter_shapes(Shape(layers=7)).items() if size[0] == 7)


def torch_generators(rng, runs):
    streams = np.random.default_rng(rng).spawn(positive_int("runs", runs))
    return [torch.Generator().manual_seed(int(stream.integers(2**63))) for stream in streams]


def draw_weights(generators, initialisation, shape):
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
