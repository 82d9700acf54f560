"""What knows the label: contradictions, features, identifiers, the order of rows; and how the label is spread."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.unit.data.leakage.conftest import Columns, Leak


def table(rows: int, seed: int, share: float = 0.5) -> dict[str, list[Any]]:
    """Two features of noise and a label of two classes."""
    rng = random.Random(seed)
    label = [int(rng.random() < share) for _ in range(rows)]
    return {"a": [rng.gauss(0, 1) for _ in label], "b": [rng.gauss(0.5 * y, 1) for y in label], "y": label}


def test_honest_labels_raise_nothing(leak: Leak) -> None:
    found = leak(table(300, 1), table(100, 2), label="y")
    assert {name: one.status for name, one in found.items() if one.status not in ("pass", "skip")} == {}
    assert found["conflicting_labels"].message.startswith("0 of 400 rows have equal features and another label")
    assert found["target_leakage"].message.startswith("none of 2 features alone predicts the label: b (0.")
    assert found["row_order"].message.startswith("in none of 2 splits does the place of a row predict the label")


def test_equal_features_with_another_label_are_listed(leak: Leak) -> None:
    train, test = table(100, 1), table(40, 2)
    for name in ("a", "b"):
        test[name][:3] = train[name][10:13]
    test["y"][:3] = [1 - y for y in train["y"][10:13]]
    found = leak(train, test, label="y")["conflicting_labels"]
    assert found.status == "fail"
    assert found.message == (
        "6 of 140 rows have equal features and another label than an equal row: "
        "3 combinations of features, 3 of them across splits"
    )
    assert found.evidence["rows"][0] == {"row": 11, "value": "of train, and row 1 of test"}


def test_labels_of_rows_that_are_equal_by_chance_do_not_contradict(leak: Leak) -> None:
    rng = random.Random(3)

    def coarse(rows: int) -> Columns:
        return {name: [rng.randrange(3) for _ in range(rows)] for name in ("a", "b", "c", "y")}

    found = leak(coarse(300), coarse(100), label="y")["conflicting_labels"]
    assert found.status == "pass"
    assert found.evidence["equal_rows"] > 100
    assert found.evidence["failing"] == 0


def leaked(make: Any) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    parts = table(400, 1), table(100, 2)
    rng = random.Random(4)
    for part in parts:
        part["late"] = [make(y, rng) for y in part["y"]]
    return parts


@pytest.mark.parametrize(
    "make",
    [
        lambda y, rng: 5 * y + rng.gauss(0, 0.1),
        lambda y, _: -y,
        lambda y, _: ["discharged", "readmitted"][y],
        lambda y, rng: rng.random() if y else None,
        lambda y, rng: abs(rng.gauss(0, 1)) + 4 if y else rng.gauss(0, 1),
        lambda y, rng: (10 if rng.random() < 0.5 else -10) + rng.random() if y else rng.random(),
    ],
    ids=["noisy copy", "negated", "in words", "missing", "shifted", "two sides"],
)
def test_a_feature_that_knows_the_label_is_found(leak: Leak, make: Any) -> None:
    train, test = leaked(make)
    found = leak(train, test, label="y")["target_leakage"]
    assert found.status == "fail"
    assert found.observed == ["late"]
    assert found.message.startswith("late (")
    assert "it alone predicts the label" in found.message


def test_a_number_that_is_made_from_a_number_is_found(leak: Leak) -> None:
    rng = random.Random(5)

    def part(rows: int) -> dict[str, list[float]]:
        price = [rng.lognormvariate(3, 1) for _ in range(rows)]
        return {
            "price": price,
            "tax": [0.19 * value + rng.gauss(0, 0.01) for value in price],
            "x": [rng.random() for _ in price],
        }

    found = leak(part(200), part(60), label="price")["target_leakage"]
    assert (found.status, found.observed) == ("fail", ["tax"])


def test_two_series_that_both_grow_do_not_know_each_other(leak: Leak) -> None:
    rng = random.Random(6)
    grown: dict[str, list[Any]] = {"year": list(range(1800, 2000))}
    grown |= {name: [n + rng.gauss(0, 1) for n in range(200)] for name in ("gdp", "debt")}
    grown["day"] = [f"{1800 + n}-07-01" for n in range(200)]
    train, test = ({name: values[part] for name, values in grown.items()} for part in (slice(0, 150), slice(150, 200)))
    assert leak(train, test, label="gdp", time="year")["target_leakage"].status == "pass"
    grown["copy"] = [3 * value for value in grown["gdp"]]
    train, test = ({name: values[part] for name, values in grown.items()} for part in (slice(0, 150), slice(150, 200)))
    assert leak(train, test, label="gdp", time="year")["target_leakage"].observed == ["copy"]


def test_a_few_rows_do_not_alarm(leak: Leak) -> None:
    train: dict[str, list[Any]] = {"a": [1.5, 2.5, 10.5, 11.5] * 3, "b": list(range(12)), "y": [0, 0, 1, 1] * 3}
    found = leak(train, {name: values[:2] for name, values in train.items()}, label="y")
    assert found["target_leakage"].status == "warn"
    assert found["target_leakage"].message == "cannot say: 14 rows with a label are too few, 50 are needed"
    assert found["row_order"].status == "skip"


def test_a_label_of_one_class_is_said(leak: Leak) -> None:
    train, test = table(300, 1), table(100, 2)
    train["y"], test["y"] = [1] * 300, [1] * 100
    found = leak(train, test, label="y")["target_leakage"]
    assert (found.status, found.message) == ("warn", "cannot say: all 400 rows with a label are of one class")
    train["y"][:5] = [0] * 5
    found = leak(train, test, label="y")["target_leakage"]
    assert found.message == "cannot say: only 5 rows are of the second largest class, 10 are needed"


def test_no_label_at_all_is_an_error_of_what_needs_it(leak: Leak) -> None:
    train, test = table(60, 1), table(30, 2)
    train["y"], test["y"] = [None] * 60, [None] * 30
    found = leak(train, test, label="y")
    for check in ("conflicting_labels", "target_leakage", "label_balance"):
        assert found[check].status == "error"


def test_one_feature_is_said_as_one(leak: Leak) -> None:
    train, test = table(300, 1), table(100, 2)
    del train["b"], test["b"]
    found = leak(train, test, label="y")["target_leakage"]
    assert found.message.startswith("none of 1 feature alone predicts the label")


def test_an_identifier_that_counts_by_label_is_found(leak: Leak) -> None:
    train, test = table(200, 1), table(60, 2)
    shuffled = list(range(260))
    random.Random(1).shuffle(shuffled)
    train["case_id"], test["case_id"] = shuffled[:200], shuffled[200:]
    assert leak(train, test, label="y")["identifier_leakage"].status == "pass"
    places = sorted(range(260), key=lambda n: ([*train["y"], *test["y"]][n], shuffled[n]))
    numbers = {place: number for number, place in enumerate(places)}
    train["case_id"], test["case_id"] = [numbers[n] for n in range(200)], [numbers[n] for n in range(200, 260)]
    found = leak(train, test, label="y")["identifier_leakage"]
    assert found.status == "fail"
    assert found.message == "case_id (1 of 1): its order predicts the label"


def test_identifiers_of_text_are_judged_by_their_order(leak: Leak) -> None:
    train, test = table(200, 1), table(60, 2)
    for part, first in ((train, 0), (test, 1000)):
        part["key"] = [f"{'pos' if y else 'neg'}-{first + n:05}" for n, y in enumerate(part["y"])]
    assert leak(train, test, label="y")["identifier_leakage"].status == "fail"


def test_an_identifier_that_counts_with_time_is_not_judged(leak: Leak) -> None:
    train, test = table(200, 1), table(60, 2)
    train["y"], test["y"] = sorted(train["y"]), sorted(test["y"])
    train |= {"case_id": list(range(200)), "day": list(range(200))}
    test |= {"case_id": list(range(200, 260)), "day": list(range(200, 260))}
    found = leak(train, test, label="y", time="day")
    assert found["identifier_leakage"].message == "not judged: case_id counts up with time"
    assert found["row_order"].message == "not judged: the rows of train stand in order of time"


def test_rows_sorted_by_label_are_found(leak: Leak) -> None:
    train = table(200, 1)
    order = sorted(range(200), key=lambda row: train["y"][row])
    train = {name: [values[row] for row in order] for name, values in train.items()}
    found = leak(train, table(60, 2), label="y")["row_order"]
    assert found.status == "fail"
    assert found.message == "train (1 of 1): the place of a row predicts the label"


def test_shares_of_the_label_are_compared(leak: Leak) -> None:
    assert leak(table(1000, 1, 0.3), table(400, 2, 0.3), label="y")["label_balance"].status == "pass"
    found = leak(table(1000, 1, 0.3), table(400, 2, 0.5), label="y")["label_balance"]
    assert found.status == "fail"
    assert found.message.startswith("the label is spread otherwise in test than in train: y = 1 28 % and 48.5 %")


def test_few_rows_and_few_entities_tell_little_of_shares(leak: Leak) -> None:
    assert leak(table(100, 1, 0.3), table(10, 2, 0.6), label="y")["label_balance"].status == "pass"
    train: dict[str, list[Any]] = {"who": [n // 100 for n in range(1000)], "y": [n // 100 % 2 for n in range(1000)]}
    test: dict[str, list[Any]] = {"who": [20 + n // 100 for n in range(300)], "y": [1] * 200 + [0] * 100}
    for part in (train, test):
        part["x"] = [random.Random(n).random() for n in range(len(part["y"]))]
    assert leak(train, test, label="y")["label_balance"].status == "fail"
    assert leak(train, test, label="y", entity=("who",))["label_balance"].status == "pass"


def test_with_time_only_an_absent_class_is_judged(leak: Leak) -> None:
    train, test = table(1000, 1, 0.3), table(400, 2, 0.5)
    train["day"], test["day"] = list(range(1000)), list(range(1000, 1400))
    assert leak(train, test, label="y", time="day")["label_balance"].status == "pass"
    test["y"] = [0] * 400
    assert leak(train, test, label="y", time="day")["label_balance"].status == "fail"


def test_labels_of_many_numbers_are_compared_in_parts(leak: Leak) -> None:
    rng = random.Random(8)

    def part(rows: int, mean: float) -> Columns:
        return {"y": [rng.gauss(mean, 1) for _ in range(rows)], "x": [rng.random() for _ in range(rows)]}

    assert leak(part(600, 0), part(300, 0), label="y")["label_balance"].status == "pass"
    found = leak(part(600, 0), part(300, 1), label="y")["label_balance"]
    assert found.status == "fail"
    assert "y over " in found.message


@pytest.mark.parametrize("privacy", ["none", "masked"])
def test_classes_of_text_are_not_named(leak: Leak, privacy: str) -> None:
    rng = random.Random(9)
    people = ["anna.huber@gmail.com", "karl@gmx.at"]
    train, test = (
        {"y": [rng.choice(people) for _ in range(rows)], "x": [rng.random() for _ in range(rows)]} for rows in (200, 80)
    )
    outcomes = leak(train, test, label="y", privacy=privacy)
    assert not any(one in str(outcomes) for one in people)
    told = outcomes["label_balance"].message
    assert ("y = a*** (20 characters)" in told) is (privacy == "masked")
    numbers = leak(table(300, 1), table(100, 2), label="y", privacy=privacy)["label_balance"]
    assert ("y = 1" in numbers.message) is (privacy == "masked")


def test_ends_of_the_parts_of_a_label_are_only_named_in_full(leak: Leak) -> None:
    rng = random.Random(8)
    train, test = ({"y": [rng.gauss(0, 1) for _ in range(n)], "x": [rng.random() for _ in range(n)]} for n in (600, 99))
    shown = {one: leak(train, test, label="y", privacy=one)["label_balance"] for one in ("full", "masked", "none")}
    assert "y, part " in shown["masked"].message
    assert shown["masked"].message == shown["none"].message
    assert shown["masked"].observed == shown["full"].observed


def test_a_label_that_is_never_there(leak: Leak) -> None:
    train, test = table(60, 1), table(30, 2)
    test["y"] = [None] * 30
    found = leak(train, test, label="y")["label_balance"]
    assert (found.status, found.message) == ("error", "no row of one of the splits has a label")


def test_declared_proportions(leak: Leak) -> None:
    train, test = table(600, 1), table(400, 2)
    told = leak(train, test)["split_proportions"]
    assert told.message == "1,000 rows: train 600 (60 %), test 400 (40 %)"
    right = leak(train, test, proportions={"train": 0.61, "test": 0.39})["split_proportions"]
    assert right.status == "pass"
    wrong = leak(train, test, proportions={"train": 0.8, "test": 0.2})["split_proportions"]
    assert wrong.status == "fail"
    assert wrong.message == "1,000 rows: train 600 (60 %), test 400 (40 %); declared: train 80 %, test 20 %"


def test_a_date_does_not_know_a_label_that_grows(leak: Leak) -> None:
    days = [f"{1800 + n}-07-01" for n in range(200)]
    train, test = (
        {"day": days[part], "y": [1.5 * n for n in range(200)][part]} for part in (slice(0, 150), slice(150, 200))
    )
    train["x"], test["x"] = ([random.Random(n).random() for n in range(rows)] for rows in (150, 50))
    assert leak(train, test, label="y")["target_leakage"].status == "pass"


def test_a_number_that_is_predicted_may_move_with_time(leak: Leak) -> None:
    train = {"day": list(range(300)), "y": [n / 7 for n in range(300)]}
    test = {"day": list(range(300, 400)), "y": [n / 7 for n in range(300, 400)]}
    found = leak(train, test, label="y", time="day")["label_balance"]
    assert (found.status, found.message) == (
        "skip",
        "not judged: the label is a number and may move with time, which is drift",
    )
