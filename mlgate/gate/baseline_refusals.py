"""Why `mlgate baseline save` saves nothing: what it refuses before it writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.config.references import Reference
from mlgate.errors import SourceError, UsageError
from mlgate.gate.baseline_files import Kept
from mlgate.gate.baseline_judgement import Judgement
from mlgate.sources import files
from mlgate.sources.mlflow_save import Place

Groups = Mapping[Reference, Sequence[Evaluation]]
"""Evaluations by the reference that they are saved to: one save holds all that share it."""


def require_same_baseline(groups: Groups, places: Mapping[Reference, Place | None], judgement: Judgement) -> None:
    """Refuse a report that has compared with another version than the alias names by now."""
    for reference, group in groups.items():
        place = places[reference]
        for evaluation in group:
            version = judgement.baselines.get(evaluation.name, {}).get("version")
            if place is None or version is None or version == place.version:
                continue
            raise SourceError(
                f"{evaluation.name} was compared with version {version} of {reference.model}, and somebody else has "
                f"moved alias {reference.alias} to {f'version {place.version}' if place.version else 'nothing'} since",
                hint="run the gate again, then save",
            )


def require_recordable(
    chosen: Sequence[Evaluation], kept: Mapping[str, Kept], judged: Sequence[Judgement]
) -> Sequence[Evaluation]:
    """Every evaluation, or the error that keeps one from being judged at all: that cannot be forced."""
    for evaluation in chosen:
        if evaluation.name not in kept:
            outcomes = [outcome for judgement in judged for outcome in judgement.blocking]
            own = next((outcome for outcome in outcomes if outcome.subject == evaluation.name), None)
            raise SourceError(
                f"nothing was saved: {own.message if own else f'{evaluation.name} was not judged'}",
                hint=own.hint if own else "see why with `mlgate run --tier model`",
            )
    return chosen


def refuse_overwriting(project: Project, references: Iterable[Reference]) -> None:
    """Two baselines, or a baseline and an evaluation's predictions, are not one file."""
    owners = {
        files.inside(project.root, path): f"the predictions of {evaluation.name}"
        for evaluation in project.evaluations.values()
        for path in (evaluation.predictions, *evaluation.runs)
        if path
    }
    for reference in references:
        if reference.kind != "file":
            continue
        place = files.inside(project.root, reference.target)
        if place in owners:
            raise UsageError(
                f"{reference} is the same file as {owners[place]}", hint="give each baseline a file of its own"
            )
        owners[place] = f"the baseline {reference}"
