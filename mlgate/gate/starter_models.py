"""`mlgate init`: predictions files as evaluations, each with the baseline that is there and passes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mlgate.config.metric_specs import MetricSpec
from mlgate.errors import MlgateError
from mlgate.gate.compare_columns import choose_metrics
from mlgate.gate.compare_request import Asked, draft_evaluation
from mlgate.gate.record import Progress, Record
from mlgate.gate.starter_data import LABELS, Dataset
from mlgate.gate.starter_text import Entry, listed, mapped, quoted
from mlgate.gate.starter_trial import Trial, judge_models
from mlgate.sources import git, pipelines, pointers
from mlgate.sources.predictions import read_predictions
from mlgate.sources.survey import Survey

PREDICTIONS = ("prediction", "predictions", "y_pred", "predicted", "pred", "predicted_label", "y_hat")
SCORES = ("score", "y_score", "probability", "proba", "prob", "y_proba", "y_prob", "confidence")
IDS = ("id", "example_id", "row_id", "sample_id", "uid", "uuid", "index")
MAX_BYTES = 200_000_000
POSITIVES = ("1", "true", "yes", "y", "positive")
LEAST_SLICE, MOST_SLICES = 50, 12
FLOOR = 0.05
"""How far below today's value the floor of a share stands where there is no baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An evaluation without its baseline.

    Parameters
    ----------
    metrics : settings of each metric, as they stand in its braces
    slices : columns with few values, each of them often enough
    """

    name: str
    path: str
    columns: Mapping[str, str]
    positive: str | int | float | bool | None = None
    metrics: Mapping[str, str] = field(default_factory=dict)
    slices: tuple[str, ...] = ()
    command: str = ""


def looks_like_predictions(dataset: Dataset) -> bool:
    """Whether a table has a label and a prediction, or a label and a score under a name that says predictions."""
    named = any(word in dataset.path.lower() for word in ("pred", "output", "result", "score", "eval"))
    has_label = _first(dataset.columns, LABELS) is not None
    predicted = _first(dataset.columns, PREDICTIONS) is not None
    return has_label and (predicted or (named and _first(dataset.columns, SCORES) is not None))


def look_at_models(found: Sequence[Dataset], seen: Survey, trial: Trial, progress: Progress) -> list[Entry]:
    """An evaluation for each predictions file."""
    entries = []
    names: set[str] = set()
    for dataset in found:
        progress(f"compare {dataset.path} with what could be its baseline")
        drafted = _draft(dataset, seen, trial.root, sole=len(found) == 1)
        if isinstance(drafted, Draft) and drafted.name in names:
            drafted = replace(drafted, name=dataset.name)
        if isinstance(drafted, Entry):
            entries.append(drafted)
            continue
        names.add(drafted.name)
        entries.append(_with_baseline(drafted, dataset, seen, trial))
    return entries


def _draft(dataset: Dataset, seen: Survey, root: Path, *, sole: bool) -> Draft | Entry:
    """What the columns of the file allow, or a comment with what they lack."""
    named = {
        "id": _first(dataset.columns, IDS) or next(iter(dataset.keys), None),
        "label": _first(dataset.columns, LABELS),
        "prediction": _first(dataset.columns, PREDICTIONS),
        "score": _first(dataset.columns, SCORES),
    }
    columns = {role: name for role, name in named.items() if name is not None}
    draft = Draft(
        name=_name(dataset, seen, sole=sole),
        path=dataset.path,
        columns=columns,
        metrics={"accuracy": "tolerance: 0.01"},
    )
    if "id" not in columns:
        return _comment(draft, "it has no column that names each row once, which baseline and candidate are joined on")
    if dataset.size > MAX_BYTES:
        return _comment(draft, f"it has {dataset.size:,} bytes: take the # away and see whether `mlgate run` passes")
    try:
        return _filled(draft, dataset, root)
    except MlgateError as problem:
        return _comment(draft, problem.message)


def _filled(draft: Draft, dataset: Dataset, root: Path) -> Draft:
    """With the metrics that the values allow, the positive class, and columns that could be slices."""
    table = read_predictions([root / draft.path], dataset.columns, shown=draft.path)
    positive = _positive(_distinct(table[draft.columns["label"]]))
    columns = {role: name for role, name in draft.columns.items() if role != "score" or positive is not None}
    asked = Asked(columns=dict(columns), positive=positive)
    evaluation = choose_metrics(draft_evaluation(asked, predictions=draft.path, baseline="none"), table, asked)
    metrics = {metric.name: f"tolerance: {_tolerance(metric.spec)}" for metric in evaluation.metrics}
    others = [name for name in dataset.columns if name not in draft.columns.values()]
    slices = [name for name in others if name in table and _is_slice(table[name])]
    return replace(draft, columns=columns, positive=positive, metrics=metrics, slices=tuple(slices[:3]))


def _tolerance(metric: MetricSpec) -> str:
    return f"{metric.default_tolerance * 100:g}%" if metric.relative else f"{metric.default_tolerance:g}"


def _values(column: Any) -> list[Any]:
    return list(column.tolist()) if hasattr(column, "tolist") else list(column)


def _distinct(column: Any) -> list[Any]:
    texts = getattr(column, "texts", None)
    return sorted(set(texts if texts is not None else _values(column)) - {None}, key=str)[:MOST_SLICES]


def _is_slice(column: Any) -> bool:
    """Whether a column has a few values, each of them often enough to be judged on its own."""
    counts: dict[Any, int] = {}
    for value in _values(column):
        counts[value] = counts.get(value, 0) + 1
        if len(counts) > MOST_SLICES:
            return False
    return len(counts) > 1 and min(counts.values()) >= LEAST_SLICE


def _positive(values: Sequence[Any]) -> str | int | float | bool | None:
    """The class of two that means yes; None where that is not told by its name."""
    if len(values) != 2:
        return None
    found = [value for value in values if str(value).lower().removesuffix(".0") in POSITIVES]
    if len(found) != 1:
        return None
    value: str | int | float | bool = found[0]
    return int(value) if isinstance(value, float) else value


def _name(dataset: Dataset, seen: Survey, *, sole: bool) -> str:
    """The registered model's where the project or the registry tells which it is, else the file's."""
    models = list(dict.fromkeys(model for model, _ in seen.mlflow.aliases))
    if sole and (seen.mlflow.name in models or len(models) == 1):
        return seen.mlflow.name if seen.mlflow.name in models else models[0]
    return dataset.name


def _first(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    lower = {name.lower(): name for name in columns}
    return next((lower[name] for name in wanted if name in lower), None)


def _entry(draft: Draft, baseline: str, *, remark: str = "", why: str = "", active: bool = True) -> Entry:
    metrics = ", ".join(f"{name}: {{{settings}}}" for name, settings in draft.metrics.items())
    lines = [f"{quoted(draft.name)}:"]
    lines += [f"  {draft.command}"] if draft.command else []
    lines += [f"  predictions: {quoted(draft.path)}", f"  columns: {mapped(draft.columns)}"]
    lines += [f"  positive: {quoted(draft.positive)}"] if draft.positive is not None else []
    lines += [f"  baseline: {quoted(baseline)}" + (f"   # {remark}" if remark else "")]
    lines += [f"  metrics: {{{metrics}}}"]
    lines += [f"  # slices: {listed(draft.slices)}   # each value judged on its own"] if draft.slices else []
    return Entry(
        section="evaluations", name=draft.path, lines=tuple(lines), why=why, active=active, mentions=(draft.path,)
    )


def _comment(draft: Draft, why: str) -> Entry:
    return _entry(draft, "none", why=why, active=False)


def _with_baseline(draft: Draft, dataset: Dataset, seen: Survey, trial: Trial) -> Entry:
    """The evaluation with the first baseline that is there and lets the gate pass; a comment where none is."""
    if (
        draft.path in seen.ignored
        and dataset.path not in seen.tracked_data
        and _tracker(trial.root, draft.path) != "dvc"
    ):
        return _comment(
            replace(draft, command="command: [python, -m, my_package.evaluate]   # what writes them"),
            "Git ignores the predictions and DVC does not track them, so a pull request would not have them: "
            "name the command that writes them",
        )
    reasons = []
    for baseline, remark in _baselines(draft, seen, trial.root):
        tried = trial.record(judge_models, _entry(draft, baseline))
        if isinstance(tried, Record):
            if baseline == "none":
                draft = _with_floor(draft, tried)
            return _entry(draft, baseline, remark=remark, why=_why(draft, tried, seen, trial.root))
        reasons.append(f"{baseline}: {tried}")
    return _comment(draft, f"no baseline passes; {reasons[0] if reasons else 'its data are not in sync with DVC'}")


def _baselines(draft: Draft, seen: Survey, root: Path) -> Iterator[tuple[str, str]]:
    """References that could hold, the best first, each with the reason."""
    for model, alias in seen.mlflow.aliases:
        if model == draft.name:
            yield f"mlflow:models:/{model}@{alias}", f"the registered model in {seen.mlflow.address or 'MLflow'}"
    head, kind = git.head(root), _tracker(root, draft.path)
    if kind and head is not None:
        shallow = git.answer(root, ["rev-parse", "--is-shallow-repository"]) == "true"
        if not shallow:  # looking for the merge base would fetch
            yield kind, "the merge base with the branch that a change goes into"
        yield f"{kind}:{head[:12]}", f"this commit; once another one follows, `{kind}` means the merge base"
    if kind != "dvc":
        yield "none", f"only the floor below holds; `git` or {_later(seen)} once there is something to compare with"


def _later(seen: Survey) -> str:
    return "mlflow:models:/NAME@champion (`mlgate baseline save`)" if seen.mlflow.seen else "file:PATH"


def _tracker(root: Path, path: str) -> str:
    """`dvc` or `git`: what keeps the file, in HEAD; empty where neither does, or DVC would have to fetch it."""
    try:
        pointer = pointers.find_pointer(root, path)
        if pointer is not None:
            return "dvc" if pointers.verify(root, pointer) is None else ""
    except MlgateError:
        return ""
    return "git" if git.answer(root, ["ls-tree", "--name-only", "HEAD", "--", path]) else ""


def _with_floor(draft: Draft, record: Record) -> Draft:
    """Bounds a little worse than today's values: without a baseline nothing else would notice a regression."""
    values = record.candidates[0]["metrics"] if record.candidates else {}
    bounded = dict(draft.metrics)
    for name in draft.metrics:
        value = values.get(name)
        if not (isinstance(value, float) and math.isfinite(value)):
            continue
        if name in ("accuracy", "roc_auc"):
            bounded[name] += f", min: {math.floor((value - FLOOR) * 100) / 100:g}"
        elif name == "mae":
            bounded[name] += f", max: {value * 1.1:.3g}"
    return replace(draft, metrics=bounded)


def _why(draft: Draft, record: Record, seen: Survey, root: Path) -> str:
    """What was measured, and who writes the predictions."""
    found = record.candidates[0] if record.candidates else {}
    values = ", ".join(f"{name} {value:.4g}" for name, value in found.get("metrics", {}).items() if value is not None)
    rows = found.get("rows")
    told = [f"now {values}" + (f" on {rows:,} rows" if isinstance(rows, int) else "")] if values else []
    pointer = pointers.find_pointer(root, draft.path)
    stage = pipelines.address_of(pointer) if pointer else None
    if stage:
        told.append(f"stage {stage} makes them: `stage: {stage}` lets the gate run it")
    else:
        told.append("`command: [python, -m, ...]` lets the gate make them, so that they belong to the commit")
    if seen.mlflow.project:
        told.append(f"{seen.mlflow.project} names this project's commands")
    return "; ".join(told)
