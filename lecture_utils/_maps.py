"""The maps of `teacher_student` at full statistics: what ``python -m`` on that module runs."""

import argparse
import json
import shlex
import sys
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

import lecture_utils
from lecture_utils import sweep
from lecture_utils._checks import positive_int
from lecture_utils.teacher_student import observe_points, summarise

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
        "command": shlex.join([parser.prog, *(sys.argv[1:] if arguments is None else arguments)]),
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
