"""A comparison that is asked for in Python: arguments and tables to what the gate takes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.errors import MlgateError, UsageError
from mlgate.gate.compare_columns import columns_to_read
from mlgate.gate.compare_judge import Settings, could_not_read, judge_sides, make_report
from mlgate.gate.compare_request import (
    OPTIONS,
    ROLES,
    Asked,
    draft_evaluation,
    make_metric,
    parse_metrics,
    parse_tolerance,
)
from mlgate.gate.compare_sides import Side, Table, find_files
from mlgate.gate.record import timed
from mlgate.gate.tables_given import is_table, take_columns
from mlgate.outcome import Outcome, Report


def compare_given(
    baseline: Any, candidate: Any, asked: Asked, settings: Settings, *, strict: bool, now: dt.datetime
) -> Report:
    """Report of two tables, paths, or lists of them.

    Raises
    ------
    UsageError
        What was asked for makes no sense, or a side is no table. What the tables hold becomes an outcome.
    """
    if baseline is candidate:
        raise UsageError("baseline and candidate are one object", hint="give two tables: baseline, then candidate")
    with timed() as elapsed:
        evaluation = draft_evaluation(asked, predictions="candidate", baseline="given")
        problems: list[Outcome] = []
        before = _side(baseline, "baseline", evaluation, problems)
        after = _side(candidate, "predictions", evaluation, problems)
        judged = () if after is None else judge_sides(evaluation, asked, after, before, settings).outcomes
        return make_report(
            [*problems, *judged], now=now, seconds=elapsed(), strict=strict, provenance={"seed": settings.seed}
        )


def _side(given: Any, check: str, evaluation: Evaluation, problems: list[Outcome]) -> Side | None:
    """One side; or None, and one more outcome that says why its file cannot be read."""
    runs = given if isinstance(given, list | tuple) and not is_table(given) else [given]
    if not runs:
        raise UsageError(f"no run of the {check} is given", hint="give a table, or a list of them")
    names = columns_to_read(evaluation)
    try:
        return Side([_read_run(run, names) for run in runs])
    except UsageError:
        raise
    except MlgateError as problem:
        problems.append(could_not_read(problem, evaluation, check))
        return None


def _read_run(given: Any, names: Sequence[str]) -> Table:
    if not isinstance(given, str | Path):
        return take_columns(given, names)
    from mlgate.sources.predictions import read_predictions

    (files,) = find_files(str(given), Path.cwd(), runs=False)
    return read_predictions(files, names, shown=str(given))


def read_metrics(
    metrics: Mapping[str, Any] | Iterable[str],
) -> tuple[tuple[MetricPolicy, ...], dict[str, Callable[[Any], float]]]:
    """The metrics, and the Python functions among them by the name of their metric."""
    if not isinstance(metrics, Mapping):
        return tuple(parse_metrics(read_texts(metrics, "metrics"))), {}
    functions: dict[str, Callable[[Any], float]] = {}
    policies = []
    for name, value in metrics.items():
        settings = dict(value) if isinstance(value, Mapping) else {"tolerance": value}
        tolerance = settings.get("tolerance")
        if isinstance(tolerance, str | float | int) and not isinstance(tolerance, bool):
            settings["tolerance"] = parse_tolerance(
                name, tolerance if isinstance(tolerance, str) else repr(float(tolerance))
            )
        function = settings.get("function")
        if callable(function):
            functions[name] = function
            parts = (getattr(function, "__module__", "") or "python", getattr(function, "__name__", "function"))
            settings["function"] = ":".join(re.sub(r"\W", "_", part) for part in parts)
        policies.append(make_metric(name, settings))
    return tuple(policies), functions


def read_columns(named: Mapping[str, Any], others: Mapping[str, str]) -> dict[str, Any]:
    """Columns by role; those that were not named are left out."""
    for role in others:
        if role not in ROLES or role in OPTIONS:
            known = ", ".join(role for role in ROLES if role not in OPTIONS)
            raise UsageError(f"columns= has the role {role!r}", hint=f"known: {known}; the others are arguments")
    found = {role: column for role, column in {**named, **others}.items() if column is not None}
    return {role: column if isinstance(column, str | Mapping) else tuple(column) for role, column in found.items()}


def read_texts(values: Iterable[str], name: str) -> tuple[str, ...]:
    found = (values,) if isinstance(values, str) else tuple(values)
    if not all(isinstance(value, str) for value in found):
        raise UsageError(f"{name}= holds what is no text", hint=f'write {name}=["...", "..."]')
    return found


def require_one_of(value: str, known: Sequence[str], name: str) -> str:
    if value not in known:
        raise UsageError(f"{name}={value!r}", hint=f"known: {', '.join(known)}")
    return value


def require_between(value: int, low: int, high: int, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UsageError(f"{name}={value!r}", hint=f"a whole number from {low:,} to {high:,}")
    return value
