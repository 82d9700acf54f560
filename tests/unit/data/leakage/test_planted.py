"""Leaks planted into real tables are found, and the same tables split honestly raise nothing: a part of the benchmark."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import leakage_tables as tables
from benchmarks.leakage_found import ask
from benchmarks.leakage_plants import PLANTS, Plant
from mlgate.data.leakage.catalogue import CATALOGUE

SMALL = {
    "texts copied, words changed": "json",
    "label unbalanced": "anes96",
    "feature is missing with the label": "anes96",
}
"""Plants that need another table than the smallest of theirs."""
ELSEWHERE = ("persons asked again, split at random",)
"""Their one table is large, and `test_shared_rows.py` plants the same into a small one."""
SIZES = ("wine", "interest_inflation", "grunfeld", "macrodata", "co2")


def table_of(plant: Plant) -> str:
    return SMALL.get(plant.kind) or next(name for name in (*SIZES, *plant.tables) if name in plant.tables)


@pytest.mark.parametrize(
    "plant", [plant for plant in PLANTS if plant.kind not in ELSEWHERE], ids=lambda plant: plant.kind
)
def test_a_planted_leak_is_found(plant: Plant, tmp_path: Path) -> None:
    (case,) = plant.cases([table_of(plant)])
    answer = ask(case, tmp_path)
    assert answer.found, answer.said.get(case.check)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (tables.at_random, "wine"),
        (tables.at_random, "iris"),
        (tables.by_entity, "grunfeld"),
        (tables.by_entity, "modechoice"),
        (tables.by_time, "interest_inflation"),
        (tables.by_time, "nile"),
        (tables.texts, "json"),
    ],
)
def test_honest_splits_raise_nothing(make: tables.Make, name: str, tmp_path: Path) -> None:
    answer = ask(make(name, random.Random(tables.SEED)), tmp_path)
    assert answer.raised == {}
    assert sum(status == "pass" for status, _ in answer.said.values()) >= 3


def test_every_check_has_a_leak_in_at_least_four_tables() -> None:
    by_check: dict[str, set[str]] = {}
    for plant in PLANTS:
        for case in [plant.check] if plant.check else []:
            by_check.setdefault(case, set()).update(plant.tables)
    errors = {"same_file", "split_columns"}  # they say that nothing could be compared
    assert set(by_check) == {name for name, _, _ in CATALOGUE} - errors
    assert {check: len(names) for check, names in by_check.items() if len(names) < 4} == {}
