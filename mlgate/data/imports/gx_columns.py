"""Great Expectations' expectations of one column, each as checks of ours.

Both tools leave nulls out of checks of values and count `mostly` over what is left; `not_null` and `null` count it over
all rows. Bounds are inclusive unless strict, patterns are searched, the standard deviation is the sample one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mlgate.data import words
from mlgate.data.imports import patterns
from mlgate.data.imports.arguments import Arguments, bound, finite, members
from mlgate.data.imports.declarations import Check, NotMappedError


@dataclass(frozen=True, slots=True)
class Mapped:
    """Checks that one expectation stands for, and what they judge otherwise."""

    checks: Sequence[Check]
    differs: Sequence[str] = ()


def _one(check: str, argument: Any, *differs: str) -> Mapped:
    return Mapped((Check(check=check, argument=argument),), differs)


def _interval(args: Arguments, *, moments: bool = False) -> Any:
    low, high = (args.end(name) if moments else args.number(name) for name in ("min_value", "max_value"))
    return bound(low, high, strict_low=args.flag("strict_min"), strict_high=args.flag("strict_max"))


def _values_between(args: Arguments) -> Mapped:
    args.ignore("allow_cross_type_comparisons", "output_strftime_format", "parse_strings_as_datetimes")
    return _one("between", _interval(args, moments=True))


def _lengths(args: Arguments) -> Mapped:
    value = args.number("value")
    if value is not None:
        return _one("length", [value, value])
    return _one("length", _interval(args))


def _set(check: str) -> Callable[[Arguments], Mapped]:
    def read(args: Arguments) -> Mapped:
        args.ignore("parse_strings_as_datetimes")
        if args.get("value_set") is None:
            raise NotMappedError("it names no set, and passes whatever the data are")
        found = members(args.items("value_set"), "its set")
        return _one(check, found)

    return read


def _pattern(check: str, argument: str) -> Callable[[Arguments], Mapped]:
    def read(args: Arguments) -> Mapped:
        pattern = args.text(argument)
        return _one(check, pattern, *patterns.remarks(pattern))

    return read


def _match_regex_list(args: Arguments) -> Mapped:
    return _list_of(args, args.texts("regex_list"))


def _not_match_regex_list(args: Arguments) -> Mapped:
    listed = args.texts("regex_list")
    return _one("not_regex", listed, *_remarks(listed))


_LIKE = "upper and lower case differ here; some databases take them as one"


def _match_like(args: Arguments) -> Mapped:
    return _one("fullmatch", patterns.like(args.text("like_pattern"), _escape(args)), _LIKE)


def _match_like_list(args: Arguments) -> Mapped:
    escape = _escape(args)
    found = _list_of(args, [_whole(text, escape) for text in args.texts("like_pattern_list")])
    return Mapped(found.checks, (_LIKE,))


def _not_match_like(args: Arguments) -> Mapped:
    return _one("not_regex", _whole(args.text("like_pattern"), _escape(args)), _LIKE)


def _not_match_like_list(args: Arguments) -> Mapped:
    escape = _escape(args)
    return _one("not_regex", [_whole(text, escape) for text in args.texts("like_pattern_list")], _LIKE)


def _whole(like: str, escape: str) -> str:
    return patterns.anchored(patterns.like(like, escape), end=True)


def _escape(args: Arguments) -> str:
    escape = args.get("escape")
    if escape is not None and (not isinstance(escape, str) or len(escape) != 1):
        raise NotMappedError("`escape` is no single character")
    return escape or ""


def _list_of(args: Arguments, listed: Sequence[str]) -> Mapped:
    match_on = args.get("match_on") or "any"
    if match_on not in ("any", "all"):
        raise NotMappedError("`match_on` is neither any nor all")
    return _one("regex", {match_on: list(dict.fromkeys(listed))}, *_remarks(listed))


def _remarks(listed: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for pattern in listed for text in patterns.remarks(pattern)))


def _unique(args: Arguments) -> Mapped:
    if args.get("mostly") not in (None, 1):
        raise NotMappedError(
            "`mostly` counts every row of a repeated value there, and only the repetitions here",
            "unique_fraction: {min: ...}",
        )
    return _one("unique", True)


def _statistic(check: str) -> Callable[[Arguments], Mapped]:
    def read(args: Arguments) -> Mapped:
        args.ignore("parse_strings_as_datetimes", "output_strftime_format")
        return _one(check, _interval(args, moments=check in ("min", "max")))

    return read


def _non_null_fraction(args: Arguments) -> Mapped:
    low, high = args.number("min_value"), args.number("max_value")
    strict_low, strict_high = args.flag("strict_min"), args.flag("strict_max")
    ends = (_rest(high), _rest(low))
    return _one("null_fraction", bound(*ends, strict_low=strict_high, strict_high=strict_low))


def _rest(share: Any) -> Any:
    """1 - share, exact in decimals."""
    return None if share is None else finite(float(1 - Decimal(repr(share))), "a share")


def _quantiles(args: Arguments) -> Mapped:
    ranges = args.get("quantile_ranges")
    inner = Arguments(ranges if isinstance(ranges, dict) else {})
    levels, bounds = inner.items("quantiles"), inner.items("value_ranges")
    if not levels or len(levels) != len(bounds):
        raise NotMappedError("`quantile_ranges` does not hold as many ranges as quantiles")
    found: dict[str, Any] = {}
    checks = []
    for level, pair in zip(levels, bounds, strict=True):
        ends = Arguments(dict(zip(("min_value", "max_value"), pair, strict=True)) if _is_pair(pair) else {})
        share, interval = finite(level, "a quantile"), _interval(ends)
        if share in (0, 1):
            checks.append(Check(check="max" if share else "min", argument=interval))
        else:
            found[repr(share)] = interval
    if found:
        checks.insert(0, Check(check="quantile", argument=found))
    told = "" if args.get("allow_relative_error") == "linear" else "the value between two ranks is interpolated here"
    return Mapped(checks, (f"{told}; pandas takes the nearest one there",) if told and found else ())


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _most_common(args: Arguments) -> Mapped:
    found = members(args.items("value_set"), "its set")
    ties = args.flag("ties_okay")
    if ties:
        return _one("most_common", {"values": found, "ties_okay": True})
    told = ("members of the set may be as frequent as one another here",) if len(found) > 1 else ()
    return _one("most_common", found, *told)


def _z_scores(args: Arguments) -> Mapped:
    threshold = args.number("threshold")
    if threshold is None:
        raise NotMappedError("it has no threshold")
    sided = args.flag("double_sided", default=True)
    argument = {"threshold": abs(threshold) if sided else threshold, "double_sided": sided}
    told = "a score of exactly the threshold passes here; where all values are equal there is none, which is an error"
    return _one("z_score", argument, told)


def _ordered(check: str) -> Callable[[Arguments], Mapped]:
    def read(args: Arguments) -> Mapped:
        args.ignore("parse_strings_as_datetimes")
        return _one(check, {"strictly": True} if args.flag("strictly") else True)

    return read


def _strftime(args: Arguments) -> Mapped:
    return _one("datetime_format", args.text("strftime_format"))


def _json_schema(args: Arguments) -> Mapped:
    schema = args.get("json_schema")
    if not isinstance(schema, dict):
        raise NotMappedError(f"`json_schema` is no mapping but {words.short(repr(schema))}")
    return _one("json_schema", schema)


def _true(check: str) -> Callable[[Arguments], Mapped]:
    return lambda _: _one(check, True)


COLUMN_EXPECTATIONS: dict[str, Callable[[Arguments], Mapped]] = {
    "expect_column_values_to_not_be_null": _true("not_null"),
    "expect_column_values_to_be_null": _true("null"),
    "expect_column_proportion_of_non_null_values_to_be_between": _non_null_fraction,
    "expect_column_values_to_be_unique": _unique,
    "expect_column_proportion_of_unique_values_to_be_between": _statistic("unique_fraction"),
    "expect_column_unique_value_count_to_be_between": _statistic("unique_count"),
    "expect_column_values_to_be_between": _values_between,
    "expect_column_values_to_be_in_set": _set("in_set"),
    "expect_column_values_to_not_be_in_set": _set("not_in_set"),
    "expect_column_distinct_values_to_be_in_set": _set("distinct_in_set"),
    "expect_column_distinct_values_to_contain_set": _set("distinct_contain"),
    "expect_column_distinct_values_to_equal_set": _set("distinct_equal"),
    "expect_column_values_to_match_regex": _pattern("regex", "regex"),
    "expect_column_values_to_not_match_regex": _pattern("not_regex", "regex"),
    "expect_column_values_to_match_regex_list": _match_regex_list,
    "expect_column_values_to_not_match_regex_list": _not_match_regex_list,
    "expect_column_values_to_match_like_pattern": _match_like,
    "expect_column_values_to_match_like_pattern_list": _match_like_list,
    "expect_column_values_to_not_match_like_pattern": _not_match_like,
    "expect_column_values_to_not_match_like_pattern_list": _not_match_like_list,
    "expect_column_value_lengths_to_be_between": _lengths,
    "expect_column_value_lengths_to_equal": _lengths,
    "expect_column_values_to_match_strftime_format": _strftime,
    "expect_column_values_to_be_json_parseable": _true("json"),
    "expect_column_values_to_match_json_schema": _json_schema,
    "expect_column_values_to_be_increasing": _ordered("increasing"),
    "expect_column_values_to_be_decreasing": _ordered("decreasing"),
    "expect_column_value_z_scores_to_be_less_than": _z_scores,
    "expect_column_min_to_be_between": _statistic("min"),
    "expect_column_max_to_be_between": _statistic("max"),
    "expect_column_mean_to_be_between": _statistic("mean"),
    "expect_column_median_to_be_between": _statistic("median"),
    "expect_column_stdev_to_be_between": _statistic("std"),
    "expect_column_sum_to_be_between": _statistic("sum"),
    "expect_column_quantile_values_to_be_between": _quantiles,
    "expect_column_most_common_value_to_be_in_set": _most_common,
}
"""What an expectation of one column is here."""
