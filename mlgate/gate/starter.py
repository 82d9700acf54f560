"""`mlgate init`: a first mlgate.yaml, schemas, hook config and workflow for a repository; nothing is overwritten."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path

from mlgate.config.schema_file import parse_schema
from mlgate.errors import MlgateError
from mlgate.gate.data_infer import propose_schema
from mlgate.gate.datasets import Subject, judge
from mlgate.gate.record import Progress
from mlgate.outcome import TIERS
from mlgate.sources import files
from mlgate.sources.survey import Survey, survey

MAX_DATASETS = 20
MAX_SCHEMA_BYTES = 500_000_000
LABELS = ("label", "y_true", "target", "y")
PREDICTIONS = ("prediction", "y_pred", "predicted", "pred")
SCORES = ("score", "y_score", "probability", "proba")
IDS = ("id", "example_id", "row_id")


@dataclass(slots=True)
class Written:
    """What `init` did: files that it wrote, and those that were there before."""

    wrote: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ready: bool = False
    """Whether something is declared, so that `mlgate run` has something to prove."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dataset:
    name: str
    path: str
    columns: tuple[str, ...]
    schema: str | None
    broken: str = ""
    """Why the file cannot be judged as it is: it is then declared in a comment only."""


def start_project(root: Path, *, progress: Progress) -> Written:
    """Look at the repository and write what is missing.

    Raises
    ------
    SourceError
        A file cannot be written.
    """
    seen = survey(root)
    written = Written()
    datasets, predictions = _datasets(root, seen, written, progress)
    if (root / files.CONFIG_NAME).exists():
        written.kept.append(files.CONFIG_NAME)
    else:
        _write(root, files.CONFIG_NAME, _project_text(seen, datasets, predictions), written)
    top = files.repository_top(root) or root
    # Git and GitHub look for these at the top of the repository only.
    _write(top, ".pre-commit-config.yaml", _packaged("pre-commit-config.yaml"), written)
    _write(top, ".github/workflows/mlgate.yml", _packaged("workflow.yml"), written)
    if top != root:
        folder = root.relative_to(top).as_posix()
        written.notes.append(f"hooks and workflow stand at {top}: set `working-directory: {folder}` in the workflow")
    declared = [dataset for dataset in datasets if not dataset.broken] or predictions or seen.tests or seen.code
    written.ready = bool(declared)
    written.notes += _notes(seen, written, predictions)
    if files.CONFIG_NAME in written.wrote and seen.code:
        written.notes += _findings(root)
    return written


def _write(root: Path, path: str, text: str, written: Written) -> None:
    (written.wrote if files.write_new(root / path, text) else written.kept).append(path)


def _packaged(name: str) -> str:
    return (resources.files("mlgate") / "starter" / name).read_text(encoding="utf-8")


def _datasets(root: Path, seen: Survey, written: Written, progress: Progress) -> tuple[list[_Dataset], list[_Dataset]]:
    """Data files with a schema each, and those that look like predictions."""
    datasets: list[_Dataset] = []
    predictions: list[_Dataset] = []
    names: set[str] = set()
    found = sorted({*seen.data_files, *seen.tracked_data})
    if len(found) > MAX_DATASETS:
        written.notes.append(f"{len(found)} data files were found; the first {MAX_DATASETS} are declared")
    for path in found[:MAX_DATASETS]:
        name = _unused(re.sub(r"[^A-Za-z0-9_-]+", "-", Path(path).name.split(".")[0]).strip("-") or "data", names)
        progress(f"look at {path}")
        dataset = _described(root, path, name, written)
        if _looks_like_predictions(dataset.columns):
            predictions.append(dataset)
        else:
            datasets.append(dataset)
    return datasets, predictions


def _described(root: Path, path: str, name: str, written: Written) -> _Dataset:
    """One data file: its columns, and the schema that `mlgate data infer` proposes unless it is absent or too large."""
    schema = f"schemas/{name}.yaml"
    infer = f"`mlgate data infer {shlex.quote(path)} -o {schema}` proposes a schema, which the dataset then names"
    subject = Subject(root=root, path=path, name=name)
    try:
        if (root / path).stat().st_size > MAX_SCHEMA_BYTES:
            written.notes.append(f"{path} is large: {infer}")
            return _Dataset(name=name, path=path, columns=(), schema=None)
        text = propose_schema(subject, path=path)
        proposed = parse_schema(text, schema)
        columns = tuple(proposed.columns)
        if _looks_like_predictions(columns):
            return _Dataset(name=name, path=path, columns=columns, schema=None)
    except OSError:
        written.notes.append(f"{path} is not here: pull it, then {infer}")
        return _Dataset(name=name, path=path, columns=(), schema=None)
    except MlgateError as problem:
        written.notes.append(f"{path} is declared in a comment only: {problem.message}")
        return _Dataset(name=name, path=path, columns=(), schema=None, broken=problem.message)
    _write(root, schema, text, written)
    if schema in written.wrote:
        written.notes += _blocking(replace(subject, schema=proposed))
    return _Dataset(name=name, path=path, columns=columns, schema=schema)


def _blocking(subject: Subject) -> Iterator[str]:
    """What of a file its own schema does not excuse, such as rows that cannot be parsed."""
    outcomes, _ = judge(subject, now=dt.datetime.now(dt.UTC))
    for outcome in outcomes:
        if outcome.status.blocks:
            yield f"{subject.path} is blocked until it is corrected: {outcome.message}"


def _unused(name: str, names: set[str]) -> str:
    candidate, number = name, 2
    while candidate in names:
        candidate, number = f"{name}-{number}", number + 1
    names.add(candidate)
    return candidate


def _looks_like_predictions(columns: tuple[str, ...]) -> bool:
    return _first(columns, LABELS) is not None and (_first(columns, PREDICTIONS) or _first(columns, SCORES)) is not None


def _first(columns: tuple[str, ...], wanted: tuple[str, ...]) -> str | None:
    return next((name for name in wanted if name in columns), None)


def _quoted(text: str) -> str:
    plain = re.fullmatch(r"[A-Za-z0-9_./][A-Za-z0-9_./-]*", text) and not re.fullmatch(
        r"[0-9.eE+-]+|true|false|null", text, re.IGNORECASE
    )
    return text if plain else "'" + text.replace("'", "''") + "'"


def _project_text(seen: Survey, datasets: list[_Dataset], predictions: list[_Dataset]) -> str:
    return "\n".join(
        [
            *(*_head(), *_dataset_lines(datasets), *_lint_lines(seen), *_evaluation_lines(seen, predictions)),
            *(*_tier_lines(seen), ""),
        ]
    )


def _head() -> Iterator[str]:
    yield "# What must hold before a change is merged: `mlgate run` checks it."
    yield "version: 1"


def _dataset_lines(datasets: list[_Dataset]) -> Iterator[str]:
    if all(dataset.broken for dataset in datasets):
        yield "# datasets:"
        yield "#   train: {path: data/train.csv, schema: schemas/train.yaml}"
        return
    yield "datasets:"
    for dataset in datasets:
        if dataset.broken:
            reason = " ".join(dataset.broken.split())
            yield f"  # {_quoted(dataset.name)}: {{path: {_quoted(dataset.path)}}}   # {reason}"
            continue
        schema = f", schema: {_quoted(dataset.schema)}" if dataset.schema else ""
        yield f"  {_quoted(dataset.name)}: {{path: {_quoted(dataset.path)}{schema}}}"


def _lint_lines(seen: Survey) -> Iterator[str]:
    if seen.code:
        yield f"lint: {{paths: [{', '.join(_quoted(path) for path in seen.code)}]}}   # seeds, tests, notebooks"
    else:
        yield "# lint: {paths: [src, tests]}   # seeds, tests, notebooks"


def _evaluation_lines(seen: Survey, predictions: list[_Dataset]) -> Iterator[str]:
    usable = [found for found in predictions if _first(found.columns, PREDICTIONS) and _first(found.columns, IDS)]
    store = f" (MLflow was seen: {seen.mlflow})" if seen.mlflow else ""
    if not usable:
        yield "# evaluations:"
        yield "#   my-model:"
        yield "#     command: [python, -m, my_package.evaluate]   # writes the predictions of this commit"
        yield "#     predictions: outputs/predictions.csv"
        yield "#     columns: {id: id, label: label, prediction: prediction, score: score}"
        yield "#     positive: 1"
        yield f"#     baseline: none   # later mlflow:models:/my-model@champion{store}, see `mlgate baseline save`"
        yield "#     metrics: {accuracy: {tolerance: 0.005}, roc_auc: {tolerance: 0.01}}"
        return
    yield "evaluations:"
    for found in usable:
        yield f"  {_quoted(found.name)}:"
        yield "    # command: [python, -m, my_package.evaluate]   # so that the predictions are those of this commit"
        yield f"    predictions: {_quoted(found.path)}"
        columns = {"id": IDS, "label": LABELS, "prediction": PREDICTIONS, "score": SCORES}
        named = {role: _first(found.columns, names) for role, names in columns.items()}
        yield "    columns: {" + ", ".join(f"{role}: {_quoted(name)}" for role, name in named.items() if name) + "}"
        yield f"    baseline: none   # later mlflow:models:/{found.name}@champion{store}: `mlgate baseline save`"
        yield "    metrics: {accuracy: {tolerance: 0.005}}"


def _tier_lines(seen: Survey) -> Iterator[str]:
    if not seen.tests:
        yield "# tiers:"
        yield "#   unit: {tests: [tests/unit], budget: 2m}"
        return
    yield "tiers:"
    for tier in TIERS:
        if tier in seen.tests:
            yield f"  {tier}: {{tests: [{', '.join(_quoted(path) for path in seen.tests[tier])}]}}"


def _findings(root: Path) -> Iterator[str]:
    """How many findings the static rules have, where some of them block."""
    from mlgate.gate.lint import LintRequest, lint_paths

    blocking = [item for item in lint_paths(LintRequest(paths=(), start=root)).outcomes if item.status.blocks]
    if blocking:
        found = "one finding blocks" if len(blocking) == 1 else f"{len(blocking):,} findings block"
        yield f"{found} in the code: see `mlgate lint`; `--fix` mends some of them"


def _notes(seen: Survey, written: Written, predictions: list[_Dataset]) -> Iterator[str]:
    if ".pre-commit-config.yaml" in written.kept:
        hooks = "mlgate-config, mlgate-seeds, mlgate-tests, mlgate-data, mlgate-dvc and mlgate-artifacts"
        yield f"add the hooks {hooks} to .pre-commit-config.yaml"
    if {".pre-commit-config.yaml", ".github/workflows/mlgate.yml"} & set(written.wrote):
        yield "replace OWNER in what was written by the owner of your copy of mlgate"
    if seen.uses_dvc:
        yield "DVC was seen: the gate pulls what the selected tiers read"
    if seen.mlflow:
        yield f"MLflow was seen ({seen.mlflow}): set `baseline`, then `mlgate baseline save` on your main branch"
    if not predictions:
        yield "no predictions file was seen: declare an evaluation to compare models"
