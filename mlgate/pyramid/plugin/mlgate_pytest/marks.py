"""The marker `@pytest.mark.mlgate(tier=..., priority=..., gpu=...)`, and the choice of tests by tier.

The tier of a test is what its marker says, else the tier of mlgate.yaml whose `tests` name its file, else the folder
that is called like a tier (`tests/unit/...`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import pytest

TIERS = ("static", "unit", "data", "integration", "model", "serving")
PRIORITIES = ("P0", "P1", "P2", "P3", "P4")
GPU = ("required", "preferred")
OPTION = "--mlgate-tier"
PROPERTY = "mlgate"
"""Name of the user property that holds what the marker says."""
MARKER = (
    "mlgate(tier=None, priority=None, gpu=None): the tier of the test, its priority from P0 (most important) to P4, "
    "and whether it needs a GPU (required or preferred)"
)
_CHOICES = {"tier": TIERS, "priority": PRIORITIES, "gpu": GPU}


class Said(NamedTuple):
    """What the markers of a test say, or what is wrong with them."""

    tier: str | None = None
    priority: str | None = None
    gpu: str | None = None
    problem: str = ""

    def facts(self) -> dict[str, str]:
        """What is said, by name."""
        found = {"tier": self.tier, "priority": self.priority, "gpu": self.gpu}
        return {name: value for name, value in found.items() if value is not None}


def read_marks(item: pytest.Item) -> Said | None:
    """What the markers of a test say, the nearest first; None where it has none."""
    said: dict[str, str] = {}
    marks = list(item.iter_markers("mlgate"))
    for mark in marks:
        problem = _problem_of(mark)
        if problem:
            return Said(problem=f"@pytest.mark.mlgate: {problem}")
        for name, value in mark.kwargs.items():
            said.setdefault(name, value)
    return Said(**said) if marks else None


def _problem_of(mark: pytest.Mark) -> str:
    if mark.args:
        return f"write {mark.args[0]!r} by name: tier=, priority= or gpu="
    for name, value in mark.kwargs.items():
        if name not in _CHOICES:
            return f"unknown argument {name!r}; {_nearest(name, tuple(_CHOICES))}"
        if value not in _CHOICES[name]:
            return f"unknown {name} {value!r}; {_nearest(value, _CHOICES[name])}"
    return ""


def _nearest(name: object, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(str(name), known, n=1)
    return (f"did you mean {close[0]!r}? " if close else "") + f"known: {', '.join(known)}"


def marked(items: Iterable[pytest.Item]) -> list[tuple[pytest.Item, Said]]:
    """The tests with a marker. What a module or class says is looked up once, so that thousands cost nothing."""
    above: dict[int, bool] = {}

    def has_mark(node: Any) -> bool:
        if any(mark.name == "mlgate" for mark in node.own_markers):
            return True
        parent = node.parent
        if parent is None:
            return False
        if id(parent) not in above:
            above[id(parent)] = has_mark(parent)
        return above[id(parent)]

    found = ((item, read_marks(item)) for item in items if has_mark(item))
    return [(item, said) for item, said in found if said is not None]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and refuse tiers that are none."""
    config.addinivalue_line("markers", MARKER)
    require_known_tiers(config)


def require_known_tiers(config: pytest.Config) -> None:
    """Refuse `--mlgate-tier` with a name that is no tier.

    Raises
    ------
    pytest.UsageError
        With the tier that was probably meant.
    """
    for name in config.getoption("mlgate_tier", None) or ():
        if name not in TIERS:
            raise pytest.UsageError(f"{OPTION}: unknown tier {name!r}; {_nearest(name, TIERS)}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what the markers say with the tests, and the tests of the tiers that are asked for.

    Last, since a conftest.py may mark tests in this hook, and xdist writes the group of a test into its node id.
    """
    found = marked(items)
    said = {id(item): what for item, what in found}
    refused = Refused()
    for item, what in found:
        if what.facts():
            item.user_properties.append((PROPERTY, what.facts()))
        if what.problem:
            refused.reasons[item.nodeid] = what.problem
    selected: Sequence[str] = config.getoption("mlgate_tier", None) or ()
    if selected:
        _select(config, items, said, selected)
    elif found and config.getoption("mlgate_context", None):
        _leave_to_other_tiers(config, items, said, refused)
    if refused.reasons:
        config.pluginmanager.register(refused, "mlgate-refused")


def _select(config: pytest.Config, items: list[pytest.Item], said: dict[int, Said], selected: Sequence[str]) -> None:
    """Deselect what is of other tiers. A test whose marker is wrong stays, so that it is told."""
    from mlgate_pytest.handover import Handover

    handover = Handover(config)
    tiers = handover.tiers
    root = handover.root if tiers else config.rootpath
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        what = said.get(id(item), Said())
        tier = what.tier or tier_of_path(item.path, root, tiers)
        (kept if what.problem or tier in selected else left).append(item)
    items[:] = kept
    if left:
        config.hook.pytest_deselected(items=left)


def _leave_to_other_tiers(
    config: pytest.Config, items: list[pytest.Item], said: dict[int, Said], refused: Refused
) -> None:
    """Under the gate, a test that is marked for another tier runs there; where that tier does not run it, it fails."""
    from mlgate_pytest.handover import Handover

    handover = Handover(config)
    running = handover.tier
    kept = []
    for item in items:
        tier = said.get(id(item), Said()).tier
        if running and tier not in (None, running):
            if tier in tiers_naming(item.path, handover.root, handover.tiers):
                continue
            fact = f"the test is marked for the tier {tier}, whose `tests` in mlgate.yaml do not name its file"
            hint = f"add the file to tiers.{tier}.tests, or correct the marker"
            refused.reasons[item.nodeid] = f"{fact}: no tier runs it; {hint}"
        kept.append(item)
    items[:] = kept


def tier_of_path(path: Path, root: Path, tiers: Mapping[str, Sequence[str]]) -> str | None:
    """The cheapest tier whose `tests` name the file, else the outermost folder that is called like a tier.

    Below a folder `tests` only what follows it counts: `serving/tests/unit/test_a.py` is of the tier unit.
    """
    named = tiers_naming(path, root, tiers)
    if named:
        return named[0]
    try:
        folders = list(path.relative_to(root).parts[:-1])
    except ValueError:
        return None
    start = next((number + 1 for number, name in enumerate(folders) if name in ("tests", "test")), 0)
    return next((name for name in folders[start:] if name in TIERS), None)


def tiers_naming(path: Path, root: Path, tiers: Mapping[str, Sequence[str]]) -> list[str]:
    """Tiers whose `tests`, files or folders below `root`, hold the file; cheapest first."""
    inside = PurePath(os.path.relpath(path, root))
    return [tier for tier in TIERS if any(_is_below(inside, PurePath(entry)) for entry in tiers.get(tier, ()))]


def _is_below(path: PurePath, folder: PurePath) -> bool:
    return path.parts[: len(folder.parts)] == folder.parts and path.parts[:1] != ("..",)


class Refused:
    """Tests that are errors before they run, with the reason; registered only where there is one."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if item.nodeid in self.reasons:
            pytest.fail(self.reasons[item.nodeid], pytrace=False)
