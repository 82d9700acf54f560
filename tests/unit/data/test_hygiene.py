"""What is said of a table without a schema."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mlgate.config.schema import Read
from mlgate.outcome import Outcome, Status, judge

Hygiene = Callable[..., Mapping[str, Outcome]]


def text(*values: object) -> str:
    return "n,x\n" + "".join(f"{place},{value}\n" for place, value in enumerate(values))


def test_clean_table_says_what_was_looked_at(hygiene: Hygiene) -> None:
    found = hygiene("a,b\n1,x\n2,y\n")
    assert {name: outcome.status for name, outcome in found.items()} == dict.fromkeys(
        (
            *("row_count", "unparseable_rows", "duplicate_header", "header_names", "repeated_header"),
            *("mixed_types", "sentinels", "mixed_formats", "not_finite", "duplicate_rows", "pii"),
        ),
        Status.PASS,
    )
    assert found["mixed_types"].message == "2 columns looked at, none of mixed types"


def test_no_rows_is_an_error(hygiene: Hygiene) -> None:
    assert hygiene("a,b\n")["row_count"].status is Status.ERROR


def test_unparseable_rows_and_repeated_header_fail(hygiene: Hygiene) -> None:
    found = hygiene("a,a\n1,2\n3\n")
    assert found["unparseable_rows"].status is Status.FAIL
    assert found["duplicate_header"].status is Status.FAIL


class TestMixedTypes:
    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            (["1", "2.5", "3", "abc"], "number"),
            ([*range(100), "x", "y", "z"], "number"),
            (["2020-01-01", "2020-01-02", "2020-02-30", "2020-01-04"], "datetime"),
            (["true", "false", "true", "maybe"], "boolean"),
            (["1", "2", "3", "NA", "12 kg"], "number"),
        ],
    )
    def test_odd_values_fail_with_their_rows(self, hygiene: Hygiene, values: list[Any], kind: str) -> None:
        found = hygiene(text(*values))
        outcome = found["x/mixed_types"]
        assert outcome.status is Status.FAIL
        assert outcome.expected == f"type {kind}"
        assert len(outcome.evidence["rows"]) == outcome.evidence["failing"]
        assert "mixed_types" not in found

    @pytest.mark.parametrize(
        "values",
        [
            ["1", "2", "abc"],  # too few to be a type
            ["250", "401", "428", "V57"],  # codes
            ["12", "34", "007", "x"],
            ["great", "good", "7"],
            ["1", "2", "", "N/A", "3"],  # missing is no mixture
            [*range(20), *(f"word {n}" for n in range(21))],
            [0, 1, 1, 0, 1, 1, 0, 2, 3, 5],  # zeros and ones among counts
            ["0", "1", "1", "2"],
            ["1.5", "2", "nan", "inf", "3"],
        ],
    )
    def test_text_codes_and_missing_values_are_no_mixture(self, hygiene: Hygiene, values: list[Any]) -> None:
        assert hygiene(text(*values))["mixed_types"].status is Status.PASS

    @pytest.mark.parametrize(
        "values",
        [
            [*range(1000), "O12", "abc", "#REF!"],
            [*range(1000), "O12"],
            [*range(1000), "O12", "O13", "O14", *"abcd"],
            [*range(40), "007", "b"],
        ],
    )
    def test_a_few_values_like_codes_make_no_column_of_codes(self, hygiene: Hygiene, values: list[Any]) -> None:
        assert hygiene(text(*values))["x/mixed_types"].status is Status.FAIL

    def test_a_column_of_codes_is_named_as_not_judged(self, hygiene: Hygiene) -> None:
        outcome = hygiene(text(*range(400), "V57", "E12", "V58"))["mixed_types"]
        assert outcome.status is Status.PASS
        assert outcome.message == "2 columns looked at, none of mixed types; not judged: x (x: 3 values like codes)"

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ([*range(13), "x", "y"], "13 of 15 values are numbers, the others are not"),
            ([*range(5), *"abcde"], "5 of 10 values are numbers, the others are not"),
            (["2020-01-01", "2020-01-02", "2020-01-03", "x", "y"], "3 of 5 values are datetimes, the others are not"),
            (["true", "false", "0", "x", "y"], "3 of 5 values are booleans, the others are not"),
        ],
    )
    def test_most_of_one_type_warns(self, hygiene: Hygiene, values: list[Any], message: str) -> None:
        outcome = hygiene(text(*values))["x/mixed_types"]
        assert (outcome.status, outcome.message) == (Status.WARN, message)
        assert outcome.evidence["failing"] == len(outcome.evidence["rows"])

    def test_parquet_has_types(self, hygiene: Hygiene) -> None:
        found = hygiene({"x": ["1", "2", "3", "abc"], "y": [1, 2, 3, 4]})
        assert found["mixed_types"].message == "2 columns looked at, none of mixed types"


class TestSentinels:
    @pytest.mark.parametrize(
        ("values", "example", "count"),
        [
            (["a", "N/A", "b", "n/a"], "N/A", 2),
            (["1", "?", "3"], "?", 1),
            (["1", "-999", "3"], "-999", 1),
            (["0.5", "-999.0", "-1"], "-999", 1),
            (["a", " null "], " null ", 1),
        ],
        ids=itertools.count(),
    )
    def test_words_and_numbers_for_missing_warn(
        self, hygiene: Hygiene, values: list[str], example: str, count: int
    ) -> None:
        outcome = hygiene(text(*values))["x/sentinels"]
        assert (outcome.status, outcome.observed) == (Status.WARN, count)
        assert outcome.message.endswith(f"e.g. {example}")

    @pytest.mark.parametrize("values", [["-999", "-998", "-1000"], ["1", "-99"], ["na-me", "nullable"], ["-999"]])
    def test_ordinary_values_do_not(self, hygiene: Hygiene, values: list[str]) -> None:
        assert hygiene(text(*values))["sentinels"].status is Status.PASS

    def test_typed_columns(self, hygiene: Hygiene) -> None:
        found = hygiene({"i": [1, -9999], "f": [0.5, -999.0], "s": ["?", "x"], "b": [True, False], "e": ["-999", "1"]})
        assert {name for name, outcome in found.items() if outcome.status is Status.WARN} == {
            "i/sentinels",
            "f/sentinels",
            "s/sentinels",
        }

    def test_both_kinds_are_told(self, hygiene: Hygiene) -> None:
        message = hygiene(text("1", "-999", "?", "4"))["x/sentinels"].message
        assert "e.g. ?" in message
        assert "e.g. -999" in message

    def test_declared_null_tokens_are_no_findings(self, hygiene: Hygiene) -> None:
        assert hygiene(text("1", "?", "2"), read=Read(null=("?",)))["sentinels"].status is Status.PASS


class TestDuplicateRows:
    def test_rows_that_stand_twice_warn(self, hygiene: Hygiene) -> None:
        outcome = hygiene("a,b\n1,x\n2,y\n1,x\n1,x\n,\n,\n")["duplicate_rows"]
        assert (outcome.status, outcome.observed) == (Status.WARN, 3)
        assert outcome.message == "3 of 6 rows repeat an earlier one in every column"

    def test_single_column_is_not_judged(self, hygiene: Hygiene) -> None:
        assert hygiene("a\n1\n1\n")["duplicate_rows"].status is Status.SKIP

    def test_nested_values(self, hygiene: Hygiene) -> None:
        found = hygiene({"a": [[1], [1], [2]], "b": [{"x": 1}, {"x": 1}, {"x": 1}]})
        assert found["duplicate_rows"].observed == 1


def test_privacy(hygiene: Hygiene) -> None:
    content = text("1", "2", "3", "secret")
    assert hygiene(content, privacy="full")["x/mixed_types"].evidence["rows"][0]["value"] == "secret"
    assert "secret" not in repr(hygiene(content))
    assert "rows" not in hygiene(content, privacy="none")["x/mixed_types"].evidence


def test_broken_file_is_an_error(hygiene: Hygiene, save: Any) -> None:
    from mlgate.data import check_hygiene
    from mlgate.sources.tables import open_table

    path = save({"x": [f"{n:09}" for n in range(3000)], "y": list(range(3000))})
    raw = bytearray(path.read_bytes())
    raw[4:400] = b"\xff" * 396
    path.write_bytes(raw)
    with open_table([path], shown="t.parquet") as table:
        assert judge(check_hygiene(table, dataset="t")) is Status.ERROR


def test_a_broken_column_of_numbers_is_an_error(hygiene: Hygiene, save: Any) -> None:
    from mlgate.data import check_hygiene
    from mlgate.sources.tables import open_table

    path = save({"at": [1_700_000_000 + 7919 * n for n in range(3000)], "y": list(range(3000))})
    raw = bytearray(path.read_bytes())
    raw[4:400] = b"\xff" * 396
    path.write_bytes(raw)
    with open_table([path], shown="t.parquet") as table:
        found = {one.id: one for one in check_hygiene(table, dataset="t")}
    assert found["data/t/at/mixed_formats"].status is Status.ERROR
    assert "could not be computed" in found["data/t/at/mixed_formats"].message


def test_large_tables_are_judged_on_all_their_rows(hygiene: Hygiene) -> None:
    values: list[object] = [*range(30_000)]
    values[17] = "odd"
    found = hygiene(text(*values))
    assert [row["row"] for row in found["x/mixed_types"].evidence["rows"]] == [18]
    values[17] = -999
    assert hygiene(text(*values))["x/sentinels"].observed == 1
    assert hygiene(text(*(f"word {n}" for n in range(30_000))))["mixed_types"].status is Status.PASS
