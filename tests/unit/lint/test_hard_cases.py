"""The hard cases of randomness: what the comments of each say is found, and nothing else."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mlgate.gate.lint import LintRequest, lint_paths
from mlgate.lint.rules import BY_FAMILY, ONCE_PER_FILE
from mlgate.outcome import Outcome, Status

CASES = Path(__file__).parents[2] / "cases" / "lint_hard"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir() or path.suffix in {".py", ".ipynb"})
MARK = re.compile(r"#\s*(finds|or):\s*([a-z-]+)(?:\s+([a-z]+|\*))?\s*$")
SEEDS = frozenset(rule.id for rule in BY_FAMILY["seeds"])


@dataclass
class Wanted:
    """Of one rule in one case: places that must be told, places that may be told instead, and the verdict."""

    places: set[tuple[str, int]] = field(default_factory=set)
    instead: set[tuple[str, int]] = field(default_factory=set)
    verdict: str = "uncontrolled"


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with the numbers by which they are told: of a notebook, 1,000 times the cell and the line in it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        yield from enumerate(text.splitlines(), start=1)
        return
    for number, cell in enumerate(json.loads(text)["cells"], start=1):
        if cell["cell_type"] == "code":
            yield from enumerate("".join(cell["source"]).splitlines(), start=1000 * number + 1)


def wanted_of(case: Path) -> dict[str, Wanted]:
    wanted: dict[str, Wanted] = defaultdict(Wanted)
    for path in sorted(case.rglob("*.py")) if case.is_dir() else [case]:
        for number, line in lines_of(path):
            mark = MARK.search(line)
            if mark is None:
                continue
            kind, rule, verdict = mark.groups()
            place = (str(path.relative_to(CASES)), number)
            (wanted[rule].places if kind == "finds" else wanted[rule].instead).add(place)
            wanted[rule].verdict = verdict or "uncontrolled"
    return dict(wanted)


def place_of(outcome: Outcome) -> tuple[str, int]:
    assert outcome.location is not None
    if "cell" in outcome.evidence:
        return outcome.location.path, 1000 * outcome.evidence["cell"] + outcome.evidence["line"]
    return outcome.location.path, outcome.location.line or 0


@pytest.fixture(scope="module")
def found() -> dict[str, list[Outcome]]:
    """Findings by case. All are judged at once, as a repository is."""
    report = lint_paths(LintRequest(paths=(str(CASES),), start=CASES, families=("seeds",), cache=False))
    by_case: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in report.outcomes:
        assert outcome.status is not Status.ERROR, outcome.message
        if outcome.check in SEEDS and outcome.status in {Status.FAIL, Status.WARN}:
            by_case[place_of(outcome)[0].split("/")[0]].append(outcome)
    return by_case


@pytest.mark.parametrize("name", NAMES)
def test_a_case_is_told_as_its_comments_say(name: str, found: dict[str, list[Outcome]]) -> None:
    wanted = wanted_of(CASES / name)
    told: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for outcome in found[name]:
        told[outcome.check].add(place_of(outcome))
        if outcome.check in wanted and wanted[outcome.check].verdict != "*":
            assert outcome.evidence["verdict"] == wanted[outcome.check].verdict, outcome.message
    assert set(told) == set(wanted), {rule: sorted(told.get(rule, ())) for rule in set(told) ^ set(wanted)}
    for rule, want in wanted.items():
        assert told[rule] <= want.places | want.instead, rule
        if not want.instead and rule not in ONCE_PER_FILE:
            assert told[rule] == want.places, rule


def test_there_are_enough_cases_of_both_kinds() -> None:
    bad = [name for name in NAMES if wanted_of(CASES / name)]
    assert len(bad) >= 50
    assert len(NAMES) - len(bad) >= 40
