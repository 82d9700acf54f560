"""Rows, header, keys, environments: the table as a whole."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pytest

from mlgate.config.schema import Bound, Read
from mlgate.data import check_table
from mlgate.data.table_checks import MAX_COMPARED, nearest_names
from mlgate.outcome import Outcome, Status, judge
from mlgate.sources.tables import open_table

Check = Callable[..., Mapping[str, Outcome]]


class TestRows:
    @pytest.mark.parametrize(
        ("argument", "status"),
        [([1, 3], Status.PASS), ([2, 2], Status.PASS), ([3, None], Status.FAIL), (Bound(strict_max=2), Status.FAIL)],
    )
    def test_row_count(self, check: Check, column: Any, rule: Any, schema: Any, argument: Any, status: Status) -> None:
        outcome = check("x,y\n1,2\n3,4\n", schema(column("x"), rules=(rule("row_count", argument),)))["row_count"]
        assert (outcome.status, outcome.observed) == (status, 2)

    def test_no_rows_is_an_error_whatever_the_rule(self, check: Check, column: Any, rule: Any, schema: Any) -> None:
        for rules in ((), (rule("row_count", [5, None]),), (rule("row_count", [None, 9]),)):
            found = check("x,y\n", schema(column("x", "integer", rule("between", [0, 1])), rules=rules))
            assert found["row_count"].status is Status.ERROR
            assert {found[name].status for name in ("x/type", "x/between")} == {Status.SKIP}
            assert found["x/column_exists"].status is Status.PASS

    def test_no_rows_is_fine_if_declared_but_a_statistic_of_nothing_is_not(
        self, check: Check, column: Any, rule: Any, schema: Any
    ) -> None:
        rules = [rule("between", [0, 1]), rule("not_null", True), rule("null_fraction", [0, 0.5]), rule("mean", [0, 1])]
        declared = schema(column("x", "integer", *rules), rules=(rule("row_count", Bound(min=0)),))
        contents: tuple[Any, ...] = ("x,y\n", {"x": []})
        for content in contents:
            found = check(content, declared)
            assert found["row_count"].status is Status.PASS
            for name in ("type", "between", "not_null", "null_fraction"):
                assert found[f"x/{name}"].status is Status.PASS
                assert "0 values judged" in found[f"x/{name}"].message
            assert found["x/mean"].status is Status.ERROR

    def test_rows_that_cannot_be_parsed_fail_and_are_not_counted(self, check: Check, column: Any, schema: Any) -> None:
        found = check("x,y\n1,2\n3\n4,5\n", schema(column("x", "integer")))
        outcome = found["unparseable_rows"]
        assert outcome.status is Status.FAIL
        assert outcome.message == "1 row cannot be parsed, the first in line 3: 1 field where the header has 2"
        assert outcome.evidence["lines"] == [{"line": 3, "message": "1 field where the header has 2"}]
        assert outcome.location is not None
        assert outcome.location.path == "t.csv"
        assert found["row_count"].observed == 2

    def test_row_numbers_count_unparseable_rows(self, check: Check, column: Any, schema: Any) -> None:
        found = check("x,y\n1\nabc,2\n", schema(column("x", "integer")))
        assert [row["row"] for row in found["x/type"].evidence["rows"]] == [2]

    def test_all_rows_read_is_said_with_what_was_assumed(self, check: Check, column: Any, schema: Any) -> None:
        found = check("x;y\n1;2\n", schema(column("x"), read=Read()))
        assert found["unparseable_rows"].message == '1 row read, none left out (delimiter ";" was found by looking)'
        assert "unparseable_rows" not in check({"x": [1]}, schema(column("x")))

    def test_no_row_of_a_private_table_is_shown(self, check: Check, column: Any, schema: Any) -> None:
        found = check("x,y\n1\n", schema(column("x")), privacy="none")
        assert "lines" not in found["unparseable_rows"].evidence


class TestHeader:
    def test_absent_column_fails_and_its_checks_are_skipped(
        self, check: Check, column: Any, rule: Any, schema: Any
    ) -> None:
        declared = schema(column("age", "integer", rule("between", [0, 1])), rules=(rule("unique", ("age", "x")),))
        found = check("Age,x\n1,2\n", declared)
        assert found["age/column_exists"].status is Status.FAIL
        assert "'Age'" in found["age/column_exists"].hint
        for name in ("age/type", "age/between", "unique"):
            assert found[name].status is Status.SKIP
            assert found[name].message.startswith("column absent")

    def test_a_misspelt_name_is_told(self, check: Check, column: Any, schema: Any) -> None:
        names = {"visit_date": "VisitDate", "patient": "pateint", "\u00e4": "\u00c4", "weight": "sex"}
        found = check(",".join(names.values()) + "\n1,2,3,4\n", schema(*map(column, names)))
        for name, there in list(names.items())[:3]:
            assert found[f"{quote(name)}/column_exists"].hint.startswith(f"the file has a column {there!r}, or take")
        assert found["weight/column_exists"].hint.startswith("add the column, or take")

    def test_letters_are_compared_of_so_many_names_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compared: list[int] = []
        close = difflib.get_close_matches

        def counted(word: str, names: Sequence[str], **options: Any) -> list[str]:
            compared.append(len(names))
            return close(word, names, **options)

        monkeypatch.setattr(difflib, "get_close_matches", counted)
        present = [f"column_{number}" for number in range(1500)]
        absent = [f"Column{number}" for number in range(500)] + [f"colunm_{number}" for number in range(1000)]
        found = nearest_names(absent, present)
        assert [found[name] for name in absent[:500]] == present[:500]
        assert sum(compared) <= MAX_COMPARED
        assert nearest_names(absent[500:], present)["colunm_7"] == "column_7"

    @pytest.mark.parametrize(
        ("policy", "status"), [("fail", Status.FAIL), ("warn", Status.WARN), ("ignore", Status.SKIP)]
    )
    def test_extra_columns(self, check: Check, column: Any, schema: Any, policy: str, status: Status) -> None:
        outcome = check("x,extra\n1,2\n", schema(column("x"), extra=policy))["extra_columns"]
        assert outcome.status is status
        if policy != "ignore":
            assert (outcome.observed, outcome.message) == (["extra"], "1 column not declared: extra")
            assert check("x\n1\n", schema(column("x"), extra=policy))["extra_columns"].status is Status.PASS

    def test_repeated_name_fails(self, check: Check, column: Any, schema: Any) -> None:
        outcome = check("x,x\n1,2\n", schema(column("x")))["duplicate_header"]
        assert (outcome.status, outcome.observed) == (Status.FAIL, ["x"])
        assert "duplicate_header" not in check("x,y\n1,2\n", schema(column("x")))

    def test_columns_that_differ_in_case_only(self, check: Check, column: Any, rule: Any, schema: Any) -> None:
        declared = schema(
            column("a", "integer", rule("between", [0, 1])), column("A", "integer", rule("between", [5, 9]))
        )
        found = check("a,A\n1,7\n", declared)
        assert judge(found.values()) is Status.PASS

    @pytest.mark.parametrize(
        ("environment", "status"), [("serving", Status.SKIP), ("training", Status.FAIL), (None, Status.FAIL)]
    )
    def test_column_of_another_environment(
        self, check: Check, column: Any, rule: Any, schema: Any, environment: str | None, status: Status
    ) -> None:
        declared = schema(
            column("x"), column("label", "boolean", rule("not_null", True), environments=("training",)), extra="fail"
        )
        found = check("x\n1\n", declared, environment=environment)
        assert found["label/column_exists"].status is status
        assert found["label/not_null"].status is Status.SKIP
        there = check("x,label\n1,maybe\n", declared, environment=environment)
        assert there["extra_columns"].status is (Status.FAIL if environment == "serving" else Status.PASS)
        assert there["label/type"].status is (Status.SKIP if environment == "serving" else Status.FAIL)
        if environment == "serving":
            assert found["label/not_null"].message == ("not expected in environment serving (declared for training)")

    @pytest.mark.parametrize(
        ("policy", "status"), [("fail", Status.FAIL), ("warn", Status.WARN), ("ignore", Status.SKIP)]
    )
    def test_present_column_of_another_environment_is_extra(
        self, check: Check, column: Any, schema: Any, policy: str, status: Status
    ) -> None:
        declared = schema(column("x"), column("label", "boolean", environments=("training",)), extra=policy)
        alone = check("x,label\n1,true\n", declared, environment="serving")["extra_columns"]
        both = check("x,label,other\n1,true,2\n", declared, environment="serving")["extra_columns"]
        assert (alone.status, both.status) == (status, status)
        if policy == "ignore":
            assert "(1 here)" in alone.message
            assert "(2 here)" in both.message
            return
        unexpected = "1 column not expected in environment serving: label"
        assert (alone.message, alone.observed) == (unexpected, ["label"])
        assert (both.message, both.observed) == (f"1 column not declared: other; {unexpected}", ["other", "label"])
        assert "`environments`" in alone.hint
        assert check("x\n1\n", declared, environment="serving")["extra_columns"].status is Status.PASS
        assert check("x,label\n1,true\n", declared, environment="training")["extra_columns"].status is Status.PASS


class TestCompositeKey:
    def test_no_combination_twice(self, check: Check, column: Any, rule: Any, schema: Any) -> None:
        key = rule("unique", ("a", "b"), name="unique:a+b")
        declared = schema(column("a", "integer"), column("b", "string"), rules=(key,))
        good = check("a,b\n1,x\n1,y\n,x\n,x\n", declared)["unique%3Aa%2Bb"]
        assert good.status is Status.PASS
        assert good.evidence == {"judged": 2, "failing": 0, "null": 2}
        bad = check("a,b\n1,x\n2,y\n01,x\n,y\n1,x\n", declared, privacy="full")["unique%3Aa%2Bb"]
        assert bad.status is Status.FAIL
        assert bad.message == "2 of 4 rows are equal to an earlier one in a, b; beside them 1 null"
        assert [row["row"] for row in bad.evidence["rows"]] == [1, 3, 5]
        assert bad.evidence["rows"][0]["value"] == "1, x"

    def test_stored_values_are_told_apart_as_finely_as_they_are_stored(
        self, check: Check, column: Any, rule: Any, schema: Any
    ) -> None:
        import pyarrow as pa

        declared = schema(column("a", "datetime"), column("b", "time"), rules=(rule("unique", ("a", "b")),))
        moments, clock = pa.array([1, 2, 2, None], pa.timestamp("ns")), pa.array([7, 7, 8, 8], pa.time64("ns"))
        good = check({"a": moments, "b": clock}, declared)["unique"]
        assert good.status is Status.PASS
        assert good.evidence == {"judged": 3, "failing": 0, "null": 1}
        same = pa.array([7, 7, 7, 8], pa.time64("ns"))
        bad = check({"a": moments, "b": same}, declared, privacy="full")["unique"]
        assert (bad.status, bad.evidence["failing"]) == (Status.FAIL, 1)
        assert [row["row"] for row in bad.evidence["rows"]] == [2, 3]
        assert bad.evidence["rows"][0]["value"].endswith("00:00:00.000000007")

    def test_key_of_nulls_only_is_an_error(self, check: Check, column: Any, rule: Any, schema: Any) -> None:
        declared = schema(column("a", "string"), rules=(rule("unique", ("a", "b")),))
        assert check("a,b\n,x\n,y\n", declared)["unique"].status is Status.ERROR

    def test_unknown_table_rule_is_an_error(self, check: Check, column: Any, rule: Any, schema: Any) -> None:
        assert check("a,b\n1,2\n", schema(column("a"), rules=(rule("magic", 1),)))["magic"].status is Status.ERROR


class TestEngine:
    def test_whole_schema_is_one_query_when_nothing_fails(self, save: Any, column: Any, rule: Any, schema: Any) -> None:
        names = ["mean", "std", "median", "sum"]
        columns = [
            column(
                name, "number", rule("unique", True), rule("between", [0, 9]), *(rule(each, [0, 99]) for each in names)
            )
            for name in ("a", "b", "c")
        ]
        asked: list[str] = []
        with open_table([save("a,b,c\n1,2,3\n4,5,6\n")], shown="t.csv") as table:

            class Counting:
                def __getattr__(self, name: str) -> Any:
                    return self if name == "connection" else getattr(table, name)

                def execute(self, query: str) -> Any:
                    asked.append(query)
                    return table.connection.execute(query)

            found = check_table(Counting(), schema(*columns), dataset="t")
        assert judge(found) is Status.PASS
        assert len(asked) == 1

    def test_broken_file_is_an_error_for_every_check(self, save: Any, column: Any, rule: Any, schema: Any) -> None:
        path = save({"x": [f"{n:09}" for n in range(3000)], "y": list(range(3000))})
        raw = bytearray(path.read_bytes())
        raw[4:400] = b"\xff" * 396
        path.write_bytes(raw)
        declared = schema(column("x", "string", rule("unique", True)), column("y", "integer"))
        with open_table([path], shown="t.parquet") as table:
            found = {outcome.id: outcome for outcome in check_table(table, declared, dataset="t")}
        assert found["data/t/x/unique"].status is Status.ERROR
        assert found["data/t/x/unique"].message.startswith("could not be computed")
        assert judge(found.values()) is Status.ERROR

    def test_ids_are_percent_encoded(self, check: Check, column: Any, rule: Any, schema: Any) -> None:
        found = check("a/b |c,y\n1,2\n", schema(column("a/b |c", "integer")))
        assert "a%2Fb%20%7Cc/type" in found
