"""`mlgate baseline save --rescore`: the baseline's model on today's data, so that it can be compared with."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.config.references import parse_reference
from mlgate.errors import SourceError, UsageError
from mlgate.gate.baselines import choose
from mlgate.gate.candidates import needed_columns
from mlgate.gate.load import load_project
from mlgate.gate.model_outputs import output_columns, predictions_of
from mlgate.gate.pull import pull
from mlgate.gate.record import Progress, Record
from mlgate.outcome import Status
from mlgate.sources import baseline_scoring, files, rescore, shards, table_files, tables
from mlgate.sources.baseline_scoring import BaselineModel
from mlgate.sources.mlflow_runs import utc_text
from mlgate.sources.records import Record as BaselineRecord


def rescore_baselines(
    config: Path | None, start: Path, names: Sequence[str], *, now: dt.datetime, progress: Progress
) -> Iterator[str]:
    """Score the models of baselines on the data that `rescore` names; one line for each.

    The predictions are added to the run of the model, with a key of today's rows: later comparisons on these rows use
    them. The alias, the version, and what was saved first stay as they are.

    Raises
    ------
    UsageError
        No evaluation declares `rescore`, or its baseline is not in MLflow.
    SourceError
        The run is not trusted; there is no model, it cannot be loaded or refuses the data; or what it gives cannot be
        judged.
    """
    rescore.require_trusted()
    project = load_project(config, start)
    for evaluation in _rescored(project, choose(project, names), named=bool(names)):
        with tempfile.TemporaryDirectory(prefix="mlgate-") as place:
            yield _rescore(project, evaluation, Path(place), now, progress)


def _rescored(project: Project, chosen: Sequence[Evaluation], *, named: bool) -> list[Evaluation]:
    """The evaluations to score, all of which can be."""
    found = [evaluation for evaluation in chosen if evaluation.rescore is not None or named]
    if not found:
        raise UsageError(f"no evaluation of {project.path} declares `rescore`", hint="write `rescore: {data: FILE}`")
    for evaluation in found:
        if evaluation.rescore is None:
            raise UsageError(f"{evaluation.name} declares no `rescore`", hint="write `rescore: {data: FILE}`")
        if parse_reference(evaluation.baseline).kind != "mlflow":
            raise UsageError(
                f"the baseline of {evaluation.name} is {evaluation.baseline}, which holds no model",
                hint="a baseline in MLflow can be scored again, e.g. mlflow:models:/NAME@champion",
            )
    return found


def _rescore(project: Project, evaluation: Evaluation, place: Path, now: dt.datetime, progress: Progress) -> str:
    for name in ("model", "data"):
        (place / name).mkdir()
    data = _data(project, evaluation, place / "data", progress)
    progress(f"model: the model of {evaluation.baseline}")
    model = baseline_scoring.fetch_model(
        parse_reference(evaluation.baseline), evaluation.name, root=project.root, folder=place / "model"
    )
    progress(f"model: score {_data_of(evaluation)}")
    columns = _score(project, evaluation, model, data)
    file = place / "predictions.parquet"
    rescore.write_predictions(columns, file)
    key, metrics, positive = _measure(evaluation, tables.read_columns(file, shown=_data_of(evaluation)))
    facts = {
        "key": key,
        "columns": asdict(evaluation.columns),
        "positive": positive,
        "commit": model.commit,
        "dirty": model.recorded.get("dirty"),
        "gate_verdict": model.recorded.get("gate_verdict"),
        "rescored_at": utc_text(now),
        "rescored_data": _data_of(evaluation),
    }
    record = BaselineRecord(evaluation=evaluation.name, predictions=file, facts=facts, metrics=metrics)
    baseline_scoring.keep_scoring(model, record, now)
    values = ", ".join(f"{name} {value:.4f}" for name, value in metrics.items())
    return (
        f"{evaluation.name}: the model of {model.located.phrase} was scored on {key['rows']:,} rows of "
        f"{_data_of(evaluation)} and kept in run {model.located.run_id}; the baseline stays ({values})"
    )


def _data_of(evaluation: Evaluation) -> str:
    return evaluation.rescore.data if evaluation.rescore else ""


def _data(project: Project, evaluation: Evaluation, folder: Path, progress: Progress) -> Path:
    """The data file; several that a glob names are joined to one."""
    name = _data_of(evaluation)
    for problem in pull(project.root, (name,), Record(progress=progress)).problems.values():
        raise problem
    found = [files.inside(project.root, path) for path in table_files.expand(project.root, name)]
    if len(found) == 1:
        return found[0]
    return shards.join_shards(found, folder / f"data{''.join(found[0].suffixes[-2:])}", shown=name)


def _score(project: Project, evaluation: Evaluation, model: BaselineModel, data: Path) -> dict[str, Any]:
    """Columns of a predictions file: what the model gives, and what the data says of each row."""
    given = output_columns(evaluation)
    wanted = [name for name in needed_columns(evaluation) if name not in given]
    shown = _data_of(evaluation)
    rows = tables.read_columns(data, wanted, shown=shown)
    columns, labels = evaluation.columns, _labels(evaluation)
    absent = [name for name in (columns.id, *labels) if name not in rows]
    if absent:
        raise SourceError(
            f"{shown} has no column {absent[0]!r}, which the evaluation names",
            hint=f"its columns are {', '.join(rows.header[:10])}",
        )
    tier = project.tiers.get("model")
    settings = evaluation.rescore
    outputs = rescore.score_model(
        rescore.Job(
            model=model.folder,
            data=data,
            features=settings.features if settings else (),
            left_out=tuple(name for name in (columns.id, *labels, columns.weight) if name),
            subject=f"the model of {model.located.phrase}",
            shown=shown,
        ),
        root=project.root,
        python=tier.python if tier else None,
        timeout_s=evaluation.timeout_s,
    )
    n_rows = len(rows[columns.id])
    if len(outputs.columns[0]) != n_rows:
        raise SourceError(
            f"pandas reads {len(outputs.columns[0]):,} rows from {shown}, and {n_rows:,} are there",
            hint="write the file again, without blank lines, or as Parquet",
        )
    made = predictions_of(outputs, evaluation, rows[labels[0]].tolist() if len(labels) == 1 else [])
    return {**dict(rows), **made}


def _labels(evaluation: Evaluation) -> tuple[str, ...]:
    label = evaluation.columns.label
    return (label,) if isinstance(label, str) else label


def _measure(evaluation: Evaluation, columns: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, float], str | None]:
    """Comparability key, values of the metrics, and the positive class, of the rows that were scored."""
    from mlgate.metrics import comparability_key, compare_evaluation
    from mlgate.metrics.scalar_comparison import only_rows

    asked = only_rows(evaluation)
    own = tuple(metric for metric in asked.metrics if metric.function is None)
    facts = compare_evaluation(replace(asked, metrics=own, baseline="none"), columns, None)
    if facts.parsed is None:
        broken = next(outcome for outcome in facts.outcomes if outcome.status is Status.ERROR)
        raise SourceError(f"{evaluation.name} on {_data_of(evaluation)}: {broken.message}", hint=broken.hint)
    return comparability_key(facts.parsed, asked), dict(facts.metrics), facts.parsed.positive
