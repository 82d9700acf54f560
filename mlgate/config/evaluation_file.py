"""Reads an evaluation of `mlgate.yaml`: one declaration per key, which also gives the published JSON Schema."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.config.evaluation import Columns, Evaluation, Fairness, Golden, History, MetricPolicy, Rescore
from mlgate.config.evaluation_kinds import FunctionKind, OneOrManyKind, ScoreKind, ToleranceKind
from mlgate.config.metric_rules import CHECKS, require_columns, require_distinct_columns, require_effect
from mlgate.config.metric_specs import METRICS, MetricSpec, find_metric
from mlgate.config.references import parse_reference


def _column(doc: str) -> f.Key:
    return f.Key(f.Text(), doc)


COLUMNS = f.Struct(
    "columns",
    {
        "id": _column("column that identifies an example; baseline and candidate are joined on it"),
        "label": f.Key(
            OneOrManyKind(), "true label, number, reference text or relevance; several: indicators of a set"
        ),
        "prediction": f.Key(OneOrManyKind(), "prediction, in the form of the label"),
        "score": f.Key(ScoreKind(), "score of the positive class, a column per class, or of a ranked item"),
        "weight": _column("importance of the row, at least 0"),
        "group": _column("rows of one group (a patient) are not independent of each other"),
        "query": _column("rows of one query form a ranking"),
        "low": _column("lower end of a predicted interval"),
        "high": _column("upper end of a predicted interval"),
        "scale": _column("in-sample error of the naive forecast of the row's series, for mase"),
        "series": _column("series of a forecast"),
        "time": _column("time of a forecast: rows near each other are not independent"),
        "latency": _column("milliseconds that the row took"),
        "nll": _column("negative log-likelihood of the row in nats, for perplexity"),
        "tokens": _column("number of tokens of the row, for perplexity"),
    },
)
METRIC = f.Struct(
    "a metric",
    {
        "tolerance": f.Key(
            ToleranceKind(), "accepted worsening, in the metric's unit or as a share of the baseline (2%)"
        ),
        "min": f.Key(f.Number(), "smallest value that the candidate may have"),
        "max": f.Key(f.Number(), "largest value that the candidate may have"),
        "blocking": f.Key(f.Boolean(), "false: it is only reported and cannot fail the gate; true unless written"),
        "column": f.Key(f.Text(), "numeric column whose mean is the metric"),
        "function": f.Key(FunctionKind(), "module:function of the project that computes it from the rows"),
        "key": f.Key(f.Text(), "dotted name of its value in the metrics file"),
        "model": f.Key(f.FilePath(), "folder of the encoder, for bertscore"),
        "higher_is_better": f.Key(f.Boolean(), "direction of a metric of your own; required for it"),
        "unit": f.Key(f.Text(), "unit of a metric of your own"),
    },
)


def read_metric(name: str, node: Node, reading: f.Reading) -> MetricPolicy:
    values = {} if node.value is None else METRIC.parse(node, reading)
    own = [key for key in ("column", "function", "key") if key in values]
    if len(own) > 1:
        raise node.key_error(own[1], f"{own[0]} and {own[1]} exclude each other", hint="keep one of them")
    known = find_metric(name)
    if own and own != ["key"] and known is not None:
        raise node.error(f"{name!r} is the name of a metric of mlgate", hint="give your own metric another name")
    if name in CHECKS:
        raise node.error(f"{name!r} is the name of a check", hint="give your own metric another name")
    if known is None and not own:
        raise node.error(f"unknown name {name!r}", hint=_nearest_metric(name))
    if known is None and "higher_is_better" not in values:
        raise node.error(f"{name} is a metric of your own", hint="write higher_is_better: true or false")
    if ("model" in values) != (name == "bertscore"):
        raise node.error(f"{name} needs no model" if "model" in values else "bertscore needs the key 'model'")
    if known is not None and "higher_is_better" in values:
        raise node.key_error("higher_is_better", f"the direction of {name} is known", hint="remove the key")
    tolerance, relative = values.pop("tolerance", (None, False))
    policy = MetricPolicy(name=name, tolerance=tolerance, relative=relative, location=f.place(node), **values)
    if known is not None:
        _require_range(policy, known, node)
    if policy.min is not None and policy.max is not None and policy.min > policy.max:
        raise node.error(f"min {policy.min:g} is larger than max {policy.max:g}")
    return policy


def _nearest_metric(name: str) -> str:
    base, at, _ = name.partition("@")
    if at and base in METRICS:
        spec = METRICS[base]
        return (
            f"{base} takes {spec.parameter} after @, e.g. {base}@{spec.value:g}"
            if spec.parameter
            else f"did you mean {base!r}?"
        )
    return f.nearest(base, METRICS)


def _require_range(policy: MetricPolicy, spec: MetricSpec, node: Node) -> None:
    """Refuse a bound that no value of the metric has, and a tolerance that would switch the gate off."""
    span = spec.high - spec.low
    ends = f"{spec.low:g} and {spec.high:g}".replace("inf", "infinity")
    hint = f"{policy.name} lies between {ends}" + (": 2 points are 0.02" if spec.high == 1 else "")
    for key, value in (("min", policy.min), ("max", policy.max)):
        if value is not None and not spec.low <= value <= spec.high:
            raise node.key_error(key, f"{key} {value:g} is no {policy.name}", hint=hint)
    if (
        policy.tolerance is not None
        and not policy.relative
        and math.isfinite(span)
        and not policy.tolerance < min(span, spec.high)
    ):
        raise node.key_error("tolerance", f"tolerance {policy.tolerance:g} is no {policy.name}", hint=hint)


_GOLDEN = f.Struct(
    "golden",
    {
        "path": f.Key(f.FilePath(), "hand-checked examples: id, expected, and where wanted tolerance"),
        "may_move": f.Key(f.Number(low=0, integer=True), "examples that may miss what is expected; 0 unless written"),
        "must_stay_right": f.Key(f.FilePath(), "ids of past failures, which must stay right"),
    },
)
_FAIRNESS = f.Struct(
    "an entry of fairness",
    {
        "column": f.Key(f.Text(), "its values are the groups", required=True),
        "min_ratio": f.Key(f.Number(above=0, high=1), "smallest ratio of selection rates; 0.8 unless written"),
        "max_odds_difference": f.Key(
            f.Number(low=0, high=1), "largest difference of true- and of false-positive rates; 0.1 unless written"
        ),
        "blocking": f.Key(f.Boolean(), "whether a proven violation fails the gate; it warns unless written"),
    },
)
_RESCORE = f.Struct(
    "rescore",
    {
        "data": f.Key(f.FilePath(), "data file with features, id, label and slices", required=True),
        "features": f.Key(f.ListOf(f.Text()), "columns given to the model; all others unless written"),
        "threshold": f.Key(f.Number(), "score from which the positive class is predicted; 0.5 unless written"),
    },
)


@dataclass(frozen=True, slots=True)
class _Built:
    """A struct whose values become an object."""

    struct: f.Struct
    build: Any

    def parse(self, node: Node, reading: f.Reading) -> Any:
        return self.build(**f.complete(self.struct, node, reading))

    def json_schema(self) -> f.JsonSchema:
        return self.struct.json_schema()


EVALUATION = f.Struct(
    "an evaluation",
    {
        "command": f.Key(
            f.ListOf(f.Text(), least=1, distinct=False), "program and arguments that write the predictions"
        ),
        "stage": f.Key(f.Text(), "stage of dvc.yaml that writes the predictions"),
        "predictions": f.Key(f.FilePath(), "predictions file, one row per example; a glob names shards of one"),
        "runs": f.Key(
            f.ListOf(f.FilePath(), least=1, single=True), "predictions of several seeds, a path or glob each"
        ),
        "metrics_file": f.Key(f.FilePath(), "JSON or YAML file of values without rows: judged without interval"),
        "columns": f.Key(COLUMNS, "names of the columns of the predictions"),
        "positive": f.Key(f.Anything(), "label of the positive class"),
        "baseline": f.Key(f.Text(), "what to compare with, e.g. mlflow:models:/NAME@ALIAS, git, file:PATH, none"),
        "metrics": f.Key(
            f.MapOf(read_metric, METRIC.json_schema, least=1), "what is asked of each metric", required=True
        ),
        "slices": f.Key(f.ListOf(f.Text()), "columns whose values are judged one by one"),
        "discover": f.Key(f.ListOf(f.Text()), "columns in which worse slices are searched for; never blocks"),
        "min_overlap": f.Key(
            f.Number(above=0, high=1), "share of examples that both sides must have; 0.99 unless written"
        ),
        "min_slice_rows": f.Key(
            f.Number(low=1, integer=True), "rows under which a slice is not evaluable; 50 unless written"
        ),
        "inconclusive": f.Key(
            f.Text(choices=("warn", "fail", "pass")), "status of a comparison that cannot tell; warn unless written"
        ),
        "weights": f.Key(f.Text(choices=("importance", "frequency")), "what a weight means: importance unless written"),
        "resamples": f.Key(f.Number(low=200, high=100_000, integer=True), "bootstrap replicates; 2000 unless written"),
        "golden": f.Key(_Built(_GOLDEN, Golden), "examples that must come out as expected"),
        "fairness": f.Key(f.ListOf(_Built(_FAIRNESS, Fairness)), "gaps between groups"),
        "train_predictions": f.Key(f.FilePath(), "predictions on training rows, for the train-test gap"),
        "max_gap": f.Key(f.Number(low=0), "largest accepted train-test gap, in the metric's unit"),
        "simple_baseline": f.Key(
            f.Text(choices=("none", "majority", "mean", "last_value")),
            "what the candidate must beat; none unless written",
        ),
        "rescore": f.Key(_Built(_RESCORE, Rescore), "how the baseline's model is scored on today's data"),
        "max_age": f.Key(f.Duration(), "age above which a baseline is a warning"),
        "max_commits_behind": f.Key(
            f.Number(low=0, integer=True), "commits behind above which a baseline is a warning"
        ),
        "needs": f.Key(
            f.ListOf(f.FilePath(), single=True), "files or folders under DVC that the command reads, e.g. the model"
        ),
        "timeout": f.Key(f.Duration(), "time after which the command is stopped; 1h unless written"),
    },
)


def read_evaluation(name: str, node: Node, reading: f.Reading) -> Evaluation:
    values = f.complete(EVALUATION, node, reading)
    assert isinstance(node.value, dict)  # noqa: S101  # narrowing only: the struct has refused anything else
    if "command" in values and "stage" in values:
        raise node.key_error(
            "stage", "command and stage exclude each other", hint="keep the one that writes the predictions"
        )
    if "predictions" in values and "runs" in values:
        raise node.key_error("runs", "predictions and runs exclude each other", hint="keep `runs` for several seeds")
    if not {"predictions", "runs", "metrics_file"} & values.keys():
        raise node.error("an evaluation needs the key 'predictions'", hint="predictions file, one row per example")
    columns = Columns(**values.pop("columns", {}))
    values["metrics"] = tuple(values["metrics"].values())
    require_distinct_columns(columns, node)
    require_columns(columns, values, node)
    require_effect(columns, values, node)
    try:
        parse_reference(values.get("baseline", "none"))
    except ValueError as problem:
        raise node.value["baseline"].error(
            str(problem), hint="e.g. mlflow:models:/NAME@champion, file:PATH, none"
        ) from None
    values["timeout_s"] = values.pop("timeout", 3600.0)
    values["max_age_s"] = values.pop("max_age", None)
    return Evaluation(name=name, columns=columns, location=f.place(node), **values)


HISTORY = f.Struct(
    "history",
    {
        "store": f.Key(f.Text(choices=("git", "mlflow")), "where metrics of main runs are kept; git unless written"),
        "ref": f.Key(f.Text(), "Git ref that holds them; refs/mlgate/history unless written"),
        "window": f.Key(f.Number(low=2, high=1000, integer=True), "runs back that are looked at; 20 unless written"),
    },
)


@dataclass(frozen=True, slots=True)
class HistoryKind:
    def parse(self, node: Node, reading: f.Reading) -> History:
        values = f.complete(HISTORY, node, reading)
        ref = values.get("ref", "refs/mlgate/history")
        if not re.fullmatch(r"refs/[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)+", ref) or ref.startswith(
            ("refs/heads/", "refs/tags/")
        ):
            raise node.key_error("ref", f"{ref!r} is not a ref of its own", hint="write e.g. refs/mlgate/history")
        return History(location=f.place(node), **values)

    def json_schema(self) -> f.JsonSchema:
        return HISTORY.json_schema()


EVALUATIONS = f.MapOf(read_evaluation, EVALUATION.json_schema)
"""The section `evaluations` of `mlgate.yaml`."""
