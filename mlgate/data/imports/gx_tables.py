"""Great Expectations' expectations of several columns and of the table, each as checks of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.data.imports.arguments import Arguments, bound
from mlgate.data.imports.declarations import Check, NotMappedError
from mlgate.data.imports.gx_conditions import column_name

_PAIR = {"both_values_are_missing": "both_null", "either_value_is_missing": "either_null", "neither": "never"}
_SEVERAL = {"all_values_are_missing": "both_null", "any_value_is_missing": "either_null", "never": "never"}
_MISSING = "a row in which one of the columns is missing is not judged here"


@dataclass(frozen=True, slots=True)
class OfTable:
    """Checks of the table, the columns that they are about, and what they judge otherwise.

    `extra` is what the expectation says of columns that it does not name; empty where it says nothing.
    """

    checks: Sequence[Check]
    columns: Sequence[str] = ()
    differs: Sequence[str] = ()
    extra: str = ""


def _one(check: str, argument: Any, columns: Sequence[str] = (), *differs: str) -> OfTable:
    return OfTable((Check(check=check, argument=argument),), columns, differs)


def _count(check: str) -> Callable[[Arguments], OfTable]:
    def read(args: Arguments) -> OfTable:
        value = args.number("value")
        if value is not None:
            return _one(check, [value, value])
        ends = args.number("min_value"), args.number("max_value")
        strict = args.flag("strict_min"), args.flag("strict_max")
        return _one(check, bound(*ends, strict_low=strict[0], strict_high=strict[1]))

    return read


def _rows_of_other(args: Arguments) -> OfTable:
    other = args.text("other_table_name")
    told = "the other table is a dataset of mlgate.yaml, or given with --reference NAME=FILE"
    return _one("row_count_equals_table", {"dataset": other}, (), told)


def _columns_in_order(args: Arguments) -> OfTable:
    names = args.texts("column_list")
    return OfTable((Check(check="columns_match", argument={"columns": names, "ordered": True}),), names)


def _columns_in_set(args: Arguments) -> OfTable:
    names = list(dict.fromkeys(args.texts("column_set")))
    return OfTable((), names, extra="fail" if args.flag("exact_match", default=True) else "")


def _pair_of(args: Arguments) -> tuple[str, str, str]:
    ignored = args.get("ignore_row_if") or "both_values_are_missing"
    if not isinstance(ignored, str) or ignored not in _PAIR:
        raise NotMappedError("`ignore_row_if` is none of its known values")
    return args.text("column_A"), args.text("column_B"), _PAIR[ignored]


def _compared(args: Arguments) -> OfTable:
    args.ignore("parse_strings_as_datetimes", "allow_cross_type_comparisons")
    a, b, ignored = _pair_of(args)
    return _one("compare_columns", _comparison(a, "ge" if args.flag("or_equal") else "gt", b, ignored), (a, b))


def _equal(args: Arguments) -> OfTable:
    a, b, ignored = _pair_of(args)
    return _one("compare_columns", _comparison(a, "eq", b, ignored), (a, b))


def _comparison(a: str, op: str, b: str, ignored: str) -> dict[str, Any]:
    pair = {"a": a, "op": op, "b": b}
    return pair if ignored == "either_null" else pair | {"ignore_row_if": ignored}


def _pairs(args: Arguments) -> OfTable:
    a, b, ignored = _pair_of(args)
    pairs = args.items("value_pairs_set")
    if not pairs or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise NotMappedError("`value_pairs_set` is no list of pairs")
    check = Check(check="pair_in_set", argument={"a": a, "b": b, "pairs": pairs})
    return _with_missing(check, (a, b), ignored, args)


def _several(args: Arguments) -> tuple[list[str], str]:
    ignored = args.get("ignore_row_if") or "all_values_are_missing"
    if not isinstance(ignored, str) or ignored not in _SEVERAL:
        raise NotMappedError("`ignore_row_if` is none of its known values")
    return args.texts("column_list"), _SEVERAL[ignored]


def _with_missing(check: Check, columns: Sequence[str], ignored: str, args: Arguments, *differs: str) -> OfTable:
    """A check that leaves out rows in which a column is missing, and one that such rows are not there.

    With `mostly` the two would each have their share, so that only the first is taken.
    """
    if ignored == "either_null":
        return OfTable((check,), columns, differs)
    if args.get("mostly") not in (None, 1):
        return OfTable((check,), columns, (*differs, _MISSING))
    there = " and ".join(f"{column_name(name)} is not null" for name in columns)
    nothing = " and ".join(f"{column_name(name)} is null" for name in columns)
    condition = there if ignored == "never" else f"({there}) or ({nothing})"
    return OfTable((check, Check(check="expressions", argument=condition)), columns, differs)


def _compound(args: Arguments) -> OfTable:
    if args.get("mostly") not in (None, 1):
        raise NotMappedError("`mostly` counts every row of a repeated key there, and only the repetitions here")
    names, ignored = _several(args)
    return _one("unique", names, names, *(() if ignored == "either_null" else (_MISSING,)))


def _within_row(args: Arguments) -> OfTable:
    names, ignored = _several(args)
    told = "missing values are not equal to one another here"
    if ignored == "either_null":
        told = "two equal values fail here even where a third column is missing"
    return _one("unique_within_row", names, names, *((told,) if ignored != "either_null" or len(names) > 2 else ()))


def _row_sum(args: Arguments) -> OfTable:
    names, ignored = _several(args)
    total = args.number("sum_total")
    if total is None:
        raise NotMappedError("it has no `sum_total`")
    check = Check(check="row_sum", argument={"columns": names, "total": total})
    return _with_missing(check, names, ignored, args, "the sum may be off by 1e-9 here")


def _all_equal(args: Arguments) -> OfTable:
    """The first column is compared with each other one; rows without any value pass, as they do there."""
    names, ignored = _several(args)
    if args.get("mostly") not in (None, 1) and len(names) > 2:
        raise NotMappedError("`mostly` of each pair is not `mostly` of all columns", "compare_columns, once per pair")
    first, *others = names
    way = "either_null" if ignored == "either_null" else "both_null"
    pairs = [_comparison(first, "eq", other, way) for other in others]
    told = ("two different values fail here even where a third column is missing",)
    differs = told if ignored == "either_null" and len(names) > 2 else ()
    return OfTable([Check(check="compare_columns", argument=pair) for pair in pairs], names, differs)


TABLE_EXPECTATIONS: dict[str, Callable[[Arguments], OfTable]] = {
    "expect_table_row_count_to_be_between": _count("row_count"),
    "expect_table_row_count_to_equal": _count("row_count"),
    "expect_table_row_count_to_equal_other_table": _rows_of_other,
    "expect_table_column_count_to_be_between": _count("column_count"),
    "expect_table_column_count_to_equal": _count("column_count"),
    "expect_table_columns_to_match_ordered_list": _columns_in_order,
    "expect_table_columns_to_match_set": _columns_in_set,
    "expect_column_pair_values_a_to_be_greater_than_b": _compared,
    "expect_column_pair_values_to_be_equal": _equal,
    "expect_column_pair_values_to_be_in_set": _pairs,
    "expect_compound_columns_to_be_unique": _compound,
    "expect_multicolumn_values_to_be_unique": _within_row,
    "expect_select_column_values_to_be_unique_within_record": _within_row,
    "expect_multicolumn_sum_to_equal": _row_sum,
    "expect_multicolumn_values_to_be_equal": _all_equal,
}
"""What an expectation of several columns or of the table is here."""

NEAREST = {
    "expect_column_kl_divergence_to_be_less_than": "label_distribution, or `mlgate data drift`",
    "expect_column_bootstrapped_ks_test_p_value_to_be_greater_than": "`mlgate data drift`",
    "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than": "quantile, mean and std",
    "expect_column_chisquare_test_p_value_to_be_greater_than": "label_distribution, or `mlgate data drift`",
    "expect_column_values_to_be_dateutil_parseable": "type: datetime, or datetime_format",
    "expect_column_values_to_not_be_outliers": "z_score, or quantile",
    "expect_column_pair_cramers_phi_value_to_be_less_than": "",
    "expect_query_results_to_match_comparison": "table_equals",
    "unexpected_rows_expectation": "expressions",
}
"""Expectations without a counterpart, and what comes nearest."""
