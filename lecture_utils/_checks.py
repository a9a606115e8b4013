"""Input checks whose messages name the parameter, the rule and the value that broke it."""

import operator
import sys

import numpy as np


def positive_int(name, value, at_most=None, why=""):
    """Return `value` as an ``int`` if it is a whole number of at least one.

    Parameters
    ----------
    name : str
        Name of the parameter, for the message.
    value : int
        NumPy integers are welcome; floats and booleans are not.
    at_most : int, optional
        Largest allowed value.
    why : str
        What `at_most` is, for example ``"the number of samples"``.

    Raises
    ------
    ValueError
        For example ``batch_size must be at most 512 (the number of samples), got 1024``.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = 0
    if number < 1 or isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be a positive integer, got {value!r}")
    at_most = sys.maxsize if at_most is None else at_most
    if number > at_most:
        reason = f" ({why})" if why else ""
        raise ValueError(f"{name} must be at most {at_most}{reason}, got {number}")
    return number


def positive(name, value):
    """Return `value` as a ``float`` if it is finite and larger than zero.

    Raises
    ------
    ValueError
        If it is not a single finite number above zero.
    """
    try:
        number = (
            np.nan if isinstance(value, (str, bytes)) or np.iscomplexobj(value) else float(value)
        )
    except (TypeError, ValueError, OverflowError):
        number = np.nan
    if not (np.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a finite number above zero, got {value!r}")
    return number


def finite(name, value):
    """Return `value` as a ``float`` if it is a single finite number.

    Raises
    ------
    ValueError
        If it is not.
    """
    return float(finite_array(name, value, ndim=0))


def one_of(name, value, choices):
    """Return `value` if it is among the `choices`.

    Raises
    ------
    ValueError
        For example ``beta must be one of 1, 2, 4, got 3``.
    """
    try:
        known = np.ndim(value) == 0 and value in tuple(choices)
    except (TypeError, ValueError):  # an array, for instance
        known = False
    if not known:
        raise ValueError(f"{name} must be one of {', '.join(map(str, choices))}, got {value!r}")
    return value


def finite_array(name, value, ndim=None):
    """Return `value` as a ``float64`` array without NaN or infinity.

    One gate for all arrays: tensors are detached; what float64 cannot hold (complex numbers, masked
    values, strings, objects) is refused, not converted.

    Parameters
    ----------
    name : str
        Name of the parameter, for the message.
    value : array_like
        Not empty.
    ndim : int or tuple of int, optional
        Allowed number (or numbers) of dimensions.

    Raises
    ------
    ValueError
        If `value` is no array of numbers, is empty, has the wrong number of dimensions, or
        contains NaN or infinity.
    """
    if hasattr(value, "detach"):  # a tensor; torch is not imported for this
        value = value.detach().cpu()
        value = value.double() if value.is_floating_point() else value
    if np.ma.is_masked(value):
        raise ValueError(f"{name} must not hold masked values, got {np.ma.count_masked(value)}")
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of real numbers, got {value!r}") from error
    if array.size and array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be an array of real numbers, got {value!r}")
    array = array.astype(np.float64, copy=False)
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    allowed = np.atleast_1d(array.ndim if ndim is None else ndim)
    if array.ndim not in allowed:
        wanted = " or ".join(str(n) for n in allowed)
        raise ValueError(f"{name} must have {wanted} dimension(s), got shape {array.shape}")
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        first = tuple(int(i) for i in np.unravel_index(bad[0], array.shape))
        raise ValueError(
            f"{name} must be finite, got {array.flat[bad[0]]} at index {first}"
            f" ({bad.size} bad value(s) in all)"
        )
    return array


def shape_match(name, array, shape, why=""):
    """Return `array` if it has exactly the given `shape`; ``None`` in `shape` allows any length.

    Raises
    ------
    ValueError
        For example ``targets must have shape (512, 1) (one row per input), got (512,)``.
    """
    fits = len(array.shape) == len(shape) and all(
        wanted in (None, got) for wanted, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = "(" + ", ".join("any" if n is None else str(n) for n in shape)
        wanted += ",)" if len(shape) == 1 else ")"
        reason = f" ({why})" if why else ""
        raise ValueError(f"{name} must have shape {wanted}{reason}, got {tuple(array.shape)}")
    return array
