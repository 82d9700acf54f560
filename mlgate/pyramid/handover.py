"""What the gate tells the tests of a tier: where datasets lie, what baselines measured, what the candidate wrote."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Dataset, Project
from mlgate.errors import MlgateError
from mlgate.outcome import to_json

Entry = dict[str, Any]
LATE_TIERS = ("model", "serving")
"""Tiers whose tests are told of baselines: looking them up takes time that a unit test must not pay."""


def handover(
    project: Project,
    tier: str,
    *,
    datasets: Mapping[str, Entry],
    baselines: Mapping[str, Entry],
    candidates: Mapping[str, Entry],
    seed: int,
) -> dict[str, Any]:
    """What the plugin reads from the file of `--mlgate-context`: strict JSON types.

    A dataset that the tier does not declare, and a baseline that was not looked up, are entries too: they say what to
    change. So a test can rely on nothing that this run has not made sure of.

    Parameters
    ----------
    tier : the tier whose tests are run
    datasets, baselines, candidates : entries by name, as the functions of this module make them
    seed : of the run
    """
    known = project.tiers.get(tier)
    asked = {*(known.datasets if known else ()), *(project.datasets if tier == "data" else ())}
    others = {name: not_declared(name, tier) for name in project.datasets if name not in asked}
    late = {name: not_looked_up(tier) for name in project.evaluations if name not in baselines}
    found = {
        "tier": tier,
        "root": str(project.root),
        "seed": seed,
        "tiers": {name: list(declared.tests) for name, declared in project.tiers.items()},
        "datasets": {**datasets, **others},
        "baselines": {**baselines, **late},
        "candidates": dict(candidates),
    }
    plain: dict[str, Any] = to_json(found)
    return plain


def dataset_entry(dataset: Dataset, files: Sequence[str]) -> Entry:
    """A dataset whose files are what they should be; their paths are relative to the project."""
    return {"path": dataset.path, "files": list(files)}


def problem_entry(problem: MlgateError) -> Entry:
    """What cannot be relied on, and why."""
    return {"problem": problem.message, "hint": problem.hint}


def not_declared(name: str, tier: str) -> Entry:
    """A dataset that was not pulled for the tests of this tier."""
    return {
        "problem": f"the tier {tier} does not declare the dataset {name}, so nothing makes sure that it is there",
        "hint": f"add it to tiers.{tier}.datasets in mlgate.yaml",
    }


def not_looked_up(tier: str) -> Entry:
    """A baseline that was not looked up for the tests of this tier."""
    return {
        "problem": f"baselines are not looked up for the tests of the tier {tier}",
        "hint": f"put the test into the tier {' or '.join(LATE_TIERS)}",
    }


def candidate_entry(evaluation: Evaluation, files: Sequence[str], judged: Iterable[Mapping[str, Any]]) -> Entry:
    """What an evaluation's candidate wrote.

    Parameters
    ----------
    files : its predictions, or its metrics file, as far as they are there; relative to the project
    judged : `Record.candidates`, of the evaluations that this run has judged so far
    """
    found = next((facts for facts in judged if facts.get("evaluation") == evaluation.name), None)
    maker = shlex.join(evaluation.command) if evaluation.command else None
    if evaluation.stage:
        maker = f"dvc repro {evaluation.stage}"
    return {
        "path": evaluation.predictions or ", ".join(evaluation.runs) or evaluation.metrics_file,
        "files": list(files),
        "made_by": maker,
        "fresh": maker is None or found is not None,
        "metrics": None if found is None else dict(found.get("metrics") or {}),
    }
