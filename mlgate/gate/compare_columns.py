"""What the columns of both sides allow: metrics where none was asked for, and columns that have to be there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlgate.config.evaluation import Columns, Evaluation, MetricPolicy
from mlgate.errors import MlgateError
from mlgate.gate.compare_request import NOWHERE, ROLES, Asked, names_of
from mlgate.metrics.roles import needed_columns, required_columns

Table = Mapping[str, Any]
"""Columns of shape (n_rows,) by name."""

_ASSUMED = ("prediction", "score")
"""Roles that are taken from a column of their name without being asked for, where nothing says what is needed."""

_LISTED_COLUMNS = 10


def columns_to_read(evaluation: Evaluation) -> list[str]:
    """Columns of a draft: what its metrics need, and what has to be looked at to settle it."""
    names = needed_columns(evaluation)
    if not evaluation.metrics:
        names += [*names_of(evaluation.columns.label), *names_of(evaluation.columns.prediction)]
    if _is_open(evaluation):
        names += _ASSUMED
    return list(dict.fromkeys(names))


def settle(
    evaluation: Evaluation,
    asked: Asked,
    candidates: Sequence[Table],
    baselines: Sequence[Table],
    progress: Callable[[str], None],
) -> Evaluation:
    """The evaluation with all that it needs, or the reason why these tables do not allow it.

    Raises
    ------
    MlgateError
        No metric was asked for and the columns allow none, or a column is absent.
    """
    if _is_open(evaluation):
        evaluation = replace(evaluation, columns=_with_assumed(evaluation.columns, [*candidates, *baselines]))
    if not evaluation.metrics:
        evaluation = choose_metrics(evaluation, candidates[0], asked)
        names = ", ".join(metric.name for metric in evaluation.metrics)
        progress(f"compare: {names}, as the columns allow; name others with {asked.spell('metric')}")
    _require_columns(evaluation, asked, candidates, "candidate")
    _require_columns(evaluation, asked, baselines, "baseline")
    return evaluation


def _is_open(evaluation: Evaluation) -> bool:
    """Whether no metric says which columns it needs: there is none, or it is a function of the user's."""
    return not evaluation.metrics or any(metric.function is not None for metric in evaluation.metrics)


def _with_assumed(columns: Columns, tables: Sequence[Table]) -> Columns:
    taken = {name for role in ROLES for name in names_of(getattr(columns, role))}
    for role in _ASSUMED:
        if getattr(columns, role) is None and role not in taken and all(role in table for table in tables):
            columns = replace(columns, **{role: role})
    return columns


def choose_metrics(evaluation: Evaluation, table: Table, asked: Asked) -> Evaluation:
    """The evaluation with the metrics that its columns allow, each with its default tolerance.

    Columns that are called `prediction` and `score` are taken as such. A label set gets `f1_samples`; a prediction
    `accuracy`, or `mae` where the labels are numbers and one has a fraction; a score `ndcg` where a query is named,
    `log_loss` where there is one per class, `roc_auc` where the positive class is named. A named latency gets
    `latency_p95_ms`, a named interval (low, high) `interval_coverage`, named nll and tokens `perplexity`.

    Raises
    ------
    MlgateError
        The columns allow none.
    """
    columns = evaluation.columns
    names = []
    if columns.prediction is not None:
        label_sets = isinstance(columns.label, tuple)
        names.append("f1_samples" if label_sets else "mae" if _has_fraction(table, columns.label) else "accuracy")
    if columns.score is not None and (columns.query is not None or isinstance(columns.score, Mapping)):
        names.append("ndcg" if columns.query is not None else "log_loss")
    elif columns.score is not None and evaluation.positive is not None:
        names.append("roc_auc")
    elif columns.score is not None and "score" not in asked.columns:
        columns = replace(columns, score=None)
    names += ["latency_p95_ms"] if columns.latency is not None else []
    names += ["interval_coverage"] if columns.low is not None and columns.high is not None else []
    names += ["perplexity"] if columns.nll is not None and columns.tokens is not None else []
    if not names:
        hint = f"name one with {asked.spell('metric')}, and its columns; the candidate's columns are {_listed(table)}"
        raise MlgateError("no metric was asked for, and the columns allow none", hint=hint)
    metrics = tuple(MetricPolicy(name=name, location=NOWHERE) for name in names)
    return replace(evaluation, columns=columns, metrics=metrics)


def _has_fraction(table: Table, label: str | tuple[str, ...]) -> bool:
    """Whether all labels are numbers, one of which is not whole."""
    if not isinstance(label, str) or label not in table:
        return False
    values = table[label]
    distinct: Iterable[Any] | None = getattr(values, "texts", None)
    if distinct is None:
        if values.dtype.kind not in "fO":
            return False
        distinct = values.tolist()
    try:
        numbers = [float(value) for value in distinct if value is not None]
    except (TypeError, ValueError):
        return False
    return any(number % 1 > 0 for number in numbers)  # of NaN and infinity the rest is NaN


def _require_columns(evaluation: Evaluation, asked: Asked, tables: Sequence[Table], side: str) -> None:
    """Refuse a table without a column that is needed, with the option that names another one as the next step."""
    for table in tables:
        for name in required_columns(evaluation, side):
            if name not in table:
                hint = f"name another one with {_option(name, evaluation, asked)}; its columns are {_listed(table)}"
                raise MlgateError(f"column {name!r} is absent from the {side}'s predictions", hint=hint)


def _listed(table: Table) -> str:
    names = list(getattr(table, "header", table))
    more = f" and {len(names) - _LISTED_COLUMNS:,} more" if len(names) > _LISTED_COLUMNS else ""
    return f"{', '.join(names[:_LISTED_COLUMNS]) or 'none'}{more}"


def _option(name: str, evaluation: Evaluation, asked: Asked) -> str:
    """The option that names a column of the evaluation."""
    roles = [role for role in ROLES if name in names_of(getattr(evaluation.columns, role))]
    if name in evaluation.slices and not roles:
        return asked.spell("slice")
    return asked.spell(roles[0] if roles else "evaluation")
