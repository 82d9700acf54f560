"""Reads `mlgate.yaml`: one declaration per key, which also gives the published JSON Schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node, load_document
from mlgate.config.extends import apply_extends
from mlgate.config.project import (
    Accepted,
    Columns,
    ConfigFiles,
    Dataset,
    Evaluation,
    MetricPolicy,
    Project,
    Tier,
    Unsupported,
)
from mlgate.config.project_rules import require_distinct_columns, require_known_names
from mlgate.config.references import parse_reference
from mlgate.outcome import TIERS

METRIC_NAMES = ("accuracy", "roc_auc")
"""Metrics that this version computes, by scikit-learn's scorer names."""

SHARES = METRIC_NAMES
"""Metrics between 0 and 1: a tolerance of 1 or more would switch the gate off."""

_UNSUPPORTED = {"splits": "data", "drift": "data", "lint": "static"}
"""Sections of the contract that this version reads but cannot check, and the tier they belong to."""

_DATASET = f.Struct(
    "a dataset",
    {
        "path": f.Key(
            f.FilePath(), "data file or glob: CSV, TSV, JSON lines or Parquet, also .gz and .zst", required=True
        ),
        "schema": f.Key(f.FilePath(), "schema file; without one only the file's hygiene is judged"),
        "environment": f.Key(f.Text(), "name of the environment, e.g. training or serving"),
        "key": f.Key(f.ListOf(f.Text(), single=True), "columns that identify a row in the report"),
    },
)
_CONFIGS = f.Struct(
    "an entry of configs",
    {
        "files": f.Key(f.FilePath(), "config files, a path or a glob", required=True),
        "schema": f.Key(f.FilePath(), "JSON Schema that they must satisfy"),
    },
)
_COLUMNS = f.Struct(
    "columns",
    {
        "id": f.Key(f.Text(), "column that identifies an example; baseline and candidate are joined on it"),
        "label": f.Key(f.Text(), "true label"),
        "prediction": f.Key(f.Text(), "predicted label"),
        "score": f.Key(f.Text(), "score of the positive class"),
    },
    planned=("weight", "group"),
)
_METRIC = f.Struct(
    "a metric",
    {
        "tolerance": f.Key(f.Number(low=0), "accepted worsening, in the metric's unit"),
        "min": f.Key(f.Number(), "smallest value that the candidate may have"),
        "max": f.Key(f.Number(), "largest value that the candidate may have"),
    },
)


def _metric(name: str, node: Node, reading: f.Reading) -> MetricPolicy:
    values = {} if node.value is None else _METRIC.parse(node, reading)
    for key, value in values.items():
        if name in SHARES and not (0 <= value < 1 if key == "tolerance" else 0 <= value <= 1):
            hint = f"{name} lies between 0 and 1: 2 points are 0.02"
            raise node.key_error(key, f"{key} {value:g} is no {name}", hint=hint)
    if "min" in values and "max" in values and values["min"] > values["max"]:
        raise node.error(f"min {values['min']:g} is larger than max {values['max']:g}")
    return MetricPolicy(name=name, location=f.place(node), **values)


_EVALUATION = f.Struct(
    "an evaluation",
    {
        "command": f.Key(
            f.ListOf(f.Text(), least=1, distinct=False), "program and arguments that write the predictions"
        ),
        "stage": f.Key(f.Text(), "stage of dvc.yaml that writes the predictions"),
        "predictions": f.Key(f.FilePath(), "predictions file, one row per example", required=True),
        "columns": f.Key(_COLUMNS, "names of its columns"),
        "positive": f.Key(f.Anything(), "label of the positive class"),
        "baseline": f.Key(f.Text(), "what to compare with, e.g. mlflow:models:/NAME@ALIAS, file:PATH, none"),
        "metrics": f.Key(
            f.MapOf(_metric, _METRIC.json_schema, keys=METRIC_NAMES, least=1),
            "what is asked of each metric",
            required=True,
        ),
        "slices": f.Key(f.ListOf(f.Text()), "columns whose values are judged one by one"),
        "min_overlap": f.Key(
            f.Number(above=0, high=1), "share of examples that both sides must have; 0.99 unless written"
        ),
        "min_slice_rows": f.Key(
            f.Number(low=1, integer=True), "rows under which a slice is not evaluable; 50 unless written"
        ),
        "inconclusive": f.Key(
            f.Text(choices=("warn", "fail", "pass")), "status of a comparison that cannot tell; warn unless written"
        ),
        "needs": f.Key(
            f.ListOf(f.FilePath(), single=True), "files or folders under DVC that the command reads, e.g. the model"
        ),
        "timeout": f.Key(f.Duration(), "time after which the command is stopped; 1h unless written"),
    },
    planned=("runs",),
)


def _dataset(name: str, node: Node, reading: f.Reading) -> Dataset:
    return Dataset(name=name, location=f.place(node), **_complete(_DATASET, node, reading))


def _complete(struct: f.Struct, node: Node, reading: f.Reading) -> dict[str, Any]:
    """Values of a struct, or its mistakes: an object is only built from what is whole."""
    before = len(reading.mistakes)
    values = struct.parse(node, reading)
    if len(reading.mistakes) > before:
        raise reading.mistakes.pop()
    return values


def _evaluation(name: str, node: Node, reading: f.Reading) -> Evaluation:
    values = _complete(_EVALUATION, node, reading)
    assert isinstance(node.value, dict)  # noqa: S101  # narrowing only: the struct has refused anything else
    if "command" in values and "stage" in values:
        raise node.key_error(
            "stage", "command and stage exclude each other", hint="keep the one that writes the predictions"
        )
    columns = Columns(**values.pop("columns", {}))
    values["metrics"] = tuple(values["metrics"].values())
    require_distinct_columns(columns, node)
    for metric in values["metrics"]:
        needed = "score" if metric.name == "roc_auc" else "prediction"
        if getattr(columns, needed) is None:
            raise node.error(f"{metric.name} needs the column {needed!r}", hint=f"add columns: {{{needed}: NAME}}")
        if needed == "score" and "positive" not in values:
            raise node.error("roc_auc needs the positive class", hint="add positive: LABEL")
    try:
        parse_reference(values.get("baseline", "none"))
    except ValueError as problem:
        raise node.value["baseline"].error(
            str(problem), hint="e.g. mlflow:models:/NAME@champion, file:PATH, none"
        ) from None
    values["timeout_s"] = values.pop("timeout", 3600.0)
    return Evaluation(name=name, columns=columns, location=f.place(node), **values)


_TIER = f.Struct(
    "a tier",
    {
        "tests": f.Key(f.ListOf(f.FilePath(), single=True), "folders or files of pytest tests"),
        "budget": f.Key(f.Duration(), "time after which the tier's tests are stopped"),
        "runner": f.Key(f.ListOf(f.Text(), single=True), "labels of the runner that a job matrix asks for"),
        "gpu": f.Key(f.Text(choices=("required", "preferred")), "whether the tier needs an NVIDIA GPU"),
        "datasets": f.Key(f.ListOf(f.Text()), "datasets that the tier needs; they are pulled before it runs"),
        "needs": f.Key(f.ListOf(f.FilePath(), single=True), "other files or folders under DVC that the tests read"),
        "python": f.Key(f.Text(), "interpreter of the environment of the tests; the pytest on PATH unless written"),
    },
)
_PRIVACY = f.Struct(
    "privacy", {"examples": f.Key(f.Text(choices=("none", "masked", "full")), "what of single rows may appear")}
)
_ACCEPTED = f.Struct(
    "an accepted outcome",
    {
        "id": f.Key(f.Text(), "id of the outcome, as the report shows it", required=True),
        "reason": f.Key(f.Text(), "why it is accepted", required=True),
        "until": f.Key(f.Day(), "last day on which it is accepted", required=True),
    },
)


def _tier(name: str, node: Node, reading: f.Reading) -> Tier:
    values = _complete(_TIER, node, reading)
    values["budget_s"] = values.pop("budget", None)
    return Tier(name=name, location=f.place(node), **values)


class _Placed:
    """A struct whose object also gets its place."""

    def __init__(self, struct: f.Struct, build: Callable[..., Any]) -> None:
        self.struct, self.build = struct, build

    def parse(self, node: Node, reading: f.Reading) -> Any:
        return self.build(location=f.place(node), **_complete(self.struct, node, reading))

    def json_schema(self) -> f.JsonSchema:
        return self.struct.json_schema()


class _Opaque:
    """A section that is read but not yet checked."""

    def parse(self, node: Node, reading: f.Reading) -> Node:
        return node

    def json_schema(self) -> f.JsonSchema:
        return {}


_PROJECT = f.Struct(
    "mlgate.yaml",
    {
        "version": f.Key(f.Number(low=1, high=1, integer=True), "version of this format: 1", required=True),
        "extends": f.Key(f.FilePath(), "another file of the repository whose values are the defaults"),
        "datasets": f.Key(f.MapOf(_dataset, _DATASET.json_schema), "data files by name"),
        "splits": f.Key(_Opaque(), "datasets that must not leak into each other (reported as an error: planned)"),
        "drift": f.Key(_Opaque(), "datasets that must not drift (reported as an error: planned)"),
        "configs": f.Key(f.ListOf(_Placed(_CONFIGS, ConfigFiles)), "config files and their JSON Schema"),
        "lint": f.Key(_Opaque(), "paths for the static rules (reported as an error: planned)"),
        "evaluations": f.Key(f.MapOf(_evaluation, _EVALUATION.json_schema), "models under review, by name"),
        "tiers": f.Key(f.MapOf(_tier, _TIER.json_schema, keys=TIERS), "tests by tier"),
        "privacy": f.Key(_PRIVACY, "what of single rows may appear in a report"),
        "accepted": f.Key(f.ListOf(_Placed(_ACCEPTED, Accepted)), "outcomes that are warnings until a date"),
        "mode": f.Key(f.Text(choices=("enforce", "advisory")), "advisory reports everything and always exits 0"),
    },
)


def parse_project(
    text: str, path: str, *, root: Path, folder: str = "", load: Callable[[str], str] | None = None
) -> Project:
    """`mlgate.yaml` as a frozen object.

    Parameters
    ----------
    text : the file's text
    path : the file, relative to `root`
    root : absolute folder of the file
    folder : POSIX path of `root` below the repository's top, "" at the top
    load : gives the text of another file of the project, for `extends`

    Raises
    ------
    ConfigError
        All mistakes of the file, each with line and column.
    """
    document = apply_extends(load_document(text, path), load, f.Reading(folder), depth=0)
    reading = f.Reading(folder)
    if document.value is None:
        raise document.error("the file is empty", hint="write `version: 1` and what to check, or run `mlgate init`")
    values = _PROJECT.parse(document, reading)
    reading.finish()
    project = Project(
        root=root,
        path=path,
        datasets=values.get("datasets", {}),
        configs=values.get("configs", ()),
        evaluations=values.get("evaluations", {}),
        tiers=values.get("tiers", {}),
        privacy=values.get("privacy", {}).get("examples", "masked"),
        accepted=values.get("accepted", ()),
        mode=values.get("mode", "enforce"),
        unsupported=tuple(
            Unsupported(section=name, tier=tier, location=f.place(document, name))
            for name, tier in _UNSUPPORTED.items()
            if name in values
        ),
    )
    require_known_names(project)
    return project


def project_json_schema() -> f.JsonSchema:
    """The published JSON Schema of `mlgate.yaml`."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "mlgate.yaml"}
    return head | _PROJECT.json_schema()
