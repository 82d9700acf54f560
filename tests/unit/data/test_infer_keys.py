"""Keys are claimed where more speaks for them than that nothing repeats by chance."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.data.infer_cases import csv_of, findings, proposed, rules

Save = Callable[..., Path]


def keys(path: Path) -> tuple[list[str], list[tuple[str, ...]]]:
    """Columns that are unique alone, and those that are together."""
    _, schema = proposed(path)
    assert findings(path, schema) == []
    together = [rule.columns for rule in schema.rules if rule.check == "unique"]
    return [name for name, column in schema.columns.items() if "unique" in rules(column)], together


def days(count: int, step: int = 1, first: dt.date = dt.date(2020, 1, 1)) -> list[str]:
    return [(first + dt.timedelta(days=step * place)).isoformat() for place in range(count)]


FIRST = [row**3 * 7919 % 1_000_003 for row in range(3, 43)]
"""Numbers that differ, too far apart to be a key."""


@pytest.mark.parametrize(
    ("name", "values", "is_key"),
    [
        ("patient_id", FIRST, True),
        ("PatientID", FIRST, True),
        ("uuid", FIRST, True),
        ("id_patient", FIRST, True),
        ("paid", FIRST, False),
        ("amount", FIRST, False),
        ("x_id", [row / 7 for row in range(40)], False),  # no number names a row
        ("patient_id", [*FIRST[:-1], FIRST[0]], False),
        ("country_code", [f"{chr(65 + row % 26)}{chr(65 + row // 26)}X" for row in range(40)], True),
        ("amount", [f"{row:08x}-{row:04x}" for row in range(40)], True),  # one length
        ("amount", [f"note {row}" for row in range(40)], False),
        ("row", list(range(1, 41)), True),
        ("row", [f"{row}.0" for row in range(1, 41)], True),
        ("row", [100 * row for row in range(1, 41)], True),  # in steps of 100
        ("row", list(range(1, 11)), False),  # 10 rows prove little
        ("day", days(40), True),
        ("day", days(40, step=7), True),
        ("month", [f"{2000 + row // 12}-{row % 12 + 1:02}-01" for row in range(40)], True),
        ("moment", [f"{day}T10:00:00" for day in days(40)], True),
        ("day", [days(3000)[7919 * row % 2999] for row in range(40)], False),
        ("spent", [f"2020-01-{row % 28 + 1:02}" for row in range(40)], False),
    ],
)
def test_single_columns(save: Save, name: str, values: list[Any], is_key: bool) -> None:
    path = save(csv_of(pad=["."] * len(values), **{name: values}))
    assert keys(path)[0] == [name] * is_key


def test_row_labels_stand_first(save: Save) -> None:
    labels = [f"state {row}" for row in range(40)]
    assert keys(save(csv_of(state=labels, x=["."] * 40)))[0] == ["state"]
    assert keys(save(csv_of(x=["."] * 40, state=labels)))[0] == []
    assert keys(save(csv_of(comment=labels, x=["."] * 40)))[0] == []
    assert keys(save(csv_of(state=[f"{label} {'long ' * 10}" for label in labels], x=["."] * 40)))[0] == []


@pytest.mark.parametrize("form", ["{d:02}/{m:02}/2024", "{d},{m:02} %"])
def test_what_is_known_to_be_a_date_or_an_amount_is_no_key(save: Save, form: str) -> None:
    values = [f'"{form.format(d=row % 28 + 1, m=row // 28 + 1)}"' for row in range(40)]
    assert keys(save(csv_of(pad=["."] * 40, x=values)))[0] == []


def test_the_reason_is_said(save: Save) -> None:
    text, _ = proposed(save(csv_of(pad=["."] * 40, row=list(range(40)))))
    assert "  # key: no value stands twice, where chance would have repeated 20\n  row: {type: integer" in text


def panel(firms: int, years: int, **more: list[Any]) -> dict[str, list[Any]]:
    rows = [(f"f{firm}", 1990 + year) for firm in range(firms) for year in range(years)]
    return {"firm": [firm for firm, _ in rows], "year": [year for _, year in rows], **more}


def test_entity_and_time_name_a_row_together(save: Save) -> None:
    path = save(csv_of(**panel(10, 12, x=[row % 9 / 4 for row in range(120)])))
    assert keys(path) == ([], [("firm", "year")])
    text, schema = proposed(path)
    assert "    # no combination stands twice, where chance would have repeated 50\n    - [firm, year]" in text
    twice = save(csv_of(**panel(10, 12, x=[1] * 120)).rstrip().rpartition("\n")[0] + "\nf0,1990,1\n", "twice.csv")
    assert [finding.split(": ")[0] for finding in findings(twice, schema)] == ["data/t/unique%3Afirm%2Byear"]


def test_a_full_grid_needs_no_time(save: Save) -> None:
    person = [row // 4 for row in range(160)]
    assert keys(save(csv_of(person=person, mode=[row % 4 for row in range(160)]))) == ([], [("person", "mode")])


def test_half_a_grid_without_time_is_no_key(save: Save) -> None:
    rows = sorted(random.Random(3).sample(range(160), 80))
    path = save(csv_of(person=[row // 4 for row in rows], mode=[row % 4 for row in rows]))
    assert keys(path) == ([], [])


def test_no_pair_is_claimed_beside_a_key(save: Save) -> None:
    assert keys(save(csv_of(**panel(10, 12, row_id=list(range(120)))))) == (["row_id"], [])


def test_a_column_that_hardly_repeats_makes_no_pair(save: Save) -> None:
    """With one that differs in all but two rows nearly every other is a pair without a repeated combination."""
    values = [row**3 * 7919 % 1_000_003 for row in range(3, 123)]
    values[-1] = values[0]
    path = save(csv_of(x=values, year=[2000 + row % 2 for row in range(120)]))
    assert keys(path) == ([], [])


def test_numbers_drawn_at_random_are_no_key(tmp_path: Path) -> None:
    """Of 8 tables of 25 numbers from 1 to 300, in which often none stands twice, none gets a key."""
    without_repeats = 0
    for seed in range(8):
        values = random.Random(seed).choices(range(1, 301), k=25)
        without_repeats += len(set(values)) == 25
        path = tmp_path / f"{seed}.csv"
        path.write_text(csv_of(pad=["."] * 25, x=values), encoding="utf-8")
        assert keys(path) == ([], [])
    assert without_repeats > 1


def test_an_infinite_value_among_whole_ones_makes_no_key_and_no_crash(tmp_path: Path) -> None:
    from mlgate.data.infer import infer_schema
    from mlgate.sources.tables import open_table

    path = tmp_path / "t.jsonl"
    path.write_text("".join(f'{{"id": {number}, "v": "x"}}\n' for number in range(40)) + '{"id": "inf", "v": "x"}\n')
    with open_table([path], shown="t.jsonl") as table:
        text = infer_schema(table, path="t.jsonl")
    assert "  id: {type: " in text
