"""What was found in files, as outcomes: findings by rule, what could not be judged, and what holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from mlgate.config.lint_section import Ignored
from mlgate.gate.paths import path_matches
from mlgate.lint.families import IGNORES, SEEDS
from mlgate.lint.finding import Finding
from mlgate.lint.ignores import Ignore, judge_ignores
from mlgate.lint.judging import Judged, Problem
from mlgate.lint.merging import Merged, merge
from mlgate.lint.rules import BY_FAMILY, ONCE_PER_FILE, RULES
from mlgate.outcome import Location, Outcome, Status


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are told: of these families and rules (none named: all), less what the project ignores."""

    families: tuple[str, ...]
    rules: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()

    def rules_of(self, family: str) -> list[str]:
        """Ids of the rules of a family that are told."""
        return [rule.id for rule in BY_FAMILY[family] if not self.rules or rule.id in self.rules]

    def entry_for(self, path: str, rule: str) -> Ignored | None:
        """The entry of `lint.ignore` that leaves out a rule in a file."""
        fitting = (entry for entry in self.ignored if rule in entry.rules and covers(entry, path))
        return next(fitting, None)


def covers(entry: Ignored, path: str) -> bool:
    """Whether an entry of `lint.ignore` names a file: itself, a folder above it, or by a glob."""
    return path_matches(path, entry.files) or path_matches(path, f"{entry.files}/**") or entry.files == "."


@dataclass(slots=True)
class _Told:
    """Gives outcomes their ids: the second of the same rule in the same scope is `#2`."""

    counts: dict[str, int] = field(default_factory=dict)

    def id(self, path: str, part: str) -> str:
        whole = f"static/{quote(path, safe='/=._-')}/{part}"
        count = self.counts[whole] = self.counts.get(whole, 0) + 1
        return whole if count == 1 else f"{whole}#{count}"


def outcomes_of(judged: Sequence[Judged], wanted: Wanted) -> Iterator[Outcome]:
    """Outcomes of the files of one project, by path; findings in modules that were only imported follow."""
    told = _Told()
    ignores = ignores_by_path(judged)
    findings = [
        finding for item in judged for finding in item.findings if not wanted.rules or finding.rule in wanted.rules
    ]
    merged = merge(findings, ignores, ONCE_PER_FILE)
    for item in judged:
        yield from _of_file(item, merged.pop(item.path, Merged()), ignores, wanted, told)
    for path, of_file in sorted(merged.items()):
        yield from (_finding(finding, told) for finding in _left(path, of_file, wanted)[0])


def ignores_by_path(judged: Iterable[Judged]) -> dict[str, Sequence[Ignore]]:
    """The comments of each file; of one that was judged itself its own word counts, since others read it in part."""
    ignores: dict[str, Sequence[Ignore]] = {}
    for item in judged:
        for path, found in item.ignores.items():
            if path == item.path or path not in ignores:
                ignores[path] = found
    return ignores


def _of_file(
    item: Judged, merged: Merged, ignores: Mapping[str, Sequence[Ignore]], wanted: Wanted, told: _Told
) -> Iterator[Outcome]:
    for problem in item.problems:
        yield _problem(item.path, problem, told)
    findings, left_out = _left(item.path, merged, wanted)
    if IGNORES in wanted.families:
        asked = [rule for family in item.families for rule in wanted.rules_of(family)]
        found = judge_ignores(item.path, ignores.get(item.path, ()), merged.used, RULES, asked)
        findings += [finding for finding in found if not wanted.rules or finding.rule in wanted.rules]
    yield from (_finding(finding, told) for finding in findings)
    rules = {finding.rule for finding in findings}
    if any(problem.passing for problem in item.problems):
        return
    for family in item.families:
        of_family = wanted.rules_of(family)
        if of_family and not rules.intersection(of_family):
            excused = [entry for entry in left_out if entry["rule"] in of_family]
            yield _passed(item.path, family, merged, excused, told)


def _left(path: str, merged: Merged, wanted: Wanted) -> tuple[list[Finding], list[dict[str, Any]]]:
    """The findings to tell, and what was left out, with the reasons."""
    left_out: list[dict[str, Any]] = [
        {"rule": finding.rule, "line": finding.line, "reason": ignore.reason} for finding, ignore in merged.ignored
    ]
    findings = []
    for finding in merged.findings:
        entry = wanted.entry_for(path, finding.rule)
        if entry is None:
            findings.append(finding)
        else:
            left_out.append({"rule": finding.rule, "line": finding.line, "reason": entry.reason})
    return findings, left_out


def _finding(finding: Finding, told: _Told) -> Outcome:
    part = f"{finding.rule}:{quote(finding.scope, safe='._-<>')}" if finding.scope else finding.rule
    cell, line = finding.evidence.get("cell"), finding.line
    message = f"cell {cell}, line {finding.evidence.get('line')}: {finding.message}" if cell else finding.message
    evidence = {**({"verdict": finding.verdict} if finding.verdict else {}), **finding.evidence}
    return Outcome(
        id=told.id(finding.path, part),
        check=finding.rule,
        tier="static",
        subject=finding.path,
        status=finding.status,
        message=message,
        hint=finding.hint,
        location=Location(finding.path, None if cell else line),
        evidence=evidence,
    )


def _problem(path: str, problem: Problem, told: _Told) -> Outcome:
    place = {"cell": problem.cell, "line": problem.line} if problem.cell else {}
    return Outcome(
        id=told.id(path, "python"),
        check="python",
        tier="static",
        subject=path,
        status=problem.status,
        message=problem.message,
        hint=problem.hint,
        location=Location(path, None if problem.cell else problem.line),
        evidence=place,
    )


def _passed(path: str, family: str, merged: Merged, excused: list[dict[str, Any]], told: _Told) -> Outcome:
    message = "nothing is found"
    if family == SEEDS:
        draws = merged.controlled
        message = f"{draws:,} draws, all seeded" if draws > 1 else "one draw, seeded" if draws else "nothing is drawn"
    if excused:
        message += f"; {len(excused):,} {'findings are' if len(excused) > 1 else 'finding is'} ignored with a reason"
    return Outcome(
        id=told.id(path, family),
        check=family,
        tier="static",
        subject=path,
        status=Status.PASS,
        message=message,
        location=Location(path),
        evidence={"ignored": excused} if excused else {},
    )
