"""Great Expectations on pandas: the file is read whole, then each expectation is computed."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import great_expectations as gx  # type: ignore[import-not-found]  # lives in an environment of its own
import great_expectations.expectations as e  # type: ignore[import-not-found]  # stands in an environment of its own

from benchmarks.peers.visits import REFERENCE, Check, Maker, expressed, tell


def _bounds(check: Check) -> dict[str, Any]:
    low, high = check.argument
    return {"column": check.column, "min_value": low, "max_value": high}


def _between(check: Check) -> Any:
    """Times are compared by their smallest and largest: their `values to be between` is a loop in Python."""
    if not isinstance(check.argument[0], str):
        return e.ExpectColumnValuesToBeBetween(**_bounds(check))
    low, high = map(dt.datetime.fromisoformat, check.argument)
    return [
        e.ExpectColumnMinToBeBetween(column=check.column, min_value=low),
        e.ExpectColumnMaxToBeBetween(column=check.column, max_value=high),
    ]


def _quantile(check: Check) -> Any:
    ranges = {"quantiles": list(check.argument), "value_ranges": list(check.argument.values())}
    return e.ExpectColumnQuantileValuesToBeBetween(column=check.column, quantile_ranges=ranges)


def _shares(check: Check) -> list[Any]:
    low, high = check.argument["true"]
    return [
        e.ExpectColumnValuesToBeInSet(column=check.column, value_set=[True], mostly=low),
        e.ExpectColumnValuesToBeInSet(column=check.column, value_set=[False], mostly=1 - high),
    ]


def _order(check: Check) -> Any:
    first, second = check.columns
    return e.ExpectColumnPairValuesAToBeGreaterThanB(column_A=second, column_B=first, or_equal=True)


def _fresh(check: Check) -> Any:
    oldest = dt.datetime.fromisoformat(REFERENCE) - dt.timedelta(days=int(check.argument.rstrip("d")))
    return e.ExpectColumnMaxToBeBetween(column=check.column, min_value=oldest)


MAKERS: dict[str, Maker] = {
    "not_null": lambda check: e.ExpectColumnValuesToNotBeNull(column=check.column),
    "null_fraction": lambda check: e.ExpectColumnValuesToNotBeNull(
        column=check.column, mostly=1 - check.argument["max"]
    ),
    "between": _between,
    "mean": lambda check: e.ExpectColumnMeanToBeBetween(**_bounds(check)),
    "std": lambda check: e.ExpectColumnStdevToBeBetween(**_bounds(check)),
    "median": lambda check: e.ExpectColumnMedianToBeBetween(**_bounds(check)),
    "quantile": _quantile,
    "in_set": lambda check: e.ExpectColumnValuesToBeInSet(column=check.column, value_set=check.argument),
    "regex": lambda check: e.ExpectColumnValuesToMatchRegex(column=check.column, regex=check.argument),
    "unique": lambda check: e.ExpectColumnValuesToBeUnique(column=check.column),
    "label_distribution": _shares,
    "unique_together": lambda check: e.ExpectCompoundColumnsToBeUnique(column_list=list(check.columns)),
    "ordered": _order,
    "freshness": _fresh,
}


def main(path: str) -> None:
    made = expressed(MAKERS)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("visits").add_parquet_asset("visits", path=path)
    batch = asset.add_batch_definition("whole").get_batch()
    each = {check.name: found if isinstance(found, list) else [found] for check, found in made}
    suite = gx.ExpectationSuite(name="visits")
    for name, expectations in each.items():
        for expectation in expectations:
            expectation.meta = {"check": name}
            suite.add_expectation(expectation)
    results = batch.validate(suite, result_format="BOOLEAN_ONLY").results
    broken = {result.expectation_config.meta["check"] for result in results if not result.success}
    if problems := [result for result in results if result.exception_info.get("raised_exception")]:
        raise RuntimeError(problems[0].exception_info["exception_message"])
    tell({name: name not in broken for name in each})


if __name__ == "__main__":
    main(sys.argv[1])
