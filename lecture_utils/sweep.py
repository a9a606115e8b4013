"""Many independent seeded units of work: parallel, resumable, and the same numbers everywhere.

A *unit* is whatever names one piece of a sweep, such as ``("T = 0.25", 3)`` or
``{"temperature": 0.25, "run": 3}``. Its random numbers belong to its name, so that neither the
number of workers, nor the order, nor the rest of the sweep has any influence on its result.

Where to run is joblib's business. A cluster takes the same call unchanged::

    with joblib.parallel_config("dask"):  # after dask.distributed.Client(...)
        results = sweep.run(function, units, seed=1, folder="results")
"""

import hashlib
import inspect
import json
import os
import pickle
import sys
import tempfile
from functools import partial
from pathlib import Path

import joblib
import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

import lecture_utils


def run(function, units, *, seed, folder=None, workers=None):
    """Return ``[function(unit, rng=...) for unit in units]``, computed in any order and place.

    Each unit has a generator of its own, made of `seed` and the unit's name, and one thread for
    linear algebra, because more threads would change the last digits.

    Parameters
    ----------
    function : callable
        Called as ``function(unit, rng=generator)``. Parameters that all units share go in by
        `functools.partial`.
    units : iterable
        Different from each other, and made of strings, numbers, booleans, None, lists, tuples
        and dictionaries. Lists and tuples of the same items are the same unit.
    seed : int
        Seed of the whole sweep.
    folder : path_like, optional
        Keep each result here as soon as it arrives, and compute only what is missing. Results of
        another function, other parameters, another seed or another version live in another
        subfolder and are not used. What `function` looks up beyond its module and the modules of
        the package that it imports at the top (files, say) is not watched.
    workers : int, optional
        Number of processes; -1 stands for all cores. Without it the surrounding
        `joblib.parallel_config` decides, or else it is one.

    Returns
    -------
    list
        Results in the order of `units`.

    Raises
    ------
    RuntimeError
        If a unit fails; the message names the unit. Units that were ready before are kept.
    """
    seed = _checked_seed(seed)
    units = _named(units)
    store = None if folder is None else _open_store(folder, function, seed)
    results = {} if store is None else _stored(store, units)
    tasks = [
        joblib.delayed(_compute)(function, unit, name, seed)
        for name, unit in units.items()
        if name not in results
    ]
    parallel = joblib.Parallel(n_jobs=workers, return_as="generator_unordered")
    bar = tqdm(total=len(units), initial=len(results), unit="unit", disable=None)
    with bar:  # disable=None: no bar where nobody watches
        for name, result in parallel(tasks):
            if store is not None:
                _write(store / _file(name), pickle.dumps((name, result)))
            results[name] = result
            bar.update()
    return [results[name] for name in units]


# ---------------------------------------------------------------- one unit


def _compute(function, unit, name, seed):
    key = np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype="<u4")
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(map(int, key))))
    try:
        with threadpool_limits(1):
            return name, function(unit, rng=rng)
    except Exception as error:
        raise RuntimeError(f"unit {name} failed: {type(error).__name__}: {error}") from error


def _named(units):
    named = {}
    for unit in units:
        try:
            name = json.dumps(unit, sort_keys=True, allow_nan=False, default=_plain)
        except (TypeError, ValueError) as error:
            raise ValueError(f"units must be plain finite values, got {unit!r}") from error
        if name in named:
            raise ValueError(f"units must differ from each other, got {name} twice")
        named[name] = unit
    return named


def _plain(value):
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError


def _checked_seed(seed):
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"seed must be an integer of at least zero, got {seed!r}")
    return int(seed)


# ---------------------------------------------------------------- results on disk


def _open_store(folder, function, seed):
    """Return the subfolder that belongs to exactly this function, its parameters and the seed."""
    parameters = []
    while isinstance(function, partial):
        parameters.append((function.args, function.keywords))
        function = function.func
    about = {
        "function": f"{function.__module__}.{function.__qualname__}",
        "parameters": joblib.hash(parameters),
        "seed": seed,
        "sources": _sources(function),
        "versions": {"lecture_utils": lecture_utils.__version__, "numpy": np.__version__},
    }
    fingerprint = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    store = Path(folder) / fingerprint[:16]
    store.mkdir(parents=True, exist_ok=True)
    about["parameters"] = repr(parameters)  # to be read by people, so not part of the fingerprint
    _write(store / "about.json", json.dumps(about, indent=1).encode())
    return store


def _stored(store, names):
    results = {}
    for name in names:
        path = store / _file(name)
        if path.exists():
            stored_name, result = pickle.loads(path.read_bytes())
            results[stored_name] = result
    return results


def _file(name):
    return hashlib.sha256(name.encode()).hexdigest()[:32] + ".pickle"


def _write(path, content):
    """Write a file that is there as a whole or not at all, whenever the process is killed."""
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def _sources(function):
    """Hashes of the function's module and of the modules of the package behind it."""
    if getattr(function, "__closure__", None):
        raise ValueError(
            "function must take its parameters through functools.partial where a folder is given,"
            f" not from the scope around it, got {function.__qualname__}"
        )
    packages = {"lecture_utils", function.__module__.partition(".")[0]}
    hashes, waiting = {}, [function.__module__]
    while waiting:
        name = waiting.pop()
        module = sys.modules[name]
        if name in hashes:
            continue
        file = getattr(module, "__file__", None)
        source = Path(file).read_text("utf-8") if file else inspect.getsource(function)
        hashes[name] = hashlib.sha256(source.encode()).hexdigest()
        for value in list(vars(module).values()):
            origin = value.__name__ if inspect.ismodule(value) else _origin(value)
            if origin.partition(".")[0] in packages and origin in sys.modules:
                waiting.append(origin)
    return hashes


def _origin(value):
    origin = getattr(value, "__module__", None)
    return origin if isinstance(origin, str) else ""
