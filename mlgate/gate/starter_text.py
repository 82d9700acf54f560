"""The text of a first mlgate.yaml: entries by section, each with its reason; what is not settled is a comment."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

WIDTH = 112
SECTIONS = ("datasets", "splits", "configs", "lint", "evaluations", "tiers")

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "datasets": ("train: {path: data/train.csv, schema: schemas/train.yaml}",),
    "splits": ("- {datasets: [train, test], entity: [patient_id]}   # nobody stands in both",),
    "configs": ("- {files: configs/**/*.yaml}",),
    "lint": ("paths: [src, tests]   # seeds, tests, notebooks",),
    "evaluations": (
        "my-model:",
        "  command: [python, -m, my_package.evaluate]   # run by the gate, so the predictions belong to the commit",
        "  predictions: outputs/predictions.csv         # one row per example",
        "  columns: {id: id, label: label, prediction: prediction, score: score}",
        "  positive: 1",
        "  baseline: git   # the merge base; or mlflow:models:/my-model@champion, dvc, file:PATH",
        "  metrics: {accuracy: {tolerance: 0.005}, roc_auc: {tolerance: 0.01}}",
    ),
    "tiers": ("unit: {tests: [tests/unit], budget: 2m}",),
}
"""What a section that nothing was found for could hold."""


REASONS: Mapping[str, str] = {
    "datasets": "each with what `mlgate data infer` says of it, which the file holds: read it before you rely on it",
    "configs": "doubled keys, values that readers take differently, paths that are not there",
    "tiers": "by the names of the folders, cheapest first; run with the pytest on PATH",
}
"""Why a section is as it is, where its entries do not say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One declaration, or one that a person has to settle.

    Parameters
    ----------
    section : of mlgate.yaml
    name : how a person calls it
    lines : its YAML, as it stands below the section without indent
    why : the reason for the choice, or, where it is not `active`, why it is a comment
    active : whether it is declared
    mentions : paths whose presence in a file of an earlier time shows that the entry was known then
    """

    section: str
    name: str
    lines: tuple[str, ...]
    why: str = ""
    active: bool = True
    mentions: tuple[str, ...] = ()


def as_comment(entry: Entry, why: str) -> Entry:
    """The entry as one that a person has to settle."""
    return replace(entry, why=why, active=False)


def project_text(entries: Sequence[Entry]) -> str:
    """The whole file."""
    lines = [
        "# What must hold before a change is merged: `mlgate run` checks it. Written by `mlgate init` from what is in",
        "# the repository. What is commented out was not settled, for the reason above it.",
        "version: 1",
    ]
    for section in SECTIONS:
        head, *rest = section_lines(section, [entry for entry in entries if entry.section == section])
        reason = REASONS.get(section, "") if not head.startswith("#") else ""
        lines += ["", f"{head}   # {reason}" if reason else head, *rest]
    return "\n".join(lines) + "\n"


def section_lines(section: str, entries: Sequence[Entry]) -> Iterator[str]:
    """A section with its entries; all of it is a comment where none is settled."""
    declared = any(entry.active for entry in entries)
    yield f"{section}:" if declared else f"# {section}:"
    comment = "  # " if declared else "#   "
    for entry in sorted(entries, key=lambda entry: not entry.active):
        start = f"{comment}# " if not declared else comment
        yield from (f"{start}{line}" for line in textwrap.wrap(shown(entry.why), WIDTH, break_on_hyphens=False))
        yield from (f"  {line}" if entry.active else f"{comment}{line}" for line in entry.lines)
    if not entries:
        yield from (f"#   {line}" for line in EXAMPLES[section])


def pasted(entries: Sequence[Entry]) -> Iterator[str]:
    """Entries as text to paste into a file, by section."""
    for section in SECTIONS:
        mine = [entry for entry in entries if entry.section == section]
        if mine:
            yield from section_lines(section, mine)


def shown(text: str) -> str:
    """A text as one printable line.

    Examples
    --------
    >>> shown("a\\n  b")
    'a b'
    """
    plain = " ".join(text.split())
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in plain)


def quoted(value: object) -> str:
    """A value as it is written inside YAML's brackets and braces.

    Examples
    --------
    >>> quoted("data/a.csv"), quoted("yes: a"), quoted("1"), quoted(1), quoted(True)
    ('data/a.csv', "'yes: a'", "'1'", '1', 'true')
    """
    if not isinstance(value, str):
        return json.dumps(value)
    if not value.isprintable():
        return '"' + "".join(map(_escaped, value)) + '"'
    plain = re.fullmatch(r"[A-Za-z_./][A-Za-z0-9_./*@-]*", value) and not re.fullmatch(
        r"[0-9.eE+_-]+|true|false|null|yes|no|on|off|\.inf|\.nan", value, re.IGNORECASE
    )
    return value if plain else "'" + value.replace("'", "''") + "'"


def _escaped(mark: str) -> str:
    if mark in '"\\':
        return f"\\{mark}"
    return mark if mark.isprintable() else f"\\U{ord(mark):08x}"


def listed(values: Iterable[object]) -> str:
    """A list in brackets."""
    return "[" + ", ".join(map(quoted, values)) + "]"


def mapped(values: Mapping[str, object]) -> str:
    """A mapping in braces."""
    return "{" + ", ".join(f"{quoted(key)}: {quoted(value)}" for key, value in values.items()) + "}"
