"""The text that the models learn, in numbers."""

import lzma
from dataclasses import dataclass
from pathlib import Path

import numpy as np

#: Shakespeare's plays; shakespeare.provenance.txt beside it tells where they come from.
PLAYS = Path(__file__).parents[2] / "book" / "data" / "shakespeare.txt.xz"


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
