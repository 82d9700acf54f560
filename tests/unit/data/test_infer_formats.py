"""Texts that are dates, amounts, codes or addresses get that as a rule, if all of them are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.data.infer_cases import csv_of, findings, proposed, rules

Save = Callable[..., Path]

DAYS = [(row % 28 + 1, row % 12 + 1, 1990 + row) for row in range(40)]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def quoted(values: list[str]) -> list[str]:
    return [f'"{value}"' for value in values]


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([f"{d:02}/{m:02}/{y}" for d, m, y in DAYS], "%d/%m/%Y"),
        ([f"{m:02}/{d:02}/{y}" for d, m, y in DAYS], "%m/%d/%Y"),
        ([f"{d}.{m}.{y}" for d, m, y in DAYS], "%-d.%-m.%Y"),
        ([f"{y}/{m:02}/{d:02}" for d, m, y in DAYS], "%Y/%m/%d"),
        ([f"{d:02}-{MONTHS[m - 1]}-{y}" for d, m, y in DAYS], "%d-%b-%Y"),
        ([f"{MONTHS[m - 1]} {d:02}, {y}" for d, m, y in DAYS], "%b %d, %Y"),
        ([f"{d:02}/{m:02}/{y} 10:{d:02}" for d, m, y in DAYS], "%d/%m/%Y %H:%M"),
        ([f"{d:02}.{m:02}.{y % 100:02}" for d, m, y in DAYS], "%d.%m.%y"),
    ],
)
def test_dates_that_are_not_iso(save: Save, values: list[str], form: str) -> None:
    path = save(csv_of(when=quoted(values), pad=["."] * 40))
    text, schema = proposed(path)
    assert rules(schema.columns["when"]) == {"type": "string", "not_null": True, "datetime_format": form}
    assert f"# dates like {form}, so text\n" in text
    assert findings(path, schema) == []
    mixed = save(csv_of(when=[*quoted(values)[:-1], "2024-12-31"], pad=["."] * 40), "mixed.csv")
    assert [finding.split(": ")[0] for finding in findings(mixed, schema)] == ["data/t/when/datetime_format"]
    assert f"# all but 1 value are dates like {form}: text as long as the others stand here\n" in proposed(mixed)[0]


def test_iso_dates_in_a_text_column_of_parquet(save: Save) -> None:
    path = save({"when": [f"{y}-{m:02}-{d:02}" for d, m, y in DAYS]})
    _, schema = proposed(path)
    assert rules(schema.columns["when"])["datetime_format"] == "%Y-%m-%d"
    assert findings(path, schema) == []


def test_day_or_month_first_is_not_guessed(save: Save) -> None:
    path = save(csv_of(when=[f"{row % 12 + 1:02}/{row % 11 + 1:02}/{1990 + row}" for row in range(40)], pad=["."] * 40))
    text, schema = proposed(path)
    assert "dates that can be read as %d/%m/%Y and %m/%d/%Y, so text: say which with datetime_format" in text
    assert rules(schema.columns["when"])["fullmatch"] == "[0-9]{2}/[0-9]{2}/[0-9]{4}"
    assert findings(path, schema) == []


@pytest.mark.parametrize(
    ("values", "what", "wrong"),
    [
        ([f"{row % 37} %" for row in range(40)], "percentages", "12"),
        ([f"{row / 4}%" for row in range(40)], "percentages", "12"),
        ([f'"${row},999.50"' for row in range(1, 41)], "amounts in $", "12"),
        ([f"{row}.50 EUR" for row in range(40)], "amounts in EUR", "12"),
        ([f'"{row},999"' for row in range(1, 41)], "numbers with commas between thousands", "x"),
        ([f"0{row:04}" for row in range(40)], "codes with leading zeros", "12"),
        ([f"{row:08x}-0000-0000-0000-{row:012x}" for row in range(40)], "UUIDs", "12"),
        ([f"p{row}@example.org" for row in range(40)], "e-mail addresses", "p1.example.org"),
    ],
)
def test_other_formats(save: Save, values: list[str], what: str, wrong: str) -> None:
    path = save(csv_of(pad=["."] * 40, x=values))
    text, schema = proposed(path)
    assert f"# {what}" in text
    assert "fullmatch" in rules(schema.columns["x"])
    assert findings(path, schema) == []
    other = save(csv_of(pad=["."] * 40, x=[wrong, *values[1:]]), "other.csv")
    assert "data/t/x/fullmatch" in [finding.split(": ")[0] for finding in findings(other, schema)]


def test_a_few_values_make_no_rule(save: Save) -> None:
    text, schema = proposed(save(csv_of(x=["5 %", "6 %", "7 %"], y=["."] * 3)))
    assert rules(schema.columns["x"]) == {"type": "string", "not_null": True}
    assert "# percentages, so text" in text


def test_codes_of_several_lengths(save: Save) -> None:
    text, schema = proposed(save(csv_of(y=["."] * 40, x=[f"0{row}" for row in range(40)])))
    assert rules(schema.columns["x"]) == {"type": "string", "not_null": True}
    assert "# codes with leading zeros, so text\n" in text


def test_words_among_numbers_are_remarked(save: Save) -> None:
    text, schema = proposed(save(csv_of(y=["."] * 40, x=[*range(39), "many"])))
    assert schema.columns["x"].type == "string"
    assert "# all but 1 value could be read as integer\n" in text


def test_a_closed_set_needs_no_format(save: Save) -> None:
    _, schema = proposed(save(csv_of(x=["5 %", "6 %"] * 20, y=["."] * 40)))
    assert set(rules(schema.columns["x"])) == {"type", "not_null", "in_set"}


def test_free_text_has_no_format(save: Save) -> None:
    text, schema = proposed(save(csv_of(y=["."] * 40, x=[f"note {row}" for row in range(40)])))
    assert rules(schema.columns["x"]) == {"type": "string", "not_null": True}
    assert "so text" not in text
