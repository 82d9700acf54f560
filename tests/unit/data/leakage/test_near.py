"""Near-duplicates: numbers that were rounded or shaken, texts with other words, and what lies close by chance."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.data.leakage.near_text import jaccard, runs_of_three
from tests.unit.data.leakage.conftest import Columns, Leak

WORDS = (
    "the",
    "of",
    "patient",
    "was",
    "seen",
    "with",
    "fever",
    "cough",
    "pain",
    "ward",
    "doctor",
    "night",
    "left",
    "arm",
)


def numbers(rows: int, seed: int) -> dict[str, list[Any]]:
    rng = random.Random(seed)
    return {
        "a": [rng.gauss(100, 10) for _ in range(rows)],
        "b": [rng.lognormvariate(0, 1) for _ in range(rows)],
        "c": [rng.random() for _ in range(rows)],
        "n": [rng.randrange(50) for _ in range(rows)],
        "s": [rng.choice("FM") for _ in range(rows)],
    }


def shaken(whole: Columns, rows: int, change: Any) -> dict[str, list[Any]]:
    scale = {"a": 10, "b": 0.9, "c": 0.37}
    return {
        name: [change(value, scale[name]) if name in scale else value for value in values[:rows]]
        for name, values in whole.items()
    }


def joined(one: Columns, other: Columns) -> dict[str, list[Any]]:
    return {name: [*values, *other[name]] for name, values in one.items()}


def test_rows_that_only_lie_in_one_space_are_none(leak: Leak) -> None:
    found = leak(numbers(2000, 1), numbers(500, 2), near={})["near_duplicates"]
    assert found.status == "pass"
    assert found.message == (
        "0 of 500 rows of test are nearly those of train: 4 numbers within 0.01 standard deviations, 1 other feature equal"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda value, scale: value + random.Random(value).uniform(-0.008, 0.008) * scale,
        lambda value, scale: round(value, 3) + 0.0001 * scale,
        lambda value, _: float(np.float32(value)) + 1e-7,
    ],
    ids=["shaken", "rounded", "single precision"],
)
def test_copies_with_other_numbers_are_found(leak: Leak, change: Any) -> None:
    train = numbers(1000, 1)
    found = leak(train, joined(numbers(300, 2), shaken(train, 40, change)), near={})
    assert found["shared_rows"].status == "pass"
    assert found["near_duplicates"].status == "fail"
    assert found["near_duplicates"].observed >= 39
    assert found["near_duplicates"].evidence["rows"][0] == {"row": 301, "value": "row 1 of train"}


def test_rows_that_are_equal_are_left_to_shared_rows(leak: Leak) -> None:
    train = numbers(500, 1)
    found = leak(train, joined(numbers(100, 2), {name: values[:20] for name, values in train.items()}), near={})
    assert found["shared_rows"].observed == 20
    assert found["near_duplicates"].status == "pass"
    assert found["near_duplicates"].evidence["judged"] == 100


def test_rows_on_a_line_lie_close_by_chance(leak: Leak) -> None:
    rng = random.Random(3)

    def line(rows: int) -> Columns:
        return {"x": [rng.random() for _ in range(rows)], "g": [rng.randrange(3) for _ in range(rows)]}

    found = leak(line(500), line(200), near={})["near_duplicates"]
    assert found.status == "pass"
    assert "chance makes as many" in found.message


def test_numbers_without_fractions_are_not_judged(leak: Leak) -> None:
    found = leak({"a": [1, 2, 3], "b": [4, 5, 6]}, {"a": [7, 8], "b": [9, 1]}, near={})["near_duplicates"]
    assert (found.status, found.message) == ("skip", "not judged: no feature that varies holds numbers with fractions")


def texts(rows: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [f"case {seed}-{n} " + " ".join(rng.choice(WORDS) for _ in range(40)) for n in range(rows)]


def test_texts_with_a_few_other_words_are_found(leak: Leak) -> None:
    train, own = texts(300, 1), texts(80, 2)
    copies = [text.upper().replace(" ", "  ", 5) + "!" for text in train[:6]]
    copies += [" ".join(["indeed", *text.split()[:-1], "however"]) for text in train[6:20]]
    found = leak({"text": train, "n": list(range(300))}, {"text": own + copies, "n": list(range(100))}, near={})
    outcome = found["near_duplicate_texts.text"]
    assert outcome.status == "fail"
    assert outcome.observed == 20
    assert outcome.evidence["same_words"] == 6
    assert outcome.evidence["rows"][0] == {"row": 81, "value": "row 1 of train"}
    assert outcome.message.startswith("20 of 100 texts (text) of test are nearly in train (20 %)")


def test_other_texts_of_the_same_words_are_none(leak: Leak) -> None:
    found = leak({"text": texts(300, 1), "n": list(range(300))}, {"text": texts(80, 2), "n": list(range(80))}, near={})
    assert found["near_duplicate_texts.text"].status == "pass"
    assert found["near_duplicate_texts.text"].message == (
        "0 of 80 texts (text) of test are nearly in train; compared with 300 texts"
    )


def test_short_texts_are_left_out(leak: Leak) -> None:
    short = {"note": ["fever and cough"] * 3, "n": [1, 2, 3]}
    found = leak(short, short, near={"text": ("note",)})["near_duplicate_texts.note"]
    assert (found.status, found.message) == (
        "error",
        "no text of note in test has 8 words or more: nothing was compared",
    )


def test_texts_in_scripts_without_spaces(leak: Leak) -> None:
    train = {
        "t": ["患者は発熱と咳で来院し一週間後に退院した", "手術は無事に終わり患者は翌日に歩くことができた"],
        "n": [1, 2],
    }
    test = {
        "t": ["患者は発熱と咳で来院し一週間後に退院しました", "検査の結果は来週の月曜日に電話で伝えられる予定です"],
        "n": [3, 4],
    }
    found = leak(train, test, near={"text": ("t",)})["near_duplicate_texts.t"]
    assert (found.status, found.observed) == ("fail", 1)


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), min_size=3, max_size=9), min_size=1, max_size=6))
def test_runs_of_three_stay_inside_their_text(documents: list[list[int]]) -> None:
    flat = np.array([word for document in documents for word in document], dtype=np.uint64)
    runs, offsets = runs_of_three(flat, np.array([len(document) for document in documents]))
    alone = [runs_of_three(np.array(words, dtype=np.uint64), np.array([len(words)]))[0] for words in documents]
    assert offsets.tolist() == np.concatenate([[0], np.cumsum([one.size for one in alone])]).tolist()
    assert runs.tolist() == np.concatenate(alone).tolist()


@given(st.sets(st.integers(0, 30), min_size=1), st.sets(st.integers(0, 30), min_size=1))
def test_jaccard_is_that_of_sets(one: set[int], other: set[int]) -> None:
    found = jaccard(np.array(sorted(one), np.uint64), np.array(sorted(other), np.uint64))
    assert found == pytest.approx(len(one & other) / len(one | other))


def test_a_named_column_that_holds_no_text_is_an_error(leak: Leak) -> None:
    train, test = {"x": [1.5, 2.5, 3.5], "n": [1, 2, 3]}, {"x": [4.5, 5.5], "n": [4, 5]}
    found = leak(train, test, near={"text": ("x",)})["near_duplicate_texts.x"]
    assert (found.status, found.message) == ("error", "x holds no text but number")


def test_what_is_switched_off_is_said(leak: Leak) -> None:
    train, test = {"x": [1.5, 2.5, 3.5], "n": [1, 2, 3]}, {"x": [4.5, 5.5], "n": [4, 5]}
    found = leak(train, test, near=None)["near_duplicates"]
    assert (found.status, found.message) == ("skip", "not looked for: switched off by `near: false` or `--no-near`")


def test_a_later_split_of_copies_has_no_near_ones_left(leak: Leak) -> None:
    train = {"x": [n * 0.37 % 1 for n in range(40)], "z": [n * 0.71 % 1 for n in range(40)]}
    found = leak(train, train, near={})["near_duplicates"]
    assert (found.status, found.message) == ("skip", "not judged: every row of test equals one, see shared_rows")
