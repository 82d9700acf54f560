"""Rows that stand in two splits: in any notation, with chance set apart."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.unit.data.leakage.conftest import Columns, Leak


def numbers(rows: int, seed: int, columns: int = 4) -> dict[str, list[Any]]:
    """Columns of numbers that are never equal by chance."""
    rng = random.Random(seed)
    return {f"x{n}": [round(rng.gauss(0, 1), 6) for _ in range(rows)] for n in range(columns)}


def also(one: Columns, other: Columns, rows: range) -> dict[str, list[Any]]:
    return {name: [*values, *(other[name][row] for row in rows)] for name, values in one.items()}


def test_splits_without_a_common_row_say_what_was_compared(leak: Leak) -> None:
    found = leak(numbers(50, 1), numbers(20, 2))["shared_rows"]
    assert found.status == "pass"
    assert found.message == "0 of 20 rows of test are in train too, compared in all 4 columns"
    assert (found.observed, found.evidence["judged"], found.evidence["failing"]) == (0, 20, 0)


def test_copied_rows_are_counted_and_listed(leak: Leak) -> None:
    train = numbers(50, 1)
    found = leak(train, also(numbers(20, 2), train, range(3, 8)))["shared_rows"]
    assert found.status == "fail"
    assert found.message == "5 of 25 rows of test (20 %) are in train too; 5 equal in all 4 columns"
    assert found.evidence["rows"][:2] == [
        {"row": 21, "value": "row 4 of train"},
        {"row": 22, "value": "row 5 of train"},
    ]
    assert found.evidence["rows_in"] == "test"


def test_one_copied_row_is_found(leak: Leak) -> None:
    train = numbers(200, 1)
    assert leak(train, also(numbers(20, 2), train, range(1)))["shared_rows"].status == "fail"


def test_order_of_columns_and_notation_of_numbers_do_not_matter(leak: Leak) -> None:
    train = "a,b,c\n" + "".join(f"{n},{n}.5,k{n}\n" for n in range(30))
    test = "c,b,a\n" + "".join(f"k{n},{n}.50,{n}.0\n" for n in range(5)) + "k7,7.5e0,7e0\nz,1.25,99\n"
    found = leak(train, test)["shared_rows"]
    assert found.message.startswith("6 of 7 rows of test (85.7 %) are in train too")


def test_features_are_compared_without_label_entity_time_and_identifiers(leak: Leak) -> None:
    base = numbers(60, 1)
    train = {
        **base,
        "row_id": list(range(60)),
        "patient": [f"p{n}" for n in range(60)],
        "y": [n % 2 for n in range(60)],
    }
    test = {name: values[:10] for name, values in base.items()}
    test |= {
        "row_id": list(range(100, 110)),
        "patient": [f"q{n}" for n in range(10)],
        "y": [n % 2 for n in range(9)] + [0],
    }
    found = leak(train, test, entity=("patient",), label="y")["shared_rows"]
    assert found.status == "fail"
    assert found.message == (
        "10 of 10 rows of test (100 %) are in train too, equal in 4 features, 9 of them with the same label; "
        "0 equal in all 7 columns; 10 entities"
    )
    assert found.evidence["features"] == ["x0", "x1", "x2", "x3"]


def test_the_same_rows_are_called_so(leak: Leak) -> None:
    train = numbers(30, 1)
    assert "test holds the rows of train" in leak(train, train)["shared_rows"].message


def test_coarse_columns_make_equal_rows_by_chance(leak: Leak) -> None:
    rng = random.Random(5)

    def coarse(rows: int) -> Columns:
        return {name: [rng.randrange(4) for _ in range(rows)] for name in "abcd"}

    train, test = coarse(600), coarse(200)
    found = leak(train, test)["shared_rows"]
    assert found.status == "pass"
    assert "chance makes as many in columns so coarse" in found.message
    assert found.evidence["equal_in_all_columns"] > 100
    pairs, expected = found.evidence["pairs_f"], found.evidence["pairs_f_by_chance"]
    assert 0.5 < pairs / expected < 2


def test_many_copies_are_found_among_coarse_columns(leak: Leak) -> None:
    rng = random.Random(6)

    def coarse(rows: int) -> dict[str, list[int]]:
        return {name: [rng.randrange(6) for _ in range(rows)] for name in "abcde"}

    train, test = coarse(3000), coarse(600)
    assert leak(train, test)["shared_rows"].status == "pass"
    found = leak(train, also(test, train, range(400)))["shared_rows"]
    assert found.status == "fail"
    assert "more than chance makes" in found.message
    assert 100 <= found.observed <= 400


def test_things_that_were_measured_again_are_found(leak: Leak) -> None:
    rng = random.Random(7)
    things = [[rng.randrange(5) for _ in range(6)] for _ in range(800)]
    rows = [thing for thing in things for _ in range(3)]
    rng.shuffle(rows)

    def columns(part: list[list[int]]) -> Columns:
        return {f"x{n}": [row[n] for row in part] for n in range(6)}

    found = leak(columns(rows[:1800]), columns(rows[1800:]))["shared_rows"]
    assert found.status == "fail"
    honest = leak(
        columns([r for t in things[:600] for r in [t] * 3]), columns([r for t in things[600:] for r in [t] * 3])
    )
    assert honest["shared_rows"].status == "pass"


def test_values_of_a_single_column_are_not_judged(leak: Leak) -> None:
    found = leak({"x": [1, 2, 3, 4] * 5, "c": [0] * 20}, {"x": [1, 2], "c": [0, 0]})["shared_rows"]
    assert found.status == "skip"
    assert "only column that varies" in found.message


def test_a_single_column_of_sentences_is_judged(leak: Leak) -> None:
    texts = [
        f"patient number {n} came with a cough and left with a cold in the {n}th week of winter" for n in range(30)
    ]
    assert leak({"text": texts[:20]}, {"text": texts[20:]})["shared_rows"].status == "pass"
    assert leak({"text": texts[:20]}, {"text": texts[19:]})["shared_rows"].observed == 1


def test_missing_values_are_equal_and_rows_of_nothing_are_not_compared(leak: Leak) -> None:
    train = numbers(40, 1)
    train["x1"] = [None] * 20 + train["x1"][20:]
    test = {name: [*values[:2], None] for name, values in train.items()}
    found = leak(train, test)["shared_rows"]
    assert found.observed == 2
    nothing = {name: [*values, None, None] for name, values in numbers(10, 3).items()}
    assert leak(train, nothing)["shared_rows"].observed == 0


def test_a_limit_accepts_a_share(leak: Leak) -> None:
    train = numbers(50, 1)
    test = also(numbers(20, 2), train, range(1))
    found = leak(train, test, limits={"shared_rows": 0.05})["shared_rows"]
    assert found.status == "pass"
    assert "at most 0.05 accepted" in found.message
    assert leak(train, test, limits={"shared_rows": 0.04})["shared_rows"].status == "fail"


@pytest.mark.parametrize("privacy", ["none", "masked", "full"])
def test_no_value_of_a_row_is_shown(leak: Leak, privacy: str) -> None:
    train = {**numbers(30, 1), "name": [f"secret{n}" for n in range(30)]}
    found = leak(train, {name: values[:4] for name, values in train.items()}, privacy=privacy)["shared_rows"]
    assert found.status == "fail"
    assert "secret" not in str(found.evidence)
    assert ("rows" in found.evidence) is (privacy != "none")


def test_three_splits_are_compared_in_pairs(leak: Leak) -> None:
    train, test = numbers(40, 1), numbers(20, 2)
    found = leak(train, test, also(numbers(20, 3), test, range(2)))
    states = {name: outcome.status for name, outcome in found.items() if name.endswith("shared_rows")}
    assert states == {
        "train-test/shared_rows": "pass",
        "train-holdout/shared_rows": "pass",
        "test-holdout/shared_rows": "fail",
    }
    assert found["train-test-holdout/split_proportions"].status == "pass"


def test_ignored_columns_are_not_compared(leak: Leak) -> None:
    train = {**numbers(40, 1), "note": [f"n{n}" for n in range(40)]}
    test = {**{name: values[:5] for name, values in train.items()}, "note": ["other"] * 5}
    assert leak(train, test)["shared_rows"].status == "pass"
    assert leak(train, test, ignore=("note",))["shared_rows"].status == "fail"
