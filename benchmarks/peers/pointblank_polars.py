"""Pointblank on a lazy scan of polars."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from typing import Any

import pointblank as pb  # type: ignore[import-not-found]  # lives in an environment of its own
import polars as pl

from benchmarks.peers.visits import REFERENCE, Check, Maker, expressed, tell

Step = Callable[[Any], Any]
"""Adds the steps of one check to a plan."""


def _between(check: Check) -> Step:
    low, high = check.argument
    if isinstance(low, str):
        low, high = dt.datetime.fromisoformat(low), dt.datetime.fromisoformat(high)
    return lambda plan: plan.col_vals_between(check.column, low, high, na_pass=True)


def _mean(check: Check) -> Step:
    low, high = check.argument
    return lambda plan: plan.col_avg_ge(check.column, low).col_avg_le(check.column, high)


def _std(check: Check) -> Step:
    low, high = check.argument
    return lambda plan: plan.col_sd_ge(check.column, low).col_sd_le(check.column, high)


def _order(check: Check) -> Step:
    first, second = check.columns
    return lambda plan: plan.col_vals_le(first, pb.col(second), na_pass=True)


MAKERS: dict[str, Maker] = {
    "not_null": lambda check: lambda plan: plan.col_vals_not_null(check.column),
    "between": _between,
    "mean": _mean,
    "std": _std,
    "in_set": lambda check: lambda plan: plan.col_vals_in_set(check.column, check.argument),
    "regex": lambda check: lambda plan: plan.col_vals_regex(check.column, check.argument, na_pass=True),
    "unique": lambda check: lambda plan: plan.rows_distinct([check.column]),
    "unique_together": lambda check: lambda plan: plan.rows_distinct(list(check.columns)),
    "ordered": _order,
    "freshness": lambda check: (
        lambda plan: plan.data_freshness(
            check.column, check.argument, reference_time=dt.datetime.fromisoformat(REFERENCE)
        )
    ),
}


def main(path: str) -> None:
    plan = pb.Validate(data=pl.scan_parquet(path))
    asked: list[str] = []
    for check, step in expressed(MAKERS):
        plan = step(plan)
        asked += [check.name] * (len(plan.validation_info) - len(asked))
    plan = plan.interrogate(collect_extracts=False, collect_tbl_checked=False)
    if wrong := [step.assertion_type for step in plan.validation_info if step.eval_error]:
        raise RuntimeError(f"could not be asked: {wrong}")
    found = dict.fromkeys(asked, True)
    for name, step in zip(asked, plan.validation_info, strict=True):
        found[name] &= bool(step.all_passed)
    tell(found)


if __name__ == "__main__":
    main(sys.argv[1])
