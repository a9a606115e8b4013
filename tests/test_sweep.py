"""The same numbers for any number of workers, any order, any interruption and any place."""

import importlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from functools import partial

import joblib
import numpy as np
import pytest
import threadpoolctl
from scipy import stats

import lecture_utils
from lecture_utils import sweep

UNITS = [{"temperature": t, "run": r} for t in (0.25, 0.5, 4.0) for r in range(4)]


def spectrum(unit, *, n=60, rng):
    """Singular values: their last digits depend on the number of threads of the linear algebra."""
    matrix = rng.standard_normal((n, n)) * unit["temperature"]
    return np.linalg.svd(matrix, compute_uv=False)


def fails_for_two(unit, *, rng):
    if unit["run"] == 2:
        raise ZeroDivisionError("no temperature")
    return rng.random()


def same(one, other):
    return len(one) == len(other) and all(map(np.array_equal, one, other))


@pytest.fixture(scope="module")
def alone():
    return sweep.run(spectrum, UNITS, seed=1)


# --- independence --------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_change_no_bit(alone, workers):
    assert same(sweep.run(spectrum, UNITS, seed=1, workers=workers), alone)


def test_order_and_company_change_no_bit(alone):
    order = np.random.default_rng(0).permutation(len(UNITS))[:7]
    mixed = sweep.run(spectrum, [UNITS[k] for k in order], seed=1, workers=2)
    assert same(mixed, [alone[k] for k in order])


def test_two_dask_workers_change_no_bit(alone, tmp_path):
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, distributed.Client(cluster), joblib.parallel_config("dask"):
        result = sweep.run(spectrum, UNITS, seed=1, folder=tmp_path)
    assert same(result, alone)
    assert same(sweep.run(forbidden_spectrum(), UNITS, seed=1, folder=tmp_path), alone)


def forbidden_spectrum():
    """The same function to a fingerprint, but one that cannot be called."""

    def stored(unit, *, rng):
        raise AssertionError("computed again")

    stored.__module__, stored.__qualname__ = spectrum.__module__, spectrum.__qualname__
    return stored


def first_number(unit, *, rng):
    return rng.random()


def test_names_of_units_decide_and_their_numbers_are_independent():
    numbers = sweep.run(first_number, range(500), seed=3)
    assert stats.kstest(numbers, "uniform").pvalue > 1e-3
    assert stats.kstest(np.diff(numbers), stats.triang(0.5, -1, 2).cdf).pvalue > 1e-3
    assert len(set(numbers)) == 500
    assert sweep.run(first_number, ["0"], seed=3)[0] not in numbers
    assert not set(sweep.run(first_number, range(500), seed=4)) & set(numbers)


def test_names_are_values_not_objects():
    plain = sweep.run(first_number, [("T", 0.5, 3), {"a": 1, "b": None}], seed=5)
    numpy = [["T", np.float64(0.5), np.int32(3)], {"b": None, "a": np.int64(1)}]
    assert sweep.run(first_number, numpy, seed=np.int64(5)) == plain


def threads(unit, *, rng):
    return max(pool["num_threads"] for pool in threadpoolctl.threadpool_info())


def test_a_unit_has_one_thread_for_linear_algebra():
    with threadpoolctl.threadpool_limits(2):
        assert threads(0, rng=0) == 2
        assert sweep.run(threads, [0], seed=0) == [1]


# --- what is kept --------------------------------------------------------------------------------

COUNTED = """
import sys, time
from pathlib import Path
def work(unit, *, rng):
    with open(Path(__file__).with_name("log"), "a") as log:
        log.write(f"{unit}\\n")
    time.sleep(0.1)
    return rng.standard_normal(3)
"""


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """A module of its own, whose function notes every call in a file."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "counted.py").write_text(COUNTED)
    (tmp_path / "log").touch()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield importlib.import_module("counted")
    del sys.modules["counted"]


def calls(tmp_path):
    return (tmp_path / "log").read_text().split()


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_any_moment_and_resumed(counted, tmp_path, workers):
    script = (
        "import counted; from lecture_utils import sweep;"
        f"sweep.run(counted.work, range(30), seed=1, folder='results', workers={workers})"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, start_new_session=True)
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("results/*/*.pickle"))) < 5:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    ready = len(list(tmp_path.glob("results/*/*.pickle")))
    before = len(calls(tmp_path))
    assert 5 <= ready < 30
    resumed = sweep.run(counted.work, range(30), seed=1, folder=tmp_path / "results")
    assert len(calls(tmp_path)) - before == 30 - ready
    assert same(resumed, sweep.run(counted.work, range(30), seed=1))


def test_a_write_that_is_cut_short_leaves_nothing(tmp_path, monkeypatch):
    def power_cut(*_):
        raise KeyboardInterrupt

    folder = tmp_path / "results"
    sweep.run(first_number, [1], seed=1, folder=folder)
    monkeypatch.setattr(sweep.os, "fsync", power_cut)
    with pytest.raises(KeyboardInterrupt):
        sweep.run(first_number, [1, 2], seed=1, folder=folder)
    monkeypatch.undo()
    assert len(list(folder.glob("*/*.pickle"))) == 1
    assert not list(folder.glob("*/*.part"))
    expected = sweep.run(first_number, [1, 2], seed=1)
    assert sweep.run(first_number, [1, 2], seed=1, folder=folder) == expected


def test_a_longer_sweep_uses_what_is_there(counted, tmp_path):
    setting = dict(seed=1, folder=tmp_path / "results")
    short = sweep.run(counted.work, [3, 1], **setting)
    long = sweep.run(counted.work, range(5), **setting)
    assert same([long[3], long[1]], short)
    assert sorted(calls(tmp_path)) == ["0", "1", "2", "3", "4"]


def test_another_seed_parameter_or_version_uses_nothing_stale(tmp_path, monkeypatch):
    units, setting = UNITS[:2], dict(seed=1, folder=tmp_path)
    first = sweep.run(partial(spectrum, n=3), units, **setting)
    assert same(sweep.run(partial(spectrum, n=3), units, **setting), first)
    assert len(list(tmp_path.iterdir())) == 1
    assert [len(x) for x in sweep.run(partial(spectrum, n=4), units, **setting)] == [4, 4]
    assert not same(sweep.run(partial(spectrum, n=3), units, seed=2, folder=tmp_path), first)
    monkeypatch.setattr(lecture_utils, "__version__", "0.0.0")
    assert same(sweep.run(partial(spectrum, n=3), units, **setting), first)
    assert len(list(tmp_path.iterdir())) == 4
    about = json.loads(next(tmp_path.glob("*/about.json")).read_text())
    assert about["function"].endswith("test_sweep.spectrum")


def test_changed_code_uses_nothing_stale(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    package = tmp_path / "changing"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "far.py").write_text("def scale(): return 1")
    (package / "near.py").write_text("from changing.far import scale")
    (package / "top.py").write_text(
        "from changing import near\ndef work(unit, *, rng): return near.scale()"
    )

    def fresh():
        for name in [name for name in sys.modules if name.startswith("changing")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        return importlib.import_module("changing.top").work

    assert sweep.run(fresh(), [0], seed=1, folder=tmp_path / "results") == [1]
    (package / "far.py").write_text("def scale(): return 22")
    assert sweep.run(fresh(), [0], seed=1, folder=tmp_path / "results") == [22]


def test_a_notebook_function_is_known_by_its_own_source(tmp_path):
    notebook = (
        "import linecache\n"
        "from lecture_utils import sweep\n"
        "for power in '123':\n"
        "    source = f'def work(unit, *, rng): return unit**{power}\\n'\n"
        "    linecache.cache[power] = (len(source), None, [source], power)\n"
        "    exec(compile(source, power, 'exec'))\n"
        "    print(sweep.run(work, [3], seed=1, folder='.'))\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", notebook], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert out.stdout.split() == ["[3]", "[9]", "[27]"]


# --- people ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_names_its_unit_and_keeps_the_others(tmp_path, workers):
    units = UNITS[:4]
    for _ in range(2):  # it fails again, after what was kept has been read
        with pytest.raises(RuntimeError, match=r'"run": 2.*ZeroDivisionError: no temperature'):
            sweep.run(fails_for_two, units, seed=1, folder=tmp_path, workers=workers)
    if workers == 1:
        assert len(list(tmp_path.glob("*/*.pickle"))) == 2


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_only_where_somebody_watches(monkeypatch, terminal):
    screen = io.StringIO()
    screen.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", screen)
    sweep.run(first_number, range(3), seed=1)
    assert ("3/3" in screen.getvalue()) is terminal
    assert terminal or not screen.getvalue()


def test_no_units_no_results():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sweep.run(first_number, [], seed=1) == []


@pytest.mark.parametrize(
    ("units", "seed", "message"),
    [
        ([1, 1], 1, "units must differ from each other, got 1 twice"),
        ([(1, 2), [1, 2]], 1, r"units must differ.*\[1, 2\] twice"),
        ([np.nan], 1, "units must be plain finite values, got nan"),
        ([{1, 2}], 1, "units must be plain finite values"),
        ([1], -1, "seed must be an integer of at least zero, got -1"),
        ([1], None, "seed must be.*None"),
        ([1], True, "seed must be.*True"),
    ],
)
def test_bad_input_is_named(units, seed, message):
    with pytest.raises(ValueError, match=message):
        sweep.run(first_number, units, seed=seed)


def test_a_closure_cannot_be_kept(tmp_path):
    scale = 2

    def hidden(unit, *, rng):
        return scale * unit

    assert sweep.run(hidden, [1], seed=1) == [2]
    with pytest.raises(ValueError, match=r"function must take its parameters.*hidden"):
        sweep.run(hidden, [1], seed=1, folder=tmp_path)
