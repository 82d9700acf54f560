"""How often the rules of tests are right where they block, in public test suites whose findings were read by hand.

    python -m benchmarks.lint_tests

Each finding of `lint_tests.yaml` was read in its file and judged: would the people who own the test want to be told?
The files are fetched from the index when this runs. Together the rules need a precision of 0.95; what is told in these
files and was not read is counted apart, and is part of no figure. The rules were corrected after each
reading. As first read, 230 of 240 were right in the first lot, 74 of 92 in the second and 52 of 53 in the third; nobody
had looked at the last two before.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.lint_corpus import Package, Script, fetch
from mlgate.lint.module import Module, parse_module
from mlgate.lint.suites import RULES, Declared, judge_tests
from mlgate.outcome import Status

LABELS = Path(__file__).with_suffix(".yaml")
LEAST = 0.95
Place = tuple[int, str]
"""Line and rule."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A file of a distribution, the conftest.py files above it, and what was judged in it: right or wrong."""

    path: str
    conftests: tuple[str, ...]
    judged: dict[Place, bool]


def read_labels(path: Path = LABELS) -> Iterator[tuple[Package, list[Suite]]]:
    """Each distribution, with its files."""
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["packages"]:
        suites = [_suite(file) for file in entry["files"]]
        scripts = tuple(Script(suite.path, suite.conftests, ()) for suite in suites)
        yield Package(entry["package"], entry["sdist"], entry["sha256"], entry["lot"], scripts), suites


def _suite(entry: dict[str, Any]) -> Suite:
    judged = {(item["line"], item["rule"]): "wrong" not in item for item in entry["findings"]}
    return Suite(entry["path"], tuple(entry.get("conftests", ())), judged)


def told_in(folder: Path, suite: Suite) -> set[Place]:
    """Line and rule of each finding that blocks."""
    conftests = [_module(folder, name) for name in suite.conftests]
    found = judge_tests(_module(folder, suite.path), Declared(), conftests)
    return {(finding.line, finding.rule) for finding in found if finding.status is Status.FAIL}


def _module(folder: Path, name: str) -> Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the files: invalid escapes and the like
        return parse_module((folder / name).read_text(encoding="utf-8"), name)


def main() -> int:
    """Print the figures; 1 where they are not good enough."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    unread: Counter[str] = Counter()
    packages = 0
    for package, suites in read_labels():
        packages += 1
        folder = fetch(package)
        for suite in suites:
            told = told_in(folder, suite)
            for place, is_right in suite.judged.items():
                (silent if place not in told else right if is_right else wrong)[place[1]] += 1
            unread.update(rule for _, rule in told - suite.judged.keys())
    print(f"findings that block, read by hand in test suites of {packages} public packages")
    print(f"{'rule':28} {'right':>6} {'wrong':>6} {'precision':>10} {'not told now':>13} {'unread':>7}")
    for rule, _, _ in RULES:
        if right[rule] + wrong[rule] + silent[rule]:
            share = f"{precision(right[rule], wrong[rule]):10.3f}"
            print(f"{rule:28} {right[rule]:6} {wrong[rule]:6} {share} {silent[rule]:13} {unread[rule]:7}")
    overall = precision(right.total(), wrong.total())
    print(f"{'all':28} {right.total():6} {wrong.total():6} {overall:10.3f} {silent.total():13} {unread.total():7}")
    return 0 if overall >= LEAST else 1


def precision(right: int, wrong: int) -> float:
    """Share of what is told that is right; NaN where nothing is told."""
    return right / (right + wrong) if right + wrong else float("nan")


if __name__ == "__main__":
    sys.exit(main())
