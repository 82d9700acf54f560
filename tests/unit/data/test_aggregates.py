"""Every aggregate and condition against numpy and Python, on random columns."""

from __future__ import annotations

import datetime as dt
import inspect
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from mlgate.data import aggregates as sql
from mlgate.data import own_queries as own

Ask = Callable[[str, Sequence[Any], Mapping[str, str]], dict[str, Any]]
NONE = st.none()
FLOATS = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf])
TAME = st.floats(-1e9, 1e9) | st.integers(-5, 5).map(float)
INTEGERS = st.integers(-5, 5) | st.integers(2**53 - 2, 2**53 + 2) | st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5) | st.sampled_from(
    ["", "a", "it's", "ä", "日本", "a\nb", "é", "é"]
)
COLUMNS = {"DOUBLE": FLOATS, "BIGINT": INTEGERS, "VARCHAR": TEXTS, "BOOLEAN": st.booleans(), "DATE": st.dates()}
TESTED_ELSEWHERE = {
    *("byte_length", "every_nth", "first_true", "bit_of_first", "bits", "ever", "printable", "whole_as_text"),
    "row_of_each",
    "from_json",
    "from_text",
    "from_stored",
    "stored_kind",
    "is_single",
    "is_float",
    "out_of_order",
    "hashed",
    "spelled",
    "one_of",
    "each_of",
}
"""How text and stored values become typed ones: `test_value_checks.py`, `test_json_types.py`. The order of rows:
`test_order_checks.py`. Hashes: `test_sorted_keys.py`. The table of functions: `test_dialect.py`. Many literals:
`test_large_sets.py`. What personal data are looked for with:
`test_rows_of_values.py`."""


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Answers to SQL over `source`, a table of "row" and v."""
    import duckdb

    connection = duckdb.connect()

    def run(type_: str, values: Sequence[Any], asked: Mapping[str, str]) -> dict[str, Any]:
        listed = ", ".join(f"({text})" if isinstance(text, own.Query) else text for text in asked.values())
        table = "" if all(isinstance(text, own.Query) for text in asked.values()) else " FROM source"
        spoken = [None if value is None else str(value) for value in values]  # as text: old clients bind NaN as null
        source = f'SELECT unnest(?::BIGINT[]) AS "row", CAST(unnest(?::VARCHAR[]) AS {type_}) AS v'
        query = f"WITH source AS MATERIALIZED ({source}) SELECT {listed}{table}"
        row = connection.execute(query, [[*range(1, len(values) + 1)], spoken]).fetchone()
        assert row is not None
        return dict(zip(asked, row, strict=True))

    yield run
    connection.close()


def key(value: Any) -> Any:
    """What two equal values of a column share: NaN is one value, 0.0 and -0.0 are one."""
    return "nan" if isinstance(value, float) and math.isnan(value) else value


def same(found: Any, expected: Any) -> bool:
    return found is None if expected is None else bool(key(found) == key(expected))


def columns() -> st.SearchStrategy[tuple[str, list[Any]]]:
    return st.sampled_from(list(COLUMNS)).flatmap(
        lambda type_: st.tuples(st.just(type_), st.lists(NONE | COLUMNS[type_], max_size=12))
    )


class TestCounts:
    TESTED = (
        "count", "count_where", "count_distinct", "about_distinct", "distinct_values", "smallest", "largest",
        "value_counts", "only_where", "in_first_rows", "rows_where",
    )  # fmt: skip

    @settings(max_examples=100, deadline=None)
    @given(column=columns())
    def test_of_any_column(self, ask: Ask, column: tuple[str, list[Any]]) -> None:
        type_, values = column
        present = [value for value in values if value is not None]
        odd = [value for row, value in enumerate(values, start=1) if row % 2 and value is not None]
        where = '"row" % 2 = 1'
        found = ask(
            type_,
            values,
            {
                "rows": sql.ROWS,
                "count": sql.count("v"),
                "nulls": sql.count_where("v IS NULL"),
                "unknown": sql.count_where("NULL"),
                "distinct": sql.count_distinct("v"),
                "distinct odd": sql.count_distinct("v", where=where),
                "pairs": sql.count_distinct("v", '"row" % 2', where="v IS NOT NULL"),
                "about": sql.about_distinct("v"),
                "values": sql.distinct_values("v"),
                "low": sql.smallest("v"),
                "high odd": sql.largest("v", where),
                "counts": sql.value_counts("v"),
                "only": sql.count(sql.only_where(where, "v")),
                "first": sql.count(sql.in_first_rows("v")),
                "odd rows": sql.rows_where(f"{where} AND v IS NOT NULL", ['"row"', "v"], 2),
            },
        )
        rows = [(row["p0"], key(row["p1"])) for row in found["odd rows"] or []]
        assert sorted(rows) == [(row, key(values[row - 1])) for row in range(1, len(values) + 1, 2)
                                if values[row - 1] is not None][:2]  # fmt: skip
        ordered = sorted(present, key=lambda value: (key(value) == "nan", 0 if key(value) == "nan" else value))
        assert found["rows"] == len(values)
        assert found["count"] == found["first"] == len(present)
        assert (found["nulls"], found["unknown"]) == (len(values) - len(present), 0)
        assert found["distinct"] == len(set(map(key, present)))
        assert found["distinct odd"] == len(set(map(key, odd)))
        assert found["pairs"] == len({(key(value), row % 2) for row, value in enumerate(values) if value is not None})
        assert abs(found["about"] - found["distinct"]) <= 3
        assert {key(value) for value in found["values"] or [] if value is not None} == set(map(key, present))
        assert same(found["low"], ordered[0] if ordered else None)
        odd_ordered = [value for value in ordered if any(same(value, other) for other in odd)]
        assert same(found["high odd"], odd_ordered[-1] if odd_ordered else None)
        counted = {key(value): count for value, count in (found["counts"] or {}).items()}
        if "nan" not in counted and "nan" not in map(key, present):  # old versions count NaN as another value
            assert counted == Counter(map(key, present))
        assert found["only"] == len(odd)

    def test_first_rows(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sql, "FIRST_ROWS", 2)
        assert ask("BIGINT", [7, None, 8], {"n": sql.count(sql.in_first_rows("v"))}) == {"n": 1}


class TestIntegers:
    TESTED = ("count_distinct_integers", "total")

    @settings(max_examples=100, deadline=None)
    @given(values=st.lists(NONE | INTEGERS, max_size=12))
    def test_sum_is_exact(self, ask: Ask, values: list[int | None]) -> None:
        present = [value for value in values if value is not None]
        found = ask("BIGINT", values, {"sum": sql.total("v")})["sum"]
        assert found == (sum(present) if present else None)

    @settings(max_examples=100, deadline=None)
    @given(
        start=st.sampled_from([0, -7, 2**53 - 3, -(2**61)]),
        values=st.lists(NONE | st.integers(0, 20), max_size=20),
        type_=st.sampled_from(["BIGINT", "HUGEINT"]),
    )
    def test_distinct_ones_in_a_bitmap(self, ask: Ask, start: int, values: list[int | None], type_: str) -> None:
        shifted = [None if value is None else start + value for value in values]
        present = [value for value in shifted if value is not None]
        low, high = (min(present), max(present)) if present else (0, 0)
        found = ask(type_, shifted, {"distinct": sql.count_distinct_integers("v", low, high)})["distinct"]
        assert (found or 0) == len(set(present))


class TestNumbers:
    TESTED = ("mean", "total", "sample_std", "quantiles", "standardized", "magnitude", "in_double")

    @settings(max_examples=100, deadline=None)
    @given(
        values=st.lists(NONE | TAME, min_size=1, max_size=15),
        levels=st.lists(st.floats(0.001, 0.999), min_size=1, max_size=3, unique=True),
    )
    def test_as_numpy(self, ask: Ask, values: list[float | None], levels: list[float]) -> None:
        present = np.array([value for value in values if value is not None])
        found = ask(
            "DOUBLE",
            values,
            {
                "mean": sql.mean("v"),
                "sum": sql.total("v"),
                "std": sql.sample_std("v"),
                "quantiles": sql.quantiles("v", levels),
                "far": sql.largest(sql.magnitude(sql.standardized("v", 0.5, 2.0))),
            },
        )
        if not present.size:
            assert set(found.values()) == {None}
            return
        scale = max(1.0, float(np.abs(present).max()))
        assert found["mean"] == pytest.approx(present.mean(), abs=1e-12 * scale)
        assert found["sum"] == pytest.approx(present.sum(), abs=1e-12 * scale * present.size)
        if present.size > 1:
            assert found["std"] == pytest.approx(present.std(ddof=1), rel=1e-7, abs=1e-7 * scale)
        else:
            assert found["std"] is None
        assert found["quantiles"] == pytest.approx(np.quantile(present, levels).tolist(), rel=1e-12, abs=1e-12 * scale)
        assert found["far"] == pytest.approx(np.abs((present - 0.5) / 2).max())

    @pytest.mark.parametrize("value", [2**53 + 1, 2**62 + 1, -(2**63)])
    def test_integers_beyond_the_double(self, ask: Ask, value: int) -> None:
        asked = {"double": sql.largest(sql.in_double("v")), "sum": sql.total("v"), "median": sql.quantiles("v", [0.5])}
        found = ask("BIGINT", [value], asked)
        assert (found["double"], found["sum"], found["median"]) == (float(value), value, [float(value)])


class TestConditions:
    TESTED = (
        "is_nan", "is_infinite", "is_finite", "is_whole", "full_match", "matches", "text_length", "without", "as_text",
        "whole_day", "microseconds", "all_of", "among", "digest",
    )  # fmt: skip

    @settings(max_examples=100, deadline=None)
    @given(values=st.lists(NONE | FLOATS, max_size=10))
    def test_of_numbers(self, ask: Ask, values: list[float | None]) -> None:
        present = np.array([value for value in values if value is not None], dtype=float)
        whole = sql.all_of([sql.is_finite("v"), sql.is_whole("v")])
        conditions = {"nan": sql.is_nan("v"), "inf": sql.is_infinite("v"), "finite": sql.is_finite("v"), "whole": whole}
        found = ask("DOUBLE", values, {name: sql.count_where(text) for name, text in conditions.items()})
        finite = present[np.isfinite(present)]
        assert found == {
            "nan": np.isnan(present).sum(),
            "inf": np.isinf(present).sum(),
            "finite": finite.size,
            "whole": (finite == np.trunc(finite)).sum(),
        }

    @settings(max_examples=100, deadline=None)
    @given(values=st.lists(NONE | TEXTS, max_size=10), taken=st.lists(TEXTS, min_size=1, max_size=3))
    def test_of_texts(self, ask: Ask, values: list[str | None], taken: list[str]) -> None:
        pattern = "^(it's|[a-z]+)"
        found = ask(
            "VARCHAR",
            values,
            {
                "found": sql.count_where(sql.matches("v", pattern)),
                "whole": sql.count_where(sql.full_match("v", pattern)),
                "characters": sql.total(sql.text_length("v")),
                "left": sql.count(sql.without("v", taken)),
                "among": sql.count_where(
                    sql.all_of(
                        ["v IS NOT NULL", sql.among(["v", "v"], [[sql.text_literal(text)] * 2 for text in taken])]
                    )
                ),
                "digests": sql.count_distinct(sql.digest("v"), where="v IS NOT NULL"),
            },
        )
        present = [value for value in values if value is not None]
        assert found["found"] == sum(re.search(pattern, value) is not None for value in present)
        assert found["whole"] == sum(re.fullmatch(pattern, value) is not None for value in present)
        assert (found["characters"] or 0) == sum(map(len, present))
        assert found["left"] == sum(value not in taken for value in present)
        assert found["among"] == sum(value in taken for value in present)
        assert found["digests"] == len(set(present))

    def test_of_moments(self, ask: Ask) -> None:
        moments = [dt.datetime(2020, 1, 1, 23, 59), None, dt.datetime(2020, 1, 2)]  # noqa: DTZ001  # columns have no zone
        asked = {
            "day": sql.smallest(sql.whole_day("v")),
            "text": sql.largest(sql.as_text("v")),
            "since 1970": sql.largest(sql.microseconds("v")),
        }
        expected = {"day": dt.date(2020, 1, 1), "text": "2020-01-02 00:00:00", "since 1970": 1_577_923_200_000_000}
        assert ask("TIMESTAMP", moments, asked) == expected

    def test_no_condition_holds_everywhere(self, ask: Ask) -> None:
        assert ask("BIGINT", [1, None], {"n": sql.count_where(sql.all_of([]))}) == {"n": 2}


class TestLiterals:
    TESTED = ("text_literal", "number_literal", "moment_literal")

    @settings(max_examples=100, deadline=None)
    @given(text=TEXTS, number=st.floats(allow_nan=False) | INTEGERS, moment=st.datetimes(), clock=st.times())
    def test_the_engine_reads_what_was_declared(
        self, ask: Ask, text: str, number: float, moment: dt.datetime, clock: dt.time
    ) -> None:
        asked = {
            "text": sql.smallest(sql.text_literal(text)),
            "number": sql.smallest(sql.number_literal(number)),
            "moment": sql.smallest(sql.moment_literal(moment.isoformat(), "datetime")[0]),
            "day": sql.smallest(sql.moment_literal(moment.date().isoformat(), "date")[0]),
            "clock": sql.smallest(sql.moment_literal(clock.isoformat(), "time")[0]),
        }
        found = ask("BIGINT", [1], asked)
        assert found == {
            "text": text, "number": number, "moment": moment, "day": moment.date(), "clock": clock,
        }  # fmt: skip

    def test_what_is_no_literal(self) -> None:
        for text in ("a\0b", "\ud800"):
            with pytest.raises(ValueError):  # noqa: PT011  # the words are the codec's
                sql.text_literal(text)
        with pytest.raises(ValueError, match="NaN"):
            sql.number_literal(math.nan)
        assert sql.number_literal(0.1, single=True) == "CAST('0.1' AS FLOAT)"


class TestQueries:
    TESTED = (
        "counts_of_counts", "groups_outside", "largest_groups", "places_of", "repeats", "repeats_of_long",
        "order_statistics", "in_rows",
    )  # fmt: skip

    @settings(max_examples=60, deadline=None)
    @given(column=columns())
    def test_groups(self, ask: Ask, column: tuple[str, list[Any]]) -> None:
        type_, values = column
        present = [(row, key(value)) for row, value in enumerate(values, start=1) if value is not None]
        counts = Counter(value for _, value in present)
        known = {value for row, value in present if row == min(r for r, other in present if other == value) and row % 2}
        first = {value: min(row for row, other in present if other == value) for value in counts}
        outside = sorted(row for value, row in first.items() if value not in known)
        found = ask(type_, values, {"counts": own.counts_of_counts("v")})["counts"] or []
        assert {item["n"]: item["times"] for item in found} == Counter(counts.values())
        # A condition on the value: it is among those of some rows.
        rows = own.in_rows([first[value] for value in known])
        member = f"v IN (SELECT v FROM source AS again WHERE {rows})"  # noqa: S608  # row numbers
        asked = {"groups": own.groups_outside("v", member), "tops": own.largest_groups("v", member)}
        answers = ask(type_, values, asked)
        groups, tops = answers["groups"], answers["tops"]
        assert groups["distinct"] == len(counts)
        assert groups["unknown"] == len(outside)
        assert (groups["rows"] or []) == outside[:10]
        assert tops["known"] == max((counts[value] for value in known), default=None)
        others = sorted(((counts[value], -first[value]) for value in counts if value not in known), reverse=True)
        assert [(item["n"], item["place"]) for item in tops["others"] or []] == others[:10]

    @settings(max_examples=60, deadline=None)
    @given(values=st.lists(NONE | TEXTS, max_size=10), asked=st.lists(TEXTS, min_size=1, max_size=5, unique=True))
    def test_places(self, ask: Ask, values: list[str | None], asked: list[str]) -> None:
        query = own.places_of("v", [("v", {place: sql.text_literal(text) for place, text in enumerate(asked)})])
        found = ask("VARCHAR", values, {"places": query})["places"]
        assert sorted(found) == [place for place, text in enumerate(asked) if text in values]

    @settings(max_examples=100, deadline=None)
    @given(column=columns())
    def test_repeats(self, ask: Ask, column: tuple[str, list[Any]]) -> None:
        type_, values = column
        present = [key(value) for value in values if value is not None]
        query = own.repeats_of_long("v") if type_ == "VARCHAR" else own.repeats("v")
        pairs = own.repeats_of_long("v", '"row" % 2')
        found = ask(type_, values, {"found": query, "pairs": pairs})
        assert found["found"] == {"repeats": len(present) - len(set(present)), "unordered": 0}
        distinct = {(key(value), row % 2) for row, value in enumerate(values, start=1) if value is not None}
        assert found["pairs"] == {"repeats": len(present) - len(distinct), "unordered": 0}

    @settings(max_examples=60, deadline=None)
    @given(values=st.lists(NONE | TAME, min_size=1, max_size=10), data=st.data())
    def test_order_statistics(self, ask: Ask, values: list[float | None], data: st.DataObject) -> None:
        ordered = sorted(value for value in values if value is not None)
        place = data.draw(st.integers(0, len(ordered)))
        found = ask("DOUBLE", values, {"found": own.order_statistics("v", place)})["found"]
        assert (found or []) == ordered[place : place + 2]


def test_every_function_is_tested() -> None:
    tested = {
        name
        for group in (TestCounts, TestIntegers, TestNumbers, TestConditions, TestLiterals, TestQueries)
        for name in group.TESTED
    }
    public = {
        name
        for module in (sql, own)
        for name, _ in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
    }
    assert public - TESTED_ELSEWHERE == tested
