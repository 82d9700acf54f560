"""What several entry points say of one place becomes one finding; ignores are applied; places of a file become one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED, UNKNOWN, Finding
from mlgate.lint.ignores import Ignore

_WORSE = {UNCONTROLLED: 4, "": 4, CONDITIONAL: 3, CONTROLLED: 2, UNKNOWN: 1}
"""The worst verdict that is known stays; `unknown` only where no entry point reached the place."""

MOST_LINES = 50
"""Further places that are listed in one finding."""


@dataclass(slots=True)
class Merged:
    """Of one file: what is to be told, what an ignore covers (and the reason), and how many draws are controlled."""

    findings: list[Finding] = field(default_factory=list)
    ignored: list[tuple[Finding, Ignore]] = field(default_factory=list)
    controlled: int = 0

    @property
    def used(self) -> set[tuple[int, str]]:
        """Line of each comment that ignored something, and the rule."""
        return {(ignore.line, finding.rule) for finding, ignore in self.ignored}


def merge(
    found: Iterable[Finding], ignores: Mapping[str, Sequence[Ignore]], once_per_file: Collection[str]
) -> dict[str, Merged]:
    """Findings by path, in the order of their places."""
    places: dict[tuple[str, int, int, str], Finding] = {}
    for finding in found:
        place = (finding.path, finding.line, finding.column, finding.rule)
        known = places.get(place)
        if known is None or _WORSE[finding.verdict] > _WORSE[known.verdict]:
            places[place] = finding
    known_places = {place[:3] for place, finding in places.items() if finding.verdict != UNKNOWN}
    merged: dict[str, Merged] = {}
    for place in sorted(places):
        finding = places[place]
        if finding.verdict == UNKNOWN and place[:3] in known_places:
            continue  # another entry point reached it, and another rule told what it saw
        of_file = merged.setdefault(finding.path, Merged())
        if finding.verdict == CONTROLLED:
            of_file.controlled += 1
            continue
        ignore = next((item for item in ignores.get(finding.path, ()) if item.covers(finding.rule, finding.line)), None)
        if ignore is not None:
            of_file.ignored.append((finding, ignore))
        else:
            of_file.findings.append(finding)
    for of_file in merged.values():
        of_file.findings = list(_grouped(of_file.findings, once_per_file))
    return merged


def _grouped(findings: Sequence[Finding], once_per_file: Collection[str]) -> Iterator[Finding]:
    """Of a rule that is told once, the first of the worst places, which lists the others."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.rule in once_per_file:
            groups.setdefault(finding.rule, []).append(finding)
    for finding in findings:
        group = groups.get(finding.rule)
        if group is None:
            yield finding
        elif finding is group[0]:
            yield _as_one(group)


def _as_one(places: Sequence[Finding]) -> Finding:
    worst = max(_WORSE[finding.verdict] for finding in places)
    first = next(finding for finding in places if _WORSE[finding.verdict] == worst)
    others = [finding for finding in places if finding is not first]
    if not others:
        return replace(first, scope="")
    lines = [_place(finding) for finding in others[:MOST_LINES]]
    more = f" (and {len(others)} more {'places' if len(others) > 1 else 'place'})"
    return replace(
        first,
        scope="",
        message=first.message + more,
        edits=tuple(dict.fromkeys(edit for finding in (first, *others) for edit in finding.edits)),
        evidence={**first.evidence, "lines": lines, "places": len(places)},
    )


def _place(finding: Finding) -> object:
    """A line; of a notebook, a cell and a line in it."""
    if "cell" in finding.evidence:
        return {"cell": finding.evidence["cell"], "line": finding.evidence["line"]}
    return finding.line
