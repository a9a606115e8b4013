"""Weights from files of others, without running what else may be in them."""

import json
import math
import warnings
import zipfile
from pathlib import Path

import numpy as np
import torch

_SAFETENSORS_TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
_LONGEST_HEADER = 100_000_000  # bytes, as in the reference implementation of safetensors


def read_weights(path, *, trust=False):
    """Read all tensors of a file.

    ==================  =========================================================================
    safetensors         holds numbers only
    state dict          what ``torch.save`` writes; PyTorch's restricted reader builds tensors and
                        plain containers, and refuses anything that could run code
    other pickle        whole modules and the like: read with `trust` only, since to read them is
                        to run the code they name
    TorchScript         with `trust` only: a module in it may run code of its own when it is loaded
    ==================  =========================================================================

    Parameters
    ----------
    path : str or path
    trust : bool
        Whether the author of the file may run code on this machine.

    Returns
    -------
    dict of str to torch.Tensor
        Nested containers give names joined by dots.

    Raises
    ------
    ValueError
        If the file is damaged, of another format, or would need `trust`.
    OSError
        If there is no such file.
    """
    path = Path(path)
    with path.open("rb") as file:
        start = file.read(9)
    if start[8:] == b"{":
        return _read_safetensors(path)
    is_zip = start.startswith(b"PK")
    if not is_zip and not start.startswith(b"\x80"):  # how a pickle starts
        raise ValueError(
            f"path must be a safetensors, state-dict or TorchScript file, got {path}: its first"
            f" bytes are {start!r}"
        )
    if is_zip and _is_torchscript(path):
        return _read_torchscript(path, trust)
    return _read_pickle(path, trust)


# ---------------------------------------------------------------- safetensors


def _read_safetensors(path):
    """Eight bytes with the length of a header, the header as JSON, and the numbers."""
    raw = np.memmap(path, np.uint8, mode="r")
    length = int(raw[:8].view("<u8")[0])
    if length > min(len(raw) - 8, _LONGEST_HEADER):
        raise _damaged(path, f"its header of {length} bytes is longer than the file or 100 MB")
    try:
        header = json.loads(raw[8 : 8 + length].tobytes())
    except ValueError as error:
        raise _damaged(path, f"its header is not JSON ({error})") from error
    header.pop("__metadata__", None)
    data = raw[8 + length :]
    return {name: _tensor(path, name, entry, data) for name, entry in header.items()}


def _tensor(path, name, entry, data):
    try:
        code, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        whole = all(type(number) is int and number >= 0 for number in (*shape, begin, end))
        count, fits = math.prod(shape), whole and begin <= end <= len(data)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, f"the entry of {name} is {entry!r}") from error
    if code not in _SAFETENSORS_TYPES:
        raise ValueError(f"path must hold numbers of a known type, got {code!r} for {name}: {path}")
    dtype = _SAFETENSORS_TYPES[code]
    if not fits or end - begin != count * dtype.itemsize:
        raise _damaged(path, f"{name} of shape {shape} is said to fill bytes {begin} to {end}")
    if not count:
        return torch.empty(shape, dtype=dtype)
    return torch.from_numpy(data[begin:end].copy()).view(dtype).reshape(shape)


# ---------------------------------------------------------------- PyTorch


def _is_torchscript(path):
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except zipfile.BadZipFile as error:
        raise _damaged(path, str(error)) from error


def _read_torchscript(path, trust):
    if not trust:
        raise ValueError(
            f"trust must be given (--trust) for TorchScript, got {path}: it can run code of its own"
            " when it is loaded"
        )
    try:
        with warnings.catch_warnings():  # deprecated, and still the only reader of such files
            warnings.simplefilter("ignore", DeprecationWarning)
            return dict(torch.jit.load(path, map_location="cpu").state_dict())
    except RuntimeError as error:
        raise _damaged(path, _first_line(error)) from error


def _read_pickle(path, trust):
    try:
        content = torch.load(path, map_location="cpu", weights_only=not trust)
    except Exception as error:  # a damaged pickle can raise anything
        if trust:
            raise _damaged(path, _first_line(error)) from error
        raise ValueError(
            f"path must be an intact file of weights alone, got {path}: it is damaged, or holds"
            " Python objects, and to load those is to run code; trust=True (--trust) does it"
        ) from error
    if isinstance(content, torch.nn.Module):
        content = content.state_dict()
    return dict(_tensors(content))


def _tensors(content, name=""):
    """Tensors of nested containers, with the names of the places where they are."""
    if isinstance(content, torch.Tensor):
        yield name or "weight", content.detach()
        return
    if isinstance(content, (list, tuple)):
        content = dict(enumerate(content))
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _tensors(value, f"{name}.{key}" if name else str(key))


def _damaged(path, reason):
    return ValueError(f"path must be an intact file of weights, got {path}: {reason}")


def _first_line(error):
    return (str(error).strip() or type(error).__name__).splitlines()[0]
