r"""Networks that others trained: levels of weight matrices in a file, under the microscope.

``python -m lecture_utils.pretrained extract FILE ...`` puts the weights of any network under it.

What is a matrix
----------------
Every tensor of floating-point numbers with at least two axes, the smaller side of at least
`SMALLEST`. A convolution (out, in, kernel ...) is the matrix (out, in x kernel ...). What PyTorch
stacks in ``in_proj_weight`` are three matrices; gates of a recurrent layer stay together. Where the
number of heads is given, keys, queries and values are cut into one matrix per head. None is left
out in silence: what is no matrix, or a broken one, is told with its reason.

Conventions: levels are squared singular values, in float64, ascending; a matrix has as many as its
smaller side has entries, ``columns``, and ``rows >= columns``. Heads are samples, first axis.

A file of weights can hold a program. `read_weights` runs none unless it is told to trust the file.
"""

from lecture_utils.pretrained.files import read_weights
from lecture_utils.pretrained.microscope import (
    RATIO_SCATTER,
    SMALLEST,
    Reading,
    Spectrum,
    examine,
    extract,
    load,
    save,
    wishart_ratio,
)

__all__ = [
    "RATIO_SCATTER",
    "SMALLEST",
    "Reading",
    "Spectrum",
    "examine",
    "extract",
    "load",
    "read_weights",
    "save",
    "wishart_ratio",
]
