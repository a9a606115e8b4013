"""The exercises of the chapter on the phase diagram, and the maps that it ships."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import sympy
from scipy import stats

from lecture_utils.teacher_student.maps import FULL, observe_points
from lecture_utils.teaching.exercise_sets.phase_diagram import CHECKERS

ROOT = Path(__file__).parents[1]


def symbols(text):
    return sympy.sympify(text, locals={"lam": sympy.Symbol("lam")})


def test_solutions_of_the_exercises_are_accepted():
    answers = {
        "temperature": [1.6, 0.25],
        "stability": symbols("2/(B*h)"),
        "saturation": symbols("sqrt(2/pi)/s"),
        "patience": 32,
        "saddle": symbols("1/(c*w_0)"),
        "equipartition": symbols("alpha*sigma**2/B/(2 - alpha*lam)"),
    }
    assert answers.keys() == CHECKERS.keys()
    for name, answer in answers.items():
        assert CHECKERS[name](answer).correct, name


def test_saturation_by_the_normal_law():
    wide = 200.0
    inside = stats.norm(scale=wide).cdf(1) - stats.norm(scale=wide).cdf(-1)
    assert inside == pytest.approx(np.sqrt(2 / np.pi) / wide, rel=1e-4)


def test_equipartition_by_iteration():
    rate, batch, noise, level, variance = 0.3, 5, 0.7, 1.9, 0.0
    for _ in range(200):
        variance = (1 - rate * level) ** 2 * variance + rate**2 * noise**2 * level / batch
    assert variance == pytest.approx(rate * noise**2 / batch / (2 - rate * level))


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("temperature", [0.8, 0.25], "root"),
        ("temperature", [1.6, 1], "equal samples"),
        ("temperature", [0.1, 0.25], "colder"),
        ("stability", symbols("2/h"), "temperature is"),
        ("stability", symbols("1/(B*h)"), "overshoots"),
        ("saturation", symbols("1/(sqrt(2*pi)*s)"), "two wide"),
        ("saturation", symbols("sqrt(2/pi)/s**2"), "1/s²"),
        ("patience", 64, "doubled"),
        ("patience", 4 ** (1 / 3) / 2, "turn it around"),
        ("patience", 128, "Heating"),
        ("saddle", symbols("1/(3*c*w_0)"), "without the three"),
        ("saddle", symbols("1/(2*c*w_0)"), "without a half"),
        ("equipartition", symbols("alpha*sigma**2/(2*B)"), "small steps"),
        ("equipartition", symbols("alpha*sigma**2/(B*lam*(2 - alpha*lam))"), "cancels"),
    ],
)
def test_typical_mistakes_get_their_hint(name, answer, hint):
    feedback = CHECKERS[name](answer)
    assert not feedback.correct
    assert re.search(hint, feedback.message)


@pytest.mark.parametrize("name", sorted(FULL))
def test_shipped_maps_are_those_of_the_full_command(name):
    units, setting = FULL[name]
    with np.load(ROOT / f"book/data/phase_{name}.npz") as file:
        shipped = dict(file)
    about = json.loads(str(shipped.pop("provenance")))
    assert f"--full {name}" in about["command"]
    assert about["runs"] == units * setting.get("runs", 1)
    np.testing.assert_array_equal(shipped.pop("points"), setting["points"])
    np.testing.assert_array_equal(shipped.pop("times"), setting["times"])
    grid = len(setting["points"]), len(setting["times"])
    diverged = shipped.pop("diverged")
    assert diverged.shape == shipped["learned"].shape == grid
    assert np.all((shipped.pop("learned") >= 0) & (diverged >= 0) & (diverged <= 1))
    for values in shipped.values():
        assert values.shape[:3] == (3, *grid)
        alive = values[:, diverged < 1]
        assert np.all(np.diff(alive, axis=0) >= 0)


def test_a_shipped_point_can_be_made_again():
    """Two points of the map that trains all layers: other networks lie in its band."""
    _, setting = FULL["all"]
    points = setting["points"][:2]
    again = observe_points(
        0,
        points=points,
        times=setting["times"][:1],
        layers="all",
        samples=512,
        runs=64,
        rng=5,
    )
    with np.load(ROOT / "book/data/phase_all.npz") as file:
        low, _, high = file["train_loss"][:, :2, 0]
    middle = np.median(again["train_loss"][..., 0], axis=0)
    assert np.all((low < middle) & (middle < high))
