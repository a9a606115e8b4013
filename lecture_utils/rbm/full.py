"""Many settings at full statistics, and the command line."""

import argparse
import json
import time
from functools import partial
from pathlib import Path

import numpy as np
from scipy import stats

import lecture_utils
from lecture_utils import sweep
from lecture_utils.estimates import mean_and_error
from lecture_utils.rbm.levels import block_spacings, pair_spacings
from lecture_utils.rbm.theory import Setting
from lecture_utils.rbm.training import stationary

#: Mean spacings of the four pairs as published, at a batch size of 16, by learning rate.
PUBLISHED = {
    0.01: (0.1354, 0.1183, 0.0913, 0.0764),
    0.02: (0.1880, 0.1699, 0.1212, 0.1043),
    0.04: (0.2568, 0.2412, 0.1682, 0.1351),
    0.06: (0.2984, 0.2887, 0.2242, 0.1735),
    0.08: (0.3465, 0.3217, 0.2551, 0.1863),
    0.10: (0.3743, 0.3623, 0.2810, 0.2083),
}

#: Settings (learning rate, batch size, data) of the command `--full`.
FULL = (
    *((rate, 16, "exact") for rate in PUBLISHED),
    *((0.1, batch_size, "exact") for batch_size in (4, 8, 32, 64)),
    *((rate, round(800 * rate), "exact") for rate in (0.04, 0.08, 0.16, 0.32, 0.64, 1.28)),
    *((0.5, batch_size, "exact") for batch_size in (400, 800, 1600, 3200, 6400)),
    *((rate, round(640 * rate), "batches") for rate in (0.1, 0.2, 0.4)),
)
_GROUPS, _SNAPSHOTS = 20, 15
_BINS = {"spacing": np.linspace(0, 4, 81), "level": np.linspace(-6, 6, 121)}


def group_statistics(unit, *, runs, snapshots, rng):
    r"""Statistics of one group of runs, a dictionary of arrays.

    Units of the counts: for spacings their leading mean :math:`\sqrt{2\pi x\alpha/|B|}`; for
    levels of a pair, measured from the target, the leading :math:`\sigma=\sqrt{2x\alpha/|B|}`.

    Parameters
    ----------
    unit : tuple
        Learning rate, batch size, data term, and a number that tells groups apart.
    runs, snapshots : int
    rng : numpy.random.Generator or int
    """
    begin = time.process_time()
    setting = Setting(*unit[:2], data=unit[2])
    trained = stationary(setting, runs=runs, snapshots=snapshots, rng=rng)
    products = trained.products[trained.survived].reshape(-1, *trained.products.shape[2:])
    levels = np.linalg.eigvalsh(products)
    spacings, blocks = pair_spacings(levels), block_spacings(products)
    pairs = setting.pairs
    sigma = np.sqrt(2 * setting.targets[pairs[:, 0]] * setting.learning_rate / setting.batch_size)
    centred = levels[:, pairs] - levels.mean(axis=0)[pairs].mean(axis=1, keepdims=True)
    scaled = (levels - setting.targets)[:, pairs] / sigma[:, None]
    return {
        "seconds": time.process_time() - begin,
        "lost": np.count_nonzero(~trained.survived),
        "level_mean": levels.mean(axis=0),
        "level_variance": levels.var(axis=0),
        "spacing_mean": spacings.mean(axis=0),
        "spacing_sigma2": (spacings**2).mean(axis=0) / 4,
        "block_sigma2": (blocks**2).mean(axis=0) / 4,
        "binder": (centred**4).mean(axis=(0, 2)) / (3 * (centred**2).mean(axis=(0, 2)) ** 2) - 1,
        "spacing_counts": _counts(spacings / (np.sqrt(np.pi) * sigma), "spacing"),
        "level_counts": _counts(np.moveaxis(scaled, 1, 2), "level"),
    }


def _counts(values, kind):
    columns = values.reshape(-1, values.shape[-1]).T
    return np.stack([np.histogram(column, _BINS[kind])[0] for column in columns])


def full_statistics(output, *, settings=FULL, runs=25, seed=1, folder=None, workers=None):
    """Measure `settings` with 20 groups of `runs` runs and 15 snapshots, and save them.

    Parameters
    ----------
    output : path_like
        An ``npz`` file: a mean and an error (of the mean over groups) for each statistic of
        `group_statistics`, first axis the settings; the same for the squeeze of the pairs, the
        relative difference of its two kinds of ``sigma2``, whose errors go together; sums of
        counts; and ``provenance`` as JSON.
    settings : sequence of tuple
    runs : int
    seed, folder, workers
        As in `lecture_utils.sweep.run`.
    """
    units = [(*setting, group) for setting in settings for group in range(_GROUPS)]
    work = partial(group_statistics, runs=runs, snapshots=_SNAPSHOTS)
    results = sweep.run(work, units, seed=seed, folder=folder, workers=workers)
    arrays = {f"{kind}_edges": edges for kind, edges in _BINS.items()}
    columns = zip(("learning_rate", "batch_size", "data"), zip(*settings, strict=True), strict=True)
    arrays |= {name: np.array(values) for name, values in columns}
    for group in results:
        group["squeeze"] = group["spacing_sigma2"] / group["block_sigma2"] - 1
    for name in results[0].keys() - {"seconds"}:
        values = np.array([group[name] for group in results])
        values = values.reshape(len(settings), _GROUPS, *values.shape[1:])
        if name == "lost" or name.endswith("counts"):
            arrays[name] = values.sum(axis=1)
        else:
            arrays[name] = values.mean(axis=1)
            arrays[f"{name}_error"] = stats.sem(values, axis=1)
    provenance = {
        "command": f"python -m lecture_utils.rbm --full {Path(output).name} --seed {seed}",
        "seed": seed,
        "version": lecture_utils.__version__,
        "numpy": np.__version__,
        "runs": _GROUPS * runs,
        "snapshots": _SNAPSHOTS,
        "cpu_seconds": round(sum(group["seconds"] for group in results)),
    }
    np.savez_compressed(output, provenance=json.dumps(provenance), **arrays)


def main(arguments=None):
    """Print the mean spacings at one setting, or save the full statistics of many."""
    parser = argparse.ArgumentParser(prog="python -m lecture_utils.rbm", description=main.__doc__)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", metavar="OUTPUT.npz", help="all settings, 7500 samples of each")
    parser.add_argument("--folder", help="keep finished parts here, and go on from them")
    parser.add_argument("--workers", type=int, default=-1, help="processes; -1: all cores")
    options = parser.parse_args(arguments)
    if options.full:
        storage = dict(folder=options.folder or f"{options.full}.parts", workers=options.workers)
        full_statistics(options.full, seed=options.seed, **storage)
        return
    setting = Setting(options.learning_rate, options.batch_size)
    trained = stationary(setting, runs=options.runs, snapshots=3, rng=options.seed)
    spacings = pair_spacings(trained.levels[trained.survived])
    linear = np.sqrt(np.pi * setting.sigma2[setting.pairs[:, 0]])
    print(f"runs {options.runs}, of which lost (kernel not positive definite): ", end="")
    print(np.count_nonzero(~trained.survived))
    print("pair  mean spacing  error    linear theory")
    for pair, theory in enumerate(linear):
        mean, error = mean_and_error(spacings[..., pair])
        print(f"{pair + 1:<4}  {mean:<12.4f}  {error:<7.4f}  {theory:.4f}")
