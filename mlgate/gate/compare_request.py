"""What a comparison of two files was asked for, by options or by keyword arguments, as an evaluation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from mlgate.config.evaluation import Columns, Evaluation, MetricPolicy
from mlgate.config.metric_specs import MetricSpec, find_metric
from mlgate.errors import ConfigError, UsageError
from mlgate.outcome import Location

NAME = "model"
"""Name of an evaluation that no mlgate.yaml declares; it stands in the ids of its outcomes."""

ROLES = tuple(column.name for column in fields(Columns))
OPTIONS = ("id", "label", "prediction", "score", "weight", "group", "query", "time", "series")
"""Roles of columns that have an option of their own."""

NOWHERE = Location("")
"""Place of a declaration that stands in no file."""

ColumnNames = str | tuple[str, ...] | Mapping[str, str]

_NUMBER = re.compile(
    r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?\s*%?|[-+]?(?:nan|inf|infinity)", re.IGNORECASE
)
_FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_ROLE_OF_NEED = {"number": "prediction", "text": "prediction"}
_NEED_SETTINGS = ("bertscore",)
_DISTINCT = ("id", "label", "prediction", "score", "weight", "latency", "nll", "tokens", "scale")


def as_flag(setting: str) -> str:
    """How a person at the command line writes a setting.

    Examples
    --------
    >>> as_flag("positive"), as_flag("latency")
    ('--positive', '--column latency=NAME')
    """
    return f"--column {setting}=NAME" if setting in ROLES and setting not in OPTIONS else f"--{setting}"


def as_argument(setting: str) -> str:
    """How a person writes a setting in Python.

    Examples
    --------
    >>> as_argument("positive"), as_argument("metric"), as_argument("latency")
    ('positive=', 'metrics=', 'columns={"latency": ...}')
    """
    if setting in ROLES and setting not in OPTIONS:
        return f'columns={{"{setting}": ...}}'
    return {"metric": "metrics=", "slice": "slices="}.get(setting, f"{setting}=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for; None and empty mean: as declared, else the default.

    Parameters
    ----------
    metrics : see `parse_metrics`; empty takes those of `declared`, else what the columns allow
    slices : slice columns
    columns : by role (`ROLES`) what was named
    positive : label of the positive class
    declared : an evaluation of mlgate.yaml that everything else changes
    spell : how a setting is written where this was asked, for hints
    """

    metrics: tuple[MetricPolicy, ...] = ()
    slices: tuple[str, ...] = ()
    columns: Mapping[str, ColumnNames] = field(default_factory=dict)
    positive: str | int | float | bool | None = None
    inconclusive: str | None = None
    resamples: int | None = None
    declared: Evaluation | None = None
    spell: Callable[[str], str] = as_flag


def parse_metrics(texts: Iterable[str], *, higher: Sequence[str] = (), lower: Sequence[str] = ()) -> list[MetricPolicy]:
    """Metrics from `NAME[:TOLERANCE]`, split at the last colon if what follows is a number or a share such as `2%`.

    Parameters
    ----------
    texts : NAME is a metric of mlgate, or `module:function` of the user's
    higher, lower : names whose larger, or smaller, values are better: needed for every function

    Raises
    ------
    UsageError
        An unknown name, a tolerance that is none, a name that stands twice, a direction that is missing or known.

    Examples
    --------
    >>> [(metric.name, metric.tolerance) for metric in parse_metrics(["ndcg@10:0.01", "roc_auc"])]
    [('ndcg@10', 0.01), ('roc_auc', None)]
    """
    found = []
    for text in texts:
        name, colon, tail = text.rpartition(":")
        name, tolerance = (name, tail.strip()) if colon and _NUMBER.fullmatch(tail.strip()) else (text, None)
        settings: dict[str, Any] = {} if tolerance is None else {"tolerance": parse_tolerance(name, tolerance)}
        if name in higher and name in lower:
            raise UsageError(f"{name} is said to be better both ways", hint="name one direction")
        if name in higher or name in lower:
            settings["higher_is_better"] = name in higher
        if _FUNCTION.fullmatch(name):
            settings["function"] = name
            if "higher_is_better" not in settings:
                hint = f"add --higher-is-better {name} or --lower-is-better {name}"
                raise UsageError(f"the direction of {name} is not known", hint=hint)
        found.append(make_metric(name, settings))
    _refuse_repeated([metric.name for metric in found], "metric")
    unused = sorted({*higher, *lower} - {metric.name for metric in found})
    if unused:
        raise UsageError(f"{unused[0]} has a direction and is no metric here", hint=f"add --metric {unused[0]}")
    return found


def parse_tolerance(name: str, text: str) -> float | str:
    """A number of at least 0, or a share as `2%`, which the rules of mlgate.yaml read.

    Raises
    ------
    UsageError
        It is neither.
    """
    if _NUMBER.fullmatch(text) and (text.endswith("%") or 0 <= float(text) < float("inf")):
        return text if text.endswith("%") else float(text)
    hint = f"write a number of at least 0 in the metric's unit, or a share of the baseline: {name}:0.01, {name}:2%"
    raise UsageError(f"the tolerance of {name} is {text}", hint=hint)


def make_metric(name: str, settings: Mapping[str, Any]) -> MetricPolicy:
    """A metric with the settings that mlgate.yaml knows, by the same rules.

    Raises
    ------
    UsageError
        What mlgate.yaml refuses, too.
    """
    spec = find_metric(name)
    tolerance = settings.get("tolerance")
    plain = name not in _NEED_SETTINGS and settings.keys() <= {"tolerance"}
    if plain and spec is not None and (tolerance is None or _fits(tolerance, spec)):
        return MetricPolicy(name=name, tolerance=tolerance, location=NOWHERE)
    from mlgate.config.document import Node
    from mlgate.config.evaluation_file import read_metric
    from mlgate.config.reading import Reading

    def node(value: Any) -> Node:
        return Node(value, "", 0, 0, text=str(value), plain=True)

    reading = Reading()
    try:
        given = {key: node(value) for key, value in settings.items() if value is not None}
        policy = read_metric(name, node(given), reading)
        reading.finish()
    except ConfigError as mistake:
        raise UsageError(mistake.reason, hint=mistake.hint) from None
    return replace(policy, location=NOWHERE)


def _fits(tolerance: object, spec: MetricSpec) -> bool:
    """Whether a tolerance is so plain that no rule has to be asked."""
    return type(tolerance) is float and 0 <= tolerance < min(spec.high - spec.low, spec.high)


def draft_evaluation(asked: Asked, *, predictions: str, baseline: str) -> Evaluation:
    """The evaluation as far as it is known without data. Without metrics the columns decide: `compare_columns.settle`.

    A role that a metric needs and that was not named is the column of the role's own name.

    Raises
    ------
    UsageError
        Metrics without the positive class, label sets or direction that they need, or one column in two roles.
    """
    declared = asked.declared
    metrics = asked.metrics or (() if declared is None else declared.metrics)
    given: dict[str, Any] = dict(asked.columns)
    known = declared.columns if declared is not None else Columns()
    for metric in metrics:
        for role in map(role_of, metric.spec.needs):
            if role and getattr(known, role) is None:
                given.setdefault(role, role)
    base = declared or Evaluation(name=NAME, location=NOWHERE)
    evaluation = replace(
        base,
        predictions=predictions,
        baseline=baseline,
        metrics=metrics,
        columns=replace(known, **given),
        slices=asked.slices or base.slices,
        positive=base.positive if asked.positive is None else asked.positive,
        inconclusive=asked.inconclusive or base.inconclusive,
        resamples=asked.resamples or base.resamples,
    )
    _refuse_repeated(evaluation.slices, "slice")
    _refuse_shared(evaluation.columns)
    for metric in metrics:
        _require_declared(metric, evaluation, asked.spell)
    return evaluation


def role_of(need: str) -> str:
    """The role of a column that a metric needs; empty for what is no column or has a default."""
    role = _ROLE_OF_NEED.get(need, need)
    return role if role in ROLES else ""


def _require_declared(metric: MetricPolicy, evaluation: Evaluation, spell: Callable[[str], str]) -> None:
    label_sets = isinstance(evaluation.columns.label, tuple)
    if metric.spec.needs == ("scalar",):
        raise UsageError(
            f"{metric.name} is no metric of rows", hint="compare two metrics files (.json or .yaml), which hold values"
        )
    if metric.spec.positive and evaluation.positive is None and not label_sets:
        raise UsageError(
            f"{metric.name} needs the positive class", hint=f"add {spell('positive')} with the label of that class"
        )
    if "labelset" in metric.spec.needs and not label_sets:
        hint = f"name the indicator columns of the set with {spell('label')} and {spell('prediction')}, one each"
        raise UsageError(f"{metric.name} needs label sets", hint=hint)


def _refuse_repeated(names: Sequence[str], what: str) -> None:
    twice = next((name for name in names if list(names).count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"the {what} {twice} is asked for twice", hint="name it once")


def _refuse_shared(columns: Columns) -> None:
    """Refuse one column in two roles: a prediction that is the label agrees with itself, whatever the model does."""
    taken: dict[str, str] = {}
    for role in _DISTINCT:
        for name in names_of(getattr(columns, role)):
            other = taken.setdefault(name, role)
            if other != role and {role, other} != {"prediction", "score"}:
                raise UsageError(f"the column {name!r} is both {other} and {role}", hint="name two columns")


def names_of(column: ColumnNames | None) -> tuple[str, ...]:
    """The columns of one role."""
    if column is None or isinstance(column, str):
        return (column,) if column else ()
    return tuple(column.values()) if isinstance(column, Mapping) else tuple(column)
