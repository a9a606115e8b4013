"""Cost of GOE spectra: this package against dense numpy, scikit-rmt and beta-ensembles.

Run ``python benchmarks/bench_ensembles.py``. The two rival packages pin other versions of NumPy, so
each goes into a throw-away virtual environment made here; everything is measured in one run, on
one thread, rounds interleaved, in CPU seconds of the process that does the work. The best of the
rounds counts.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from contest import environment, measure

SIZES = ((100, 1000), (400, 100), (10, 20000))  # (levels, spectra)
ROUNDS = 5
RIVALS = {"scikit-rmt": "scikit-rmt==2.1.1", "beta-ensembles": "beta-ensembles==1.1.0"}

# Each contestant: a function spectra(n, samples) -> array, run in its own interpreter.
CODE = {
    "lecture_utils": """
from lecture_utils.ensembles import gaussian_spectra
def spectra(n, samples): return gaussian_spectra(samples, n, rng=1)
""",
    "numpy, dense": """
import numpy as np
def spectra(n, samples):
    square = np.random.default_rng(1).standard_normal((samples, n, n))
    return np.linalg.eigvalsh((square + square.swapaxes(1, 2)) / 2)
""",
    "scikit-rmt": """
import numpy as np
from skrmt.ensemble.gaussian_ensemble import GaussianEnsemble
def spectra(n, samples):
    return np.array([GaussianEnsemble(beta=1, n=n).eigvals() for _ in range(samples)])
""",
    "scikit-rmt, tridiagonal": """
import numpy as np
from skrmt.ensemble.gaussian_ensemble import GaussianEnsemble
def spectra(n, samples):
    return np.array([
        GaussianEnsemble(beta=1, n=n, tridiagonal_form=True).eigvals() for _ in range(samples)
    ])
""",
    "beta-ensembles": """
from beta_ensembles import gaussian
def spectra(n, samples): return gaussian.spectra(1, n, samples, rng=1, verbose=False)
""",
}
TIMER = """
import json, sys, time
sizes = json.loads(sys.argv[1])
times = []
for n, samples in sizes:
    spectra(n, 3)
    start = time.process_time()
    result = spectra(n, samples)
    times.append(time.process_time() - start)
    assert result.shape == (samples, n)
print(json.dumps(times))
"""


def main():
    """Measure, print the table and check the promises."""
    with tempfile.TemporaryDirectory() as folder:
        interpreters = {
            name: environment(Path(folder) / name, requirement)
            for name, requirement in RIVALS.items()
        }
        contestants = {
            name: (code + TIMER, SIZES, interpreters.get(name.split(",")[0], sys.executable))
            for name, code in CODE.items()
        }
        rounds = [
            {name: measure(*contestant) for name, contestant in contestants.items()}
            for _ in range(ROUNDS)
        ]
    best = {name: np.min([times[name] for times in rounds], axis=0) for name in CODE}

    print(f"{'CPU seconds':26}" + "".join(f"{s:>8} x GOE({n})" for n, s in SIZES))
    for name, times in best.items():
        print(f"{name:26}" + "".join(f"{t:>17.3f}" for t in times))
    ours = best.pop("lecture_utils")
    for (n, _), mine, *others in zip(SIZES, ours, *best.values(), strict=True):
        rivals = dict(zip(best, others, strict=True))
        against = rivals["scikit-rmt"] / mine
        print(f"GOE({n}): {min(others) / mine:.2f}x the fastest rival, {against:.2f}x scikit-rmt")
        assert mine <= 1.1 * min(others), f"GOE({n}) is slower than {min(rivals, key=rivals.get)}"
        assert against >= 2.5, f"GOE({n}) is less than 2.5 times as fast as scikit-rmt"


if __name__ == "__main__":
    main()
