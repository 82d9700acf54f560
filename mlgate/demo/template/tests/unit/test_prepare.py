import pandas as pd

from clinic.prepare import is_held_out, label, split


def rows(**columns):
    defaults = {"member": 1, "visits": 0, "limitation": 0.0, "health": "good", "deductible_plan": False}
    return pd.DataFrame({**{name: [value] for name, value in defaults.items()}, **columns})


def test_a_visit_is_the_label():
    assert list(label(rows(visits=[3]))["visited"]) == [True]
    assert list(label(rows(visits=[0]))["visited"]) == [False]


def test_fair_and_poor_health_are_one_group():
    assert list(label(rows(health=["poor"]))["health_group"]) == ["fair or poor"]
    assert list(label(rows(health=["good"]))["health_group"]) == ["good"]


def test_a_fraction_is_an_unclear_limitation():
    groups = [label(rows(limitation=[value]))["limited"].item() for value in (0.0, 0.144, 1.0)]
    assert groups == ["no", "unclear", "yes"]


def test_a_member_is_on_one_side_of_the_split():
    table = pd.DataFrame({"member": [1, 1, 2, 2, 3, 3, 4, 4]})
    train, test = split(table, 0.5)
    assert set(train["member"]).isdisjoint(test["member"])
    assert len(train) + len(test) == len(table)


def test_the_split_never_moves():
    assert [is_held_out(member, 0.5) for member in range(1, 7)] == [True, False, True, True, False, False]
