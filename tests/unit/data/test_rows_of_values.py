"""What personal data are looked for with: rows of values, one in many values, bytes, and digits as text."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from mlgate.data import aggregates as sql


def one(expression: str) -> Any:
    ((found,),) = rows(f"SELECT {expression}")
    return found


def rows(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def test_each_value_of_a_row_is_a_row() -> None:
    query = f"SELECT {sql.row_of_each(['a', 'b'])} FROM (VALUES (1, 2), (3, NULL)) AS known(a, b)"  # noqa: S608  # names of ours
    assert [row[0] for row in rows(query)] == [1, 2, 3, None]


def test_one_in_many_values_is_chosen_with_all_that_equal_it() -> None:
    values = "SELECT CAST(n % 5000 AS VARCHAR) AS v FROM range(10000) AS known(n)"
    found = rows(f"SELECT v, count(*) FROM ({values}) AS all_of WHERE {sql.every_nth('v', 10)} GROUP BY v")  # noqa: S608  # names of ours
    assert 350 < len(found) < 650
    assert {count for _, count in found} == {2}


def test_the_first_condition_that_holds_decides() -> None:
    assert one(sql.first_true(["false", "NULL", "true"])) is True
    assert one(sql.first_true(["false", "NULL"])) is False
    assert one(sql.first_true(["true", "error('asked')"])) is True


def test_the_bit_of_the_first_that_holds() -> None:
    assert one(sql.bit_of_first(["false", "NULL", "true", "error('asked')"])) == 4
    assert one(sql.bit_of_first(["true"])) == 1
    assert one(sql.bit_of_first(["false", "NULL"])) is None


def test_bits_and_conditions_of_all_rows() -> None:
    values = "(SELECT unnest([1, 4, NULL, 4]::INTEGER[]) AS v)"
    assert rows(f"SELECT {sql.bits('v')}, {sql.ever('v = 4')}, {sql.ever('v = 2')} FROM {values}") == [(5, True, False)]  # noqa: S608  # made by aggregates
    assert rows(f"SELECT {sql.bits('v')}, {sql.ever('v = 4')} FROM {values} WHERE v IS NULL") == [(None, None)]  # noqa: S608  # made by aggregates


def test_of_chosen_values_the_distinct_ones_are_counted_right() -> None:
    values = "(SELECT 'value ' || i AS v FROM range(100_000) AS r(i))"
    ((exact, about),) = rows(
        f"SELECT count(DISTINCT v), {sql.about_distinct('v')} FROM {values} WHERE {sql.every_nth('v', 10)}"  # noqa: S608  # made by aggregates
    )
    assert about == pytest.approx(exact, rel=0.15)


def test_bytes_are_counted_not_characters() -> None:
    assert one(sql.byte_length("'aä€'")) == 6


@pytest.mark.parametrize(
    ("number", "text"),
    [("10", "10"), ("99.0::DOUBLE", "99"), ("100", None), ("9", None), ("10.5::DOUBLE", None), ("'nan'::DOUBLE", None)],
)
def test_digits_of_whole_numbers_in_a_range(number: str, text: str | None) -> None:
    assert one(sql.whole_as_text(number, 10, 100)) == text


def test_bytes_that_are_mostly_text_are_text() -> None:
    assert one(sql.printable("'plain'::BLOB")) == "plain"
    assert one(sql.printable(r"'\x00\x01\x02a'::BLOB")) is None
