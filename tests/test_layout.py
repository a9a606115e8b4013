"""Imports run one way: teaching, then experiments, then the ground floor, then the checks."""

from pathlib import Path

import pytest

from execution import imported_names

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lecture_utils"

# The feed-forward network itself is what `sgd` trains: it stands on the ground floor.
GROUND_FLOOR = {
    "laws",
    "ensembles",
    "spectra",
    "found_spectra",
    "estimates",
    "tails",
    "networks",
    "sweep",
}


def room(name: str) -> str:
    """Room of the package that a dotted name of a module leads into."""
    return name.split(".")[1] if name.count(".") else ""


def floor(name: str) -> int:
    if name.startswith("_"):
        return 0
    if name in GROUND_FLOOR:
        return 1
    return 3 if name == "teaching" else 2


FILES = sorted(path for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_run_one_way(path):
    inside = path.relative_to(ROOT).with_suffix("").parts
    here = room(".".join(inside).removesuffix(".__init__"))
    names = imported_names(path.read_text(encoding="utf-8"), ".".join(inside[:-1]))
    rooms = {room(n) for n in names if n.split(".")[0] == "lecture_utils"} - {"", here}
    modules = {r for r in rooms if (PACKAGE / f"{r}.py").exists() or (PACKAGE / r).is_dir()}
    # Rooms on the ground floor may use each other; experiments may not.
    higher = {r for r in modules if floor(r) > floor(here)}
    beside = {r for r in modules if floor(r) == floor(here) == 2}
    assert higher == set()
    assert beside == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_numerics_do_not_draw(path):
    if "teaching" in path.parts or path.name == "__main__.py":  # a command may
        return
    names = imported_names(path.read_text(encoding="utf-8"))
    assert not any(name.split(".")[0] in {"matplotlib", "IPython", "ipywidgets"} for name in names)
