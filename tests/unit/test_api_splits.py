"""`mlgate.check_splits`: frames and files, as a library."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest

import mlgate
from mlgate import api_data
from mlgate.config.splits_rules import Limits
from mlgate.errors import UsageError

TRAIN: dict[str, list[Any]] = {"patient": list(range(40)), "age": [20 + n / 7 for n in range(40)]}
TEST: dict[str, list[Any]] = {"patient": [39, 50, 51], "age": [80.5, 81.25, 82.125]}


def frames(library: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, columns in (("train", TRAIN), ("test", TEST)):
        if library == "pandas":
            import pandas as pd

            found[name] = pd.DataFrame(columns, index=range(100, 100 + len(columns["age"])))
        else:
            import pyarrow as pa

            found[name] = pa.table(columns) if library == "pyarrow" else pa.RecordBatch.from_pydict(columns)
    return found


@pytest.mark.parametrize("library", ["pandas", "pyarrow", "batch"])
def test_frames(library: str) -> None:
    found = mlgate.check_splits(frames(library), entity="patient")
    assert not found.passed
    (outcome,) = found.blocking
    assert outcome.check == "entity_overlap"
    assert outcome.evidence["rows"] == [{"row": 1, "value": "patient 39, row 40 of train"}]
    assert mlgate.data.splits(frames(library), entity=["patient"], limits=Limits(entity_overlap=0.4)).passed


def test_files_and_frames_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.csv").write_text("patient,age\n39,20.5\n40,21.5\n", encoding="utf-8")
    found = mlgate.check_splits({"train": "train.csv", "test": frames("pandas")["test"]}, entity="patient", near=False)
    assert [outcome.check for outcome in found.blocking] == ["entity_overlap"]
    assert {outcome.status for outcome in found.outcomes if outcome.check == "near_duplicates"} == {"skip"}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"train": TRAIN}, "two splits or more"),
        ({"train": "a.csv", "test": 7}, "test cannot be read as a table"),
        ({"train": TRAIN, "test": TRAIN}, "one table is given twice"),
    ],
)
def test_wrong_arguments_are_raised(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        mlgate.check_splits(parts)


def test_the_example() -> None:
    found = doctest.testmod(api_data)
    assert found.attempted >= 8
    assert found.failed == 0
