"""The changes of schemas that would accept what the data tier of a run has found, and the commands that show them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlgate.errors import MlgateError, UsageError
from mlgate.gate.accepted import apply_accepted
from mlgate.gate.data_accept import PROVENANCE, check_and_propose
from mlgate.gate.data_subjects import folder_of
from mlgate.gate.standalone import DataRequest
from mlgate.outcome import Outcome, Report, Status
from mlgate.sources import files

if TYPE_CHECKING:
    import datetime as dt

    from mlgate.config.project import Project
    from mlgate.gate.datasets import Subject
    from mlgate.gate.record import Record


def propose_changes(
    project: Project, subjects: Sequence[Subject], record: Record, *, strict: bool, now: dt.datetime
) -> None:
    """Add to the record the patch of each schema whose datasets block; what a patch settles says so in its hint.

    A patch is a convenience: where none can be made, the progress says why, and the outcomes stay as they are. It shows
    no value of a row unless privacy is `full`, since it also stands in a comment.

    Parameters
    ----------
    subjects : what was judged
    record : with the outcomes of the subjects
    strict : a warning blocks, too
    """
    outcomes = list(apply_accepted(record.outcomes, project.accepted, now.date()))
    by_schema: dict[str, list[Subject]] = {}
    for subject in subjects:
        mine = [outcome for outcome in outcomes if outcome.id.startswith(_start(subject))]
        was_read = all(outcome.check != "readable" for outcome in mine)
        if subject.schema is not None and was_read and any(_asks(outcome, strict=strict) for outcome in mine):
            by_schema.setdefault(subject.schema.path, []).append(subject)
    for path, failing in by_schema.items():
        record.progress(f"data: looking for a change of {path} that would accept the data")
        try:
            found = _patches(failing, outcomes, record, strict=strict)
        except MlgateError as problem:
            record.progress(f"data: no change of {path} is proposed: {problem.message}")
            continue
        for patch in found:
            _tell(project, failing, patch, record)


def _asks(outcome: Outcome, *, strict: bool) -> bool:
    return outcome.status.blocks or (strict and outcome.status is Status.WARN)


def _patches(
    subjects: Iterable[Subject], outcomes: Iterable[Outcome], record: Record, *, strict: bool
) -> list[dict[str, Any]]:
    shown = [replace(one, privacy="full" if one.privacy == "full" else "none") for one in subjects]
    request = DataRequest(
        file=shown[0].path,
        schema=None,
        environment=None,
        privacy="none",
        start=shown[0].root,
        strict=strict,
        progress=record.progress,
        subjects=tuple(shown),
    )
    report = Report(gate="data", outcomes=tuple(outcomes), started_at="", duration_s=0.0, provenance={})
    told: list[dict[str, Any]] = check_and_propose(request, report=report)[0].provenance.get(PROVENANCE, [])
    return told


def _tell(project: Project, subjects: Iterable[Subject], patch: dict[str, Any], record: Record) -> None:
    changed = {change["outcome"] for change in patch["changes"]}
    commands = []
    for subject in subjects:
        command = _command(project, subject)
        own = [place for place, outcome in enumerate(record.outcomes) if outcome.id.startswith(_start(subject))]
        settled = [place for place in own if record.outcomes[place].id in changed]
        commands += [command] * bool(settled)
        for place in settled:
            outcome = record.outcomes[place]
            step = f"`{command}` shows the change of {patch['schema']} that accepts this, `--accept` writes it"
            record.outcomes[place] = replace(outcome, hint=f"{outcome.hint}; {step}" if outcome.hint else step)
    record.schema_patches.append({**patch, "commands": commands})


def _start(subject: Subject) -> str:
    from mlgate.data.outcomes import outcome_id

    return f"{outcome_id(subject.name)}/"


def _command(project: Project, subject: Subject) -> str:
    """What shows the patch. The schema is named only where the command would not find it in mlgate.yaml."""
    words = ["mlgate", "data", "check", subject.path]
    try:
        found = files.find_config(folder_of(subject.root, subject.path))
    except UsageError:
        found = None
    if subject.schema is not None and found != project.root / project.path:
        words += ["--schema", subject.schema.path]
        words += ["--environment", subject.environment] if subject.environment else []
    return shlex.join(words)
