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

``python -m lecture_utils.transformer --help`` tells how to make spectra and temperatures at full
statistics.
"""

from lecture_utils.transformer.full import (
    TEMPERATURES,
)
from lecture_utils.transformer.model import (
    INITIALISATIONS,
    KINDS,
    Shape,
    attention_levels,
    attention_matrices,
    classes,
    initial_weights,
    logits,
    losses,
    parameter_shapes,
)
from lecture_utils.transformer.operations import (
    prune,
    random_part,
    replace,
    surgery,
)
from lecture_utils.transformer.temperature import (
    Replicas,
    temperature_exponents,
    train_replicas,
)
from lecture_utils.transformer.text import (
    PLAYS,
    Corpus,
    corpus,
)
from lecture_utils.transformer.training import (
    Training,
    evaluate,
    generate,
    train,
)

__all__ = [
    "INITIALISATIONS",
    "KINDS",
    "PLAYS",
    "TEMPERATURES",
    "Corpus",
    "Replicas",
    "Shape",
    "Training",
    "attention_levels",
    "attention_matrices",
    "classes",
    "corpus",
    "evaluate",
    "generate",
    "initial_weights",
    "logits",
    "losses",
    "parameter_shapes",
    "prune",
    "random_part",
    "replace",
    "surgery",
    "temperature_exponents",
    "train",
    "train_replicas",
]
