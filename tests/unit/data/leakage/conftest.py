"""Splits on disk and the outcomes of their checks, for the tests of leakage."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.splits_rules import Limits, Near, Splits
from mlgate.gate.data_splits import SplitFiles, judge_splits
from mlgate.outcome import Location, Outcome, to_json

Columns = Mapping[str, Any]
Leak = Callable[..., dict[str, Outcome]]


def declared(**options: Any) -> Splits:
    """An entry; `limits` are given by name, `near` is off unless it is written."""
    limits = Limits(**options.pop("limits", {}))
    near = options.pop("near", None)
    entry = Splits(datasets=(), near=Near(**near) if isinstance(near, dict) else near, limits=limits, **options)
    return replace(entry, location=Location("mlgate.yaml", 7))


def write(folder: Path, name: str, content: Columns | str) -> Path:
    """Columns as CSV, or as Parquet where they are of pyarrow; text as it is, also under a name of a file."""
    if isinstance(content, str):
        path = folder / f"{name}.csv"
        path.write_text(content, encoding="utf-8", newline="")
        return path
    if any(type(values).__module__.startswith("pyarrow") for values in content.values()):
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = folder / f"{name}.parquet"
        pq.write_table(pa.table(dict(content)), path)
        return path
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(content)
        writer.writerows(zip(*content.values(), strict=True))
    return path


@pytest.fixture
def leak(tmp_path: Path) -> Leak:
    """Outcomes of splits by the end of their ids; those of a pair begin with its name where there are several."""

    def run(
        train: Columns | str | Path,
        test: Columns | str | Path,
        *more: Columns | str | Path,
        privacy: str = "full",
        **options: Any,
    ) -> dict[str, Outcome]:
        names = ("train", "test", "holdout")
        splits = []
        for name, content in zip(names, (train, test, *more), strict=False):
            path = content if isinstance(content, Path) else write(tmp_path, name, content)
            splits.append(SplitFiles(name=name, root=path.parent, path=path.name))
        entry = replace(declared(**options), datasets=tuple(split.name for split in splits))
        found = judge_splits(splits, entry, privacy=privacy, memory="256MiB")
        return by_id(found, short=len(splits) == 2)

    return run


def by_id(outcomes: list[Outcome], *, short: bool) -> dict[str, Outcome]:
    named = {}
    for outcome in outcomes:
        assert outcome.id.startswith("data/splits/")
        assert outcome.tier == "data"
        assert outcome.message
        assert outcome.location
        assert outcome.hint or outcome.status not in ("fail", "error", "warn"), outcome
        to_json([outcome.observed, outcome.expected, outcome.evidence])
        named[outcome.id.split("/")[-1] if short else outcome.id.removeprefix("data/splits/")] = outcome
    assert len(named) == len(outcomes)
    return named
