"""Gathers what the tests of a tier are told, and writes it to the file that the plugin reads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Dataset, Project
from mlgate.errors import MlgateError, SourceError
from mlgate.gate.paths import is_glob
from mlgate.gate.pull import named_pointers
from mlgate.gate.record import Record
from mlgate.outcome import to_json
from mlgate.pyramid import handover as told
from mlgate.sources import files, pointers, table_files


def write_handover(project: Project, tier: str, record: Record, work: Path, *, seed: int = 0, now: dt.datetime) -> Path:
    """Write the file of `--mlgate-context` for the tests of a tier; its path is absolute.

    Baselines are looked up for the tiers model and serving alone. What cannot be found is told to the test that asks
    for it, and changes nothing for the others.

    Parameters
    ----------
    record : what the run has found so far
    work : folder of the run that is removed at its end
    """
    declared = project.tiers.get(tier)
    names = project.datasets if tier == "data" else (declared.datasets if declared else ())
    baselines = {}
    if tier in told.LATE_TIERS:
        baselines = {name: _baseline(project, name, record, now) for name in project.evaluations}
    found = told.handover(
        project,
        tier,
        datasets={name: _pulled_dataset(project.root, project.datasets[name]) for name in names},
        baselines=baselines,
        candidates={name: candidate_of(project, name, record.candidates) for name in project.evaluations},
        seed=seed,
    )
    path = work.resolve() / f"{tier}-handover.json"
    path.write_text(json.dumps(found, allow_nan=False), encoding="utf-8")
    return path


def _pulled_dataset(root: Path, dataset: Dataset) -> told.Entry:
    """A dataset that the run has pulled and compared with its pointer before."""
    try:
        return told.dataset_entry(dataset, table_files.expand(root, dataset.path))
    except MlgateError as problem:
        return told.problem_entry(problem)


def dataset_of(project: Project, name: str) -> told.Entry:
    """A dataset as it lies on disk; one that is not what its pointer says is a problem. Nothing is pulled."""
    dataset = project.datasets[name]
    try:
        for pointer in named_pointers(project.root, dataset.path, cache(lambda: pointers.read_all(project.root))):
            wrong = pointers.verify(project.root, pointer)
            if wrong is not None:
                raise SourceError(f"the dataset {name}: {wrong}", hint=f"`dvc pull {pointer.out}`")
    except MlgateError as problem:
        return told.problem_entry(problem)
    return _pulled_dataset(project.root, dataset)


def _baseline(project: Project, name: str, record: Record, now: dt.datetime) -> told.Entry:
    """The facts of a baseline: of this run where it has compared with it, else looked up."""
    compared = (facts for facts in record.baselines if facts.get("evaluation") == name and facts.get("found"))
    facts = next(compared, None)
    return baseline_of(project, name, now) if facts is None else dict(facts)


def baseline_of(project: Project, name: str, now: dt.datetime) -> told.Entry:
    """The facts of an evaluation's baseline; nothing larger than a record is downloaded."""
    from mlgate.gate.baseline_facts import baseline_facts, describe_baseline

    evaluation = project.evaluations[name]
    try:
        if evaluation.baseline == "none":
            raise SourceError(
                f"the evaluation {name} declares no baseline", hint=f"declare evaluations.{name}.baseline"
            )
        facts = baseline_facts(describe_baseline(project, evaluation, now), evaluation, project.root)
    except MlgateError as problem:
        return told.problem_entry(problem)
    except Exception as unexpected:  # noqa: BLE001  # the comparison will tell of it; tests that ask for nothing still run
        fact = f"the baseline of {name} was not found: {type(unexpected).__name__}: {unexpected}"
        return told.problem_entry(SourceError(fact))
    plain: told.Entry = to_json(facts)
    return plain


def candidate_of(project: Project, name: str, judged: Iterable[Mapping[str, Any]] = ()) -> told.Entry:
    """What an evaluation's candidate has written so far."""
    evaluation = project.evaluations[name]
    try:
        return told.candidate_entry(evaluation, _outputs(project.root, evaluation), judged)
    except MlgateError as problem:
        return told.problem_entry(problem)


def _outputs(root: Path, evaluation: Evaluation) -> list[str]:
    """Files of predictions that are there; of an evaluation without rows, its metrics file."""
    from mlgate.gate.candidates import outputs_of

    named = outputs_of(evaluation)
    rows = [path for path in named if path != evaluation.metrics_file] or list(named)
    found: list[str] = []
    for pattern in rows:
        if is_glob(pattern):
            try:
                found += table_files.expand(root, pattern)
            except SourceError:
                continue  # nothing is there yet
        elif files.inside(root, pattern).exists():
            found.append(pattern)
    return found
