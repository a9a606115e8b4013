"""What the benchmarks share: a rival's environment, and fresh single-threaded processes."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path


def environment(folder, requirement):
    """Return the interpreter of a fresh virtual environment with one package in it."""
    venv.create(folder, with_pip=True)
    python = Path(folder) / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", requirement], check=True)
    return python


def measure(code, sizes, python=sys.executable):
    """Run `code` with `sizes` (as JSON) in a fresh process with one thread; return its JSON."""
    single = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    root = str(Path(__file__).resolve().parents[1])
    result = subprocess.run(
        [python, "-c", code, json.dumps(sizes)],
        env=os.environ | single | {"PYTHONPATH": root},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(result.stdout)
