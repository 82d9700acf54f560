"""`mlgate history`: what is recorded of main, and how it has moved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.config.project import Project
from mlgate.errors import UsageError
from mlgate.gate.baselines import choose
from mlgate.gate.history import readable, series_of
from mlgate.gate.load import load_project
from mlgate.outcome import Outcome, Status, to_json
from mlgate.render.sparkline import trend_line
from mlgate.render.visible import label, one_line
from mlgate.sources import history as store
from mlgate.sources.history import Entry


@dataclass(frozen=True, slots=True)
class ShownHistory:
    """The store, and the newest recorded run of each metric judged by those before it."""

    store: Outcome
    metrics: tuple[Outcome, ...]

    def as_json(self) -> str:
        document = {
            "history": {"entries": self.store.observed, "message": self.store.message, "hint": self.store.hint},
            "metrics": [
                {"id": found.id, "status": found.status.value, "message": found.message, **found.evidence}
                for found in self.metrics
            ],
        }
        return json.dumps(to_json(document), indent=2, allow_nan=False)

    def as_text(self) -> str:
        lines = [f"history: {one_line(self.store.message, 600)}"]
        lines += _indented(f"hint: {self.store.hint}" if self.store.hint else "")
        for found in self.metrics:
            warns = "warning: " if found.status is Status.WARN else ""
            lines += ["", label(found.subject)]
            lines += _indented(trend_line(found), _values(found), f"{warns}{found.message}")
            lines += _indented(f"hint: {found.hint}" if found.hint else "")
        return "\n".join(lines)


def _indented(*lines: str) -> list[str]:
    return [f"  {one_line(line, 600)}" for line in lines if line]


def show_history(config: Path | None, start: Path, names: Sequence[str]) -> ShownHistory:
    """The history of the declared metrics of some evaluations, or of all.

    Raises
    ------
    UsageError
        No history is declared, or there is no evaluation of that name.
    SourceError
        The store cannot be reached.
    """
    project = load_project(config, start)
    if project.history is None:
        raise UsageError(
            f"{project.path} declares no history", hint="declare one, e.g. `history: {store: git}`, and save a baseline"
        )
    chosen = choose(project, names)
    loaded = store.load(project.history, root=project.root)
    metrics: list[Outcome] = []
    for evaluation in chosen:
        entries = [entry for entry in loaded.entries if entry.evaluation == evaluation.name]
        metrics += _judged(project, entries) if entries else []
    return ShownHistory(readable(loaded, project.history), tuple(metrics))


def _judged(project: Project, entries: Sequence[Entry]) -> list[Outcome]:
    """The metrics of the newest entry, judged as those of a run under review are."""
    from mlgate.metrics.history import ALPHA, slow_decline

    assert project.history is not None  # noqa: S101  # narrowing only: the caller has refused it
    *earlier, newest = entries
    tested = sum(metric.se is not None for metric in newest.metrics.values())
    return [
        slow_decline(series, window=project.history.window, alpha=ALPHA / max(1, tested))
        for series in series_of(project, newest, earlier)
    ]


def _values(found: Outcome) -> str:
    """The newest value, the best and when it was, as numbers that can be copied."""
    points: list[dict[str, Any]] = list(found.evidence["points"])
    best = found.evidence["best"]
    return f"now {points[-1]['value']:.6g} ({points[-1]['time']}), best {best['value']:.6g} ({best['time']})"
