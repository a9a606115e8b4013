"""Updates per second of one training of a Gaussian Boltzmann machine, on one core.

Run ``python benchmarks/bench_rbm.py``. `lecture_utils.rbm.train` against loops over updates that do
the textbook algorithm with numpy and with torch: k = 3 sweeps of |B| persistent chains, hidden
units averaged in the gradient, exact data term, float64, 10 visible and 10 hidden units. All three
check in every update that the kernel is positive definite. One thread, one run, rounds interleaved,
wall-clock seconds without compilation; the best of the rounds counts.
"""

from contest import measure

BATCH_SIZES = (16, 64, 256)
ROUNDS = 5
PROMISED = {16: 4.0, 256: 10.0}  # gain over numpy

# Each contestant: a function train(batch_size, updates) that returns the last W W^T.
CODE = {
    "lecture_utils": """
from lecture_utils import rbm
def train(batch_size, updates):
    setting = rbm.Setting(0.1, batch_size)
    return rbm.train(setting, [updates], runs=1, start=0.1, rng=1).products[0, -1]
""",
    "numpy": """
rng = np.random.default_rng(1)
def train(batch_size, updates):
    w, v = 0.1 * rng.standard_normal((n, n)), np.ones((batch_size, n))
    for _ in range(updates):
        np.linalg.cholesky(9 * np.eye(n) - w @ w.T)
        for _ in range(3):
            h = v @ w + rng.standard_normal((batch_size, n))
            v = h @ w.T / 9 + rng.standard_normal((batch_size, n)) / 3
        w = w + 0.1 * (covariance - v.T @ v / batch_size) @ w
    return w @ w.T
""",
    "torch": """
import torch
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
@torch.no_grad()
def train(batch_size, updates):
    target = torch.tensor(covariance)
    w, v = 0.1 * torch.randn(n, n), torch.ones(batch_size, n)
    for _ in range(updates):
        torch.linalg.cholesky(9 * torch.eye(n) - w @ w.T)
        for _ in range(3):
            h = v @ w + torch.randn(batch_size, n)
            v = h @ w.T / 9 + torch.randn(batch_size, n) / 3
        w = w + 0.1 * (target - v.T @ v / batch_size) @ w
    return (w @ w.T).numpy()
""",
}
START = """
import json, sys, time
import numpy as np
n, ring = 10, np.eye(10)
covariance = np.linalg.inv(6 * ring - np.roll(ring, 1, 0) - np.roll(ring, -1, 0))
"""
TIMER = """
speeds = []
for batch_size in json.loads(sys.argv[1]):
    train(batch_size, 2)
    updates, seconds = 500, 0.0
    while seconds < 0.3:
        updates *= 2
        start = time.perf_counter()
        levels = np.linalg.eigvalsh(train(batch_size, updates))
        seconds = time.perf_counter() - start
    assert abs(levels[-1] - 5) < 2  # the infrared mode has been learnt
    speeds.append(updates / seconds)
print(json.dumps(speeds))
"""


def main():
    """Measure, print the table and check the promises."""
    rounds = [
        {name: measure(START + code + TIMER, BATCH_SIZES) for name, code in CODE.items()}
        for _ in range(ROUNDS)
    ]
    best = {
        name: [max(speeds) for speeds in zip(*(r[name] for r in rounds), strict=True)]
        for name in CODE
    }
    print(f"{'updates per second':20}" + "".join(f"{f'|B| = {b}':>12}" for b in BATCH_SIZES))
    for name, speeds in best.items():
        print(f"{name:20}" + "".join(f"{speed:>12,.0f}" for speed in speeds))
    for rival in ("numpy", "torch"):
        gains = [a / b for a, b in zip(best["lecture_utils"], best[rival], strict=True)]
        print(f"gain over {rival}: " + ", ".join(f"{gain:.1f}x" for gain in gains))
        if rival == "numpy":
            for batch_size, gain in zip(BATCH_SIZES, gains, strict=True):
                promise = PROMISED.get(batch_size, 0)
                assert gain >= promise, f"less than {promise} times numpy at |B| = {batch_size}"


if __name__ == "__main__":
    main()
