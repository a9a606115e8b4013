"""Imports run one way: teaching, then experiments, then the ground floor, then the checks."""

import ast
from pathlib import Path

import pytest

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


def imported_names(code: str, package: str = "") -> set[str]:
    """Dotted names that `code` may import, wherever in it the import stands.

    `package` is the package the code lives in, against which relative imports are resolved.
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Import():
                names.update(alias.name for alias in node.names)
            case ast.ImportFrom(module=module, level=level):
                parents = package.split(".")[: -(level - 1) or None] if level else []
                base = ".".join([*parents, *([module] if module else [])])
                # `from base import name` reaches a module when `name` is one.
                names.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return names


@pytest.mark.parametrize(
    ("code", "package", "expected"),
    [
        ("import lecture_utils.laws as laws", "", {"lecture_utils.laws"}),
        ("from lecture_utils import laws", "", {"lecture_utils", "lecture_utils.laws"}),
        ("def f():\n    from . import laws", "lecture_utils", {"lecture_utils.laws"}),
        ("from .laws import pdf", "lecture_utils", {"lecture_utils.laws"}),
        ("from ..laws import pdf", "lecture_utils.teaching", {"lecture_utils.laws"}),
    ],
)
def test_imports_are_found_wherever_they_stand(code, package, expected):
    assert expected <= imported_names(code, package)


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
