"""`mlgate baseline show`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.fields import nearest
from mlgate.config.project import Project
from mlgate.errors import MlgateError, UsageError
from mlgate.gate.evaluations import baseline_facts, describe_baseline, require_distinct
from mlgate.gate.load import load_project
from mlgate.gate.staleness import staleness
from mlgate.outcome import to_json


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry per evaluation: the facts of its baseline, or the error that hides them."""

    entries: tuple[dict[str, Any], ...]

    @property
    def exit_code(self) -> int:
        return max((entry["exit_code"] for entry in self.entries), default=0)

    def as_json(self) -> str:
        return json.dumps(to_json(list(self.entries)), indent=2, allow_nan=False)

    def as_text(self) -> str:
        return "\n\n".join(_text(entry) for entry in self.entries)


def show_baselines(config: Path | None, start: Path, names: Sequence[str], *, now: dt.datetime) -> Shown:
    """Which baseline each evaluation would use; nothing larger than a record is downloaded."""
    project = load_project(config, start)
    require_distinct(project)
    return Shown(tuple(_entry(project, evaluation, now) for evaluation in choose(project, names)))


def choose(project: Project, names: Sequence[str]) -> list[Evaluation]:
    """The named evaluations of a project, all of them where none is named.

    Raises
    ------
    UsageError
        There is no such evaluation, or none at all.
    """
    for name in names:
        if name not in project.evaluations:
            raise UsageError(f"no evaluation {name!r} in {project.path}", hint=nearest(name, project.evaluations))
    if not project.evaluations:
        raise UsageError(f"{project.path} declares no evaluations", hint="declare one under `evaluations`")
    return [evaluation for name, evaluation in project.evaluations.items() if not names or name in names]


def _entry(project: Project, evaluation: Evaluation, now: dt.datetime) -> dict[str, Any]:
    entry: dict[str, Any] = {"evaluation": evaluation.name, "reference": evaluation.baseline, "exit_code": 0}
    if evaluation.baseline == "none":
        return entry | {"found": None}
    try:
        found = describe_baseline(project, evaluation, now)
    except MlgateError as problem:
        return entry | {"found": None, "error": problem.message, "hint": problem.hint, "exit_code": problem.exit_code}
    facts = baseline_facts(found, evaluation, project.root)
    return entry | facts | {"unreliable": found.unreliable, "stale": staleness(facts, evaluation)}


def _text(entry: dict[str, Any]) -> str:
    lines = [f"{entry['evaluation']}: {entry['reference']}"]
    if "error" in entry:
        return "\n".join([*lines, f"  could not be found: {entry['error']}", f"  hint: {entry['hint']}"])
    if entry["found"] is None:
        return "\n".join([*lines, "  no baseline is declared: only the bounds of the metrics are judged"])
    rows = {
        "found": entry["found"],
        "recorded": _age(entry["created_at"], entry["age_s"]),
        "commit": _commit(entry["commit"], entry["commits_behind"], dirty=bool(entry["dirty"])),
        "run": entry["run_id"],
        "store": entry["tracking"],
        "stale": entry["stale"],
        "doubt": entry["unreliable"] and f"the baseline is unreliable: {entry['unreliable']}",
        "metrics": ", ".join(
            f"{name} {value:.4f}" for name, value in (entry["metrics"] or {}).items() if value is not None
        ),
    }
    return "\n".join(lines + [f"  {name:<9} {value}" for name, value in rows.items() if value])


def _age(created_at: str | None, age_s: float | None) -> str:
    if created_at is None or age_s is None:
        return "at an unknown time"
    for unit, seconds in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if age_s >= 2 * seconds:
            return f"{created_at} ({age_s / seconds:,.0f} {unit} ago)"
    return f"{created_at} ({age_s:,.0f} seconds ago)"


def _commit(commit: str | None, behind: int | None, *, dirty: bool) -> str:
    if commit is None:
        return "unknown"
    changed = " with uncommitted changes" if dirty else ""
    return commit[:12] + changed + ("" if behind is None else f" ({behind} commits ago)")
