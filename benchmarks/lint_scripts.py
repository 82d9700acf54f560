"""Precision and recall of the rules of randomness on public scripts that were labelled by hand before any rule ran.

A finding counts as right where a label has its rule and its place (of a rule that is told once per file: its rule); an
`unknown` finding is noise, neither right nor false, and does not find a label. Three lots are printed, each with what
it gave when the rules saw it for the first time: that is what to expect of code which nobody tuned on.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.lint_corpus import HELD_OUT, SECOND, TUNED, Label, Package, Script, fetch, read_labels
from benchmarks.lint_peers import show_peers
from mlgate.gate.lint import LintRequest, lint_paths
from mlgate.lint.rules import BY_FAMILY, ONCE_PER_FILE
from mlgate.outcome import Outcome, Status

LEAST_PRECISION = 0.95
LEAST_RECALL = 0.90
NEAR = 2
"""Lines by which the place of a finding may differ from its label: a statement has several."""
FIRST_LOOK = {TUNED: "0.922 and 0.977", HELD_OUT: "0.909 and 0.904", SECOND: "0.883 and 0.736"}
"""Precision and recall when the rules saw a lot for the first time. They were mended since by what all lots showed."""
SURE = ("uncontrolled", "conditional")
NAMED = re.compile(r"\(([^()\s]+\.py):(\d+)\)")
"""The place in another module, in the message of a finding that is told at the call which leads there."""
RULES = frozenset(rule.id for rule in BY_FAMILY["seeds"])


@dataclass(frozen=True, slots=True)
class Found:
    """A finding: its rule and verdict, and all places that it names (path, cell, line), its own first."""

    rule: str
    verdict: str
    places: tuple[tuple[str, int, int], ...]

    @property
    def told(self) -> str:
        path, cell, line = self.places[0]
        return f"{path}:{f'{cell}:' if cell else ''}{line} {self.rule} [{self.verdict}]"


@dataclass(slots=True)
class Score:
    """Counts of one rule, or of all."""

    right: int = 0
    false: int = 0
    found: int = 0
    missed: int = 0
    same_verdict: int = 0

    def add(self, other: Score) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false) if self.right + self.false else float("nan")

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed) if self.found + self.missed else float("nan")


@dataclass(slots=True)
class Tally:
    """What came of a number of scripts."""

    by_rule: dict[str, Score] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)
    apart: Counter[str] = field(default_factory=Counter)
    unjudged: list[str] = field(default_factory=list)
    flagged: dict[str, bool] = field(default_factory=dict)

    def of(self, rule: str) -> Score:
        return self.by_rule.setdefault(rule, Score())

    @property
    def whole(self) -> Score:
        every = Score()
        for score in self.by_rule.values():
            every.add(score)
        return every


def judge(folder: Path, script: Script) -> tuple[list[Found], str]:
    """Findings in a script and in the files that it imports; why it was not judged, or nothing."""
    request = LintRequest(paths=(str(folder / script.path),), start=folder, families=("seeds",), cache=False)
    outcomes = lint_paths(request).outcomes
    errors = [outcome.message for outcome in outcomes if outcome.status is Status.ERROR]
    told = (Status.FAIL, Status.WARN)
    return [_found(one) for one in outcomes if one.status in told and one.check in RULES], "; ".join(errors)


def _found(outcome: Outcome) -> Found:
    place = outcome.location
    evidence = outcome.evidence
    assert place is not None  # a finding stands somewhere
    cell = evidence.get("cell") or 0
    line = evidence["line"] if cell else place.line or 0
    others = [
        (place.path, other["cell"], other["line"]) if isinstance(other, dict) else (place.path, 0, other)
        for other in evidence.get("lines", ())
    ]
    named = [(path, 0, int(number)) for path, number in NAMED.findall(outcome.message)]
    return Found(outcome.check, str(evidence.get("verdict", "")), ((place.path, cell, line), *others, *named))


def fits(found: Found, label: Label, script: Script) -> bool:
    """Whether a finding tells what a label wants to be told."""
    if found.rule != label.rule and found.rule not in label.others:
        return False
    own = found.places[0][0]
    if found.rule in ONCE_PER_FILE:
        return own in {script.path, *script.files}
    return any(
        path == place[0] and cell == place[1] and (line == 0 or abs(line - place[2]) <= NEAR)
        for path, cell, line in label.lines
        for place in found.places
    )


def count(tally: Tally, package: Package, script: Script, findings: Sequence[Found]) -> None:
    """Add one script to the counts."""
    name = f"{package.name}: "
    sure = [label for label in script.labels if label.verdict in SURE and not label.debatable]
    tally.flagged[f"{package.name}/{script.path}"] = any(found.verdict in SURE for found in findings)
    for found in findings:
        labels = [label for label in script.labels if fits(found, label, script)]
        if found.verdict not in SURE:
            tally.apart["unknown findings"] += 1
            if not any(label in sure for label in labels):
                tally.noise.append(f"noise  {name}{found.told}")
        elif any(label in sure for label in labels):
            tally.of(found.rule).right += 1
        elif labels:
            tally.apart["findings at debatable or unknown labels"] += 1
        else:
            tally.of(found.rule).false += 1
            tally.wrong.append(f"false  {name}{found.told}")
    for label in sure:
        fitting = [found for found in findings if found.verdict in SURE and fits(found, label, script)]
        score = tally.of(label.rule)
        score.found += bool(fitting)
        score.missed += not fitting
        score.same_verdict += any(found.verdict == label.verdict for found in fitting)
        if not fitting:
            tally.wrong.append(f"missed {name}{_told(label, script)}")
        elif all(found.verdict != label.verdict for found in fitting):
            verdict = fitting[0].verdict
            tally.noise.append(f"verdict {verdict}, not {label.verdict}: {name}{_told(label, script)}")
    tally.apart["unknown labels"] += sum(label.verdict not in SURE for label in script.labels)
    tally.apart["debatable labels"] += sum(label.debatable for label in script.labels)


def _told(label: Label, script: Script) -> str:
    path, cell, line = label.lines[0]
    place = f"{path}:{f'{cell}:' if cell else ''}{line or '*'}"
    inside = "" if path == script.path else f" (of {script.path})"
    return f"{place}{inside} {label.rule} [{label.verdict}]: {label.note}"


def run(packages: Iterable[Package], only: str) -> dict[str, Tally]:
    """Counts of the packages of each lot."""
    tallies = {lot: Tally() for lot in FIRST_LOOK}
    for package in packages:
        tally = tallies[package.lot]
        with tempfile.TemporaryDirectory() as place:  # outside this repository, whose modules scripts do not import
            folder = Path(shutil.copytree(fetch(package), Path(place).resolve() / "scripts"))
            for script in package.scripts:
                if only in f"{package.name}/{script.path}":
                    findings, problem = judge(folder, script)
                    if problem:
                        tally.unjudged.append(f"error  {package.name}: {script.path}: {problem}")
                    count(tally, package, script, findings)
    return tallies


def show(title: str, tally: Tally, *, places: bool) -> None:
    """Print one half."""
    print(f"\n{title}: {len(tally.flagged)} scripts")
    print("  rule                    right  false  precision |  found  missed  recall  same verdict")
    for rule, score in [*sorted(tally.by_rule.items()), ("all", tally.whole)]:
        share = score.same_verdict / score.found if score.found else float("nan")
        print(
            f"  {rule:22} {score.right:6} {score.false:6} {score.precision:10.3f} |"
            f" {score.found:6} {score.missed:7} {score.recall:7.3f} {share:13.2f}"
        )
    print("  apart:", ", ".join(f"{number} {what}" for what, number in sorted(tally.apart.items()) if number))
    lines = [*tally.unjudged, *tally.wrong, *tally.noise] if places else tally.unjudged
    print(*(f"    {line}" for line in lines), sep="\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="a part of package/path: only such scripts")
    parser.add_argument("--all-places", action="store_true", help="print the places also of what was held out")
    parser.add_argument("--no-peers", action="store_true", help="leave the peers out")
    options = parser.parse_args()
    packages = read_labels()
    tallies = run(packages, options.only)
    whole = Score()
    for lot, tally in tallies.items():
        show(f"{lot} (at the first look: {FIRST_LOOK[lot]})", tally, places=lot == TUNED or options.all_places)
        whole.add(tally.whole)
    print(f"\nAll: precision {whole.precision:.3f}, recall {whole.recall:.3f}, ", end="")
    print(f"same verdict {whole.same_verdict / max(1, whole.found):.2f}")
    if not options.no_peers:
        show_peers(packages, {path: flag for tally in tallies.values() for path, flag in tally.flagged.items()})
    good = whole.precision >= LEAST_PRECISION and whole.recall >= LEAST_RECALL
    good = good and not any(tally.unjudged for tally in tallies.values())
    print(f"\nprecision >= {LEAST_PRECISION} and recall >= {LEAST_RECALL}, all judged:", "yes" if good else "NO")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
