"""Replica-steps per second of Dyson dynamics, batched against what one would write first.

Run ``python benchmarks/bench_dyson.py``. Two ways of moving levels by one step, the exact step and
the clipped Euler scheme, against a plain Python loop over replicas that does the same arithmetic,
and against a new dense matrix for every step drawn by scikit-rmt, which is no dynamics but the
nearest thing it has. scikit-rmt pins another NumPy, so it goes into a throw-away virtual
environment. One thread, rounds interleaved, CPU seconds; the best of the rounds counts.
"""

import sys
import tempfile

from contest import environment, measure

SIZES = ((2, 20_000), (10, 4_000), (50, 200))  # (levels, replicas)
ROUNDS = 5
RIVAL = "scikit-rmt==2.1.1"

# Each contestant: a function step(x) for levels x (replicas, n), run in its own interpreter.
CODE = {
    "exact step": """
from lecture_utils import dyson
def step(x): return dyson.exact_step(x, 0.01, rng=rng)
""",
    "exact step, loop": """
a, s = np.exp(-0.01), np.sqrt(-np.expm1(-0.02) / 4)
def step(x):
    moved = np.empty_like(x)
    for r, levels in enumerate(x):
        G = rng.standard_normal((len(levels), len(levels)))
        moved[r] = np.linalg.eigvalsh(np.diag(a * levels) + s * (G + G.T))
    return moved
""",
    "scikit-rmt, new matrix": """
from skrmt.ensemble.gaussian_ensemble import GaussianEnsemble
def step(x):
    return np.array([GaussianEnsemble(beta=1, n=x.shape[1]).eigvals() for _ in x])
""",
    "clipped Euler": """
from lecture_utils import dyson
def step(x): return dyson.euler(x, 0.001, 1, drift=lambda x: -x, rng=rng).levels
""",
    "clipped Euler, loop": """
noise = np.sqrt(0.002)
def step(x):
    moved = np.empty_like(x)
    for r, levels in enumerate(x):
        gaps = np.subtract.outer(levels, levels)
        gaps = np.sign(gaps) * np.maximum(np.abs(gaps), noise / 2)
        np.fill_diagonal(gaps, np.inf)
        force = -levels + (1 / gaps).sum(axis=1)
        moved[r] = np.sort(levels + 0.001 * force + noise * rng.standard_normal(len(levels)))
    return moved
""",
}
BATCHED = {"exact step": 2.0, "clipped Euler": 5.0}  # promised gain over the loop for N <= 10
START = """
import json, sys, time
import numpy as np
rng = np.random.default_rng(1)
"""
TIMER = """
speeds = []
for n, replicas in json.loads(sys.argv[1]):
    x = np.sort(rng.standard_normal((replicas, n)) * np.sqrt(n))
    step(x[:10])
    start, steps = time.process_time(), 0
    while time.process_time() - start < 0.3:
        assert step(x).shape == x.shape
        steps += 1
    speeds.append(steps * replicas / (time.process_time() - start))
print(json.dumps(speeds))
"""


def main():
    """Measure, print the table and check the promises."""
    with tempfile.TemporaryDirectory() as folder:
        rival = environment(folder, RIVAL)
        rounds = [
            {
                name: measure(
                    START + code + TIMER,
                    SIZES,
                    rival if name.startswith("scikit") else sys.executable,
                )
                for name, code in CODE.items()
            }
            for _ in range(ROUNDS)
        ]
    best = {
        name: [max(speeds) for speeds in zip(*(r[name] for r in rounds), strict=True)]
        for name in CODE
    }

    print(f"{'replica-steps per second':26}" + "".join(f"{f'N = {n}':>14}" for n, _ in SIZES))
    for name, speeds in best.items():
        print(f"{name:26}" + "".join(f"{speed:>14,.0f}" for speed in speeds))
    for name, promise in BATCHED.items():
        gains = [ours / loop for ours, loop in zip(best[name], best[f"{name}, loop"], strict=True)]
        print(f"{name}: " + ", ".join(f"{gain:.1f}x" for gain in gains) + " the loop")
        assert min(gains[:2]) >= promise, f"{name} gains less than {promise} over the loop"
        assert gains[2] >= 0.95, f"{name} is slower than the loop for N = {SIZES[2][0]}"


if __name__ == "__main__":
    main()
