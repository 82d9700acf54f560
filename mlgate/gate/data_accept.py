"""`mlgate data check` and the change of the schema that would accept what it found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.document import load_document
from mlgate.config.yaml_edit import UneditableError, patch, rewrite
from mlgate.errors import SourceError, UsageError
from mlgate.gate.data_accept_rounds import Asked, Settled, read_schema, settle
from mlgate.gate.datasets import Subject
from mlgate.gate.open_subject import OpenSubject
from mlgate.gate.projects import Projects, named_path
from mlgate.gate.standalone import DataRequest, judge_request, requested_subjects
from mlgate.outcome import Outcome, Report
from mlgate.sources.own_files import read_exact, replace_exact, require_exact

if TYPE_CHECKING:
    from mlgate.data.accept import Change, Refusal

PROVENANCE = "schema_patches"
"""Where a report keeps the patches that it proposes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaPatch:
    """A change of one schema file.

    Parameters
    ----------
    root, path : of the file; `path` is relative to `root`
    before, after : its text
    shown : the text after the change as the report may show it: values of rows are hidden unless privacy is `full`
    changes, refusals : what is accepted by it, and what is not
    passes : whether every file of the request passes with it
    """

    root: Path
    path: str
    before: str
    after: str
    shown: str
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]
    passes: bool

    @property
    def diff(self) -> str:
        """As it is written: it may hold values of the data."""
        return patch(self.before, self.after, self.path)

    def as_json(self, *, applied: bool) -> dict[str, Any]:
        """What a report may hold of it, whoever reads that."""
        hidden = sum(len(change.values) for change in self.changes) if self.shown != self.after else 0
        return {
            "schema": self.path,
            "diff": patch(self.before, self.shown, self.path),
            "hidden_values": hidden,
            "changes": [{"outcome": change.outcome, "change": change.said} for change in self.changes],
            "not_proposed": [
                {"outcome": refusal.outcome, "reason": refusal.reason, "instead": refusal.instead}
                for refusal in self.refusals
            ],
            "settles": self.passes,
            "applied": applied,
        }


def check_and_propose(
    request: DataRequest, *, accept: bool = False, report: Report | None = None, tables: OpenSubject | None = None
) -> tuple[Report, list[SchemaPatch]]:
    """The report of a data file with the patches that would accept what blocks, under `provenance.schema_patches`.

    With `accept` the patches are written to the schema files, and the report is of the files as they are judged then.
    A file without a schema, and one that cannot be read, has no patch.

    Parameters
    ----------
    report : of the request, where it was judged already
    tables : where that has left the file open

    Raises
    ------
    UsageError
        There is no schema that could be changed.
    SourceError
        A schema has changed while its file was checked, or cannot be written.
    """
    if accept and not any(subject.schema for subject in requested_subjects(request, Projects())):
        raise UsageError(f"{request.file} has no schema to change", hint="write one with `mlgate data infer`")
    about = request
    if report is None:
        report, subjects = judge_request(request, tables)
        about = replace(request, subjects=subjects)
    patches = _patches(about, report, tables)
    changed = [found for found in patches if found.after != found.before]
    if accept and changed:
        for found in changed:
            require_exact(found.root, found.path, found.before)
        for found in changed:
            replace_exact(found.root, found.path, found.before, found.after)
        report = judge_request(request, tables)[0]
    told = [found.as_json(applied=accept) for found in patches if found.changes or found.refusals]
    if not told:
        return report, patches
    return replace(report, provenance={**report.provenance, PROVENANCE: told}), patches


def _patches(request: DataRequest, report: Report, tables: OpenSubject | None) -> list[SchemaPatch]:
    exempt = frozenset(outcome.id for outcome in report.outcomes if "accepted" in outcome.evidence)
    asked = Asked(now=dt.datetime.now(dt.UTC), strict=request.strict, exempt=exempt, progress=request.progress)
    if not asked.blocking(report.outcomes):
        return []
    by_file: dict[tuple[Path, str], list[Subject]] = {}
    for subject in requested_subjects(request, Projects()):
        if subject.schema is not None:
            place = (subject.root, subject.schema.path)
            if request.schema is not None:
                place = named_path(request.start, request.schema)
            by_file.setdefault(place, []).append(subject)
    made = (_patch(place, subjects, report.outcomes, asked, tables) for place, subjects in by_file.items())
    return [found for found in made if found is not None]


def _patch(
    place: tuple[Path, str],
    subjects: Sequence[Subject],
    outcomes: Sequence[Outcome],
    asked: Asked,
    tables: OpenSubject | None,
) -> SchemaPatch | None:
    """One patch for all files of a request that share a schema: the second one starts from what the first one needs."""
    root, path = place
    before = text = read_exact(root, path)
    settled: list[Settled] = []
    for subject in subjects:
        start = f"data/{_quoted(subject.name)}/"
        mine = [outcome for outcome in outcomes if outcome.id.startswith(start)]
        if not asked.blocking(mine) or any(outcome.check == "readable" for outcome in mine):
            continue
        if not settled and read_schema(before, path, root) != subject.schema:
            raise SourceError(f"{path} has changed while the file was checked", hint="run the command again")
        schema = settled[-1].schema if settled else subject.schema
        known = mine if text == before else None
        settled.append(settle(replace(subject, schema=schema), text, known, replace(asked, root=root), tables))
        text = settled[-1].text
    changes = tuple(change for found in settled for change in found.changes)
    refusals = tuple(refusal for found in settled for refusal in found.refusals)
    if not changes and not refusals:
        return None
    full = all(subject.privacy == "full" for subject in subjects)
    return SchemaPatch(
        root=root,
        path=path,
        before=before,
        after=text,
        shown=text if full else _hidden(before, settled[-1], changes, path, subjects[0].privacy),
        changes=changes,
        refusals=refusals,
        passes=all(found.passes for found in settled),
    )


def _quoted(name: str) -> str:
    from mlgate.data.outcomes import outcome_id

    return outcome_id(name).removeprefix("data/")


def _hidden(before: str, after: Settled, changes: Iterable[Change], path: str, privacy: str) -> str:
    """The text after the changes, with something else in the place of what is new in it and comes from single rows."""
    from mlgate.data.words import masked

    values = [value for change in changes for value in change.values]
    if not values:
        return after.text
    kept = {repr(node.value) for node in load_document(before, path).walk() if not isinstance(node.value, list | dict)}
    names: dict[str, str] = {}
    for value in values:
        if repr(value) not in kept:
            what = f" {masked(value)}" if privacy == "masked" else ""
            names[repr(value)] = f"<hidden{what}>"
    wanted = _renamed(after.data, names)
    try:
        return rewrite(before, wanted, path=path)
    except UneditableError:
        return before


def _renamed(data: Any, names: Mapping[str, str]) -> Any:
    """Plain data with other texts in the place of some scalars."""
    match data:
        case dict():
            return {key: _renamed(value, names) for key, value in data.items()}
        case list():
            return [_renamed(value, names) for value in data]
    return names.get(repr(data), data)
