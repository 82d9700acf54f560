"""What the report says of the baselines that a run compares with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.config.references import parse_reference
from mlgate.errors import MlgateError
from mlgate.gate.record import Record
from mlgate.gate.staleness import staleness
from mlgate.outcome import Outcome
from mlgate.sources import baseline_metrics, baselines, git
from mlgate.sources.record_reading import FEW_ROWS

_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")


def baseline_facts(found: baselines.Baseline, evaluation: Evaluation, root: Path) -> dict[str, Any]:
    """What the report says of a baseline; a fact that is not known is null."""
    head = git.describe(root).commit
    known = head is not None and found.commit is not None and _COMMIT.fullmatch(found.commit)
    distance = git.commits_between(root, found.commit or "", head or "") if known else None
    return {
        "evaluation": evaluation.name,
        "reference": found.reference,
        "found": found.found,
        "version": found.version,
        "run_id": found.run_id,
        "commit": found.commit,
        "dirty": (found.recorded or {}).get("dirty"),
        "commits_behind": distance,
        "created_at": found.created_at,
        "age_s": found.age_s,
        "rescored_at": found.rescored_at,
        "unreliable": found.unreliable,
        "rows": None,
        "data": (found.recorded or {}).get("data"),
        "metrics": (found.recorded or {}).get("metrics"),
        "tracking": found.tracking,
    }


def describe_baseline(project: Project, evaluation: Evaluation, now: dt.datetime) -> baselines.Baseline:
    """The facts of an evaluation's baseline; nothing larger than a record is downloaded.

    Raises
    ------
    SourceError
        It cannot be found.
    """
    reference = parse_reference(evaluation.baseline)
    if not evaluation.predictions and not evaluation.runs:
        return baseline_metrics.load_metrics(
            reference,
            root=project.root,
            evaluation_name=evaluation.name,
            metrics_path=evaluation.metrics_file or "",
            now=now,
        )
    return baselines.describe(
        reference,
        root=project.root,
        evaluation_name=evaluation.name,
        predictions_path=evaluation.predictions,
        runs=evaluation.runs,
        now=now,
    )


def name_baselines(project: Project, record: Record, now: dt.datetime) -> None:
    """Record which baselines would have been compared with, for a run that stops before the comparison.

    The reviewer still reads what the candidate would have met; one that cannot be found is named without its facts,
    since the run that compares will report the error.
    """
    for evaluation in project.evaluations.values():
        if evaluation.baseline == "none":
            continue
        entry: dict[str, Any] = {"evaluation": evaluation.name, "reference": evaluation.baseline, "found": None}
        with suppress(MlgateError):
            found = describe_baseline(project, evaluation, now)
            entry = baseline_facts(found, evaluation, project.root)
            remember_tests(record, found)
        record.baselines.append(entry | {"compared": False})


def remember_tests(record: Record, found: baselines.Baseline) -> None:
    """Keep which tests the first baseline that says so had, to be compared with those of this run."""
    tests = (found.recorded or {}).get("tests")
    if record.tests_before is None and isinstance(tests, str) and tests:
        record.tests_before = (tests, found.commit)


def baseline_remarks(facts: dict[str, Any], evaluation: Evaluation) -> Iterator[Outcome]:
    """A baseline is recent, and was recorded by a run that can be relied on: else a `warn`."""
    from mlgate.metrics.checks import baseline_remark

    stale = staleness(facts, evaluation)
    if stale:
        yield baseline_remark(evaluation, "age", stale, "record a newer one with `mlgate baseline save`")
    doubt = facts.get("unreliable")
    rows = facts.get("rows")
    if not doubt and rows is not None and rows < FEW_ROWS:
        doubt = f"it has {rows:,} rows"
    if doubt:
        yield baseline_remark(
            evaluation, "reliable", f"the baseline should not be relied on: {doubt}", "record a whole one that passed"
        )
