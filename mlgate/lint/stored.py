"""What was found in a file as plain JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.lint.finding import Edit, Finding
from mlgate.lint.ignores import Ignore
from mlgate.lint.judging import Judged, Problem
from mlgate.outcome import Status, to_json


def to_plain(judged: Judged) -> list[Any]:
    """A judged file as lists and texts."""
    return [
        judged.path,
        list(judged.families),
        [_finding_to_plain(finding) for finding in judged.findings],
        {path: [_ignore_to_plain(ignore) for ignore in ignores] for path, ignores in judged.ignores.items() if ignores},
        [[item.message, item.hint, item.status.value, item.line, item.cell] for item in judged.problems],
    ]


def from_plain(raw: Any) -> Judged:
    """Read back what `to_plain` wrote.

    Raises
    ------
    ValueError
        It is nothing of that kind.
    """
    try:
        path, families, findings, ignores, problems = _items(raw)
        return Judged(
            path=_text(path),
            families=tuple(_text(family) for family in _items(families)),
            findings=tuple(_finding_from_plain(finding) for finding in _items(findings)),
            ignores={
                _text(name): tuple(_ignore_from_plain(item) for item in _items(items))
                for name, items in ignores.items()
            },
            problems=tuple(_problem_from_plain(item) for item in _items(problems)),
        )
    except (TypeError, AttributeError, KeyError, ValueError) as problem:
        raise ValueError(f"not what was stored: {problem!r}") from None


def _finding_to_plain(finding: Finding) -> list[Any]:
    return [
        *(finding.rule, finding.path, finding.line, finding.column, finding.message, finding.hint),
        *(finding.status.value, finding.verdict, finding.scope),
        [[edit.start, edit.end, edit.new] for edit in finding.edits],
        to_json(finding.evidence),
    ]


def _finding_from_plain(raw: Any) -> Finding:
    rule, path, line, column, message, hint, status, verdict, scope, edits, evidence = raw
    if not isinstance(evidence, Mapping):
        raise TypeError("evidence is no mapping")
    return Finding(
        rule=_text(rule),
        path=_text(path),
        line=_number(line),
        column=_number(column),
        message=_text(message),
        hint=_text(hint),
        status=Status(status),
        verdict=_text(verdict),
        scope=_text(scope),
        edits=tuple(Edit(_number(start), _number(end), _text(new)) for start, end, new in _items(edits)),
        evidence=evidence,
    )


def _ignore_to_plain(ignore: Ignore) -> list[Any]:
    return [
        *(ignore.line, list(ignore.rules), ignore.reason, ignore.first, ignore.last),
        *(ignore.cell, ignore.line_in_cell),
    ]


def _ignore_from_plain(raw: Any) -> Ignore:
    line, rules, reason, first, last, cell, line_in_cell = raw
    return Ignore(
        line=_number(line),
        rules=tuple(_text(rule) for rule in _items(rules)),
        reason=_text(reason),
        first=_number(first),
        last=_number(last),
        cell=None if cell is None else _number(cell),
        line_in_cell=_number(line_in_cell),
    )


def _problem_from_plain(raw: Any) -> Problem:
    message, hint, status, line, cell = raw
    return Problem(
        message=_text(message),
        hint=_text(hint),
        status=Status(status),
        line=None if line is None else _number(line),
        cell=None if cell is None else _number(cell),
    )


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value
