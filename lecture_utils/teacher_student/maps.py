"""Maps of the phase diagram: all points, many runs, resumable."""

import argparse
import json
import shlex
import sys
import time
from dataclasses import fields
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

import lecture_utils
from lecture_utils import sweep
from lecture_utils._checks import positive_int
from lecture_utils.teacher_student.network import draw_problem
from lecture_utils.teacher_student.observing import Observables, observables
from lecture_utils.teacher_student.training import train_all, train_middle

_POWERS = 2.0 ** np.arange(-3, 9)
_PUBLISHED_GRID = tuple(product(_POWERS.tolist(), (_POWERS / 4).tolist()))
_ALL_GRID = tuple(product(np.logspace(-2, 1, 13).tolist(), np.logspace(-5, 0, 16).tolist()))
_OLD_POINTS = ((0.125, 0.03125), (0.125, 0.125), (8.0, 0.125), (64.0, 0.03125), (256.0, 0.03125))
#: Maps at full statistics: units of the sweep, and parameters of `observe_points`.
FULL = {
    "middle": (100, dict(points=_PUBLISHED_GRID, times=(10**4, 10**5, 10**6))),
    "long": (10, dict(points=_PUBLISHED_GRID, times=(10**4, 10**5, 10**6, 10**7))),
    "old": (6, dict(points=(*_OLD_POINTS, (0.125, 4.0)), times=tuple(10**k for k in range(4, 9)))),
    "all": (7, dict(points=_ALL_GRID, times=(1_250, 12_500), layers="all", samples=512, runs=16)),
}


def observe_points(unit, *, points, times, layers, samples, runs, rng):
    """Train at all points of a map and measure: one unit of a sweep.

    Parameters
    ----------
    unit : int
        Number of the unit; its problem belongs to it and is the same at all points.
    points : sequence of (sigma_w, temperature)
    times, layers, samples
        Of the training; batches of four.
    runs : int
        Runs in this unit.
    rng : numpy.random.Generator or int

    Returns
    -------
    dict
        Each observable as ``float32``, shape (runs, points, time, ...), and ``cpu_seconds``.
    """
    began = time.process_time()
    rng = np.random.default_rng(rng)
    problem = draw_problem(runs, samples, rng=rng)
    seen = []
    for sigma_w, temperature in points:
        if layers == "middle":
            trajectory = train_middle(problem, sigma_w, temperature, times=times)
        else:
            trajectory = train_all(problem, sigma_w, temperature, times=times, rng=rng)
        seen.append(observables(trajectory, problem))
    result = {
        field.name: np.stack([getattr(s, field.name) for s in seen], 1).astype(np.float32)
        for field in fields(Observables)
    }
    return result | {"cpu_seconds": time.process_time() - began}


def summarise(results):
    """Median and 16 and 84 per cent quantiles over the surviving runs of `observe_points`.

    Parameters
    ----------
    results : list of dict

    Returns
    -------
    dict
        Each observable, shape (3, points, time, ...), quantiles ascending, and ``diverged`` and
        ``learned`` (training loss below 1e-3), shape (points, time): fractions of all runs.
    """
    joined = {
        name: np.concatenate([result[name] for result in results])
        for name in results[0]
        if name != "cpu_seconds"
    }
    diverged = joined.pop("diverged")
    learned = joined["train_loss"] < 1e-3  # false for NaN
    alive = diverged.mean(axis=0) < 1
    summary = {}
    for name, values in joined.items():
        summary[name] = np.full((3, *values.shape[1:]), np.nan, np.float32)
        quantiles = np.nanquantile(values[:, alive], (0.16, 0.5, 0.84), axis=0)
        summary[name][:, alive] = quantiles
    return summary | {"diverged": diverged.mean(axis=0), "learned": learned.mean(axis=0)}


def main(arguments=None):
    """Make one of the maps, resumable, and write its summary with provenance."""
    parser = argparse.ArgumentParser(prog="python -m lecture_utils.teacher_student")
    parser.add_argument("--full", choices=FULL, required=True, help="which map")
    parser.add_argument("--output", type=Path, required=True, help="file for the summary (.npz)")
    parser.add_argument("--folder", type=Path, help="keep finished units here, to be resumed")
    parser.add_argument("--workers", type=int, help="number of processes, -1 for all cores")
    parser.add_argument("--seed", type=int, default=2509)
    parser.add_argument("--units", type=int, help="number of units, if not all")
    parser.add_argument("--times", type=int, nargs="+", help="other times, in updates")
    chosen = parser.parse_args(arguments)
    units, setting = FULL[chosen.full]
    units = units if chosen.units is None else positive_int("units", chosen.units)
    setting = dict(layers="middle", samples=4_000, runs=1) | setting
    if chosen.times:
        setting["times"] = tuple(chosen.times)
    results = sweep.run(
        partial(observe_points, **setting),
        range(units),
        seed=chosen.seed,
        folder=chosen.folder,
        workers=chosen.workers,
    )
    provenance = {
        "command": f"{parser.prog} {shlex.join(sys.argv[1:] if arguments is None else arguments)}",
        "seed": chosen.seed,
        "version": lecture_utils.__version__,
        "runs": units * setting["runs"],
        "cpu_seconds": round(sum(result["cpu_seconds"] for result in results)),
    }
    np.savez_compressed(
        chosen.output,
        points=setting["points"],
        times=setting["times"],
        provenance=json.dumps(provenance),
        **summarise(results),
    )
