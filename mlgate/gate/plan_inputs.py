"""What declared datasets and evaluations read, as far as mlgate.yaml and the schemas say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlgate.outcome import Status
from mlgate.pyramid.decide_data import DatasetInputs, EvaluationInputs

if TYPE_CHECKING:
    from mlgate.config.evaluation import Evaluation
    from mlgate.config.project import Dataset, Project
    from mlgate.config.schema import Rule, Schema
    from mlgate.gate.load import Loaded
    from mlgate.pyramid.closure import Graph

CLOCKS = ("freshness", "series_freshness")
"""Checks that look at today's date."""


def dataset_inputs(loaded: Loaded) -> dict[str, DatasetInputs]:
    """What the checks of each dataset read."""
    return {name: _of_dataset(dataset, loaded) for name, dataset in loaded.project.datasets.items()}


def together(project: Project) -> tuple[tuple[str, ...], ...]:
    """Datasets that are compared with each other; a profile among them is no dataset."""
    groups = [tuple(split.datasets) for split in project.splits]
    groups += [(skew.training, skew.serving) for skew in project.skew]
    groups += [(drift.reference, drift.current) for drift in project.drift]
    return tuple(groups)


def declared_data(project: Project) -> tuple[str, ...]:
    """Every path that mlgate.yaml names as data or as an input."""
    names = [dataset.path for dataset in project.datasets.values()]
    names += [drift.reference for drift in project.drift if drift.is_profile]
    for tier in project.tiers.values():
        names += [*tier.needs, *tier.inputs]
    for evaluation in project.evaluations.values():
        names += _read_by(evaluation)
    return tuple(dict.fromkeys(names))


def evaluations_s(project: Project) -> float | None:
    """Seconds that all evaluations together may take; None where one has no limit."""
    limits = [evaluation.timeout_s for evaluation in project.evaluations.values() if _made(evaluation)]
    return None if None in limits else sum(limit for limit in limits if limit is not None)


def evaluation_inputs(project: Project, graph: Graph) -> dict[str, EvaluationInputs]:
    """What each evaluation runs; its Python files where the command names them."""
    return {name: _of_evaluation(evaluation, graph) for name, evaluation in project.evaluations.items()}


def _of_dataset(dataset: Dataset, loaded: Loaded) -> DatasetInputs:
    schema = loaded.schemas.get(dataset.schema) if dataset.schema else None
    project = loaded.project
    rules = list(_rules(schema)) if schema is not None else []
    tables = [path for rule in rules if (path := _named_by(rule, project))]
    others = [dataset.schema, *tables]
    others += [d.reference for d in project.drift if d.is_profile and d.current == dataset.name]
    refreshed = dataset.refreshed is not None and dataset.refreshed.severity is Status.FAIL
    return DatasetInputs(
        path=dataset.path,
        others=tuple(dict.fromkeys(path for path in others if path)),
        names=tuple(name for name, other in project.datasets.items() if other.path in tables and name != dataset.name),
        clock=refreshed or any(rule.check in CLOCKS and rule.severity is Status.FAIL for rule in rules),
    )


def _rules(schema: Schema) -> Iterator[Rule]:
    yield from schema.rules
    yield from (selection.rule for selection in schema.selections)
    for column in schema.columns.values():
        yield from column.rules


def _named_by(rule: Rule, project: Project) -> str | None:
    """The path of another table that a rule reads."""
    other = getattr(rule.argument, "other", None)
    if other is None:
        return None
    named = project.datasets.get(getattr(other, "dataset", ""))
    return named.path if named is not None else getattr(other, "path", None)


def _read_by(evaluation: Evaluation) -> list[str]:
    golden = evaluation.golden
    examples = (golden.path, golden.must_stay_right) if golden is not None else ()
    outputs = (evaluation.predictions, *evaluation.runs, evaluation.metrics_file, evaluation.train_predictions)
    return [name for name in (*outputs, *evaluation.needs, *examples) if name]


def _made(evaluation: Evaluation) -> bool:
    return evaluation.command is not None or evaluation.stage is not None


def _of_evaluation(evaluation: Evaluation, graph: Graph) -> EvaluationInputs:
    """The files that `python -m MODULE` or `python FILE` names, and those of the metrics; else they are not known."""
    found = _started(evaluation.command, graph)
    for metric in evaluation.metrics:
        if metric.function is not None and found is not None:
            module = files_of_module(metric.function.partition(":")[0], graph)
            found = (*found, *module) if module else None
    return EvaluationInputs(starts=found)


def _started(command: tuple[str, ...] | None, graph: Graph) -> tuple[str, ...] | None:
    match command:
        case ("python", "-m", module, *_):
            return files_of_module(module, graph) or None
        case ("python", script, *_) if script.endswith(".py"):
            path = script.removeprefix("./")
            return (path,) if path in graph.files else None
    return None


def files_of_module(module: str, graph: Graph) -> tuple[str, ...]:
    """Every file that a module name may mean, wherever the search begins."""
    place = module.replace(".", "/")
    names = (f"{place}.py", f"{place}/__main__.py", f"{place}/__init__.py")
    return tuple(sorted(p for p in graph.files if any(p == name or p.endswith(f"/{name}") for name in names)))
