"""Spectra and temperatures at full statistics: one command, resumable."""

import argparse
import json
import platform
import sys
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np
import torch

import lecture_utils
from lecture_utils import sweep
from lecture_utils.transformer.model import INITIALISATIONS, initial_weights
from lecture_utils.transformer.temperature import train_replicas
from lecture_utils.transformer.text import corpus
from lecture_utils.transformer.training import train

#: Models that the command trains side by side.
BLOCK = 4

#: For each optimiser the common time, and learning rates with their batch sizes.
TEMPERATURES = {
    "sgd": (24.0, {0.4: (4, 8, 16, 32), 0.2: (4, 8, 16), 0.1: (4, 8), 0.05: (4,)}),
    "adamw": (0.25, {2e-3: (4, 8, 16, 32), 1e-3: (4, 8, 16), 5e-4: (4, 8)}),
}


def main(arguments=None):
    """Train many models, and replicas of one, and write their levels to a file."""
    parser = argparse.ArgumentParser(
        prog="python -m lecture_utils.transformer", description=main.__doc__
    )
    parser.add_argument("--full", type=Path, required=True, metavar="OUTPUT.npz")
    parser.add_argument("--seeds", type=int, default=16, help=f"a multiple of {BLOCK}")
    parser.add_argument("--iterations", type=int, default=5000, help="a multiple of 10")
    parser.add_argument("--replicas", type=int, default=6, help="for the temperature")
    parser.add_argument("--seed", type=int, default=1, help="of all random numbers")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    options = parser.parse_args(arguments)
    if options.seeds < BLOCK or options.seeds % BLOCK:
        parser.error(f"--seeds must be a positive multiple of {BLOCK}, got {options.seeds}")
    where = {
        "seed": options.seed,
        "workers": options.workers,
        "folder": options.full.with_suffix(".parts"),
    }
    spectra_units = [
        (name, block) for name in INITIALISATIONS for block in range(options.seeds // BLOCK)
    ]
    trained = sweep.run(
        partial(_train_block, iterations=options.iterations), spectra_units, **where
    )
    replica_units = [
        (optimiser, alpha, batch)
        for optimiser, (_, settings) in TEMPERATURES.items()
        for alpha, batches in settings.items()
        for batch in batches
    ]
    task = partial(_train_setting, replicas=options.replicas, start_seed=options.seed)
    cooled = sweep.run(task, replica_units, **where)

    arrays = {"iterations": trained[0]["iterations"]}
    for name in INITIALISATIONS:
        parts = [r for (of, _), r in zip(spectra_units, trained, strict=True) if of == name]
        for key in ("levels", "train_loss", "validation_loss"):
            arrays[f"{name}_{key}"] = np.concatenate([part[key] for part in parts])
    for name in TEMPERATURES:
        parts = [(u, r) for u, r in zip(replica_units, cooled, strict=True) if u[0] == name]
        arrays[f"{name}_settings"] = np.array([unit[1:] for unit, _ in parts])
        arrays[f"{name}_levels"] = np.stack([result["levels"] for _, result in parts])
    provenance = {
        "command": f"{parser.prog} {' '.join(sys.argv[1:] if arguments is None else arguments)}",
        "seed": options.seed,
        "cpu_seconds": round(sum(result["cpu_seconds"] for result in trained + cooled)),
        "versions": {
            "lecture_utils": lecture_utils.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": torch.__version__,
        },
    }
    np.savez_compressed(options.full, provenance=json.dumps(provenance), **arrays)


def _train_block(unit, *, iterations, rng):
    """Train a block of models: `unit` is an initialisation and the number of the block."""
    initialisation, _ = unit
    began = process_time()
    moments = np.linspace(0, iterations, 11).round().astype(int)
    training = train(
        corpus(),
        start=initialisation,
        runs=BLOCK,
        iterations=iterations,
        snapshots=moments,
        evaluations=moments,
        rng=rng,
    )
    return {
        "iterations": training.snapshots,
        "levels": training.levels.astype(np.float32),
        "train_loss": training.train_loss,
        "validation_loss": training.validation_loss,
        "cpu_seconds": process_time() - began,
    }


def _train_setting(unit, *, replicas, start_seed, rng):
    """Train replicas: `unit` is optimiser, learning rate, and batch size."""
    optimiser, alpha, batch = unit
    began = process_time()
    trained = train_replicas(
        corpus(),
        [(alpha, batch)],
        start=initial_weights(1, rng=start_seed),
        time=TEMPERATURES[optimiser][0],
        replicas=replicas,
        optimiser=optimiser,
        rng=rng,
    )
    levels = trained.levels[0].astype(np.float32)
    return {"levels": levels, "cpu_seconds": process_time() - began}
